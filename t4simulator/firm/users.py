"""The simulated firm's users: onboarding, creating, changing, market data, EULA.

Each public method is one call of the admin API: it checks everything, then does all of it in one transaction.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from t4simulator.api.refusal import Refusal, Wrong, bad_request, conflict, not_found
from t4simulator.api.requests import (
    MarketDataPatch,
    NewUser,
    Onboarding,
    SignedEula,
    Subscription,
    UserChanges,
    password_complaints,
)
from t4simulator.firm import catalogue, passwords
from t4simulator.firm.accounts import Accounts
from t4simulator.firm.habits import Habits
from t4simulator.firm.records import T4User, TradingAccount, all_users, user_by_id, user_by_name
from t4simulator.firm.store import Store

# t4-details.md section 7: "Order matters: user -> account -> market data -> EULA". Whether onboarding is
# atomic is unknown there; here it is, unless a fault stops it after one of these steps.
STEPS: Final = ("user", "account", "marketData", "eula")

DELETING: Final = """
DELETE FROM userRoles WHERE userID = ?; DELETE FROM userApplications WHERE userID = ?;
DELETE FROM userAccounts WHERE userID = ?; DELETE FROM marketData WHERE userID = ?;
DELETE FROM users WHERE userID = ?
"""


class Firm:
    """The users of one firm in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.accounts = Accounts(store)
        self.habits = Habits()

    # --- making -------------------------------------------------------------------------------------------

    def onboard(self, asked: Onboarding, last_step: str = "eula") -> tuple[T4User, TradingAccount]:
        """seed 002: user, account, market data and EULA in one call. Raises Refusal; then nothing was made.

        `last_step` before "eula" is a fault: only the steps up to it are done, and what lies behind is not
        looked at before; the call then raises Refusal (500, or 409 for the account) although something was
        made.
        """
        steps = STEPS[: STEPS.index(last_step) + 1]
        self._check_values(asked.User, "User.", asked.MarketData.updates if asked.MarketData else [])
        unknown = self._unknown_template(asked.User, "User.")
        if "account" in steps:
            unknown += self.accounts.unknown_template(asked.Account, "Account.")
        if unknown:
            raise not_found(unknown)
        taken = self._taken(asked.User.username, "User.")
        number_taken = self.accounts.taken(asked.Account, "Account.")
        if taken or (number_taken and "account" in steps):
            raise conflict(taken + number_taken)
        with self.store.transaction():
            user_id = self._insert(asked.User, onboardings=1)
            if "account" in steps:
                account_id = self.accounts.insert(asked.Account)
                self.accounts.link(user_id, account_id)
            if "marketData" in steps and asked.MarketData:
                self._subscribe(user_id, asked.MarketData.updates)
            if "eula" in steps and asked.Eula:
                self._sign(user_id, asked.Eula)
        if number_taken:
            raise conflict(number_taken)
        if last_step != "eula":
            raise Refusal(500, f"The server failed after the step {last_step}.")
        return self.user(user_id), self.accounts.account(account_id)

    def create_user(self, asked: NewUser) -> T4User:
        """t4.md section 2, step 1: a user without account, market data and EULA."""
        self._check_values(asked, "", [])
        unknown = self._unknown_template(asked, "")
        if unknown:
            raise not_found(unknown)
        taken = self._taken(asked.username, "")
        if taken:
            raise conflict(taken)
        with self.store.transaction():
            user_id = self._insert(asked, onboardings=0)
        return self.user(user_id)

    # --- reading ------------------------------------------------------------------------------------------

    def user(self, user_id: str) -> T4User:
        found = user_by_id(self.store, user_id)
        if found is None:
            raise not_found([Wrong("userID", "names no user of this firm")])
        return found

    def users(self, username: str | None = None) -> list[T4User]:
        if username is None:
            return all_users(self.store)
        found = user_by_name(self.store, username)
        return [found] if found else []

    def exchanges(self) -> dict[str, tuple[str, ...]]:
        return self.store.exchanges()

    def roles(self) -> tuple[str, ...]:
        """Those that the firm may give somebody: T4's, and those of its template users."""
        given = (role for template in self.store.user_templates().values() for role in template.roles)
        return tuple(dict.fromkeys((*catalogue.SAMPLE_ROLES, *catalogue.OTHER_ROLES, *given)))

    def applications(self) -> tuple[str, ...]:
        """Those that the firm may give somebody: T4's, and those of its template users."""
        given = (name for template in self.store.user_templates().values() for name in template.applications)
        ours = (*catalogue.SAMPLE_APPLICATIONS, *catalogue.WHENTECH_APPLICATIONS, catalogue.OWN_APPLICATION)
        return tuple(dict.fromkeys((*ours, *given)))

    # --- changing -----------------------------------------------------------------------------------------

    def change_user(self, user_id: str, changes: UserChanges) -> T4User:
        user = self.user(user_id)
        changed = changes.model_dump(exclude_unset=True)
        password = changed.pop("password", None)
        enabled = changed.pop("enabled", user.enabled)
        if password is not None:
            self._check_password(password, user.username, "")
        with self.store.transaction():
            self.store.change(
                "UPDATE users SET details = ?, enabled = ? WHERE userID = ?",
                json.dumps(user.details | self.habits.recorded(changed)),
                enabled,
                user.userID,
            )
            if password is not None:
                salt, kept = passwords.kept(password)
                self.store.change(
                    "UPDATE users SET salt = ?, passwordHash = ? WHERE userID = ?", salt, kept, user.userID
                )
        return self.user(user_id)

    def give_role(self, user_id: str, role: str) -> T4User:
        user = self.user(user_id)
        if role not in self.roles():
            raise not_found([Wrong("role", "names no role of this firm")])
        with self.store.transaction():
            self.store.change("INSERT OR IGNORE INTO userRoles VALUES (?, ?)", user.userID, role)
        return self.user(user_id)

    def take_role(self, user_id: str, role: str) -> T4User:
        user = self.user(user_id)
        with self.store.transaction():
            self.store.change("DELETE FROM userRoles WHERE userID = ? AND role = ?", user.userID, role)
        return self.user(user_id)

    def give_application(self, user_id: str, name: str) -> T4User:
        """seed 000: the firm has an application only after CTS support added it to its list."""
        user = self.user(user_id)
        if name not in self.applications():
            raise not_found([Wrong("name", "names no application of this firm")])
        with self.store.transaction():
            self.store.change("INSERT OR IGNORE INTO userApplications VALUES (?, ?)", user.userID, name)
        return self.user(user_id)

    def take_application(self, user_id: str, name: str) -> T4User:
        user = self.user(user_id)
        with self.store.transaction():
            self.store.change("DELETE FROM userApplications WHERE userID = ? AND name = ?", user.userID, name)
        return self.user(user_id)

    def give_account(self, user_id: str, account_id: str) -> T4User:
        user = self.user(user_id)
        account = self.accounts.account(account_id)
        with self.store.transaction():
            self.accounts.link(user.userID, account.accountID)
        return self.user(user_id)

    def take_account(self, user_id: str, account_id: str) -> T4User:
        user = self.user(user_id)
        account = self.accounts.account(account_id)
        with self.store.transaction():
            self.accounts.unlink(user.userID, account.accountID)
        return self.user(user_id)

    def change_market_data(self, user_id: str, patch: MarketDataPatch) -> T4User:
        """t4.md section 2, step 3. Exchanges that `updates` does not name stay as they are (inferred)."""
        user = self.user(user_id)
        self._check_subscriptions(patch.updates, "updates")
        with self.store.transaction():
            self._subscribe(user.userID, patch.updates)
        return self.user(user_id)

    def end_market_data(self, user_id: str, exchange: str) -> T4User:
        """What the portal does, and no call: T4 documents none that ends a subscription."""
        user = self.user(user_id)
        if exchange not in user.market_data:
            raise not_found([Wrong("exchange", f"is none that {user.username} subscribes")])
        with self.store.transaction():
            self.store.change(
                "DELETE FROM marketData WHERE userID = ? AND exchange = ?", user.userID, exchange
            )
        return self.user(user_id)

    def sign_eula(self, user_id: str, eula: SignedEula) -> T4User:
        """t4.md section 2, step 4."""
        user = self.user(user_id)
        with self.store.transaction():
            self._sign(user.userID, eula)
        return self.user(user_id)

    def delete_user(self, username: str) -> None:
        """What the portal does, and no call: the user is gone, with its market data (t4.md section 5). Its
        accounts stay."""
        user = user_by_name(self.store, username)
        if user is None:
            raise not_found([Wrong("username", "names no user of this firm")])
        with self.store.transaction():
            for statement in DELETING.split(";"):
                self.store.change(statement, user.userID)

    # --- parts --------------------------------------------------------------------------------------------

    def _check_values(self, user: NewUser, path: str, updates: list[Subscription]) -> None:
        wrong = [
            Wrong(f"{path}password", words) for words in password_complaints(user.password, user.username)
        ]
        wrong += self._wrong_subscriptions(updates, "MarketData.updates")
        if wrong:
            raise bad_request(wrong)

    def _check_password(self, password: str, username: str, path: str) -> None:
        wrong = [Wrong(f"{path}password", words) for words in password_complaints(password, username)]
        if wrong:
            raise bad_request(wrong)

    def _check_subscriptions(self, updates: list[Subscription], path: str) -> None:
        wrong = self._wrong_subscriptions(updates, path)
        if wrong:
            raise bad_request(wrong)

    def _wrong_subscriptions(self, updates: list[Subscription], path: str) -> list[Wrong]:
        offered, seen, wrong = self.exchanges(), set(), []
        for index, update in enumerate(updates):
            types = offered.get(update.clearingExchange)
            if types is None:
                words = f"must be one of the firm's exchanges: {', '.join(offered)}"
                wrong.append(Wrong(f"{path}[{index}].clearingExchange", words))
            elif update.marketDataType not in types:
                wrong.append(Wrong(f"{path}[{index}].marketDataType", f"must be one of {', '.join(types)}"))
            if update.clearingExchange in seen:
                wrong.append(Wrong(f"{path}[{index}].clearingExchange", "must be named once"))
            seen.add(update.clearingExchange)
        return wrong

    def _unknown_template(self, user: NewUser, path: str) -> list[Wrong]:
        if user.templateUser in self.store.user_templates():
            return []
        return [Wrong(f"{path}templateUser", f"names no template user of this firm: {user.templateUser}")]

    def _taken(self, username: str, path: str) -> list[Wrong]:
        found = user_by_name(self.store, username)
        return [Wrong(f"{path}username", f"is taken: {found.username}")] if found else []

    def _insert(self, user: NewUser, onboardings: int) -> str:
        user_id = str(uuid4()).upper()
        template = self.store.user_templates()[user.templateUser]
        salt, kept = passwords.kept(user.password)
        # the sample's creation and trial dates are midnights without a zone
        created = datetime.now(UTC).strftime("%Y-%m-%dT00:00:00")
        self.store.change(
            "INSERT INTO users (userID, username, usernameKey, details, salt, passwordHash, enabled, "
            "template, created, onboardings) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
            user_id,
            user.username,
            user.username.casefold(),
            json.dumps(self.habits.recorded(user.details())),
            salt,
            kept,
            template.name,
            created,
            onboardings,
        )
        for role in template.roles:
            self.store.change("INSERT OR IGNORE INTO userRoles VALUES (?, ?)", user_id, role)
        for application in template.applications:
            self.store.change("INSERT OR IGNORE INTO userApplications VALUES (?, ?)", user_id, application)
        return user_id

    def _subscribe(self, user_id: str, updates: list[Subscription]) -> None:
        for update in updates:
            self.store.change(
                "INSERT INTO marketData VALUES (?, ?, ?)"
                " ON CONFLICT (userID, exchange) DO UPDATE SET type = excluded.type",
                user_id,
                update.clearingExchange,
                update.marketDataType,
            )

    def _sign(self, user_id: str, eula: SignedEula) -> None:
        # seed 002: collectedBy "" comes back as "API"
        signed = eula.model_dump() | {"collectedBy": eula.collectedBy or "API"}
        self.store.change("UPDATE users SET eula = ? WHERE userID = ?", json.dumps(signed), user_id)
