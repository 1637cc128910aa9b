"""The calls that a fault holds: each waits until somebody lets it go, however long that takes.

Latency and delays put a call "in the middle" for a time, and on a busy machine that time is over too soon.
A held call stays in the middle until a test has seen it there and done what it came for.
"""

from __future__ import annotations

import asyncio


class Held:
    """The held calls by their number in the record, in the order in which they came to be held."""

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Event] = {}

    async def wait(self, sequence: int) -> None:
        """Hold this call until `let_go`; also when its caller is gone, for T4 would not notice either."""
        gone = self._waiting[sequence] = asyncio.Event()
        try:
            await gone.wait()
        finally:
            self._waiting.pop(sequence, None)

    def calls(self) -> list[int]:
        """The numbers of the calls that are held now."""
        return list(self._waiting)

    def let_go(self) -> None:
        """Let all of them go on, in the order in which they came to be held."""
        waiting, self._waiting = self._waiting, {}
        for gone in waiting.values():
            gone.set()
