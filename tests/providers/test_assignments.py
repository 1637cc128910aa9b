"""Applications on users, and accounts that are assigned: captured by the fill user, or shared."""

from typing import Any

import httpx
import pytest

from tests.clock import PATIENCE
from tests.goals.firms import fill_accounts, firm_of
from tests.providers.operations import only, without
from tests.providers.stack import FULL, Stack, today

FILL = "WhenTechFillUser"
ASSIGN, UNASSIGN = f"assign-account/{FILL}/11111", f"unassign-account/{FILL}/11111"


def firm(*, exclude: bool = False, bare_template: bool = False) -> dict[str, Any]:
    """A trader whose account the fill user captures; the template may lack WhenTech."""
    made = firm_of(trader_a={"accounts": ["11111"]})
    if exclude:
        made["fillService"]["exclude"] = {"11111": "paper trading"}
    if bare_template:
        made["templates"]["users"]["WhenTechTrader"]["applications"] = []
    return made


def captured(stack: Stack) -> bool:
    return "11111" in stack.simulator.users()[FILL]["accounts"]


def change(stack: Stack, method: str, user: str, place: str, body: Any = None) -> None:
    """What somebody does to a user in the portal."""
    user_id = stack.simulator.users()[user]["userID"]
    stack.simulator.admin(method, f"/admin/v1/users/{user_id}/{place}", body)


def test_captured_excluded_and_captured_again(stack: Stack) -> None:
    stack.settled(firm())
    assert captured(stack)
    for _ in range(2):
        done = stack.settled(firm(exclude=True))
        assert done.changed == [f"AccountAssignment {FILL}/11111"]
        assert not captured(stack)
        assert done.outputs["summary"]["fillAccounts"] == fill_accounts(0, 0, excluded=1)
        assert stack.settled(firm()).tasks == {}
        assert captured(stack)


