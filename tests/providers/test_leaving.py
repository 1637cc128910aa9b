"""Who may leave a firm file, how many at once, and what the firm itself waits for."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from providers.t4.engine import engine_state
from tests.clock import PATIENCE
from tests.goals.firms import fill_accounts, firm_of
from tests.providers.operations import without
from tests.providers.portal import Portal
from tests.providers.stack import Stack, today

FILL = "WhenTechFillUser"


def firm(*left: str, departed: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """A firm of three traders; `departed` are leaving, `left` are gone from the file."""
    people: dict[str, Any] = {
        "trader_a": {"accounts": ["11111"]},
        "trader_b": {"accounts": ["33333"], "marketData": {"CME": "Depth"}},
        "trader_c": {"accounts": ["55555"]},
    }
    made = firm_of(**people) | more
    for name in departed:
        made["users"][name]["departed"] = True
    for name in left:
        del made["users"][name]
    return made


def accepted(task: str) -> dict[str, Any]:
    """The part of a file that leaves a difference alone until tomorrow."""
    until = datetime.now(UTC).date() + timedelta(days=1)
    return {"accepted": {task: {"reason": "agreed with the desk", "until": until.isoformat()}}}


def among(tasks: dict[str, str], username: str) -> set[str]:
    """The open or planned tasks of one user."""
    return {
        task for task, status in tasks.items() if f"/{username}" in task and status in ("open", "planned")
    }


def test_a_removal_without_departure_stops_the_run_before_any_call(stack: Stack) -> None:
    stack.settled(firm())
    stack.simulator.forget_requests()
    changed = firm("trader.b")
    changed["users"]["trader.a"]["phone"] = "555-1"
    done = stack.up(changed)
    assert "trader.b was removed from the firm file, but has not departed" in done.failed["Firm firm"]
    assert stack.simulator.requests() == []
    assert len(done.skipped) == len(stack.state) - 1 - 4, "everything waits for the firm"


def test_a_state_that_is_just_being_written_is_read_again(stack: Stack) -> None:
    """The file backend writes in place what it keeps beside the state."""
    stack.half_written = 3
    stack.settled(firm())


def test_a_state_that_stays_unreadable_stops_the_run_with_the_engines_words(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_state, "PAUSES", (0, 0))
    stack.half_written = 3
    with pytest.raises(Exception, match="failed to load checkpoint: EOF"):
        stack.up(firm())
    assert stack.simulator.requests() == []


def test_leaving_in_two_steps_takes_everything_of_the_user_along(stack: Stack) -> None:
    stack.settled(firm())
    leaving = firm(departed=("trader.b",))
    stack.settled(leaving)
    assert stack.tasks(leaving) == {"end-market-data/trader.b/CME": "open"}
    done = stack.up(firm("trader.b"))
    assert "end-market-data/trader.b/CME" in done.failed["program"]
    assert "User trader.b" in stack.state
    stack.attest("end-market-data/trader.b/CME", on=today())
    stack.settled(leaving)
    done = stack.settled(firm("trader.b"))
    assert set(done.deleted) == {
        "User trader.b",
        "Account 33333",
        "ApplicationAssignment trader.b/WhenTech",
        f"AccountAssignment {FILL}/33333",
    }
    assert not [key for key in stack.state if "trader.b" in key or "33333" in key]
    assert stack.simulator.users()["trader.b"]["enabled"] is False


def test_who_is_billed_by_agreement_for_a_while_stays_in_the_file_as_long(stack: Stack) -> None:
    stack.settled(firm())
    leaving = firm(departed=("trader.b",), **accepted("end-market-data/trader.b/CME"))
    assert stack.settled(leaving).tasks == {}
    assert "end-market-data/trader.b/CME" in stack.up(firm("trader.b")).failed["program"]
    assert "User trader.b" in stack.state
    ended(stack)
    stack.refresh()
    stack.settled(leaving)
    assert "User trader.b" in stack.settled(firm("trader.b")).deleted


def test_who_leaves_has_only_the_tasks_of_leaving_and_on_return_the_others_again(stack: Stack) -> None:
    """Nobody changes a subscription that ends, and a disabled user signs nothing."""
    stack.operations = "onboarding"
    stack.settled(firm())
    signed = {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}
    changes = {"marketData": {"CME": "TOB"}, "eula": signed, "phone": "555-1", "passwordVersion": 2}
    changed, leaving, gone = firm(), firm(departed=("trader.b",)), firm("trader.b")
    for each in (changed, leaving):
        each["users"]["trader.b"] |= changes
    waiting = {
        *("update-market-data/trader.b/CME", "sign-eula/trader.b"),
        *("update-user/trader.b/phone", "update-user/trader.b/password"),
    }
    assert waiting <= among(stack.settled(changed).tasks, "trader.b")
    of_leaving = ["disable-user/trader.b", "end-market-data/trader.b/CME"]
    assert among(stack.settled(leaving).tasks, "trader.b") == set(of_leaving)
    back = among(stack.settled(changed).tasks, "trader.b")
    assert back == waiting | {"enable-user/trader.b"}
    stack.settled(leaving)
    captured = f"unassign-account/{FILL}/33333"
    stack.attest(*of_leaving, captured, on=today())
    stack.settled(leaving)
    stack.attest()
    assert "User trader.b" in stack.up(gone).deleted


def test_an_account_that_was_left_unmanaged_by_agreement_holds_no_leaver_back(stack: Stack) -> None:
    stack.settled(firm())
    Portal(stack.simulator).make_account("trader.a", "12345")
    agreed = accepted("declare-account/trader.a/12345")
    stack.refresh()
    stack.settled(firm(**agreed))
    stack.settled(firm(departed=("trader.a",), **agreed))
    assert "User trader.a" in stack.settled(firm("trader.a")).deleted


def test_a_change_that_comes_with_the_departure_brings_no_task_either(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(firm())
    leaving = firm(departed=("trader.b",))
    leaving["users"]["trader.b"] |= {"phone": "555-1"}
    of_leaving = {"disable-user/trader.b", "end-market-data/trader.b/CME"}
    assert among(stack.preview(leaving).tasks, "trader.b") == of_leaving
    assert among(stack.settled(leaving).tasks, "trader.b") == of_leaving


def test_tasks_that_an_older_version_left_with_a_leaver_hold_nobody_back(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(firm())
    leaving = firm(departed=("trader.b",))
    stack.settled(leaving)
    task = "sign-eula/trader.b"
    stack.record("User trader.b")["tasks"][task] = {"status": "open", "since": "2026-11-01T00:00:00+00:00"}
    assert task not in stack.settled(leaving).tasks


def test_the_administrator_may_take_a_role_from_who_leaves(stack: Stack) -> None:
    stack.settled(firm())
    leaving = firm(departed=("trader.a",))
    stack.settled(leaving)
    Portal(stack.simulator).take_role("trader.a", "Trading")
    assert not stack.drift(leaving).differs
    stack.refresh()
    assert stack.settled(leaving).outputs["summary"]["violations"] == []
    back = stack.up(firm())
    assert "trader.a does not have the role Trading" in str(back.said), "who returns needs it"
    stack.settled(leaving)
    assert "User trader.a" in stack.settled(firm("trader.a")).deleted


def test_the_administrator_may_disable_the_account_of_who_leaves(stack: Stack) -> None:
    accounts = {"11111": {"enabled": True}, "33333": {"enabled": True}}
    stack.settled(firm(accounts=accounts))
    leaving = firm(departed=("trader.a",), accounts=accounts)
    stack.settled(leaving)
    for number in accounts:
        Portal(stack.simulator).change_account(number, enabled="Disabled")
    assert [each.task for each in stack.drift(leaving).api] == ["enable-account/33333"], "of who stays"
    stack.refresh()
    stack.settled(leaving)
    assert stack.simulator.accounts()["11111"]["enabled"] == "Disabled"
    stack.settled(firm(accounts=accounts))
    assert stack.simulator.accounts()["11111"]["enabled"] == "Enabled"


def test_a_refresh_closes_what_the_administrator_ended_and_reopens_what_goes_on(stack: Stack) -> None:
    stack.settled(firm())
    leaving = firm(departed=("trader.b",))
    stack.attest("end-market-data/trader.b/CME", on=today())
    stack.settled(leaving)
    stack.attest("end-market-data/trader.b/CME", on="2026-01-01")
    stack.refresh()
    assert stack.tasks(leaving)["end-market-data/trader.b/CME"] == "open", "T4 still bills it"
    assert stack.simulator.users()["trader.b"]["marketData"] == {"CME": "Depth"}
    user = stack.simulator.users()["trader.b"]["userID"]
    stack.simulator.admin("PATCH", f"/admin/v1/users/{user}", {"enabled": True})
    stack.refresh()
    stack.up(leaving)
    assert stack.simulator.users()["trader.b"]["enabled"] is False, "who has left cannot come back unseen"


def test_a_subscription_that_has_ended_is_not_made_again_for_somebody_who_left(stack: Stack) -> None:
    stack.settled(firm())
    leaving = firm(departed=("trader.b",))
    stack.settled(leaving)
    ended(stack)
    stack.refresh()
    assert stack.tasks(leaving) == {"end-market-data/trader.b/CME": "done"}
    stack.simulator.forget_requests()
    stack.settled(leaving)
    assert stack.simulator.changes() == []


def test_a_subscription_that_was_ended_in_the_portal_is_made_again_for_somebody_who_stays(
    stack: Stack,
) -> None:
    stack.settled(firm())
    ended(stack)
    assert stack.refresh() == ["User trader.b"]
    stack.settled(firm())
    assert stack.simulator.users()["trader.b"]["marketData"] == {"CME": "Depth"}


def test_details_that_were_changed_in_the_portal_are_set_back(stack: Stack) -> None:
    stack.settled(firm())
    user = stack.simulator.users()["trader.b"]["userID"]
    stack.simulator.admin("PATCH", f"/admin/v1/users/{user}", {"phone": "555-0"})
    assert stack.refresh() == ["User trader.b"]
    stack.settled(firm())
    assert stack.simulator.users()["trader.b"]["phone"] == "555-123-4567"


def ended(stack: Stack) -> None:
    """The administrator ends trader.b's market data in the portal, which no call can."""
    user = stack.simulator.users()["trader.b"]["userID"]
    httpx.put(
        f"{stack.simulator.endpoint}/simulator/exchanges/CME",
        json={"types": ["Depth", "TOB", "Delayed", "None"]},
        timeout=PATIENCE,
    ).raise_for_status()
    body = {"updates": [{"clearingExchange": "CME", "marketDataType": "None"}]}
    stack.simulator.admin("PATCH", f"/admin/v1/users/{user}/marketdata", body)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"newUsers": 3}, "this run would onboard 4 new users, but limits.newUsers allows 3"),
        ({"newUsers": "5%"}, None),
        ({"newUsers": "0%"}, "this run would onboard 4 new users, but limits.newUsers allows 0"),
        ({"marketData": 0}, "would add 1 market data subscriptions (these are billed)"),
    ],
)
def test_a_first_run_over_a_limit_calls_nothing(
    stack: Stack, limits: dict[str, Any], words: str | None
) -> None:
    done = stack.up(firm(limits=limits))
    if words is None:
        assert not done.failed, "a percentage holds from 10 users on; below, the default does"
        return
    assert words in done.failed["Firm firm"]
    assert stack.simulator.requests() == []
    assert stack.state == {}


