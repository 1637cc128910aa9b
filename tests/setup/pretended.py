"""Programs that pretend (a `pulumi`, a `go`, a `python`) and a small project for a whole set-up."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
import zipfile
from pathlib import Path

from t4firm_setup.engine_cache import PIECES
from t4firm_setup.engine_download import DIGESTS, this_machine
from t4firm_setup.report import Report

ROOT = Path(__file__).resolve().parents[2]

# Builds what the real one builds, as small scripts. What it is asked to do is written to $PRETENDED/go.log.
# $PRETENDED/slow: seconds that a build takes; $PRETENDED/broken: its words before it fails.
GO = r"""
echo "$1" >> "$PRETENDED/go.log"
case "$1" in
  version) echo "go version go${PRETENDED_GO:-1.26.8} linux/amd64" ;;
  env) echo "$PRETENDED/go-caches/$2" ;;
  list) echo "$PRETENDED/library" ;;
  build)
    env > "$PRETENDED/go.environment"
    while [ $# -gt 2 ]; do if [ "$1" = -o ]; then target=$2; fi; shift; done
    echo "$1 $2" >> "$PRETENDED/built"
    if [ -e "$PRETENDED/broken" ]; then cat "$PRETENDED/broken" >&2; exit 1; fi
    printf 'half' > "$target"
    if [ -e "$PRETENDED/slow" ]; then echo $$ > "$PRETENDED/building"; sleep "$(cat "$PRETENDED/slow")"; fi
    printf '#!/bin/sh\necho v3.259.0\n' > "$target"
    chmod 755 "$target"
    echo "a/package" >&2
    ;;
esac
"""

# Stands for .venv/bin/python in the download: the first call is the probe, the second fetches the archive.
PYTHON = r"""
case "$2" in
  *copyfileobj*)
    echo "download $3" >> "$PRETENDED/built"
    if [ -e "$PRETENDED/broken" ]; then cat "$PRETENDED/broken"; exit 1; fi
    cat "$PRETENDED/archive.tar.gz" > "$4" ;;
  *urlopen*)
    if [ -e "$PRETENDED/hangs" ]; then exec sleep 60; fi
    if [ -e "$PRETENDED/reachable" ]; then exit 0; fi
    echo 'urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>' >&2; exit 1 ;;
esac
"""

# A build back end for the pretended project: an editable install needs one, offline there is no setuptools.
BACK_END = """
import zipfile
from pathlib import Path


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "t4_firm-0.1.0-py3-none-any.whl"
    info = "t4_firm-0.1.0.dist-info"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w") as wheel:
        wheel.writestr("t4_firm.pth", str(Path.cwd()))
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: t4-firm\\nVersion: 0.1.0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\\nt4firm = cli:main\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name


def get_requires_for_build_editable(config_settings=None):
    return []
"""


def program(folder: Path, name: str, script: str) -> Path:
    """A shell script that can be run."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def engine_programs(folder: Path, version: str = "v3.259.0", without: tuple[str, ...] = ()) -> Path:
    """A folder with the four files of an engine, which all say `version`."""
    for piece in PIECES:
        if piece not in without:
            program(folder, piece, f"echo {version}")
    return folder


def released(root: Path, folder: Path, version: str) -> None:
    """An archive of the engine that can be fetched, `archive.tar.gz` in `folder`, and its digest in the
    project `root`."""
    programs = engine_programs(folder / "released" / "pulumi", f"v{version}")
    program(programs, "pulumi-language-go", "exit 0")
    archive = folder / "archive.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(programs, "pulumi")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    content = {"version": version, "sha256": {this_machine(): digest}}
    (root / "t4firm_setup" / "go" / "engine" / DIGESTS).write_text(json.dumps(content))


def pretended_go(folder: Path) -> Path:
    """A folder `bin` below `folder` with a `go`; the library's two scripts are beside it."""
    program(folder / "bin", "go", GO)
    for script in ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"):
        program(folder / "library" / Path(script).parent, Path(script).name, "exit 0")
    return folder / "bin"


def environment_for(folder: Path, *search: Path) -> dict[str, str]:
    """Nothing of this machine's own engines: PATH holds `search` and the system's plain commands."""
    return {
        "HOME": str(folder / "home"),
        "PATH": os.pathsep.join([*map(str, search), str(plain_commands(folder / "plain"))]),
        "PRETENDED": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def plain_commands(folder: Path) -> Path:
    """A folder with links to the few commands that the scripts use, so that no real go or pulumi is found."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (
        "sh",
        "awk",
        "cat",
        "chmod",
        "echo",
        "env",
        "mkdir",
        "make",
        "printf",
        "sleep",
        "touch",
    ):
        found = shutil.which(name)
        if found is not None and not (folder / name).exists():
            (folder / name).symlink_to(found)
    return folder


def project(folder: Path) -> Path:
    """A project with our set-up, an own back end and one empty library; its wheels are beside it."""
    folder.mkdir(parents=True)
    for part in ("t4firm_setup", "tools", "Makefile"):
        source, target = ROOT / part, folder / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    (folder / "back_end.py").write_text(BACK_END)
    (folder / "cli.py").write_text("def main():\n    print('t4firm runs')\n")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "back_end"\nbackend-path = ["."]\n'
        '[project]\nname = "t4-firm"\nversion = "0.1.0"\n'
    )
    wheels = folder.parent / "wheels"
    wheels.mkdir()
    (folder / "constraints.txt").write_text(_wheel(wheels, "pulumi", "3.272.0"))
    (folder / "constraints-test.txt").write_text(_wheel(wheels, "pytest", "9.2.0"))
    return folder


def offline_pip(wheels: Path) -> dict[str, str]:
    """pip takes what is in `wheels` and asks nobody."""
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}


def alive(process: int) -> bool:
    """Whether a process with this id runs (one that ended and waits for its parent does not)."""
    if Path("/proc/self/stat").exists():  # Linux, also where no `ps` is installed
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
    else:
        ps = ["ps", "-o", "state=", "-p", str(process)]
        state = subprocess.run(ps, capture_output=True, text=True, check=False).stdout.strip()
    return state[:1] not in ("", "Z", "X")


def ended(process: int) -> None:
    """Waits until it runs no more: a killed process closes its files before it is gone."""
    until = time.monotonic() + 60
    while alive(process):
        assert time.monotonic() < until, f"process {process} runs on"
        time.sleep(0.01)


def quiet() -> Report:
    """A report that nobody reads."""
    return Report(io.StringIO())


def _wheel(folder: Path, name: str, version: str) -> str:
    file = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", f"__version__ = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"
