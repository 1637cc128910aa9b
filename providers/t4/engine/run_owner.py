"""Which process a run of the engine is, kept on disk so that a later run can tell whether it is gone.

The engine's lock names a host and a process number. Two containers may have one host name, one number and one
folder. So each run also notes what no two processes share: the boot of the machine, the namespace of its
process numbers, and when it began (`.t4/runs/<stack>/<digest>-<number>.json`).
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil

ENGINE: Final = "pulumi"
"""The name of the engine's process; those of its plugins are longer."""

CLOCKS_DIFFER: Final = 2.0
"""Seconds by which the system may misjudge when a process began."""

BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
NAMESPACE: Final = Path("/proc/self/ns/pid")


@dataclass(frozen=True)
class Owner:
    """A run's process. `started`: seconds since 1970; `boot`, `namespace`: where its number means
    anything."""

    pid: int
    started: float
    boot: str
    namespace: str

    @property
    def is_of_here(self) -> bool:
        """Whether its number means the same process here."""
        return (self.boot, self.namespace) == _here()

    @property
    def is_alive(self) -> bool:
        """Whether the process is still there. Only of an owner that is of here. Raises
        psutil.AccessDenied."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            return abs(process.create_time() - self.started) <= CLOCKS_DIFFER
        except psutil.NoSuchProcess:
            return False


def folder_of(project: Path, stack: str) -> Path:
    """Where the runs of a stack are noted."""
    return project / ".t4" / "runs" / stack


def note(folder: Path, pid: int) -> Path | None:
    """Note a running process. Returns the file, None where it cannot be written or the process is gone: then
    a later run cannot know, and says so."""
    try:
        boot, namespace = _here()
        owner = Owner(pid, psutil.Process(pid).create_time(), boot, namespace)
        name = f"{hashlib.sha256(f'{boot} {namespace}'.encode()).hexdigest()[:16]}-{pid}.json"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False) as file:
            json.dump(asdict(owner), file)
        return Path(file.name).replace(folder / name)
    except (OSError, psutil.Error):
        return None


def noted(folder: Path) -> Iterator[Owner]:
    """The runs that were noted, and neither ended well nor were followed by another one."""
    for file in sorted(folder.glob("*.json")):
        try:
            yield Owner(**json.loads(file.read_bytes()))
        except (OSError, ValueError, TypeError):
            continue


def note_engine(folder: Path) -> None:
    """Note the engine above this process, which holds the stack's lock: what earlier runs noted is over."""
    engine = next((each for each in psutil.Process().parents() if each.name() == ENGINE), None)
    kept = note(folder, engine.pid) if engine else None
    for file in folder.glob("*.json") if kept else ():
        if file != kept:
            file.unlink(missing_ok=True)


def _here() -> tuple[str, str]:
    """This boot of this machine, and the namespace of process numbers. Elsewhere than on Linux there are no
    namespaces, and a boot is known by its time."""
    try:
        return BOOT.read_text().strip(), os.readlink(NAMESPACE)
    except OSError:
        return f"{os.uname().nodename} {psutil.boot_time():.0f}", ""
