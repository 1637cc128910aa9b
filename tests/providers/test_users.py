"""A user from its one onboarding call on: details, market data, EULA and password follow the file, by call
or by task."""

import copy
from typing import Any

import pytest

from providers.t4.session.password import password_for
from tests.engine.project import BOUND_SEED
from tests.goals.firms import firm_of
from tests.providers.stack import FULL, Stack, today

EULA = {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}


def one(**entry: Any) -> dict[str, Any]:
    """A firm with one trader, and no fill service, so that T4 is asked about the trader alone."""
    firm = firm_of(trader_a={"accounts": ["11111"], **entry})
    del firm["fillService"]
    return firm


def calls(stack: Stack) -> list[tuple[str, str]]:
    return [(call["method"], call["path"].rpartition("/")[2]) for call in stack.simulator.changes()]


def test_one_call_makes_user_account_market_data_and_eula(stack: Stack) -> None:
    done = stack.settled(one(marketData={"CME": "Depth"}, eula=EULA))
    assert calls(stack) == [("POST", "onboarding")]
    user = stack.simulator.users()["trader.a"]
    assert (user["accounts"], user["marketData"]) == (["11111"], {"CME": "Depth"})
    assert user["eula"]["signatures"] == [{"documentName": "LegalEULA", "signed": "2025-05-01T10:30:15"}]
    assert done.outputs["users"] == {"trader.a": user["userID"]}
    record = stack.record("User trader.a")
    assert record["roles"] == sorted(user["roles"])
    assert record["applications"] == ["WhenTech"]
    assert record["trialExpires"]
    assert "POST /admin/v1/onboarding: 200" in record["evidence"]
    assert record["firstAccount"]["accountID"] == stack.simulator.accounts()["11111"]["accountID"]


def test_a_country_without_counties_has_an_empty_one_in_t4(stack: Stack) -> None:
    """The field must be there (Onboarding API page, User Object)."""
    address = {"street": "Storgata 1", "city": "Oslo", "postCode": "0150", "country": "NO"}
    firm = firm_of(trader_a={"accounts": ["11111"], **address, "state": "none", "county": "none"})
    stack.settled(firm)
    users = [each["body"]["User"] for each in stack.simulator.requests("POST", "/admin/v1/onboarding")]
    [kari] = [user for user in users if user["username"] == "trader.a"]
    assert (kari["state"], kari["county"], kari["city"]) == ("", "", "Oslo")
    stack.refresh()
    assert stack.preview(firm).changed == []


def test_without_evidence_no_eula_is_sent_and_no_market_data_is_made_up(stack: Stack) -> None:
    stack.settled(one())
    (call,) = stack.simulator.changes()
    assert set(call["body"]) == {"User", "Account"}
    assert stack.simulator.users()["trader.a"]["eula"] is None


def test_without_a_template_t4_decides_and_nothing_of_it_is_judged(stack: Stack) -> None:
    firm = one()
    del firm["defaults"]["user"]["templateUser"]
    done = stack.settled(firm)
    assert "templateUser" not in stack.simulator.changes()[0]["body"]["User"]
    assert stack.simulator.users()["trader.a"]["templateUser"] == "default"
    assert done.warnings == []


def test_the_displayed_name_goes_along_only_where_the_file_has_one(stack: Stack) -> None:
    firm = one()
    stack.settled(firm)
    assert "displayName" not in stack.simulator.changes()[0]["body"]["Account"]


def test_a_changed_detail_is_one_call_for_all_fields(stack: Stack) -> None:
    stack.settled(one())
    stack.simulator.forget_requests()
    done = stack.settled(one(phone="555-1", city="Dayton", country="CA", apptype="NonProfessional"))
    assert done.changed == ["User trader.a"]
    (call,) = stack.simulator.changes()
    assert call["method"] == "PATCH"
    user = stack.simulator.users()["trader.a"]
    assert [user[name] for name in ("phone", "city", "country", "apptype")] == [
        "555-1",
        "Dayton",
        "CA",
        "NonProfessional",
    ]
    assert done.tasks == {}, "what the API did at once was nobody's task"


def test_a_changed_detail_without_an_operation_is_a_task_for_each_field_until_it_is_signed_off(
    stack: Stack,
) -> None:
    stack.operations = "onboarding"
    stack.settled(one())
    firm = one(phone="555-1", city="Dayton")
    stack.settled(firm)
    assert stack.tasks(firm) == {"update-user/trader.a/phone": "open", "update-user/trader.a/city": "open"}
    stack.attest("update-user/trader.a/phone", on=today())
    assert stack.preview(firm).changed == ["User trader.a"]
    stack.settled(firm)
    assert stack.tasks(firm) == {
        "update-user/trader.a/phone": "attested",
        "update-user/trader.a/city": "open",
    }
    assert len(stack.simulator.changes()) == 1


