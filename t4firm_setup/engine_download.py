"""The official download of the engine, taken only if it is the one whose digest is in the repository.

It runs in a process of its own, after a short try whether the host answers at all: a name that is not known
here may be looked up without end.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from t4firm_setup.engine_cache import PIECES
from t4firm_setup.errors import SetupError
from t4firm_setup.report import Report
from t4firm_setup.watched import run_watched

HOST = "get.pulumi.com"
DIGESTS = "download.json"
PROBE_SECONDS = 5.0
DOWNLOAD_SECONDS = 900.0
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}

_PROBE = f"""
import urllib.request
request = urllib.request.Request("https://{HOST}/", method="HEAD")
urllib.request.urlopen(request, timeout={PROBE_SECONDS - 1}).close()
"""
_FETCH = """
import shutil, sys, urllib.request
try:
    with urllib.request.urlopen(sys.argv[1], timeout=60) as answer, open(sys.argv[2], "wb") as file:
        shutil.copyfileobj(answer, file)
except OSError as error:
    sys.exit(f"error: {error}")
"""


class DownloadFailed(Exception):
    """The download can't be had. The text is the reason, as part of a sentence."""


@dataclass(frozen=True)
class Download:
    """Which engine is downloaded; the SHA-256 of its archive for each kind of machine, like `linux-x64`.

    Pulumi publishes the digests beside the archives, in pulumi-<version>-checksums.txt. Where those of the
    repository come from: docs/engine.md.
    """

    version: str
    digests: Mapping[str, str]

    @property
    def archive(self) -> str:
        return f"pulumi-v{self.version}-{this_machine()}.tar.gz"


def downloadable(modules: Path) -> Download:
    """The engine that the repository names. Raises SetupError for a file that does not name one."""
    file = modules / "engine" / DIGESTS
    try:
        content = json.loads(file.read_text())
        return Download(content["version"], content["sha256"])
    except (OSError, ValueError, LookupError, TypeError):
        raise SetupError(f"{file} does not name a version and its digests: restore the file.") from None


def this_machine() -> str:
    """As Pulumi names its archives: `linux-x64`, `darwin-arm64`."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"


def probe(python: Path, environment: Mapping[str, str]) -> None:
    """Raises DownloadFailed if the host does not answer within a few seconds, name look-up included."""
    try:
        answer = subprocess.run(
            [python, "-c", _PROBE],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DownloadFailed(f"{HOST} does not answer within {PROBE_SECONDS:.0f} s") from None
    if answer.returncode != 0:
        lines = answer.stderr.strip().splitlines() or ["no reason given"]
        raise DownloadFailed(f"{HOST} can't be reached ({lines[-1].split(': ', 1)[-1].strip('<>')})")


def download(
    python: Path, what: Download, into: Path, environment: Mapping[str, str], report: Report
) -> None:
    """Puts the four files of the engine into `into`. Raises DownloadFailed, or SetupError for an archive that
    is not the one whose digest is known."""
    wanted = what.digests.get(this_machine())
    if wanted is None:
        raise DownloadFailed(
            f"no digest of pulumi {what.version} for {this_machine()} is in t4firm_setup/go/engine/{DIGESTS}"
        )
    archive = into / what.archive
    outcome = run_watched(
        [python, "-c", _FETCH, f"https://{HOST}/releases/sdk/{what.archive}", archive],
        report=report,
        doing=f"Engine: downloading pulumi {what.version} from {HOST}",
        environment=environment,
        folder=into,
        timeout=DOWNLOAD_SECONDS,
    )
    if outcome.status is None:
        raise DownloadFailed(f"the download took longer than {DOWNLOAD_SECONDS / 60:.0f} minutes")
    if not outcome.succeeded:
        raise DownloadFailed(f"the download failed:\n{outcome.quoted()}")
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != wanted:
        raise SetupError(
            f"{what.archive} from {HOST} is not the archive whose digest is in "
            f"t4firm_setup/go/engine/{DIGESTS}: it has {found}.\nNothing of it was used. Run it again. If it "
            "stays so, the archive or the digest was changed: find out which, or build the engine, "
            "T4_ENGINE=build."
        )
    _unpack(archive, into, what.version)
    archive.unlink()


def _unpack(archive: Path, into: Path, version: str) -> None:
    """Only the four files: the hosts of other languages are not needed."""
    with tarfile.open(archive) as packed:
        for piece in PIECES:
            try:
                content = packed.extractfile(f"pulumi/{piece}")
            except KeyError:
                content = None
            if content is None:
                raise SetupError(f"The download of pulumi {version} has no {piece}.")
            with content, (into / piece).open("wb") as file:
                shutil.copyfileobj(content, file)
            (into / piece).chmod(0o755)
