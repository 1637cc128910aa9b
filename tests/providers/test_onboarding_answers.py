"""What T4 answers to an onboarding call is compared with what was asked; T4 may do less, and say so."""

from typing import Any

import pytest

from tests.goals.firms import firm_of
from tests.providers.operations import without
from tests.providers.stack import Stack, today

ONBOARDING = {"path": "/admin/v1/onboarding"}
EULA = {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}
ANOTHER_FIRM = "0F0F0F0F-0000-4000-8000-000000000001"


def firm(*more: str, **entry: Any) -> dict[str, Any]:
    people = {
        "trader_a": {"accounts": ["11111"], "marketData": {"CME": "Depth"}, "eula": EULA, **entry},
        **{name: {"accounts": [f"2222{number}"]} for number, name in enumerate(more)},
    }
    found = firm_of(**people)
    del found["fillService"]
    return found


def answers(stack: Stack, username: str = "", **data: Any) -> None:
    """T4 does what was asked, and answers so."""
    match = {**ONBOARDING, **({"username": username} if username else {})}
    stack.simulator.fault({"match": match, "do": {"merge": data}})


def exchange(kind: str | None) -> dict[str, Any]:
    return {"exchangeMarketData": [{"clearingExchange": "CME", "marketDataType": kind}]}


LESS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "disabled": ({"user": {"enabled": False}}, {"enable-user/trader.a"}),
    "another type": ({"marketData": exchange("Delayed")}, {"update-market-data/trader.a/CME"}),
    "not subscribed": ({"marketData": exchange("None")}, {"update-market-data/trader.a/CME"}),
    "no market data": ({"marketData": None}, {"update-market-data/trader.a/CME"}),
    "more market data": (
        {
            "marketData": {
                "exchangeMarketData": [
                    {"clearingExchange": "CME", "marketDataType": "Depth"},
                    {"clearingExchange": "ICE", "marketDataType": "TOB"},
                ]
            }
        },
        {"end-market-data/trader.a/ICE"},
    ),
    "no EULA": ({"eulaSignature": None}, {"sign-eula/trader.a"}),
    "no signature": ({"eulaSignature": {"signatures": []}}, {"sign-eula/trader.a"}),
    "unsigned": (
        {"eulaSignature": {"signatures": [{"documentName": "LegalEULA", "signed": ""}]}},
        {"sign-eula/trader.a"},
    ),
    "another EULA version": ({"eulaSignature": {"eulaVersion": "1"}}, {"sign-eula/trader.a"}),
    "another apptype": ({"user": {"appType": "NonProfessional"}}, {"update-user/trader.a/apptype"}),
    "as asked": ({"user": {"message": "Welcome."}}, set()),
}


@pytest.mark.parametrize("less", LESS)
def test_what_t4_did_otherwise_is_a_task(stack: Stack, less: str) -> None:
    data, tasks = LESS[less]
    stack.operations = "onboarding"
    answers(stack, **data)
    done = stack.settled(firm())
    assert done.tasks == dict.fromkeys(tasks, "open")


def test_it_is_found_also_where_the_run_died(stack: Stack) -> None:
    stack.operations = "onboarding"
    answers(stack, user={"enabled": False}, eulaSignature=None)
    assert not stack.up(firm()).failed
    stack.state.clear()
    assert stack.settled(firm()).tasks == {"enable-user/trader.a": "open", "sign-eula/trader.a": "open"}


def test_documents_of_another_version_do_not_close_the_files(stack: Stack) -> None:
    """A read shows version 2 signed; the file asks for version 3 of the same documents."""
    wanted = firm(eula={**EULA, "eulaVersion": "3"})
    answers(stack, eulaSignature=None)
    stack.operations = without(stack, "acceptEula")
    stack.up(firm())
    stack.settled(wanted)
    stack.refresh()
    assert stack.tasks(wanted)["sign-eula/trader.a"] == "open"


# --- the firm ---------------------------------------------------------------------------------------------


def test_the_firm_is_recorded(stack: Stack) -> None:
    stack.settled(firm())
    assert stack.record("User trader.a")["firmID"] == stack.simulator.state()["firmID"]


def test_an_answer_of_another_firm_stops_the_run_and_the_next_ones(stack: Stack) -> None:
    stack.settled(firm())
    stack.simulator.forget_requests()
    for name in ("trader.b", "trader.c", "trader.d"):
        answers(stack, name, user={"firmID": ANOTHER_FIRM})
    more = firm("trader_b", "trader_c", "trader_d")
    done = stack.up(more)
    onboarded = stack.simulator.onboarded()
    assert len(onboarded) == 1, "the first one goes alone, and is the last"
    (there,) = onboarded
    assert any(f"T4 says that {there} is of firm {ANOTHER_FIRM}" in said for said in done.failed.values())
    task = f"verify-firm/{there}"
    assert stack.tasks(more)[task] == "open"
    assert task in stack.record(f"User {there}")["violations"]
    assert stack.record(f"User {there}")["firmID"] == stack.simulator.state()["firmID"]
    stack.simulator.calm()
    again = stack.up(more)
    assert stack.simulator.onboarded() == onboarded, "nobody is created while the task is open"
    assert f"First close {task}" in " ".join(again.failed.values())


def test_once_somebody_has_looked_the_others_are_created(stack: Stack) -> None:
    stack.settled(firm())
    answers(stack, "trader.b", user={"firmID": ANOTHER_FIRM})
    stack.up(firm("trader_b"))
    stack.attest("verify-firm/trader.b", on=today())
    more = firm("trader_b", "trader_c")
    stack.up(more)
    assert stack.record("User trader.b")["violations"] == {}
    done = stack.settled(more)
    assert done.every_task["verify-firm/trader.b"] == "attested"
    assert "trader.c" in stack.simulator.users()


def test_a_read_that_shows_another_firm_is_a_violation(stack: Stack) -> None:
    stack.settled(firm())
    shown = {"users": [{**stack.simulator.admin("GET", "/admin/v1/users")["data"]["users"][0]}]}
    shown["users"][0]["firmID"] = ANOTHER_FIRM
    reads = {"match": {"method": "GET", "path": "/admin/v1/users"}, "times": None}
    stack.simulator.fault({**reads, "do": {"merge": {**shown, "firmID": ANOTHER_FIRM}}})
    stack.refresh()
    assert "verify-firm/trader.a" in stack.record("User trader.a")["violations"]
    stack.simulator.forget_requests()
    assert "First close verify-firm/trader.a" in stack.up(firm("trader_b")).failed["User trader.b"]
    assert stack.simulator.onboarded() == []
    stack.simulator.calm()
    stack.refresh()
    assert stack.record("User trader.a")["violations"] == {}
    stack.settled(firm("trader_b"))


def test_the_journal_knows_the_firm_of_a_run_that_died(stack: Stack) -> None:
    stack.up(firm())
    stack.state.clear()
    answers(stack, "trader.b", user={"firmID": ANOTHER_FIRM})
    stack.up(firm("trader_b"))
    assert stack.record("User trader.b")["otherFirm"] == ANOTHER_FIRM
    assert stack.record("User trader.a").get("otherFirm", "") == ""


def test_a_record_of_an_older_version_learns_the_firm_at_the_next_read(stack: Stack) -> None:
    stack.settled(firm())
    for name in ("firmID", "otherFirm", "passwordInT4"):
        stack.record("User trader.a").pop(name, None)
    stack.settled(firm(phone="555-1"))
    stack.refresh()
    assert stack.record("User trader.a")["firmID"] == stack.simulator.state()["firmID"]
    assert "passwordInT4" not in stack.record("User trader.a"), "no read can show which one T4 has"
