"""`t4firm simulator do`: for each kind of task what the administrator does in the simulator, or why not."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest
import typer

from t4firm.tasks.ids import kind_of
from t4firm.tasks.kinds import KINDS
from t4firm_cli.administrator import simulated_administrator
from t4firm_cli.administrator.simulated_administrator import Asked
from t4firm_cli.administrator.simulated_portal import NOT_IN_THE_PORTAL, STEPS, Administrator
from t4firm_cli.administrator.tasks import Listed, Report
from t4firm_cli.firm_files.validate import load
from t4firm_cli.password import Derived
from t4firm_cli.project.layout import Project, ProjectError
from t4simulator.service import process
from t4simulator.service.process import NoAnswer, SimulatorError
from tests import outputs
from tests.cli.conftest import ROOT, Answer, Folder
from tests.clock import PATIENCE
from tests.engine.project import Simulator

FILL = "WhenTechFillUser"
PASSWORD = "Vq9-Uhzmk!Lm4x"


def test_each_kind_of_task_is_done_or_says_why_not() -> None:
    assert set(STEPS) | set(NOT_IN_THE_PORTAL) == set(KINDS)
    assert not set(STEPS) & set(NOT_IN_THE_PORTAL)


def user(name: str, key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda state: state["users"][name][key]


def account(number: str, *keys: str) -> Callable[[dict[str, Any]], Any]:
    return lambda state: [state["accounts"][number][key] for key in keys]


def has(name: str, key: str, value: str) -> Callable[[dict[str, Any]], bool]:
    return lambda state: value in state["users"][name][key]


def role(name: str, value: str) -> Callable[[dict[str, Any]], list[bool]]:
    """Of a user, and of the users who are made like it."""
    return lambda state: [
        value in state["users"][name]["roles"],
        value in state["templates"]["users"][state["users"][name]["templateUser"]]["roles"],
    ]


DOES: dict[str, tuple[Callable[[dict[str, Any]], Any], Any]] = {
    "create-account/22222": (account("22222", "users", "displayName"), [["trader.a"], "Ann's second"]),
    "enable-account/11111": (account("11111", "enabled", "preTradeDisabled"), ["Enabled", False]),
    "disable-account/FILL0001": (account("FILL0001", "enabled"), ["Disabled"]),
    "update-account/11111/accountName": (account("11111", "accountName"), ["11111"]),
    f"assign-account/{FILL}/33333": (has(FILL, "accounts", "33333"), True),
    "unassign-account/trader.b/11111": (has("trader.b", "accounts", "11111"), False),
    "assign-application/trader.b/WhenTech": (has("trader.b", "applications", "WhenTech"), True),
    "unassign-application/trader.a/WhenTechFills": (has("trader.a", "applications", "WhenTechFills"), False),
    "assign-role/trader.a/Administrator": (role("trader.a", "Administrator"), [True, True]),
    f"remove-role/{FILL}/Trading": (role(FILL, "Trading"), [False, False]),
    "update-user/trader.a/phone": (user("trader.a", "phone"), "555-123-4567"),
    "update-market-data/trader.a/CME": (user("trader.a", "marketData"), {"ICE": "Depth", "CME": "Depth"}),
    "end-market-data/trader.a/ICE": (user("trader.a", "marketData"), {"CME": "TOB"}),
    "disable-user/trader.b": (user("trader.b", "enabled"), False),
    "enable-user/trader.b": (user("trader.b", "enabled"), True),
    f"sign-eula/{FILL}": (lambda state: len(state["users"][FILL]["eula"]["signatures"]), 7),
}
"""Task -> what is so afterwards, and what was not before."""

BESIDE = {"restore-account", "password-never-expires"}
"""Kinds of which the simulator's state shows nothing: below."""


