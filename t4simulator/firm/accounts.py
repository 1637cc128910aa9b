"""The simulated firm's trading accounts and which users they are linked to."""

from __future__ import annotations

from uuid import uuid4

from t4simulator.api.refusal import Wrong, conflict, not_found
from t4simulator.api.requests import AccountChanges, NewAccount, NewLinkedAccount
from t4simulator.firm.records import (
    TradingAccount,
    account_by_id,
    account_by_number,
    all_accounts,
    user_by_id,
)
from t4simulator.firm.store import Store


class Accounts:
    """The accounts of one firm in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def create(self, asked: NewLinkedAccount) -> TradingAccount:
        """t4.md section 2, step 2: an account, linked to the user made before. Raises Refusal."""
        user = user_by_id(self.store, asked.userID)
        unknown = [] if user else [Wrong("userID", "names no user of this firm")]
        unknown += self.unknown_template(asked, "")
        if user is None or unknown:
            raise not_found(unknown)
        taken = self.taken(asked, "")
        if taken:
            raise conflict(taken)
        with self.store.transaction():
            account_id = self.insert(asked)
            self.link(user.userID, account_id)
        return self.account(account_id)

    def create_alone(self, asked: NewAccount) -> TradingAccount:
        """What the portal does, and no call: an account that nobody is assigned yet. Raises Refusal."""
        if unknown := self.unknown_template(asked, ""):
            raise not_found(unknown)
        if taken := self.taken(asked, ""):
            raise conflict(taken)
        with self.store.transaction():
            account_id = self.insert(asked)
        return self.account(account_id)

    def account(self, account_id: str) -> TradingAccount:
        found = account_by_id(self.store, account_id)
        if found is None:
            raise not_found([Wrong("accountID", "names no account of this firm")])
        return found

    def accounts(self, number: str | None = None) -> list[TradingAccount]:
        if number is None:
            return all_accounts(self.store)
        found = account_by_number(self.store, number)
        return [found] if found else []

    def change(self, account_id: str, changes: AccountChanges) -> TradingAccount:
        account = self.account(account_id)
        changed = changes.model_dump(exclude_unset=True)
        with self.store.transaction():
            self.store.change(
                "UPDATE accounts SET accountName = ?, displayName = ?, enabled = ?, preTradeDisabled = ?"
                " WHERE accountID = ?",
                changed.get("accountName", account.accountName),
                changed.get("displayName", account.displayName),
                changed.get("enabled", account.enabled),
                changed.get("preTradeDisabled", account.preTradeDisabled),
                account.accountID,
            )
        return self.account(account_id)

    # --- parts that onboarding uses inside its own transaction --------------------------------------------

    def unknown_template(self, asked: NewAccount, path: str) -> list[Wrong]:
        if asked.templateAccount in self.store.account_templates():
            return []
        return [
            Wrong(
                f"{path}templateAccount", f"names no template account of this firm: {asked.templateAccount}"
            )
        ]

    def taken(self, asked: NewAccount, path: str) -> list[Wrong]:
        found = account_by_number(self.store, asked.account)
        return [Wrong(f"{path}account", f"is taken: {found.account}")] if found else []

    def insert(self, asked: NewAccount) -> str:
        account_id = str(uuid4()).upper()
        template = self.store.account_templates()[asked.templateAccount]
        self.store.change(
            "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            account_id,
            asked.account,
            asked.account.casefold(),
            asked.accountName,
            asked.displayName,
            template.name,
            template.enabled,
            template.preTradeDisabled,
        )
        return account_id

    def link(self, user_id: str, account_id: str) -> None:
        self.store.change("INSERT OR IGNORE INTO userAccounts VALUES (?, ?)", user_id, account_id)

    def unlink(self, user_id: str, account_id: str) -> None:
        self.store.change("DELETE FROM userAccounts WHERE userID = ? AND accountID = ?", user_id, account_id)
