"""`t4firm attest` writes the lines that people otherwise paste, and keeps what stands in the file."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from t4firm.yaml_files.document import FileError
from t4firm.yaml_files.edited_files import change
from t4firm_cli.administrator import attest
from t4firm_cli.administrator.attest import SignOff
from t4firm_cli.administrator.tasks import Listed, Report
from t4firm_cli.administrator.tasks_report import as_checklist, as_text
from t4firm_cli.project.layout import Project, ProjectError
from tests.cli.conftest import Folder

EULA, HAND_OVER = "sign-eula/WhenTechFillUser", "hand-over-credentials/WhenTechFillUser"
DAY = date(2026, 11, 28)
KEPT = """\
# signed by the desk
- {task: assign-account/WhenTechFillUser/11111, by: 'A. Admin', on: 2026-11-20} # ticket 4711
- task: sign-eula/WhenTechFillUser
  by: B. Admin
  on: 2026-11-19
"""


def listed(task: str, page: str, status: str = "open") -> Listed:
    said = {"id": task, "what": f"do {task}", "why": "it is so", "status": status, "closes": "a line"}
    return Listed(page, "WhenTechFillUser", said)


REPORT = Report(
    "demo",
    "Example",
    [
        listed(EULA, "the user"),
        listed(HAND_OVER, "WhenTech"),
        listed("assign-account/WhenTechFillUser/22222", "Users", "planned"),
        listed("request-whentech", "CTS support"),
    ],
    attested="stacks/demo.attested.yaml",
)


@pytest.fixture
def project(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The demo, with what a last run left open."""
    monkeypatch.setenv("T4_ENDPOINT", "https://t4.example.com")
    monkeypatch.setattr(attest, "recorded", lambda _: {})
    monkeypatch.setattr(attest, "report_of", lambda *_: REPORT)
    return Project(folder.path)


@pytest.fixture
def file(project: Project) -> Path:
    return project.folder / "stacks" / "demo.attested.yaml"


def test_a_line_joins_those_that_are_there(project: Project, file: Path) -> None:
    file.write_text(KEPT)
    assert attest.run(project, "demo", SignOff([HAND_OVER], "C. Admin", DAY, "by phone")) == [HAND_OVER]
    assert file.read_text() == (
        f"{KEPT}- {{task: {HAND_OVER}, by: C. Admin, on: 2026-11-28, note: by phone}}\n"
    )


def test_a_newer_word_for_a_task_replaces_the_older_one(project: Project, file: Path) -> None:
    file.write_text(KEPT)
    attest.run(project, "demo", SignOff([EULA], "C. Admin", DAY, "again"))
    assert file.read_text() == KEPT.replace("B. Admin", "C. Admin").replace(
        "on: 2026-11-19\n", "on: 2026-11-28\n  note: again\n"
    )


ODD = """\
\ufeff# signed by   the desk \r
-   {task: assign-account/WhenTechFillUser/11111,   by: "A. Admin",\r
       on: 2026-11-20} # ticket 4711\r
\r
-   task:   'assign-account/WhenTechFillUser/22222'\r
    on: 2026-11-19\r
    by: >-\r
      B.\r
      Admin\r
# the end"""


def test_nothing_else_of_the_file_changes(project: Project, file: Path) -> None:
    file.write_bytes(ODD.encode())
    attest.run(project, "demo", SignOff([HAND_OVER, EULA], "C. Admin", DAY))
    lines = "".join(f"-   {{task: {task}, by: C. Admin, on: 2026-11-28}}\r\n" for task in (HAND_OVER, EULA))
    written = ODD.replace("# the end", f"{lines.replace('-   ', '- ')}# the end")
    assert file.read_bytes().decode() == written


def test_a_file_that_is_a_link_stays_one_and_keeps_its_rights(project: Project, file: Path) -> None:
    other = file.with_name("signed.yaml")
    other.write_text(KEPT)
    other.chmod(0o640)
    file.symlink_to(other.name)
    attest.run(project, "demo", SignOff([HAND_OVER], "C. Admin", DAY))
    assert file.is_symlink()
    assert HAND_OVER in other.read_text()
    assert other.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in file.parent.iterdir() if path.name.startswith(".")) == []


def test_many_at_once_lose_no_line(project: Project, file: Path) -> None:
    def sign(number: int) -> None:
        edit = partial(attest._signed, tasks=[f"sign-eula/user.{number:03}"], asked=SignOff([], "C", DAY))
        change(file, lambda before: edit((before or b"").decode())[0].encode())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(sign, range(40)))
    assert file.read_text().count("sign-eula/") == 40


def test_a_first_line_makes_the_file(project: Project, file: Path) -> None:
    attest.run(project, "demo", SignOff([EULA], "C. Admin", DAY))
    comment = "# yaml-language-server: $schema=attested.schema.json"
    assert file.read_text() == f"{comment}\n- {{task: {EULA}, by: C. Admin, on: 2026-11-28}}\n"


@pytest.mark.parametrize(
    ("page", "signed"), [("", [EULA, HAND_OVER]), ("the user", [EULA]), ("WhenTech", [HAND_OVER])]
)
def test_all_that_is_open(project: Project, file: Path, page: str, signed: list[str]) -> None:
    """But not what is only to come, nor what the firm file itself closes."""
    assert attest.run(project, "demo", SignOff([], "C. Admin", DAY, all_open=True, page=page)) == signed


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (SignOff([], "C", DAY), "name the tasks, or use --all-open"),
        (SignOff([EULA], "C", DAY, all_open=True), "name the tasks, or use --all-open"),
        (
            SignOff(["sign-eula/nobody"], "C", DAY),
            "these tasks are not open: sign-eula/nobody",
        ),
        (SignOff(["request-whentech"], "C", DAY), "not open"),
        (SignOff([], "C", DAY, all_open=True, page="Nowhere"), "is one of: CTS support, Accounts"),
        (SignOff([], "C", DAY, all_open=True, page="Accounts"), "no such task is open"),
    ],
)
def test_what_cannot_be_signed_off(project: Project, file: Path, asked: SignOff, words: str) -> None:
    with pytest.raises(ProjectError, match=words):
        attest.run(project, "demo", asked)
    assert not file.exists()


