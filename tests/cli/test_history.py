"""`t4firm history`: commits are of a real git; runs are as the engine writes them."""

import csv
import io
import json
import subprocess
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from t4firm.history.audit import audit
from t4firm.history.events import BY_HAND, Commit, Event, Run, in_order, request_in, run_during, time_in
from t4firm_cli.engine.past_runs import REVIEWED, past_runs
from t4firm_cli.history import command, gathering, log, runs
from t4firm_cli.history.checks import checks
from t4firm_cli.history.commits import Repository
from t4firm_cli.history.gathering import History
from t4firm_cli.history.showing import as_csv, lines
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.report import output, period
from tests.browser.pages import HOSTILE, ONBOARDED, changes, written
from tests.cli.conftest import ROOT

FIRM = "firm: Example\nusers:\n  trader.a: {accounts: ['11111']}\n"
ANN = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", *ANN, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A firm's project in a folder of a larger repository, with one commit."""
    folder = tmp_path / "firm"
    (folder / "stacks").mkdir(parents=True)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    found = Project(folder)
    changed(found, FIRM, "The firm begins")
    return found


def changed(project: Project, text: str, message: str) -> str:
    (project.folder / "stacks" / "demo.firm.yaml").write_text(text)
    git(project.folder, "add", "--all")
    git(project.folder, "commit", "--quiet", f"--message={message}")
    return git(project.folder, "rev-parse", "HEAD")


def told(project: Project) -> list[tuple[Commit, list[str]]]:
    found = Repository(project).changed([project.folder / "stacks" / "demo.firm.yaml"])
    return [(each.commit, [change.what for change in each.changes]) for each in found]


@pytest.mark.parametrize(
    ("message", "number", "approved"),
    [
        ("Add B (#7)", "#7", ()),
        ("Add B\n\nReviewed-by: Bob <b@example.com>\nApproved-by: Cy", "", ("Bob", "Cy")),
        ("Add 2 users (in 3 steps)", "", ()),
    ],
)
def test_a_commit_names_its_author_pull_request_and_approvers(
    project: Project, message: str, number: str, approved: tuple[str, ...]
) -> None:
    sha = changed(project, FIRM + "  trader.b: {accounts: ['33333']}\n", message)
    commit, what = told(project)[-1]
    assert (commit.sha, commit.author, commit.pull_request) == (sha, "Ann", number)
    assert commit.approved == approved
    assert what == ["users.trader.b came, with accounts 33333"]


def test_a_user_who_moves_to_an_included_file_has_not_left(project: Project) -> None:
    stacks = project.folder / "stacks"
    (stacks / "rates.yaml").write_text("users:\n  trader.a: {accounts: ['11111']}\n")
    changed(project, "firm: Example\ninclude: [rates.yaml]\nusers: {}\n", "A file for each desk")
    (stacks / "rates.yaml").write_text("users:\n  trader.a: {accounts: ['11111', '22222']}\n")
    changed(project, "firm: Example\ninclude: [rates.yaml]\nusers: {}\n", "A second account")
    (stacks / "other.yaml").write_text("users: {x: {}}\n")
    changed(project, "firm: Example\ninclude: [rates.yaml]\nusers: {}\n", "Of nobody here")
    assert [(commit.subject, what) for commit, what in told(project)[1:]] == [
        ("A second account", ["users.trader.a.accounts: 22222 added"])
    ]


def test_what_a_file_at_the_projects_root_includes_has_a_history(project: Project) -> None:
    firm, desk = project.folder / "my.firm.yaml", project.folder / "rates.yaml"
    firm.write_text("firm: Example\ninclude: [rates.yaml]\n")
    desk.write_text("users:\n  trader.a: {accounts: ['11111']}\n")
    changed(project, FIRM, "A file for each desk")
    desk.write_text("users:\n  trader.a: {accounts: ['11111', '22222']}\n")
    second = changed(project, FIRM, "A second account")
    told = Repository(project).changed([firm])
    assert [each.commit.subject for each in told] == ["A file for each desk", "A second account"]
    assert second in Repository(project).reach("HEAD", [firm])


