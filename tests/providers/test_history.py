"""What was signed off about who left, or about what was revoked, may stay in the attested file as history. It
closes nothing that comes later."""

import re
from typing import Any

import pytest

from tests.goals.firms import firm_of
from tests.providers.stack import Stack

FILL = "WhenTechFillUser"
VERIFY = "verify-user/trader.b"


def firm(*, b: bool = True, **entry: Any) -> dict[str, Any]:
    two = {"trader_b": {"accounts": ["33333"], **entry}} if b else {}
    return firm_of(trader_a={"accounts": ["11111"]}, **two)


def told(words: list[str], task: str) -> list[str]:
    return [each for each in words if re.search(rf"(?:^|: |; |, ){re.escape(task)}\b", each)]


def test_who_left_and_is_adopted_again_is_verified_again(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.onboard("trader.b", "33333")
    stack.up(firm(adopt=True))
    stack.attest(VERIFY)
    assert stack.up(firm(adopt=True)).every_task[VERIFY] == "attested"
    leaving = firm(adopt=True, departed=True)
    stack.up(leaving)
    stack.attest(VERIFY, *(task for task, status in stack.every_task(leaving).items() if status == "open"))
    stack.up(leaving)
    gone = stack.settled(firm(b=False))
    assert "User trader.b" not in stack.state
    assert not told(gone.warnings, "")
    coming = stack.preview(firm(adopt=True))
    assert coming.every_task[VERIFY] == "planned"
    back = stack.up(firm(adopt=True))
    assert back.every_task[VERIFY] == "open"
    assert "does not count: it was already in the file" in str(told(back.warnings, VERIFY))
    stack.attest(VERIFY, note="seen again")
    assert stack.up(firm(adopt=True)).every_task[VERIFY] == "attested"


def test_a_line_that_comes_with_the_adoption_counts(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.onboard("trader.b", "33333")
    stack.settled(firm(b=False))
    stack.attest(VERIFY, on="2026-11-01")
    assert stack.up(firm(adopt=True)).every_task[VERIFY] == "attested"


@pytest.mark.parametrize("first", [True, False], ids=["in the first run", "later"])
def test_a_misspelled_line_is_told_by_every_run_until_it_is_corrected(stack: Stack, first: bool) -> None:
    stack.operations = "onboarding"
    if not first:
        stack.settled(firm())
    for line in (f"assign-account/{FILL}/33338", "disable-user/trader.bb"):
        stack.attest(line)
        for _ in range(2):
            assert told(stack.preview(firm()).warnings, line)
            assert told(stack.settled(firm()).warnings, line)
    stack.attest(f"assign-account/{FILL}/33333")
    done = stack.settled(firm())
    assert done.every_task[f"assign-account/{FILL}/33333"] in ("attested", "open")
    assert not told(done.warnings, "disable-user")


def test_what_an_older_version_left_in_the_file_is_history(stack: Stack) -> None:
    stack.settled(firm())
    del stack.record("Firm firm")["idle"]
    stack.attest("disable-user/trader.x")
    assert not told(stack.settled(firm()).warnings, "disable-user/trader.x")
