"""How `t4firm tasks` shows what is to do: as text, as a table, as Markdown, as JSON."""

import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from t4firm.reports.coverage import Coverage
from t4firm.reports.to_do import in_words
from t4firm.review.safe import visible
from t4firm_cli.administrator.tasks import Change, Listed, Report, plain
from t4firm_cli.administrator.tasks_report import as_json, as_markdown, as_text, on_terminal
from tests.cli.conftest import Folder

ASSIGN = Listed(
    "Users",
    "WhenTechFillUser",
    {
        "id": "assign-account/WhenTechFillUser/11111",
        "what": "Users > WhenTechFillUser > setup > Accounts: assign 11111",
        "why": "WhenTech captures the fills of the accounts that the fill user is assigned",
        "status": "open",
        "since": "2026-11-19T09:00:00.000+00:00",
        "closes": "T4's answer to assignAccount or readUser, or a line in the attested file",
        "effective": "when WhenTechFillUser logs off and on again",
    },
)
PHONE = Listed(
    "Users",
    "trader.a",
    {
        "id": "update-user/trader.a/phone",
        "what": "Users > trader.a > setup: set phone to what the firm file says",
        "why": "T4 has another phone",
        "status": "open",
        "since": "2026-11-20T09:00:00.000+00:00",
        "closes": "a line in the attested file",
    },
)
FILL = "WhenTechFillUser"
DECLARE = Listed(
    "Users",
    "trader.a",
    {
        "id": "declare-account/trader.a/77777",
        "what": "Put 77777 under trader.a in the firm file",
        "why": "T4 lists the account",
        "status": "open",
    },
)
CREATED = Listed(
    "Accounts",
    "22222",
    {
        "id": "create-account/22222",
        "what": "Accounts > New Account: account 22222",
        "why": "the firm file gives it",
        "status": "attested",
        "since": "2026-11-19T09:00:00.000+00:00",
        "closes": "a line in the attested file",
        "evidence": "2026-11-20, by A. Admin (ticket 4711)",
    },
)
STRANGE = Coverage(
    "77777", "unmanaged", "trader.a has it in T4, but the firm file does not list it", listed=False
)
UNSAID = Coverage("55555", "unmanaged", "trader.c has WhenTech in T4, but not in the firm file")
REPORT = Report(
    owners={"11111": "trader.a"},
    stack="demo",
    firm="Example Trading LLC",
    tasks=(CREATED, PHONE, ASSIGN),
    coverage=(
        Coverage("11111", "open", "assign-account/WhenTechFillUser/11111"),
        Coverage("22222", "captured", "POST …: 200"),
        STRANGE,
    ),
    subscriptions={"CME Depth": 2},
    fees={"CME Depth": "25 USD for 2 of 2"},
)


def test_text_is_grouped_by_page_then_by_whom_it_is_about() -> None:
    assert as_text(REPORT, closed=False) == (
        "Users\n"
        "  WhenTechFillUser\n"
        "    [open] assign-account/WhenTechFillUser/11111, since 2026-11-19\n"
        "        Users > WhenTechFillUser > setup > Accounts: assign 11111.\n"
        "        Why: WhenTech captures the fills of the accounts that the fill user is assigned.\n"
        "        Takes effect when WhenTechFillUser logs off and on again.\n"
        "        Closed by T4's answer to assignAccount or readUser, or a line in the attested file.\n"
        "  trader.a\n"
        "    [open] update-user/trader.a/phone, since 2026-11-20\n"
        "        Users > trader.a > setup: set phone to what the firm file says.\n"
        "        Why: T4 has another phone.\n"
        "        Closed by a line in the attested file.\n"
        "Fills: 1 of 2 accounts captured, 1 open, 1 UNCOVERED (not in the firm file).\n"
        "  11111  open       assign-account/WhenTechFillUser/11111\n"
        "  77777  unmanaged  trader.a has it in T4, but the firm file does not list it\n"
        "Market data (billed): CME Depth 2 (25 USD for 2 of 2).\n"
        "3 to do (1 in the firm file), 1 closed (--all shows them)."
    )


