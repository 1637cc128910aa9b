"""Names that T4 gives: with a slash in them, or spelled in other capitals than in the firm file."""

from typing import Any
from unicodedata import normalize

from tests.goals.firms import firm_of
from tests.providers.stack import Stack, today

FILL = "WhenTechFillUser"
DESK = "Order/Desk 100%"
TASK = f"remove-role/{FILL}/Order%2FDesk 100%25"


def one_trader(**template: list[str]) -> dict[str, Any]:
    firm = firm_of(
        trader_a={"accounts": ["11111"], "applications": ["WhenTech", *template.get("applications", ())]}
    )
    firm["templates"]["users"]["WhenTechTrader"] |= {"roles": ["Trading", *template.get("roles", ())]}
    return firm


def test_a_role_with_a_slash_is_found_and_removed_by_the_api(stack: Stack) -> None:
    stack.simulator.template("FillService", ["WhenTechFills"], [DESK])
    done = stack.up(one_trader())
    assert done.every_task[TASK] == "open"
    assert stack.record(f"User {FILL}")["violations"].keys() == {TASK}
    stack.up(one_trader())
    assert stack.simulator.users()[FILL]["roles"] == []
    stack.settled(one_trader())


def test_a_role_with_a_slash_is_signed_off_by_the_administrator(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.template("FillService", ["WhenTechFills"], [DESK])
    stack.up(one_trader())
    (task,) = [each for each in stack.listed(one_trader()) if each["id"] == TASK]
    assert f"Roles: remove {DESK}," in task["what"]
    stack.attest(TASK, on=today())
    assert stack.up(one_trader()).every_task[TASK] == "attested"


def test_an_application_with_a_slash_is_a_task_that_is_signed_off(stack: Stack) -> None:
    stack.operations = "onboarding"
    firm, task = one_trader(applications=[DESK]), "assign-application/trader.a/Order%2FDesk 100%25"
    assert stack.preview(firm).every_task[task] == "planned"
    assert stack.up(firm).every_task[task] == "open"
    stack.attest(task, on=today())
    assert stack.settled(firm).every_task[task] == "attested"


def test_a_role_that_t4_spells_in_other_capitals_is_the_role(stack: Stack) -> None:
    there, here = normalize("NFD", "händler"), normalize("NFC", "Händler")
    stack.simulator.template("WhenTechTrader", ["whentech"], ["TRADING", there])
    firm = one_trader(roles=[here])
    done = stack.settled(firm)
    assert done.outputs["summary"]["violations"] == done.warnings == []
    assert done.every_task.keys() & {"assign-application/trader.a/WhenTech"} == set()
    record = stack.record("User trader.a")
    assert (record["roles"], record["applications"]) == (["Trading", here], ["WhenTech"])
    assert stack.refresh() == []
    assert not stack.drift(firm).differs


def test_trading_in_other_capitals_is_a_violation_of_the_fill_user_and_goes(stack: Stack) -> None:
    stack.simulator.template("FillService", ["WhenTechFills"], ["trading"])
    assert stack.up(one_trader()).every_task[f"remove-role/{FILL}/Trading"] == "open"


def test_a_user_whose_name_is_now_in_other_capitals_is_the_same_user(stack: Stack) -> None:
    firm = one_trader()
    stack.settled(firm)
    firm["users"] = {"Trader.A": firm["users"]["trader.a"]}
    for done in (stack.preview(firm), stack.up(firm)):
        assert done.failed == {
            "program": "the firm file has the username Trader.A, but the last run recorded "
            "it as trader.a. For T4 both are the same. Write trader.a again: copy it from here\nNothing was "
            "changed."
        }
