"""Who is connected. "Your username and application have logged in another instance": the newest wins
(t4-websocket.md section 2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from t4simulator.socket.logins import Admitted


@dataclass(eq=False)
class Session:
    """`end` tells it that another login has ended it; `changed`, that something may be new."""

    who: Admitted
    since: str
    end: Callable[[], Awaitable[None]]
    changed: Callable[[], None]


@dataclass
class Sessions:
    """The open ones, by username and application."""

    _open: dict[tuple[str, str], Session] = field(default_factory=dict)

    async def enter(self, session: Session) -> None:
        older = self._open.get(session.who.session)
        self._open[session.who.session] = session
        if older is not None:
            await older.end()

    def leave(self, session: Session) -> None:
        if self._open.get(session.who.session) is session:
            del self._open[session.who.session]

    def tell_all(self) -> None:
        for session in self._open.values():
            session.changed()

    def shown(self) -> list[dict[str, Any]]:
        return [
            {"username": one.who.username, "application": one.who.application, "since": one.since}
            for one in self._open.values()
        ]
