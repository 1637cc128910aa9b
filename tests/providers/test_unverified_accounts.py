"""An account that nobody has shown to be its owner's: nothing is changed at it, and nobody is assigned it,
until T4 shows it under its owner, or an administrator signs `verify-account` off."""

from typing import Any

import pytest

from tests.goals.firms import PERSON, firm_of
from tests.providers.operations import without
from tests.providers.portal import Portal
from tests.providers.stack import FULL, Props, Stack

FILL, NUMBER = "WhenTechFillUser", "22222"
VERIFY = f"verify-account/{NUMBER}"
PARTLY = {"total": None}
"""A list that does not say that it is whole."""
WAITING = {
    f"enable-account/{NUMBER}": "open",
    f"update-account/{NUMBER}/displayName": "open",
    f"assign-account/{FILL}/{NUMBER}": "open",
    f"assign-account/trader.b/{NUMBER}": "open",
}


def firm(**account: Any) -> Props:
    made = firm_of(trader_a={"accounts": ["11111", NUMBER]}, trader_b={"accounts": ["33333", NUMBER]})
    more = {"owner": "trader.a", "enabled": True, "displayName": "Ann's second"}
    return {**made, "accounts": {NUMBER: {**more, **account}}}


@pytest.fixture(params=["api", "administrator"])
def unseen(stack: Stack, request: pytest.FixtureRequest) -> Stack:
    """Nothing shows what a user has, nor whether the list of accounts is whole; the administrator creates
    accounts; `api`: all else is called."""
    by_hand = ["enableAccount", "updateAccount", "assignAccount"] if request.param == "administrator" else []
    stack.operations = without(stack, "listUsers", "readUser", "createAccount", *by_hand, listAccounts=PARTLY)
    return stack


def changing(stack: Stack) -> list[str]:
    return [
        f"{call['method']} {call['path']}" for call in stack.simulator.requests() if call["method"] != "GET"
    ]


def open_of(stack: Stack, said: Props) -> dict[str, str]:
    return {task: status for task, status in stack.tasks(said).items() if NUMBER in task}


def asked_and_then_there(stack: Stack) -> None:
    """The administrator was asked to create it; then there is one of this number, which is somebody
    else's, and a run looks, because the file has another name for it."""
    stack.settled(firm(displayName="Ann's own"))
    assert open_of(stack, firm())[f"create-account/{NUMBER}"] == "open"
    stack.simulator.onboard("somebody", NUMBER)
    Portal(stack.simulator).change_account(NUMBER, displayName="Somebody's")
    stack.simulator.forget_requests()


def test_one_that_this_stack_had_asked_for_is_verified_too(unseen: Stack) -> None:
    asked_and_then_there(unseen)
    unseen.settled(firm())
    assert open_of(unseen, firm()) == {f"create-account/{NUMBER}": "done", VERIFY: "open", **WAITING}
    assert changing(unseen) == []
    waits = {task["id"]: task.get("waits") for task in unseen.listed(firm())}
    assert {waits[task] for task in WAITING} == {f"until closed: {VERIFY}"}
    users = unseen.simulator.users()
    assert NUMBER not in {*users[FILL]["accounts"], *users["trader.b"]["accounts"]}


def test_once_it_is_verified_all_of_it_is_done(unseen: Stack) -> None:
    asked_and_then_there(unseen)
    unseen.settled(firm())
    unseen.attest(VERIFY)
    unseen.settled(firm())
    tasks = open_of(unseen, firm())
    assert tasks[VERIFY] == "attested"
    by_api = "enable-account" in unseen.state[f"Account {NUMBER}"].inputs.get("api", ())
    account = unseen.simulator.accounts()[NUMBER]
    if by_api:
        assert {tasks.get(task, "done") for task in WAITING} == {"done"}
        assert account["enabled"] == "Enabled"
        assert NUMBER in unseen.simulator.users()[FILL]["accounts"]
    else:
        assert {tasks[task] for task in WAITING} == {"open"}
        assert not [task for task in unseen.listed(firm()) if VERIFY in task.get("waits", "")]
    unseen.attest()
    unseen.up(firm(displayName="Another"))
    assert open_of(unseen, firm())[VERIFY] == "open", "the sign-off was taken back"
    assert unseen.simulator.accounts()[NUMBER]["displayName"] != "Another"


