"""Runs a long command, shows that it is alive, and leaves none of its processes behind."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from t4firm_setup.report import Report, duration

LINES_KEPT = 200
_TICK_SECONDS = 0.5


@dataclass(frozen=True)
class Outcome:
    """How a command ended. `status` is None when it was stopped because it took too long."""

    status: int | None
    last_lines: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        return self.status == 0

    def quoted(self, lines: int = 12) -> str:
        """The last lines, indented, for an error message."""
        return "\n".join(f"    {line}" for line in self.last_lines[-lines:])


def run_watched(
    command: Sequence[str | Path],
    *,
    report: Report,
    doing: str,
    environment: Mapping[str, str],
    folder: Path,
    timeout: float | None = None,
    described: Callable[[int], str] = lambda _lines: "",
) -> Outcome:
    """Runs `command` in `folder`; shows `doing`, the time so far, and `described(number of lines printed)`.

    When it is left, also by an exception, every process it started ends. Raises OSError if it can't start.
    """
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # a process group of its own: it can be ended with all that it started
    )
    lines: deque[str] = deque(maxlen=LINES_KEPT)
    printed = 0

    def read() -> None:
        nonlocal printed
        assert process.stdout is not None  # noqa: S101 (for the type checker: PIPE was asked for)
        with process.stdout as output:
            for line in output:
                lines.append(line.rstrip())
                printed += 1

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    start = time.monotonic()
    status: int | None = None
    try:
        while True:
            try:
                status = process.wait(timeout=_TICK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                elapsed = time.monotonic() - start
                if timeout is not None and elapsed > timeout:
                    break
                more = described(printed)
                report.running(f"{doing}: {duration(elapsed)}{', ' + more if more else ''}")
    finally:
        _end(process)
        reader.join()  # ends with the last process that holds the pipe
    return Outcome(status, tuple(lines))


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(
        ProcessLookupError, PermissionError
    ):  # all gone (macOS answers EPERM for a group of zombies)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
