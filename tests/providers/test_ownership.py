"""What the product undoes: what this stack did, and what its firm file names. All else is reported."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clock import PATIENCE
from tests.engine.project import Simulator
from tests.goals.firms import firm_of
from tests.providers.portal import Portal
from tests.providers.stack import Run, Stack, today

FILL = "WhenTechFillUser"
THEIRS = f"declare-account/{FILL}/11111"


@pytest.fixture
def neighbour(tmp_path: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack of another repository, at the same T4."""
    folder = tmp_path / "neighbour"
    folder.mkdir()
    return Stack(folder, simulator, monkeypatch, "neighbour")


def adopting() -> dict[str, Any]:
    """Another desk of the firm, which takes over the fill user that is there."""
    firm = firm_of(trader_n={"accounts": ["77777"]})
    firm["fillService"]["user"]["adopt"] = True
    return firm


def captured(stack: Stack) -> set[str]:
    return set(stack.simulator.users()[FILL]["accounts"])


def counted(run: Run) -> dict[str, int]:
    counts: dict[str, int] = run.outputs["summary"]["fillAccounts"]
    return {name: counts[name] for name in ("wanted", "assigned", "open")}


def test_two_stacks_with_one_fill_user_leave_each_others_accounts(stack: Stack, neighbour: Stack) -> None:
    ours, theirs = firm_of(trader_a={"accounts": ["11111"]}), adopting()
    stack.settled(ours)
    neighbour.up(theirs)
    for _ in range(2):
        for each, firm in ((neighbour, theirs), (stack, ours)):
            each.refresh()
            done = each.settled(firm)
            assert counted(done) == {"wanted": 1, "assigned": 1, "open": 0}
            assert {"11111", "77777"} <= captured(stack)
    assert neighbour.tasks(theirs)[THEIRS] == "open"
    assert neighbour.record(f"User {FILL}")["unmanaged"] == ["11111"]
    assert stack.tasks(ours)[f"declare-account/{FILL}/77777"] == "open"
    (task,) = [each for each in neighbour.listed(theirs) if each["id"] == THEIRS]
    assert task["what"].startswith(f"Find out who assigned 11111 to {FILL}.")


def test_what_the_file_names_is_taken_from_the_fill_user(stack: Stack) -> None:
    firm = firm_of(trader_a={"accounts": ["11111", "22222"]})
    stack.settled(firm)
    portal = Portal(stack.simulator)
    portal.make_account("trader.a", "99999")
    portal.assign(FILL, "99999")
    firm["fillService"]["user"]["revoke"] = {"accounts": ["99999"]}
    firm["fillService"]["exclude"] = {"22222": "paper trading, agreed 2026-11-03"}
    done = stack.settled(firm)
    assert captured(stack) == {"FILL0001", "11111"}
    assert not done.failed
    del firm["fillService"]["user"]["revoke"]
    stack.settled(firm)
    assert f"AccountAssignment {FILL}/99999" not in stack.state


def test_a_revoked_stranger_is_the_administrators_where_no_operation_takes_it(stack: Stack) -> None:
    stack.operations = "onboarding"
    firm = firm_of(trader_a={"accounts": ["11111"]})
    firm["fillService"]["user"]["revoke"] = {"accounts": ["99999"]}
    task = f"unassign-account/{FILL}/99999"
    assert stack.preview(firm).tasks[task] == "planned"
    assert stack.settled(firm).tasks[task] == "open"
    without = firm_of(trader_a={"accounts": ["11111"]})
    assert f"The tasks: {task}" in stack.up(without).failed["program"]
    stack.attest(task, on=today())
    assert stack.settled(firm).tasks[task] == "attested"
    (stack.folder / "test.attested.yaml").unlink()
    stack.settled(without)


