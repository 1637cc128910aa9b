"""How far a long run is: one line that is rewritten on a terminal, elsewhere a line every ten seconds."""

import shutil
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Final, TextIO

from t4firm_cli.terminal import is_watched

EVERY: Final = 10.0
"""Seconds between two lines where nobody watches."""

WINDOW: Final = 20.0
"""Seconds whose pace tells the time left: new users take longer than what stays as it is."""

ENOUGH: Final = 2.0
"""Seconds of pace before a time left is named."""


READ: Final = "resources compared with T4"
"""What is counted while nothing is changed."""


class Pace:
    """The time that is left, from how fast the last seconds went."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def left(self, at: float, done: int, total: int) -> float | None:
        """Seconds, or None while nobody can tell."""
        self._seen.append((at, done))
        while at - self._seen[0][0] > WINDOW:
            self._seen.popleft()
        since, before = self._seen[0]
        if at - since < ENOUGH or done == before:
            return None
        return (total - done) * (at - since) / (done - before)


def in_words(seconds: float) -> str:
    """`5 s`, `20 s`, `3 min`: no more exact than anybody can know."""
    if seconds < 90:
        return f"{max(5, 5 * round(seconds / 5))} s"
    return f"{round(seconds / 60)} min"


class Progress:
    """Counts towards a total, on standard error. `show` as often as there is something new."""

    def __init__(self, stream: TextIO | None = None, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stderr
        self._watched = is_watched(self._stream)
        self._now = now
        self._said = now()
        self._pace = Pace()
        self._what = ""
        self._line = False

    def show(self, what: str, done: int, total: int) -> None:
        """For example `resources`, 412, 1204: "412 of 1,204 resources, about 20 s left"."""
        if what != self._what:
            self._what, self._pace = what, Pace()
        at = self._now()
        left = self._pace.left(at, done, max(done, total))
        if not self._watched and at - self._said < EVERY:
            return
        self._said = at
        about = f", about {in_words(left)} left" if left else ", finishing" if done >= total else ""
        text = f"{done:,} of {max(done, total):,} {what}{about}"
        if self._watched:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[K{text[:width]}", end="", file=self._stream, flush=True)
            self._line = True
        else:
            self.say(text)

    def say(self, text: str) -> None:
        """A line that stays."""
        self.end()
        print(text, file=self._stream, flush=True)

    def end(self) -> None:
        """Take the line away: what follows says how it went."""
        if self._line:
            print("\r\x1b[K", end="", file=self._stream, flush=True)
            self._line = False
