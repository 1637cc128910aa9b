"""T4 is seen with the stack's own eyes, on the real engine: the administrator works in the portal, and nobody
signs anything off that T4 shows. With the onboarding call alone, as most firms have it."""

import json
import shutil
import signal
from typing import Any

import pytest

from t4firm.tasks.kinds import STANDING
from tests.engine.administrator import Administrator
from tests.engine.faults import onboarding
from tests.engine.one_person import checkpoint
from tests.engine.project import Project, Simulator
from tests.engine.started import started
from tests.providers.portal import Portal
from tests.socket.portal import EULA, OWN, SocketPortal

pytestmark = pytest.mark.engine

FILL = "WhenTechFillUser"
BY_A_PERSON = (f"hand-over-credentials/{FILL}", f"password-never-expires/{FILL}")
"""What no login shows, and without which the fill service does not run."""


@pytest.fixture
def seeing(project: Project, simulator: Simulator) -> Project:
    """The seeds' example on the onboarding call alone, with both logins configured."""
    own = simulator.reader
    project.environ |= {
        "T4_OPERATIONS": "onboarding",
        "T4_SOCKET": simulator.socket,
        "T4_SOCKET_QUIET": "1",
        "T4_READER": json.dumps(own),
        "T4_FILL_READER": json.dumps({name: own[name] for name in ("firm", "appName", "appLicense")}),
    }
    firm = project.demo()
    firm["defaults"]["account"]["enabled"] = True
    project.write(firm)
    return project


def drift(project: Project, code: int) -> dict[str, Any]:
    done = project.t4firm("drift", "--stack", project.stack, "--json")
    assert done.code == code, done.all
    found: dict[str, Any] = json.loads(done.text)
    return found


def listed(project: Project) -> dict[str, dict[str, str]]:
    """The administrator's tasks by id, without those of which no login shows anything."""
    tasks = {task["id"]: task for task in project.output("administratorTasks")}
    return {name: task for name, task in tasks.items() if name.partition("/")[0] not in STANDING}


def test_what_the_administrator_does_is_proved_and_what_somebody_changes_is_seen(
    seeing: Project, simulator: Simulator
) -> None:
    project, portal, socket = seeing, Portal(simulator), SocketPortal(simulator)
    assert project.up().code == 0
    asked = {name for name, task in listed(project).items() if task["status"] == "open"}
    assert {"create-account/22222", "enable-account/11111", f"assign-account/{FILL}/33333"} <= asked
    assert project.output("summary")["fillAccounts"] == {
        **dict.fromkeys(("assigned", "captured", "excluded", "unmanaged"), 0),
        **dict.fromkeys(("wanted", "open"), 4),
    }

    # the administrator works in the portal, and signs nothing
    firm = project.demo()
    by_hand = [name for name in asked if name.partition("/")[0] not in ("sign-eula", "assign-application")]
    Administrator(simulator).does(sorted(by_hand, key=lambda name: not name.startswith("create")), firm)
    socket.ready(FILL)
    refreshed = project.pulumi("refresh", "--yes", "--stack", project.stack)
    assert refreshed.code == 0, refreshed.text
    assert project.up().code == 0
    for name, task in listed(project).items():
        assert task["status"] == "done", name
        assert task["evidence"].startswith("T4 shows it: read over T4's WebSocket as "), task
    counts = project.output("summary")["fillAccounts"]
    assert (counts["assigned"], counts["captured"]) == (4, 0), "no login shows the rest"
    assert project.output("summary")["untilCaptured"] == [*BY_A_PERSON]
    assert not drift(project, 0)["differs"]

    # what somebody changes in the portal is seen by the next look
    portal.give_role(FILL, "Trading")
    portal.unassign(FILL, "33333")
    portal.change_account("11111", enabled="Disabled")
    portal.make_account("trader.b", "99999")
    found = drift(project, 2)
    assert [each["task"] for each in found["violations"]] == [f"remove-role/{FILL}/Trading"]
    assert [each["task"] for each in found["administrator"]] == [
        f"assign-account/{FILL}/33333",
        "enable-account/11111",
    ]
    assert [words[:13] for words in found["unmanaged"]] == ["account 99999"]
    stopped = project.up("--refresh")
    assert "VIOLATION: " in stopped
    portal.take_role(FILL, "Trading")
    portal.assign(FILL, "33333")
    portal.change_account("11111", enabled="Enabled")

    # two looks at once, with one login: the newer one wins, and the older one says why it ended
    socket.pace(PAUSE)
    with started(project, ["t4firm", "drift", "--stack", project.stack]) as older:
        older.until(lambda: [each for each in socket.sessions() if each["username"] == READER])
        socket.pace(0)
        newer = project.t4firm("drift", "--stack", project.stack)
        ended = older.finished()
    assert ended.code == 1
    assert "another run reads with this login" in ended
    assert "Traceback" not in ended
    assert newer.code in (0, 2), newer.text
    assert "another run" not in newer

    # a person's word is needed for what nobody can see, and for nothing else
    project.attest(*BY_A_PERSON)
    assert project.up("--refresh").code == 0
    assert project.output("summary")["fillAccounts"]["captured"] == 4


READER = "t4firm.reader"
PAUSE = 120.0
"""Seconds between two accounts: longer than the older look lives."""


def test_a_killed_onboarding_of_the_fill_user_needs_no_hand(seeing: Project, simulator: Simulator) -> None:
    """T4 made the user, nobody heard of it, and the journal is gone: its own login shows whose it is."""
    project = seeing
    firm = project.demo()
    firm["fillService"]["user"]["eula"] = {"eulaVersion": "2", "signatures": _signed()}
    project.write(firm)
    simulator.template("FillService", ["WhenTechFills", OWN], [])
    rule = onboarding("after", hold=True)
    simulator.fault({**rule, "match": {**rule["match"], "username": FILL}})
    with started(project, project.up_command) as run:
        run.until(lambda: simulator.held() and {"trader.a", "trader.b"} <= _recorded(project))
        run.look()
        run.provider.kill()
        run.send(signal.SIGKILL)
        run.finished()
        with started(project, ["t4firm", "unlock", "--stack", project.stack]) as freeing:
            assert freeing.finished().code == 0
        simulator.let_go()
        run.ended()
    assert FILL in simulator.users()
    assert FILL not in _recorded(project)
    shutil.rmtree(project.folder / ".t4")
    again = project.up()
    assert again.code == 0, again.text
    record = checkpoint(project)[FILL]["outputs"]
    assert record["userID"] == simulator.users()[FILL]["userID"]
    assert record["roles"] == []
    assert record["violations"] == {}
    assert simulator.users()[FILL]["onboardings"] == 1
    assert f"verify-user/{FILL}" not in project.every_task()
    assert project.every_task()[f"assign-account/{FILL}/11111"] == "open"


def _recorded(project: Project) -> set[str]:
    """Who has been recorded so far; nobody before the engine has written its first checkpoint."""
    try:
        return {*checkpoint(project)}
    except (FileNotFoundError, json.JSONDecodeError):
        return set()


def _signed() -> dict[str, str]:
    return {each["documentName"]: each["signed"] for each in EULA["signatures"]}  # type: ignore[index]
