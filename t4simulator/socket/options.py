"""What the portal has of users, accounts and applications beside what the admin API shows: kept in the store
as JSON, one row each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from t4simulator.firm.store import Store


@dataclass(frozen=True)
class UserOptions:
    """`allAccounts` and `hidesImp` are for Administrators and Risk Managers (t4.md section 3)."""

    locked: bool = False
    failures: int = 0
    twoFactor: bool = False
    passwordExpired: bool = False
    passwordNeverExpires: bool = False
    allAccounts: bool = True
    hidesImp: bool = False


@dataclass(frozen=True)
class ReaderOptions:
    """The firm's reader: its roles, and what it sees."""

    roles: tuple[str, ...] = ("Administrator",)
    allAccounts: bool = True
    hidesImp: bool = False


@dataclass(frozen=True)
class AccountOptions:
    """`firmID`: another firm's, where it is not this one's."""

    deleted: bool = False
    firmID: str = ""


Options = TypeVar("Options", UserOptions, ReaderOptions, AccountOptions)


class OptionBook:
    """The options in a store, by what they are about."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, kind: type[Options], name: str = "") -> Options:
        content = self._store.column(
            "SELECT content FROM options WHERE kind = ? AND name = ?", kind.__name__, name.casefold()
        )
        kept: dict[str, Any] = json.loads(content[0]) if content else {}
        return kind(**kept | ({"roles": tuple(kept["roles"])} if "roles" in kept else {}))

    def change(self, kind: type[Options], name: str = "", **changes: Any) -> Options:
        changed = replace(self.of(kind, name), **changes)
        with self._store.transaction():
            self._store.change(
                "INSERT OR REPLACE INTO options VALUES (?, ?, ?)",
                kind.__name__,
                name.casefold(),
                json.dumps(asdict(changed)),
            )
        return changed