def test_without_operations_each_turn_is_a_task_of_its_own(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(firm())
    assert stack.tasks(firm()) == {ASSIGN: "open"}
    stack.attest(ASSIGN)
    assert stack.settled(firm()).outputs["summary"]["fillAccounts"]["assigned"] == 1
    out = firm(exclude=True)
    stack.settled(out)
    assert stack.tasks(out) == {UNASSIGN: "open"}
    stack.attest(ASSIGN, UNASSIGN, on=today())
    stack.settled(out)
    assert stack.tasks(out) == {UNASSIGN: "attested"}
    stack.attest()
    stack.settled(out)
    assert stack.tasks(out) == {UNASSIGN: "open"}


def test_an_account_that_was_never_captured_needs_nothing_to_be_excluded(stack: Stack) -> None:
    stack.operations = "onboarding"
    done = stack.settled(firm(exclude=True))
    assert done.tasks == {}


def test_what_the_administrator_was_asked_to_assign_is_revoked_when_it_is_excluded(stack: Stack) -> None:
    """It may be done already: nothing but a read or a signature says."""
    stack.operations = "onboarding"
    stack.settled(firm())
    assert stack.tasks(firm()) == {ASSIGN: "open"}
    assert stack.preview(firm(exclude=True)).tasks[UNASSIGN] == "planned"
    stack.settled(firm(exclude=True))
    assert stack.tasks(firm(exclude=True)) == {UNASSIGN: "open"}


def test_t4s_word_that_nothing_came_of_it_is_enough(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(firm())
    stack.operations = only(stack, "listUsers")
    assert stack.settled(firm(exclude=True)).tasks == {}


@pytest.mark.parametrize("died", ["with the answer", "before the answer"])
def test_what_a_killed_run_assigned_is_revoked_when_it_is_excluded(stack: Stack, died: str) -> None:
    stack.operations = without(stack, "listUsers", "readUser")
    if died == "before the answer":
        stack.settings["t4:repeatFor"] = "0"
        stack.simulator.fault(
            {"match": {"method": "POST", "path": "/admin/v1/users"}, "when": "after", "do": {"drop": "close"}}
        )
        assert stack.up(firm()).failed
    else:
        stack.settled(firm())
        del stack.state[f"AccountAssignment {FILL}/11111"]
    assert captured(stack)
    stack.settled(firm(exclude=True))
    assert not captured(stack)
    stack.simulator.forget_requests()
    del stack.state[f"AccountAssignment {FILL}/11111"]
    stack.settled(firm(exclude=True))
    assert stack.simulator.requests("DELETE") == [], "the run that took it away could not record it either"


@pytest.mark.parametrize("shows", ["nothing", "no application"])
def test_an_application_that_the_administrator_was_asked_for_is_revoked(stack: Stack, shows: str) -> None:
    httpx.put(
        f"{stack.simulator.endpoint}/simulator/templates/users/WhenTechTrader",
        json={"applications": [], "roles": ["Trading"]},
        timeout=PATIENCE,
    ).raise_for_status()
    stack.operations = "onboarding"
    before = firm(bare_template=True)
    stack.up(before)
    assert stack.tasks(before)["assign-application/trader.a/WhenTech"] == "open"
    after = firm(bare_template=True)
    after["users"]["trader.a"] |= {"applications": [], "revoke": {"applications": ["WhenTech"]}}
    if shows == "no application":
        stack.operations = only(stack, "listUsers")
    stack.settled(after)
    task = "unassign-application/trader.a/WhenTech"
    assert (task in stack.tasks(after)) is (shows == "nothing")
    if shows == "nothing":
        (waits,) = [each["waits"] for each in stack.listed(after) if each["id"] == UNASSIGN]
        assert waits == f"until closed: {task}", "it may trade with WhenTech, so it stays captured"


def test_an_assignment_that_a_killed_run_made_is_not_made_again(stack: Stack) -> None:
    stack.settled(firm())
    del stack.state[f"AccountAssignment {FILL}/11111"]
    stack.simulator.forget_requests()
    stack.settled(firm())
    assert stack.simulator.changes() == []


def test_a_refused_assignment_is_tried_again(stack: Stack) -> None:
    stack.simulator.fault({"match": {"method": "POST", "path": "/admin/v1/users"}, "do": {"status": 403}})
    done = stack.up(firm())
    assert "403" in done.failed[f"AccountAssignment {FILL}/11111"]
    stack.settled(firm())
    assert captured(stack)


def test_an_assignment_whose_answer_was_lost_is_asked_for_again(stack: Stack) -> None:
    stack.settings["t4:repeatFor"] = "0"
    stack.simulator.fault(
        {"match": {"method": "POST", "path": "/admin/v1/users"}, "when": "after", "do": {"drop": "close"}}
    )
    assert stack.up(firm()).failed
    stack.settled(firm())
    assert captured(stack)


def test_a_shared_account_is_made_by_its_owner_and_assigned_to_the_other(stack: Stack) -> None:
    shared = firm_of(trader_a={"accounts": ["11111", "99999"]}, trader_b={"accounts": ["33333", "99999"]})
    shared["accounts"] = {"99999": {"owner": "trader.a"}}
    stack.settled(shared)
    assert stack.simulator.accounts()["99999"]["users"] == ["trader.a", "trader.b", FILL]
    shared["users"]["trader.b"]["departed"] = True
    stack.settled(shared)
    assert stack.simulator.accounts()["99999"]["users"] == ["trader.a", FILL]


def test_an_assignment_that_t4_has_is_not_forgotten(stack: Stack) -> None:
    stack.settled(firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]}))
    stack.lose_the_file()
    said = stack.destroy().failed[f"AccountAssignment {FILL}/33333"]
    assert f"the assignment of account 33333 to {FILL} is still in T4" in said
    assert "`fillService.exclude`" in said


def test_an_assignment_with_an_open_task_is_not_forgotten(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]}))
    stack.lose_the_file()
    said = stack.destroy().failed[f"AccountAssignment {FILL}/33333"]
    assert f"the assignment of account 33333 to {FILL} is still in T4, so it is not forgotten" in said