def test_what_a_merge_alone_brings_is_told_of_the_merge(project: Project) -> None:
    """Nobody reviewed it: no branch has it."""
    git(project.folder, "switch", "--quiet", "--create", "side")
    changed(project, FIRM + "  trader.b: {}\n", "B comes")
    git(project.folder, "switch", "--quiet", "main")
    changed(project, "limits: {newUsers: 30}\n" + FIRM, "A limit")
    git(project.folder, "merge", "--quiet", "--no-ff", "--no-commit", "side")
    changed(project, "limits: {newUsers: 99}\n" + FIRM + "  trader.b: {}\n", "Merge side")
    found = {commit.subject: what for commit, what in told(project)}
    assert found["Merge side"] == ["limit raised: limits.newUsers: 30, now 99"]
    assert found["B comes"] == ["users.trader.b came"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("users: [\n", "line 1: something is missing in the brackets"),
        ("", "line 1: the file is empty"),
        ("firm: Example\nusers: x\n", "users is no group of entries"),
        ("firm: Example\ninclude: x\n", "include is no list"),
        ("firm: Example\ninclude: [gone.yaml]\n", "it includes stacks/gone.yaml, which is not there"),
        ("firm: Example\ninclude: [odd.yaml]\n", "users is no group of entries"),
        ("\udce4: Latin 1\n", "line 1: this line has a character that is not UTF-8"),
    ],
)
def test_a_version_that_nobody_can_read_is_skipped_and_told(project: Project, text: str, why: str) -> None:
    """Nobody left with it, and nobody came back."""
    (project.folder / "stacks" / "odd.yaml").write_text("users: [x]\n")
    (project.folder / "stacks" / "demo.firm.yaml").write_bytes(text.encode(errors="surrogateescape"))
    git(project.folder, "add", "--all")
    git(project.folder, "commit", "--quiet", "--message=Broken")
    changed(project, FIRM.replace("11111", "22222"), "Mended")
    (_, broken), (_, mended) = told(project)[1:]
    [words] = broken
    assert words.startswith(f"this version of stacks/demo.firm.yaml cannot be read ({why}")
    assert mended == ["users.trader.a.accounts: 11111 removed", "users.trader.a.accounts: 22222 added"]


def test_a_file_that_got_another_name_is_the_same_file(project: Project) -> None:
    """Nobody came with the new name."""
    stacks = project.folder / "stacks"
    (stacks / "demo.firm.yaml").rename(stacks / "first.firm.yaml")
    git(project.folder, "add", "--all")
    git(project.folder, "commit", "--quiet", "--message=Another name")
    (stacks / "first.firm.yaml").rename(stacks / "demo.firm.yaml")
    changed(project, FIRM + "  trader.b: {}\n", "The name as before, and B")
    assert [(commit.subject, what) for commit, what in told(project)] == [
        ("The firm begins", ["users.trader.a came, with accounts 11111", "firm: Example"]),
        ("The name as before, and B", ["users.trader.b came"]),
    ]


def test_a_link_in_git_is_read_as_the_file_that_it_names(project: Project) -> None:
    stacks = project.folder / "stacks"
    (stacks / "demo.firm.yaml").rename(stacks / "shared.yaml")
    (stacks / "demo.firm.yaml").symlink_to("shared.yaml")
    git(project.folder, "add", "--all")
    git(project.folder, "commit", "--quiet", "--message=A link")
    assert [what for _, what in told(project)[1:]] == []


def test_a_message_and_settings_of_git_leave_the_commits_as_they_are(project: Project) -> None:
    """Whoever looks on may have git show signatures, and a message may have any character."""
    git(project.folder, "config", "log.showSignature", "true")
    git(project.folder, "config", "i18n.logOutputEncoding", "ISO-8859-1")
    changed(project, FIRM + "  trader.b: {}\n", "B comes\x01 \u00e4\n\nSome\x01words")
    changed(project, FIRM, "B goes")
    assert [commit.subject for commit, _ in told(project)] == [
        "The firm begins",
        "B comes\x01 \u00e4",
        "B goes",
    ]


