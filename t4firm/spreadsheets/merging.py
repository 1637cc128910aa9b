"""Users and accounts of a sheet come into a firm file; mistakes are told by row and column, all at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from t4firm.edits.entries import put_account, put_user
from t4firm.edits.firm_files import FirmFiles
from t4firm.model.values import NO_PLACE
from t4firm.rules.people import NO_OWNER
from t4firm.spreadsheets.people import People
from t4firm.spreadsheets.sheet import Sheet
from t4firm.yaml_files.document import FileError, Mistake

OWNER_IN_A_SHEET: Final = (
    "add a column Owner with the username of the owner, and write this account in a separate row, with the "
    "same username"
)
"""The firm file cannot say whose an account is before anybody in it has the account."""


class SheetErrors(ValueError):
    """All that is wrong with a sheet, in the order of its rows and columns. `str()`: one mistake a line."""

    def __init__(self, sheet: Sheet, mistakes: Iterable[Mistake]) -> None:
        order = {sheet.column(index): index for index in range(len(sheet.headers))}

        def place(each: Mistake) -> tuple[bool, int, int, Mistake]:
            column = order.get(each.field.rsplit(": ", 1)[0], len(order))
            return each.file != sheet.file, each.line, column, each

        self.mistakes = sorted(_for_a_sheet(sheet, set(mistakes), order), key=place)
        super().__init__("\n".join(said(each, sheet) for each in self.mistakes))


def _for_a_sheet(sheet: Sheet, mistakes: Iterable[Mistake], columns: Container[str]) -> Iterator[Mistake]:
    """The mistakes, in words for a sheet, with one for each field that lacks because no column is it."""
    lacking: dict[str, list[Mistake]] = defaultdict(list)
    for each in mistakes:
        column, _, name = each.field.rpartition(": ")
        if each.file == sheet.file and each.field not in columns and column in columns:
            lacking[name].append(each)
        elif each.field in columns and each.wrong.startswith("is missing"):
            none = "; or write none, where the country has none" if NO_PLACE in each.right else ""
            yield Mistake(each.file, each.line, each.field, "is empty", f"fill it in{none}")
        elif each.file == sheet.file and each.wrong.endswith(NO_OWNER):
            yield replace(each, right=OWNER_IN_A_SHEET)
        else:
            yield each
    for name, found in lacking.items():
        rows = f"in row {min(found).line}" + (f" and {len(found) - 1} more" if len(found) > 1 else "")
        wrong = f"is missing {rows}, and no column is this field"
        right = "add a column, or a default under defaults.user"
        yield Mistake(sheet.file, 0, name, wrong, right)


def said(mistake: Mistake, sheet: Sheet) -> str:
    """A mistake as people read it beside the sheet: `people.csv: row 17, column E, "E-mail": …`. One in the
    firm file has no line: it is about what is not written yet."""
    of_row = mistake.file == sheet.file and mistake.line
    place = f"row {mistake.line}, {mistake.field}" if of_row else mistake.field
    return str(Mistake(mistake.file, 0, place, mistake.wrong, mistake.right))


def merge(files: FirmFiles, sheet: Sheet, people: People, into: Path | None = None) -> None:
    """Puts what a sheet says into the firm's files; they are checked, not written. Raises SheetErrors."""
    for username, fields in people.users.items():
        put_user(files, username, fields, into)
    for number, fields in people.accounts.items():
        put_account(files, number, fields)
    mistakes = list(people.mistakes)
    try:
        files.checked(people.cells)
    except FileError as error:
        told = {(each.line, each.field) for each in mistakes}
        mistakes += [each for each in error.mistakes if (each.line, each.field) not in told]
    if mistakes:
        raise SheetErrors(sheet, mistakes)
