"""A firm of 200 traders, unchanged: a refresh finds nothing, and asks T4 no more than it must."""

from collections import Counter
from copy import deepcopy

import pytest

from tests.engine.project import Project, Simulator

pytestmark = pytest.mark.engine

TRADERS = 200
AT_ONCE = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""The state is written once, at the end: here nobody kills the run."""


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
    done = project.up(**AT_ONCE)
    assert done.code == 0, done.text

    simulator.forget_requests()
    quiet = ("--yes", "--skip-preview", "--expect-no-changes")  # a preview of a refresh reads too
    refreshed = project.pulumi("refresh", *quiet, "--stack", project.stack, **AT_ONCE)
    assert refreshed.code == 0, refreshed.text
    calls = Counter((call["method"], call["path"]) for call in simulator.requests())
    lists = {("GET", "/admin/v1/users"), ("GET", "/admin/v1/accounts")}
    users = {("GET", f"/admin/v1/users/{user['userID']}/marketdata") for user in simulator.users().values()}
    assert set(calls) == {*lists, *users}, "one list for all, and what no list shows"
    assert set(calls.values()) == {1}
