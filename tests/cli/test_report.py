"""`t4firm report`: the page on a terminal, as CSV and as JSON, and how it is asked for."""

import csv
import io
import json
from dataclasses import replace

from rich.console import Console

from t4firm_cli.json_form import json_form
from t4firm_cli.report.command import as_json
from t4firm_cli.report.table import COLUMNS, as_csv
from t4firm_cli.report.terminal import ITEMS, show
from tests.browser.pages import HOSTILE, firm, hostile
from tests.cli.conftest import Folder


def lines(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(text))]


def test_csv_has_a_line_for_each_user_and_account_with_who_says_so_and_since_when() -> None:
    first, second, *_, other = lines(as_csv(firm()))
    assert (first["user"], first["account"], second["user"], second["account"]) == (
        *("trader.0001", "00011"),
        *("trader.0001", "00012"),
    )
    assert (first["state"], first["stateBy"], first["stateSince"]) == ("enabled", "T4", "2026-11-20")
    assert (first["agreements"], first["agreementsBy"]) == ("signed", "A. Administrator (ticket 4711)")
    assert (first["marketData"], first["cost"]) == ("CME Depth", "12.5 USD")
    assert (other["user"], other["account"], other["fills"]) == ("", "77777", "unmanaged")


def test_no_cell_of_the_csv_is_a_formula() -> None:
    user = firm(1).users[0]
    for begins in ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"):
        page = replace(firm(1), users=(replace(user, username=begins),))
        assert lines(as_csv(page))[0]["user"].startswith("'")


def test_hostile_words_stay_in_their_cells() -> None:
    text = as_csv(hostile())
    assert all(len(line) == len(COLUMNS) for line in csv.reader(io.StringIO(text)))
    assert "\u202e" not in text


def test_a_terminal_shows_the_questions_and_a_line_for_each_account() -> None:
    written = io.StringIO()
    show(firm(20), Console(file=written, width=160))
    text = written.getvalue()
    assert text.startswith("VIOLATION: WhenTechFillUser has Trading\n")
    assert "Can everybody trade? Not shown" in text
    assert f"- and {6 - ITEMS} more" in text
    assert text.count("enabled (T4 2026-11-20)") == 40


def test_no_word_can_paint_on_a_terminal() -> None:
    written = io.StringIO()
    show(hostile(), Console(file=written, width=160, force_terminal=True))
    assert "\u202e" not in written.getvalue()
    assert HOSTILE[0] in written.getvalue()


def test_json_has_the_questions_first_and_all_that_the_page_shows() -> None:
    form = json_form(as_json(firm()))
    assert [*form][:3] == ["questions", "firm", "stack"]
    assert form["users"][0]["stands"]["by"] == "T4"
    assert form["users"][0]["marketData"][0]["fee"] == "12.5 USD"


def test_a_firm_that_no_run_has_reached_is_shown_as_its_file_says(folder: Folder) -> None:
    folder.t4firm("simulator", "start")
    table = folder.t4firm("report", "--stack", "demo", "--csv", "-").out
    assert {line["inT4"] for line in lines(table)} == {"not in T4 yet"}
    said = folder.t4firm("report", "--stack", "demo", "--html", "firm.html", "--json")
    assert said.code == 2
    assert said.err == "Wrote firm.html.\n"
    assert json.loads(said.out)["questions"][0]["answer"] == "No"
    assert "no run yet" in (folder.path / "firm.html").read_text()


def test_a_file_that_cannot_be_written_is_said(folder: Folder) -> None:
    folder.t4firm("simulator", "start")
    said = folder.t4firm("report", "--stack", "demo", "--html", "no/firm.html")
    assert said.code == 1
    assert said.err == "no/firm.html cannot be written: No such file or directory\n"