def test_an_open_detail_is_called_with_what_the_file_says_by_then(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(one())
    stack.settled(one(phone="555-1"))
    stack.operations = FULL
    stack.settled(one(phone="555-2"))
    assert stack.simulator.users()["trader.a"]["phone"] == "555-2"
    assert stack.tasks(one(phone="555-2")) == {"update-user/trader.a/phone": "done"}


def test_a_detail_changed_twice_is_called_twice(stack: Stack) -> None:
    stack.settled(one())
    for phone in ("555-1", "555-2", "555-1"):
        stack.settled(one(phone=phone))
        assert stack.simulator.users()["trader.a"]["phone"] == phone


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("phone", ("555-111", "555-222", "555-333")),
        ("phone", ("555-111", "555-222", "555-111")),
        ("passwordVersion", (1, 2, 3)),
        ("marketData", ({"CME": "Depth"}, {"CME": "TOB"}, {"CME": "Delayed"})),
    ],
)
def test_what_a_killed_run_was_answered_serves_for_the_value_that_it_asked_for_and_for_no_other(
    stack: Stack, field: str, values: tuple[Any, Any, Any]
) -> None:
    before, asked, wanted = (one(eula=EULA, **{field: value}) for value in values)
    stack.operations = "onboarding"
    stack.settled(before)
    stack.settled(asked)  # a task, as long as no operation is known
    opened = copy.deepcopy(stack.state["User trader.a"])
    stack.operations = FULL
    stack.settled(asked)
    stack.state["User trader.a"] = copy.deepcopy(opened)  # the run was killed before it could record
    stack.simulator.forget_requests()
    stack.settled(asked)
    assert changing(stack) == 0, "the same wish: its answer is used"
    stack.state["User trader.a"] = opened
    stack.settled(wanted)
    assert changing(stack) == 1
    user = stack.simulator.users()["trader.a"]
    if field == "passwordVersion":
        assert stack.simulator.can_log_in("trader.a", password_for(BOUND_SEED, "trader.a", 3))
    else:
        assert user[field] == values[2]


def changing(stack: Stack) -> int:
    """How many calls changed something."""
    return len(stack.simulator.requests("PATCH"))


def test_the_next_password_version_gives_the_user_a_new_password(stack: Stack) -> None:
    """Versions come back from the engine as 2.0: it must be the password that `t4firm password` prints."""
    stack.settled(one(eula=EULA))
    assert stack.simulator.can_log_in("trader.a", password_for(BOUND_SEED, "trader.a", 1))
    done = stack.settled(one(eula=EULA, passwordVersion=2))
    assert done.tasks == {}
    assert stack.simulator.can_log_in("trader.a", password_for(BOUND_SEED, "trader.a", 2))
    assert not stack.simulator.can_log_in("trader.a", password_for(BOUND_SEED, "trader.a", 1))


def test_an_open_password_is_set_when_the_operation_becomes_known(stack: Stack) -> None:
    full, stack.operations = stack.operations, "onboarding"
    stack.settled(one(eula=EULA))
    stack.settled(one(eula=EULA, passwordVersion=2))
    stack.operations = full
    stack.settled(one(eula=EULA, passwordVersion=2))
    assert stack.simulator.can_log_in("trader.a", password_for(BOUND_SEED, "trader.a", 2))


def test_market_data_is_added_and_changed_in_one_call(stack: Stack) -> None:
    stack.settled(one(marketData={"CME": "Depth", "ICE": "TOB"}))
    stack.simulator.forget_requests()
    stack.settled(one(marketData={"CME": "TOB", "ICE": "TOB", "CBOT": "Depth"}))
    (call,) = stack.simulator.changes()
    assert call["body"]["updates"] == [
        {"clearingExchange": "CBOT", "marketDataType": "Depth"},
        {"clearingExchange": "CME", "marketDataType": "TOB"},
    ]
    assert stack.simulator.users()["trader.a"]["marketData"] == {"CME": "TOB", "ICE": "TOB", "CBOT": "Depth"}


