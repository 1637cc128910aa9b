"""Several stacks of one repository at once: two desks, and one stack whose fill user captures for both."""

import copy
import json
from typing import Any

import pytest

from tests.engine.project import Project, Simulator

pytestmark = pytest.mark.engine


def desk(firm: dict[str, Any], name: str, number: str) -> dict[str, Any]:
    """A firm of one trader with one account, and without a fill service."""
    made = copy.deepcopy(firm)
    del made["fillService"]
    made.pop("accounts", None)
    person = made["users"]["trader.a"]
    made["users"] = {name: {**person, "email": f"{name}@example.com", "accounts": [number]}}
    return made


def test_desks_and_the_stack_that_captures_for_them(project: Project, simulator: Simulator) -> None:
    firm = project.demo()
    stacks = project.folder / "stacks"
    for name, number in (("east", "71001"), ("west", "72001")):
        (stacks / f"{name}.firm.yaml").write_text(json.dumps(desk(firm, f"{name}.a", number)))
    project.firm_file.unlink()
    fills = {**copy.deepcopy(firm), "users": {}, "accounts": {}}
    fills["fillService"].pop("exclude", None)
    fills["fillService"]["stacks"] = ["east", "west"]
    (stacks / "fills.firm.yaml").write_text(json.dumps(fills))
    (stacks / "broken.firm.yaml").write_text("firm: [")

    done = project.t4firm("fleet", "up", "--yes", "--at-once", "2")
    assert done.code == 1
    assert "4 stacks: 1 failed, 3 fine" in done
    assert simulator.users().keys() == {"east.a", "west.a", "WhenTechFillUser"}
    assert {"71001", "72001"} <= set(simulator.users()["WhenTechFillUser"]["accounts"])

    (stacks / "broken.firm.yaml").unlink()
    told = project.t4firm("fleet", "tasks", "--stacks", "east,west")
    assert told.code == 2
    assert "2 stacks: 2 something to do" in told
    simulator.forget_requests()
    assert project.t4firm("fleet", "up", "--yes").code == 0
    assert simulator.onboarded() == []
