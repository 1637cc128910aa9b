"""Entries that come into a firm file, and fields that existing ones get, without what the defaults say.

What is known of a person comes as the fields of an entry, T4's names, as `User` and `Account` have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from t4firm.edits.firm_files import Entry, FirmFiles
from t4firm.loading.addresses import COUNTRY, PARTS
from t4firm.model.firm import Account, Firm
from t4firm.model.users import User

LISTS: Final = ("accounts", "applications")
GROUPS: Final = ("marketData",)


def put_user(files: FirmFiles, username: str, fields: Mapping[str, Any], into: Path | None = None) -> None:
    """A new entry, or more of one that is there: what `fields` does not have stays as it is, lists and market
    data become longer. A new entry is written into the file `into`."""
    users = files.section("users", username, into)
    if username in users:
        entry = users[username] = users[username] or {}
        _update(entry, fields, _defaults(files.firm))
    else:
        new = _in_order(dict(_told(fields, _defaults(files.firm))), User)
        users[username] = new


def put_account(files: FirmFiles, number: str, fields: Mapping[str, Any]) -> None:
    """What is said of an account beside who lists it."""
    defaults = files.firm.defaults.account.model_dump(exclude_none=True)
    before = files.firm.accounts.get(number)
    has = (
        before.model_dump(exclude_none=True) if before else defaults | {"accountName": number, "adopt": False}
    )
    has["owner"] = (files.section("accounts", number).get(number) or {}).get("owner")
    if len(files.users_with(number)) < 2:  # whoever lists it is the owner
        fields = {name: value for name, value in fields.items() if name != "owner"}
    new = {name: value for name, value in fields.items() if has.get(name) != value}
    if new:
        entry = files.account(number)
        entry.update(_in_order(new, Account))


def _defaults(firm: Firm) -> Entry:
    """What the defaults of the file say of a user, in the form of the file."""
    found: Entry = firm.defaults.user.model_dump(mode="json", exclude_none=True)
    return found


def _told(fields: Mapping[str, Any], defaults: Entry) -> Iterator[tuple[str, Any]]:
    """What a new entry has to say. An address is the defaults' as a whole, or written as a whole."""
    own = [name for name in PARTS if name in fields and fields[name] != defaults.get(name)]
    elsewhere = fields.get(COUNTRY, defaults.get(COUNTRY)) != defaults.get(COUNTRY)
    for name, value in fields.items():
        said = value == defaults.get(name) or value in ([], {})
        if not said or (name in PARTS and (own or elsewhere)):
            yield name, value


def _update(entry: Entry, fields: Mapping[str, Any], defaults: Entry) -> None:
    address = {name: fields[name] for name in PARTS if name in fields}
    has = {**defaults, **entry}
    inherits = not any(name in entry for name in PARTS)
    if inherits and any(has.get(name) != value for name, value in address.items()):
        entry.update(
            {name: defaults[name] for name in PARTS if name in defaults}
        )  # it is an own one from now
    for name, value in fields.items():
        if name in LISTS:
            new = [each for each in value if each not in has.get(name, ())]
            if new:
                entry[name] = [*has.get(name, ()), *new]
        elif name in GROUPS:
            if any(has.get(name, {}).get(key) != each for key, each in value.items()):
                entry[name] = {**has.get(name, {}), **value}
        elif has.get(name) != value:
            entry[name] = value


def _in_order(fields: Entry, model: type[User] | type[Account]) -> Entry:
    """Fields in the order in which the documentation has them."""
    order = list(model.model_fields)
    return dict(sorted(fields.items(), key=lambda field: order.index(field[0])))