def test_a_percentage_counts_the_users_of_the_last_run(stack: Stack) -> None:
    people = {f"trader_{letter}": {"accounts": [f"1{letter}"]} for letter in "abcdefghij"}
    made = firm_of(**people) | {"limits": {"newUsers": "10%", "departures": "10%"}}
    assert "limits.newUsers allows 2" in stack.up(made).failed["Firm firm"]
    del made["limits"]
    stack.settled(made)
    made["limits"] = {"departures": "10%"}
    for name in ("trader.a", "trader.b", "trader.c"):
        made["users"][name]["departed"] = True
    assert "would let 3 users depart, but limits.departures allows 2" in stack.up(made).failed["Firm firm"]
    made["users"]["trader.c"]["departed"] = False
    stack.settled(made)
    assert stack.preview(made).changed == [], "who departed in the last run does not count again"


def traders(letters: str) -> dict[str, dict[str, Any]]:
    return {f"trader_{letter}": {"accounts": [f"1{letter}"]} for letter in letters}


def test_who_failed_to_come_counts_again_in_the_next_run(stack: Stack) -> None:
    limits = {"newUsers": 2, "marketData": 1}
    one = traders("z")
    stack.settled(firm_of(**one) | {"limits": limits})
    down = {"match": {"path": "/admin/v1/onboarding"}, "times": None, "do": {"status": 400}}
    stack.simulator.fault(down)
    waiting = one | traders("ab")
    waiting["trader_a"]["marketData"] = {"CME": "Depth"}
    failed = stack.up(firm_of(**waiting) | {"limits": limits})
    assert sorted(failed.failed) == ["User trader.a", "User trader.b"]
    stack.simulator.calm()
    more = traders("cd")
    stack.simulator.forget_requests()
    refused = stack.up(firm_of(**waiting, **more) | {"limits": limits}).failed["Firm firm"]
    assert "this run would onboard 4 new users, but limits.newUsers allows 2" in refused
    assert stack.simulator.requests() == [], "nothing was called"
    more["trader_c"]["marketData"] = {"CME": "Depth"}
    both = firm_of(**waiting, **more) | {"limits": {"newUsers": 4, "marketData": 1}}
    assert "this run would add 2 market data subscriptions" in stack.up(both).failed["Firm firm"]
    stack.settled(firm_of(**waiting) | {"limits": limits})


