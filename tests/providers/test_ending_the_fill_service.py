"""The fill service ends in steps, and changes the way it captures without a gap."""

from typing import Any

import pytest

from tests.goals.firms import firm_of
from tests.providers.operations import without
from tests.providers.stack import Stack
from tests.providers.test_taking_away import FILL, assigned, sign, unsign

TWO = {"trader_a": {"accounts": ["11111", "22222"]}, "trader_b": {"accounts": ["33333"]}}
CAPTURED = [f"unassign-account/{FILL}/{number}" for number in ("11111", "22222", "33333")]
ROLE = f"remove-role/{FILL}/RiskManager"


def firm(capture: str = "accounts", *, template: str = "FillService", **user: Any) -> dict[str, Any]:
    made = firm_of(**TWO)
    made["fillService"]["capture"] = capture
    made["fillService"]["user"] |= {"templateUser": template, **user}
    return made


def risk_manager() -> dict[str, Any]:
    return firm("riskManager", template="FillServiceRiskManager")


def without_service() -> dict[str, Any]:
    made = firm_of(**TWO)
    del made["fillService"]
    return made


def roles(stack: Stack) -> list[str]:
    given: list[str] = stack.simulator.users()[FILL]["roles"]
    return given


def test_the_service_ends_in_three_steps_through_the_api(stack: Stack) -> None:
    stack.settled(firm())
    assert set(stack.preview(firm("none")).updated) == {
        f"AccountAssignment {FILL}/{number}" for number in ("11111", "22222", "33333")
    }
    done = stack.settled(firm("none"))
    assert assigned(stack, FILL) == ["FILL0001"]
    assert done.outputs["summary"]["fillAccounts"]["wanted"] == 0
    stack.settled(firm("none", departed=True))
    assert stack.simulator.users()[FILL]["enabled"] is False
    stack.settled(without_service())
    assert not [key for key in stack.state if FILL in key or "FILL0001" in key]


