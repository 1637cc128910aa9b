"""One conversation over the WebSocket: login, subscription, heartbeats, and what changes later."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from t4simulator.api.record import Record
from t4simulator.api.visitors import LOOPBACK
from t4simulator.service.connection import JoinedWrites
from t4simulator.socket import messages
from t4simulator.socket.faults import SocketFaults
from t4simulator.socket.logins import Admitted, Logins, Refused
from t4simulator.socket.messages import ALL_UPDATES, Login, Shown, Subscribe
from t4simulator.socket.sessions import Session, Sessions
from t4simulator.socket.wire import Unreadable

HEARTBEAT = 20.0  # seconds of our silence before one is sent
SILENCE = 60.0  # seconds without a message from the client: it is cut off
ELSEWHERE = 6
NOT_ALLOWED = 1008  # RFC 6455: policy violation
PIECE = 7  # bytes of a fragment
LARGE = 2**20 + 2**18


@dataclass
class Pace:
    """How fast the simulator speaks to those who log in from now on: seconds between two snapshots."""

    pause: float = 0.0


class _Over(Exception):
    """The conversation has ended."""


@dataclass(frozen=True)
class Endpoint:
    """`/v1` and `/v2`: in the messages that are served here they do not differ."""

    logins: Logins
    sessions: Sessions
    faults: SocketFaults
    record: Record
    pace: Pace

    async def converse(self, socket: WebSocket) -> None:
        """Only for this machine: a page in its browser would send an Origin, which no client of T4's does."""
        host = urlsplit(f"//{socket.headers.get('host', '')}").hostname
        if host not in LOOPBACK or "origin" in socket.headers:
            await socket.close(NOT_ALLOWED)
            return
        await socket.accept()
        conversation = _Conversation(self, socket)
        try:
            await conversation.run()
        except (WebSocketDisconnect, _Over, RuntimeError):
            pass  # the client is gone, or was sent away
        finally:
            await conversation.close()


