"""What T4 gave against what the file expects: found, recorded, in the way of what depends on it, mended, and
found again."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.goals.firms import fill_accounts, firm_of
from tests.providers.operations import without
from tests.providers.stack import FULL, Stack, today
from tests.providers.test_read_back import unread
from tests.providers.test_recorded_page import page

FILL = "WhenTechFillUser"
ONE = {"trader_a": {"accounts": ["11111"]}}


def risk_manager() -> dict[str, Any]:
    firm = firm_of(**ONE)
    firm["fillService"]["capture"] = "riskManager"
    firm["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    return firm


@pytest.fixture(params=["api", "signature"])
def mended_by(request: pytest.FixtureRequest, stack: Stack) -> str:
    """Whether the firm's operations can mend what they find, or the administrator must."""
    if request.param == "signature":
        stack.operations = "onboarding"
    return str(request.param)


@pytest.mark.parametrize(
    ("template", "given", "user", "task", "words"),
    [
        (
            "FillService",
            (["WhenTechFills"], ["Trading"]),
            FILL,
            f"remove-role/{FILL}/Trading",
            "has the role Trading",
        ),
        (
            "FillService",
            (["WhenTechFills", "WhenTech"], []),
            FILL,
            f"unassign-application/{FILL}/WhenTech",
            "has the application WhenTech",
        ),
        (
            "WhenTechTrader",
            (["WhenTech", "WhenTechFills"], ["Trading"]),
            "trader.a",
            "unassign-application/trader.a/WhenTechFills",
            "only for the fill service",
        ),
    ],
)
def test_too_much_is_recorded_blocks_what_depends_on_it_and_is_mended(
    stack: Stack,
    mended_by: str,
    template: str,
    given: tuple[list[str], list[str]],
    user: str,
    task: str,
    words: str,
) -> None:
    stack.simulator.template(template, *given)
    firm = firm_of(**ONE)
    done = stack.up(firm)
    depend = {
        "trader.a": {"ApplicationAssignment trader.a/WhenTech"},
        FILL: {f"ApplicationAssignment {FILL}/WhenTechFills", f"AccountAssignment {FILL}/11111"},
    }
    assert set(done.failed) == depend[user]
    assert all(task in said for said in done.failed.values())
    assert words in " ".join(done.outputs["summary"]["violations"])
    assert any(words in said for said in done.said), "the terminal says it too"
    assert stack.record(f"User {user}")["violations"]
    assert stack.tasks(firm)[task] == "open"
    if mended_by == "signature":
        stack.attest(task, on="2026-01-01")
        assert stack.up(firm).failed, "a signature from before it was found closes nothing"
        stack.attest(task, on=today())
    mended = stack.settled(firm)
    assert mended.tasks[task] == ("done" if mended_by == "api" else "attested")
    assert mended.outputs["summary"]["violations"] == []
    assert stack.simulator.onboarded() == [FILL, "trader.a"]
    if mended_by == "api":
        shown = stack.simulator.users()[user]
        assert task.rpartition("/")[2] not in (*shown["roles"], *shown["applications"])


def test_a_violation_is_told_of_its_user_alone_and_no_more_once_it_is_mended(stack: Stack) -> None:
    """An assignment that was recorded meanwhile keeps what its user's violations were then."""
    firm = firm_of(**ONE)
    stack.settled(firm)
    stack.record(f"AccountAssignment {FILL}/11111")["violations"] = {
        f"remove-role/{FILL}/Trading": f"the fill user {FILL} has the role Trading"
    }
    assert stack.up(firm).outputs["summary"]["violations"] == []
    assert page(stack, firm).alarms == ()


