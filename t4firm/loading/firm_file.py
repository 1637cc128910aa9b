"""Loads a firm file: reads it, merges the defaults in, checks every value and every rule, and says all that
is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic_core import ErrorDetails

from t4firm.loading import addresses
from t4firm.loading.included import read_firm
from t4firm.loading.repair import Repair
from t4firm.model.firm import AccountDefaults, Firm, UserDefaults
from t4firm.model.users import RISK_MANAGER, FillUser
from t4firm.model.values import is_account_number
from t4firm.rules.context import Facts
from t4firm.rules.table import broken
from t4firm.rules.unread import Unread
from t4firm.yaml_files.document import Document, Loc, mistakes_of
from t4firm.yaml_files.mistakes import FileError, Mistake, listed, shown
from t4firm.yaml_files.model_errors import example_at

# The fill user never takes these from the defaults: a trader's template gives Trading, market data is billed.
NOT_FOR_THE_FILL_USER = frozenset({"templateUser", "marketData"})
# The fill user's own account never takes this from defaults.account.
NOT_FOR_THE_FILL_ACCOUNT = frozenset({"enabled"})

# What is a person's own, and so no default: the words for it.
NO_DEFAULTS = {
    "accounts": ("an account is one person's own", "list it in that person's entry"),
    "adopt": (
        "adopting is decided for each user",
        "write it in the entries of users who already exist in T4",
    ),
    "departed": ("leaving is decided for each user", "write it in the entries of users who leave"),
    "eula": ("a signature is one person's own evidence", "write it in the entries of users who signed"),
    "revoke": ("what is revoked is one person's own", "write it in that person's entry"),
    "username": ("a username is one person's own", "it is the name of that person's entry"),
}


def load_firm(path: Path, risk_manager: str = RISK_MANAGER) -> Firm:
    """The firm that a file describes. `risk_manager`: how T4 spells the Risk Manager's role for it.

    Raises FileError with all mistakes at once: what does not fit a field, and what breaks a rule across
    entries. Left out is only what may follow from a field that could not be read.
    """
    return firm_of(*read_firm(path), risk_manager)


def firm_of(document: Document, mistakes: Sequence[Mistake] = (), risk_manager: str = RISK_MANAGER) -> Firm:
    """The firm that a document describes; `mistakes`: what was found when it was read. Raises FileError as
    `load_firm` does."""
    mistakes = list(mistakes)
    merge = _Merge(document)
    document = document.with_origins(merge.origins)
    mistakes += merge.mistakes
    checked = Repair(merge.data, document)
    details, firm = checked.refused, checked.firm
    unmerged = [each for each in details if _lacks_address(each, merge.user_defaults)]
    others = [each for each in details if not _lacks_template(each) and each not in unmerged]
    mistakes += mistakes_of(others, document, Firm)
    mistakes += [
        document.mistake(loc, *addresses.words_for_missing(loc, merge.user_defaults, example_at(Firm, loc)))
        for loc in (each["loc"] for each in unmerged)
    ]
    lacking = [str(each["loc"][1]) for each in details if _lacks_template(each)]
    if lacking:
        mistakes.append(_template_account_missing(document, lacking))
    if firm is not None:
        document = document.with_origins(merge.origins | checked.moved)
        facts = Facts(firm, document.data, document.where, risk_manager)
        unread = Unread(checked.unread, checked.unread_as_written, document.origin)
        mistakes += [document.mistake(found.loc, found.wrong, found.right) for found in broken(facts, unread)]
    if mistakes or firm is None:
        raise FileError(mistakes)
    return firm


def firm_name(path: Path) -> str:
    """The firm's name alone, of a file that was checked before: the rest of a large one is not read for it.
    Raises FileError where there is none."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("firm:") and not after.startswith((" ", "\t")):
            with suppress(yaml.YAMLError):
                name = yaml.load(line, yaml.BaseLoader)["firm"]  # noqa: S506 - it makes texts alone
                if isinstance(name, str) and name:
                    return name
    return load_firm(path).firm


def _lacks_template(detail: ErrorDetails) -> bool:
    loc = detail["loc"]
    return detail["type"] == "missing" and loc[0] == "accounts" and loc[-1] == "templateAccount"


def _lacks_address(detail: ErrorDetails, defaults: Mapping[str, Any]) -> bool:
    return detail["type"] == "missing" and addresses.has_words(detail["loc"], defaults)


def _template_account_missing(document: Document, numbers: list[str]) -> Mistake:
    """One mistake for all accounts without a template: the remedy is one line in the defaults."""
    named = listed(
        [f'"{shown(number)}"' for number in numbers[:3]] + (["others"] if len(numbers) > 3 else [])
    )
    return document.mistake(
        ("defaults", "account", "templateAccount"),
        f"is missing, and the account{'s' if len(numbers) > 1 else ''} {named} must be created from a "
        f"template",
        "add it, for example templateAccount: DefaultTemplate",
    )


def _is_password(name: str) -> bool:
    return name.lower() in ("password", "pwd", "passwd")