@pytest.mark.parametrize("review", ["Ann <other@example.com>", "Ann's other name <ANN@example.com>"])
def test_nobody_reviews_what_is_their_own(project: Project, review: str) -> None:
    git(project.folder, "switch", "--quiet", "--create", "side")
    changed(project, FIRM + "  trader.b: {}\n", f"B comes\n\nReviewed-by: {review}")
    git(project.folder, "switch", "--quiet", "main")
    words = f"Merge side\n\nReviewed-by: {review}\nReviewed-by: Bob"
    git(project.folder, "merge", "--quiet", "--no-ff", f"--message={words}", "side")
    assert told(project)[-1][0].approved == ("Bob",)


@pytest.fixture
def shallow(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The demo's firm in a clone that has the last two commits alone; no run yet."""
    text = (ROOT / "stacks" / "demo.firm.yaml").read_text()
    changed(project, text, "The demo begins")
    changed(project, text.replace("  trader.a:", "  trader.z:"), "Z comes for A")
    changed(project, text, "A is back")
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{tmp_path}", "clone")
    monkeypatch.setattr(gathering, "Pulumi", lambda _, stack: Engine(tmp_path))
    monkeypatch.setattr(gathering, "_shown", lambda *_: iter(()))
    return Project(tmp_path / "clone" / "firm")


def test_a_shallow_clone_tells_what_it_has_and_that_it_has_not_all(
    shallow: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(shallow, "demo", command.Asked(as_json=True)) == 2
    printed = capsys.readouterr()
    assert "git's history is cut off here" in printed.err
    for remedy in ("`git fetch --unshallow`", "`fetch-depth: 0`"):
        assert remedy in printed.err
    shown = json.loads(printed.out)
    assert {event["commit"]["subject"] for event in shown["events"]} == {"A is back"}
    assert [words in printed.err for words in shown["incomplete"]] == [True]
    with pytest.raises(ProjectError, match="no version of the files that git has here"):
        command.run(shallow, "demo", command.Asked("trader.b"))
    assert period.run(shallow, "demo", output.Asked(html=Path("-")), None, None) == 2
    printed = capsys.readouterr()
    assert "This audit is not complete" in printed.out
    assert "git's history is cut off here" in printed.err


def test_a_whole_clone_says_nothing_of_it(shallow: Project, capsys: pytest.CaptureFixture[str]) -> None:
    git(shallow.folder, "fetch", "--quiet", "--unshallow")
    assert command.run(shallow, "demo", command.Asked("trader.a")) == 0
    assert period.run(shallow, "demo", output.Asked(html=Path("-")), None, None) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "The demo begins" in printed.out
    assert "This audit is not complete" not in printed.out


def test_a_file_that_was_not_there_and_a_folder_without_git(project: Project, tmp_path: Path) -> None:
    assert Repository(project).changed([project.folder / "stacks" / "other.firm.yaml"]) == ()
    with pytest.raises(ProjectError, match="git has no history here"):
        Repository(Project(Path("/"))).changed([tmp_path])


def test_what_branch_a_commit_is_on_is_known(project: Project) -> None:
    repository = Repository(project)
    here = git(project.folder, "rev-parse", "HEAD")
    git(project.folder, "switch", "--quiet", "--create", "aside")
    beside = changed(project, FIRM + "  b: {}\n", "Aside")
    assert repository.main() == "main"
    assert (repository.is_on("main", here), repository.is_on("main", beside)) == (True, False)
    assert (repository.has(beside), repository.has("f" * 40)) == (True, False)
    assert not repository.is_shallow


ENTRY: dict[str, Any] = {
    "kind": "update",
    "startTime": "2026-11-20T10:30:00.000Z",
    "endTime": "2026-11-20T10:30:20.000Z",
    "message": "t4firm up --reviewed 0123abcd",
    "environment": {
        "git.head": "a" * 40,
        "git.dirty": "false",
        "ci.system": "GitHub Actions",
        "ci.build.id": "4711",
    },
    "result": "succeeded",
    "resourceChanges": {"create": 2, "same": 1},
}


class Engine:
    """The engine's history of a stack, as `pulumi` prints it, and its file backend."""

    stack = "demo"

    def __init__(self, folder: Path, *entries: dict[str, Any]) -> None:
        self.backend, self.entries = f"file://{folder}", entries

    def exists(self) -> bool:
        return bool(self.entries)

    def read(self, *words: str) -> str:
        """The pages of the real one: ten entries each, if nothing else is asked for."""
        asked = dict(pairwise(words))
        size, page = int(asked.get("--page-size", 10)), int(asked.get("--page", 1))
        return json.dumps([*reversed(self.entries)][(page - 1) * size : page * size])


def test_the_engines_history_says_who_ran_it_and_what_was_unusual(tmp_path: Path) -> None:
    by_hand = {**ENTRY, "message": "", "environment": {"git.dirty": "true"}, "result": "failed"}
    first, second = runs.runs_of(Engine(tmp_path, ENTRY, by_hand)).runs  # type: ignore[arg-type]
    assert (first.who, first.reviewed, first.exceptions) == ("GitHub Actions, build 4711", "0123abcd", ())
    assert (second.who, second.exceptions) == (
        BY_HAND,
        (
            "run by hand",
            "followed no reviewed list",
            "the folder had changes that were not committed",
            "failed",
        ),
    )


@pytest.mark.parametrize("kind", ["refresh", "destroy", "rename"])
def test_only_an_up_applies_a_commit(project: Project, tmp_path: Path, kind: str) -> None:
    """A refresh is told as what it is, and what T4 answered belongs to it."""
    files = [project.folder / "stacks" / "demo.firm.yaml"]
    repository = Repository(project)
    found = repository.changed(files)
    here = {**ENTRY, "environment": {"git.head": found[0].commit.sha}}
    other = {**here, "kind": kind}
    first, second = runs.runs_of(Engine(tmp_path, other, here)).runs  # type: ignore[arg-type]
    assert gathering._applied(repository, files, found, [first]) == {}
    assert gathering._applied(repository, files, found, [first, second]) == {found[0].commit.sha: second}
    assert [event.what for event in gathering._runs([first, second])] == [kind, "run"]
    assert [run.kind for run in past_runs(Engine(tmp_path, other, here))] == ["update"]  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [11, 100, 250])
def test_all_runs_count_and_not_the_last_ten_alone(tmp_path: Path, count: int) -> None:
    """A reviewed list runs once, also if it ran long ago."""
    entries = [{**ENTRY, "message": f"{REVIEWED}{number:04}"} for number in range(count)]
    engine = Engine(tmp_path, *entries)
    assert [run.reviewed for run in runs.runs_of(engine).runs] == [f"{at:04}" for at in range(count)]  # type: ignore[arg-type]
    assert past_runs(engine)[-1].digest == "0000"  # type: ignore[arg-type]


def test_former_states_are_read_where_the_backend_keeps_them(tmp_path: Path) -> None:
    unchanged = {**ENTRY, "resourceChanges": {"same": 3}}
    folder = tmp_path / ".pulumi" / "history" / "t4" / "demo"
    folder.mkdir(parents=True)
    seen = (("1", "2026-11-28T10"), ("1", "2026-11-28T11"), ("2", "2026-11-28T12"))
    for number, (name, at) in enumerate(seen):
        urn = f"urn:pulumi:demo::t4::pulumi-python:dynamic/t4:User::trader.{name}"
        latest = {"manifest": {"time": at}, "resources": [{"urn": urn, "outputs": {"userID": "1"}}]}
        text = json.dumps({"checkpoint": {"latest": latest}}, separators=(",", ":"))
        (folder / f"demo-{number}.checkpoint.json").write_text(text)
    found = runs.runs_of(Engine(tmp_path, unchanged, unchanged, ENTRY))  # type: ignore[arg-type]
    assert [name for state in found.past() for _, name in state] == ["trader.2", "trader.1"], (
        "what a run found that only read T4 is told, and what is as before is not told twice"
    )
    more = runs.runs_of(Engine(tmp_path, ENTRY, unchanged))  # type: ignore[arg-type]
    assert (more.states, more.kept) == ((), False), "nobody knows which state is of which run"
    assert found.kept
    assert runs.runs_of(Engine(tmp_path)).runs == ()  # type: ignore[arg-type]


STATE = '{"checkpoint": {"latest": {"resources": [{"urn": "urn:pulumi:demo::t4::t4:User::trader.1"}]}}}'
EMPTY = '{"checkpoint": {"stack": "demo"}}'


@pytest.mark.parametrize("content", [STATE[:60], "", "[]", "{}", STATE.replace("urn:", "").replace("::", "")])
def test_a_former_state_that_nobody_can_read_is_told_and_no_evidence(
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: str,
) -> None:
    changed(project, (ROOT / "stacks" / "demo.firm.yaml").read_text(), "The demo begins")
    folder = tmp_path / ".pulumi" / "history" / "t4" / "demo"
    folder.mkdir(parents=True)
    for number, text in enumerate((STATE, content, EMPTY), start=1):
        (folder / f"demo-{number}.checkpoint.json").write_text(text)
    monkeypatch.setattr(gathering, "Pulumi", lambda _, stack: Engine(tmp_path, ENTRY, ENTRY, ENTRY))
    monkeypatch.setattr(gathering, "_shown", lambda *_: iter(()))
    [words] = gathering.gather(project, "demo").incomplete
    assert words.startswith("what the run of 2026-11-20 10:30 recorded is not known: ")
    assert words.endswith("demo-2.checkpoint.json cannot be read")
    command.run(project, "demo", command.Asked(check=True, as_json=True))
    printed = capsys.readouterr()
    assert f"warning: {words}" in printed.err
    found = {each["what"]: (each["outcome"], each["words"]) for each in json.loads(printed.out)["checks"]}
    assert found["evidence of what left"] == ("unknown", words)
    assert found["history of the files"][0] == "holds", "git has those"


RUN = Run("2026-11-20T10:30:00Z", "2026-11-20T10:31:00Z", "a" * 40, "", "CI", True, "0123")
COMMIT = Commit("b" * 40, "2026-11-19T09:00:00Z", "Ann", "Add A", "#7", "Mary", ("Bob",), "G")
ASKED = Event(
    *("2026-11-19T09:00:00Z", "asked", "users.trader.a came", ("trader.a",), "Ann"),
    commit=COMMIT,
    applied=RUN,
    change="came",
)
SHOWN = Event(
    *("2026-11-20T10:30:19Z", "shown", "user trader.a", ("trader.a",), "T4"),
    applied=RUN,
    evidence=ONBOARDED,
    request="0HN74400F7139:00000003",
)
PASSED = Event("2026-11-21", "asked", "limit raised: limits.newUsers: 40", change="exception", commit=COMMIT)
RAN = Event("2026-11-20T10:30:00Z", "run", "run", who=BY_HAND, applied=RUN, change="run by hand")


def test_when_and_by_which_request_stands_in_the_evidence() -> None:
    assert time_in(ONBOARDED) == "2026-11-20T10:30:19Z"
    assert time_in("2026-11-21, by A. Admin") == "2026-11-21"
    assert request_in(ONBOARDED) == "0HN74400F7139:00000003"
    assert (time_in(""), request_in("")) == ("", "")


@pytest.mark.parametrize(
    ("at", "during"),
    [
        ("2026-11-20T10:30:19Z", True),
        ("2026-11-20T10:31:01.5+00:00", True),
        ("2026-11-20T10:31:02Z", False),
        ("2026-11-20", False),
    ],
)
def test_an_answer_belongs_to_the_run_that_went_on(at: str, during: bool) -> None:
    assert run_during(at, [RUN]) == (RUN if during else None)


def test_events_are_told_once_in_the_order_of_time() -> None:
    assert in_order([SHOWN, RAN, ASKED, SHOWN]) == (ASKED, RAN, SHOWN)


def test_a_person_reads_who_asked_approved_applied_and_what_t4_answered() -> None:
    assert [text.strip() for text, _ in lines((ASKED, SHOWN))] == [
        "2026-11-19 09:00  asked for by Ann",
        f"commit {'b' * 12}, Add A, pull request #7, merged by Mary",
        "approved by Bob",
        "applied by the run of 2026-11-20 10:30 UTC (CI, reviewed list 0123)",
        "- users.trader.a came",
        "2026-11-20 10:30  T4 answered",
        "in the run of 2026-11-20 10:30 UTC (CI, reviewed list 0123)",
        f"- user trader.a: {ONBOARDED}",
    ]


UNCOUNTED = "GitHub lists only 250 commits of #7"


def test_why_an_approval_on_github_does_not_count_is_said_wherever_approvals_are(project: Project) -> None:
    commit = replace(COMMIT, approved=(), uncounted=UNCOUNTED)
    asked = replace(ASKED, commit=commit)
    words = f"approvals on GitHub do not count: {UNCOUNTED}"
    assert words in [text.strip() for text, _ in lines((asked,))]
    assert words in written(audit("Example", "demo", (asked,), date(2026, 11, 1), date(2026, 11, 30)))
    assert [line["uncounted"] for line in csv.DictReader(io.StringIO(as_csv((asked,))))] == [UNCOUNTED]
    history = History((), (RUN,), (commit,), (), kept=True, github=True)
    found = [each for each in checks(history, Repository(project)) if each.what == "approvals"]
    assert [(each.outcome, each.words) for each in found] == [("unknown", words)]


def test_an_auditor_gets_a_line_for_each_event() -> None:
    first, second = csv.DictReader(io.StringIO(as_csv((ASKED, replace(SHOWN, gone=True)))))
    assert (first["author"], first["pullRequest"], first["approved"]) == ("Ann", "#7", "Bob")
    assert (second["request"], second["gone"], second["appliedAt"]) == (
        *("0HN74400F7139:00000003", "yes"),
        RUN.at,
    )


def test_an_audit_sorts_a_period_into_its_sections_exceptions_first() -> None:
    told = audit("Example", "demo", (ASKED, RAN, SHOWN, PASSED), date(2026, 11, 20), date(2026, 11, 21))
    found = {section.title: section.events for section in told.sections if section.events}
    assert found == {
        "Exceptions": (RAN, PASSED),
        "Changed": (PASSED,),
        "What T4 answered": (SHOWN,),
        "Runs": (RAN,),
    }
    assert told.events == (RAN, PASSED, SHOWN)


def test_hostile_words_of_a_commit_are_words_in_the_audit() -> None:
    for words in HOSTILE:
        html = written(changes(words))
        assert "<script>" not in html
        assert "<img" not in html
        assert "\u202e" not in html


def outcomes(history: History, repository: Repository) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in checks(history, repository):
        found.setdefault(each.what, set()).add(each.outcome)
    return found


def test_what_holds_is_said_and_what_cannot_be_verified_is_named(project: Project) -> None:
    here = git(project.folder, "rev-parse", "HEAD")
    run = replace(RUN, commit=here)
    good = History((replace(SHOWN, applied=run),), (run,), (COMMIT,), (), kept=True)
    found = outcomes(good, Repository(project))
    assert {what for what, said in found.items() if said == {"holds"}} == {
        *("history of the files", "commits of the runs", "what the runs read", "signatures of commits"),
        *("commits of the files", "T4's answers", "evidence of what left", "approvals"),
    }
    assert found["reviewed lists"] == {"unknown"}, "the list itself is not here"


def test_what_fails_is_said(project: Project) -> None:
    git(project.folder, "switch", "--quiet", "--create", "aside")
    beside = changed(project, FIRM + "  b: {}\n", "Aside")
    run = replace(RUN, commit=beside, clean=False)
    bad = History((), (run, run), (replace(COMMIT, signature="B"),), (), kept=True)
    found = outcomes(bad, Repository(project))
    fails = {what for what, said in found.items() if "fails" in said}
    assert fails == {
        "commits of the runs",
        "reviewed lists",
        "what the runs read",
        "signatures of commits",
    }


def test_every_run_that_is_not_on_the_main_branch_is_named(project: Project) -> None:
    """Also of several with the same commit, or with none."""
    git(project.folder, "switch", "--quiet", "--create", "aside")
    beside = changed(project, FIRM + "  b: {}\n", "Aside")
    runs = tuple(
        replace(RUN, at=f"2026-11-2{day}T10:30:00Z", commit=commit)
        for day, commit in enumerate((beside, beside, "f" * 40, "f" * 40, "", ""))
    )
    history = History((), runs, (COMMIT,), (), kept=True)
    found = [each for each in checks(history, Repository(project)) if each.what == "commits of the runs"]
    assert [(each.outcome, each.words.partition(": ")[2]) for each in found] == [
        ("fails", "the run of 2026-11-20 10:30, the run of 2026-11-21 10:30"),
        ("unknown", "the run of 2026-11-22 10:30, the run of 2026-11-23 10:30"),
        ("unknown", "the run of 2026-11-24 10:30, the run of 2026-11-25 10:30"),
    ]


def test_what_nobody_can_tell_from_here_fails_nothing(project: Project) -> None:
    runs = (replace(RUN, commit="f" * 40, reviewed=""), replace(RUN, commit=""))
    commits = (replace(COMMIT, signature="N", approved=()), replace(COMMIT, signature="E"))
    dim = History((replace(SHOWN, applied=None, request=""),), runs, commits, commits, kept=False)
    assert set().union(*outcomes(dim, Repository(project)).values()) == {"holds", "unknown"}


@pytest.mark.parametrize(
    ("github", "words"), [(False, "`--github` asks GitHub"), (True, "no review on GitHub")]
)
def test_github_is_named_as_a_remedy_only_before_it_was_asked(
    project: Project, github: bool, words: str
) -> None:
    commits = (replace(COMMIT, approved=()),)
    history = History((), (RUN,), commits, (), kept=True, github=github)
    (found,) = [each for each in checks(history, Repository(project)) if each.what == "approvals"]
    assert words in found.words


@pytest.mark.parametrize(
    ("github", "on_github", "told"),
    [
        (False, (), ("holds", "each commit names an approver")),
        (True, (), ("unknown", f"only a trailer names an approver of {COMMIT.short}")),
        (True, ("bob on 2026-11-20",), ("holds", "each commit names an approver")),
    ],
    ids=["not asked", "no review", "review"],
)
def test_where_github_was_asked_a_trailer_alone_proves_no_approval(
    project: Project, github: bool, on_github: tuple[str, ...], told: tuple[str, str]
) -> None:
    commits = (replace(COMMIT, approved=("Bob", *on_github), on_github=on_github),)
    history = History((), (RUN,), commits, (), kept=True, github=github)
    found = [each for each in checks(history, Repository(project)) if each.what == "approvals"]
    assert [(each.outcome, each.words) for each in found] == [told]


def test_where_there_is_nothing_to_look_at_nothing_holds(project: Project) -> None:
    found = outcomes(History((), (), (), (), kept=True), Repository(project))
    assert len(found) == 9
    assert set().union(*found.values()) == {"unknown"}
    untold = replace(RUN, clean=None)
    history = History((), (untold,), (replace(COMMIT, signature="U"),), (), kept=True)
    found = outcomes(history, Repository(project))
    assert found["what the runs read"] == {"unknown"}
    assert found["signatures of commits"] == {"unknown"}, "a key that nobody vouches for"


def test_digests_can_be_compared(project: Project) -> None:
    digest = f"sha256:{'0123456789abcdef' * 4}"
    shown = replace(SHOWN, applied=replace(RUN, reviewed=digest))
    assert any("reviewed list sha256:0123456789ab)" in text for text, _ in lines((shown,)))
    html = written(audit("Example", "demo", (shown,), date(2026, 11, 1), date(2026, 11, 30)))
    assert f'<span title="{digest}">sha256:0123456789ab</span>' in html


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Merge pull request #12 from firm/change", "12"),
        ("Ann gets an account (#34)", "34"),
        ("Merge branch 'a' into 'main', see merge request !56", "56"),
        ("Give trader.a an account (22222)", ""),
        ("Ann leaves (2026-11-30)", ""),
        ("As asked in (#12) by Bob", ""),
    ],
)
def test_a_pull_request_is_known_by_what_a_host_writes(subject: str, number: str) -> None:
    found = log.PULL_REQUEST.search(subject)
    assert next(filter(None, found.groups() if found else ()), "") == number
