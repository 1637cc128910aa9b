"""From the bytes of an answer to its data, and to the words of T4 in it. Whatever comes, only Garbled is
raised."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NoReturn

from providers.t4.api.errors import About
from providers.t4.api.onboarding_schema import Garbled
from providers.t4.api.redaction import cut, printable
from t4firm.yaml_files.mistakes import counted

DEEPEST: Final = 40  # levels of nested JSON; the onboarding answer has 9
_REQUEST_ID_KEYS: Final = ("requestId", "requestID", "traceId")
_REQUEST_ID_HEADERS: Final = ("x-request-id", "request-id", "x-correlation-id")
# Entries of an error body that tell a person nothing (ASP.NET's ProblemDetails, T4's metadata).
_NOISE: Final = {
    "type",
    "instance",
    "status",
    "statuscode",
    "timestamp",
    "metadata",
    "formatters",
    "contenttypes",
} | {key.lower() for key in _REQUEST_ID_KEYS}


def parsed(body: bytes) -> object:
    """The JSON value of a body, its strings freed of control characters; None for an empty body.

    Raises Garbled for what is no JSON in UTF-8, and for more than 40 levels.
    """
    try:
        text = body.decode("utf-8-sig")
        if not text.strip():
            return None
        return _cleaned(json.loads(text, parse_constant=_no_number), 0)
    except UnicodeDecodeError:
        raise Garbled("the answer is not a text") from None
    except RecursionError:
        raise Garbled(f"the answer's JSON is nested deeper than {DEEPEST} levels") from None
    except ValueError:
        what = "a web page" if body.lstrip()[:1] == b"<" else "no complete JSON"
        raise Garbled(f"the answer is {what}") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


def _cleaned(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise Garbled(f"the answer's JSON is nested deeper than {DEEPEST} levels")
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_cleaned(entry, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {printable(key): _cleaned(entry, depth + 1) for key, entry in value.items()}
    return value


def status_inside(value: object) -> int | None:
    """`result.statusCode`, which repeats the HTTP status (t4.md section 1). Raises Garbled for what is no
    status."""
    result = value.get("result") if isinstance(value, dict) else None
    status = result.get("statusCode") if isinstance(result, dict) else None
    if status is None:
        return None
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise Garbled("the status inside the answer is none")
    return status


_DONE: Final = {"success", "succeeded", "issuccess", "issuccessful", "ok"}
_NOT_DONE: Final = {"failed", "haserrors", "iserror"}
_ERRORS: Final = {"error", "errors", "errormessage", "errormessages"}
_STATUS: Final = {"status", "state", "result"}
_FAILURE: Final = {"error", "failed", "failure", "rejected", "denied"}


def speaks_of_errors(value: object) -> bool:
    """Whether a body with a good status says that the call failed: `success: false`, `errors` that are not
    empty, `status: "failed"`, at its top or in one of T4's envelopes.

    What a real T4 writes in such a case is not documented (t4.md section 5), so this knows what APIs commonly
    write; an operation may state its own `success`.
    """
    envelopes = [value, _inner(value), value.get("result") if isinstance(value, dict) else None]
    data = unwrapped(value)
    return any(
        isinstance(part, dict) and any(_is_failure(key.casefold(), entry) for key, entry in part.items())
        for part in (*envelopes, data)
    )


def _is_failure(key: str, entry: object) -> bool:
    if key in _DONE:
        return entry is False
    if key in _NOT_DONE:
        return entry is True
    if key in _STATUS:
        return isinstance(entry, str) and entry.casefold() in _FAILURE
    return key in _ERRORS and bool(entry)


def unwrapped(value: object) -> object:
    """The data in either of T4's envelopes: `result.value.data`, else `data`, else the whole (t4.md section
    2)."""
    inner = _inner(value)
    if isinstance(inner, dict) and "data" in inner:
        return inner["data"]
    return value


def _inner(value: object) -> object:
    result = value.get("result") if isinstance(value, dict) else None
    inside = result.get("value") if isinstance(result, dict) else None
    return inside if isinstance(inside, dict) else value


def request_id(value: object, headers: Mapping[str, str]) -> str | None:
    """T4's number of the call: `metadata.requestId`, else what gateways and ASP.NET put into body or
    headers."""
    inner = _inner(value)
    metadata = inner.get("metadata") if isinstance(inner, dict) else None
    found: list[object] = []
    for place in (metadata, inner, value):
        if isinstance(place, dict):
            found += [place.get(key) for key in _REQUEST_ID_KEYS]
    found += [headers.get(name) for name in _REQUEST_ID_HEADERS]
    return next((cut(text, 100) for text in found if isinstance(text, str) and text.strip()), None)


def words(body: bytes) -> str:
    """What an error body says to a person. Its shape is not documented (t4.md section 1): JSON of any shape,
    HTML, text.

    Raw: secrets and personal details are still in it.
    """
    try:
        value = parsed(body)
    except Garbled:
        return _plain(body)
    if value is None:
        return ""
    said = ""
    for name, text in _said(value, ""):
        # Details often repeat a part of the message that stands before them.
        if text not in said:
            said += f"{'; ' if said else ''}{f'{name}: ' if name else ''}{text}"
    return said


def _plain(body: bytes) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return f"({counted(len(body), 'byte')} of no text)"
    if text.lstrip().startswith("<"):
        text = re.sub(r"(?is)<(script|style)\b.*?(?:</\1>|\Z)|<!--.*?(?:-->|\Z)", " ", text)
        text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return printable(text)


def _said(value: object, name: str) -> Iterator[tuple[str, str]]:
    """The texts in a JSON value, in its order; under `errors`, as validators write them, with the field's
    name."""
    if isinstance(value, str):
        if value.strip():
            yield name, value.strip()
    elif isinstance(value, list):
        for entry in value:
            yield from _said(entry, name)
    elif isinstance(value, dict):
        for key, entry in value.items():
            if key.lower() not in _NOISE:
                yield from _said(entry, key if name == "errors" or isinstance(entry, dict | list) else "")


_WORD_FOR: Final[dict[About, str]] = {
    "user": r"\b(?:user(?:[ _-]?(?:s|name|id))?|log(?:in|on))\b",
    "account": r"\baccount(?:[ _-]?(?:s|name|id|number))?\b",
}


def about(said: str, username: str | None, account: str | None) -> About | None:
    """Whether T4's raw words on a 409 are about the user or the account: only if nothing in them points to
    the other.

    A username or an account number counts as a pointer, and so does the word; a name that holds the word does
    not.
    """
    pointers: set[About] = set()
    rest = said
    names: list[tuple[About, str | None]] = [("user", username), ("account", account)]
    for kind, name in sorted(names, key=lambda pair: -len(pair[1] or "")):
        if name:
            pattern = rf"(?i)(?<![\w.@-]){re.escape(name)}(?![\w@-])"
            if re.search(pattern, rest):
                pointers.add(kind)
                rest = re.sub(pattern, " ", rest)
    pointers |= {kind for kind, word in _WORD_FOR.items() if re.search(word, rest, re.IGNORECASE)}
    return pointers.pop() if len(pointers) == 1 else None