def test_market_data_that_leaves_the_file_is_billed_until_the_administrator_has_ended_it(
    stack: Stack,
) -> None:
    stack.settled(one(marketData={"CME": "Depth"}))
    stack.settled(one())
    assert stack.tasks(one()) == {"end-market-data/trader.a/CME": "open"}
    assert stack.simulator.users()["trader.a"]["marketData"] == {"CME": "Depth"}
    stack.attest("end-market-data/trader.a/CME", on=today())
    stack.settled(one())
    assert stack.tasks(one()) == {"end-market-data/trader.a/CME": "attested"}


def test_market_data_that_comes_back_is_subscribed_again_and_its_end_is_no_longer_asked_for(
    stack: Stack,
) -> None:
    stack.settled(one(marketData={"CME": "Depth"}))
    stack.settled(one())
    stack.simulator.forget_requests()
    back = one(marketData={"CME": "Depth"})
    stack.settled(back)
    assert calls(stack) == [("PATCH", "marketdata")]
    assert "end-market-data/trader.a/CME" not in stack.tasks(back)


def test_who_returns_is_subscribed_again_to_what_ended_meanwhile(stack: Stack) -> None:
    here, gone = one(marketData={"CME": "Depth"}), one(marketData={"CME": "Depth"}, departed=True)
    stack.settled(here)
    stack.settled(gone)
    stack.attest("end-market-data/trader.a/CME", on=today())
    stack.settled(gone)
    stack.simulator.forget_requests()
    stack.settled(here)
    assert ("PATCH", "marketdata") in calls(stack)
    assert stack.tasks(here) == {"enable-user/trader.a": "open"}


def test_who_returns_before_the_end_keeps_the_subscription(stack: Stack) -> None:
    here, gone = one(marketData={"CME": "Depth"}), one(marketData={"CME": "Depth"}, departed=True)
    stack.settled(here)
    stack.settled(gone)
    stack.settled(here)
    assert stack.simulator.users()["trader.a"]["marketData"] == {"CME": "Depth"}
    assert stack.tasks(here) == {"enable-user/trader.a": "open"}


def test_market_data_that_came_into_the_file_while_its_user_was_away_is_subscribed_at_the_return(
    stack: Stack,
) -> None:
    stack.settled(one())
    stack.settled(one(marketData={"ICE": "Depth"}, departed=True))
    assert stack.simulator.users()["trader.a"]["marketData"] == {}
    stack.settled(one(marketData={"ICE": "Depth"}))
    assert stack.simulator.users()["trader.a"]["marketData"] == {"ICE": "Depth"}


def test_a_signature_closes_the_return(stack: Stack) -> None:
    for firm in (one(), one(departed=True), one()):
        stack.settled(firm)
    stack.attest("enable-user/trader.a", on=today())
    stack.settled(one())
    assert stack.tasks(one()) == {"enable-user/trader.a": "attested"}


@pytest.mark.parametrize(
    ("change", "task"),
    [
        ({"phone": "555-1"}, "update-user/trader.a/phone"),
        ({"passwordVersion": 2}, "update-user/trader.a/password"),
        ({"marketData": {"CME": "TOB"}}, "update-market-data/trader.a/CME"),
        ({"marketData": {}}, "end-market-data/trader.a/CME"),
        ({"eula": EULA}, "sign-eula/trader.a"),
        ({"departed": True}, "disable-user/trader.a"),
    ],
)
def test_each_signature_can_be_withdrawn_and_given_again(
    stack: Stack, change: dict[str, Any], task: str
) -> None:
    stack.operations = "onboarding"
    stack.settled(one(marketData={"CME": "Depth"}))
    firm = one(**{"marketData": {"CME": "Depth"}, **change})
    stack.settled(firm)
    for line in ("the first line", "another line"):
        stack.attest(task, note=line)
        stack.settled(firm)
        assert stack.tasks(firm)[task] == "attested"
        stack.attest()
        stack.settled(firm)
        assert stack.tasks(firm)[task] == "open"
    stack.attest(task, note="another line")
    stack.settled(firm)
    assert stack.tasks(firm)[task] == "open", "a line closes a task once"
    assert len(stack.simulator.changes()) == 1