@pytest.fixture
def administrator(folder: Folder) -> Administrator:
    """A firm in which everything is otherwise than the firm file says."""
    run = process.start(folder.path / ".t4" / "simulator")
    t4 = Simulator(run.endpoint, run.api_key, run.login)
    t4.template("FillService", ["WhenTechFills"], ["Trading"])
    t4.onboard("trader.a", "11111", templateUser="WhenTechTrader")
    t4.onboard("trader.b", "33333")
    t4.onboard(FILL, "FILL0001", templateUser="FillService")
    for act, values in (
        ("change-account", {"account": "11111", "accountName": "Somebody's"}),
        ("change-account", {"account": "FILL0001", "enabled": "Enabled"}),
        ("assign-account", {"username": "trader.b", "account": "11111"}),
        ("assign-application", {"username": "trader.a", "application": "WhenTechFills"}),
        ("set-market-data", {"username": "trader.a", "exchange": "CME", "marketDataType": "TOB"}),
        ("set-market-data", {"username": "trader.a", "exchange": "ICE", "marketDataType": "Depth"}),
    ):
        process.act(run, act, values)
    project = Project(folder.path)
    return Administrator(project, "demo", load(project, "demo").firm, run)


def test_each_kind_with_steps_is_tried_here() -> None:
    assert {kind_of(task) for task in DOES} | BESIDE == set(STEPS)


@pytest.mark.parametrize("task", DOES)
def test_it_does_what_the_task_says(administrator: Administrator, task: str) -> None:
    read, wanted = DOES[task]
    if task.startswith("enable-user"):
        process.act(administrator.run, "change-user", {"username": "trader.b", "enabled": "off"})
    if not task.startswith("create-account"):
        before = process.state(administrator.run)
        assert task.startswith("sign-eula") or read(before) != wanted
    assert list(administrator.does(task))
    done = process.state(administrator.run)
    assert read(done) == wanted
    assert [*administrator.left(task)] == [], "what is done is not done again"
    assert [*administrator.does(task)] == []
    assert process.state(administrator.run) == done


def test_what_only_the_portal_shows(administrator: Administrator) -> None:
    run = administrator.run
    with httpx.Client(base_url=run.endpoint, timeout=PATIENCE) as client:
        client.put("/simulator/socket/accounts/11111", json={"deleted": True}).raise_for_status()
        list(administrator.does("restore-account/11111"))
        assert "Deleted." not in client.get("/portal/accounts/11111").text
        client.put(f"/simulator/socket/users/{FILL}", json={"passwordExpired": True}).raise_for_status()
        list(administrator.does(f"password-never-expires/{FILL}"))
        options = client.put(f"/simulator/socket/users/{FILL}", json={}).json()
    for task in ("restore-account/11111", f"password-never-expires/{FILL}"):
        assert [*administrator.left(task)] == []
    assert (options["passwordNeverExpires"], options["passwordExpired"]) == (True, False)


def test_the_password_is_the_one_that_the_stack_derives(
    administrator: Administrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "t4firm_cli.administrator.simulated_portal.password_of", lambda *_: Derived(PASSWORD, "")
    )
    said = list(administrator.does("update-user/trader.a/password"))
    list(administrator.does("sign-eula/trader.a"))
    run = administrator.run
    assert PASSWORD not in "".join(said)
    assert [*administrator.left("update-user/trader.a/password")] == []
    assert Simulator(run.endpoint, run.api_key, run.login).can_log_in("trader.a", PASSWORD)


def test_an_account_that_is_there_is_only_assigned(administrator: Administrator) -> None:
    """As somebody may have created it in the portal already."""
    form = {"account": "22222", "accountName": "Hers", "templateAccount": "DefaultTemplate"}
    process.act(administrator.run, "create-account", form)
    assert list(administrator.does("create-account/22222")) == ["trader.a is assigned the account 22222."]


def test_what_the_simulator_refuses_is_said_in_its_words(administrator: Administrator) -> None:
    with pytest.raises(SimulatorError, match="names no account of this firm: 44444"):
        list(administrator.does("enable-account/44444"))


def test_it_does_open_tasks(folder: Folder) -> None:
    process.start(folder.path / ".t4" / "simulator")
    said = folder.t4firm("simulator", "do", "enable-account/99999")
    assert (said.code, "not open" in said.err) == (1, True)
    assert "name the tasks, or say --all" in folder.t4firm("simulator", "do").err


def listed(status: str, task: str, waits: str = "") -> Listed:
    return Listed("Users", "trader.b", {"id": task, "status": status} | ({"waits": waits} if waits else {}))


def has_tasks(monkeypatch: pytest.MonkeyPatch, *tasks: Listed) -> None:
    report = Report("demo", "Example Trading LLC", tasks)
    monkeypatch.setattr(simulated_administrator, "report_of", lambda *_: report)