def test_closed_ones_come_with_their_evidence_where_they_are_asked_for() -> None:
    said = as_text(REPORT, closed=True)
    assert said.startswith("Accounts\n  22222\n    [attested] create-account/22222, since 2026-11-19\n")
    assert "Evidence: 2026-11-20, by A. Admin (ticket 4711)." in said
    assert "  22222  captured   POST …: 200\n" in said
    assert said.endswith("3 to do (1 in the firm file), 1 closed.")


def test_what_came_first_stands_above_everything() -> None:
    over = Report("demo", "Example", (), alarms=("TRIAL OVER: the trial of trader.a ended",))
    assert as_text(over, closed=False).startswith("TRIAL OVER: ")
    assert "**TRIAL OVER: the trial" in as_markdown(over, closed=False)


@pytest.mark.parametrize("width", [60, 160])
def test_a_table_on_a_terminal_loses_nothing(width: int) -> None:
    shown = io.StringIO()
    on_terminal(
        REPORT, closed=True, console=Console(file=shown, width=width, force_terminal=True, color_system=None)
    )
    text = shown.getvalue()
    assert max(len(line) for line in text.splitlines()) <= width
    squeezed = re.sub(r"\s", "", text)
    for heading in ("Users", "Accounts", "trader.a", "2026-11-19", "attested"):
        assert heading in text
    assert "3todo(1inthefirmfile),1closed." in squeezed
    assert "11111openassign-account/WhenTechFillUser/11111" in squeezed


def test_names_are_no_markup_on_a_terminal() -> None:
    shown = io.StringIO()
    trick = Listed("Users", "[red]x[/red]", {**ASSIGN.said, "why": "[bold]because[/bold]"})
    on_terminal(Report("demo", "Example", (trick,)), closed=False, console=Console(file=shown, width=160))
    assert "[red]x[/red]" in shown.getvalue()
    assert "[bold]because[/bold]" in shown.getvalue()


def test_for_a_machine_there_is_everything() -> None:
    report = json.loads(json.dumps(as_json(REPORT)))
    assert [task["id"] for task in report["tasks"]] == [task.said["id"] for task in REPORT.tasks]
    assert report["tasks"][0] | {"page": "Accounts", "about": "22222"} == report["tasks"][0]
    assert report["fillCoverage"]["counts"] == {
        "wanted": 2,
        "assigned": 1,
        "captured": 1,
        "open": 1,
        "excluded": 0,
        "unmanaged": 1,
    }
    assert report["fillCoverage"]["accounts"][0] == {
        "account": "11111",
        "owner": "trader.a",
        "state": "open",
        "because": "assign-account/WhenTechFillUser/11111",
        "listed": True,
    }
    assert report["marketData"] == {
        "subscriptions": {"CME Depth": 2},
        "fees": {"CME Depth": "25 USD for 2 of 2"},
    }


def test_old_and_new_are_shown_where_they_are_known() -> None:
    known = Report("demo", "Example", (Listed(*_parts(PHONE), Change("555-1", "555-2")),))
    assert "Old: 555-1; new: 555-2." in as_text(known, closed=False)
    task = as_json(known)["tasks"][0]
    assert (task["old"], task["new"]) == ("555-1", "555-2")
    assert "old" not in as_json(REPORT)["tasks"][1]


def _parts(task: Listed) -> tuple[str, str, Any]:
    return task.page, task.about, task.said


@pytest.mark.parametrize(
    ("tasks", "coverage", "total"),
    [
        ((PHONE,), (), "1 to do, 0 closed."),
        ((CREATED,), (), "0 to do, 1 closed."),
        ((CREATED,), (Coverage("1", "captured", "x"), Coverage("2", "excluded", "x")), "0 to do, 1 closed."),
        ((CREATED,), (UNSAID,), "1 to do (1 in the firm file), 1 closed."),
        ((DECLARE,), (STRANGE,), "1 to do, 0 closed."),
    ],
)
def test_there_is_something_to_do_while_a_task_is_open_or_an_account_uncovered(
    tasks: tuple[Listed, ...], coverage: tuple[Coverage, ...], total: str
) -> None:
    """The exit code is 2 while this is not 0."""
    report = Report("demo", "Example", tasks, coverage)
    assert as_text(report, closed=True).splitlines()[-1] == total
    assert in_words(report.to_do) == total.partition(",")[0]


