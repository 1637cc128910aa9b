"""The most memory that the program and the provider of a run had, read beside it from /proc."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

KINDS = {"pulumi-language-python-exec": "program", "pulumi.dynamic": "provider"}
"""A word of the command line -> what the process is."""
PAUSE = 0.1


@contextmanager
def peaks() -> Iterator[dict[str, int]]:
    """While it is open: what -> bytes at most so far. Each look tells the peak since the process began,
    so only what a process takes in its last tenth of a second is missed."""
    found: dict[str, int] = {}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(PAUSE):
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.Error, OSError, ValueError):
                    words = " ".join(process.cmdline())
                    for word, kind in KINDS.items():
                        if word in words:
                            found[kind] = max(found.get(kind, 0), _peak(process.pid))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield found
    finally:
        ended.set()
        watching.join()


def _peak(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
