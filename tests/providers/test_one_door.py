"""What was reviewed is what is called: a review names every changing call, and no other is made."""

import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from providers.t4.session.journal import Journal
from providers.t4.session.rehearsal import Rehearsal, RehearsedJournal
from t4firm.review.model import ChangingCall
from tests.goals.firms import firm_of
from tests.providers.stack import Run, Stack

FILL = "WhenTechFillUser"
PERSONAL = ("Ann", "Ohio", "555-123-4567", "ann@example.com", "1 Main Street", "43004", "Ann's second")


def firm(**second: Any) -> dict[str, Any]:
    """Two traders; `second`: what the file says of the second account of one of them."""
    made = firm_of(
        trader_a={"accounts": ["11111", "22222"], "marketData": {"CME": "Depth"}},
        trader_b={"accounts": ["33333"]},
    )
    made["accounts"] = {"22222": {"displayName": "Ann's second", "enabled": True, **second}}
    return made


def named(calls: tuple[ChangingCall, ...]) -> list[str]:
    return [f"{call.operation} {call.about}" for call in calls]


def changing(stack: Stack) -> list[dict[str, Any]]:
    return stack.simulator.changes()


def done(run: Run) -> Run:
    assert run.failed == {}
    return run


def test_a_review_names_the_calls_of_a_new_firm_and_no_others_are_made(stack: Stack) -> None:
    calls = stack.reviewed(firm())
    assert named(calls) == [
        "assignAccount WhenTechFillUser/11111",
        "assignAccount WhenTechFillUser/22222",
        "assignAccount WhenTechFillUser/33333",
        # whether the template gives them is not known before T4 has answered
        "assignApplication WhenTechFillUser",
        "assignApplication trader.a",
        "assignApplication trader.b",
        "createAccount trader.a/22222",
        "enableAccount 22222",
        "onboarding WhenTechFillUser",
        "onboarding trader.a",
        "onboarding trader.b",
    ]
    assert changing(stack) == []
    assert not (stack.folder / "journal").exists(), "a review takes nothing down"
    done(stack.up_reviewed(firm(), calls))
    assert len(changing(stack)) == len(calls) - 3
    assert stack.reviewed(firm()) == ()


@pytest.mark.parametrize("missing", range(11))
def test_a_call_that_is_not_on_the_list_is_not_made(stack: Stack, missing: int) -> None:
    calls = stack.reviewed(firm())
    left = calls[missing]
    run = stack.up_reviewed(firm(), (call for call in calls if call != left))
    if left.operation == "assignApplication":
        assert run.failed == {}, "the template gave it, so nothing was to be called"
        return
    assert len(run.failed) == 1
    [words] = run.failed.values()
    assert f"{left.operation} for {left.about} was not reviewed" in words
    assert "Nothing was changed by it. Have it reviewed again." in words
    assert len(changing(stack)) < len(calls) - 3
    done(stack.up_reviewed(firm(), stack.reviewed(firm())))


CHANGES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a phone": ({"phone": "555-765-4321"}, ["updateUser trader.a"]),
    "market data": ({"marketData": {"CME": "TOB"}}, ["updateMarketData trader.a"]),
    "a password": ({"passwordVersion": 2}, ["updateUser trader.a"]),
    "somebody leaves": (
        {"departed": True},
        [
            "disableUser trader.a",
            f"unassignAccount {FILL}/11111",
            f"unassignAccount {FILL}/22222",
        ],
    ),
    "an account is revoked": (
        {"accounts": ["11111"], "revoke": {"accounts": ["22222"]}},
        [f"unassignAccount {FILL}/22222", "unassignAccount trader.a/22222"],
    ),
}


@pytest.mark.parametrize("reads", [True, False], ids=["read", "not read"])
@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_made_by_the_calls_that_its_review_names(
    stack: Stack, change: str, reads: bool
) -> None:
    """Also where the review may not ask T4 for anything."""
    entry, expected = CHANGES[change]
    stack.settled(firm())
    after = firm()
    after["users"]["trader.a"] |= entry
    stack.simulator.forget_requests()
    calls = stack.reviewed(after, reads=reads)
    assert named(calls) == expected
    assert bool(stack.simulator.requests()) == reads
    assert not any(personal in json.dumps([vars(call) for call in calls]) for personal in PERSONAL)
    stack.simulator.forget_requests()
    refused = stack.up_reviewed(after, ())
    assert refused.failed
    assert changing(stack) == []
    done(stack.up_reviewed(after, calls))
    assert len(changing(stack)) == len(calls)


def test_another_value_is_another_call(stack: Stack) -> None:
    stack.settled(firm())
    reviewed, other = firm(), firm()
    reviewed["users"]["trader.a"]["phone"] = "555-765-4321"
    other["users"]["trader.a"]["phone"] = "555-765-0000"
    calls = stack.reviewed(reviewed)
    run = stack.up_reviewed(other, calls)
    assert "the review has updateUser for trader.a, but with other values" in run.failed["User trader.a"]
    assert changing(stack)[-1]["method"] == "PATCH" or changing(stack)
    assert stack.simulator.users()["trader.a"]["phone"] == "555-123-4567"


def test_drift_does_not_hide_behind_a_reviewed_step(stack: Stack) -> None:
    """The risk desk disables an account between review and run; the change only touches its name."""
    stack.settled(firm())
    renamed = firm(displayName="Ann's other")
    calls = stack.reviewed(renamed)
    assert named(calls) == ["updateAccount 22222"]
    account = stack.simulator.accounts()["22222"]["accountID"]
    stack.simulator.admin("PATCH", f"/admin/v1/accounts/{account}", {"enabled": "Disabled"})
    run = stack.up_reviewed(renamed, calls)
    assert "enableAccount for 22222 was not reviewed" in run.failed["Account 22222"]
    assert stack.simulator.accounts()["22222"]["enabled"] == "Disabled"
    assert named(stack.reviewed(renamed)) == ["enableAccount 22222", "updateAccount 22222"]
    done(stack.up_reviewed(renamed, stack.reviewed(renamed)))
    assert stack.simulator.accounts()["22222"]["enabled"] == "Enabled"


def test_what_was_refused_leaves_no_trace_of_an_attempt(stack: Stack) -> None:
    run = stack.up_reviewed(firm(), ())
    assert len(run.failed) == 3
    with stack.session() as session:
        assert session.journal.find("onboard/trader.a") is None


def test_a_list_that_cannot_be_read_lets_nothing_be_called(stack: Stack) -> None:
    stack.environ = {"T4_REVIEW": str(stack.folder / "gone.json")}
    with pytest.raises(FileNotFoundError):
        stack.up(firm())
    assert stack.simulator.requests() == []


def test_a_rehearsal_knows_every_method_of_a_journal(tmp_path: Path) -> None:
    """One that it did not have would end the rehearsal, and the review would not name what comes after."""
    methods = {name for name, _ in inspect.getmembers(Journal, inspect.isfunction) if name[0] != "_"}
    rehearsed = RehearsedJournal(Journal(tmp_path, "https://t4.example.com"), Rehearsal(answers=False))
    assert methods <= {name for name in dir(rehearsed) if callable(getattr(rehearsed, name))}