def _group(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _inside(value: object, path: tuple[str, ...]) -> object:
    for name in path:
        value = _group(value).get(name)
    return value


@dataclass
class _Merge:
    """The data of a firm file with its defaults merged in, and with an entry for every account.

    `origins` says for each merged value where it stands in the file. What has the wrong shape is left as it
    is, for the model to refuse.
    """

    document: Document
    data: dict[str, Any] = field(init=False)
    user_defaults: dict[str, Any] = field(init=False)
    origins: dict[Loc, Loc] = field(init=False, default_factory=dict)
    mistakes: list[Mistake] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.data = dict(self.document.data)
        self.user_defaults = self._defaults("user", set(UserDefaults.model_fields))
        self._account_defaults = self._defaults("account", set(AccountDefaults.model_fields))
        self._users()
        self._fill_user()
        self._accounts()

    def _defaults(self, part: str, known: set[str]) -> dict[str, Any]:
        """The defaults that may be merged: others are refused where they stand, not in every entry again."""
        defaults = _group(self.data.get("defaults"))
        written = _group(defaults.get(part))
        if part == "user":
            for name in NO_DEFAULTS.keys() & written.keys():
                self.mistakes.append(self.document.mistake(("defaults", part, name), *NO_DEFAULTS[name]))
            self._no_password(("defaults", part), written)
            left = {
                name: value
                for name, value in written.items()
                if name not in NO_DEFAULTS and not _is_password(name)
            }
            if len(left) < len(written):
                self.data["defaults"] = {**defaults, part: left}
        return {name: value for name, value in written.items() if name in known}

    def _no_password(self, loc: Loc, written: Mapping[str, Any]) -> None:
        for name in filter(_is_password, written):
            self.mistakes.append(
                self.document.mistake(
                    (*loc, name),
                    "a password must not be in this file",
                    "remove it, and do not use it: `t4firm password` prints the derived password",
                )
            )

    def _entry(
        self, loc: Loc, entry: object, key: str | None, defaults: Mapping[str, Any], part: str
    ) -> object:
        """One entry with its defaults, and with the entry's name in the field `key`."""
        if entry is None:
            entry = {}
        if not isinstance(entry, dict):
            return entry
        self._no_password(loc, entry)
        written = {name: value for name, value in entry.items() if not _is_password(name)}
        if key is not None and key in written:
            del written[key]
            name = "username" if key == "username" else "account number"
            self.mistakes.append(
                self.document.mistake((*loc, key), f"the name of the entry is the {name}", "remove this line")
            )
        if part == "user":
            defaults = addresses.inheritable(defaults, written)
        for name in defaults.keys() - written.keys():
            self.origins[*loc, name] = ("defaults", part, name)
        merged = {**defaults, **written}
        if key is not None:
            merged[key] = loc[-1]
            self.origins[*loc, key] = self.origins.get(loc, loc)
        return merged

    def _users(self) -> None:
        users = self.data.get("users")
        if isinstance(users, dict):
            self.data["users"] = {
                name: self._entry(("users", name), entry, "username", self.user_defaults, "user")
                for name, entry in users.items()
            }

    def _fill_user(self) -> None:
        service = self.data.get("fillService")
        if not isinstance(service, dict) or "user" not in service:
            return
        fields = FillUser.model_fields.keys() - NOT_FOR_THE_FILL_USER
        defaults = {name: value for name, value in self.user_defaults.items() if name in fields}
        user = self._entry(("fillService", "user"), service["user"], None, defaults, "user")
        self.data["fillService"] = {**service, "user": user}

    def _accounts(self) -> None:
        """An entry for every account: those of users in the order of the file, then what else is under
        accounts."""
        entries = self.data.get("accounts")
        if entries is not None and not isinstance(entries, dict):
            return
        entries = dict(entries or {})
        owners: dict[str, str] = {}
        for place in (("accounts",), ("revoke", "accounts")):  # who lists it, before who had it
            for username, user in _group(self.data.get("users")).items():
                numbers = _inside(user, place)
                for index, number in enumerate(numbers if isinstance(numbers, list) else []):
                    if is_account_number(number) and number not in owners:
                        owners[number] = username
                        self._without_entry(number, entries, ("users", username, *place, index))
        fill_user = _group(_group(self.data.get("fillService")).get("user"))
        own = fill_user.get("account")
        if is_account_number(own) and own not in owners:
            owners[own] = str(fill_user.get("username") or "the fill user")
            self._without_entry(own, entries, ("fillService", "user", "account"))
        self.data["accounts"] = {
            number: self._account(number, entries.get(number), owners.get(number), number == own)
            for number in (*owners, *(number for number in entries if number not in owners))
        }

    def _without_entry(self, number: str, entries: Mapping[str, Any], loc: Loc) -> None:
        if number not in entries:
            self.origins["accounts", number] = loc

    def _account(self, number: str, entry: object, owner: str | None, is_fill_account: bool) -> object:
        defaults = {
            name: value
            for name, value in self._account_defaults.items()
            if not (is_fill_account and name in NOT_FOR_THE_FILL_ACCOUNT)
        }
        merged = self._entry(("accounts", number), entry, "account", defaults, "account")
        if isinstance(merged, dict):
            merged.setdefault("accountName", number)
            merged.setdefault("owner", owner or "nobody")  # "nobody": the rule account-belongs refuses it
        return merged
