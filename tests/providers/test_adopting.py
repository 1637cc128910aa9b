"""`adopt: true` records what T4 has, and makes no call that changes anything: a misspelled name must not
become a user for ever."""

from typing import Any

import pytest

from tests.goals.firms import PERSON, firm_of
from tests.providers.operations import without
from tests.providers.portal import Portal
from tests.providers.stack import FULL, Stack


def one(username: str = "trader.a", **entry: Any) -> dict[str, Any]:
    firm = firm_of(**{username.replace(".", "_"): {"accounts": ["11111"], "adopt": True, **entry}})
    del firm["fillService"]
    return firm


def changing(stack: Stack) -> list[dict[str, Any]]:
    return [call for call in stack.simulator.requests() if call["method"] != "GET"]


@pytest.fixture
def known(stack: Stack) -> Stack:
    """T4 has trader.a, whom somebody made."""
    stack.simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader", **PERSON)
    stack.simulator.forget_requests()
    return stack


def test_a_misspelled_name_is_refused_where_t4_lists_users(known: Stack) -> None:
    said = known.up(one("tarder.a")).failed["User tarder.a"]
    assert "T4 does not show a user of this name. It is not in T4's list (GET /admin/v1/users: 200" in said
    assert "Correct the name" in said
    assert changing(known) == []
    assert "User tarder.a" not in known.state
    assert known.simulator.users().keys() == {"trader.a"}


@pytest.mark.parametrize("operations", ["onboarding", "walkthrough"])
def test_a_misspelled_name_is_the_administrators_to_find_where_nothing_lists_users(
    known: Stack, operations: str
) -> None:
    known.operations = operations
    firm = one("tarder.a", applications=[])
    planned = known.preview(firm)
    assert planned.every_task == {"verify-user/tarder.a": "planned", "verify-account/11111": "planned"}
    known.settled(firm)
    assert known.tasks(firm) == {"verify-user/tarder.a": "open", "verify-account/11111": "open"}
    assert changing(known) == []
    assert known.simulator.users().keys() == {"trader.a"}


def test_the_preview_says_adopts(known: Stack) -> None:
    said = known.preview(one()).said
    assert any(words.startswith("This run adopts the user trader.a (`adopt: true`)") for words in said)
    known.settled(one())
    assert not any("adopts" in words for words in known.preview(one()).said)


def test_adopting_makes_no_changing_call_and_no_login(known: Stack) -> None:
    known.settled(one())
    assert changing(known) == []
    assert known.record("User trader.a")["passwordInT4"] == {"known": "unknown"}


def test_what_t4_shows_otherwise_is_changed_by_the_next_run(known: Stack) -> None:
    firm = one(phone="555-9", marketData={"CME": "Depth"})
    known.up(firm)
    assert changing(known) == []
    assert known.tasks(firm) == {
        "update-user/trader.a/phone": "open",
        "update-market-data/trader.a/CME": "open",
    }
    known.settled(firm)
    user = known.simulator.users()["trader.a"]
    assert (user["phone"], user["marketData"]) == ("555-9", {"CME": "Depth"})


def test_the_error_after_a_409_leads_to_an_adoption(stack: Stack) -> None:
    stack.simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader", **PERSON)
    assert "write `adopt: true` under trader.a" in stack.up(one(adopt=False)).failed["User trader.a"]
    stack.simulator.forget_requests()
    stack.settled(one())
    assert changing(stack) == []


def test_what_this_stack_created_is_its_own_also_where_the_file_says_adopt(stack: Stack) -> None:
    """The run died, and somebody wrote `adopt: true` instead of running again."""
    stack.operations = "onboarding"
    stack.up(one(adopt=False))
    stack.state.clear()
    stack.settled(one())
    assert "verify-user/trader.a" not in stack.tasks(one())
    assert stack.record("User trader.a")["userID"] == stack.simulator.users()["trader.a"]["userID"]


def test_a_list_that_cannot_be_read_adopts_nobody(known: Stack) -> None:
    known.simulator.fault({"match": {"path": "/admin/v1/users"}, "times": None, "do": {"status": 403}})
    assert "User trader.a" in known.up(one()).failed
    assert "User trader.a" not in known.state


# --- accounts ---------------------------------------------------------------------------------------------


def with_second(**account: Any) -> dict[str, Any]:
    firm = one(accounts=["11111", "22222"], adopt=False)
    return {**firm, "accounts": {"22222": {"adopt": True, **account}}}


def test_a_misspelled_account_is_refused_where_t4_lists_accounts(stack: Stack) -> None:
    said = stack.up(with_second()).failed["Account 22222"]
    assert "account 22222 has `adopt: true`, but T4 does not show it" in said
    assert stack.simulator.requests("POST", "/admin/v1/accounts") == []
    assert stack.simulator.accounts().keys() == {"11111"}


