"""Tables in Excel files: numbers and dates as the cells hold them, made texts without a loss, or with words
for what Excel has lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from t4firm.spreadsheets.csv_file import header_row
from t4firm.spreadsheets.sheet import Cell, Sheet, cell_of_text, sheet_of
from t4firm.yaml_files.mistakes import FileError, Mistake, listed, shown

MOST_DIGITS: Final = 15  # of a number that Excel keeps; the others become zeros
_ZEROS = re.compile(r"0{2,}")  # a format for codes: 00000 shows 4103 as 04103

AS_TEXT: Final = "format the column as text and write it again"


def read_xlsx(path: Path, known: Callable[[str], bool], name: str = "") -> Sheet:
    """The table in one sheet of an Excel file; `name`: which. Raises FileError."""
    try:
        values = load_workbook(path, data_only=True)
        written = load_workbook(path)  # with formulas: a result that was never saved is told from nothing
    except (OSError, BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        wrong = f"cannot be read as an Excel file ({shown(str(error))})"
        raise FileError([Mistake(path.name, 0, "", wrong, "save it as .xlsx, or export it as CSV")]) from None
    names = [sheet.title for sheet in values.worksheets if sheet.sheet_state == "visible"]
    if name and name not in names:
        wrong = f'has no sheet "{shown(name)}"'
        raise FileError([Mistake(path.name, 0, "", wrong, f"its sheets are {listed(names)}")])
    if not name and len(names) > 1:
        wrong = f"has several sheets: {listed(names)}"
        raise FileError([Mistake(path.name, 0, "", wrong, "name one with --sheet")])
    chosen = name or names[0]
    sheet: Any = values[chosen]
    formulas: Any = written[chosen]
    for merged in list(sheet.merged_cells.ranges):  # what is merged says the same in each of its rows
        value = sheet.cell(merged.min_row, merged.min_col).value
        sheet.unmerge_cells(str(merged))
        for row in range(merged.min_row, merged.max_row + 1):
            sheet.cell(row, merged.min_col).value = value
    rows = [
        (number, tuple(_cell(cell, formulas.cell(cell.row, cell.column).value) for cell in row))
        for number, row in enumerate(sheet.iter_rows(), 1)
    ]
    header, _ = header_row((row for _, row in rows), known)
    if not rows:
        wrong = f"the sheet {shown(chosen)} is empty"
        raise FileError([Mistake(path.name, 0, "", wrong, "name one with a row of headers")])
    return sheet_of(path.name, rows, header, f"sheet {shown(chosen)}")


def _cell(cell: Any, formula: object) -> Cell:
    value = cell.value
    if value is None:
        if isinstance(formula, str) and formula.startswith("="):
            return Cell("", "is a formula whose result is not in the file", "open and save it in Excel")
        return Cell()
    if cell.data_type == "e":
        return Cell(str(value), f"is an error of the spreadsheet ({shown(str(value))})", "correct it there")
    if isinstance(value, bool):
        return Cell("yes" if value else "no")
    if isinstance(value, datetime):
        return Cell(value.isoformat(timespec="seconds"), is_time=True)
    if isinstance(value, date):
        return Cell(value.isoformat(), is_time=True)
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    return cell_of_text(str(value))


def _number(value: float, form: str) -> Cell:
    if not float(value).is_integer():
        return Cell(str(value))
    digits = str(int(value))
    if len(digits.lstrip("-")) > MOST_DIGITS:
        wrong = f"has more than {MOST_DIGITS} digits, and Excel makes zeros of the rest of a number"
        return Cell(digits, wrong, AS_TEXT)
    return Cell(digits.zfill(len(form)) if _ZEROS.fullmatch(form) else digits)
