"""A firm of one person, played in a few runs: what the fault tables share."""

import json
import time
from collections.abc import Callable
from typing import Any

from tests.clock import PATIENCE
from tests.engine.project import Project, Simulator
from tests.engine.test_errors import speaks_plainly
from tests.goals.firms import comes_with_a_user


def small(project: Project, second: bool = False) -> dict[str, Any]:
    """A firm of one person: as little as there can be, because each row takes several runs."""
    firm = project.demo()
    firm["users"] = {"trader.a": firm["users"]["trader.a"]}
    firm["users"]["trader.a"]["accounts"] = ["11111", "22222"] if second else ["11111"]
    firm["accounts"] = {}
    del firm["fillService"]
    project.write(firm)
    return firm


def finishes(
    project: Project, simulator: Simulator, firm: dict[str, Any], strangers: dict[str, str], *arguments: str
) -> None:
    """A plain run ends well. T4 has the file's users and accounts, each user by one onboarding, and
    `strangers` (username to account) as they were; no task is open."""
    done = project.up(*arguments)
    assert done.code == 0, done.text
    assert "pending operations" not in done, done.text
    speaks_plainly(done)
    users = simulator.users()
    assert set(users) == {*firm["users"], *strangers}
    for username, wanted in firm["users"].items():
        user = users[username]
        assert user["onboardings"] == 1, f"{username} was onboarded {user['onboardings']} times"
        assert set(user["accounts"]) - {strangers.get(username)} == set(wanted["accounts"])
        assert user["marketData"] == wanted["marketData"]
        assert user["applications"] == wanted["applications"]
        signed = {signature["documentName"] for signature in user["eula"]["signatures"]}
        assert signed == set(wanted["eula"]["signatures"])
    numbers = {number for user in firm["users"].values() for number in user["accounts"]}
    assert set(simulator.accounts()) == {*numbers, *strangers.values()}
    outputs = checkpoint(project)["t4-test"]["outputs"]
    assert set(outputs["users"]) == set(firm["users"])
    tasks = {task["id"]: task["status"] for task in outputs["administratorTasks"]}
    assert "open" not in [status for task, status in tasks.items() if not comes_with_a_user(task)]


def checkpoint(project: Project) -> dict[str, dict[str, Any]]:
    """The resources that the engine has recorded, by name, from its file: quicker than asking `pulumi`."""
    file = project.folder / "state" / ".pulumi" / "stacks" / "t4" / f"{project.stack}.json"
    latest = json.loads(file.read_text())["checkpoint"]["latest"]
    return {resource["urn"].rpartition("::")[2]: resource for resource in latest.get("resources") or []}


def until(true: Callable[[], object]) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)
