"""From the bytes of an answer to its data, and to the words of T4 in it. Whatever comes, only Garbled is
raised."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NoReturn

from providers.t4.api.errors import About
from providers.t4.api.onboarding_schema import Garbled, Misfit
from providers.t4.api.redaction import cut, printable

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
        return f"({len(body)} bytes that are no text)"
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


Check = Callable[[object], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _is_signatures(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(entry, dict) and _is_text(entry.get("documentName")) for entry in value
    )


# What `answer` of an operation yields, key by key. A trailing ! marks what must be there; the rest is None
# where T4 does not show it, and never of another type: a role list that was misread must not pass as an empty
# one.
_PERSON: Final = (
    *("firstname", "lastname", "phone", "email", "street", "city", "county"),
    *("state", "postCode", "country", "apptype"),
)
_USER: Final[dict[str, Check]] = {
    "userID!": _is_text,
    "username!": _is_text,
    "enabled": _is_flag,
    "roles": _is_texts,
    "applications": _is_texts,
    "accounts": _is_texts,
}
_ACCOUNT: Final[dict[str, Check]] = {
    "accountID!": _is_text,
    "account!": _is_text,
    "accountName": _is_text,
    "displayName": _is_text,
    "enabled": _is_text,
    "preTradeDisabled": _is_flag,
}
_MARKET_DATA: Final[dict[str, Check]] = {
    "clearingExchange!": _is_text,
    "marketDataType": _is_text,
    "options": _is_list,
}
_EULA: Final[dict[str, Check]] = {
    "collectedBy": _is_text,
    "eulaVersion": _is_text,
    "signatures": _is_signatures,
}
_SHAPES: Final[dict[str, tuple[bool, dict[str, Check]]]] = {
    "listUsers": (True, _USER),
    "readUser": (False, _USER),
    "listAccounts": (True, _ACCOUNT),
    "readAccount": (False, _ACCOUNT),
    "createAccount": (False, _ACCOUNT),
    "readMarketData": (True, _MARKET_DATA),
    "updateMarketData": (True, _MARKET_DATA),
    "readEula": (False, _EULA),
}


def canonical(operation: str, value: object) -> object:
    """What an operation's `answer` yielded, with every key that callers may rely on.

    Keys that T4 does not show are None; a user's personal details are there only where T4 shows them. Raises
    Misfit when a part has another type than the operation promises: then `answer` in the operations file does
    not fit T4.
    """
    if operation not in _SHAPES:
        return value
    several, shape = _SHAPES[operation]
    if not several:
        return _row(value, shape, "the answer")
    if not isinstance(value, list):
        raise Misfit("`answer` yields no list")
    return [_row(row, shape, f"entry {number}") for number, row in enumerate(value, 1)]


def _row(value: object, shape: Mapping[str, Check], place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Misfit(f"`answer` yields no object for {place}")
    row: dict[str, object] = {}
    for marked, fits in shape.items():
        key, required = marked.removesuffix("!"), marked.endswith("!")
        found = value.get(key)
        if required and found in (None, ""):
            raise Misfit(f"`answer` yields no {key} for {place}")
        if found is not None and not fits(found):
            raise Misfit(f"`answer` yields a {key} of another kind for {place}")
        row[key] = found
    if shape is _USER:
        shown = {key: value[key] for key in _PERSON if value.get(key) is not None}
        for key, found in shown.items():
            if not _is_text(found):
                raise Misfit(f"`answer` yields a {key} of another kind for {place}")
        row |= shown
    return row