@dataclass
class _Conversation:
    at: Endpoint
    socket: WebSocket
    due: frozenset[str] = frozenset()
    session: Session | None = None
    sent: dict[str, Shown] = field(default_factory=dict)  # accounts by id, as the client knows them
    subscribed: bool = False
    pause: float = 0.0  # its pace, as it was at the login
    spoke: float = field(default_factory=time.monotonic)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def run(self) -> None:
        first = await self._heard()
        if not isinstance(first, Login):
            await self.socket.close(NOT_ALLOWED, "log in first")
            raise _Over()
        who = await self._log_in(first)
        for work in (self._heartbeats(), self._changes(who)):
            self.tasks.append(asyncio.create_task(_until_gone(work)))
        while True:
            said = await self._heard()
            if isinstance(said, Subscribe) and said.kind == ALL_UPDATES and said.everything:
                await self._subscribe(who)
            elif isinstance(said, messages.Other) and said.number in messages.ORDERS:
                raise AssertionError("a reader sent an order")  # into the log: no test may pass with it

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        if self.session:
            self.at.sessions.leave(self.session)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self.socket.close()

    # --- hearing and saying -------------------------------------------------------------------------------

    async def _heard(self) -> Login | Subscribe | messages.Other:
        try:
            frame = await asyncio.wait_for(self.socket.receive(), SILENCE)
        except TimeoutError:
            await self.socket.close(NOT_ALLOWED, "no heartbeat")
            raise _Over() from None
        if frame["type"] != "websocket.receive" or frame.get("bytes") is None:
            raise _Over()
        try:
            return messages.asked(frame["bytes"])
        except (Unreadable, UnicodeDecodeError):
            await self.socket.close(NOT_ALLOWED, "not a message")
            raise _Over() from None

    async def _say(self, frame: bytes) -> None:
        self.spoke = time.monotonic()
        if "fragmented" in self.due:
            self._write(_fragments(frame))
        else:
            await self.socket.send_bytes(frame)

    def _write(self, raw: bytes) -> None:
        self._transport().write(raw)

    def _transport(self) -> JoinedWrites:
        return cast(JoinedWrites, self.socket.scope["state"]["transport"])

    # --- the login ----------------------------------------------------------------------------------------

    async def _log_in(self, asked: Login) -> Admitted:
        judged = self.at.logins.admit(asked)
        result = judged.result if isinstance(judged, Refused) else 0
        self._note(asked, judged)
        if isinstance(judged, Refused):
            await self._say(messages.refused(result, judged.words))
            raise _Over()
        self.due = self.at.faults.due(judged.username)
        while "silentLogin" in self.due:
            await self._heard()
        self.pause = self.at.pace.pause
        self.session = Session(judged, datetime.now(UTC).isoformat(), self._end, self.news.set)
        await self.at.sessions.enter(self.session)
        await self._say(self._login_answer(judged))
        if "elsewhere" in self.due:
            await self._end()
            raise _Over()
        return judged

    def _note(self, asked: Login, judged: Admitted | Refused) -> None:
        """In the record beside the calls: who logged in, and with which result."""
        body = {"username": asked.username, "appName": asked.app_name}
        number = self.at.record.arrived("SOCKET", self.socket.url.path, {}, {}, body, 0)
        self.at.record.answered(number, judged.result if isinstance(judged, Refused) else 0, None)

    def _login_answer(self, who: Admitted) -> bytes:
        if "emptyLogin" in self.due:
            return messages.empty_login()
        roles = self.at.logins.roles(who)
        if "roleCase" in self.due:
            roles = tuple(role.upper() for role in roles)
        if "blankRole" in self.due:
            roles = ("", *roles, " ")
        if "blankRoles" in self.due:
            roles = ("", " ")
        accounts = self._visible(who)
        other = "otherUser" in self.due
        return messages.logged_in(
            session="" if "noSession" in self.due else uuid4().hex,
            user_id=str(uuid4()) if other else who.user_id,
            firm_id=self.at.logins.firm_id,
            firm=self.at.logins.firm,
            username="somebody.else" if other else who.username,
            roles=roles,
            accounts=accounts[:-1] if "beyondList" in self.due else accounts,
        )

    async def _end(self) -> None:
        """Another login of the same user and application has come."""
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self._say(messages.refused(ELSEWHERE, "Your username and application have logged in."))
            await self.socket.close()

    # --- accounts -----------------------------------------------------------------------------------------

    def _visible(self, who: Admitted) -> list[Shown]:
        accounts = self.at.logins.accounts(who)
        if "deleted" in self.due and accounts:
            accounts[0] = replace(accounts[0], deleted=True)
        return accounts

    async def _subscribe(self, who: Admitted) -> None:
        while "silence" in self.due:
            await self._heard()
        accounts = self._visible(who)
        lacking = accounts[-1:] if {"missing", "errors"} & self.due else []
        errors = [shown.account.account for shown in lacking] if "errors" in self.due else []
        answer = messages.subscribed(errors)
        if "detailsFirst" not in self.due:
            await self._say(answer)
        for shown in (*accounts[: len(accounts) - len(lacking)], *self._child(accounts)):
            await self._show(shown)
            self.sent[shown.account.accountID] = shown
            await asyncio.sleep(self.pause)
            await self._break()
        if "detailsFirst" in self.due:
            await self._say(answer)
        # what this conversation is not shown is no news to it either, when anything else changes
        self.sent |= {shown.account.accountID: shown for shown in lacking}
        self.subscribed = True

    def _child(self, accounts: list[Shown]) -> list[Shown]:
        if "childFirm" not in self.due or not accounts:
            return []
        account = replace(accounts[0].account, accountID=str(uuid4()).upper(), account="CHILD1")
        return [Shown(account, str(uuid4()).upper(), "Child firm")]

    async def _show(self, shown: Shown) -> None:
        if "unknownMessage" in self.due:
            await self._say(messages.unknown())
        enabled = 17 if "unknownState" in self.due else None
        if "detailsAlone" in self.due:
            await self._say(messages.details(shown, enabled))
        else:
            padding = LARGE if "largeSnapshot" in self.due else 0
            await self._say(messages.snapshot(shown, enabled, padding))

    async def _break(self) -> None:
        """What ends the conversation after the first account."""
        if "text" in self.due:
            await self.socket.send_text("not a frame of T4's")
        if "garbage" in self.due:
            await self._say(b"\xff\xff\xff\xff")
        if "cut" in self.due:
            self._transport().reset()
            raise _Over()
        for code in (1008, 1011):
            if f"close{code}" in self.due:
                await self.socket.close(code, "on request")
                raise _Over()

    # --- later --------------------------------------------------------------------------------------------

    async def _heartbeats(self) -> None:
        while True:
            await asyncio.sleep(max(0.05, self.spoke + HEARTBEAT - time.monotonic()))
            if time.monotonic() - self.spoke >= HEARTBEAT:
                await self._say(messages.heartbeat(int(time.time() * 1000)))

    async def _changes(self, who: Admitted) -> None:
        """Details of each account that is not as the client knows it, soon after a change."""
        while True:
            await self.news.wait()
            self.news.clear()
            for shown in self._visible(who) if self.subscribed else ():
                before = self.sent.get(shown.account.accountID)
                if before is None:
                    await self._say(messages.snapshot(shown))
                elif _seen(before) != _seen(shown):
                    await self._say(messages.details(shown))
                self.sent[shown.account.accountID] = shown


def _seen(shown: Shown) -> Shown:
    """Without the users of an account: T4 shows none."""
    return replace(shown, account=replace(shown.account, users=()))


async def _until_gone(work: Awaitable[None]) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await work


def _fragments(frame: bytes) -> bytes:
    """A message in frames of a few bytes, written by hand: the server's library sends it in one."""
    pieces = [frame[at : at + PIECE] for at in range(0, len(frame), PIECE)] or [b""]
    raw = b""
    for index, piece in enumerate(pieces):
        final, opcode = index == len(pieces) - 1, 0 if index else 2
        raw += struct.pack("!BB", final << 7 | opcode, len(piece)) + piece
    return raw
