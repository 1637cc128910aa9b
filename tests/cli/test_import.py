"""`t4firm import csv` and `xlsx`: what people see, what is written, and what is not."""

import json

from tests.cli.conftest import Folder

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
    assert again.out.endswith("Nothing changes: the firm file already says all of it.\n")


def test_mistakes_by_row_and_column_write_nothing(folder: Folder) -> None:
    before = folder.firm_file.read_text()
    folder.write("people.csv", PEOPLE.replace("77777", "77-777").replace("Reno", ""))
    said = folder.t4firm("import", "csv", "people.csv", "--yes")
    assert said.code == 1
    assert said.err.startswith(
        'people.csv: row 2, column G, "City": is empty; fill it in\n'
        'people.csv: row 2, column L, "Account": "77-777" is not an account number; '
    )
    assert said.err.endswith("2 mistakes\nNothing was written into the firm file.\n")
    assert folder.firm_file.read_text() == before


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
    assert (done.code, found["written"], found["files"]) == (0, True, ["demo.firm.yaml"])