def test_a_departure_that_failed_counts_again_in_the_next_run(stack: Stack) -> None:
    people = traders("abc")
    stack.settled(firm_of(**people))
    stack.simulator.fault(
        {"match": {"method": "PATCH", "path": "/admin/v1/users/*"}, "times": None, "do": {"status": 400}}
    )
    people["trader_a"]["departed"] = people["trader_b"]["departed"] = True
    limits = {"limits": {"departures": 2}}
    assert sorted(stack.up(firm_of(**people) | limits).failed) == ["User trader.a", "User trader.b"]
    stack.simulator.calm()
    people["trader_c"]["departed"] = True
    refused = stack.up(firm_of(**people) | limits).failed["Firm firm"]
    assert "this run would let 3 users depart, but limits.departures allows 2" in refused


def test_what_the_firm_waits_for_is_a_task_until_the_file_has_the_day(stack: Stack) -> None:
    stack.settled(firm(whentech={}))
    assert stack.tasks(firm(whentech={})) == {"enable-whentech": "open", "request-whentech": "open"}
    half = firm(whentech={"requestedOn": "2026-11-02"})
    assert stack.settled(half).changed == ["Firm firm"]
    assert stack.tasks(half) == {"enable-whentech": "open"}
    whole = firm(whentech={"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"})
    stack.settled(whole)
    assert stack.tasks(whole) == {}


