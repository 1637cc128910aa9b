"""The /simulator routes about the WebSocket: what an administrator does in the portal, who is connected, and
what goes wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from t4simulator.api.bodies import validated
from t4simulator.api.refusal import Refusal, Wrong, not_found
from t4simulator.api.requests import Strict, Text
from t4simulator.firm.records import account_by_number, user_by_name
from t4simulator.firm.store import Store
from t4simulator.socket.endpoint import Pace
from t4simulator.socket.faults import SocketFault, SocketFaults
from t4simulator.socket.options import AccountOptions, OptionBook, ReaderOptions, UserOptions
from t4simulator.socket.sessions import Sessions

Handler = Callable[[Request], Awaitable[Response]]


class UserChanges(Strict):
    locked: bool | None = None
    twoFactor: bool | None = None
    passwordExpired: bool | None = None
    allAccounts: bool | None = None
    hidesImp: bool | None = None


class ReaderChanges(Strict):
    roles: list[Text] | None = None
    allAccounts: bool | None = None
    hidesImp: bool | None = None


class AccountChanges(Strict):
    deleted: bool | None = None
    firmID: str | None = None


class PaceBody(Strict):
    pause: Annotated[float, Field(ge=0)]


@dataclass(frozen=True)
class SocketControl:
    store: Store
    options: OptionBook
    sessions: Sessions
    faults: SocketFaults
    pace: Pace

    def table(self) -> list[tuple[str, str, Handler]]:
        return [
            ("GET", "/simulator/socket/sessions", self._sessions),
            ("GET", "/simulator/socket/faults", self._faults),
            ("POST", "/simulator/socket/faults", self._add_fault),
            ("DELETE", "/simulator/socket/faults", self._clear_faults),
            ("POST", "/simulator/socket/pace", self._pace),
            ("PUT", "/simulator/socket/users/{name}", self._user),
            ("PUT", "/simulator/socket/accounts/{name}", self._account),
            ("PUT", "/simulator/socket/reader", self._reader),
        ]

    def forget(self) -> None:
        """No fault and no pause any more."""
        self.faults.clear()
        self.pace.pause = 0.0

    async def _sessions(self, request: Request) -> Response:
        return JSONResponse({"sessions": self.sessions.shown()})

    async def _faults(self, request: Request) -> Response:
        return JSONResponse({"faults": self.faults.shown()})

    async def _add_fault(self, request: Request) -> Response:
        self.faults.add(validated(await request.body(), SocketFault, nulls=True))
        return JSONResponse({"faults": self.faults.shown()})

    async def _clear_faults(self, request: Request) -> Response:
        self.faults.clear()
        return JSONResponse({"faults": []})

    async def _pace(self, request: Request) -> Response:
        self.pace.pause = validated(await request.body(), PaceBody).pause
        return JSONResponse(asdict(self.pace))

    async def _user(self, request: Request) -> Response:
        """Unlocking also forgets the failures."""
        user = user_by_name(self.store, request.path_params["name"])
        if user is None:
            raise _unknown("user")
        changes = _given(validated(await request.body(), UserChanges))
        if changes.get("locked") is False:
            changes["failures"] = 0
        return JSONResponse(asdict(self.options.change(UserOptions, user.userID, **changes)))

    async def _account(self, request: Request) -> Response:
        account = account_by_number(self.store, request.path_params["name"])
        if account is None:
            raise _unknown("account")
        changes = _given(validated(await request.body(), AccountChanges))
        return JSONResponse(asdict(self.options.change(AccountOptions, account.accountID, **changes)))

    async def _reader(self, request: Request) -> Response:
        changes = _given(validated(await request.body(), ReaderChanges))
        return JSONResponse(asdict(self.options.change(ReaderOptions, **changes)))


def _given(changes: Strict) -> dict[str, Any]:
    given = changes.model_dump(exclude_unset=True)
    return {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}


def _unknown(what: str) -> Refusal:
    return not_found([Wrong("name", f"names no {what} of this firm")])
