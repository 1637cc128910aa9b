"""A user who stays and loses an account or an application: by words of the file, tracked until it is so."""

from itertools import count
from typing import Any

import pytest
import yaml

from tests.goals.firms import fill_accounts, firm_of
from tests.providers.operations import without
from tests.providers.portal import Portal
from tests.providers.stack import FULL, Stack, today
from tests.providers.test_leaving import accepted

FILL = "WhenTechFillUser"
ACCOUNT, APPLICATION = {"accounts": ["22222"]}, {"applications": ["WhenTech"]}


LINES = count(1)


def sign(stack: Stack, *tasks: str) -> None:
    """Sign tasks off today, beside what is signed off already; no two lines are alike."""
    file = stack.folder / "test.attested.yaml"
    lines = yaml.safe_load(file.read_text()) if file.exists() else []
    line = {"by": "A. Administrator", "on": today()}
    lines += [{"task": task, **line, "note": f"line {next(LINES)}"} for task in tasks]
    file.write_text(yaml.safe_dump(lines))


def unsign(stack: Stack, about: str) -> None:
    """Remove the lines about somebody who leaves the firm file."""
    file = stack.folder / "test.attested.yaml"
    lines = yaml.safe_load(file.read_text()) if file.exists() else []
    file.write_text(yaml.safe_dump([line for line in lines if about not in line["task"]]))


def portal(stack: Stack, operations: str = FULL) -> Stack:
    """The stack with other operations."""
    stack.operations = operations
    return stack


def assigned(stack: Stack, username: str) -> list[str]:
    """The accounts that T4 shows under a user."""
    accounts: list[str] = stack.simulator.users()[username]["accounts"]
    return accounts


def firm(takes: dict[str, Any] | None = None, *, gone: dict[str, Any] | None = None) -> dict[str, Any]:
    """A firm of two traders. `takes`: what the first loses, by the file; `gone`: what just vanished, WhenTech
    with the template that gives it."""
    made = firm_of(trader_a={"accounts": ["11111", "22222"]}, trader_b={"accounts": ["33333"]})
    entry = made["users"]["trader.a"]
    for field, names in {**(takes or {}), **(gone or {})}.items():
        entry[field] = [name for name in entry[field] if name not in names]
    if takes:
        entry["revoke"] = takes
    if "WhenTech" in (gone or {}).get("applications", ()):
        entry["templateUser"] = "Trader"
    return made


@pytest.fixture(params=["api", "administrator"])
def by(request: pytest.FixtureRequest, stack: Stack) -> str:
    """Whether the firm's operations can take things away, or the administrator must."""
    if request.param == "administrator":
        stack.operations = without(stack, "unassignAccount", "unassignApplication")
    return str(request.param)


def test_an_account_is_revoked_from_its_user_first_and_from_the_fill_user_last(stack: Stack, by: str) -> None:
    stack.settled(firm())
    stack.simulator.forget_requests()
    own, captured = "unassign-account/trader.a/22222", f"unassign-account/{FILL}/22222"
    shown = stack.preview(firm(ACCOUNT))
    assert not shown.failed
    done = stack.settled(firm(ACCOUNT))
    if by == "api":
        assert done.tasks == {}
        users = {user["userID"]: name for name, user in stack.simulator.users().items()}
        order = [users[call["path"].split("/")[4]] for call in stack.simulator.requests("DELETE")]
        assert order == ["trader.a", FILL]
    else:
        assert {own, captured} <= {task for task, status in shown.tasks.items() if status == "planned"}
        assert done.tasks == {own: "open", captured: "open"}
        (waits,) = [task["waits"] for task in done.outputs["administratorTasks"] if task["id"] == captured]
        assert waits == f"until closed: {own}"
        assert own in stack.preview(firm(gone=ACCOUNT)).failed["program"]
        sign(stack, own)
        assert stack.settled(firm(ACCOUNT)).tasks == {own: "attested", captured: "open"}
        unsign(stack, own)  # a signature goes with the line that it is about
        assert captured in stack.preview(firm(gone=ACCOUNT)).failed["program"]
        sign(stack, own, captured)
        assert stack.settled(firm(ACCOUNT)).tasks == {own: "attested", captured: "attested"}
        unsign(stack, own)
    removed = stack.settled(firm(gone=ACCOUNT))
    assert set(removed.deleted) == {
        "Account 22222",
        "AccountAssignment trader.a/22222",
        f"AccountAssignment {FILL}/22222",
    }
    assert {*removed.updated} - {"Firm firm"} == {f"User {FILL}", "User trader.a"}, "both records forget it"


