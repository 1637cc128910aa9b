"""The outcome of a login over the WebSocket: each is made once in a process, whatever comes of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from providers.t4.api.socket.errors import SocketFailed

LOG = logging.getLogger("providers.t4")
T = TypeVar("T")


class LoginOutcome(Generic[T]):
    """Asked for by the first, kept for all. For many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._outcome: tuple[T | None, SocketFailed | None] | None = None
        self._changes = 0

    def is_current(self, changes: int) -> bool:
        """Whether this process has changed nothing in T4 since then: a login is made once. `changes`: how
        many changing calls it has made."""
        return self._outcome is None or self._changes == changes

    def ask(
        self, read: Callable[[], T], changes: int, told: Callable[[SocketFailed], str] = str
    ) -> tuple[T | None, SocketFailed | None]:
        """What was read, or why it was not, which is said aloud in the words of `told`."""
        from providers.t4.api.socket.errors import SocketFailed

        with self._lock:
            if self._outcome is None:
                self._changes = changes
                try:
                    self._outcome = read(), None
                except SocketFailed as failure:
                    LOG.error("%s", told(failure))
                    self._outcome = None, failure
            return self._outcome

    @property
    def shown(self) -> T | None:
        return self._outcome[0] if self._outcome else None

    @property
    def failure(self) -> SocketFailed | None:
        """None also where nobody has asked."""
        return self._outcome[1] if self._outcome else None
