"""The firm on disk: one SQLite file, so that it survives a restart and a kill -9 at any moment.

Each change is one transaction and is committed before the answer leaves. The write-ahead log with
synchronous=NORMAL keeps what is committed when the process dies (only a power cut could lose the last
moments). All access is from one thread, the server's, so that one call's checks and changes are never mixed
with another's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from t4simulator.firm import catalogue

DATABASE = "t4.sqlite"

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    userID TEXT PRIMARY KEY, username TEXT NOT NULL, usernameKey TEXT NOT NULL UNIQUE, details TEXT NOT NULL,
    salt BLOB NOT NULL, passwordHash BLOB NOT NULL, enabled INTEGER NOT NULL, template TEXT NOT NULL,
    created TEXT NOT NULL, onboardings INTEGER NOT NULL, eula TEXT,
    loginsSuccessful INTEGER NOT NULL DEFAULT 0, loginsFailed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS accounts (
    accountID TEXT PRIMARY KEY, account TEXT NOT NULL, accountKey TEXT NOT NULL UNIQUE,
    accountName TEXT NOT NULL, displayName TEXT NOT NULL, template TEXT NOT NULL,
    enabled TEXT NOT NULL, preTradeDisabled INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS userRoles (userID TEXT, role TEXT, UNIQUE (userID, role));
CREATE TABLE IF NOT EXISTS userApplications (userID TEXT, name TEXT, UNIQUE (userID, name));
CREATE TABLE IF NOT EXISTS userAccounts (userID TEXT, accountID TEXT, UNIQUE (userID, accountID));
CREATE INDEX IF NOT EXISTS accountUsers ON userAccounts (accountID);
CREATE TABLE IF NOT EXISTS marketData (userID TEXT, exchange TEXT, type TEXT, UNIQUE (userID, exchange));
CREATE TABLE IF NOT EXISTS userTemplates (
    name TEXT PRIMARY KEY, applications TEXT NOT NULL, roles TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accountTemplates (
    name TEXT PRIMARY KEY, enabled TEXT NOT NULL, preTradeDisabled INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS exchanges (name TEXT PRIMARY KEY, types TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (tokenHash TEXT PRIMARY KEY, userID TEXT, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS requests (sequence INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS options (kind TEXT, name TEXT, content TEXT NOT NULL, UNIQUE (kind, name));
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""

EMPTYING = """
DELETE FROM users; DELETE FROM accounts; DELETE FROM userRoles; DELETE FROM userApplications;
DELETE FROM userAccounts; DELETE FROM marketData; DELETE FROM userTemplates; DELETE FROM accountTemplates;
DELETE FROM exchanges; DELETE FROM tokens; DELETE FROM requests; DELETE FROM counters;
DELETE FROM options
"""


class Store:
    """One open database. `transaction()` for every change; `rows` and `row` read. `committed` is called after
    each change."""

    def __init__(self, folder: Path) -> None:
        self.committed: Callable[[], None] = lambda: None
        self._connection = sqlite3.connect(folder / DATABASE, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        with self.transaction():
            for statement in SCHEMA.split(";"):
                self._connection.execute(statement)
            if not self.row("SELECT 1 FROM userTemplates"):
                self._fill()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is committed together, or (any exception) not at all."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        self.committed()

    def change(self, statement: str, *values: object) -> int:
        """Runs one changing statement inside a transaction; returns the row id of an insert."""
        return int(self._connection.execute(statement, values).lastrowid or 0)

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return found

    def column(self, statement: str, *values: object) -> list[Any]:
        return [row[0] for row in self.rows(statement, *values)]

    def reset(self) -> None:
        """Back to an empty firm with the templates of the catalogue. Users, requests and tokens are gone."""
        with self.transaction():
            for statement in EMPTYING.split(";"):
                self._connection.execute(statement)
            self._fill()

    def close(self) -> None:
        self._connection.close()

    def _fill(self) -> None:
        for template in catalogue.USER_TEMPLATES:
            self.put_user_template(template)
        for account_template in catalogue.ACCOUNT_TEMPLATES:
            self.put_account_template(account_template)
        for name, types in catalogue.EXCHANGES.items():
            self.put_exchange(name, types)

    # --- what the administrator prepared ------------------------------------------------------------------

    def put_user_template(self, template: catalogue.UserTemplate) -> None:
        applications, roles = json.dumps(template.applications), json.dumps(template.roles)
        self.change(
            "INSERT OR REPLACE INTO userTemplates VALUES (?, ?, ?)", template.name, applications, roles
        )

    def put_account_template(self, template: catalogue.AccountTemplate) -> None:
        self.change(
            "INSERT OR REPLACE INTO accountTemplates VALUES (?, ?, ?)",
            template.name,
            template.enabled,
            template.preTradeDisabled,
        )

    def put_exchange(self, name: str, types: tuple[str, ...]) -> None:
        self.change("INSERT OR REPLACE INTO exchanges VALUES (?, ?)", name, json.dumps(types))

    def user_templates(self) -> dict[str, catalogue.UserTemplate]:
        return {
            row["name"]: catalogue.UserTemplate(
                row["name"], tuple(json.loads(row["applications"])), tuple(json.loads(row["roles"]))
            )
            for row in self.rows("SELECT * FROM userTemplates ORDER BY rowid")
        }

    def account_templates(self) -> dict[str, catalogue.AccountTemplate]:
        return {
            row["name"]: catalogue.AccountTemplate(row["name"], row["enabled"], bool(row["preTradeDisabled"]))
            for row in self.rows("SELECT * FROM accountTemplates ORDER BY rowid")
        }

    def exchanges(self) -> dict[str, tuple[str, ...]]:
        """Exchange -> the subscription types that it offers."""
        return {
            row["name"]: tuple(json.loads(row["types"]))
            for row in self.rows("SELECT * FROM exchanges ORDER BY rowid")
        }

    # --- counters -----------------------------------------------------------------------------------------

    def count(self, name: str) -> None:
        self.change(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", name
        )

    def counter(self, name: str) -> int:
        return int((self.column("SELECT value FROM counters WHERE name = ?", name) or [0])[0])
