"""What `make` would call."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def called_by_make(target: str, *variables: str) -> str:
    """The commands of a target, which are not run; `variables`: `USERS=3`, …"""
    return subprocess.run(
        ["make", "--dry-run", "--directory", str(ROOT), target, *variables],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
