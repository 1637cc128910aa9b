"""Running a program that makes calls, and letting it end well: asked to stop, it is told so and waited for.

Who is killed together with this process, or not told at all, cannot finish the calls in flight. So where the
program has no use for the terminal it gets a process group of its own: then Ctrl-C, a signal to the whole
group and a signal to this process alone come to the same, and all of them reach it through here.
"""

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO, Final

LOOK: Final = 1.0
"""Seconds between two looks whether the program has ended."""


def run(
    command: Sequence[str],
    *,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
    stdout: int | IO[str] | None = None,
    stderr: IO[str] | None = None,
    meanwhile: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
    stopping: Callable[[], None] = lambda: None,
) -> int:
    """Run a program to its end; returns its exit code. `meanwhile` is called once it runs, `stopping`, in a
    signal's handler, when it is asked to stop.

    It hears SIGINT for each SIGINT of ours (the engine takes a second one as: stop hard), and for SIGTERM
    unless it is stopping already. On a terminal that it writes to itself it stays in our process group, for
    it may ask questions there: Ctrl-C then reaches it without us.
    """
    apart = stdout is not None or not any(map(_is_terminal, (sys.stdin, sys.stdout, sys.stderr)))
    running: subprocess.Popen[bytes] | None = None
    asked, early = False, False

    def asked_to_stop(number: int, _: FrameType | None) -> None:
        nonlocal asked, early
        stopping()
        told = asked if number == signal.SIGTERM else not apart
        asked = True
        if running is None:
            early = True
        elif not told:
            running.send_signal(signal.SIGINT)

    before = {number: signal.signal(number, asked_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with subprocess.Popen(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL if apart else None,
            stdout=stdout,
            stderr=stderr,
            process_group=0 if apart else None,
        ) as running:
            if early:
                running.send_signal(signal.SIGINT)
            meanwhile(running)
            while running.poll() is None:
                # Not for ever at once: a signal just before the wait would be heard after it.
                with suppress(subprocess.TimeoutExpired):
                    running.wait(LOOK)
            return running.returncode
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_terminal(stream: IO[str] | None) -> bool:
    return stream is not None and stream.isatty()
