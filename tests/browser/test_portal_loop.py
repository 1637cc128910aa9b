"""The whole loop: from an open task, through the browser, to the evidence that it is done."""

import json
from pathlib import Path
from typing import Any

import pytest

from t4firm.tasks.ids import kind_of, parts_of
from t4firm.yaml_files.document import read
from tests.browser.conftest import running
from tests.browser.portal import Hands, portal
from tests.engine.project import Simulator
from tests.providers.stack import Stack

OUTSIDE_T4 = ("hand-over-credentials", "confirm-trial", "password-never-expires")
"""Kinds of tasks of which no answer of T4 shows anything."""

DEMO = Path(__file__).parents[2] / "stacks" / "demo.firm.yaml"


def test_what_is_done_in_the_browser_is_closed_by_what_t4_shows(
    tmp_path: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the onboarding call alone and the two logins: as most firms have it. Nobody signs anything off."""
    own, stack = simulator.reader, Stack(tmp_path, simulator, monkeypatch)
    stack.operations = "onboarding"
    stack.settings |= {
        "t4:socket": simulator.socket,
        "t4:socketQuiet": "1",
        "t4:reader": json.dumps(own),
        "t4:fillReader": json.dumps({name: own[name] for name in ("firm", "appName", "appLicense")}),
    }
    firm: dict[str, Any] = dict(read(DEMO).data)
    asked = stack.up(firm)
    assert not asked.failed
    to_do = [task for task, status in asked.every_task.items() if status == "open"]
    shown = [task for task in to_do if kind_of(task) not in OUTSIDE_T4]
    assert {kind_of(task) for task in shown} >= {
        "create-account",
        "enable-account",
        "assign-account",
        "sign-eula",
    }
    simulator.forget_requests()

    with running() as browser, portal(browser, simulator.endpoint) as page:
        hands = Hands(page)
        for number in [parts_of(task)["account"] for task in shown if kind_of(task) == "create-account"]:
            owner = next(name for name, user in firm["users"].items() if number in user["accounts"])
            hands.creates_account(number, owner)
        for task in [task for task in to_do if kind_of(task) not in ("create-account", *OUTSIDE_T4[:2])]:
            hands.does(task)
    assert simulator.changes() == [], "no call of T4's API did it"

    stack.refresh()
    seen = stack.settled(firm)
    open_still = {kind_of(task) for task, status in seen.every_task.items() if status == "open"}
    assert open_still == {*OUTSIDE_T4}, "only what no answer of T4 shows is a person's word"
    evidence = {task["id"]: task.get("evidence", "") for task in seen.outputs["administratorTasks"]}
    for task in shown:
        assert evidence[task].startswith("T4 shows it: read over T4's WebSocket as "), task
    assert seen.outputs["summary"]["fillAccounts"]["assigned"] == 4
