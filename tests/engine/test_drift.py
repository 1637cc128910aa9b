"""Live reads on the real engine: an unchanged firm is clean, a change in the portal shows, a signature that
T4 contradicts is called so."""

import json
from typing import Any

import pytest

from tests.engine.project import Project, Simulator
from tests.providers.portal import Portal

pytestmark = pytest.mark.engine

FILL = "WhenTechFillUser"
SEEDS = {"T4_OPERATIONS": "onboarding"}
QUIET = ("--refresh", "--expect-no-changes")


def recorded(project: Project) -> dict[str, Any]:
    """The state, without the time of its export."""
    exported: dict[str, Any] = json.loads(project.pulumi("stack", "export", "--stack", "test").text)
    return exported["deployment"]["resources"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("operations", ["onboarding", "walkthrough", "stacks/full.operations.yaml"])
def test_an_unchanged_firm_has_no_drift_and_what_nobody_can_read_is_not_called_fine(
    project: Project, simulator: Simulator, operations: str
) -> None:
    known = {"T4_OPERATIONS": operations}
    assert project.up(**known).code == 0
    simulator.forget_requests()
    done = project.preview(*QUIET, **known)
    assert done.code == 0, done.text
    assert {call["method"] for call in simulator.requests()} <= {"GET"}
    drift = project.t4firm("drift", "--stack", "test", **known)
    reads_all = operations.startswith("stacks")
    assert drift.code == (0 if reads_all else 3), drift.text
    assert ("Not compared" in drift) is not reads_all


def test_a_change_in_the_portal_shows_in_the_preview_and_is_mended_by_an_up(
    project: Project, simulator: Simulator
) -> None:
    assert project.up().code == 0
    portal = Portal(simulator)
    portal.change_user("trader.a", phone="555-000-1111")
    portal.give_role(FILL, "Trading")
    portal.unassign(FILL, "33333")
    before = recorded(project)

    drift = project.t4firm("drift", "--stack", "test")
    assert drift.code == 2, drift.text
    lines = [line.strip() for line in drift.text.splitlines()]
    assert lines[1:3] == [
        "VIOLATIONS of WhenTech's rules",
        f"{FILL} has Trading (remove-role/{FILL}/Trading)",
    ]
    assert "account 33333 is not captured" in drift
    assert "phone of trader.a differs" in drift
    told = json.loads(project.t4firm("drift", "--stack", "test", "--json").text)
    assert [each["task"] for each in told["api"]] == [
        f"assign-account/{FILL}/33333",
        "update-user/trader.a/phone",
    ]
    assert recorded(project) == before, "nothing is recorded"

    shown = project.preview(*QUIET, "--diff")
    assert shown.code != 0
    assert "account 33333 is not captured" in shown
    assert f"VIOLATION: the fill user {FILL} has the role Trading" in shown

    refreshed = project.pulumi("refresh", "--yes", "--stack", "test")
    assert refreshed.code == 0, refreshed.text
    assert "+drift" in refreshed
    for secret in ("555-000-1111", "Columbus", "trader.a@example.com"):
        assert secret not in json.dumps(recorded(project))
    done = project.up()
    assert done.code == 0, done.text
    assert simulator.users()[FILL]["roles"] == []
    assert simulator.users()["trader.a"]["phone"] == "555-123-4567"
    clean = project.t4firm("drift", "--stack", "test")
    assert clean.code == 0
    assert clean.text.endswith("No other difference in what can be read.\n")


def test_a_signature_that_t4_contradicts_is_an_error_line_and_closes_nothing(
    project: Project, simulator: Simulator
) -> None:
    task = f"assign-account/{FILL}/33333"
    assert project.up(**SEEDS).code == 0
    project.attest(task)
    assert project.up(**SEEDS).code == 0
    assert project.tasks()[task] == "attested"
    sees = project.folder / "stacks" / "sees.operations.yaml"
    full = (project.folder / "stacks" / "full.operations.yaml").read_text()
    sees.write_text("readUser:\n" + full.partition("readUser:\n")[2].partition("\nupdateUser:")[0])
    known = {"T4_OPERATIONS": "stacks/sees.operations.yaml"}
    drift = project.t4firm("drift", "--stack", "test", **known)
    assert drift.code == 2
    assert f"account 33333 is not captured, although it was signed off ({project.today()}, by A. A" in drift
    done = project.up("--refresh", **known)
    assert f"CONTRADICTED: {task} was signed off ({project.today()}, by A. Administrator)" in done
    assert "error:" in done.text
    assert project.tasks()[task] == "open"
    for view in ((), ("--diff",)):
        again = project.t4firm("up", "--yes", "--stack", "test", *view, **known)
        assert again.code == 2, again.text
        assert f"CONTRADICTED: {task} was signed off" in again
        assert "This run is complete: nothing failed" in again


def test_what_cannot_be_read_is_an_error_and_no_clean_bill(project: Project, simulator: Simulator) -> None:
    assert project.up().code == 0
    simulator.fault({"match": {"method": "GET"}, "do": {"status": 403}, "times": 1000})
    drift = project.t4firm("drift", "--stack", "test")
    assert drift.code == 1
    assert "not read: GET /admin/v1/users: T4 answered 403" in drift
    assert "Traceback" not in drift


def test_after_a_rename_a_plain_refresh_reads_the_files_of_the_new_name(
    project: Project, simulator: Simulator
) -> None:
    """A refresh runs no program, and the state's providers have the old name."""
    project.write(project.demo())
    assert project.up().code == 0
    assert project.pulumi("stack", "rename", "renamed", "--stack", "test").code == 0
    firm = project.demo()
    firm["users"]["trader.a"]["accounts"].append("99999")
    project.firm_file.unlink()
    project.stack = "renamed"
    project.write(firm)
    Portal(simulator).make_account("trader.a", "99999")
    done = project.pulumi("refresh", "--yes", "--skip-preview", "--stack", "renamed")
    assert done.code == 0, done.text
    assert "99999" not in done
    assert not project.resources()["User trader.a"]["outputs"].get("unmanaged")
