"""Whether what a form of the portal asks for is so already: a table beside `acts.ACTS`.

    is_so("assign-account", administrator, b'{"username": "trader.a", "account": "11111"}')

Nothing is changed. Raises Refusal for a user, account or template that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from t4simulator.api.bodies import validated
from t4simulator.api.requests import NewAccount
from t4simulator.firm.catalogue import EULA_DOCUMENTS, EULA_VERSION
from t4simulator.firm.records import account_by_number, has_password
from t4simulator.portal.acts import (
    ACTS,
    OPTIONS,
    Administrator,
    ChangedAccount,
    ChangedUser,
    Given,
    OfAccount,
    OfUser,
    PasswordOfUser,
    name_key,
)
from t4simulator.socket.options import AccountOptions, UserOptions


def is_so(act: str, by: Administrator, body: bytes) -> bool:
    """With the values of the form as JSON. KeyError for a form that is always something new."""
    return SO[act](by, validated(body, ACTS[act].asks))


def _has(had: Sequence[str], name: str) -> bool:
    return name_key(name) in map(name_key, had)


def _user_is(by: Administrator, asked: ChangedUser) -> bool:
    user, given = by.user(asked.username), asked.model_dump(exclude_unset=True, exclude={"username"})
    options = by.options.of(UserOptions, user.userID)
    shown = {**user.details, "enabled": user.enabled}
    shown |= {name: getattr(options, name) for name in OPTIONS}
    wanted = {
        name: value == "on" if name in ("enabled", *OPTIONS) else value for name, value in given.items()
    }
    return shown == shown | by.firm.habits.recorded(wanted)


def _password_is(by: Administrator, asked: PasswordOfUser) -> bool:
    return has_password(by.firm.store, by.user(asked.username).userID, asked.password)


def _subscribes(by: Administrator, username: str, exchange: str, wanted: str | None) -> bool:
    return by.user(username).market_data.get(exchange) == wanted


def _has_signed(by: Administrator, asked: OfUser) -> bool:
    eula = by.user(asked.username).eula or {}
    signed = {each["documentName"] for each in eula.get("signatures", ())}
    return eula.get("eulaVersion") == EULA_VERSION and signed >= {
        each.documentName for each in EULA_DOCUMENTS
    }


def _account_is_there(by: Administrator, asked: NewAccount) -> bool:
    return account_by_number(by.firm.store, asked.account) is not None


def _account_is(by: Administrator, asked: ChangedAccount) -> bool:
    account, given = by.account(asked.account), asked.model_dump(exclude_unset=True, exclude={"account"})
    if "preTradeDisabled" in given:
        given["preTradeDisabled"] = given["preTradeDisabled"] == "on"
    return all(getattr(account, name) == value for name, value in given.items())


def _is_not_deleted(by: Administrator, asked: OfAccount) -> bool:
    return not by.options.of(AccountOptions, by.account(asked.account).accountID).deleted


def _has_account(by: Administrator, username: str, account: str) -> bool:
    return _has([number for _, number in by.user(username).accounts], account)


def _gives(by: Administrator, template: str, what: Given, name: str) -> bool:
    return _has(by.template(template, what)[1], name)


SO: Final[Mapping[str, Callable[[Administrator, Any], bool]]] = {
    "change-user": _user_is,
    "set-password": _password_is,
    "assign-role": lambda by, asked: _has(by.user(asked.username).roles, asked.role),
    "remove-role": lambda by, asked: not _has(by.user(asked.username).roles, asked.role),
    "assign-application": lambda by, asked: _has(by.user(asked.username).applications, asked.application),
    "remove-application": lambda by, asked: not _has(by.user(asked.username).applications, asked.application),
    "assign-account": lambda by, asked: _has_account(by, asked.username, asked.account),
    "unassign-account": lambda by, asked: not _has_account(by, asked.username, asked.account),
    "set-market-data": lambda by, asked: _subscribes(
        by, asked.username, asked.exchange, asked.marketDataType
    ),
    "end-market-data": lambda by, asked: _subscribes(by, asked.username, asked.exchange, None),
    "sign-agreements": _has_signed,
    "create-account": _account_is_there,
    "change-account": _account_is,
    "restore-account": _is_not_deleted,
    "add-template-role": lambda by, asked: _gives(by, asked.template, "role", asked.role),
    "remove-template-role": lambda by, asked: not _gives(by, asked.template, "role", asked.role),
    "add-template-application": lambda by, asked: _gives(
        by, asked.template, "application", asked.application
    ),
    "remove-template-application": lambda by, asked: (
        not _gives(by, asked.template, "application", asked.application)
    ),
}
"""Form -> whether what it asks for is so. The forms that are left out always do something new, or nothing
that lasts."""