def test_an_account_that_nothing_shows_is_the_administrators_to_find(stack: Stack) -> None:
    stack.operations = without(stack, "listAccounts", "readAccount", "listUsers", "readUser")
    planned = stack.preview(with_second())
    assert planned.tasks["verify-account/22222"] == "planned"
    stack.settled(with_second())
    assert stack.tasks(with_second()) == {"verify-account/22222": "open"}
    assert stack.simulator.requests("POST", "/admin/v1/accounts") == []


def test_a_read_that_shows_it_under_its_owner_closes_the_task(stack: Stack) -> None:
    stack.operations = without(stack, "listAccounts", "readAccount", "listUsers", "readUser")
    stack.settled(with_second())
    user = stack.simulator.users()["trader.a"]["userID"]
    new = {"account": "22222", "accountName": "22222", "templateAccount": "DefaultTemplate", "userID": user}
    stack.simulator.admin("POST", "/admin/v1/accounts", new)
    stack.operations = FULL
    stack.settled(with_second())
    stack.refresh()
    assert stack.tasks(with_second()) == {"verify-account/22222": "done"}


def test_a_whole_firm_with_its_fill_user_is_adopted_without_a_changing_call(stack: Stack) -> None:
    stack.simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader", **PERSON)
    stack.simulator.onboard("trader.b", "22222", templateUser="WhenTechTrader", **PERSON)
    stack.simulator.onboard("WhenTechFillUser", "FILL0001", templateUser="FillService", **PERSON)
    portal = Portal(stack.simulator)
    portal.assign("WhenTechFillUser", "11111")
    portal.assign("WhenTechFillUser", "22222")
    stack.simulator.forget_requests()
    adopted = {"adopt": True}
    firm = firm_of(trader_a={"accounts": ["11111"], **adopted}, trader_b={"accounts": ["22222"], **adopted})
    firm["fillService"]["user"] |= {**PERSON, "adopt": True}
    firm["accounts"] = dict.fromkeys(["11111", "22222", "FILL0001"], adopted)
    assert not stack.up(firm).failed
    assert changing(stack) == []
    for number in ("11111", "22222"):
        assert stack.record(f"AccountAssignment WhenTechFillUser/{number}")["assigned"] is True
    fills = stack.fills(firm)
    assert (fills["wanted"], fills["assigned"], fills["open"]) == (2, 2, 0)


def test_what_an_adopted_fill_user_lacks_is_still_assigned(stack: Stack) -> None:
    stack.simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader", **PERSON)
    stack.simulator.onboard("WhenTechFillUser", "FILL0001", templateUser="FillService", **PERSON)
    stack.simulator.forget_requests()
    firm = firm_of(trader_a={"accounts": ["11111"], "adopt": True})
    firm["fillService"]["user"] |= {**PERSON, "adopt": True}
    firm["accounts"] = {"11111": {"adopt": True}, "FILL0001": {"adopt": True}}
    assert not stack.up(firm).failed
    [call] = changing(stack)
    assert call["path"].endswith("/accounts")
    assert "11111" in stack.simulator.users()["WhenTechFillUser"]["accounts"]


def test_market_data_that_an_adopted_user_lacks_counts_in_the_limit(known: Stack) -> None:
    firm = one(marketData={"CME": "Depth"})
    firm["limits"] = {"marketData": 0}
    assert known.up(firm).failed == {}
    assert known.tasks(firm)["update-market-data/trader.a/CME"] == "open"
    refused = known.up(firm)
    assert "marketData" in str(refused.failed), "the API would subscribe, and T4 bill, more than allowed"
    assert changing(known) == []


def test_market_data_counts_in_the_limit_where_the_api_learns_of_it_later(known: Stack) -> None:
    """An adopted user's, and what was the administrator's task."""
    known.operations = "onboarding"
    firm = one(marketData={"CME": "Depth"})
    firm["limits"] = {"marketData": 0}
    assert known.up(firm).failed == {}
    assert known.tasks(firm)["update-market-data/trader.a/CME"] == "open"
    assert known.up(firm).failed == {}, "the administrator's"
    known.operations = FULL
    assert "would add 1 market data" in known.up(firm).failed["Firm firm"]
    assert changing(known) == []
    firm["accepted"] = {"update-market-data/trader.a/CME": {"reason": "agreed", "until": "2099-01-01"}}
    assert known.up(firm).failed == {}
    assert changing(known) == []
    del firm["accepted"]
    assert "would add 1 market data" in known.up(firm).failed["Firm firm"]
    firm["limits"] = {"marketData": 1}
    assert known.up(firm).failed == {}
    assert len(changing(known)) == 1
    firm["limits"] = {"marketData": 0}
    assert known.up(firm).failed == {}