def test_an_account_that_its_user_may_keep_for_a_while_stays_captured_as_long(stack: Stack) -> None:
    own, captured = "unassign-account/trader.a/22222", f"unassign-account/{FILL}/22222"
    stack.settled(firm())
    kept = firm(ACCOUNT) | accepted(own)
    assert stack.settled(kept).tasks == {captured: "open"}
    for username in ("trader.a", FILL):
        assert "22222" in assigned(stack, username)
    assert stack.record(f"AccountAssignment {FILL}/22222")["tasks"][captured]["waits"] == own
    stack.settled(firm(ACCOUNT))
    for username in ("trader.a", FILL):
        assert "22222" not in assigned(stack, username)


def test_whentech_is_taken_first_and_the_capture_ends_afterwards(stack: Stack, by: str) -> None:
    stack.settled(firm())
    stack.simulator.forget_requests()
    own = "unassign-application/trader.a/WhenTech"
    captured = {f"unassign-account/{FILL}/{number}" for number in ("11111", "22222")}
    shown = stack.preview(firm(APPLICATION))
    done = stack.settled(firm(APPLICATION))
    if by == "api":
        assert done.tasks == {}
        paths = [call["path"].split("/")[5] for call in stack.simulator.requests("DELETE")]
        assert paths == ["applications", "accounts", "accounts"]
        assert assigned(stack, FILL) == ["FILL0001", "33333"]
        assert stack.simulator.users()["trader.a"]["applications"] == []
    else:
        assert shown.tasks[own] == "planned"
        assert set(done.tasks) == {own, *captured}
        assert own in stack.preview(firm(gone=APPLICATION)).failed["program"]
        sign(stack, own)
        stack.settled(firm(APPLICATION))
        for number in ("11111", "22222"):
            (record,) = stack.record(f"AccountAssignment {FILL}/{number}")["tasks"].values()
            assert (record["status"], "waits" in record) == ("open", False)
        sign(stack, *captured)
        stack.settled(firm(APPLICATION))
    removed = stack.settled(firm(gone=APPLICATION))
    assert removed.deleted == ["ApplicationAssignment trader.a/WhenTech"]


def test_an_application_that_was_revoked_and_given_again_is_assigned_again(stack: Stack) -> None:
    """What T4 answered when the user was made no longer counts as given."""
    for _ in range(2):
        stack.settled(firm())
        assert stack.simulator.users()["trader.a"]["applications"] == ["WhenTech"]
        assert {"11111", "22222"} <= set(assigned(stack, FILL))
        stack.settled(firm(APPLICATION))
        stack.settled(firm(gone=APPLICATION))
        assert stack.simulator.users()["trader.a"]["applications"] == []


def test_a_template_that_still_gives_whentech_is_a_warning_when_the_line_is_gone(stack: Stack) -> None:
    stack.settled(firm())
    stack.settled(firm(APPLICATION))
    without_line = firm(gone=APPLICATION)
    del without_line["users"]["trader.a"]["templateUser"]
    done = stack.settled(without_line)
    assert "gives trader.a WhenTech, but the entry does not list it" in str(done.warnings)
    assert done.outputs["summary"]["fillAccounts"]["unmanaged"] == 0, "it was revoked"


def test_whentech_that_comes_back_behind_the_files_back_is_drift_and_uncovered(stack: Stack) -> None:
    """The portal gives it again when nothing in the file speaks of it any more."""
    gone = firm(gone=APPLICATION)
    stack.settled(firm())
    stack.settled(firm(APPLICATION))
    stack.settled(gone)
    own = "declare-application/trader.a/WhenTech"
    Portal(stack.simulator).give_application("trader.a", "WhenTech")
    drift = stack.drift(gone)
    words = "trader.a has WhenTech in T4, but not in the firm file"
    assert [(each.task, each.words) for each in drift.administrator] == [(own, words)]
    assert not drift.violations
    for _ in range(2):
        stack.refresh()
        assert stack.record("User trader.a")["tasks"][own]["status"] == "open"
    listed = firm()
    assert stack.preview(listed).outputs["summary"]["fillAccounts"]["unmanaged"] == 0
    summary = stack.settled(gone).outputs["summary"]
    assert summary["fillAccounts"] == fill_accounts(1, 1, unmanaged=2)
    assert "trader.a has the application WhenTech" in str(summary["warnings"])
    assert stack.simulator.users()["trader.a"]["applications"] == ["WhenTech"], "it is reported, not taken"
    Portal(stack.simulator).take_application("trader.a", "WhenTech")
    stack.refresh()
    done = stack.settled(gone)
    assert done.outputs["summary"]["fillAccounts"] == fill_accounts(1, 1)
    assert stack.simulator.users()["trader.a"]["applications"] == []


