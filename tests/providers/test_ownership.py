"""What the product undoes: what this stack did, and what its firm file names. All else is reported."""

from pathlib import Path
from typing import Any

import pytest

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
