"""A firm of 200 traders: its state is written once, and a refresh of it asks T4 no more than it must."""

import json
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest

from tests.engine.project import Project, Simulator

pytestmark = pytest.mark.engine

TRADERS = 200
HERE = {"CI": ""}
"""The journal stays, also where a pipeline plays this."""


def written(project: Project) -> dict[str, Any]:
    """What the state has as the inputs of the firm's resources."""
    state = json.loads(project.pulumi("stack", "export", "--show-secrets", "--stack", project.stack).text)
    of_type = {each["urn"].partition("dynamic/t4:")[2]: each for each in state["deployment"]["resources"]}
    return {name: each["inputs"] for name, each in of_type.items() if name}


def test_a_refresh_of_an_unchanged_firm_reads_each_user_at_most_once(
    project: Project, simulator: Simulator
) -> None:
    firm = project.demo()
    person = firm["users"]["trader.b"]
    firm["users"] = {
        f"trader.{number:03}": deepcopy(person) | {"accounts": [f"A{number:03}"]} for number in range(TRADERS)
    }
    firm["accounts"] = {}
    firm["limits"] = {"newUsers": TRADERS + 1, "marketData": TRADERS}
    project.write(firm)
    up = ("up", "--yes", "--stack", project.stack)
    done = project.t4firm(*up, **HERE)
    assert done.code == 0, done.text
    assert "The state is written once, at the end of the run: the firm is large (804 resources)." in done
    made = written(project)
    assert len(made) == 804
    done = project.t4firm(*up, "--no-quick", **HERE)
    assert done.code == 0, done.text
    assert "written once" not in done
    changed = {name for name, inputs in written(project).items() if made[name] != inputs}
    assert changed == {"Firm::firm"}, "the engine writes the state for each resource whose inputs change"

    simulator.forget_requests()
    quiet = ("--yes", "--skip-preview", "--expect-no-changes")  # a preview of a refresh reads too
    refreshed = project.pulumi("refresh", *quiet, "--stack", project.stack, **HERE)
    assert refreshed.code == 0, refreshed.text
    calls = Counter((call["method"], call["path"]) for call in simulator.requests())
    lists = {("GET", "/admin/v1/users"), ("GET", "/admin/v1/accounts")}
    users = {("GET", f"/admin/v1/users/{user['userID']}/marketdata") for user in simulator.users().values()}
    assert set(calls) == {*lists, *users}, "one list for all, and what no list shows"
    assert set(calls.values()) == {1}