def test_assigned_accounts_are_counted_apart_and_what_they_lack_is_said_once() -> None:
    lacks = f"sign-eula/{FILL}, hand-over-credentials/{FILL}"
    coverage = (
        Coverage("11111", "assigned", lacks),
        Coverage("22222", "assigned", lacks),
        Coverage("33333", "open", f"assign-account/{FILL}/33333"),
        UNSAID,
        STRANGE,
    )
    said = as_text(Report("demo", "Example", (), coverage), closed=False)
    assert said == (
        "Fills: 0 of 3 accounts captured, 2 assigned, 1 open, 1 UNCOVERED (not in the firm file), "
        "1 UNCOVERED (WhenTech is not in the firm file).\n"
        f"  33333  open       assign-account/{FILL}/33333\n"
        "  55555  unmanaged  trader.c has WhenTech in T4, but not in the firm file\n"
        "  77777  unmanaged  trader.a has it in T4, but the firm file does not list it\n"
        f"  Assigned accounts are captured once these are closed: {lacks}\n"
        "Nothing to do in the portal.\n"
        "2 to do (2 in the firm file), 0 closed."
    )
    assert f"  11111  assigned   {lacks}\n" in as_text(Report("demo", "Example", (), coverage), closed=True)


def test_a_secret_of_an_exported_state_is_read_and_a_plain_value_left() -> None:
    mark = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
    assert plain({**mark, "plaintext": '{"phone": "555-1"}'}) == {"phone": "555-1"}
    assert plain({"phone": "555-1"}) == {"phone": "555-1"}
    assert plain(None) is None


HOSTILE = (
    "**bold** _it_ ~~no~~ `code`",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[click](http://evil.example) ![x](http://evil.example/x.png)",
    "https://evil.example www.evil.example mail@evil.example",
    "@everybody #123 :tada: $x^2$ $$y$$",
    "&lt;b&gt; &#60;b&#62; \\*x\\* | a | b |",
    "line\n\n# heading\n- item\n> quote\n---\n1. one",
    "</details> --> <!-- {{ x }} ${{ secrets.X }}",
)


class Text(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        assert not attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_is_markup_in_markdown(name: str) -> None:
    said = {**ASSIGN.said, "why": name, "what": name, "id": f"update-user/{name}/phone"}
    coverage = (Coverage(name, "excluded", name),)
    report = Report(name, name, (Listed("Users", name, said),), coverage, alarms=(name,))
    page = as_markdown(report, closed=True)
    rendered = Text(MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(page))
    assert rendered.tags <= {"h2", "h3", "h4", "p", "ul", "li", "strong", "code"}
    assert " ".join(rendered.text.split()).count(" ".join(visible(name).split())) >= 6


class TestRequest:
    def test_the_mail_goes_to_standard_output_and_what_comes_next_beside_it(self, folder: Folder) -> None:
        said = folder.t4firm("request", "--name", "Ann Ohio", "--title", "Chief Operating Officer")
        assert said.code == 0
        assert said.out.startswith("To: T4.Support@plus500.com\n")
        assert "Example Trading LLC\nin the Live environment" in said.out
        assert "\nAnn Ohio\nChief Operating Officer, Example Trading LLC\n" in said.out
        assert "the firm has had both applications since 2026-11-04" in said.err

    def test_for_a_machine(self, folder: Folder) -> None:
        asked = folder.t4firm("request", "--name", "Ann Ohio")
        told = folder.t4firm("request", "--name", "Ann Ohio", "--json")
        assert (told.code, told.err) == (0, "")
        assert json.loads(told.out) == {
            "version": 1,
            "mail": asked.out.removesuffix("\n"),
            "next": asked.err.removesuffix("\n"),
        }

    def test_without_a_name_nobody_asks(self, folder: Folder) -> None:
        said = folder.t4firm("request")
        assert said.code != 0
        assert "--name" in said.err