def test_the_service_ends_in_three_steps_by_the_administrators_hands(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(firm())
    sign(stack, "create-account/22222", *(task.removeprefix("un") for task in CAPTURED))
    stack.settled(firm())
    stack.settled(firm("none"))
    assert {task for task, status in stack.tasks(firm("none")).items() if status == "open"} == set(CAPTURED)
    early = stack.preview(firm("none", departed=True)).failed["program"]
    assert f"{FILL} cannot depart yet" in early
    assert CAPTURED[0] in early
    sign(stack, *CAPTURED)
    stack.settled(firm("none"))
    stack.settled(firm("none", departed=True))
    assert stack.tasks(firm("none", departed=True))[f"disable-user/{FILL}"] == "open"
    sign(stack, f"disable-user/{FILL}")
    stack.settled(firm("none", departed=True))
    unsign(stack, FILL)
    stack.settled(without_service())
    assert not [key for key in stack.state if FILL in key]


@pytest.mark.parametrize("operations", ["full", "onboarding"])
def test_with_the_risk_manager_role_the_role_goes_before_the_user(stack: Stack, operations: str) -> None:
    stack.operations = stack.operations if operations == "full" else operations
    stack.settled(risk_manager())
    ending = firm("none", template="FillServiceRiskManager")
    early = firm("none", template="FillServiceRiskManager", departed=True)
    assert ROLE in stack.preview(early).failed["program"]
    done = stack.settled(ending)
    assert done.outputs["summary"]["violations"] == []
    if operations == "full":
        assert roles(stack) == []
    else:
        assert stack.tasks(ending)[ROLE] == "open"
        assert ROLE in stack.preview(early).failed["program"]
        sign(stack, ROLE)
        stack.settled(ending)
    stack.settled(early)
    if operations != "full":
        sign(stack, f"disable-user/{FILL}")
        stack.settled(early)
    unsign(stack, FILL)
    stack.settled(without_service())


def test_a_fill_user_with_open_tasks_does_not_leave_the_file(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(risk_manager())
    stack.settled(firm("none", template="FillServiceRiskManager"))
    sign(stack, ROLE)
    stack.settled(firm("none", template="FillServiceRiskManager"))
    stack.settled(firm("none", template="FillServiceRiskManager", departed=True))
    unsign(stack, FILL)
    assert f"disable-user/{FILL}" in stack.preview(without_service()).failed["program"]


def test_from_the_role_to_accounts_the_accounts_come_first(stack: Stack) -> None:
    stack.settled(risk_manager())
    stack.simulator.forget_requests()
    done = stack.up(firm())
    assert not done.failed
    assert done.outputs["summary"]["violations"] == []
    assert set(assigned(stack, FILL)) == {"FILL0001", "11111", "22222", "33333"}
    assert roles(stack) == ["RiskManager"], "until every account is assigned"
    assert done.tasks == {ROLE: "open"}
    (waits,) = [task["waits"] for task in done.outputs["administratorTasks"] if task["id"] == ROLE]
    assert waits == "until closed: " + ", ".join(task.removeprefix("un") for task in CAPTURED)
    again = stack.settled(firm())
    assert again.updated == [f"User {FILL}"]
    assert (roles(stack), again.tasks) == ([], {ROLE: "done"})
    calls = [call["method"] for call in stack.simulator.changes()]
    assert calls == ["POST", "POST", "POST", "DELETE"]


def test_from_the_role_to_accounts_by_the_administrators_hands(stack: Stack) -> None:
    stack.operations = "onboarding"
    sign(stack, "create-account/22222")
    stack.settled(risk_manager())
    stack.settled(firm())
    assert stack.tasks(firm())[ROLE] == "open"
    sign(stack, *(task.removeprefix("un") for task in CAPTURED))
    stack.up(firm())
    stack.settled(firm())
    assert "waits" not in stack.record(f"User {FILL}")["tasks"][ROLE]
    sign(stack, ROLE)
    assert stack.settled(firm()).outputs["summary"]["violations"] == []
    assert stack.record(f"User {FILL}")["roles"] == []


def test_from_accounts_to_the_role_the_role_comes_first(stack: Stack) -> None:
    stack.settled(firm())
    stack.simulator.forget_requests()
    given = f"assign-role/{FILL}/RiskManager"
    done = stack.settled(risk_manager())
    assert stack.simulator.requests("DELETE") == []
    assert stack.tasks(risk_manager()) == {given: "open", **dict.fromkeys(CAPTURED, "open")}
    waits = stack.record(f"AccountAssignment {FILL}/11111")["tasks"][CAPTURED[0]]["waits"]
    assert waits == given
    assert "VIOLATION" in " ".join(done.said), "WhenTech sees less than the file says"
    user = stack.simulator.users()[FILL]["userID"]
    stack.simulator.admin("POST", f"/admin/v1/users/{user}/roles", {"role": "RiskManager"})
    sign(stack, given)
    stack.settled(risk_manager())
    assert assigned(stack, FILL) == ["FILL0001"]
    assert roles(stack) == ["RiskManager"]
    stack.up(firm())
    stack.settled(firm())
    assert (set(assigned(stack, FILL)), roles(stack)) == ({"FILL0001", "11111", "22222", "33333"}, [])


def test_a_role_that_comes_back_after_it_was_revoked_is_a_violation(stack: Stack) -> None:
    stack.settled(risk_manager())
    stack.up(firm())
    stack.settled(firm())
    user = stack.simulator.users()[FILL]["userID"]
    stack.simulator.admin("POST", f"/admin/v1/users/{user}/roles", {"role": "RiskManager"})
    stack.refresh()
    assert ROLE in stack.record(f"User {FILL}")["violations"]
    stack.up(firm())
    assert roles(stack) == []


@pytest.mark.parametrize("change", ["removed", "renamed"])
def test_a_fill_user_that_just_vanished_is_refused_with_the_steps(stack: Stack, change: str) -> None:
    stack.settled(firm())
    stack.simulator.forget_requests()
    other = without_service() if change == "removed" else firm(username="AnotherFillUser")
    for refused in (stack.preview(other), stack.up(other)):
        said = refused.failed["program"]
        assert f"the fill user {FILL} was removed from the firm file, but has not departed" in said
        assert "write `capture: none`, run `up` and close its tasks. 2. Write `departed: true`" in said
    assert stack.simulator.requests() == []


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("readable", [True, False])
def test_a_role_that_may_be_gone_and_is_given_again(stack: Stack, taken: bool, readable: bool) -> None:
    """T4 was asked to take the role, which could not be read, and the file gives it again."""
    stack.settled(risk_manager())
    ending = firm("none", template="FillServiceRiskManager")
    role = f"/admin/v1/users/{stack.simulator.users()[FILL]['userID']}/roles"
    if not taken:
        stack.simulator.fault(
            {"match": {"method": "DELETE", "path": role}, "do": {"status": 200, "body": "{}"}}
        )
    unread = {"match": {"method": "GET", "path": "/admin/v1/users"}, "do": {"status": 500, "body": "{}"}}
    stack.simulator.fault({**unread, "times": 1000})
    stack.up(ending)
    assert "unconfirmed" in stack.record(f"User {FILL}")["tasks"][f"remove-role/{FILL}/RiskManager"]
    assert roles(stack) == ([] if taken else ["RiskManager"])
    stack.simulator.calm()
    if not readable:
        stack.operations = without(stack, "listUsers", "readUser")
    stack.up(risk_manager())
    lost = taken or not readable
    tasks = stack.tasks(risk_manager())
    assert tasks.get(f"assign-role/{FILL}/RiskManager") == ("open" if lost else None)
    assert f"remove-role/{FILL}/RiskManager" not in tasks
    assert stack.record(f"User {FILL}")["roles"] == ([] if lost else ["RiskManager"])
