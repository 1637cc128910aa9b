"""`t4firm import csv` and `xlsx`: what people see, what is written, and what is not."""

import errno
import json
import tempfile
from typing import Any

import pytest
import typer

from t4firm.yaml_files.atomic_files import NotWritten
from t4firm_cli.firm_files import sheet_import
from t4firm_cli.firm_files.written_change import Consent
from t4firm_cli.project.layout import Project
from tests.cli.conftest import Answer, Folder

PEOPLE = """\
Login,First name,Last name,E-mail,Phone,Street,City,County,State,ZIP,Country,Account,Notes
ann.ohara,Ann,O'Hara,a@example.com,555-1,2 Elm St,Reno,Washoe,NV,89501,US,77777,new
"""


def test_a_dry_run_shows_all_and_writes_nothing(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    folder.write("people.csv", PEOPLE)
    said = folder.t4firm("import", "csv", "people.csv", "--dry-run")
    assert said.code == 2
    assert "people.csv: 1 row (utf-8, separated by commas)" in said.out
    assert "E-mail                       email" in said.out
    assert "Notes                        not read" in said.out
    assert (
        "people.csv: warning: no column says who uses WhenTech, so 1 new user gets no application, and no "
        "fills are captured. Add a column WhenTech with yes or no, or write into people.columns.yaml which "
        "column is `applications` or `applications.WhenTech`\n"
    ) in said.err
    assert "+    lastname: O'Hara" in said.out
    assert folder.firm_file.read_text() == before
    assert not (folder.path / "people.columns.yaml").exists()


def test_it_asks_before_it_writes_and_needs_a_word_where_nobody_can_be_asked(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    folder.write("people.csv", PEOPLE)
    said = folder.t4firm("import", "csv", "people.csv")
    assert said.code == 1
    assert "--yes" in said.err
    assert folder.firm_file.read_text() == before


def test_the_entries_come_into_the_file_and_the_columns_are_kept(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    folder.write("people.csv", PEOPLE)
    said = folder.t4firm("import", "csv", "people.csv", "--yes")
    assert said.code == 0, said.err
    assert "Login: username" in (folder.path / "people.columns.yaml").read_text()
    after = folder.firm_file.read_text()
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    assert folder.t4firm("validate").code == 0
    again = folder.t4firm("import", "csv", "people.csv", "--yes")
    assert "Columns, as people.columns.yaml says, a file that is already there:\n" in again.out
    assert "who uses WhenTech" not in again.err, "nobody is new"
    assert again.out.endswith("Nothing changes: the firm file already says all of it.\n")


def test_a_no_leaves_the_columns_unwritten_too(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = folder.write("people.csv", PEOPLE)
    monkeypatch.setattr("sys.stdin", Answer("n\n"))
    with pytest.raises(typer.Abort):
        sheet_import.run(Project(folder.path), "demo", sheet_import.Asked(table), Consent())
    assert "Is one wrong? Say so in people.columns.yaml" in capsys.readouterr().out
    assert not (folder.path / "people.columns.yaml").exists()


def test_where_the_columns_cannot_be_kept_nothing_is_written(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folder.firm_file.read_text()
    table = folder.write("people.csv", PEOPLE)
    mkstemp = tempfile.mkstemp

    def read_only(**asked: Any) -> tuple[int, str]:
        if asked["dir"] == table.parent:
            raise OSError(errno.EROFS, "Read-only file system")
        return mkstemp(**asked)

    monkeypatch.setattr(tempfile, "mkstemp", read_only)
    with pytest.raises(
        NotWritten, match=r"people\.columns\.yaml cannot be written: Read-only file system\. Noth"
    ):
        sheet_import.run(Project(folder.path), "demo", sheet_import.Asked(table), Consent(yes=True))
    assert folder.firm_file.read_text() == before


def test_without_a_username_it_says_what_to_write(folder: Folder) -> None:
    folder.write("people.csv", PEOPLE.replace("Login", "Desk: code"))
    said = folder.t4firm("import", "csv", "people.csv", "--yes")
    words = (
        "people.csv: no column is known to be the username. Nothing was written. Name it in "
        "people.columns.yaml, for example:\n"
    )
    assert said.code == 1
    assert said.err.startswith(words)
    assert not (folder.path / "people.columns.yaml").exists()
    folder.write("people.columns.yaml", said.err.removeprefix(words))
    assert folder.t4firm("import", "csv", "people.csv", "--yes").code == 0


def test_mistakes_by_row_and_column_write_nothing(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    folder.write("people.csv", PEOPLE.replace("77777", "77-777").replace("Reno", ""))
    said = folder.t4firm("import", "csv", "people.csv", "--yes")
    assert said.code == 1
    assert said.err.startswith("people.csv: warning: nothing is read from Notes. If one of them says")
    assert (
        "name its field in people.columns.yaml\n"
        'people.csv: row 2, column G, "City": is empty; fill it in\n'
        'people.csv: row 2, column L, "Account": "77-777" is not an account number; '
    ) in said.err
    assert said.err.endswith("2 mistakes\nNothing was written into the firm file.\n")
    assert folder.firm_file.read_text() == before
    assert not (folder.path / "people.columns.yaml").exists()


def test_new_users_go_into_an_included_file(folder: Folder) -> None:
    folder.replace("firm: Example Trading LLC\n", "firm: Example Trading LLC\ninclude: [rates.users.yaml]\n")
    desk = folder.write("stacks/rates.users.yaml", "# the rates desk\nusers: {}\n")
    before = folder.firm_file.read_text()
    folder.write("people.csv", PEOPLE)
    said = folder.t4firm("import", "csv", "people.csv", "--yes", "--into", "rates.users.yaml")
    assert said.code == 0, said.err
    assert folder.firm_file.read_text() == before
    assert desk.read_text().startswith("# the rates desk\nusers:\n  ann.ohara:\n    firstname: Ann\n")


def test_a_program_is_told_what_came_of_a_sheet(folder: Folder) -> None:
    folder.write("people.csv", PEOPLE.replace("Reno", ""))
    wrong = folder.t4firm("import", "csv", "people.csv", "--yes", "--json")
    [mistake] = json.loads(wrong.out)["mistakes"]
    assert (wrong.code, mistake["file"], mistake["line"]) == (1, "people.csv", 2)
    folder.write("people.csv", PEOPLE)
    done = folder.t4firm("import", "csv", "people.csv", "--yes", "--json")
    found = json.loads(done.out)
    assert (done.code, found["written"]) == (0, True)
    assert found["files"] == ["demo.firm.yaml", "people.columns.yaml"]