class TestRefreshed:
    """What somebody changed in the portal."""

    def test_an_account_that_was_revoked_from_the_fill_user_is_assigned_again(self, stack: Stack) -> None:
        stack.settled(firm())
        for _ in range(2):
            account = stack.simulator.accounts()["11111"]["accountID"]
            change(stack, "DELETE", FILL, f"accounts/{account}")
            assert stack.refresh() == [f"AccountAssignment {FILL}/11111"]
            stack.settled(firm())
            assert captured(stack)

    def test_an_account_that_the_fill_user_must_not_have_is_revoked(self, stack: Stack) -> None:
        out = firm(exclude=True)
        stack.settled(out)
        account = stack.simulator.accounts()["11111"]["accountID"]
        change(stack, "POST", FILL, "accounts", {"accountID": account})
        stack.refresh()
        stack.settled(out)
        assert not captured(stack)

    def test_what_the_administrator_did_without_a_word_is_closed_by_what_t4_shows(self, stack: Stack) -> None:
        stack.operations = only(stack, "readUser")
        stack.simulator.template("WhenTechTrader", [], ["Trading"])
        bare = firm(bare_template=True)
        stack.settled(bare)
        assert stack.tasks(bare) == {ASSIGN: "open", "assign-application/trader.a/WhenTech": "open"}
        account = stack.simulator.accounts()["11111"]["accountID"]
        change(stack, "POST", FILL, "accounts", {"accountID": account})
        change(stack, "POST", "trader.a", "applications", {"name": "WhenTech"})
        stack.refresh()
        assert stack.tasks(bare) == {ASSIGN: "done", "assign-application/trader.a/WhenTech": "done"}
        done = stack.settled(bare)
        assert done.outputs["summary"]["fillAccounts"]["assigned"] == 1

    def test_a_signature_that_t4_shows_to_be_untrue_counts_no_more(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.attest(ASSIGN)
        stack.settled(firm())
        stack.operations = only(stack, "readUser")
        stack.refresh()
        assert stack.tasks(firm()) == {ASSIGN: "open"}

    def test_what_t4_does_not_show_leaves_the_record_alone(self, stack: Stack) -> None:
        stack.settled(firm())
        stack.operations = only(stack, "readUser", readUser="{userID: userID, username: userName}")
        assert stack.refresh() == []


class TestApplications:
    """WhenTech on a trader whose template does not give it."""

    TASK = "assign-application/trader.a/WhenTech"

    @pytest.fixture(autouse=True)
    def bare(self, stack: Stack) -> None:
        stack.simulator.template("WhenTechTrader", [], ["Trading"])

    def has(self, stack: Stack) -> bool:
        return "WhenTech" in stack.simulator.users()["trader.a"]["applications"]

    def test_it_is_assigned_by_an_operation(self, stack: Stack) -> None:
        assert stack.settled(firm(bare_template=True)).tasks == {}
        assert self.has(stack)

    def test_no_call_is_made_before_the_firm_itself_has_it(self, stack: Stack) -> None:
        asked = firm(bare_template=True) | {"whentech": {"requestedOn": "2026-11-02"}}
        stack.settled(asked)
        assert stack.tasks(asked) == {"enable-whentech": "open", self.TASK: "open"}
        assert not self.has(stack)
        enabled = firm(bare_template=True)
        stack.settled(enabled)
        assert stack.tasks(enabled) == {self.TASK: "done"}
        assert self.has(stack)

    def test_or_it_is_a_task_that_the_preview_already_knows(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        bare = firm(bare_template=True)
        assert stack.preview(bare).tasks[self.TASK] == "planned"
        stack.settled(bare)
        assert stack.tasks(bare)[self.TASK] == "open"
        stack.attest(self.TASK)
        stack.settled(bare)
        assert stack.tasks(bare)[self.TASK] == "attested"
        stack.attest()
        stack.settled(bare)
        assert stack.tasks(bare)[self.TASK] == "open"
        stack.operations = FULL
        stack.settled(bare)
        assert self.has(stack)
        assert stack.tasks(bare)[self.TASK] == "done"

    def test_a_template_that_gives_less_than_the_file_says_is_made_up_for(self, stack: Stack) -> None:
        assert stack.settled(firm()).tasks == {}
        assert self.has(stack)

    def test_one_that_was_revoked_in_the_portal_is_assigned_again(self, stack: Stack) -> None:
        bare = firm(bare_template=True)
        stack.settled(bare)
        for _ in range(2):
            change(stack, "DELETE", "trader.a", "applications/WhenTech")
            assert "ApplicationAssignment trader.a/WhenTech" in stack.refresh()
            stack.settled(bare)
            assert self.has(stack)

    def test_an_application_that_t4_has_is_not_forgotten(self, stack: Stack) -> None:
        stack.settled(firm(bare_template=True))
        stack.lose_the_file()
        said = stack.destroy().failed["ApplicationAssignment trader.a/WhenTech"]
        assert "WhenTech of trader.a is still in T4, so it is not forgotten" in said
        assert "write `revoke` under its user" in said


def test_a_sign_off_that_t4_denies_in_the_same_run_closes_nothing(stack: Stack) -> None:
    """Somebody signed off in a hurry; then `up --refresh` looks before it believes."""
    stack.operations = without(stack, "assignAccount")
    said, task = firm_of(trader_a={"accounts": ["11111"]}), f"assign-account/{FILL}/11111"
    stack.settled(said)
    stack.attest(task)
    stack.refresh()
    done = stack.up(said)
    assert stack.tasks(said)[task] == "open"
    assert stack.fills(said)["captured"] == 0
    assert any("does not count: it was already in the file on" in words for words in done.said)
    assert stack.refresh() == [], "said once"
    stack.attest(task, note="now it is done")
    stack.settled(said)
    assert stack.tasks(said)[task] == "attested", "later than what T4 showed"