def test_a_line_that_the_file_cannot_have_is_taken_back(project: Project, file: Path) -> None:
    file.write_text(KEPT)
    with pytest.raises(FileError):
        attest.run(project, "demo", SignOff([EULA], " ", DAY))
    assert file.read_text() == KEPT


def test_a_checklist_has_a_line_for_each_task() -> None:
    assert as_checklist(REPORT).splitlines()[:6] == [
        "CTS support",
        "  WhenTechFillUser",
        "    [ ] request-whentech: do request-whentech",
        "Users",
        "  WhenTechFillUser",
        "    [ ] assign-account/WhenTechFillUser/22222: do assign-account/WhenTechFillUser/22222"
        " (not yet: planned)",
    ]


def test_a_task_that_waits_is_not_to_be_done_nor_signed_off_with_all(
    project: Project, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = listed("disable-user/trader.a", "Users")
    waits = {"waits": "until closed: assign-account/WhenTechFillUser/22222"}
    waiting = replace(task, said={**task.said, **waits})
    report = replace(REPORT, tasks=[*REPORT.tasks, waiting])
    assert (
        "    [ ] disable-user/trader.a: do disable-user/trader.a"
        " (not yet: waits until closed: assign-account/WhenTechFillUser/22222)" in as_checklist(report)
    )
    monkeypatch.setattr(attest, "report_of", lambda *_: report)
    attest.run(project, "demo", SignOff([], "C. Admin", DAY, all_open=True))
    assert "disable-user" not in file.read_text()
    assert HAND_OVER in file.read_text()


def test_the_lines_to_paste() -> None:
    told = as_text(REPORT, closed=False)
    assert "To close: sign off in stacks/demo.attested.yaml, on the day on which it was done" in told
    assert f"  - {{task: {EULA}, by: NAME, on: " in told
    assert "{task: request-whentech" not in told
    assert "{task: assign-account" not in told


@pytest.mark.parametrize("waits", [True, False])
def test_no_line_to_paste_says_that_an_account_is_enabled_before_it_can_be_captured(waits: bool) -> None:
    enable, assign = "enable-account/22222", "assign-account/WhenTechFillUser/22222"
    told, first = listed(enable, "Accounts"), listed(assign, "Users")
    after = replace(told, said={**told.said, "after": assign})
    held = replace(first, said={**first.said, **({"waits": "until closed: x"} if waits else {})})
    said = as_text(replace(REPORT, tasks=[after, held]), closed=False)
    assert ("{task: enable-account" in said) is not waits


def test_a_file_with_a_group_keeps_it(project: Project, file: Path) -> None:
    file.write_text("attested: [] # by whoever saw it\n")
    attest.run(project, "demo", SignOff([EULA], "C. Admin", DAY))
    line = f"{{task: {EULA}, by: C. Admin, on: 2026-11-28}}"
    assert file.read_text() == f"attested: # by whoever saw it\n  - {line}\n"


def test_what_is_there_already_is_not_told_as_signed(project: Project, file: Path) -> None:
    signed = SignOff([HAND_OVER], "C. Admin", DAY)
    attest.run(project, "demo", signed)
    before = file.read_text()
    for tasks in ([HAND_OVER], [HAND_OVER, EULA]):
        with pytest.raises(ProjectError, match=f"already: {HAND_OVER}. Nothing was written"):
            attest.run(project, "demo", replace(signed, tasks=tasks))
        assert file.read_text() == before
    assert attest.run(project, "demo", replace(signed, note="seen again")) == [HAND_OVER]
    every = SignOff([], "C. Admin", DAY, "seen again", all_open=True)
    assert attest.run(project, "demo", every) == [EULA], "the other line is there"
    with pytest.raises(ProjectError, match="Nothing was written"):
        attest.run(project, "demo", every)


def test_an_account_is_not_said_to_be_enabled_before_it_is_captured(
    project: Project, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless the same person did both, in this order."""
    enable, assign = "enable-account/22222", "assign-account/WhenTechFillUser/22222"
    told = listed(enable, "Accounts")
    tasks = [replace(told, said={**told.said, "after": assign}), listed(assign, "Users")]
    monkeypatch.setattr(attest, "report_of", lambda *_: Report("demo", "Example", tasks))
    with pytest.raises(ProjectError, match=f"or fills are missed: {enable} .{assign}.. Nothing was written"):
        attest.run(project, "demo", SignOff([enable], "C. Admin", DAY))
    with pytest.raises(ProjectError, match="no such task is open"):
        attest.run(project, "demo", SignOff([], "C. Admin", DAY, all_open=True, page="Accounts"))
    assert not file.exists()
    every = SignOff([], "C. Admin", DAY, all_open=True)
    assert attest.run(project, "demo", every) == [enable, assign]


def test_what_waits_is_not_signed_off(project: Project, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = listed("enable-account/22222", "Accounts")
    task = replace(waiting, said={**waiting.said, "waits": "until closed: verify-account/22222"})
    monkeypatch.setattr(attest, "report_of", lambda *_: Report("demo", "Example", [task]))
    with pytest.raises(ProjectError, match="enable-account/22222 waits until closed: verify-account/22222"):
        attest.run(project, "demo", SignOff(["enable-account/22222"], "C. Admin", DAY))
    assert not file.exists()
