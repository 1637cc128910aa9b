"""What is recorded, as the next run reads it: by the program with its secrets, by `t4firm tasks` without."""

from typing import Any

import pytest

from providers.t4.account import _onboarded
from providers.t4.records.accounts import AccountInputs
from providers.t4.records.prior_state import recorded_of
from tests.goals.firms import firm_of
from tests.providers.stack import Stack

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


def state(stack: Stack, **changed: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """The recorded outputs by (type, name), with some fields of trader.a otherwise."""
    found = {}
    for key, recorded in stack.state.items():
        kind, name = key.split(" ", 1)
        more = changed if key == "User trader.a" else {}
        found[f"pulumi-python:dynamic/t4:{kind}", name] = {**recorded.outputs, **more}
    return found


@pytest.fixture
def settled(stack: Stack) -> Stack:
    stack.settled(firm_of(trader_a={"accounts": ["11111", "22222"]}))
    return stack


def test_the_program_sees_everything(settled: Stack) -> None:
    found = recorded_of(state(settled))
    assert (found.users["trader.a"].first, found.users["trader.a"].fill) == ("11111", False)
    assert found.users["trader.a"].person == ("Ann", "Ohio", "ann@example.com")
    assert "Ann" not in repr(found)
    assert found.accounts["22222"].owner == "trader.a"
    assert found.access["WhenTechFillUser", "22222"].has
    assert found.had("trader.a", "22222")
    assert not found.had("trader.a", "22223")


def test_a_state_without_its_secrets_tells_all_but_who_somebody_is(settled: Stack) -> None:
    found = recorded_of(state(settled, person=SECRET, account=SECRET))
    assert found.users["trader.a"].first == "11111"
    assert found.users["trader.a"].person == ("", "", "")


def test_what_an_older_version_recorded_is_understood(settled: Stack) -> None:
    older = {"firstAccount": {"accountID": "X", "enabled": "Disabled"}}
    assert recorded_of(state(settled, **older)).users["trader.a"].first == "11111"
    assert recorded_of(state(settled, **older, account=SECRET)).users["trader.a"].first == ""


@pytest.mark.parametrize(
    ("first", "is_known"),
    [
        ({"accountID": "", "enabled": "", "preTradeDisabled": None}, True),
        ({"account": "11111", "accountID": "", "enabled": ""}, True),
        ({"account": "22222", "accountID": "X", "enabled": ""}, False),
        ({}, False),
    ],
    ids=["older, and shows nothing", "of this number", "of another number", "none"],
)
def test_an_older_first_account_that_shows_nothing_is_one(first: dict[str, Any], is_known: bool) -> None:
    props = {"account": "11111", "names": {}, "templateAccount": "T", "owner": "trader.a"}
    inputs = AccountInputs.from_props({**props, "onboarded": _onboarded("11111", first)})
    assert bool(inputs.onboarded) == is_known
