"""A trading account: made, or taken from the onboarding answer; then named and enabled as the file says."""

from typing import Any

import pytest

from tests.goals.firms import PERSON, firm_of
from tests.providers.operations import only, without
from tests.providers.portal import Portal
from tests.providers.stack import FULL, PROVIDERS, Stack, today


def two(*, adopt: bool = False, **accounts: dict[str, Any]) -> dict[str, Any]:
    """A trader with two accounts, the second created after onboarding; `a22222={...}` describes one."""
    firm = firm_of(trader_a={"accounts": ["11111", "22222"], "adopt": adopt})
    del firm["fillService"]
    firm["accounts"] = {name.removeprefix("a"): entry for name, entry in accounts.items()}
    return firm


def test_a_first_account_is_revoked_from_the_answer_and_the_second_is_created(stack: Stack) -> None:
    stack.settled(two(a22222={"displayName": "Ann's second", "accountName": "Ann Ohio 2"}))
    accounts = stack.simulator.accounts()
    for number in ("11111", "22222"):
        record = stack.record(f"Account {number}")
        assert (record["accountID"], record["made"]) == (accounts[number]["accountID"], True)
        assert (record["state"], record["tasks"]) == ("Disabled", {})
    names = [accounts["22222"][name] for name in ("accountName", "displayName")]
    assert names == ["Ann Ohio 2", "Ann's second"]
    assert accounts["22222"]["users"] == ["trader.a"]
    assert [call["path"] for call in stack.simulator.requests("POST")] == [
        "/admin/v1/onboarding",
        "/admin/v1/accounts",
    ]


def test_an_account_that_a_killed_run_created_is_not_created_again(stack: Stack) -> None:
    stack.settled(two())
    del stack.state["Account 22222"]
    stack.simulator.forget_requests()
    stack.settled(two())
    assert stack.simulator.changes() == []
    assert stack.record("Account 22222")["accountID"] == stack.simulator.accounts()["22222"]["accountID"]


