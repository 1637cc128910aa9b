"""The engine, built from the published Go modules that t4firm_setup/go/engine and t4firm_setup/go/host name.

Two modules, because engine and Python language host come from two versions of one library: the host's own
module was never published, and only older versions of the library hold it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from t4firm_setup.engine_cache import PIECES
from t4firm_setup.errors import SetupError
from t4firm_setup.report import Report
from t4firm_setup.watched import run_watched

ENGINE_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
HOST_PACKAGE = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
LIBRARY = "github.com/pulumi/pulumi/sdk/v3"
# In the library's folder: two scripts that the engine starts Python with.
SCRIPTS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
# -trimpath: the same binary wherever it is built. osusergo, grpcnotrace: smaller, no C compiler needed.
FLAGS = ("-mod=readonly", "-trimpath", "-buildvcs=false", "-tags=osusergo,grpcnotrace", "-v")
DISK_GIGABYTES = 4.5  # Go's module and build caches, 3.8 GB after a first build, and the engine

MINUTES = 4  # both builds together on two cores (docs/engine.md); Go itself tells no total


@dataclass(frozen=True)
class Recipe:
    """What is built: the two module folders below tools/, and what they say."""

    engine_module: Path
    host_module: Path
    version: str  # of the engine, `3.259.0`
    go: tuple[int, ...]  # the oldest Go that will do
    fingerprint: str


def recipe(tools: Path) -> Recipe:
    """Reads the versions from the go.mod files below `tools`."""
    engine, host = tools / "engine", tools / "host"
    go_mod = (engine / "go.mod").read_text()
    version = re.search(rf"^\s*{re.escape(LIBRARY)} v(\d+\.\d+\.\d+)", go_mod, re.MULTILINE)
    go = re.search(r"^go (\d+(?:\.\d+)*)$", go_mod, re.MULTILINE)
    if version is None or go is None:
        raise SetupError(f"{engine / 'go.mod'} does not say which engine and which Go: restore the file.")
    digest = hashlib.sha256("\n".join(FLAGS).encode())
    for file in (engine / "go.mod", engine / "go.sum", host / "go.mod", host / "go.sum"):
        digest.update(file.read_bytes())
    return Recipe(engine, host, version.group(1), _numbers(go.group(1)), digest.hexdigest())


def require_go(needed: tuple[int, ...], environment: Mapping[str, str]) -> Path:
    """The `go` on PATH. Raises SetupError, with what to install, if there is none or it is too old."""
    wanted = ".".join(map(str, needed))
    advice = (
        f"Either install Go {wanted} or newer (https://go.dev/doc/install; macOS: brew install go)\n"
        "or Pulumi itself (https://www.pulumi.com/docs/install; macOS: brew install pulumi); have it on PATH."
    )
    command = shutil.which("go", path=environment.get("PATH", ""))
    if command is None:
        raise SetupError(f"The engine has to be built, and there is no go on PATH.\n{advice}")
    try:
        said = subprocess.run(
            [command, "version"],
            env={**environment, "GOTOOLCHAIN": "local"},
            cwd="/",  # not in a folder whose go.mod could ask for another Go
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        words = getattr(error, "stderr", None) or str(error)
        raise SetupError(
            f"The engine has to be built, and {command} does not run: {words.strip()}\n{advice}"
        ) from error
    version = re.search(r"\bgo(\d+(?:\.\d+)*)", said)
    if version is None or _numbers(version.group(1)) < needed:
        found = version.group(1) if version else said.strip()
        raise SetupError(
            f"The engine has to be built with Go {wanted} or newer, and {command} is {found}.\n{advice}"
        )
    return Path(command)


def build(what: Recipe, into: Path, cache: Path, environment: Mapping[str, str], report: Report) -> None:
    """Puts the four files of the engine into the folder `into`.

    `cache` is for Go's downloads and intermediate files where its own folders can't be written.
    Raises SetupError if Go is missing or too old, or the build fails.
    """
    go = require_go(what.go, environment)
    environment = _build_environment(go, cache, environment)
    free = shutil.disk_usage(into).free / 1e9
    if free < DISK_GIGABYTES:
        report.say(f"Engine: {free:.1f} GB of disk are free; a first build takes about {DISK_GIGABYTES} GB")
    report.say(
        f"Engine: building version {what.version} with Go takes about {MINUTES} minutes on two cores, once "
        "for each user"
    )
    version_flag = f"-X {LIBRARY}/go/common/version.Version=v{what.version}"
    programs = (
        (what.engine_module, ENGINE_PACKAGE, PIECES[0], f"-w -s {version_flag}"),
        (what.host_module, HOST_PACKAGE, PIECES[1], "-w -s"),
    )
    for number, (module, package, name, link) in enumerate(programs, start=1):
        outcome = run_watched(
            [go, "build", *FLAGS, f"-ldflags={link}", "-o", into / name, package],
            report=report,
            doing=f"Engine: building {name}, {number} of {len(programs)}",
            environment=environment,
            folder=module,
            described=lambda lines: f"{lines} modules and packages" if lines else "",
        )
        if not outcome.succeeded:
            said = outcome.quoted()
            raise SetupError(f"Building {name} failed; Go's last lines:\n{said}\n{_advice(said)}")
    library = _library_folder(go, what.engine_module, environment)
    for script in SCRIPTS:
        shutil.copyfile(library / script, into / Path(script).name)


def _advice(said: str) -> str:
    """What helps with what Go said."""
    install = "install Pulumi itself (https://www.pulumi.com/docs/install)."
    if not re.search(r"proxy|dial tcp|lookup|i/o timeout|x509|unrecognized import path|Get \"http", said):
        return f"If that cannot be mended here, {install}"
    return f"Set GOPROXY to a module proxy that you can reach and run it again; or {install}"


def _build_environment(go: Path, cache: Path, environment: Mapping[str, str]) -> dict[str, str]:
    built = {
        **environment,
        "CGO_ENABLED": "0",
        "GO111MODULE": "on",
        "GOFLAGS": "",  # a user's own -mod=vendor or -tags would change what is built
        "GOTOOLCHAIN": "local",  # its version was checked: fetch no other
        "GOWORK": "off",  # a go.work above the project is not meant
    }
    for name, instead in (("GOCACHE", "go-build"), ("GOMODCACHE", "go-mod")):
        answer = subprocess.run(
            [go, "env", name], env=built, cwd="/", capture_output=True, text=True, timeout=60, check=False
        ).stdout.strip()
        if not answer or not _writable(Path(answer)):
            built[name] = str(cache / instead)
    return built


def _writable(folder: Path) -> bool:
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return os.access(existing, os.W_OK | os.X_OK)


def _library_folder(go: Path, module: Path, environment: Mapping[str, str]) -> Path:
    answer = subprocess.run(
        [go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", LIBRARY],
        env=dict(environment),
        cwd=module,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if answer.returncode != 0 or not answer.stdout.strip():
        raise SetupError(f"Go does not say where {LIBRARY} is: {answer.stderr.strip()}")
    return Path(answer.stdout.strip())


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
