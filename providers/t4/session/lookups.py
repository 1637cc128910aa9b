"""What the stack's operations read of T4: one list serves all where an operation lists, else one read a user
or account, and each thing once until a call changes something.

Each answers None where no operation reads it, or its id is not known. Shapes are those of the operations
table (docs/operations.md); a key that T4 does not show is None, which is not "nothing".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, cast

from providers.t4.api import NotFound
from providers.t4.session.session import session
from t4firm.model.names import folded
from t4firm.model.users import PERSONAL

Row = Mapping[str, Any]
T = TypeVar("T")

DETAILS = (*PERSONAL, "country", "apptype")

WHOLE = {
    "listUsers": ("enabled", "roles", "applications", "accounts", *DETAILS),
    "listAccounts": ("enabled", "displayName"),
}
"""What an entry of a list must show, so that nobody need be read one by one where that is possible too."""

NOT_SUBSCRIBED = "none"
"""The type of market data that is offered and not subscribed, without case (protocol enum NONE:
t4-details.md section 1)."""


@dataclass(frozen=True)
class Seen(Generic[T]):
    """What T4 showed, and which call said so, and when."""

    value: T
    evidence: str


def user(user_id: str | None, username: str) -> Seen[Row | None] | None:
    """A user: roles, applications, accounts, enabled, and the details that T4 shows. The value is None for
    one that T4 does not have (any more)."""
    return _shown("listUsers", "readUser", {"userID": user_id or "", "username": username})


def user_named(username: str) -> Row | None:
    """A user out of the list of all, by its name without case."""
    return _among("listUsers", "username", username)


def account(account_id: str | None, number: str) -> Seen[Row | None] | None:
    """An account: enabled, preTradeDisabled, names. The value is None for one that T4 does not have."""
    return _shown("listAccounts", "readAccount", {"accountID": account_id or "", "account": number})


def accounts() -> Seen[Mapping[str, Row]] | None:
    """The firm's accounts by number without case, where an operation lists them."""
    return _listed("listAccounts", "account")


def account_numbered(number: str) -> Row | None:
    """An account out of the list of all, by its number without case."""
    return _among("listAccounts", "account", number)


def account_id_elsewhere(number: str) -> str:
    """The id of an account that another stack makes; "" where no list shows it. All of a run share one
    list."""
    listed = session().once("listAccounts", lambda: _listed("listAccounts", "account"))
    row = listed.value.get(folded(number)) if listed else None
    return str(row["accountID"]) if row else ""


def market_data(user_id: str | None, username: str) -> Seen[dict[str, str] | None] | None:
    """A user's subscriptions: clearingExchange -> marketDataType. The value is None for a user that T4 does
    not have."""
    rows = _one("readMarketData", {"userID": user_id or "", "username": username})
    if rows is None or rows.value is None:
        return rows
    subscribed = {
        row["clearingExchange"]: row["marketDataType"]
        for row in rows.value
        if (row["marketDataType"] or NOT_SUBSCRIBED).casefold() != NOT_SUBSCRIBED
    }
    return Seen(subscribed, rows.evidence)


def signed_documents(user_id: str | None, username: str) -> Seen[set[str]] | None:
    """The names of the EULA documents that a user has signed."""
    shown = _one("readEula", {"userID": user_id or "", "username": username})
    if shown is None or not shown.value or shown.value["signatures"] is None:
        return None
    return Seen({str(signature["documentName"]) for signature in shown.value["signatures"]}, shown.evidence)


def _shown(lister: str, reader: str, values: Mapping[str, str]) -> Seen[Row | None] | None:
    """The entry of the list; with what a read of its own shows where the list shows less, or has no such
    entry. `values`: first the id, then the name."""
    (id_key, known_id), (name_key, name) = values.items()
    listed = _listed(lister, id_key if known_id else name_key)
    row = listed.value.get(folded(known_id or name)) if listed else None
    if listed and row and all(row.get(key) is not None for key in WHOLE[lister]):
        return Seen(row, listed.evidence)
    alone = _one(reader, values)
    if alone is not None and alone.value is not None:
        return Seen({**(row or {}), **_without_gaps(alone.value, row or {})}, alone.evidence)
    if listed and row:
        return Seen(row, listed.evidence)
    return alone or (Seen(None, listed.evidence) if listed and known_id else None)


def _without_gaps(shown: Row, listed: Row) -> Row:
    return {key: listed.get(key) if value is None else value for key, value in shown.items()}


def _among(operation: str, key: str, name: str) -> Row | None:
    listed = _listed(operation, key)
    return listed.value.get(folded(name)) if listed else None


def _listed(operation: str, key: str) -> Seen[Mapping[str, Row]] | None:
    """All entries of a list by one of their keys, without case."""
    if operation not in session().operations:
        return None

    def indexed() -> Seen[Mapping[str, Row]]:
        rows = _asked(operation, {})
        return Seen({folded(str(row[key])): row for row in rows.value or ()}, rows.evidence)

    return session().kept.ask((operation, key), indexed)


def _one(operation: str, values: Mapping[str, str]) -> Seen[Any] | None:
    """What one call shows of one user or account; its first value is the id, without which nothing is
    asked."""
    if operation not in session().operations or not next(iter(values.values())):
        return None
    return _asked(operation, values)


def _asked(operation: str, values: Mapping[str, str]) -> Seen[Any]:
    return session().kept.ask((operation, *values.values()), partial(_called, operation, values))


def _called(operation: str, values: Mapping[str, str]) -> Seen[Any]:
    """404 is an answer: T4 does not have whom the call is about."""
    try:
        answer = session().client.call(operation, values)
    except NotFound as error:
        if not values:
            raise  # no list at this address
        return Seen(None, str(error.evidence))
    return Seen(cast(Any, answer.data), str(answer.evidence))
