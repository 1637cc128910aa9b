"""What the administrator can do in the portal: a table of forms, each with what it asks for and what it does.

    ACTS["assign-account"].do(administrator, b'{"username": "trader.a", "account": "11111"}')

Each returns a sentence about what is so now. Raises Refusal, and then nothing was changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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
        user = self.firm.give_role(self.user(asked.username).userID, asked.role)
        return f"{user.username} has the role {asked.role}."

    def remove_role(self, asked: RoleOfUser) -> str:
        user = self.firm.take_role(self.user(asked.username).userID, asked.role)
        return f"{user.username} does not have the role {asked.role}."

    def assign_application(self, asked: ApplicationOfUser) -> str:
        user = self.firm.give_application(self.user(asked.username).userID, asked.application)
        return f"{user.username} has the application {asked.application}."

    def remove_application(self, asked: ApplicationOfUser) -> str:
        user = self.firm.take_application(self.user(asked.username).userID, asked.application)
        return f"{user.username} does not have the application {asked.application}."

    def assign_account(self, asked: AccountOfUser) -> str:
        user, account = self.user(asked.username), self.account(asked.account)
        self.firm.give_account(user.userID, account.accountID)
        return f"{user.username} is assigned the account {account.account}."

    def unassign_account(self, asked: AccountOfUser) -> str:
        user, account = self.user(asked.username), self.account(asked.account)
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

    def add_template_role(self, asked: RoleOfTemplate) -> str:
        template = self._template(asked.template)
        self._keep(replace(template, roles=tuple(dict.fromkeys((*template.roles, asked.role)))))
        return f"New users like {template.name} get the role {asked.role}."

    def remove_template_role(self, asked: RoleOfTemplate) -> str:
        template = self._template(asked.template)
        self._keep(replace(template, roles=tuple(role for role in template.roles if role != asked.role)))
        return f"New users like {template.name} do not get the role {asked.role}."

    def add_template_application(self, asked: ApplicationOfTemplate) -> str:
        template = self._template(asked.template)
        names = tuple(dict.fromkeys((*template.applications, asked.application)))
        self._keep(replace(template, applications=names))
        return f"New users like {template.name} get the application {asked.application}."

    def remove_template_application(self, asked: ApplicationOfTemplate) -> str:
        template = self._template(asked.template)
        names = tuple(name for name in template.applications if name != asked.application)
        self._keep(replace(template, applications=names))
        return f"New users like {template.name} do not get the application {asked.application}."

    def _template(self, name: str) -> UserTemplate:
        found = self.firm.store.user_templates().get(name)
        if found is None:
            raise not_found([Wrong("template", f"names no template user of this firm: {name}")])
        return found

    def _keep(self, template: UserTemplate) -> None:
        with self.firm.store.transaction():
            self.firm.store.put_user_template(template)


OPTIONS: Final = ("passwordExpired", "passwordNeverExpires")
"""What the portal has of a user beside what T4's API shows (`UserOptions`)."""

M = TypeVar("M", bound=Strict)


@dataclass(frozen=True)
class Act(Generic[M]):
    """One form: what it asks for, and what it does."""

    asks: type[M]
    does: Callable[[Administrator, M], str]

    def do(self, by: Administrator, body: bytes) -> str:
        """With the values of the form as JSON."""
        return self.does(by, validated(body, self.asks))


ACTS: Final[Mapping[str, Act[Any]]] = {
    "create-user": Act(NewUser, Administrator.create_user),
    "change-user": Act(ChangedUser, Administrator.change_user),
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
    "change-account": Act(ChangedAccount, Administrator.change_account),
    "restore-account": Act(OfAccount, Administrator.restore_account),
    "add-template-role": Act(RoleOfTemplate, Administrator.add_template_role),
    "remove-template-role": Act(RoleOfTemplate, Administrator.remove_template_role),
    "add-template-application": Act(ApplicationOfTemplate, Administrator.add_template_application),
    "remove-template-application": Act(ApplicationOfTemplate, Administrator.remove_template_application),
}