def test_who_changes_the_mind_before_it_was_done_has_it_still(stack: Stack) -> None:
    stack.operations = without(stack, "unassignAccount", "unassignApplication")
    stack.settled(firm())
    stack.simulator.forget_requests()
    stack.settled(firm({**ACCOUNT, **APPLICATION}))
    assert stack.settled(firm()).tasks == {}
    assert stack.simulator.changes() == []


@pytest.mark.parametrize(
    ("vanished", "words"),
    [
        (
            {"accounts": ["22222"]},
            'If trader.a stays and loses it, write `revoke: {accounts: ["22222"]}` under users.trader.a',
        ),
        (
            {"applications": ["WhenTech"]},
            "If trader.a stays and loses it, write `revoke: {applications: [WhenTech]}` under users.trader.a",
        ),
    ],
)
def test_what_just_vanished_is_refused_before_any_call(
    stack: Stack, vanished: dict[str, Any], words: str
) -> None:
    stack.settled(firm())
    stack.simulator.forget_requests()
    changed = firm(gone=vanished)
    changed["users"]["trader.b"]["phone"] = "555-1"
    for refused in (stack.preview(changed), stack.up(changed)):
        assert words in refused.failed["program"]
        assert "Nothing was changed" in refused.failed["program"]
    assert stack.simulator.requests() == []
    assert len(stack.state) == 14


@pytest.mark.parametrize(
    ("takes", "words"),
    [
        (
            {"accounts": ["22223"]},
            "revoke.accounts has 22223, but this stack never gave 22223 to trader.a. Did you mean 22222?",
        ),
        ({"accounts": ["33333"]}, "revoke.accounts has 33333, but this stack never gave 33333 to trader.a"),
        (
            {"applications": ["WhenTec"]},
            "revoke.applications has WhenTec, but this stack never gave WhenTec to trader.a. Did you mean "
            "WhenTech?",
        ),
    ],
)
def test_revoked_is_only_what_somebody_had(stack: Stack, takes: dict[str, Any], words: str) -> None:
    stack.settled(firm())
    assert words in stack.preview(firm(takes)).failed["program"]


def test_an_account_that_perhaps_was_created_is_taken_from_all_who_may_have_it(stack: Stack) -> None:
    """The administrator was asked to create it for its owner, and to assign it to the fill user."""
    stack.operations = "onboarding"
    stack.settled(firm())
    assert stack.tasks(firm())["create-account/22222"] == "open"
    stack.settled(firm(ACCOUNT))
    asked = {task for task in stack.tasks(firm(ACCOUNT)) if task.startswith("unassign")}
    assert asked == {f"unassign-account/{FILL}/22222", "unassign-account/trader.a/22222"}


def test_a_second_user_of_an_account_loses_it_and_its_owner_stays_captured(stack: Stack) -> None:
    shared = firm()
    shared["users"]["trader.b"]["accounts"] = ["33333", "22222"]
    shared["accounts"] = {"22222": {"owner": "trader.a"}}
    stack.settled(shared)
    shared["users"]["trader.b"]["accounts"] = ["33333"]
    assert "account 22222 was removed from trader.b" in stack.preview(shared).failed["program"]
    shared["users"]["trader.b"]["revoke"] = {"accounts": ["22222"]}
    stack.settled(shared)
    assert stack.simulator.accounts()["22222"]["users"] == ["trader.a", FILL]
    assert stack.settled(firm()).deleted == ["AccountAssignment trader.b/22222"]


