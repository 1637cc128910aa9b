"""The folder that a simulator is kept in, and the lock that says whether one serves it.

The kernel frees the lock when its holder dies, however it dies: what run.json says is believed only while the
lock is held, so a stale file, or another program that got the same pid, does no harm.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO

RUN = "run.json"  # endpoint and keys of the running simulator (mode 0600)
LOCK = "simulator.lock"
LOG = "simulator.log"


class AlreadyRunning(RuntimeError):
    """Another simulator serves this folder."""


def lock(folder: Path) -> IO[str]:
    """Holds the folder for this process as long as the returned file is open; the file holds the pid.

    Raises AlreadyRunning. Whoever asks `holder` shares the lock for that instant: that is waited for.
    """
    file = (folder / LOCK).open("a+", encoding="utf-8")
    while not _taken(file, fcntl.LOCK_EX):
        if not _taken(file, fcntl.LOCK_SH):
            file.close()
            raise AlreadyRunning(f"a simulator already serves the folder {folder}")
        fcntl.flock(file, fcntl.LOCK_UN)
        time.sleep(0.01)
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file


def holder(folder: Path) -> int | None:
    """The pid of the process that serves the folder; None when none does (0: it is only just beginning)."""
    try:
        with (folder / LOCK).open("r", encoding="utf-8") as file:
            return None if _taken(file, fcntl.LOCK_SH) else int(file.read() or 0)
    except FileNotFoundError:
        return None


def _taken(file: IO[str], kind: int) -> bool:
    """Takes the lock if it is free for this: LOCK_EX to serve, LOCK_SH beside others who ask."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_private(path: Path, content: object) -> None:
    """JSON to a file that only its owner may read, whole or not at all."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    os.replace(scratch, path)
