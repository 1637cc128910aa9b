"""The official download, by `pulumi.automation.PulumiCommand.install`.

That call waits without end where the host can't be reached and hides what went wrong, so it runs in a process
of its own, after a short try whether the host answers at all.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.setup.engine_cache import PIECES
from tools.setup.errors import SetupError
from tools.setup.report import Report
from tools.setup.watched import run_watched

HOST = "get.pulumi.com"  # where PulumiCommand.install gets its script from
PROBE_SECONDS = 5.0
DOWNLOAD_SECONDS = 900.0

_PROBE = f"""
import urllib.request
request = urllib.request.Request("https://{HOST}/install.sh", method="HEAD")
urllib.request.urlopen(request, timeout={PROBE_SECONDS - 1}).close()
"""
_INSTALL = """
import subprocess, sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
try:
    PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
except subprocess.CalledProcessError as error:
    print(error.output.decode(errors="replace"))
    sys.exit(f"the installer ended with status {error.returncode}")
except OSError as error:
    sys.exit(str(error))
"""


class DownloadFailed(Exception):
    """The download can't be had. The text is the reason, as part of a sentence."""


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


def download(python: Path, version: str, into: Path, environment: Mapping[str, str], report: Report) -> None:
    """Puts the four files of the engine `version` into `into`. Raises DownloadFailed or SetupError."""
    unpacked = into / "unpacked"
    outcome = run_watched(
        [python, "-c", _INSTALL, unpacked, version],
        report=report,
        doing=f"Engine: downloading pulumi {version} from {HOST}",
        environment=environment,
        folder=into,
        timeout=DOWNLOAD_SECONDS,
    )
    if outcome.status is None:
        raise DownloadFailed(f"the download took longer than {DOWNLOAD_SECONDS / 60:.0f} minutes")
    if not outcome.succeeded:
        raise DownloadFailed(f"the download failed:\n{outcome.quoted()}")
    for piece in PIECES:
        try:
            (unpacked / "bin" / piece).rename(into / piece)
        except FileNotFoundError as error:
            raise SetupError(f"The download of pulumi {version} has no {piece}.") from error
    shutil.rmtree(unpacked)  # the hosts of the languages that are not needed here
