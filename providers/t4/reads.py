"""What the stack's operations can read of T4. Each answers None where no operation reads it, or its id is
not known.

Shapes are those of the operations table (docs/operations.md); a key that T4 does not show is None, which is
not "nothing".
"""

from collections.abc import Mapping
from typing import Any, cast

from providers.t4.session import session

Row = Mapping[str, Any]


def user(user_id: str | None, username: str) -> Row | None:
    """A user: roles, applications, accounts, enabled, and the details that T4 shows."""
    return _one("readUser", {"userID": user_id or None, "username": username}) if user_id else None


def user_named(username: str) -> Row | None:
    """A user out of the list of all, by its name without case."""
    return _among("listUsers", "username", username)


def account(account_id: str | None, number: str) -> Row | None:
    """An account: enabled, preTradeDisabled, names."""
    return _one("readAccount", {"accountID": account_id or None, "account": number}) if account_id else None


def account_numbered(number: str) -> Row | None:
    """An account out of the list of all, by its number without case."""
    return _among("listAccounts", "account", number)


def account_id_elsewhere(number: str) -> str:
    """The id of an account that another stack makes; "" where no list shows it. All of a run share one
    list."""
    rows = session().once("listAccounts", lambda: _rows("listAccounts"))
    return next((str(row["accountID"]) for row in rows if _is(row, "account", number)), "")


def market_data(user_id: str | None, username: str) -> dict[str, str] | None:
    """A user's subscriptions: clearingExchange -> marketDataType."""
    if not user_id or "readMarketData" not in session().operations:
        return None
    rows = session().client.call("readMarketData", {"userID": user_id, "username": username}).data
    return {row["clearingExchange"]: row["marketDataType"] for row in cast(list[dict[str, str]], rows)}


def signed_documents(user_id: str | None, username: str) -> set[str] | None:
    """The names of the EULA documents that a user has signed."""
    shown = _one("readEula", {"userID": user_id, "username": username}) if user_id else None
    if shown is None or shown["signatures"] is None:
        return None
    return {str(signature["documentName"]) for signature in shown["signatures"]}


def _one(operation: str, values: Row) -> Row | None:
    if operation not in session().operations:
        return None
    return cast(Row, session().client.call(operation, values).data)


def _among(operation: str, key: str, name: str) -> Row | None:
    return next((row for row in _rows(operation) if _is(row, key, name)), None)


def _rows(operation: str) -> list[Row]:
    """What an operation lists; nothing where no operation does."""
    if operation not in session().operations:
        return []
    return cast(list[Row], session().client.call(operation, {}).data)


def _is(row: Row, key: str, name: str) -> bool:
    return str(row[key]).casefold() == name.casefold()
