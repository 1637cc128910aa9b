"""A login over the WebSocket that T4 refused, remembered beside the journal: T4 locks users out after some
failures, a locked fill user captures nothing, and a locked reader sees nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from t4firm.model.names import folded


class Kept(Protocol):
    """What keeps it between runs: the journal."""

    def find(self, key: str) -> Any: ...

    def answered(self, key: str, now: str, answer: dict[str, str], sent: dict[str, str]) -> None: ...

    def forget(self, key: str) -> None: ...


@dataclass(frozen=True)
class RefusedLogins:
    """`mark`: tells one password from another, and not what it is."""

    kept: Kept
    mark: Callable[[object], str]

    def before(self, username: str, password: str) -> str:
        """When T4 refused this password of the user; "" where it did not."""
        entry = self.kept.find(_key(username))
        same = entry is not None and entry.answer.get("password") == self._mark(username, password)
        return str(entry.answered) if same else ""

    def remember(self, username: str, password: str, at: str) -> None:
        self.kept.answered(_key(username), at, {"password": self._mark(username, password)}, {})

    def forget(self, username: str) -> None:
        """T4 has taken a password of the user."""
        self.kept.forget(_key(username))

    def _mark(self, username: str, password: str) -> str:
        return self.mark(["socket login", folded(username), password])


def _key(username: str) -> str:
    return f"socket-login/{folded(username)}"