def test_market_data_without_an_operation_is_a_task_and_leaves_with_its_subscription(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(one())
    stack.settled(one(marketData={"CME": "Depth"}))
    assert stack.tasks(one(marketData={"CME": "Depth"})) == {"update-market-data/trader.a/CME": "open"}
    stack.settled(one())
    assert "update-market-data/trader.a/CME" not in stack.tasks(one())


def test_an_open_subscription_is_called_when_the_operation_becomes_known(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(one())
    stack.settled(one(marketData={"CME": "Depth"}))
    stack.operations = "walkthrough"
    stack.settled(one(marketData={"CME": "Depth"}))
    assert stack.simulator.users()["trader.a"]["marketData"] == {"CME": "Depth"}
    assert stack.tasks(one(marketData={"CME": "Depth"})) == {"update-market-data/trader.a/CME": "done"}


@pytest.mark.parametrize(("operations", "status"), [("walkthrough", None), ("onboarding", "open")])
def test_a_signature_that_comes_later_is_posted_or_given_at_the_next_login(
    stack: Stack, operations: str, status: str | None
) -> None:
    stack.operations = operations
    stack.settled(one())
    stack.settled(one(eula=EULA))
    signed = stack.simulator.users()["trader.a"]["eula"]
    assert stack.tasks(one(eula=EULA)).get("sign-eula/trader.a") == status
    if status:
        assert signed is None
        stack.operations = "walkthrough"
        stack.settled(one(eula=EULA))
        signed = stack.simulator.users()["trader.a"]["eula"]
        assert stack.tasks(one(eula=EULA)) == {"sign-eula/trader.a": "done"}
    assert signed["signatures"] == [{"documentName": "LegalEULA", "signed": "2025-05-01T10:30:15"}]


def test_evidence_that_leaves_the_file_is_not_taken_back(stack: Stack) -> None:
    stack.settled(one(eula=EULA))
    stack.simulator.forget_requests()
    stack.settled(one())
    assert stack.simulator.changes() == []
    assert stack.simulator.users()["trader.a"]["eula"]


def test_who_departs_is_disabled_and_who_returns_is_enabled_by_the_administrator(stack: Stack) -> None:
    here, gone = one(marketData={"CME": "Depth"}), one(marketData={"CME": "Depth"}, departed=True)
    stack.settled(here)
    stack.settled(gone)
    assert stack.simulator.users()["trader.a"]["enabled"] is False
    assert stack.tasks(gone) == {"end-market-data/trader.a/CME": "open"}
    stack.settled(here)
    assert stack.tasks(here)["enable-user/trader.a"] == "open"
    user = stack.simulator.users()["trader.a"]["userID"]
    stack.simulator.admin("PATCH", f"/admin/v1/users/{user}", {"enabled": True})
    stack.settled(gone)
    assert stack.simulator.users()["trader.a"]["enabled"] is False, "and disabled again when leaving again"
    assert stack.tasks(gone) == {"end-market-data/trader.a/CME": "open"}


def test_without_an_operation_departing_is_the_administrators_work(stack: Stack) -> None:
    stack.operations = "onboarding"
    gone = one(departed=True)
    stack.settled(one())
    assert stack.preview(gone).tasks == {"disable-user/trader.a": "planned"}
    stack.settled(gone)
    assert stack.tasks(gone) == {"disable-user/trader.a": "open"}
    stack.attest("disable-user/trader.a", on=today())
    stack.settled(gone)
    assert stack.tasks(gone) == {"disable-user/trader.a": "attested"}


def test_a_signature_from_before_the_departure_does_not_close_it(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(one())
    stack.attest("disable-user/trader.a", on="2026-01-01")
    stack.settled(one(departed=True))
    assert stack.tasks(one(departed=True)) == {"disable-user/trader.a": "open"}


def test_a_withdrawn_signature_opens_its_task_again(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(one())
    gone = one(departed=True)
    stack.attest("disable-user/trader.a", on=today())
    stack.settled(gone)
    stack.attest()
    assert stack.preview(gone).changed == ["User trader.a"]
    stack.settled(gone)
    assert stack.tasks(gone) == {"disable-user/trader.a": "open"}


def test_the_first_account_never_changes(stack: Stack) -> None:
    stack.settled(one())
    refused = stack.up(one(accounts=["22222", "11111"]))
    assert (
        "trader.a was created with account 11111, and T4 cannot change it to 22222"
        in refused.failed["User trader.a"]
    )


def test_where_the_file_has_moved_on_without_t4_nothing_is_a_difference(stack: Stack) -> None:
    """Template and `adopt` serve only while a user is made."""
    stack.settled(one())
    firm = one(adopt=True, templateUser="Another")
    firm["templates"]["users"]["Another"] = dict(firm["templates"]["users"]["WhenTechTrader"])
    assert stack.preview(firm).changed == []
