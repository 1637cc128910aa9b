"""How a fault is carried out: the answer that is spoiled, the connection that is broken."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.types import Receive, Scope, Send

from t4simulator.faults.rules import Do
from t4simulator.service.connection import JoinedWrites

HTML = b"<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>"
BINARY = bytes(range(256)) * 8
PIECES = 10  # of a slow body
JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """An HTTP answer before it is sent."""

    status: int
    headers: dict[str, str]
    body: bytes


def spoiled(do: Do, reply: Reply) -> Reply:
    """The answer that the fault asks for instead of `reply`."""
    status = do.status or reply.status
    headers = {**reply.headers}
    body = reply.body
    if do.garbage:
        status = do.status or 200
        content, body = _garbage(do.garbage, body)
        headers = {"content-type": content}
    elif do.redirect is not None:
        status = do.status if do.status is not None and 300 <= do.status < 400 else 307
        headers, body = {"location": do.redirect}, b""
    elif do.status is not None and not do.slowBody:
        body = (f"The server was told to answer {status}." if do.body is None else do.body).encode()
        looks_json = body[:1] in (b"{", b"[")
        headers = {"content-type": JSON_TYPE if looks_json else "text/plain; charset=utf-8"}
    elif do.merge and status == 200:
        body = _merged(body, do.merge)
    headers |= {name.casefold(): _dated(value) for name, value in do.headers.items()}
    return Reply(status, headers, body)


def _merged(body: bytes, patch: dict[str, Any]) -> bytes:
    """The answer with a patch laid over its data, in either of T4's envelopes (t4.md section 2)."""
    answer = json.loads(body)
    place = answer["result"]["value"] if "result" in answer else answer
    place["data"] = _patched(place["data"], patch)
    return json.dumps(answer, ensure_ascii=False).encode()


def _patched(value: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396): objects are laid over each other, null removes, all else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for name, inner in patch.items():
        if inner is None:
            merged.pop(name, None)
        else:
            merged[name] = _patched(merged.get(name), inner)
    return merged


def _dated(value: str) -> str:
    """`in 3 seconds` as an HTTP date, counted from now on: a rule cannot know when its call comes."""
    asked = re.fullmatch(r"in (\d{1,4}) seconds", value)
    if asked is None:
        return value
    return format_datetime(datetime.now(UTC) + timedelta(seconds=int(asked[1])), usegmt=True)


def _garbage(kind: str, body: bytes) -> tuple[str, bytes]:
    match kind:
        case "html":
            return "text/html; charset=utf-8", HTML
        case "binary":
            return "application/octet-stream", BINARY
        case "empty":
            return JSON_TYPE, b""
        case "huge":
            return JSON_TYPE, b'{"data": "' + b"x" * 20_000_000 + b'"}'
        case "deep":
            return JSON_TYPE, b"[" * 100_000 + b"]" * 100_000
        case "truncated":
            return JSON_TYPE, _half(body)
        case _:  # cut: sent whole as far as the headers tell, see `deliver`
            return JSON_TYPE, body or b'{"data": null}'


def _half(body: bytes) -> bytes:
    return (body or b'{"data": {"user": {"userID": "90E53A07')[: max(1, len(body) // 2)]


async def drop(how: object, scope: Scope, receive: Receive) -> None:
    """Ends the connection without an answer, and waits until it is gone."""
    transport: JoinedWrites = scope["state"]["transport"]
    if how == "close":
        transport.close()
    else:
        transport.reset()
    while (await receive())["type"] != "http.disconnect":
        pass


async def deliver(
    reply: Reply,
    do: Do | None,
    held: Callable[[], Awaitable[None]],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Sends the answer, as slowly or as incompletely as the fault wants it. `held()` waits to be let go."""
    if reply.status in (204, 304):  # HTTP: no body
        reply = replace(reply, body=b"")
    headers = {"content-length": str(len(reply.body))} | reply.headers
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    if do is not None and do.slowBody:
        size = max(1, -(-len(reply.body) // PIECES))
        for start in range(0, len(reply.body), size):
            await asyncio.sleep(do.slowBody / PIECES)
            piece = reply.body[start : start + size]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    elif do is not None and do.garbage == "cut":
        await send({"type": "http.response.body", "body": _half(reply.body), "more_body": True})
        await asyncio.sleep(0.05)  # so that the half arrives before the reset
        await drop("reset", scope, receive)
        return
    elif do is not None and do.hold == "body":
        half = _half(reply.body)
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await held()
        await send({"type": "http.response.body", "body": reply.body[len(half) :], "more_body": True})
    else:
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})
        return
    await send({"type": "http.response.body", "body": b"", "more_body": False})
