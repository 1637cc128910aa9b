"""What is recorded of users and accounts, read from the store into frozen values."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from t4simulator.firm import passwords
from t4simulator.firm.store import Store


@dataclass(frozen=True)
class TradingAccount:
    """One account, with the usernames it is linked to (one account may have many users: t4.md section 3)."""

    accountID: str
    account: str
    accountName: str
    displayName: str
    templateAccount: str
    enabled: str
    preTradeDisabled: bool
    users: tuple[str, ...]


@dataclass(frozen=True)
class T4User:
    """One user. `details`: the person's fields by T4's request names; `eula`: the signed EULA, or None."""

    userID: str
    username: str
    details: dict[str, str]
    enabled: bool
    templateUser: str
    created: str
    onboardings: int
    logins: dict[str, int]
    roles: tuple[str, ...]
    applications: tuple[str, ...]
    accounts: tuple[tuple[str, str], ...]  # (accountID, account)
    market_data: dict[str, str]  # exchange -> type
    eula: dict[str, Any] | None


def _user(store: Store, row: sqlite3.Row) -> T4User:
    key = row["userID"]
    links = store.rows(
        "SELECT a.accountID, a.account FROM userAccounts l JOIN accounts a ON a.accountID = l.accountID"
        " WHERE l.userID = ? ORDER BY l.rowid",
        key,
    )
    subscriptions = store.rows("SELECT exchange, type FROM marketData WHERE userID = ? ORDER BY rowid", key)
    return T4User(
        userID=key,
        username=row["username"],
        details=json.loads(row["details"]),
        enabled=bool(row["enabled"]),
        templateUser=row["template"],
        created=row["created"],
        onboardings=row["onboardings"],
        logins={"successful": row["loginsSuccessful"], "failed": row["loginsFailed"]},
        roles=tuple(store.column("SELECT role FROM userRoles WHERE userID = ? ORDER BY rowid", key)),
        applications=tuple(
            store.column("SELECT name FROM userApplications WHERE userID = ? ORDER BY rowid", key)
        ),
        accounts=tuple((link["accountID"], link["account"]) for link in links),
        market_data={entry["exchange"]: entry["type"] for entry in subscriptions},
        eula=json.loads(row["eula"]) if row["eula"] else None,
    )


def _account(store: Store, row: sqlite3.Row) -> TradingAccount:
    users = store.column(
        "SELECT u.username FROM userAccounts l JOIN users u ON u.userID = l.userID WHERE l.accountID = ?"
        " ORDER BY u.usernameKey",
        row["accountID"],
    )
    return TradingAccount(
        accountID=row["accountID"],
        account=row["account"],
        accountName=row["accountName"],
        displayName=row["displayName"],
        templateAccount=row["template"],
        enabled=row["enabled"],
        preTradeDisabled=bool(row["preTradeDisabled"]),
        users=tuple(users),
    )


def user_by_id(store: Store, user_id: str) -> T4User | None:
    """GUIDs come in upper and lower case (t4.md section 1): compared without case."""
    row = store.row("SELECT * FROM users WHERE userID = ?", user_id.upper())
    return _user(store, row) if row else None


def user_by_name(store: Store, username: str) -> T4User | None:
    row = store.row("SELECT * FROM users WHERE usernameKey = ?", username.casefold())
    return _user(store, row) if row else None


def all_users(store: Store) -> list[T4User]:
    return [_user(store, row) for row in store.rows("SELECT * FROM users ORDER BY usernameKey")]


def has_password(store: Store, user_id: str, password: str) -> bool:
    """Whether it is the password of that user."""
    row = store.row("SELECT salt, passwordHash FROM users WHERE userID = ?", user_id)
    return row is not None and passwords.same(password, row["salt"], row["passwordHash"])


def account_by_id(store: Store, account_id: str) -> TradingAccount | None:
    row = store.row("SELECT * FROM accounts WHERE accountID = ?", account_id.upper())
    return _account(store, row) if row else None


def account_by_number(store: Store, number: str) -> TradingAccount | None:
    row = store.row("SELECT * FROM accounts WHERE accountKey = ?", number.casefold())
    return _account(store, row) if row else None


def all_accounts(store: Store) -> list[TradingAccount]:
    return [_account(store, row) for row in store.rows("SELECT * FROM accounts ORDER BY accountKey")]
