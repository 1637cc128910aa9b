"""Many runs of `t4firm` at once, each a process of its own: none stops another, and all hear a signal."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import Final

LOOK: Final = 0.5
"""Seconds between two looks for what has ended: a signal is heard between them."""

STOPPED: Final = -1
"""The exit code of a run that was not begun, because the fleet was asked to stop."""


@dataclass(frozen=True)
class Ended:
    """One stack's run. `output`: what it printed; `messages`: what it said beside that, on standard error."""

    stack: str
    code: int
    seconds: float
    output: str
    messages: str


def t4firm(*words: str) -> list[str]:
    """The command line of the `t4firm` beside this Python."""
    return [str(Path(sys.executable).parent / "t4firm"), *words]


def run(
    commands: Mapping[str, Sequence[str]],
    before: Mapping[str, set[str]],
    at_once: int,
    ended: Callable[[Ended], None] = lambda _: None,
) -> list[Ended]:
    """Run each stack's command, at most `at_once` at a time, a stack only when those `before` it have ended,
    well or not; `ended` hears of each. Returns all in the order in which they ended.

    Asked to stop (SIGINT, SIGTERM), it begins no further run, passes the signal on to those that are under
    way, and waits for them: each finishes its calls.
    """
    order = TopologicalSorter({stack: before.get(stack, set()) & commands.keys() for stack in commands})
    order.prepare()
    running = _Running()
    results: list[Ended] = []
    with running.signals(), ThreadPoolExecutor(at_once) as pool:
        waiting: set[Future[Ended]] = set()
        while order.is_active():
            waiting |= {pool.submit(running.run, stack, commands[stack]) for stack in order.get_ready()}
            done, waiting = wait(waiting, LOOK, FIRST_COMPLETED)
            for result in (each.result() for each in done):
                results.append(result)
                order.done(result.stack)
                ended(result)
    return results


class _Running:
    """The processes that are under way."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._processes: set[subprocess.Popen[str]] = set()
        self._stopping = False

    def run(self, stack: str, command: Sequence[str]) -> Ended:
        begun = time.monotonic()
        with self._lock:
            if self._is_stopping():
                return Ended(stack, STOPPED, 0.0, "", "")
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                process_group=0,  # a Ctrl-C reaches it once, through here
            )
            self._processes.add(process)
            if self._is_stopping():  # asked to stop while it was started: nobody has told it
                process.send_signal(signal.SIGINT)
        output, messages = process.communicate()
        with self._lock:
            self._processes.discard(process)
        return Ended(stack, process.returncode, time.monotonic() - begun, output, messages)

    def _is_stopping(self) -> bool:
        return self._stopping

    @contextmanager
    def signals(self) -> Iterator[None]:
        """While it lasts, who asks this process to stop asks all of them."""
        before = {number: signal.signal(number, self._asked) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _asked(self, number: int, _: FrameType | None) -> None:
        self._stopping = True
        for process in (*self._processes,):
            process.send_signal(number)
