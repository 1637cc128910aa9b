"""A firm as T4 shows it, drafted as entries of a firm file: everything `adopt: true`, so that a run records
it and changes nothing. What T4 does not show, or shows in a way that leaves a choice, is a question, never a
guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from t4firm.edits.entries import put_account, put_user
from t4firm.edits.firm_files import FirmFiles
from t4firm.loading.addresses import MAY_BE_NONE
from t4firm.model.names import among, folded
from t4firm.model.users import PERSONAL, RISK_MANAGER, WHENTECH_FILLS
from t4firm.model.values import NO_PLACE
from t4firm.yaml_files.mistakes import listed, some

NEEDED: Final = (*PERSONAL, "country", "apptype")
"""What a user's entry must say."""


@dataclass(frozen=True)
class ShownUser:
    """A user as T4 shows it. None: T4 does not show that. `enabled`: likewise."""

    username: str
    accounts: Sequence[str] | None = None
    applications: Sequence[str] | None = None
    roles: Sequence[str] | None = None
    market_data: Mapping[str, str] | None = None
    details: Mapping[str, str | None] = field(default_factory=dict)
    enabled: bool | None = None

    @property
    def is_fill_user(self) -> bool:
        return WHENTECH_FILLS in (self.applications or ())


@dataclass(frozen=True)
class ShownAccount:
    """An account as T4 shows it. `enabled`: None where T4 does not show it."""

    number: str
    account_name: str = ""
    display_name: str = ""
    enabled: bool | None = None


@dataclass(frozen=True)
class Shown:
    """All that was read: `users` is None where nothing lists them; `accounts` likewise."""

    users: Sequence[ShownUser] | None = None
    accounts: Sequence[ShownAccount] | None = None


def draft(files: FirmFiles, shown: Shown) -> list[str]:
    """Puts what T4 shows, and the firm's files do not have, into the files. Returns the questions."""
    return list(_Draft(files, shown).made())


