"""What the engine offers and T4 cannot do ends in words, before anything is called or forgotten."""

from typing import Any

import pytest

from tests.goals.firms import firm_of
from tests.providers.stack import Stack

KINDS = ("Firm", "User", "Account", "ApplicationAssignment", "AccountAssignment")


def firm() -> dict[str, Any]:
    """A trader with two accounts, whose template gives no application: WhenTech is a task."""
    made = firm_of(trader_a={"accounts": ["11111", "22222"]})
    made["templates"]["users"]["WhenTechTrader"]["applications"] = []
    return made


@pytest.fixture
def bare(stack: Stack) -> Stack:
    stack.operations = "onboarding"
    stack.simulator.template("WhenTechTrader", [], ["Trading"])
    stack.settled(firm())
    stack.simulator.forget_requests()
    return stack


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_replaced(bare: Stack, kind: str) -> None:
    """`pulumi up --replace URN` (case replace-wedge): the engine creates first, and then cannot delete."""
    key = next(key for key in bare.state if key.startswith(f"{kind} "))
    run = bare.up(firm(), replace=key)
    assert "is set up already, and T4 can replace nothing" in run.failed[key]
    assert "Run again without `--replace`" in run.failed[key]
    assert bare.simulator.requests("POST") == []
    bare.settled(firm())


def test_destroy_forgets_nothing_while_somebody_stays(bare: Stack) -> None:
    """Also not what T4 never got: WhenTech of trader.a is only a task."""
    before = set(bare.state)
    assert not bare.record("ApplicationAssignment trader.a/WhenTech")["assigned"]
    run = bare.destroy()
    assert set(run.failed) == before - {"Firm firm"}
    assert set(bare.state) == before
    for words in run.failed.values():
        assert "users of its firm file have not departed: WhenTechFillUser, trader.a" in words
        assert "`pulumi destroy` works when everybody has departed, the fill user last" in words


def test_destroy_forgets_nothing_that_is_wanted_where_the_firm_file_is_lost(bare: Stack) -> None:
    before = set(bare.state)
    bare.lose_the_file()
    run = bare.destroy()
    assert set(bare.state) == before
    assert "WhenTech of trader.a is still in T4" in run.failed["ApplicationAssignment trader.a/WhenTech"]
