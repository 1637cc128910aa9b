"""What the answer of an operation yields: its data by the expressions of the operations file, each part of
the kind that callers may rely on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from providers.t4.api.onboarding_schema import AboutAnother, Misfit, same_id
from providers.t4.api.responses import unwrapped
from t4firm.operations import LISTS, READS, Operation

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
    "firmID": _is_text,
}
_ACCOUNT: Final[dict[str, Check]] = {
    "accountID!": _is_text,
    "account!": _is_text,
    "accountName": _is_text,
    "displayName": _is_text,
    "enabled": _is_text,
    "preTradeDisabled": _is_flag,
    "firmID": _is_text,
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


@dataclass(frozen=True)
class Reading:
    """How the answers of one operation are read. `value` is always the whole answer, as JSON."""

    name: str
    operation: Operation

    def data(self, value: object, about: Mapping[str, object]) -> object:
        """What `answer` yields; None where the operation has none, or where the answer to a change, which T4
        has made, does not hold it. Raises Misfit, and AboutAnother where it shows another user or account
        than the one that was asked for (`about`)."""
        if self.name not in READS:
            _refuse_another(unwrapped(value), about, IDS)
        if self.operation.answer is None:
            return None
        try:
            found = canonical(self.name, searched(self.operation.answer, unwrapped(value), "answer"))
        except Misfit:
            if self.name in READS:
                raise
            return None
        if self.name not in LISTS:
            _refuse_another(found, about, (*IDS, "username", "account"))
        return found

    def succeeded(self, value: object) -> bool | None:
        """Whether the operation's own condition is met; None where it states none."""
        if self.operation.success is None:
            return None
        try:
            return searched(self.operation.success, value, "success") is True
        except Misfit:
            return False


def searched(expression: str, value: object, field: str) -> object:
    """What a JMESPath expression finds. Raises Misfit where it cannot be applied; `field` of the operations
    file has it."""
    try:
        return _compiled(expression).search(value)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
        raise Misfit(f"`{field}` cannot be applied to it") from None


@cache
def _compiled(expression: str) -> Any:
    """Compiled once by ourselves: the library's own cache is not made for threads."""
    import jmespath

    return jmespath.compile(expression)


IDS: Final = ("userID", "accountID")


def _refuse_another(found: object, about: Mapping[str, object], keys: tuple[str, ...]) -> None:
    """An answer about another one is no answer to what was asked."""
    if not isinstance(found, dict):
        return
    for key in keys:
        asked, shown = about.get(key), found.get(key)
        if not (isinstance(asked, str) and asked and isinstance(shown, str)):
            continue
        if not same_id(asked, shown) if key in IDS else asked.casefold() != shown.casefold():
            raise AboutAnother(f"it is about another one: {key} is not what was asked for")


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
