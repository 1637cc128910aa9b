"""What the administrator can do in the portal: a table of forms, each with what it asks for and what it does.

    ACTS["assign-account"].do(administrator, b'{"username": "trader.a", "account": "11111"}')

Each returns a sentence about what is so now. Raises Refusal, and then nothing was changed.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Generic, Literal, TypeVar

from t4simulator.api.bodies import validated
from t4simulator.api.refusal import Wrong, not_found
from t4simulator.api.requests import (
    AccountChanges,
    AccountState,
    MarketDataPatch,
    NewAccount,
    NewUser,
    Printable,
    SignedEula,
    Strict,
    Subscription,
    Text,
    UserChanges,
)
from t4simulator.firm.catalogue import EULA_DOCUMENTS, EULA_VERSION, UserTemplate
from t4simulator.firm.records import T4User, TradingAccount, account_by_number, user_by_name
from t4simulator.firm.users import Firm
from t4simulator.socket.options import AccountOptions, OptionBook, UserOptions

Ticked = Literal["on", "off"]
"""A check box as a form sends it."""

Given = Literal["role", "application"]
"""What a user has, and what new users get of a template user."""


class OfUser(Strict):
    username: Text


class ChangedUser(OfUser):
    """What is left out stays as it is."""

    firstname: Text = ""
    lastname: Text = ""
    phone: Text = ""
    email: Text = ""
    street: Text = ""
    city: Text = ""
    county: Printable = ""
    state: Printable = ""
    postCode: Text = ""
    country: Text = ""
    apptype: Text = ""
    enabled: Ticked = "on"
    passwordExpired: Ticked = "off"
    passwordNeverExpires: Ticked = "off"


class PasswordOfUser(OfUser):
    password: Printable


class RoleOfUser(OfUser):
    role: Text


class ApplicationOfUser(OfUser):
    application: Text


class AccountOfUser(OfUser):
    account: Text


class MarketDataOfUser(OfUser):
    exchange: Text
    marketDataType: Text


class ExchangeOfUser(OfUser):
    exchange: Text


class OfAccount(Strict):
    account: Text


class ChangedAccount(OfAccount):
    """What is left out stays as it is."""

    accountName: Text = ""
    displayName: Printable = ""
    enabled: AccountState = ""
    preTradeDisabled: Ticked = "on"


class RoleOfTemplate(Strict):
    template: Text
    role: Text


class ApplicationOfTemplate(Strict):
    template: Text
    application: Text


@dataclass(frozen=True)
class Administrator:
    """Who works in the portal of one firm."""

    firm: Firm
    options: OptionBook

    def user(self, username: str) -> T4User:
        found = user_by_name(self.firm.store, username)
        if found is None:
            raise not_found([Wrong("username", f"names no user of this firm: {username}")])
        return found

    def account(self, number: str) -> TradingAccount:
        found = account_by_number(self.firm.store, number)
        if found is None:
            raise not_found([Wrong("account", f"names no account of this firm: {number}")])
        return found

    # --- users --------------------------------------------------------------------------------------------

    def create_user(self, asked: NewUser) -> str:
        return f"The user {self.firm.create_user(asked).username} is created."

    def change_user(self, asked: ChangedUser) -> str:
        user, given = self.user(asked.username), asked.model_dump(exclude_unset=True, exclude={"username"})
        options = {name: given.pop(name) == "on" for name in OPTIONS if name in given}
        if "enabled" in given:
            given["enabled"] = given["enabled"] == "on"
        if given:
            self.firm.change_user(user.userID, validated(json.dumps(given).encode(), UserChanges))
        if options:
            self.options.change(UserOptions, user.userID, **options)
        return f"The set-up of {user.username} is saved."

    def set_password(self, asked: PasswordOfUser) -> str:
        user = self.user(asked.username)
        self.firm.change_user(user.userID, UserChanges(password=asked.password))
        return f"{user.username} has the new password."

    def unlock_user(self, asked: OfUser) -> str:
        user = self.user(asked.username)
        self.options.change(UserOptions, user.userID, locked=False, failures=0)
        return f"{user.username} is unlocked."

    def delete_user(self, asked: OfUser) -> str:
        user = self.user(asked.username)
        self.firm.delete_user(user.username)
        return f"The user {user.username} is deleted. The accounts are still there."

    def assign_role(self, asked: RoleOfUser) -> str:
        user, role = self.user(asked.username), self._known("role", asked.role)
        self.firm.give_role(user.userID, role)
        return f"{user.username} has the role {role}."

    def remove_role(self, asked: RoleOfUser) -> str:
        user = self.user(asked.username)
        role = _held(user.roles, "role", asked.role, user.username)
        self.firm.take_role(user.userID, role)
        return f"{user.username} does not have the role {role}."

    def assign_application(self, asked: ApplicationOfUser) -> str:
        user, name = self.user(asked.username), self._known("application", asked.application)
        self.firm.give_application(user.userID, name)
        return f"{user.username} has the application {name}."

    def remove_application(self, asked: ApplicationOfUser) -> str:
        user = self.user(asked.username)
        name = _held(user.applications, "application", asked.application, user.username)
        self.firm.take_application(user.userID, name)
        return f"{user.username} does not have the application {name}."

    def assign_account(self, asked: AccountOfUser) -> str:
        user, account = self.user(asked.username), self.account(asked.account)
        self.firm.give_account(user.userID, account.accountID)
        return f"{user.username} is assigned the account {account.account}."

    def unassign_account(self, asked: AccountOfUser) -> str:
        user, account = self.user(asked.username), self.account(asked.account)
        _held([number for _, number in user.accounts], "account", account.account, user.username)
        self.firm.take_account(user.userID, account.accountID)
        return f"{user.username} is not assigned the account {account.account}."

    def set_market_data(self, asked: MarketDataOfUser) -> str:
        user = self.user(asked.username)
        wanted = Subscription(clearingExchange=asked.exchange, marketDataType=asked.marketDataType)
        self.firm.change_market_data(user.userID, MarketDataPatch(updates=[wanted]))
        return f"{user.username} subscribes {asked.exchange} {asked.marketDataType}."

    def end_market_data(self, asked: ExchangeOfUser) -> str:
        user = self.firm.end_market_data(self.user(asked.username).userID, asked.exchange)
        return f"{user.username} does not subscribe {asked.exchange}."

    def sign_agreements(self, asked: OfUser) -> str:
        """What T4 asks of a user at a login: each document is signed now."""
        user, now = self.user(asked.username), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        signatures = [{"documentName": each.documentName, "signed": now} for each in EULA_DOCUMENTS]
        signed = {"collectedBy": "", "eulaVersion": EULA_VERSION, "signatures": signatures}
        self.firm.sign_eula(user.userID, SignedEula.model_validate(signed))
        return f"{user.username} has signed the agreements."

    # --- accounts -----------------------------------------------------------------------------------------

    def create_account(self, asked: NewAccount) -> str:
        account = self.firm.accounts.create_alone(asked)
        return f"The account {account.account} is created. Nobody is assigned it yet."

    def change_account(self, asked: ChangedAccount) -> str:
        account, given = (
            self.account(asked.account),
            asked.model_dump(exclude_unset=True, exclude={"account"}),
        )
        if "preTradeDisabled" in given:
            given["preTradeDisabled"] = given["preTradeDisabled"] == "on"
        changes = validated(json.dumps(given).encode(), AccountChanges)
        self.firm.accounts.change(account.accountID, changes)
        return f"The account {account.account} is saved."

    def restore_account(self, asked: OfAccount) -> str:
        account = self.account(asked.account)
        self.options.change(AccountOptions, account.accountID, deleted=False)
        return f"The account {account.account} is there again."

    # --- what new users get -------------------------------------------------------------------------------

    def template_gets(self, name: str, what: Given, value: str) -> str:
        template, had = self.template(name, what)
        known = self._known(what, value)
        self._keep(template, what, dict.fromkeys((*had, known)))
        return f"New users like {template.name} get the {what} {known}."

    def template_loses(self, name: str, what: Given, value: str) -> str:
        template, had = self.template(name, what)
        held = _held(had, what, value, f"the template {template.name}")
        self._keep(template, what, (each for each in had if each != held))
        return f"New users like {template.name} do not get the {what} {held}."

    def _known(self, what: Given, name: str) -> str:
        """A role or an application, of those that somebody can be given."""
        known = self.firm.roles() if what == "role" else self.firm.applications()
        return _among(known, what, name, f"names no {what} of this firm")

    def template(self, name: str, what: Given) -> tuple[UserTemplate, tuple[str, ...]]:
        """A template user, and what new users get of it."""
        found = self.firm.store.user_templates().get(name)
        if found is None:
            raise not_found([Wrong("template", f"names no template user of this firm: {name}")])
        return found, found.roles if what == "role" else found.applications

    def _keep(self, template: UserTemplate, what: Given, names: Iterable[str]) -> None:
        field = "roles" if what == "role" else "applications"
        changed: dict[str, Any] = {field: tuple(names)}
        with self.firm.store.transaction():
            self.firm.store.put_user_template(replace(template, **changed))


def _held(had: Sequence[str], what: str, name: str, who: str) -> str:
    return _among(had, what, name, f"is none that {who} has")


def _among(names: Sequence[str], what: str, name: str, wrong: str) -> str:
    """The name as it is written there: names are the same with capitals or without, and with any encoding of
    accents. Raises Refusal where it is not there."""
    for each in names:
        if name_key(each) == name_key(name):
            return each
    raise not_found([Wrong(what, f"{wrong}: {name}")])


def name_key(name: str) -> str:
    """What is the same for names that are the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _shown_of_user(by: Administrator, values: Mapping[str, str]) -> object:
    user = by.user(values.get("username", ""))
    options = by.options.of(UserOptions, user.userID)
    return [user.details, user.enabled, *(getattr(options, name) for name in OPTIONS)]


