"""The changing calls that are under way in this process, by the user or account that they are about. A read
that should show what they did waits for all of them, so that one read serves all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Final

PATIENCE: Final = 30.0
"""Seconds that a read waits at most: a call that T4 does not answer must not hold up the others."""


class UnderWay:
    """For many threads."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._count: Counter[str] = Counter()

    @contextmanager
    def call(self, about: str) -> Iterator[None]:
        """Around a changing call about a user or an account."""
        with self._changed:
            self._count[about] += 1
        try:
            yield
        finally:
            with self._changed:
                self._count[about] -= 1
                self._changed.notify_all()

    def settle(self, about: str) -> None:
        """Wait until no call about it is under way."""
        with self._changed:
            self._changed.wait_for(lambda: not self._count[about], PATIENCE)