class _Draft:
    def __init__(self, files: FirmFiles, shown: Shown) -> None:
        self.files, self.shown = files, shown
        firm = files.firm
        self.known = {folded(person.username) for person in firm.people}
        self.templates = {*map(folded, firm.templates.users)}
        others = [
            user for user in shown.users or () if folded(user.username) not in self.known | self.templates
        ]
        self.new = [user for user in others if user.enabled is not False]
        self.disabled = [user for user in others if user.enabled is False]
        self.of_accounts: dict[str, list[str]] = {}
        for user in shown.users or ():
            if not user.is_fill_user:
                for number in user.accounts or ():
                    self.of_accounts.setdefault(number, []).append(user.username)

    def made(self) -> Iterator[str]:
        if self.shown.users is None:
            yield (
                "Who are the firm's users? No operation lists them (listUsers). Ask the administrator for "
                "the list, as a spreadsheet: `t4firm import csv FILE`, with a column `adopt` that says yes."
            )
        for user in self.disabled:
            yield (
                f"Should {user.username} be in the firm file? T4 shows this user as disabled, so it is not "
                f"in the draft. If it should be there, enable it in T4, then import again."
            )
        people = [user for user in self.new if not user.is_fill_user]
        for user in people:
            yield from self._person(user)
        yield from self._in_common(people)
        yield from self._shared()
        for user in self.new:
            if user.is_fill_user:
                yield from self._fill_user(user)
        yield from self._accounts()

    def _person(self, user: ShownUser) -> Iterator[str]:
        if user.accounts == []:
            yield (
                f"Does {user.username} belong to the firm? T4 shows no account for this user, and an entry "
                "needs one. So the user is not in the draft."
            )
            return
        fields = {**self._details(user), "adopt": True}
        if user.accounts is not None:
            fields["accounts"] = list(user.accounts)
        if user.applications:
            fields["applications"] = list(user.applications)
        if user.market_data:
            fields["marketData"] = dict(user.market_data)
        put_user(self.files, user.username, fields)
        if lacking := self._lacking(user):
            yield f"What is {user.username}'s {listed(lacking)}? T4 does not show it."

    def _details(self, user: ShownUser) -> dict[str, Any]:
        found = {name: value for name, value in user.details.items() if name in NEEDED and value}
        shown_empty = (name for name in MAY_BE_NONE if user.details.get(name) == "")
        return found | dict.fromkeys(shown_empty, NO_PLACE)

    def _lacking(self, user: ShownUser) -> list[str]:
        has, usual = self._details(user), self.files.firm.defaults.user
        lacking = [name for name in NEEDED if name not in has and getattr(usual, name) is None]
        return lacking + (["accounts"] if user.accounts is None else [])

    def _in_common(self, people: Sequence[ShownUser]) -> Iterator[str]:
        """Questions about many at once: what no operation shows."""
        unseen = [user.username for user in people if user.market_data is None]
        if unseen:
            yield (
                f"Which market data do {some(unseen)} have? No operation shows it (readMarketData). If the "
                f"file does not say it, nothing is subscribed or ended."
            )
        unseen = [user.username for user in people if user.applications is None]
        if unseen:
            yield f"Which of {some(unseen)} have WhenTech? T4 does not show applications."

    def _shared(self) -> Iterator[str]:
        """Accounts of several users: T4 does not show for which of them each was made."""
        for number, users in self.of_accounts.items():
            named = self.files.section("accounts", number).get(number) or {}
            if len(users) > 1 and "owner" not in named:
                yield (
                    f'With which user was the account "{number}" created: {listed(users, "or")}? Write this '
                    f'user as owner under accounts: "{number}".'
                )

    def _fill_user(self, user: ShownUser) -> Iterator[str]:
        firm = self.files.firm
        if firm.fillService:
            yield (
                f"Why does {user.username} have {WHENTECH_FILLS}? The firm file has another fill user, so "
                f"this user is not in the draft."
            )
            return
        own = [number for number in user.accounts or () if number not in self.of_accounts]
        templates = [
            name for name, gives in firm.templates.users.items() if WHENTECH_FILLS in gives.applications
        ]
        if len(own) != 1:
            choice = f": {listed(own, 'or')}?" if own else "? T4 shows no account that only this user has."
            yield f"Which account was created with the fill user {user.username}{choice} Write fillService."
            return
        if len(templates) != 1:
            yield (
                f"From which template was the fill user {user.username} created? Write it under "
                "templates.users, then import again."
            )
            return
        values = self.files.values[self.files.firm_file]
        entry = {"username": user.username, "templateUser": templates[0], **self._details(user)}
        usual = firm.defaults.user.model_dump(exclude_none=True)
        kept = {
            name: value
            for name, value in entry.items()
            if name == "templateUser" or name in PERSONAL or usual.get(name) != value
        }
        values["fillService"] = {"user": {**kept, "account": own[0], "adopt": True}}
        if among(RISK_MANAGER, user.roles or ()):
            values["fillService"]["capture"] = "riskManager"
        put_account(self.files, own[0], {"adopt": True})
        if lacking := [name for name in self._lacking(user) if name != "accounts"]:
            yield f"What is {user.username}'s {listed(lacking)}? T4 does not show it."

    def _accounts(self) -> Iterator[str]:
        """What is said of the new users' accounts; and whose the others are."""
        shown = {account.number: account for account in self.shown.accounts or ()}
        for user in self.new:
            if user.is_fill_user:
                continue
            for number in user.accounts or ():
                account = shown.get(number, ShownAccount(number))
                fields: dict[str, Any] = {"adopt": True}
                if account.account_name and account.account_name != number:
                    fields["accountName"] = account.account_name
                if account.display_name:
                    fields["displayName"] = account.display_name
                if account.enabled is not None:
                    fields["enabled"] = account.enabled
                put_account(self.files, number, fields)
        known = {folded(number) for number in (*self.files.firm.accounts, *self.of_accounts)}
        known |= {folded(number) for user in self.shown.users or () for number in user.accounts or ()}
        if others := [number for number in shown if folded(number) not in known]:
            yield f"Whose are the accounts {some(others, 10)}? T4 shows them, but no user who has them."
