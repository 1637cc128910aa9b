"""A table that was read: a row of headers, and rows of cells, each with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from t4firm.yaml_files.mistakes import UNSEEN, codepoint, shown
from t4firm.yaml_files.parser import LONGEST

NOTHING: Final = frozenset({"", "-", "--", "\u2013", "\u2014", "n/a", "#n/a"})
"""What people write into a cell that is to say nothing."""

# Excel shows a long number so, and saves no more of it in a text file.
_ROUNDED = re.compile(r"-?\d(?:[.,]\d+)?[Ee][+]?\d+")
# A text in the form of a formula, so that a spreadsheet keeps its zeros: ="04103"
_AS_FORMULA = re.compile(r'="(.*)"')


@dataclass(frozen=True)
class Cell:
    """What a cell says. `wrong`, `right`: what is lost in it, and what to do; empty where nothing is.
    `is_time`: the spreadsheet holds it as a date, and the text is that date in ISO 8601."""

    text: str = ""
    wrong: str = ""
    right: str = ""
    is_time: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.wrong and self.text.lower() in NOTHING


@dataclass(frozen=True)
class Row:
    """One row, with the number that a spreadsheet shows beside it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_empty(self) -> bool:
        return all(cell.is_empty for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """The rows below a row of headers. `how`: how the file was read, for people to check."""

    file: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    how: str = ""
    labels: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """A label for each column: its header, with the column's letter where two have the same."""
        twice = {header for header in self.headers if self.headers.count(header) > 1}
        labels = (
            f"{header} ({letters(index)})" if header in twice else header
            for index, header in enumerate(self.headers)
        )
        object.__setattr__(self, "labels", tuple(labels))

    def column(self, index: int) -> str:
        """A column as a mistake names it: `column E, "E-mail"`."""
        header = shown(self.headers[index], 30) if index < len(self.headers) else ""
        return f'column {letters(index)}, "{header}"' if header else f"column {letters(index)}"


def letters(index: int) -> str:
    """The name of a column in a spreadsheet: A, B … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def cell_of_text(text: str) -> Cell:
    """A cell of a text file."""
    found = _AS_FORMULA.fullmatch(text.strip())
    text = re.sub(r"[\t\xa0]", " ", found[1] if found else text).replace("\r\n", "\n").strip()
    if unseen := UNSEEN.search(text):
        wrong = f"has an invisible character ({codepoint(unseen.group())})"
        return Cell(text, wrong, "remove it; retyping the cell is the surest way")
    if len(text) > LONGEST:
        return Cell(text, f"is longer than {LONGEST} characters", "check the quotes around texts")
    if _ROUNDED.fullmatch(text):
        return Cell(
            text,
            f"the spreadsheet rounded this number ({shown(text)}): some digits are lost",
            "format the column as text, write the number again, and export again",
        )
    return Cell(text)


def sheet_of(file: str, table: Sequence[tuple[int, tuple[Cell, ...]]], header: int, how: str) -> Sheet:
    """The sheet whose headers are in the line `header` of a table of numbered rows."""
    headers = tuple(" ".join(cell.text.split()) for cell in table[header][1])
    while headers and not headers[-1]:
        headers = headers[:-1]
    width = len(headers)
    rows = [Row(number, _wide(cells, width)) for number, cells in table[header + 1 :]]
    return Sheet(file, headers, tuple(row for row in rows if not row.is_empty), how)


def _wide(cells: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    """The cells of a row, as many as there are headers; more, where there are some without a header."""
    return cells + (Cell(),) * (width - len(cells))