def test_a_refresh_sees_what_was_taken_and_what_was_not(stack: Stack) -> None:
    stack.operations = without(stack, "unassignAccount", "unassignApplication")
    stack.settled(firm())
    takes = {**ACCOUNT, **APPLICATION}
    stack.settled(firm(takes))
    assert stack.refresh() == [], "T4 still has all of it, and that is what is recorded"
    user = stack.simulator.users()["trader.a"]["userID"]
    account = stack.simulator.accounts()["22222"]["accountID"]
    stack.simulator.admin("DELETE", f"/admin/v1/users/{user}/accounts/{account}")
    stack.simulator.admin("DELETE", f"/admin/v1/users/{user}/applications/WhenTech")
    stack.refresh()
    assert stack.tasks(firm(takes))["unassign-account/trader.a/22222"] == "done"
    assert stack.tasks(firm(takes))["unassign-application/trader.a/WhenTech"] == "done"
    stack.settled(firm(takes))
    waiting = stack.record(f"AccountAssignment {FILL}/22222")["tasks"][f"unassign-account/{FILL}/22222"]
    assert "waits" not in waiting


class TestSignaturesOfTheLastTime:
    """A line that was signed for what somebody lost is no word about what comes back years later."""

    def test_an_application_that_is_given_again(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.simulator.template("WhenTechTrader", [], ["Trading"])
        task = "assign-application/trader.a/WhenTech"
        stack.up(bare())
        sign(stack, task)
        stack.up(bare())
        assert stack.tasks(bare())[task] == "attested"
        stack.up(bare(APPLICATION))
        sign(stack, f"un{task}")
        stack.up(bare(APPLICATION))
        gone = stack.up(bare(gone=APPLICATION))
        assert not [words for words in gone.warnings if task in words], "it is history"
        assert "ApplicationAssignment trader.a/WhenTech" not in stack.state
        stack.up(bare())
        assert stack.tasks(bare())[task] == "open"

    def test_an_account_that_is_revoked_again(self, stack: Stack) -> None:
        stack.operations = without(stack, "unassignAccount")
        moved = firm()
        moved["users"]["trader.b"]["accounts"].append("22222")
        moved["accounts"] = {"22222": {"owner": "trader.a"}}
        stack.settled(moved)
        task = "unassign-account/trader.a/22222"
        away = firm(ACCOUNT)
        away["users"]["trader.b"]["accounts"].append("22222")
        stack.settled(away)
        sign(stack, task)
        stack.settled(away)
        gone = firm(gone=ACCOUNT)
        gone["users"]["trader.b"]["accounts"].append("22222")
        stack.settled(gone)
        assert not stack.up(gone).warnings, "the line is history"


def bare(takes: dict[str, Any] | None = None, *, gone: dict[str, Any] | None = None) -> dict[str, Any]:
    """The firm with a template that gives no application."""
    made = firm(takes, gone=gone)
    made["templates"]["users"]["WhenTechTrader"]["applications"] = []
    return made


class TestAnAccountThatTheAdministratorWasAskedToCreate:
    """It may be there before anybody signs."""

    CREATE, TAKE = "create-account/22222", "unassign-account/trader.a/22222"

    def only_trades(self, *accounts: str, **more: Any) -> dict[str, Any]:
        """A firm without the fill service, so that each task is about the account itself."""
        made = firm_of(trader_a={"accounts": list(accounts), "applications": [], **more})
        del made["fillService"]
        return made

    def test_it_does_not_vanish_with_its_line(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(self.only_trades("11111", "22222"))
        refused = stack.preview(self.only_trades("11111")).failed["program"]
        assert "T4 may have it, because the administrator was asked to create it" in refused
        assert 'write `revoke: {accounts: ["22222"]}`' in refused

    def test_revoked_it_is_taken_from_its_owner_as_if_it_were_there(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(self.only_trades("11111", "22222"))
        revoked = self.only_trades("11111", revoke={"accounts": ["22222"]})
        stack.settled(revoked)
        assert stack.tasks(revoked) == {self.TAKE: "open"}
        assert self.TAKE in stack.preview(self.only_trades("11111")).failed["program"]
        sign(stack, self.TAKE)
        stack.settled(revoked)
        unsign(stack, self.TAKE)
        stack.settled(self.only_trades("11111"))
        assert "Account 22222" not in stack.state

    def test_wanted_again_it_is_to_be_created(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        both = self.only_trades("11111", "22222")
        stack.settled(both)
        stack.settled(self.only_trades("11111", revoke={"accounts": ["22222"]}))
        stack.up(both)
        assert stack.tasks(both)[self.CREATE] == "open"
