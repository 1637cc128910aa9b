"""The lines that the person at the terminal reads while the set-up runs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

# Without a terminal (CI logs) a running step says so this often; with one, its line is renewed in place.
SECONDS_BETWEEN_LINES = 20.0


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 37 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Report:
    """Says what is being done, keeps the time of each phase."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._phases: dict[str, float] = {}
        self._running_line = False
        self._last_said = self._clock()
        self._started = self._clock()

    def say(self, text: str) -> None:
        """One line that stays."""
        self._clear()
        print(text, file=self._stream, flush=True)
        self._last_said = self._clock()

    def running(self, text: str) -> None:
        """How far a long step is; call it as often as there is something new."""
        if self._terminal:
            columns = shutil.get_terminal_size().columns
            print(f"\r\x1b[K{text[: columns - 1]}", end="", file=self._stream, flush=True)
            self._running_line = True
        elif self._clock() - self._last_said >= SECONDS_BETWEEN_LINES:
            self.say(text)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Adds the time that the block takes to the phase `name`."""
        start = self._clock()
        try:
            yield
        finally:
            self._clear()
            self._phases[name] = self._phases.get(name, 0.0) + self._clock() - start

    def times(self) -> str:
        """`3 min 52 s: Python environment 3.1 s, libraries 14 s, …`"""
        phases = ", ".join(f"{name} {duration(seconds)}" for name, seconds in self._phases.items())
        return f"{duration(self._clock() - self._started)}: {phases}"

    def _clear(self) -> None:
        if self._running_line:
            print("\r\x1b[K", end="", file=self._stream, flush=True)
            self._running_line = False
