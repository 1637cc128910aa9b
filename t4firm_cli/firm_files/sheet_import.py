"""`t4firm import csv FILE`, `t4firm import xlsx FILE`: a firm's table of people comes into its firm file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from t4firm.spreadsheets import columns as columns_of
from t4firm.spreadsheets.columns import ENDING, Columns
from t4firm.spreadsheets.csv_file import read_csv
from t4firm.spreadsheets.merging import SheetErrors, merge
from t4firm.spreadsheets.people import people_of
from t4firm.spreadsheets.sheet import Sheet
from t4firm.spreadsheets.xlsx_file import read_xlsx
from t4firm.yaml_files.edited_files import Seen
from t4firm.yaml_files.mistakes import counted, listed
from t4firm.yaml_files.writing import block
from t4firm_cli.firm_files.written_change import Consent, Outcome, files_of, named_file, refuse, write
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.terminal import complain


@dataclass(frozen=True)
class Asked:
    """What was asked for. `columns`: the file that says which column is which field; `into`: the included
    file for new users."""

    file: Path
    columns: Path | None = None
    into: Path | None = None
    encoding: str = ""
    separator: str = ""
    sheet: str = ""


NEXT = "Next: `t4firm validate`, then a pull request, or `t4firm preview`."


def run(project: Project, stack: str, asked: Asked, consent: Consent) -> int:
    """Read, check, show, ask, write. 1: mistakes, by row and column; 2: a dry run that would write."""
    consent.needs_a_terminal()
    files = files_of(project, stack)
    sheet = _sheet(asked)
    consent.say(f"{sheet.file}: {counted(len(sheet.rows), 'row')} ({sheet.how})", "heading")
    columns, kept = _columns(asked, sheet, consent)
    people = people_of(sheet, columns, files.firm.defaults.user.country or "")
    try:
        merge(files, sheet, people, named_file(project, files, asked.into))
    except SheetErrors as error:
        words = (*str(error).split("\n"), counted(len(error.mistakes), "mistake"))
        return refuse(stack, error.mistakes, consent, words)
    new = len(people.users.keys() - files.firm.users.keys())
    known = len(people.users) - new
    for warning in (*people.warnings, *_without_applications(columns, new, _columns_file(asked))):
        complain(f"{sheet.file}: warning: {warning}", "warning")
    consent.say(f"{counted(len(people.users), 'user')} in it: {new} new, {known} already in the firm file")
    return write(files, consent, Outcome(stack, next=NEXT), kept)


def _sheet(asked: Asked) -> Sheet:
    if not asked.file.is_file():
        there = asked.file.exists()
        raise ProjectError(f"{asked.file} is no ordinary file" if there else f"there is no file {asked.file}")
    is_excel = asked.file.suffix.lower() in (".xlsx", ".xlsm")
    if is_excel and (asked.encoding or asked.separator):
        raise ProjectError("--encoding and --separator are of a text file: an Excel file has neither")
    if asked.sheet and not is_excel:
        raise ProjectError("--sheet is of an Excel file (.xlsx): a text file has no sheets")
    if is_excel:
        return read_xlsx(asked.file, columns_of.is_known, asked.sheet)
    separator = {"tab": "\t", "\\t": "\t"}.get(asked.separator, asked.separator)
    if len(separator) > 1:
        raise ProjectError("--separator must be one character, or `tab`")
    return read_csv(asked.file, columns_of.is_known, asked.encoding, separator)


def _without_applications(columns: Columns, new: int, file: Path) -> Iterator[str]:
    """That nobody of the new users gets WhenTech, where no column could say it."""
    if new and not any(name.partition(".")[0] == "applications" for name in columns.fields):
        yield (
            f"no column says who uses WhenTech, so {counted(new, 'new user gets', 'new users get')} no "
            "application, and no fills are captured. Add a column WhenTech with yes or no, or write into "
            f"{file.name} which column is `applications` or `applications.WhenTech`"
        )


def _columns_file(asked: Asked) -> Path:
    """Where it is kept which column is which field."""
    return asked.columns or asked.file.with_name(f"{asked.file.stem}{ENDING}")


def _columns(asked: Asked, sheet: Sheet, consent: Consent) -> tuple[Columns, Mapping[Seen, bytes]]:
    """Which column is which field: as the file says, else guessed. It is shown; and where it was guessed,
    what the file is to keep of it with the change."""
    path = _columns_file(asked)
    if is_known := path.exists():
        columns, whence = columns_of.load_columns(path, sheet), f"as {path} says"
        whence += "" if asked.columns else ", a file that is already there"
    elif asked.columns:
        raise ProjectError(f"there is no file {path}")
    else:
        columns, whence = columns_of.guessed(sheet), "recognized from the headers"
    consent.say(f"Columns, {whence}:")
    for label, name in columns_of.shown_columns(columns, sheet):
        consent.say(f"  {label:<28} {name}", "aside" if name == "not read" else "plain")
    for label in columns_of.password_columns(sheet):
        complain(
            f"{sheet.file}: warning: the column {label} is not read. Delete it: T4's passwords are derived "
            "(`t4firm password`)",
            "warning",
        )
    if not columns.of("username"):
        lines = ("columns:", *block({next(filter(None, sheet.labels), "Login"): "username"}, "  "))
        raise ProjectError(
            f"{sheet.file}: no column is known to be the username. Nothing was written. Name it in {path}, "
            "for example:\n" + "\n".join(lines)
        )
    if is_known:
        return columns, {}
    secret = [*columns_of.password_columns(sheet)]
    unread = [label for label, name in columns_of.shown_columns(columns, sheet) if name == "not read"]
    if left := [label for label in unread if label not in secret]:
        complain(
            f"{sheet.file}: warning: nothing is read from {listed(left)}. If one of them says something that "
            f"the firm file should say, name its field in {path.name}",
            "warning",
        )
    consent.say(f"Is one wrong? Say so in {path.name} (docs/import.md), and import again.")
    text = columns_of.text_of(columns, sheet, date.today().isoformat())
    return columns, {Seen(path, None): text.encode()}