def _shown_of_account(by: Administrator, values: Mapping[str, str]) -> object:
    account = by.account(values.get("account", ""))
    return [account.accountName, account.displayName, account.enabled, account.preTradeDisabled]


OPTIONS: Final = ("passwordExpired", "passwordNeverExpires")
"""What the portal has of a user beside what T4's API shows (`UserOptions`)."""

M = TypeVar("M", bound=Strict)


@dataclass(frozen=True)
class Act(Generic[M]):
    """One form: what it asks for, and what it does. `shows`: what the page shows of the user or account that
    the values name, if the form saves all of that at once."""

    asks: type[M]
    does: Callable[[Administrator, M], str]
    shows: Callable[[Administrator, Mapping[str, str]], object] | None = None

    def do(self, by: Administrator, body: bytes) -> str:
        """With the values of the form as JSON."""
        return self.does(by, validated(body, self.asks))

    def shown(self, by: Administrator, values: Mapping[str, str]) -> str:
        """The digest of what the form shows now: it must not take back what somebody else saved since. "" if
        it saves one thing alone."""
        if self.shows is None:
            return ""
        return hashlib.sha256(json.dumps(self.shows(by, values), sort_keys=True).encode()).hexdigest()


ACTS: Final[Mapping[str, Act[Any]]] = {
    "create-user": Act(NewUser, Administrator.create_user),
    "change-user": Act(ChangedUser, Administrator.change_user, _shown_of_user),
    "set-password": Act(PasswordOfUser, Administrator.set_password),
    "unlock-user": Act(OfUser, Administrator.unlock_user),
    "delete-user": Act(OfUser, Administrator.delete_user),
    "assign-role": Act(RoleOfUser, Administrator.assign_role),
    "remove-role": Act(RoleOfUser, Administrator.remove_role),
    "assign-application": Act(ApplicationOfUser, Administrator.assign_application),
    "remove-application": Act(ApplicationOfUser, Administrator.remove_application),
    "assign-account": Act(AccountOfUser, Administrator.assign_account),
    "unassign-account": Act(AccountOfUser, Administrator.unassign_account),
    "set-market-data": Act(MarketDataOfUser, Administrator.set_market_data),
    "end-market-data": Act(ExchangeOfUser, Administrator.end_market_data),
    "sign-agreements": Act(OfUser, Administrator.sign_agreements),
    "create-account": Act(NewAccount, Administrator.create_account),
    "change-account": Act(ChangedAccount, Administrator.change_account, _shown_of_account),
    "restore-account": Act(OfAccount, Administrator.restore_account),
    "add-template-role": Act(
        RoleOfTemplate, lambda by, asked: by.template_gets(asked.template, "role", asked.role)
    ),
    "remove-template-role": Act(
        RoleOfTemplate, lambda by, asked: by.template_loses(asked.template, "role", asked.role)
    ),
    "add-template-application": Act(
        ApplicationOfTemplate,
        lambda by, asked: by.template_gets(asked.template, "application", asked.application),
    ),
    "remove-template-application": Act(
        ApplicationOfTemplate,
        lambda by, asked: by.template_loses(asked.template, "application", asked.application),
    ),
}
