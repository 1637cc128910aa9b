"""An account moves from one trader to another, step by step, and its fills stay captured at each of them."""

from typing import Any

import pytest

from tests.goals.firms import firm_of
from tests.providers.stack import Stack
from tests.providers.test_leaving import accepted
from tests.providers.test_taking_away import FILL, assigned, portal, sign, unsign

MOVED = "22222"


def before(**trader_b: Any) -> dict[str, Any]:
    return firm_of(trader_a={"accounts": ["11111", MOVED]}, trader_b={"accounts": ["33333"], **trader_b})


def both(number: str = MOVED) -> dict[str, Any]:
    """The second trader lists it too."""
    firm = before(accounts=["33333", number])
    firm["accounts"] = {number: {"owner": "trader.a"}}
    return firm


def handed_over(number: str = MOVED, instead: str = "11111") -> dict[str, Any]:
    """The first trader loses it."""
    firm = before(accounts=["33333", number])
    firm["users"]["trader.a"] |= {"accounts": [instead], "revoke": {"accounts": [number]}}
    return firm


def after(number: str = MOVED, instead: str = "11111") -> dict[str, Any]:
    """The line is gone."""
    firm = handed_over(number, instead)
    del firm["users"]["trader.a"]["revoke"]
    return firm


def never_let_go(stack: Stack, number: str = MOVED) -> None:
    """The fill user has had the account at each moment since the requests were forgotten."""
    assert number in assigned(stack, FILL)
    fill = stack.simulator.users()[FILL]["userID"]
    assert stack.simulator.requests("DELETE", f"/admin/v1/users/{fill}/accounts") == []


def test_who_need_not_have_it_yet_by_agreement_lets_nobody_lose_it(stack: Stack) -> None:
    stack.settled(before())
    given = accepted(f"assign-account/trader.b/{MOVED}")
    stack.settled(both() | given)
    stack.settled(handed_over() | given)
    assert (MOVED in assigned(stack, "trader.a"), MOVED in assigned(stack, "trader.b")) == (True, False)
    stack.settled(handed_over())
    assert (MOVED in assigned(stack, "trader.a"), MOVED in assigned(stack, "trader.b")) == (False, True)


@pytest.mark.parametrize(("number", "instead"), [(MOVED, "11111"), ("11111", MOVED)], ids=["later", "first"])
def test_an_account_moves_without_a_gap_through_the_api(stack: Stack, number: str, instead: str) -> None:
    stack.settled(before())
    stack.simulator.forget_requests()
    stack.settled(both(number))
    assert (number in assigned(stack, "trader.a"), number in assigned(stack, "trader.b")) == (True, True)
    never_let_go(stack, number)
    done = stack.settled(handed_over(number, instead))
    assert done.tasks == {}
    assert (number in assigned(stack, "trader.a"), number in assigned(stack, "trader.b")) == (False, True)
    never_let_go(stack, number)
    done = stack.settled(after(number, instead))
    assert done.deleted == [f"AccountAssignment trader.a/{number}"]
    never_let_go(stack, number)
    assert [call["method"] for call in stack.simulator.changes()] == [
        "POST",
        "DELETE",
    ]
    assert stack.record(f"Account {number}")["owner"] == "trader.b"
    assert stack.record(f"Account {number}")["accountID"] == stack.simulator.accounts()[number]["accountID"]
    assert stack.record(f"Account {instead}")["accountID"] == stack.simulator.accounts()[instead]["accountID"]


@pytest.mark.parametrize(("number", "instead"), [(MOVED, "11111"), ("11111", MOVED)], ids=["later", "first"])
def test_an_account_moves_without_a_gap_by_the_administrators_hands(
    stack: Stack, number: str, instead: str
) -> None:
    stack.operations = "onboarding"
    stack.settled(before())
    sign(stack, f"create-account/{MOVED}", *(f"assign-account/{FILL}/{n}" for n in ("11111", MOVED, "33333")))
    stack.settled(before())
    stack.settled(both(number))
    assert stack.tasks(both(number))[f"assign-account/trader.b/{number}"] == "open"
    stack.settled(handed_over(number, instead))
    assert open_tasks(stack, handed_over(number, instead)) == {
        f"assign-account/trader.b/{number}",
        f"unassign-account/trader.a/{number}",
    }
    waits = stack.record(f"AccountAssignment trader.a/{number}")["tasks"]
    assert waits[f"unassign-account/trader.a/{number}"]["waits"] == f"assign-account/trader.b/{number}"
    sign(stack, f"assign-account/trader.b/{number}")
    stack.settled(handed_over(number, instead))
    waits = stack.record(f"AccountAssignment trader.a/{number}")["tasks"]
    assert "waits" not in waits[f"unassign-account/trader.a/{number}"]
    too_early = stack.preview(after(number, instead))
    assert f"unassign-account/trader.a/{number}" in too_early.failed["program"]
    sign(stack, f"unassign-account/trader.a/{number}")
    stack.settled(handed_over(number, instead))
    unsign(stack, f"/trader.a/{number}")
    assert stack.settled(after(number, instead)).deleted == [f"AccountAssignment trader.a/{number}"]
    assert open_tasks(stack, after(number, instead)) == set()
    assert stack.record(f"AccountAssignment {FILL}/{number}")["assigned"] is True
    assert stack.record("User trader.a")["account"]["account"] == "11111", "what onboarding made stays known"
    assert stack.simulator.onboarded() == sorted([FILL, "trader.a", "trader.b"])