def test_an_account_that_was_created_by_hand_is_identified_by_a_list(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(two())
    assert stack.tasks(two()) == {"create-account/22222": "open"}
    user = stack.simulator.users()["trader.a"]["userID"]
    by_hand = {"account": "22222", "accountName": "x", "templateAccount": "DefaultTemplate", "userID": user}
    stack.simulator.admin("POST", "/admin/v1/accounts", by_hand)
    stack.attest("create-account/22222")
    stack.settled(two())
    assert stack.record("Account 22222")["accountID"] == ""
    stack.operations = FULL
    stack.settled(two())
    assert stack.record("Account 22222")["accountID"] == stack.simulator.accounts()["22222"]["accountID"]
    assert stack.tasks(two()) == {"create-account/22222": "attested"}


def test_an_account_that_no_list_shows_is_not_looked_for_again_and_again(stack: Stack) -> None:
    stack.operations = only(stack, "listAccounts")
    stack.settled(two())
    stack.attest("create-account/22222")
    stack.settled(two())
    assert stack.record("Account 22222")["unlisted"] is True


def test_an_account_is_enabled_after_the_fill_user_has_it(stack: Stack) -> None:
    stack.operations = "onboarding"
    firm = firm_of(trader_a={"accounts": ["11111"]}) | {"accounts": {"11111": {"enabled": True}}}
    enable, assign = "enable-account/11111", "assign-account/WhenTechFillUser/11111"
    stack.settled(firm)
    assert {task["id"]: task.get("after") for task in stack.listed(firm)}[enable] == assign
    stack.attest(assign)
    stack.settled(firm)
    assert {task["id"]: task.get("after") for task in stack.listed(firm)}[enable] is None


def test_a_step_that_needs_the_id_of_such_an_account_is_the_administrators(stack: Stack) -> None:
    """The id is unknown for good, so nothing is called without it: no wrong path, and no empty body."""
    stack.operations = without(stack, "listAccounts", "readAccount", "createAccount")
    firm = firm_of(trader_a={"accounts": ["11111", "22222"]})
    firm["accounts"] = {"22222": {"enabled": True}}
    stack.settled(firm)
    stack.attest("create-account/22222")
    stack.settled(firm)
    assert stack.tasks(firm) == {
        "create-account/22222": "attested",
        "enable-account/22222": "open",
        "assign-account/WhenTechFillUser/22222": "open",
    }
    assert stack.record("Account 22222")["tasks"]["enable-account/22222"]["lacks"] == "accountID"
    assert not [call for call in stack.simulator.requests() if call["status"] != 200]


def test_an_account_of_a_user_whose_id_is_unknown_is_the_administrators(stack: Stack) -> None:
    stack.operations = without(stack, "listUsers", "readUser")
    stack.simulator.onboard("trader.a", "11111", **PERSON)
    stack.settled(two(adopt=True, a11111={"adopt": True}))
    assert stack.tasks(two(adopt=True, a11111={"adopt": True})) == {
        "assign-application/trader.a/WhenTech": "open",
        "verify-account/11111": "open",
        "create-account/22222": "open",
        "verify-user/trader.a": "open",
    }
    assert {call["status"] for call in stack.simulator.requests("POST", "/admin/v1/accounts")} == set()


def test_names_that_change_are_one_call(stack: Stack) -> None:
    stack.settled(two())
    stack.simulator.forget_requests()
    stack.settled(two(a22222={"displayName": "Second", "accountName": "Ann 2"}))
    (call,) = stack.simulator.changes()
    assert (call["method"], call["body"]) == ("PATCH", {"accountName": "Ann 2", "displayName": "Second"})
    stack.settled(two(a22222={"accountName": "Ann 2"}))
    assert stack.simulator.accounts()["22222"]["displayName"] == ""


def test_names_without_an_operation_are_tasks_that_signatures_close_and_open_again(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(two())
    firm = two(a11111={"displayName": "First"})
    stack.settled(firm)
    task = "update-account/11111/displayName"
    assert stack.tasks(firm)[task] == "open"
    stack.attest(task, on=today())
    stack.settled(firm)
    assert stack.tasks(firm)[task] == "attested"
    stack.attest()
    stack.settled(firm)
    assert stack.tasks(firm)[task] == "open"
    stack.operations = FULL
    stack.settled(firm)
    assert stack.simulator.accounts()["11111"]["displayName"] == "First"


def test_a_name_that_changes_before_the_account_is_made_goes_along_with_it(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settled(two())
    stack.operations = FULL
    stack.simulator.forget_requests()
    stack.settled(two(a22222={"displayName": "Second"}))
    assert [call["method"] for call in stack.simulator.changes()] == ["POST"]
    assert stack.simulator.accounts()["22222"]["displayName"] == "Second"


def test_nobody_has_decided_so_nothing_is_done_about_the_state(stack: Stack) -> None:
    stack.settled(two())
    assert {account["enabled"] for account in stack.simulator.accounts().values()} == {"Disabled"}
    assert stack.simulator.requests("PATCH") == []


def test_enabled_disabled_and_enabled_again_is_what_t4_has_each_time(stack: Stack) -> None:
    """Also through the API, where an answer from the first time must not stand for the second."""
    account = stack.simulator.accounts
    stack.settled(two(a11111={"enabled": True}))
    assert account()["11111"]["enabled"] == "Enabled"
    for _ in range(2):
        off = two(a11111={"enabled": False})
        stack.settled(off)
        assert stack.tasks(off) == {"disable-account/11111": "open"}
        path = f"/admin/v1/accounts/{account()['11111']['accountID']}"
        stack.simulator.admin("PATCH", path, {"enabled": "Disabled"})
        stack.attest("disable-account/11111", on=today())
        stack.settled(off)
        assert stack.tasks(off) == {"disable-account/11111": "attested"}
        stack.attest()
        on = two(a11111={"enabled": True})
        stack.settled(on)
        assert account()["11111"]["enabled"] == "Enabled"


def test_a_signature_for_the_first_time_does_not_enable_a_second_time(stack: Stack) -> None:
    stack.operations = "onboarding"
    on, off = two(a11111={"enabled": True}), two(a11111={"enabled": False})
    stack.settled(on)
    stack.attest("enable-account/11111", "disable-account/11111")
    stack.settled(on)
    assert stack.tasks(on)["enable-account/11111"] == "attested"
    stack.settled(off)
    assert stack.tasks(off)["disable-account/11111"] == "open"
    stack.attest("enable-account/11111")
    stack.state["Account 11111"].outputs["state"] = "Disabled"  # as a refresh finds it
    stack.settled(on)
    assert stack.tasks(on)["enable-account/11111"] == "open"


def test_a_withdrawn_signature_says_that_the_account_is_not_enabled(stack: Stack) -> None:
    stack.operations = "onboarding"
    firm = two(a11111={"enabled": True})
    stack.settled(firm)
    stack.attest("enable-account/11111", on=today())
    stack.settled(firm)
    assert stack.record("Account 11111")["state"] == "Enabled"
    stack.attest()
    stack.settled(firm)
    assert stack.tasks(firm)["enable-account/11111"] == "open"
    undecided = two()
    stack.settled(undecided)
    assert "enable-account/11111" not in stack.tasks(undecided), "what nobody wants any more is no task"


def test_an_account_that_is_not_made_yet_is_enabled_after_it_is(stack: Stack) -> None:
    stack.operations = "onboarding"
    firm = two(a22222={"enabled": True})
    stack.settled(firm)
    assert stack.tasks(firm) == {"create-account/22222": "open", "enable-account/22222": "open"}
    stack.operations = FULL
    stack.settled(firm)
    assert stack.simulator.accounts()["22222"]["enabled"] == "Enabled"
    assert set(stack.tasks(firm).values()) == {"done"}


class TestTaken:
    """T4 already has an account of this number."""

    def test_it_is_refused_with_the_line_to_write(self, stack: Stack) -> None:
        stack.simulator.onboard("somebody", "22222")
        said = stack.up(two()).failed["Account 22222"]
        assert "T4 already has an account 22222, but T4 has not shown that it is trader.a's" in said
        assert "`adopt: true` for 22222 under `accounts`" in said
        assert stack.simulator.accounts()["22222"]["users"] == ["somebody"]
        assert stack.simulator.requests("POST", "/admin/v1/accounts") == [], "T4 shows it before any call"

    def test_its_owners_is_recorded_as_it_is(self, stack: Stack) -> None:
        before = two()
        before["users"]["trader.a"]["accounts"] = ["11111"]
        stack.settled(before)
        Portal(stack.simulator).make_account("trader.a", "22222", "By hand")
        stack.simulator.forget_requests()
        firm = two(a22222={"displayName": "Second", "enabled": True})
        assert stack.up(firm).failed == {}
        assert stack.simulator.requests("POST", "/admin/v1/accounts") == []
        assert stack.tasks(firm) == {
            "create-account/22222": "done",
            "update-account/22222/displayName": "open",
        }
        assert stack.simulator.accounts()["22222"]["enabled"] == "Enabled"
        stack.settled(firm)
        assert stack.simulator.accounts()["22222"]["displayName"] == "Second"

    def test_one_that_a_list_shows_and_nobodys_owner_is_not_touched(self, stack: Stack) -> None:
        stack.operations = without(stack, "listUsers", "readUser")
        stack.simulator.onboard("somebody", "22222")
        stack.simulator.forget_requests()
        done = stack.up(two(a22222={"enabled": True}))
        assert "write `adopt: true` for 22222" in done.failed["Account 22222"]
        about = [call for call in stack.simulator.changes() if "/accounts" in call["path"]]
        assert about == [], "neither created nor enabled nor assigned"
        assert stack.simulator.accounts()["22222"]["users"] == ["somebody"]

    def test_one_list_serves_a_whole_run(self, stack: Stack) -> None:
        stack.up(firm_of(trader_a={"accounts": ["11111", "22222", "33333", "44444"]}))
        assert len(stack.simulator.requests("POST", "/admin/v1/accounts")) == 3
        read = [call["path"] for call in stack.simulator.requests("GET", "/admin/v1/accounts")]
        assert read.count("/admin/v1/accounts") == 1

    def test_a_list_that_fails_hinders_nobody(self, stack: Stack) -> None:
        stack.simulator.fault(
            {"match": {"method": "GET", "path": "/admin/v1/accounts"}, "do": {"status": 403}}
        )
        done = stack.up(two())
        assert not done.failed
        assert len(stack.simulator.requests("POST", "/admin/v1/accounts")) == 1

    @pytest.mark.parametrize("listed", [True, False])
    def test_it_is_adopted_where_the_file_says_so_without_a_call(self, stack: Stack, listed: bool) -> None:
        if not listed:
            stack.operations = without(stack, "listAccounts", "readAccount", "listUsers", "readUser")
        stack.simulator.onboard("somebody", "22222")
        stack.up(two(a22222={"adopt": True}))
        assert stack.simulator.requests("POST", "/admin/v1/accounts") == []
        expected = stack.simulator.accounts()["22222"]["accountID"] if listed else ""
        assert stack.record("Account 22222")["accountID"] == expected
        assert stack.record("Account 22222")["made"] is True

    def test_it_is_assigned_to_its_owner_too(self, stack: Stack) -> None:
        stack.simulator.onboard("somebody", "22222")
        firm = two(a22222={"adopt": True})
        stack.up(firm)
        assert stack.simulator.accounts()["22222"]["users"] == ["somebody"], "adopting changes nothing"
        assert stack.tasks(firm) == {"assign-account/trader.a/22222": "open"}
        stack.settled(firm)
        assert stack.simulator.accounts()["22222"]["users"] == ["somebody", "trader.a"]

    def test_whose_it_is_the_administrator_sees_where_nothing_shows_it(self, stack: Stack) -> None:
        stack.operations = without(stack, "listUsers", "readUser", "assignAccount")
        stack.simulator.onboard("somebody", "22222")
        firm, task = two(a22222={"adopt": True}), "verify-account/22222"
        done = stack.settled(firm)
        assert done.tasks == {task: "open"}
        why = {listed["id"]: listed["why"] for listed in done.outputs["administratorTasks"]}
        assert "T4 has not shown that it is trader.a's" in why[task]
        stack.attest(task, on=today())
        stack.settled(firm)
        assert stack.tasks(firm) == {task: "attested"}
        stack.attest()
        stack.settled(firm)
        assert stack.tasks(firm) == {task: "open"}

    def test_what_the_administrator_assigned_is_seen_by_a_refresh(self, stack: Stack) -> None:
        stack.operations = without(stack, "assignAccount")
        stack.simulator.onboard("somebody", "22222")
        firm, task = two(a22222={"adopt": True}), "assign-account/trader.a/22222"
        stack.settled(firm)
        stack.refresh()
        assert stack.tasks(firm) == {task: "open"}
        user = stack.simulator.users()["trader.a"]["userID"]
        account = {"accountID": stack.simulator.accounts()["22222"]["accountID"]}
        stack.simulator.admin("POST", f"/admin/v1/users/{user}/accounts", account)
        stack.refresh()
        assert stack.tasks(firm) == {task: "done"}

    def test_one_that_nothing_shows_is_looked_at_by_the_administrator(self, stack: Stack) -> None:
        stack.operations = without(stack, "listAccounts", "readAccount", "listUsers", "readUser")
        stack.simulator.onboard("somebody", "22222")
        firm = two(a22222={"adopt": True})
        stack.settled(firm)
        assert stack.tasks(firm) == {"verify-account/22222": "open"}
        assert stack.preview(firm).changed == []

    def test_one_that_t4_lists_as_its_owners_needs_no_word(self, stack: Stack) -> None:
        """An answer was lost: the account is there, and its owner has it."""
        stack.settings["t4:repeatFor"] = "0"
        stack.simulator.fault(
            {
                "match": {"method": "POST", "path": "/admin/v1/accounts"},
                "when": "after",
                "do": {"drop": "reset"},
            }
        )
        assert "Account 22222" in stack.up(two()).failed
        stack.settings["t4:repeatFor"] = "1"
        stack.settled(two())
        assert stack.record("Account 22222")["accountID"] == stack.simulator.accounts()["22222"]["accountID"]


class TestRefreshed:
    """What somebody changed in the portal."""

    def set(self, stack: Stack, state: str) -> None:
        path = f"/admin/v1/accounts/{stack.simulator.accounts()['11111']['accountID']}"
        stack.simulator.admin("PATCH", path, {"enabled": state, "preTradeDisabled": state != "Enabled"})

    def test_an_account_that_was_disabled_in_the_portal_is_enabled_again(self, stack: Stack) -> None:
        firm = two(a11111={"enabled": True})
        stack.settled(firm)
        for _ in range(2):
            self.set(stack, "Disabled")
            assert stack.refresh() == ["Account 11111"]
            assert stack.preview(firm).changed == ["Account 11111"]
            stack.settled(firm)
            assert stack.simulator.accounts()["11111"]["enabled"] == "Enabled"

    def test_one_that_was_enabled_in_the_portal_closes_its_task(self, stack: Stack) -> None:
        stack.operations = only(stack, "readAccount")
        firm = two(a11111={"enabled": True})
        stack.settled(firm)
        assert stack.tasks(firm)["enable-account/11111"] == "open"
        self.set(stack, "Enabled")
        stack.refresh()
        assert stack.tasks(firm)["enable-account/11111"] == "done"
        stack.settled(firm)

    def test_one_that_is_enabled_and_may_not_trade_is_neither_enabled_nor_disabled(
        self, stack: Stack
    ) -> None:
        """T4 has two switches; the portal's user set one of them (t4.md section 1)."""
        portal, task = Portal(stack.simulator), "enable-account/11111"
        stack.operations = without(stack, "enableAccount")
        stack.settled(two(a11111={"enabled": True}))
        portal.change_account("11111", enabled="Enabled", preTradeDisabled=True)
        stack.refresh()
        assert stack.tasks(two(a11111={"enabled": True}))[task] == "open"
        portal.change_account("11111", preTradeDisabled=False)
        stack.refresh()
        assert stack.tasks(two(a11111={"enabled": True}))[task] == "done"
        portal.change_account("11111", preTradeDisabled=True)
        (difference,) = stack.drift(two(a11111={"enabled": True})).administrator
        assert difference.task == task
        assert difference.words == (
            "account 11111 is enabled in T4, but pre-trade is disabled: it cannot trade"
        )
        stack.settled(two(a11111={"enabled": False}))
        stack.refresh()
        assert stack.tasks(two(a11111={"enabled": False}))["disable-account/11111"] == "open"

    def test_a_call_that_sets_one_switch_alone_has_not_enabled_it(self, stack: Stack) -> None:
        stack.operations = without(stack, enableAccount={"body": {"enabled": "Enabled"}})
        stack.up(two(a11111={"enabled": True}))
        assert stack.tasks(two(a11111={"enabled": True}))["enable-account/11111"] == "open"

    def test_one_about_which_nobody_has_decided_stays_as_it_is(self, stack: Stack) -> None:
        stack.settled(two())
        self.set(stack, "Enabled")
        stack.refresh()
        assert stack.preview(two()).changed == []
        assert stack.record("Account 11111")["state"] == "Enabled"

    def test_an_answer_without_the_state_leaves_the_record_alone(self, stack: Stack) -> None:
        firm = two(a11111={"enabled": True})
        stack.settled(firm)
        stack.operations = only(stack, "readAccount", readAccount="{accountID: accountID, account: account}")
        assert stack.refresh() == []


def test_an_account_that_t4_has_is_not_forgotten_without_the_program_either(stack: Stack) -> None:
    """`pulumi destroy` runs no program: what refuses is the provider's own `delete`."""
    stack.settled(two())
    stack.lose_the_file()
    said = stack.destroy().failed["Account 22222"]
    assert "account 22222 is still in T4, so it is not forgotten" in said
    assert "`pulumi destroy` works when everybody has departed" in said
    assert "Account 22222" in stack.state


def test_an_older_record_without_newer_fields_is_no_reason_to_call(stack: Stack) -> None:
    """A state written by an older version must still refresh and update (design: Fixed names)."""
    stack.settled(two())
    for recorded in stack.state.values():
        recorded.outputs.pop("unlisted", None)
        recorded.outputs.pop("tasks", None)
    stack.simulator.forget_requests()
    stack.settled(two())
    assert stack.simulator.requests() == []
    stack.settled(two(a22222={"displayName": "Second"}))
    assert len(stack.simulator.requests("PATCH")) == 1
    assert set(PROVIDERS) == {key.partition(" ")[0] for key in stack.state} | {"AccountAssignment"}
