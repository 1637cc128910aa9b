"""What each T4 call passes: reading, recording, latency, faults, credentials, the work, the answer."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Message, Receive, Scope, Send

from t4simulator.api import answers
from t4simulator.api.admin import Admin, Call
from t4simulator.api.record import Record
from t4simulator.api.refusal import Refusal
from t4simulator.faults import effects
from t4simulator.faults.effects import JSON_TYPE, Reply
from t4simulator.faults.held import Held
from t4simulator.faults.rules import Do, FaultBook, Seen
from t4simulator.firm.records import account_by_id, account_by_number, user_by_id
from t4simulator.firm.store import Store

LARGEST_BODY = 1_000_000  # bytes; ours


@dataclass
class Weather:
    """How slow T4 is: seconds for each call, half before the work, half between commit and answer."""

    latency: float = 0.0


class Gate:
    """The ASGI application for everything that is T4's."""

    def __init__(
        self, admin: Admin, store: Store, record: Record, faults: FaultBook, held: Held, weather: Weather
    ) -> None:
        self._admin, self._store, self._record = admin, store, record
        self._faults, self._held, self._weather = faults, held, weather
        # like Kestrel's trace ids (t4-details.md section 1.2): 13 characters, a colon, a counter
        self._connection = "0HN" + secrets.token_hex(5).upper()
        self._counter = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await _body(receive)
        if raw is None:
            return  # the caller went away before its request was complete: nothing happened
        call = self._call(scope, raw)
        body = _lenient(raw)
        sequence = self._record.arrived(call.method, call.path, call.query, call.headers, body, len(raw))
        await asyncio.sleep(self._weather.latency / 2)
        due = self._faults.due(self._seen(call, body))
        identifier, rule = due if due else (None, None)
        do = rule.do if rule else None
        reply: Reply | None
        if do is not None and rule is not None and rule.when == "before" and not do.partial:
            await self._paused(do, sequence)
            reply = None if do.answers() else self._work(call, None)
        else:
            reply = self._work(call, do.partial if do else None)
            await self._paused(do, sequence)
        await asyncio.sleep(self._weather.latency / 2)
        await self._answer(reply, do, scope, receive, send, (sequence, identifier))

    async def _paused(self, do: Do | None, sequence: int) -> None:
        if do is not None:
            await asyncio.sleep(do.delay)
            if do.hold is True:
                await self._held.wait(sequence)

    def _call(self, scope: Scope, raw: bytes) -> Call:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        request_id = f"{self._connection}:{next(self._counter):08X}"
        return Call(scope["method"], scope["path"], query, headers, raw, request_id)

    def _work(self, call: Call, partial: str | None) -> Reply:
        status, body = 200, {}
        try:
            if len(call.body) > LARGEST_BODY:
                raise Refusal(400, f"The request is not valid: the body has more than {LARGEST_BODY} bytes.")
            body = self._admin.answer(call, partial)
        except Refusal as refused:
            status, body = refused.status, answers.refusal(refused, call.request_id)
        except Exception as error:
            # A real server answers 500 too. The words stay out of answer and log: they could hold a password.
            where = error.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
            print(f"{call.method} failed: {type(error).__name__} at {place}", file=sys.stderr, flush=True)
            status = 500
            body = answers.refusal(Refusal(500, "The server failed."), call.request_id)
        return Reply(
            status, {"content-type": JSON_TYPE}, json.dumps(body, ensure_ascii=False).encode("utf-8")
        )

    async def _answer(
        self,
        reply: Reply | None,
        do: Do | None,
        scope: Scope,
        receive: Receive,
        send: Send,
        entry: tuple[int, int | None],
    ) -> None:
        sequence, identifier = entry
        if do is not None and do.drop:
            self._record.answered(sequence, None, identifier)
            await effects.drop(do.drop, scope, receive)
            return
        given = reply or Reply(200, {"content-type": JSON_TYPE}, b"")
        if do is not None:
            given = effects.spoiled(do, given)
        self._record.answered(sequence, given.status, identifier)
        await effects.deliver(given, do, lambda: self._held.wait(sequence), scope, receive, send)

    def _seen(self, call: Call, body: Any) -> Seen:
        """Whose call it is: names in the body, else those behind the ids in path or body."""
        named: dict[str, str] = {}
        objects = [body, *body.values()] if isinstance(body, dict) else []
        for part in objects:
            if isinstance(part, dict):
                named.update({key: value for key, value in part.items() if isinstance(value, str)})
        parts = call.path.split("/")
        user_id = _after(parts, "users") or named.get("userID", "")
        account_id = _after(parts, "accounts") or named.get("accountID", "")
        user = user_by_id(self._store, user_id) if user_id else None
        account = account_by_id(self._store, account_id) if account_id else None
        if account is None and "account" in call.query:
            account = account_by_number(self._store, call.query["account"])
        return Seen(
            method=call.method,
            path=call.path,
            username=named.get("username")
            or named.get("userName")
            or (user.username if user else call.query.get("username", "")),
            account=named.get("account") or (account.account if account else ""),
        )


def _after(parts: list[str], name: str) -> str:
    """The path segment behind the last `name`."""
    where = [index for index, part in enumerate(parts) if part == name and index + 1 < len(parts)]
    return parts[where[-1] + 1] if where else ""


def _lenient(raw: bytes) -> Any:
    """The body for record and rules; None when there is none or it is no JSON."""
    try:
        return json.loads(raw) if len(raw) <= LARGEST_BODY else None
    except (ValueError, RecursionError):
        return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body; what is over the limit is read and not kept. None: the caller went away."""
    chunks, size = [], 0
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= LARGEST_BODY + 65_536:
            chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks) if size <= LARGEST_BODY else b" " * (LARGEST_BODY + 1)