def test_a_line_from_before_does_not_verify_it(unseen: Stack) -> None:
    asked_and_then_there(unseen)
    unseen.attest(VERIFY, on="2026-01-01")
    unseen.settled(firm())
    assert open_of(unseen, firm())[VERIFY] == "open"
    assert changing(unseen) == []


def test_a_refresh_that_shows_it_under_its_owner_verifies_it(stack: Stack) -> None:
    stack.operations = without(stack, "listUsers", "readUser", "createAccount", listAccounts=PARTLY)
    asked_and_then_there(stack)
    stack.settled(firm())
    stack.operations = without(stack, "createAccount")
    stack.refresh()
    stack.up(firm())
    assert stack.record(f"Account {NUMBER}")["tasks"][VERIFY]["status"] == "open", "it is somebody else's"
    assert open_of(stack, firm())["assign-account/trader.a/22222"] == "open"
    assert stack.simulator.users()["trader.a"]["accounts"] == ["11111"], "nor given to the owner"
    assert changing(stack) == []
    Portal(stack.simulator).assign("trader.a", NUMBER)
    stack.refresh()
    assert open_of(stack, firm())[VERIFY] == "done"
    stack.settled(firm())
    assert NUMBER in stack.simulator.users()[FILL]["accounts"]
    assert stack.simulator.accounts()[NUMBER]["enabled"] == "Enabled"


def test_an_adopted_one_waits_too(stack: Stack) -> None:
    stack.operations = without(stack, "listUsers", "readUser")
    stack.simulator.onboard("trader.a", "11111", **PERSON)
    stack.simulator.forget_requests()
    said = firm_of(trader_a={"accounts": ["11111"], "adopt": True})
    said["accounts"] = {"11111": {"adopt": True, "enabled": True}}
    stack.settled(said)
    tasks = stack.tasks(said)
    assert tasks["verify-account/11111"] == "open"
    assert tasks["enable-account/11111"] == "open"
    assert tasks[f"assign-account/{FILL}/11111"] == "open"
    assert [call for call in changing(stack) if "11111" in call or "/accounts" in call] == []
    stack.attest("verify-account/11111")
    stack.settled(said)
    assert stack.simulator.accounts()["11111"]["enabled"] == "Enabled"


def test_a_review_lists_no_call_for_one_that_waits(stack: Stack) -> None:
    stack.operations = without(stack, "listUsers", "readUser", "createAccount", listAccounts=PARTLY)
    asked_and_then_there(stack)
    stack.settled(firm())
    assert stack.reviewed(firm()) == ()
    renamed = stack.reviewed(firm(displayName="Another"))
    assert not {call.operation for call in renamed} & {"updateAccount", "enableAccount"}
    stack.attest(VERIFY)
    calls = {(call.operation, call.about) for call in stack.reviewed(firm())}
    assert ("enableAccount", NUMBER) in calls


def test_what_t4_shows_under_its_owner_needs_nobody(stack: Stack) -> None:
    stack.operations = FULL
    asked = firm()
    stack.settled(asked)
    assert VERIFY not in stack.tasks(asked)


def test_one_that_was_missing_when_it_was_asked_for_is_the_one(stack: Stack) -> None:
    """A whole list showed that nobody had the number, and only people act on the account: so what is there
    now is what the administrator made."""
    by_hand = ("createAccount", "enableAccount", "updateAccount", "assignAccount")
    stack.operations = without(stack, "listUsers", "readUser", *by_hand)
    asked_and_then_there(stack)
    stack.settled(firm())
    assert open_of(stack, firm())[f"create-account/{NUMBER}"] == "done"
    assert VERIFY not in open_of(stack, firm())
    assert changing(stack) == []


def test_the_api_acts_on_it_only_when_somebody_has_looked(stack: Stack) -> None:
    """Here it is somebody else's."""
    stack.operations = without(stack, "listUsers", "readUser", "createAccount")
    asked_and_then_there(stack)
    for _ in range(2):
        stack.settled(firm())
        stack.refresh()
    assert open_of(stack, firm())[VERIFY] == "open"
    assert changing(stack) == []
    assert stack.simulator.accounts()[NUMBER]["enabled"] == "Disabled"