class TestAnApplicationThatOnlyThePortalGave:
    """WhenTech, which somebody gave a user without WhenTech in the portal."""

    TASK = "declare-application/trader.b/WhenTech"

    @staticmethod
    def firm(**entry: Any) -> dict[str, Any]:
        made = firm_of(
            trader_a={"accounts": ["11111"]},
            trader_b={"accounts": ["33333"], "applications": [], "templateUser": "PlainTrader", **entry},
        )
        made["templates"]["users"]["PlainTrader"] = {"applications": [], "roles": ["Trading"]}
        return made

    @pytest.fixture
    def given(self, stack: Stack) -> Stack:
        httpx.put(
            f"{stack.simulator.endpoint}/simulator/templates/users/PlainTrader",
            json={"applications": [], "roles": ["Trading"]},
            timeout=PATIENCE,
        ).raise_for_status()
        stack.settled(self.firm())
        Portal(stack.simulator).give_application("trader.b", "WhenTech")
        stack.refresh()
        return stack

    def has_it(self, stack: Stack) -> bool:
        return "WhenTech" in stack.simulator.users()["trader.b"]["applications"]

    def test_is_reported_and_never_taken(self, given: Stack) -> None:
        assert self.TASK in {each.task for each in given.drift(self.firm()).administrator}
        for _ in range(2):
            done = given.settled(self.firm())
            given.refresh()
        assert done.tasks[self.TASK] == "open"
        assert self.has_it(given)
        assert done.outputs["summary"]["fillAccounts"]["unmanaged"] == 1
        to_do = done.outputs["summary"]["toDo"]
        assert to_do == given.to_do(self.firm()), "a run and `t4firm tasks` say one number"
        assert to_do["inFirmFile"] == 1
        (task,) = [each for each in given.listed(self.firm()) if each["id"] == self.TASK]
        assert task["what"].startswith("If trader.b should have WhenTech, list it under `applications`")
        assert task["closes"] == "T4's answer to readUser, or a line in the attested file"

    def test_is_captured_once_the_file_says_so(self, given: Stack) -> None:
        firm = self.firm(applications=["WhenTech"])
        given.settled(firm)
        assert self.TASK not in given.tasks(firm)
        assert "33333" in captured(given)

    def test_is_taken_where_the_file_names_it(self, given: Stack) -> None:
        firm = self.firm(revoke={"applications": ["WhenTech"]})
        given.settled(firm)
        assert self.TASK not in given.tasks(firm)
        assert not self.has_it(given)

    def test_is_done_when_t4_no_longer_shows_it(self, given: Stack) -> None:
        given.settled(self.firm())
        Portal(given.simulator).take_application("trader.b", "WhenTech")
        given.refresh()
        assert given.settled(self.firm()).tasks == {self.TASK: "done"}

    def test_a_sign_off_is_contradicted_by_what_t4_shows(self, given: Stack) -> None:
        given.settled(self.firm())
        given.attest(self.TASK)
        assert given.settled(self.firm()).tasks == {self.TASK: "attested"}
        given.refresh()
        assert [each.task for each in given.drift(self.firm()).contradicted] == [self.TASK]
        given.settled(self.firm())
        assert self.has_it(given)

    def test_may_be_accepted_for_a_time(self, given: Stack) -> None:
        firm = self.firm()
        firm["accepted"] = {self.TASK: {"reason": "moves to WhenTech in December", "until": "2099-01-01"}}
        assert self.TASK not in given.settled(firm).tasks

    def test_goes_with_who_departs(self, given: Stack) -> None:
        firm = self.firm(departed=True)
        given.settled(firm)
        assert self.TASK not in given.tasks(firm)

    def test_an_older_versions_step_that_took_it_is_this_task(self, given: Stack) -> None:
        given.settled(self.firm())
        record = given.record("User trader.b")["tasks"]
        record["unassign-application/trader.b/WhenTech"] = record.pop(self.TASK)
        done = given.settled(self.firm())
        assert done.tasks == {self.TASK: "open"}
        assert self.has_it(given)