def test_a_renamed_firm_keeps_its_roster(stack: Stack) -> None:
    """Under its first identity, which the stack is told to keep; without it nothing is called or recorded."""
    stack.settled(firm())
    requests, state = stack.simulator.requests(), copy.deepcopy(stack.state)
    refused = stack.up(firm(firm="Another Name LLC"))
    assert '`pulumi config set t4:identity "test/Example Trading LLC"`' in refused.failed["Firm firm"]
    assert (refused.changed, stack.state) == ([], state)
    assert stack.simulator.requests() == requests
    stack.settings["t4:identity"] = "test/Example Trading LLC"
    assert stack.settled(firm(firm="Another Name LLC")).changed == ["Firm firm"]
    without_b = firm("trader.b", firm="Another Name LLC")
    assert "trader.b was removed from the firm file" in stack.up(without_b).failed["Firm firm"]


def test_the_summary_counts_what_there_is(stack: Stack) -> None:
    stack.settled(firm())
    done = stack.settled(firm(departed=("trader.b",)))
    summary = done.outputs["summary"]
    shown = ("users", "departed", "accounts", "whentechUsers", "marketData")
    assert {name: summary[name] for name in shown} == {
        "users": 3,
        "departed": 1,
        "accounts": 4,
        "whentechUsers": 3,
        "marketData": {},
    }
    assert summary["tasks"] == {"open": len(done.every_task)}
    assert summary["fillAccounts"] == fill_accounts(2, 2)
    assert set(done.outputs["users"]) == {FILL, "trader.a", "trader.b", "trader.c"}


def test_one_failure_holds_up_nobody_else_and_the_outputs_say_who_is_there(stack: Stack) -> None:
    stack.simulator.onboard("trader.b", "77777")
    done = stack.up(firm())
    assert set(done.failed) == {"User trader.b"}
    assert set(done.skipped) == {
        "Account 33333",
        "ApplicationAssignment trader.b/WhenTech",
        f"AccountAssignment {FILL}/33333",
    }
    ids = done.outputs["users"]
    assert {name for name, user_id in ids.items() if user_id} == {FILL, "trader.a", "trader.c"}
    assert ids["trader.b"] == "", "its id is not known"
    assert set(stack.simulator.users()[FILL]["accounts"]) == {"FILL0001", "11111", "55555"}