def test_a_fill_user_with_a_violation_is_assigned_nothing(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.template("FillService", ["WhenTechFills"], ["Trading"])
    firm = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    for _ in range(2):
        done = stack.up(firm)
        waiting = {done.failed[f"AccountAssignment {FILL}/{number}"] for number in ("11111", "33333")}
        assert len(waiting) == 1, "one trouble is told in the same words, so that it can be told once"
        assert waiting.pop().endswith(
            f"{FILL} is assigned no account until this is mended: remove-role/{FILL}/Trading"
        )
        [violation] = done.outputs["summary"]["violations"]
        assert violation.endswith(f"What mends it: remove-role/{FILL}/Trading. 3 assignments wait for it"), (
            "two accounts and WhenTechFills"
        )
    assert stack.simulator.users()[FILL]["accounts"] == ["FILL0001"]
    assert stack.simulator.users()["trader.b"]["accounts"] == ["33333"]


def test_many_roles_that_must_go_are_one_violation_with_trading_first(stack: Stack) -> None:
    """As the default template of T4's own sample gives them."""
    stack.operations = "onboarding"
    stack.simulator.template("FillService", ["WhenTechFills"], ["ANTS1", "Charting", "Trading", "Strategy"])
    done = stack.up(firm_of(**ONE))
    [violation] = done.outputs["summary"]["violations"]
    assert violation.startswith(f"the fill user {FILL} has the role Trading, and the firm file allows")
    assert violation.endswith(
        f". It also has ANTS1, Charting, Strategy. What mends it: remove-role/{FILL}/Trading and 3 more. "
        "2 assignments wait for it"
    )
    waits = done.failed[f"AccountAssignment {FILL}/11111"]
    assert waits.endswith(f"until this is mended: remove-role/{FILL}/Trading and 3 more")


def test_an_expected_role_that_is_missing_is_the_administrators_to_give(stack: Stack) -> None:
    stack.simulator.template("WhenTechTrader", [], [])
    firm = firm_of(**ONE)
    done = stack.up(firm)
    assert "assign-role/trader.a/Trading" in done.failed["ApplicationAssignment trader.a/WhenTech"]
    stack.attest("assign-role/trader.a/Trading", on=today())
    stack.settled(firm)
    assert stack.record("User trader.a")["roles"] == ["Trading"]
    assert stack.simulator.users()["trader.a"]["applications"] == ["WhenTech"]


def test_without_the_risk_manager_role_the_fill_user_captures_nothing(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.template("FillServiceRiskManager", [], [])
    done = stack.up(risk_manager())
    assert "does not have the role RiskManager" in done.outputs["summary"]["violations"][0]
    waits = done.failed[f"ApplicationAssignment {FILL}/WhenTechFills"]
    assert waits.endswith(f"until this is mended: assign-role/{FILL}/RiskManager")
    stack.attest(f"assign-role/{FILL}/RiskManager", on=today())
    without_its_application = stack.settled(risk_manager()).outputs["summary"]["fillAccounts"]
    assert without_its_application == fill_accounts(1, 1)
    given = (f"assign-role/{FILL}/RiskManager", f"assign-application/{FILL}/WhenTechFills")
    handed_over = (f"hand-over-credentials/{FILL}", f"password-never-expires/{FILL}")
    stack.attest(*given, *handed_over, on=today())
    done = stack.settled(risk_manager())
    assert done.outputs["summary"]["fillAccounts"] == fill_accounts(1, 1, captured=1)
    assert "WhenTech receives the fills of ALL accounts" in done.warnings[0]


def test_a_withdrawn_signature_brings_the_violation_back(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.template("FillService", ["WhenTechFills", "WhenTech"], ["Trading"])
    firm = firm_of(**ONE)
    stack.up(firm)
    tasks = [f"remove-role/{FILL}/Trading", f"unassign-application/{FILL}/WhenTech"]
    stack.attest(*tasks, on=today())
    stack.settled(firm)
    stack.attest()
    done = stack.up(firm)
    assert done.changed == [f"User {FILL}"]
    assert len(done.outputs["summary"]["violations"]) == 2
    assert {stack.tasks(firm)[task] for task in tasks} == {"open"}
    assert stack.preview(firm).changed == []
    stack.attest(*tasks, on=today())
    stack.settled(firm)


def test_a_withdrawn_signature_takes_the_role_back_that_it_stood_for(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.template("WhenTechTrader", ["WhenTech"], [])
    firm = firm_of(**ONE)
    stack.up(firm)
    stack.attest("assign-role/trader.a/Trading", on=today())
    stack.settled(firm)
    stack.attest()
    stack.up(firm)
    assert stack.tasks(firm)["assign-role/trader.a/Trading"] == "open"
    assert stack.preview(firm).changed == []


def test_what_the_file_comes_to_expect_is_no_violation_any_more(stack: Stack) -> None:
    """The administrator was asked to remove the role, and may have done so: somebody has to see that it is
    there."""
    stack.operations = "onboarding"
    stack.simulator.template("FillService", ["WhenTechFills"], ["RiskManager"])
    stack.up(firm_of(**ONE))
    firm = firm_of(**ONE)
    firm["fillService"]["capture"] = "riskManager"
    firm["templates"]["users"]["FillService"]["roles"] = ["RiskManager"]
    stack.up(firm)
    given = f"assign-role/{FILL}/RiskManager"
    assert stack.tasks(firm)[given] == "open"
    stack.attest(given, on=today())
    assert not stack.up(firm).failed
    assert stack.record(f"User {FILL}")["violations"] == {}
    assert f"remove-role/{FILL}/RiskManager" not in stack.tasks(firm)


def test_that_it_cannot_be_read_then_stops_no_run(stack: Stack) -> None:
    stack.operations = without(stack, "removeRole")
    stack.simulator.template("FillService", ["WhenTechFills"], ["RiskManager"])
    stack.up(firm_of(**ONE))
    firm = firm_of(**ONE)
    firm["fillService"]["capture"] = "riskManager"
    firm["templates"]["users"]["FillService"]["roles"] = ["RiskManager"]
    unread(stack, "/admin/v1/users", 500)
    assert f"User {FILL}" not in stack.up(firm).failed
    assert stack.tasks(firm)[f"assign-role/{FILL}/RiskManager"] == "open"


def test_more_than_a_template_is_said_to_give_is_told_once_with_how_to_accept_it(stack: Stack) -> None:
    stack.simulator.template("WhenTechTrader", ["WhenTech", "AppName1"], ["Trading", "Charting"])
    people = {f"trader_{letter}": {"accounts": [f"1{letter}"]} for letter in "abcde"}
    firm = firm_of(**people)
    done = stack.up(firm)
    notices = done.outputs["summary"]["notices"]
    assert notices == [
        "template WhenTechTrader also gives the application AppName1, which the firm file does not list. If "
        "that is right, add it to templates.users.WhenTechTrader.applications (trader.a, trader.b, trader.c "
        "and 2 more)",
        "template WhenTechTrader also gives the role Charting, which the firm file does not list. If that is "
        "right, add it to templates.users.WhenTechTrader.roles (trader.a, trader.b, trader.c and 2 more)",
    ]
    assert set(notices) <= set(done.said)
    assert done.warnings == []
    for again in (stack.preview(firm), stack.up(firm)):
        assert again.changed == []
        assert again.outputs["summary"]["notices"] == notices
        assert not set(notices) & set(again.said)
    firm["templates"]["users"]["WhenTechTrader"] |= {
        "applications": ["WhenTech", "AppName1"],
        "roles": ["Trading", "Charting"],
    }
    assert stack.up(firm).outputs["summary"]["notices"] == []


def test_an_application_that_the_file_gave_beside_the_template_is_no_warning(stack: Stack) -> None:
    firm = firm_of(**ONE)
    firm["templates"]["users"]["WhenTechTrader"]["applications"] = []
    stack.simulator.template("WhenTechTrader", [], ["Trading"])
    stack.settled(firm)
    stack.refresh()
    assert stack.settled(firm).warnings == []


class TestFoundByARefresh:
    """Somebody changed a user in the portal, or mended one without a signature."""

    def change(self, stack: Stack, method: str, place: str, body: Any = None, user: str = FILL) -> None:
        user_id = stack.simulator.users()[user]["userID"]
        stack.simulator.admin(method, f"/admin/v1/users/{user_id}/{place}".rstrip("/"), body)

    def test_trading_on_the_fill_user_is_found_and_revoked(self, stack: Stack) -> None:
        firm = firm_of(**ONE)
        stack.settled(firm)
        for _ in range(2):
            self.change(stack, "POST", "roles", {"role": "Trading"})
            assert stack.refresh() == [f"User {FILL}"]
            assert stack.record(f"User {FILL}")["violations"]
            assert stack.preview(firm).changed == [f"User {FILL}"]
            stack.settled(firm)
            assert stack.simulator.users()[FILL]["roles"] == []

    def test_an_old_signature_does_not_cover_what_is_found_anew(self, stack: Stack) -> None:
        stack.operations = str(reads_only(stack))
        firm = firm_of(**ONE)
        stack.attest(f"remove-role/{FILL}/Trading", on="2026-11-01")
        stack.settled(firm)
        self.change(stack, "POST", "roles", {"role": "Trading"})
        stack.refresh()
        assert stack.tasks(firm)[f"remove-role/{FILL}/Trading"] == "open"
        stack.up(firm)
        assert stack.tasks(firm)[f"remove-role/{FILL}/Trading"] == "open"

    def test_what_was_mended_in_the_portal_is_closed_by_what_t4_shows(self, stack: Stack) -> None:
        stack.operations = str(reads_only(stack))
        firm = firm_of(**ONE)
        stack.simulator.template("FillService", ["WhenTechFills"], ["Trading"])
        stack.up(firm)
        self.change(stack, "DELETE", "roles/Trading")
        stack.refresh()
        assert stack.tasks(firm)[f"remove-role/{FILL}/Trading"] == "done"
        assert stack.record(f"User {FILL}")["violations"] == {}
        stack.settled(firm)

    def test_what_t4_does_not_show_leaves_the_record_alone(self, stack: Stack) -> None:
        firm = firm_of(**ONE)
        stack.settled(firm)
        stack.operations = str(reads_only(stack, "{userID: userID, username: userName}"))
        stack.settled(firm)
        assert stack.refresh() == []


def reads_only(stack: Stack, shown: str | None = None) -> Any:
    """A file with the operation `readUser` alone; `shown` is what its answer has."""
    full = yaml.safe_load(Path(FULL).read_text())
    operation = full["readUser"] | ({"answer": shown} if shown else {})
    file = stack.folder / "reads.operations.yaml"
    file.write_text(yaml.safe_dump({"readUser": operation}))
    return file