def test_a_list_of_nothing_shows_nothing_to_be_missing(stack: Stack) -> None:
    """The key may lack the right to see any account."""
    stack.operations = without(stack, "listUsers", "readUser", "createAccount")
    nothing = {"status": 200, "body": '{"accounts": [], "total": 0}'}
    stack.simulator.fault(
        {"match": {"method": "GET", "path": "/admin/v1/accounts"}, "do": nothing, "times": 9}
    )
    stack.up(firm(displayName="Ann's own"))
    assert open_of(stack, firm())[f"create-account/{NUMBER}"] == "open"
    stack.simulator.calm()
    stack.simulator.onboard("somebody", NUMBER)
    stack.settled(firm())
    assert open_of(stack, firm())[VERIFY] == "open"


def test_one_that_was_asked_for_another_owner_is_verified(stack: Stack) -> None:
    stack.operations = without(stack, "listUsers", "readUser", "createAccount")
    asked_and_then_there(stack)
    moved = firm_of(
        trader_a={"accounts": ["11111"], "revoke": {"accounts": [NUMBER]}},
        trader_b={"accounts": ["33333", NUMBER]},
    )
    stack.up(moved)
    assert open_of(stack, moved)[VERIFY] == "open"
    assert NUMBER not in stack.simulator.users()[FILL]["accounts"]


def test_a_line_about_one_owner_is_none_about_the_next(unseen: Stack) -> None:
    """22222 goes on to trader.b, and the line says that it is trader.a's."""
    asked_and_then_there(unseen)
    unseen.settled(firm())
    moved = firm_of(
        trader_a={"accounts": ["11111"], "revoke": {"accounts": [NUMBER]}},
        trader_b={"accounts": ["33333", NUMBER]},
    )
    unseen.attest(VERIFY)
    unseen.up(moved)
    assert open_of(unseen, moved)[VERIFY] == "open"
    users = unseen.simulator.users()
    assert NUMBER not in {*users["trader.b"]["accounts"], *users[FILL]["accounts"]}


def test_one_that_the_api_created_is_the_owners_until_t4_shows_that_it_is_not(stack: Stack) -> None:
    """The call named the owner, and T4 answered it: the answer need not say whose the account is."""
    stack.operations = without(stack, "listUsers", "readUser")
    stack.settled(firm())
    tasks = open_of(stack, firm())
    assert VERIFY not in tasks
    assert "open" not in tasks.values()
    stack.operations = FULL
    Portal(stack.simulator).unassign("trader.a", NUMBER)
    stack.refresh()
    assert open_of(stack, firm())[f"assign-account/trader.a/{NUMBER}"] == "open"


@pytest.mark.parametrize("listed", [True, False])
def test_one_whose_answer_was_lost_needs_the_files_word_and_somebody_who_looks(
    stack: Stack, listed: bool
) -> None:
    """The API created it, a run lost the answer, and nothing shows whose it is."""
    lists = () if listed else ("listAccounts", "readAccount")
    stack.operations = without(stack, "listUsers", "readUser", *lists)
    stack.settings["t4:repeatFor"] = "0"
    creating = {"method": "POST", "path": "/admin/v1/accounts"}
    stack.simulator.fault({"match": creating, "when": "after", "do": {"drop": "reset"}})
    assert f"Account {NUMBER}" in stack.up(firm()).failed
    stack.simulator.forget_requests()
    again = stack.up(firm())
    assert f"write `adopt: true` for {NUMBER} under `accounts`" in again.failed[f"Account {NUMBER}"]
    assert [call["status"] for call in stack.simulator.requests("POST", "/admin/v1/accounts")] == (
        [] if listed else [409]
    )
    stack.simulator.forget_requests()
    adopted = firm(adopt=True)
    stack.settled(adopted)
    tasks = open_of(stack, adopted)
    assert tasks[VERIFY] == "open"
    assert f"create-account/{NUMBER}" not in tasks
    assert changing(stack) == []
    stack.attest(VERIFY)
    stack.settled(adopted)
    captured = open_of(stack, adopted)[f"assign-account/{FILL}/{NUMBER}"] != "open"
    assert captured is listed, "without its id, which nothing showed, the administrator assigns it"