def test_who_has_departed_before_coming_is_not_made(stack: Stack) -> None:
    done = stack.up(firm(departed=("trader.b",)))
    assert "trader.b has departed, but this stack never created the user" in done.failed["User trader.b"]
    assert set(stack.simulator.users()) == {FILL, "trader.a", "trader.c"}
    stack.settled(firm("trader.b"))


def test_who_was_made_by_a_killed_run_and_left_meanwhile_is_disabled(stack: Stack) -> None:
    stack.settled(firm())
    del stack.state["User trader.b"]
    leaving = firm(departed=("trader.b",))
    stack.up(leaving)
    stack.settled(leaving)
    assert stack.simulator.users()["trader.b"]["enabled"] is False
    assert stack.tasks(leaving)["end-market-data/trader.b/CME"] == "open"


class TestOrder:
    """Fills are captured until nobody can make them any more."""

    DISABLE, UNCAPTURE = "disable-user/trader.b", f"unassign-account/{FILL}/33333"

    def waits(self, stack: Stack) -> Any:
        tasks = stack.record(f"AccountAssignment {FILL}/33333")["tasks"]
        return tasks[self.UNCAPTURE].get("waits")

    def test_through_the_api_the_user_is_disabled_and_then_uncaptured_in_one_run(self, stack: Stack) -> None:
        stack.settled(firm())
        stack.simulator.forget_requests()
        stack.settled(firm(departed=("trader.b",)))
        users = {user["userID"]: name for name, user in stack.simulator.users().items()}
        calls = stack.simulator.changes()
        assert [(call["method"], users[call["path"].split("/")[4]]) for call in calls] == [
            ("PATCH", "trader.b"),
            ("DELETE", FILL),
        ]

    def test_by_hand_the_last_step_waits_for_the_first(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.attest(*(f"assign-account/{FILL}/{number}" for number in ("11111", "33333", "55555")))
        stack.settled(firm())
        leaving = firm(departed=("trader.b",))
        assert {self.DISABLE, self.UNCAPTURE} <= set(stack.preview(leaving).tasks)
        stack.settled(leaving)
        assert self.waits(stack) == self.DISABLE
        signed = [f"assign-account/{FILL}/{number}" for number in ("11111", "55555")]
        stack.attest(*signed, self.DISABLE, on=today())
        stack.settled(leaving)
        assert self.waits(stack) is None
        assert stack.tasks(leaving)[self.UNCAPTURE] == "open"
        stack.attest(*signed, on=today())
        stack.settled(leaving)
        assert self.waits(stack) == self.DISABLE, "the signature is gone, so the user may trade"

    def test_a_call_that_is_known_waits_for_the_administrators_step(self, stack: Stack) -> None:
        stack.operations = without(stack, "disableUser")
        stack.settled(firm())
        leaving = firm(departed=("trader.b",))
        stack.settled(leaving)
        assert stack.tasks(leaving)[self.UNCAPTURE] == "open"
        assert "33333" in stack.simulator.users()[FILL]["accounts"]
        user = stack.simulator.users()["trader.b"]["userID"]
        stack.simulator.admin("PATCH", f"/admin/v1/users/{user}", {"enabled": False})
        stack.refresh()
        stack.settled(leaving)
        assert "33333" not in stack.simulator.users()[FILL]["accounts"]
        assert stack.tasks(leaving)[self.UNCAPTURE] == "done"

    def test_a_user_who_cannot_be_disabled_now_stays_captured(self, stack: Stack) -> None:
        stack.settled(firm())
        stack.simulator.fault(
            {"match": {"method": "PATCH", "path": "/admin/v1/users"}, "do": {"status": 403}, "times": 1}
        )
        done = stack.up(firm(departed=("trader.b",)))
        assert "User trader.b" in done.failed
        assert "33333" in stack.simulator.users()[FILL]["accounts"]
        stack.settled(firm(departed=("trader.b",)))
        assert "33333" not in stack.simulator.users()[FILL]["accounts"]

    def test_an_account_that_somebody_else_keeps_stays_captured(self, stack: Stack) -> None:
        shared = firm()
        shared["users"]["trader.c"]["accounts"] = ["55555", "33333"]
        shared["accounts"] = {"33333": {"owner": "trader.b"}}
        stack.settled(shared)
        shared["users"]["trader.b"]["departed"] = True
        stack.settled(shared)
        assert "33333" in stack.simulator.users()[FILL]["accounts"]

    def test_an_entry_that_shrinks_while_its_user_leaves_is_refused(self, stack: Stack) -> None:
        two = firm()
        two["users"]["trader.b"]["accounts"] = ["33333", "44444"]
        stack.settled(two)
        two["users"]["trader.b"] |= {"accounts": ["33333"], "departed": True}
        said = stack.preview(two).failed["program"]
        assert "account 44444 was removed from trader.b, who is leaving. Put it back" in said


@pytest.mark.parametrize("same", ["accounts", "person"])
def test_a_changed_username_is_recognised(stack: Stack, same: str) -> None:
    start = firm()
    start["users"]["trader.b"] |= {"firstname": "Bob", "email": "bob@example.com"}
    stack.settled(start)
    stack.simulator.forget_requests()
    renamed = firm("trader.b")
    entry = dict(start["users"]["trader.b"])
    if same == "person":
        entry["accounts"] = ["77777"]
    else:
        entry |= {"email": "robert@example.com"}
    renamed["users"]["robert.b"] = entry
    for refused in (stack.preview(renamed), stack.up(renamed)):
        said = refused.failed["program"]
        assert "T4 cannot change a username" in said
        assert "Keep trader.b" in said
        assert ("has trader.b's account 33333" in said) == (same == "accounts")
        assert "Bob" not in said
    assert stack.simulator.requests() == []


def test_a_changed_account_number_is_recognised(stack: Stack) -> None:
    stack.settled(firm())
    changed = firm()
    changed["users"]["trader.b"]["accounts"] = ["33334"]
    said = stack.preview(changed).failed["program"]
    assert "account 33333 was removed from trader.b, but T4 still has it" in said
    assert "T4 cannot change an account number: 33334 would be a new account" in said


def test_a_newcomer_beside_somebody_who_left_is_no_changed_username(stack: Stack) -> None:
    stack.settled(firm())
    leaving = firm(departed=("trader.b",))
    stack.settled(leaving)
    stack.attest("end-market-data/trader.b/CME", on=today())
    stack.settled(leaving)
    stack.attest()
    after = firm("trader.b")
    after["users"]["trader.d"] = after["users"]["trader.c"] | {"accounts": ["77777"]}
    stack.settled(after)


def test_a_firm_is_wound_up_when_everybody_has_departed(stack: Stack) -> None:
    stack.settled(firm())
    refused = stack.destroy()
    assert set(refused.failed) == set(stack.state) - {"Firm firm"}
    assert (len(stack.state), refused.deleted) == (16, [])
    everybody = firm(departed=("trader.a", "trader.b", "trader.c"), limits={"departures": 4})
    everybody["fillService"]["capture"] = "none"
    stack.settled(everybody)
    everybody["fillService"]["user"]["departed"] = True
    stack.attest("end-market-data/trader.b/CME", on=today())
    stack.settled(everybody)
    assert stack.destroy().failed == {}
    assert stack.state == {}
    assert {user["enabled"] for user in stack.simulator.users().values()} == {False}


def test_a_removal_is_refused_before_anything_is_said_of_sign_offs(stack: Stack) -> None:
    stack.settled(firm())
    stack.attest("confirm-trial/trader.b")
    stack.settled(firm())
    refused = stack.preview(firm("trader.b")).failed["Firm firm"]
    assert refused.startswith("trader.b was removed from the firm file, but has not departed.")
    assert refused.endswith("Keep the sign-offs of trader.b in the attested file (confirm-trial/trader.b)")


def test_the_sign_offs_of_who_left_are_history_and_close_nothing_when_that_one_is_back(stack: Stack) -> None:
    stack.settled(firm())
    leaving, task = firm(departed=("trader.b",)), "end-market-data/trader.b/CME"
    stack.settled(leaving)
    stack.attest(task, "confirm-trial/trader.b")
    stack.settled(leaving)
    stack.settled(firm("trader.b"))
    back = firm()
    back["users"]["trader.b"]["adopt"] = True
    stack.up(back)
    assert stack.every_task(back).get("confirm-trial/trader.b") != "attested"
    assert task not in stack.every_task(back)
