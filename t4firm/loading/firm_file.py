"""Loads a firm file: reads it, merges the defaults in, checks every value and every rule, and says all that
is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from t4firm.loading import addresses
from t4firm.model.firm import AccountDefaults, Firm, UserDefaults
from t4firm.model.users import RISK_MANAGER, FillUser
from t4firm.model.values import is_account_number
from t4firm.rules.context import Facts
from t4firm.rules.table import broken
from t4firm.yaml_files.document import MOST_MISTAKES, Document, Loc, mistakes_of, read_on, refused
from t4firm.yaml_files.mistakes import FileError, Mistake, listed, shown
from t4firm.yaml_files.model_errors import example_at, names_at, nearest_name

# The fill user never takes these from the defaults: a trader's template gives Trading, market data is billed.
NOT_FOR_THE_FILL_USER = frozenset({"templateUser", "marketData"})
# The fill user's own account never takes this from defaults.account.
NOT_FOR_THE_FILL_ACCOUNT = frozenset({"enabled"})

# What is a person's own, and so no default: the words for it.
NO_DEFAULTS = {
    "accounts": ("an account is one person's own", "list it in that person's entry"),
    "adopt": ("taking over is decided for each user", "write it in the entries of those who exist already"),
    "departed": ("leaving is decided for each user", "write it in the entries of those who leave"),
    "eula": ("a signature is one person's own evidence", "write it in the entries of those who signed"),
    "revoke": ("what is revoked is one person's own", "write it in that person's entry"),
    "username": ("a username is one person's own", "it is the name of that person's entry"),
}

NAMES_OF_ENTRIES = ("username", "account")

_MOST_REPAIRS = 8


def load_firm(path: Path, risk_manager: str = RISK_MANAGER) -> Firm:
    """The firm that a file describes. `risk_manager`: how T4 spells the Risk Manager's role for it.

    Raises FileError with all mistakes at once: what does not fit a field, and what breaks a rule across
    entries. A rule is left out only where a field that it reads could not be read.
    """
    return firm_of(*read_on(path), risk_manager)


def firm_of(document: Document, mistakes: Sequence[Mistake] = (), risk_manager: str = RISK_MANAGER) -> Firm:
    """The firm that a document describes; `mistakes`: what was found when it was read. Raises FileError as
    `load_firm` does."""
    mistakes = list(mistakes)
    merge = _Merge(document)
    document = document.with_origins(merge.origins)
    mistakes += merge.mistakes
    firm, details, lost = _checked(merge.data, document)
    unmerged = [each for each in details if _lacks_address(each, merge.user_defaults)]
    others = [each for each in details if not _lacks_template(each) and each not in unmerged]
    mistakes += mistakes_of(others, document, Firm)
    mistakes += [
        document.mistake(each["loc"], *addresses.words_for_missing(str(each["loc"][-1]))) for each in unmerged
    ]
    lacking = [str(each["loc"][1]) for each in details if _lacks_template(each)]
    if lacking:
        mistakes.append(_template_account_missing(document, lacking))
    if firm is not None:
        facts = Facts(firm, document.data, document.where, risk_manager)
        mistakes += [document.mistake(loc, wrong, right) for loc, wrong, right in broken(facts, *lost)]
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
    return detail["type"] == "missing" and addresses.is_part_of_defaults(detail["loc"], defaults)


def _template_account_missing(document: Document, numbers: list[str]) -> Mistake:
    """One mistake for all accounts without a template: the remedy is one line in the defaults."""
    named = listed(
        [f'"{shown(number)}"' for number in numbers[:3]] + (["others"] if len(numbers) > 3 else [])
    )
    return document.mistake(
        ("defaults", "account", "templateAccount"),
        f"is missing, and the account{'s' if len(numbers) > 1 else ''} {named} must be made from a template",
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
                    "no password belongs into this file",
                    "remove it, and use it nowhere: `t4firm password` prints the one that is derived",
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


def _checked(
    data: dict[str, Any], document: Document
) -> tuple[Firm | None, list[ErrorDetails], tuple[frozenset[str], frozenset[str]]]:
    """The firm, what the model refuses, which fields could not be read, and which of them are made up.

    Where the model refuses something, the firm is one in which that is replaced, so that rules about other
    fields can still be checked; None if that does not come to an end, or if nothing much is right.
    """
    first: list[ErrorDetails] = []
    lost = _Lost()
    for attempt in range(_MOST_REPAIRS):
        try:
            firm = Firm.model_validate_json(json.dumps(data), strict=True)
        except ValidationError as error:
            details = refused(error, data)
            if attempt == 0:
                first, data = details, copy.deepcopy(data)
            if len(details) >= MOST_MISTAKES:
                break
            _repair(data, details, document, lost)
        else:
            return firm, first, lost.fields()
    return None, first, lost.fields()


@dataclass
class _Lost:
    """The fields that could not be read, as rules name them; and those that have a made-up value instead."""

    unread: set[str] = field(default_factory=set)
    invented: set[str] = field(default_factory=set)

    def fields(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(self.unread), frozenset(self.invented)


def _repair(data: dict[str, Any], details: list[ErrorDetails], document: Document, lost: _Lost) -> None:
    """Replaces what was refused, in place, and notes the fields whose meaning is lost by it."""
    # from the last to the first, so that removing one of a list does not move those that are still to come
    for detail in sorted(
        details, key=lambda each: [str(part).zfill(9) for part in each["loc"]], reverse=True
    ):
        loc, kind = detail["loc"], detail["type"]
        parent = _parent(data, loc)
        if parent is None:  # it went with what held it
            continue
        if kind == "extra_forbidden":
            del parent[loc[-1]]
            meant = nearest_name(str(loc[-1]), names_at(Firm, loc[:-1]))
            if meant:
                lost.unread.add(_field_of((*loc[:-1], meant)))
        elif kind == "string_type" and type(detail["input"]) in (int, float):
            parent[loc[-1]] = document.written(loc) or ""  # what was meant is clear
        elif kind == "missing":
            lost.unread.add(_field_of(loc))
            example = example_at(Firm, loc)
            if isinstance(example, list):
                parent[loc[-1]] = []  # nothing is made up, as it would be by two users with one example
            elif example is not None:
                parent[loc[-1]] = copy.deepcopy(example)
                if loc[-1] not in NAMES_OF_ENTRIES:  # by which rules know nobody: they take the entry's own
                    lost.invented.add(_field_of(loc))
            elif len(loc) > 1:
                lost.unread.add(_field_of(loc[:-1]))
                del _parent(data, loc[:-1])[loc[-2]]
        else:
            lost.unread.add(_field_of(loc))
            del parent[loc[-1]]


def _parent(data: dict[str, Any], loc: Loc) -> Any:
    """The list or group that holds the last part of a path; None if there is none."""
    held: Any = data
    for part in loc[:-1]:
        if isinstance(held, dict) and part not in held:
            return None
        held = held[part]
    return held


def _field_of(loc: Loc) -> str:
    """The field at a path as rules name it: without the names of entries, and no deeper than rules look."""
    parts = [str(part) for part in loc]
    if parts[:1] in (["users"], ["accounts"]):
        del parts[1:2]
    depth = 3 if parts[:2] in (["fillService", "user"], ["defaults", "user"], ["defaults", "account"]) else 2
    return ".".join(parts[:depth])