def open_tasks(stack: Stack, firm: dict[str, Any]) -> set[str]:
    return {task for task, status in stack.tasks(firm).items() if status == "open"}


def test_the_only_account_moves_when_another_takes_its_place(stack: Stack) -> None:
    """The new first account is not the one that onboarding made: it is created, and takes no foreign id."""
    firm = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    stack.settled(firm)
    firm["users"]["trader.b"]["accounts"] = ["33333", "11111"]
    firm["accounts"] = {"11111": {"owner": "trader.a"}}
    stack.settled(firm)
    del firm["accounts"]
    firm["users"]["trader.a"] |= {"accounts": ["12345"], "revoke": {"accounts": ["11111"]}}
    shown = portal(stack, "onboarding").preview(firm)
    assert shown.tasks["create-account/12345"] == "planned"
    assert not shown.failed
    portal(stack).settled(firm)
    del firm["users"]["trader.a"]["revoke"]
    stack.settled(firm)
    accounts = stack.simulator.accounts()
    assert accounts["12345"]["users"] == ["trader.a", FILL]
    assert accounts["11111"]["users"] == ["trader.b", FILL]
    for number in ("11111", "12345"):
        assert stack.record(f"Account {number}")["accountID"] == accounts[number]["accountID"]


def test_an_account_that_came_can_go_on_and_come_back(stack: Stack) -> None:
    stack.settled(before())
    for firm in (both(), handed_over(), after()):
        stack.settled(firm)
    firm = both()
    firm["accounts"] = {MOVED: {"owner": "trader.b"}}
    stack.settled(firm)
    firm = before(revoke={"accounts": [MOVED]})
    stack.settled(firm)
    assert stack.simulator.accounts()[MOVED]["users"] == ["trader.a", FILL]
    stack.settled(before())
    assert stack.record(f"Account {MOVED}")["owner"] == "trader.a"


def test_a_leaver_hands_accounts_over(stack: Stack) -> None:
    stack.settled(before())
    firm = both()
    stack.settled(firm)
    firm["users"]["trader.a"]["departed"] = True
    stack.settled(firm)
    assert (MOVED in assigned(stack, FILL), "11111" in assigned(stack, FILL)) == (True, False)
    del firm["users"]["trader.a"], firm["accounts"]
    stack.settled(firm)
    assert stack.record(f"Account {MOVED}")["owner"] == "trader.b"
    firm["users"]["trader.b"]["departed"] = True
    stack.settled(firm)
    assert MOVED not in assigned(stack, FILL)
    del firm["users"]["trader.b"]
    firm["users"]["trader.c"] = before()["users"]["trader.b"] | {"accounts": ["77777"]}
    stack.settled(firm)
    assert not [key for key in stack.state if MOVED in key or "trader.b" in key]


def test_a_move_in_one_edit_is_refused_with_the_steps(stack: Stack) -> None:
    stack.settled(before())
    stack.simulator.forget_requests()
    for refused in (stack.preview(after()), stack.up(after())):
        said = refused.failed["program"]
        assert "account 22222 belongs to trader.a and cannot become trader.b's in one step" in said
        assert "with `owner: trader.a` under accounts.22222" in said
        assert 'write `revoke: {accounts: ["22222"]}` under users.trader.a' in said
    assert stack.simulator.requests() == []


def test_an_owner_who_still_has_the_account_stays_the_owner(stack: Stack) -> None:
    firm = both()
    stack.settled(firm)
    firm["accounts"] = {MOVED: {"owner": "trader.b"}}
    said = stack.preview(firm).failed[f"Account {MOVED}"]
    assert "account 22222 belongs to trader.a and cannot become trader.b's in one step" in said


def test_a_run_that_died_between_the_two_halves_of_a_step_loses_nothing(stack: Stack) -> None:
    """The account has its new owner in the record, and the old owner's loss is not recorded yet."""
    stack.settled(before())
    stack.settled(both())
    stack.simulator.fault(
        {"match": {"method": "DELETE", "path": "/admin/v1/users"}, "do": {"status": 403}, "times": 1}
    )
    assert f"AccountAssignment trader.a/{MOVED}" in stack.up(handed_over()).failed
    assert stack.record(f"Account {MOVED}")["owner"] == "trader.b"
    stack.settled(handed_over())
    assert MOVED not in assigned(stack, "trader.a")