@pytest.fixture
def to_do(administrator: Administrator, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    """The stack has an open task, one that waits, and one that is planned; all three can be done."""
    tasks = (
        listed("open", "assign-application/trader.b/WhenTech"),
        listed("open", "disable-user/trader.b", "until closed: verify-user/trader.b"),
        listed("planned", "enable-account/11111"),
    )
    has_tasks(monkeypatch, *tasks)
    return administrator


@pytest.mark.parametrize(
    ("endpoint", "named"),
    [
        ("https://api.t4login.com", "api.t4login.com (LIVE)"),
        ("http://127.0.0.1:1", "127.0.0.1:1 (on this machine)"),
        (
            "{simulator}.evil.example",
            "t4:endpoint is not an address",
        ),
    ],
)
@pytest.mark.parametrize("asked", [Asked((), True, True), Asked(("enable-account/11111",), False, False)])
def test_it_works_in_the_simulator_only(
    to_do: Administrator, endpoint: str, named: str, asked: Asked
) -> None:
    """Also where a simulator runs, and the stack has tasks that could be done in it."""
    settings = to_do.project.folder / "stacks" / "Pulumi.demo.yaml"
    settings.write_text(f"config:\n  t4:endpoint: {endpoint.format(simulator=to_do.run.endpoint)}\n")
    before = process.state(to_do.run)
    with pytest.raises(ProjectError) as refused:
        simulated_administrator.run(to_do.project, "demo", asked, as_json=False)
    assert str(refused.value) == (
        f"stack demo is not on the simulator (T4: {named}). `t4firm simulator do` works in the "
        "simulator only. Nothing was done"
    )
    assert process.state(to_do.run) == before


def test_an_account_is_not_enabled_while_its_capture_waits(
    administrator: Administrator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assign, enable = "assign-account/WhenTechFillUser/22222", "enable-account/22222"
    told = listed("open", enable)
    after = replace(told, said={**told.said, "after": assign})
    has_tasks(monkeypatch, after, listed("open", assign, "until closed: verify-account/22222"))
    before = process.state(administrator.run)
    asked = Asked((), all_open=True, agreed=True)
    assert simulated_administrator.run(administrator.project, "demo", asked, as_json=True) == 2
    assert json.loads(capsys.readouterr().out)["left"] == {
        assign: "it waits until closed: verify-account/22222",
        enable: f"first {assign}",
    }
    assert process.state(administrator.run) == before


def test_of_all_it_does_what_is_open_and_waits_for_nothing(
    to_do: Administrator, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Asked((), all_open=True, agreed=True)
    before = process.state(to_do.run)
    assert simulated_administrator.run(to_do.project, "demo", asked, as_json=True) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["done"] == {"assign-application/trader.b/WhenTech": "trader.b has the application WhenTech."}
    assert told["left"] == {
        "disable-user/trader.b": "it waits until closed: verify-user/trader.b",
        "enable-account/11111": "planned: the next run opens it, or the API does it",
    }
    before["users"]["trader.b"]["applications"].append("WhenTech")
    assert process.state(to_do.run) == before, "nothing else was done"
    asked = Asked((), all_open=True, agreed=False)  # there is nothing to agree to
    assert simulated_administrator.run(to_do.project, "demo", asked, as_json=False) == 2
    said = capsys.readouterr()
    assert (
        "assign-application/trader.b/WhenTech: the simulator has it so already, and nothing was done.\n"
        in said.out
    )
    assert "disable-user/trader.b: not yet: it waits until closed: verify-user/trader.b.\n" in said.out
    assert process.state(to_do.run) == before
    assert said.err.endswith(
        "T4 does not show these. When they are done, sign them off with `t4firm attest`:\n"
        "  assign-application/trader.b/WhenTech\n"
    ), "no run has recorded anything, so no read shows it"


@pytest.mark.parametrize("reads", [False, True])
def test_a_form_without_an_answer_is_not_said_not_to_be_done(
    administrator: Administrator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reads: bool,
) -> None:
    """Unless it was not even sent, because the simulator did not say what it has."""
    has_tasks(monkeypatch, listed("open", ADDED))
    error = SimulatorError("it does not answer") if reads else NoAnswer("Its answer did not come.")

    def silent(*_: object) -> str:
        raise error

    monkeypatch.setattr(process, "is_so" if reads else "act", silent)
    assert simulated_administrator.run(administrator.project, "demo", ALL, as_json=False) == 1
    said = capsys.readouterr()
    assert (f"{ADDED}: begun: A step may be done or not" in said.out) is not reads
    assert said.err == (
        f"{ADDED}: not done: it does not answer\n" if reads else f"{ADDED}: Its answer did not come.\n"
    )


@pytest.mark.parametrize(
    ("task", "why"),
    [
        ("disable-user/trader.b", "it waits until closed: verify-user/trader.b"),
        ("enable-account/11111", "planned: the next run opens it, or the API does it"),
    ],
)
def test_a_named_task_that_waits_or_is_planned_is_refused_with_the_reason(
    to_do: Administrator, task: str, why: str
) -> None:
    before = process.state(to_do.run)
    asked = Asked(("assign-application/trader.b/WhenTech", task), all_open=False, agreed=False)
    with pytest.raises(ProjectError) as refused:
        simulated_administrator.run(to_do.project, "demo", asked, as_json=False)
    assert str(refused.value) == f"not to be done yet: {task} ({why}). Nothing was done"
    assert process.state(to_do.run) == before


def test_json_stays_one_object_also_on_a_terminal(folder: Folder) -> None:
    process.start(folder.path / ".t4" / "simulator")
    shown = folder.on_a_terminal("simulator", "do", "--all", "--json")
    assert shown == "--json cannot ask: `--all --yes` goes ahead without asking. Nothing was done\r\n"


def test_where_nobody_can_be_asked_nothing_is_done(to_do: Administrator) -> None:
    before = process.state(to_do.run)
    with pytest.raises(ProjectError, match="there is no terminal, so nobody can be asked"):
        simulated_administrator.run(
            to_do.project, "demo", Asked((), all_open=True, agreed=False), as_json=False
        )
    assert process.state(to_do.run) == before


def test_the_question_is_no_output(
    to_do: Administrator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Answer("n\n"))
    asked = Asked((), all_open=True, agreed=False)
    with pytest.raises(typer.Abort):
        simulated_administrator.run(to_do.project, "demo", asked, as_json=False)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == ("assign-application/trader.b/WhenTech\nDo 1 task in the simulator? [y/N]: ")


def test_where_nothing_is_open_nobody_is_asked(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    process.start(folder.path / ".t4" / "simulator")
    has_tasks(monkeypatch)
    asked = Asked((), all_open=True, agreed=False)
    assert simulated_administrator.run(Project(folder.path), "demo", asked, as_json=False) == 0
    assert capsys.readouterr() == ("No task of stack demo is open.\n", "")


ALL: Final = Asked((), all_open=True, agreed=True)
ADDED: Final = "assign-application/trader.b/WhenTech"


def test_a_task_that_is_half_done_is_told_with_what_was_done(
    folder: Folder,
    administrator: Administrator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its account can be created, and not assigned: T4 does not have the owner."""
    folder.firm_file.write_text(folder.firm_file.read_text().replace("  trader.a:", "  trader.z:"))
    has_tasks(monkeypatch, listed("open", "create-account/22222"), listed("open", ADDED))
    assert simulated_administrator.run(administrator.project, "demo", ALL, as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    outputs.fits("simulator do", told)
    assert told["begun"] == {
        "create-account/22222": "The account 22222 is created. Nobody is assigned it yet."
    }
    assert "trader.z" in told["refused"]["create-account/22222"]
    assert told["done"] == {ADDED: "trader.b has the application WhenTech."}


@pytest.mark.parametrize("error", [KeyError("?"), httpx.ReadError("?"), KeyboardInterrupt(), SystemExit(143)])
def test_whatever_ends_it_what_was_done_is_told(
    administrator: Administrator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
) -> None:
    """In the second step of the second task."""
    second, third = "assign-role/trader.a/Administrator", "sign-eula/trader.a"
    has_tasks(monkeypatch, *(listed("open", task) for task in (ADDED, second, third)))
    act = process.act

    def acts(run: process.Run, name: str, values: Mapping[str, str]) -> str:
        if name == "add-template-role":
            raise error
        return act(run, name, values)

    monkeypatch.setattr(process, "act", acts)
    with pytest.raises(type(error)):
        simulated_administrator.run(administrator.project, "demo", ALL, as_json=False)
    said = capsys.readouterr().out
    assert f"{ADDED}: trader.b has the application WhenTech.\n" in said
    assert (
        f"{second}: begun: trader.a has the role Administrator. A step may be done or not: its answer" in said
    )
    assert third not in said


def test_a_task_whose_answer_did_not_come_is_named(
    administrator: Administrator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C while the simulator works on the first form: what is not named was not begun."""
    has_tasks(monkeypatch, listed("open", ADDED), listed("open", "sign-eula/trader.a"))
    act = process.act

    def acts(*asked: Any) -> str:
        act(*asked)
        raise KeyboardInterrupt

    monkeypatch.setattr(process, "act", acts)
    with pytest.raises(KeyboardInterrupt):
        simulated_administrator.run(administrator.project, "demo", ALL, as_json=False)
    said = capsys.readouterr()
    assert said.out == (
        f"{ADDED}: begun: A step may be done or not: its answer did not come. Look in the portal.\n"
    )
    assert said.err == "Interrupted: a task that is not named here was not begun.\n"
    assert "WhenTech" in process.state(administrator.run)["users"]["trader.b"]["applications"]


@pytest.mark.parametrize(
    ("task", "gone"),
    [
        ("update-user/trader.z/phone", "the user trader.z"),
        ("update-account/99999/accountName", "the account 99999"),
        ("update-market-data/trader.b/EUREX", "the market data EUREX of trader.b"),
    ],
)
def test_a_task_of_what_left_the_firm_file_stops_no_other(
    administrator: Administrator,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    task: str,
    gone: str,
) -> None:
    has_tasks(monkeypatch, listed("open", task), listed("open", "sign-eula/trader.b"))
    assert simulated_administrator.run(administrator.project, "demo", ALL, as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["refused"] == {task: f"the firm file no longer has {gone}: run `t4firm up` first"}
    assert [*told["done"]] == ["sign-eula/trader.b"]


def open_tasks(folder: Folder) -> list[str]:
    listed = json.loads(folder.t4firm("tasks", "--json").out)["tasks"]
    return [task["id"] for task in listed if task["status"] in ("open", "planned")]


@pytest.mark.engine
def test_all_tasks_from_the_shell_to_the_evidence(folder: Folder) -> None:
    """On the onboarding call alone: the simulator's own logins show what was done."""
    shutil.copy(ROOT / "__main__.py", folder.path)
    (folder.path / ".venv").symlink_to(ROOT / ".venv")
    (folder.path / "stacks" / "Pulumi.demo.yaml").write_text("config:\n  t4:endpoint: simulator\n")
    folder.t4firm("simulator", "start")
    first = folder.t4firm("up", "--yes")
    assert first.code == 0
    assert "  + created account 11111 of trader.a\n" in first.out + first.err
    assert "  + asked the administrator to create account 22222 of trader.a\n" in first.out + first.err
    done = folder.t4firm("simulator", "do", "--all", "--yes", "--json")
    assert done.code == 2, "some are left to people"
    told = json.loads(done.out)
    assert told["refused"] == {}
    assert {kind_of(task) for task in told["left"]} == {"hand-over-credentials", "confirm-trial"}
    assert told["done"]["enable-account/44444"] == "The account 44444 is saved."
    again = folder.t4firm("simulator", "do", "--all", "--yes")
    told_again = {line.partition(": the simulator has it so already")[0] for line in again.out.splitlines()}
    assert told_again >= {*told["done"]}
    not_shown = again.err.partition("sign them off with `t4firm attest`:\n")[2].split()
    by_people = {"hand-over-credentials", "confirm-trial", "password-never-expires"}
    assert {kind_of(task) for task in not_shown} == by_people, "what the refresh will leave open"
    assert folder.t4firm("up", "--yes", "--refresh").code == 0
    left = open_tasks(folder)
    assert sorted(left) == sorted(not_shown)
    said = folder.t4firm("simulator", "do", *left)
    assert said.code == 2
    assert f"hand-over-credentials/{FILL}: not in the portal: WhenTech is given the password" in said.out
    assert "When they are done, sign them off with `t4firm attest`" in said.err
    assert folder.t4firm("attest", "--all-open", "--by", "A. Administrator").code == 0
    assert folder.t4firm("up", "--yes").code == 0
    assert open_tasks(folder) == []
