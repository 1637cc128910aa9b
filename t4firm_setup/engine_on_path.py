"""An engine that the user has already: a `pulumi` on PATH, new enough and with its Python language host."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from t4firm_setup.engine_cache import PIECES

MINIMUM = (3, 250)
# The Python SDK in constraints.txt works with engines of its own major version (pulumi.automation refuses
MAJOR = 3


@dataclass(frozen=True)
class EngineOnPath:
    """A complete engine: its version (`3.259.0`) and where each of its four files is."""

    version: str
    pieces: Mapping[str, Path]


@dataclass(frozen=True)
class Unsuitable:
    """Why there is no engine to use on PATH: one sentence."""

    reason: str


def find_engine_on_path(environment: Mapping[str, str], leave_out: Path) -> EngineOnPath | Unsuitable:
    """Looks on PATH, but not in `leave_out` (our own .venv/bin, which is where the engine is to be put)."""
    search_path = os.pathsep.join(
        folder
        for folder in environment.get("PATH", "").split(os.pathsep)
        if folder and Path(folder).resolve() != leave_out.resolve()
    )
    command = shutil.which("pulumi", path=search_path)
    if command is None:
        return Unsuitable("there is no pulumi on PATH")
    pulumi = Path(command)
    said = version_said_by(pulumi)
    if said is None:
        return Unsuitable(f"{pulumi} does not run (`pulumi version` failed)")
    numbers = tuple(int(number) for number in said.split("."))
    if numbers < MINIMUM or numbers[0] != MAJOR:
        wanted = f"{MINIMUM[0]}.{MINIMUM[1]} or newer, below {MAJOR + 1}"
        return Unsuitable(f"{pulumi} is version {said}, and {wanted} is needed")
    # Beside the command, then where a link leads (package managers), then on PATH: as the engine looks.
    beside = os.pathsep.join([str(pulumi.parent), str(pulumi.resolve().parent), search_path])
    found = {piece: shutil.which(piece, path=beside) for piece in PIECES}
    missing = [piece for piece, where in found.items() if where is None]
    if missing:
        return Unsuitable(f"{pulumi} ({said}) comes without {', '.join(missing)}")
    # absolute, but links are kept: what a package manager links to moves with each upgrade
    pieces = {piece: Path(where).absolute() for piece, where in found.items() if where is not None}
    return EngineOnPath(said, pieces | {"pulumi": pulumi.absolute()})


def version_said_by(pulumi: Path) -> str | None:
    """`3.259.0` from `pulumi version`, without `v` and what a development build adds; None if that fails."""
    try:
        answer = subprocess.run(
            [pulumi, "version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\bv?(\d+\.\d+\.\d+)", answer)
    return version.group(1) if version else None
