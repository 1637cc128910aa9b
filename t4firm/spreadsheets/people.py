"""Rows become users and accounts, as entries of a firm file have them; each value keeps its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from t4firm.spreadsheets import wording
from t4firm.spreadsheets.columns import ADOPT_ACCOUNT, FULL_NAME, OF_ACCOUNTS, SIGNATURES, Columns
from t4firm.spreadsheets.postal_codes import DIGITS, lacks_digits
from t4firm.spreadsheets.sheet import Cell, Row, Sheet
from t4firm.yaml_files.document import Loc
from t4firm.yaml_files.mistakes import Mistake, some
from t4firm.yaml_files.parser import Place

CODES: Final = ("phone", "postCode")
TRUTHS: Final = ("adopt", "enabled", ADOPT_ACCOUNT)

Words = tuple[str, str]


@dataclass
class People:
    """What a sheet says: the fields of each user and account, the cell of each value, and what cannot be
    read."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    cells: dict[Loc, Place] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def people_of(sheet: Sheet, columns: Columns, country: str = "") -> People:
    """The users and accounts of a sheet. `country`: that of people who have none in it."""
    reading = _Reading(sheet, columns)
    for row in sheet.rows:
        reading.row(row)
    reading.finish(country)
    return reading.found


class _Reading:
    def __init__(self, sheet: Sheet, columns: Columns) -> None:
        self.sheet = sheet
        self.columns = columns
        self.found = People()
        self.username = ""
        self.first: dict[tuple[str, ...], tuple[object, int]] = {}  # a value, and the row that says it first

    def row(self, row: Row) -> None:
        for index in range(len(self.sheet.headers), len(row.cells)):
            if not row.cells[index].is_empty:
                self._wrong(
                    self._place(row, index),
                    "there is a value, but no header",
                    "check the separators of this row",
                )
        username = self._username(row)
        if username is None:
            return
        entry = self.found.users.setdefault(username, {})
        if ("users", username) not in self.found.cells:
            [at] = self.columns.of("username")
            self.found.cells["users", username] = self._place(row, at)
        about: dict[str, tuple[Any, int]] = {}
        numbers: list[str] = []
        for index, name in enumerate(self.columns.fields):
            cell = row.cells[index]
            if not name or name == "username":
                continue
            self.found.cells.setdefault(("users", username, name), self._place(row, index))
            if cell.is_empty:
                continue
            if cell.wrong:
                self._wrong(self._place(row, index), cell.wrong, cell.right)
            elif name == "accounts":
                numbers += self._accounts(row, index, username, entry)
            elif (value := self._value(row, index, name, cell)) is None:
                continue
            elif name in OF_ACCOUNTS:
                about[name] = (value, index)
            else:
                self._field(row, index, username, name, value)
        self._about_account(row, numbers, about)

    def finish(self, country: str) -> None:
        """States by their codes, once the country is known; and what may have lost its first zero."""
        short: dict[str, list[int]] = {}
        for username, entry in self.found.users.items():
            of_country = entry.get("country") or country
            if "state" in entry:
                entry["state"] = wording.state(entry["state"], of_country)
            if lacks_digits(str(entry.get("postCode", "")), of_country):
                row = self.found.cells["users", username, "postCode"].line
                short.setdefault(of_country, []).append(row)
        for each, rows in sorted(short.items()):
            which = f"{'row' if len(rows) == 1 else 'rows'} {some(map(str, sorted(rows)))}"
            self.found.warnings.append(
                f"{which}: the postal code is too short: in {each} it has {DIGITS[each]} digits. "
                "Spreadsheets drop zeros at the beginning"
            )

    def _username(self, row: Row) -> str | None:
        """Whose row it is: a row that says only something of an account goes on with the user before it."""
        [at] = self.columns.of("username")
        cell = row.cells[at]
        if not cell.is_empty:
            if cell.wrong:
                self._wrong(self._place(row, at), cell.wrong, cell.right)
                return None
            self.username = cell.text
            return cell.text
        person = [
            index
            for index, name in enumerate(self.columns.fields)
            if name and name not in (*OF_ACCOUNTS, "accounts") and not row.cells[index].is_empty
        ]
        if person or not self.username:
            self._wrong(
                self._place(row, at), "is empty, so it is not known whose row it is", "write the username"
            )
            return None
        return self.username

    def _accounts(self, row: Row, index: int, username: str, entry: dict[str, Any]) -> list[str]:
        listed = entry.setdefault("accounts", [])
        numbers = [wording.number(each) for each in wording.several(row.cells[index].text)]
        for number in numbers:
            self.found.cells.setdefault(("accounts", number), self._place(row, index))
            self.found.cells["users", username, "accounts", len(listed)] = self._place(row, index)
            listed.append(number)
        self.found.cells.setdefault(("users", username, "accounts"), self._place(row, index))
        return numbers

    def _about_account(self, row: Row, numbers: list[str], about: Mapping[str, tuple[Any, int]]) -> None:
        for name, (value, index) in about.items():
            place = self._place(row, index)
            if len(numbers) != 1:
                wrong = f"is of one account, and this row has {len(numbers) or 'none'}"
                self._wrong(place, wrong, "write each account in a separate row, with the same username")
                continue
            field_name = "adopt" if name == ADOPT_ACCOUNT else name
            if self._is_said_before(row, place, ("accounts", numbers[0], field_name), value):
                self.found.accounts.setdefault(numbers[0], {})[field_name] = value
                self.found.cells.setdefault(("accounts", numbers[0], field_name), place)

    def _field(self, row: Row, index: int, username: str, name: str, value: Any) -> None:
        """One field of a user; `marketData.CME` and the like are part of a group."""
        place, entry = self._place(row, index), self.found.users[username]
        for path, part in _parts(name, value):
            if path == ("applications",):
                held = entry.setdefault("applications", [])
                new = [each for each in part if each not in held]
                for each in new:
                    self.found.cells["users", username, "applications", len(held)] = place
                    held.append(each)
                self.found.cells.setdefault(("users", username, "applications"), place)
            elif self._is_said_before(row, place, ("users", username, *path), part):
                group = entry
                for step in path[:-1]:
                    group = group.setdefault(step, {})
                group[path[-1]] = part
                self.found.cells["users", username, *path] = place

    def _is_said_before(self, row: Row, place: Place, loc: tuple[str, ...], value: object) -> bool:
        """Whether a row may say this: no row before it says otherwise."""
        before, number = self.first.setdefault(loc, (value, row.number))
        if before != value:
            wrong = f"does not agree with row {number} about the same {loc[0].removesuffix('s')}"
            self._wrong(place, wrong, "write the same in both, or leave one empty")
        return before == value

    def _value(self, row: Row, index: int, name: str, cell: Cell) -> Any:
        """What a cell says, as the firm file has it; None where it cannot be read."""
        text = self.columns.values.get(name, {}).get(cell.text, cell.text)
        place = self._place(row, index)
        if cell.is_time and not name.startswith(SIGNATURES):
            self._wrong(place, "is stored as a date", "format the column as text and write it again")
        elif name in TRUTHS or name.startswith("applications."):
            if (truth := wording.yes_or_no(text)) is None:
                self._wrong(place, "is neither yes nor no", "write yes or no, or leave it empty")
            return truth
        elif name == "apptype":
            truth = wording.yes_or_no(text) if "professional" in self.sheet.headers[index].lower() else None
            words = {True: "Professional", False: "NonProfessional"}
            return words[truth] if truth is not None else wording.apptype(text)
        elif name == "country":
            return wording.country(text)
        elif name in CODES:
            return wording.number(text)
        elif name == "applications":
            return wording.several(text)
        elif name == "marketData":
            if (exchanges := wording.exchanges(text)) is None:
                self._wrong(
                    place, "is not market data", "write exchange and type, such as CME: Depth; ICE: TOB"
                )
            return exchanges
        elif name == FULL_NAME:
            if (names := wording.full_name(text)) is None:
                wrong = "does not tell which is the last name"
                self._wrong(place, wrong, "write it as Ohio, Ann; or make columns of first and last name")
            return names
        elif name.startswith(SIGNATURES):
            return text.replace(" ", "T", 1)
        else:
            return text
        return None

    def _place(self, row: Row, index: int) -> Place:
        return Place(row.number, None, self.sheet.file, self.sheet.column(index))

    def _wrong(self, place: Place, wrong: str, right: str) -> None:
        self.found.mistakes.append(Mistake(self.sheet.file, place.line, place.name, wrong, right))


def _parts(name: str, value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A value of a column, as fields of the entry with their paths."""
    group, _, rest = name.partition(".")
    if name == FULL_NAME:
        yield from zip((("firstname",), ("lastname",)), value, strict=True)
    elif group == "applications" and rest:
        if value:
            yield ("applications",), [rest]
    elif name == "marketData":
        yield from ((("marketData", exchange), kind) for exchange, kind in value.items())
    elif name.startswith(f"{SIGNATURES}."):
        yield ("eula", "signatures", name.removeprefix(f"{SIGNATURES}.")), value
    elif rest:
        yield (group, rest), value
    else:
        yield (name,), value
