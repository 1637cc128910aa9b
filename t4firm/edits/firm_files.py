"""The firm file and the files that it includes, while they are changed.

    files = FirmFiles(path)
    files.user("trader.a")["departed"] = True       # the values are changed in place
    files.checked()                                 # the firm that they would describe
    print(files.difference())
    files.write()

Nothing is written before `write`; what is not changed stays byte for byte (t4firm/yaml_files/edits.py).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from t4firm.loading.firm_file import firm_of, load_firm
from t4firm.loading.included import parts_of, read_firm
from t4firm.model.firm import Firm
from t4firm.model.users import RISK_MANAGER
from t4firm.yaml_files.document import FileError, Loc
from t4firm.yaml_files.edited_files import Seen, write_over
from t4firm.yaml_files.edits import edited, has_comments, values_of
from t4firm.yaml_files.mistakes import Mistake, shown
from t4firm.yaml_files.model_errors import nearest_name
from t4firm.yaml_files.parser import Place

Entry = dict[str, Any]


class NotInTheFile(ValueError):
    """What is asked for does not fit the firm file: it does not have the user or account, or this is the
    only account of a user; a sentence."""


class FirmFiles:
    """The values of each file, to be changed in place. Raises FileError where they have mistakes before."""

    def __init__(self, firm_file: Path, risk_manager: str = RISK_MANAGER) -> None:
        self.firm_file = firm_file
        self.risk_manager = risk_manager
        self.firm = load_firm(firm_file, risk_manager)
        self._seen = {path: Seen.of(path) for path in parts_of(firm_file)}
        self._texts = {path: (seen.content or b"").decode() for path, seen in self._seen.items()}
        self.values: dict[Path, Any] = {path: values_of(text) or {} for path, text in self._texts.items()}

    def section(self, name: str, key: str = "", into: Path | None = None) -> Entry:
        """`users` or `accounts` in the file that has an entry of this name there; else in the file `into`, or
        in the firm file, made where there is none."""
        having = [path for path, values in self.values.items() if key in (values.get(name) or {})]
        path = having[0] if having else into or self.firm_file
        if path not in self.values:
            raise NotInTheFile(f"{path.name} is not included by {self.firm_file.name}")
        values = self.values[path]
        if not values.get(name):
            if name in values or name != "accounts" or "users" not in values:
                values[name] = {}
            else:  # behind the users, where people look for it
                whole = dict(values)
                values.clear()
                for each, value in whole.items():
                    values[each] = value
                    if each == "users":
                        values[name] = {}
        held: Entry = values[name]
        return held

    def has_user(self, username: str) -> bool:
        """Whether somebody has an entry under this name."""
        return username in self.firm.users or username in self.section("users", username)

    def user(self, username: str) -> Entry:
        """The entry of a person, or of the fill user. Raises NotInTheFile."""
        fill = self.firm.fillService
        if fill and fill.user.username == username:
            found: Entry = self.values[self.firm_file]["fillService"]["user"]
            return found
        users = self.section("users", username)
        if username not in users:
            near = nearest_name(username, tuple(self.firm.users))
            hint = f'; did you mean "{near}"?' if near else ""
            raise NotInTheFile(f'there is no user "{shown(username)}" in {self.firm_file.name}{hint}')
        users[username] = users[username] or {}
        entry: Entry = users[username]
        return entry

    def account(self, number: str) -> Entry:
        """What the section accounts says of an account, made where it says nothing."""
        accounts = self.section("accounts", number, self._home_of(number))
        accounts[number] = accounts.get(number) or {}
        entry: Entry = accounts[number]
        return entry

    def users_with(self, number: str) -> list[str]:
        """Who lists an account."""
        return [
            username
            for values in self.values.values()
            for username, user in (values.get("users") or {}).items()
            if number in ((user or {}).get("accounts") or ())
        ]

    def _home_of(self, number: str) -> Path | None:
        """The file with the first user who lists an account."""
        users = self.users_with(number)
        paths = [
            path for path, values in self.values.items() if users and users[0] in (values.get("users") or {})
        ]
        return paths[0] if paths else None

    def texts(self) -> dict[Path, str]:
        """The text of each file as it would be. Raises NotEditable."""
        return {path: edited(text, self.values[path]) for path, text in self._texts.items()}

    def checked(self, cells: Mapping[Loc, Place] | None = None) -> Firm:
        """The firm that the files would describe. `cells`: where values come from, if not from a person's
        hand. Raises FileError with every mistake; NotEditable."""
        self._without_empty()
        document, mistakes = read_firm(self.firm_file, self.texts())
        for loc, place in (cells or {}).items():
            document.put_place(loc, place)
        return firm_of(document, mistakes, self.risk_manager)

    def difference(self) -> str:
        """What would change, as `diff -u` shows it; empty where nothing would."""
        self._without_empty()
        told = []
        for path, text in self.texts().items():
            before, after = self._texts[path].splitlines(), text.splitlines()
            lines = difflib.unified_diff(before, after, path.name, path.name, n=2, lineterm="")
            told += list(lines)
        return "\n".join(told)

    def write(self, beside: Mapping[Seen, bytes] = MappingProxyType({})) -> list[Path]:
        """Write the files that change, where they still are as they were read, and others `beside` them: all
        or none. Returns them. Raises NotWritten."""
        ours = {self._seen[path]: text.encode() for path, text in self.changed().items()}
        write_over({**ours, **beside})
        return [seen.path for seen in (*ours, *beside)]

    def changed(self) -> dict[Path, str]:
        """The files that change, with what they would hold."""
        self._without_empty()
        return {path: text for path, text in self.texts().items() if text != self._texts[path]}

    def _without_empty(self) -> None:
        """Takes out sections that a look has made, and those that are empty now and hold no comment."""
        for path, values in self.values.items():
            text = self._texts[path]
            given = values_of(text) or {}
            for name in ("users", "accounts"):
                if name in values and not values[name]:
                    if name in given and not given[name]:
                        values[name] = given[name]
                    elif name not in given or (name == "accounts" and not has_comments(text, name)):
                        del values[name]


def in_words(error: FileError) -> list[str]:
    """The mistakes of a change that is not written, so without the lines that it would have."""
    return [str(Mistake(each.file, 0, each.field, each.wrong, each.right)) for each in error.mistakes]
