"""When a call is tried again, after what pause, and when no longer."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from threading import Lock
from typing import Final

from providers.t4.configuration.settings import Patience


@dataclass(frozen=True)
class Timing:
    """The clocks and the chance that the client uses; tests bring their own."""

    now: Callable[[], float] = time.time  # seconds since 1970
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random  # 0 to 1

    def stamp(self) -> str:
        """The present time in ISO 8601, UTC, to the second."""
        return datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def retry_after(header: str | None, now: float) -> float | None:
    """The seconds that a Retry-After header asks to wait (RFC 9110: seconds or a date), None if it says
    nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:10]), 10**9))
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


NOT_REACHED: Final = ""
"""Stands for every call where T4 itself is not reached: that is no trouble of one call."""


class Waits:
    """What calls have waited for: each thing is said once, and after one call has waited for it in vain, the
    others do not wait too (a thousand users times 90 seconds). For many threads at once.

    What is waited for is the name of an operation that T4 is busy for, or NOT_REACHED.
    """

    def __init__(self, say: Callable[[str], None] | None = None) -> None:
        """`say`: what becomes of a sentence; left out, it goes to standard error, which the engine shows."""
        self._say = say or partial(print, file=sys.stderr, flush=True)
        self._lock = Lock()
        self._in_vain: set[str] = set()
        self._said: set[str] = set()

    def are_useless(self, alike: str) -> bool:
        """Whether a call of this operation need not wait."""
        with self._lock:
            return not self._in_vain.isdisjoint({alike, NOT_REACHED})

    def over(self, what: str) -> None:
        """It need not be waited for any more."""
        with self._lock:
            self._in_vain.discard(what)
            self._said.discard(what)

    def ended_in_vain(self, what: str) -> None:
        """A call has waited for it to the end."""
        with self._lock:
            self._in_vain.add(what)

    def begin(self, what: str, why: str, seconds: float) -> None:
        """Say that calls wait, and why; once."""
        with self._lock:
            if what in self._said:
                return
            self._said.add(what)
        self._say(f"{why}. Trying again for up to {seconds:g} seconds.")


class Repeats:
    """The attempts of one call."""

    def __init__(self, patience: Patience, timing: Timing, *, one_only: bool = False) -> None:
        """`one_only`: an earlier call waited in vain to the end, so this one does not wait for T4
        again. A lost answer is still asked for: certainty is worth a second."""
        self._patience = patience
        self._timing = timing
        self._one_only = one_only
        self._started = timing.monotonic()
        self._lost = 0
        self.attempts = 0

    def pause(self, *, asked: float | None = None, lost: bool = False) -> bool:
        """Wait before the next attempt; False when there shall be none.

        `asked`: what Retry-After asks for; it can make the pause longer, never shorter. `lost`: the attempt
        ended without a clear answer; of these there are few.
        """
        self.attempts += 1
        self._lost += lost
        if (self._one_only and not lost) or self._lost >= self._patience.lost_attempts:
            return False
        seconds = max(self._backoff(), min(asked or 0.0, self._patience.longest_retry_after))
        if self._timing.monotonic() - self._started + seconds >= self._patience.repeat_for:
            return False
        self._timing.sleep(seconds)
        return True

    def _backoff(self) -> float:
        """Our own brake, whatever T4 asks for: doubled each time, and at least half of that. The other half
        is chance, so that callers that failed together do not come back together."""
        doubled = self._patience.first_pause * 2.0 ** min(self.attempts - 1, 30)
        return min(self._patience.longest_pause, doubled) * (1 + self._timing.chance()) / 2
