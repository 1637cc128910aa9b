"""What is recorded with a task and said of it: since when, what it was before, what closed it, what it
costs."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from t4firm.model.users import PERSONAL, FillUser, User
from tests.goals.firms import fill_accounts, firm_of
from tests.providers.operations import without
from tests.providers.portal import Portal
from tests.providers.stack import FULL, Stack, today

FILL = "WhenTechFillUser"
ASSIGN = f"assign-account/{FILL}/11111"
PAID = (
    "exchangeMarketData[?marketDataType != 'None'].{clearingExchange: clearingExchange, marketDataType: "
    "marketDataType, options: [{type: marketDataType, currency: 'USD', monthlyFee: `12.5`}]}"
)


def one(**entry: Any) -> dict[str, Any]:
    firm = firm_of(trader_a={"accounts": ["11111", "22222"], **entry})
    del firm["fillService"]
    return firm


def captured_firm() -> dict[str, Any]:
    return firm_of(trader_a={"accounts": ["11111"]})


def with_one_who_only_trades() -> dict[str, Any]:
    """A firm with a second trader, who by the file has no WhenTech."""
    plain = {"applications": [], "templateUser": "Trader"}
    return firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"], **plain})


def said(stack: Stack, firm: dict[str, Any], task_id: str) -> dict[str, str]:
    (task,) = [task for task in stack.listed(firm) if task["id"] == task_id]
    return task


def test_since_stays_from_run_to_run_and_the_evidence_comes_with_the_closing(stack: Stack) -> None:
    stack.operations = "onboarding"
    firm = firm_of(trader_a={"accounts": ["11111"]})
    stack.settled(firm)
    task = said(stack, firm, ASSIGN)
    assert task["since"].startswith(today())
    assert "evidence" not in task
    assert task["closes"] == "a line in the attested file", "no operation is known that could close it"
    assert "tell WhenTech" in task["effective"]
    assert stack.up(firm).outputs["administratorTasks"] == stack.listed(firm)
    stack.operations = FULL
    stack.settled(firm)
    done = said(stack, firm, ASSIGN)
    assert done["since"] == task["since"]
    assert "/accounts: 200 at 20" in done["evidence"]
    assert "request " in done["evidence"]


def test_four_signatures_do_not_close_a_fifth_task_that_comes_later(stack: Stack) -> None:
    stack.operations = "onboarding"
    four = {"trader_a": {"accounts": ["11111", "22222"]}, "trader_b": {"accounts": ["33333", "44444"]}}
    signed = [f"assign-account/{FILL}/{number}" for number in ("11111", "22222", "33333", "44444")]
    stack.settled(firm_of(**four))
    stack.attest(*signed)
    stack.settled(firm_of(**four))
    five = firm_of(**four, trader_c={"accounts": ["55555"]})
    fifth = f"assign-account/{FILL}/55555"
    assert stack.preview(five).tasks[fifth] == "planned"
    done = stack.settled(five)
    tasks = stack.tasks(five)
    assert {tasks[task] for task in signed} == {"attested"}
    assert tasks[fifth] == "open"
    assert done.outputs["summary"]["fillAccounts"] == fill_accounts(5, 4)


class TestWhatItWasBefore:
    """Personal details stay in a secret output of their own, which lasts as long as the task is open."""

    def test_the_old_value_is_t4s_however_often_the_file_changes(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(one())
        stack.settled(one(phone="555-1", city="Dayton"))
        stack.settled(one(phone="555-2", city="Dayton"))
        assert stack.record("User trader.a")["was"] == {"phone": "555-123-4567", "city": "Columbus"}
        stack.attest("update-user/trader.a/phone", on=today())
        stack.settled(one(phone="555-2", city="Dayton"))
        assert stack.record("User trader.a")["was"] == {"city": "Columbus"}
        stack.operations = FULL
        stack.settled(one(phone="555-2", city="Dayton"))
        assert "was" not in stack.record("User trader.a")

    def test_it_is_in_nothing_but_the_secret_output(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(one())
        done = stack.settled(one(phone="555-1"))
        assert "555-123-4567" not in json.dumps(done.outputs)
        kept = {**stack.record("User trader.a")}
        assert kept.pop("was") == {"phone": "555-123-4567"}
        assert "555-123-4567" not in json.dumps(kept)

    def test_so_it_is_with_the_names_of_an_account(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(one())
        stack.attest("create-account/22222")
        stack.settled(one())
        renamed = one() | {"accounts": {"22222": {"accountName": "Ann Ohio 2"}}}
        stack.settled(renamed)
        assert stack.record("Account 22222")["was"] == {"accountName": "22222"}
        stack.attest("create-account/22222", "update-account/22222/accountName", on=today())
        stack.settled(renamed)
        assert "was" not in stack.record("Account 22222")

    def test_a_password_has_none(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(one())
        stack.settled(one(passwordVersion=2))
        assert "was" not in stack.record("User trader.a")


class TestMarketData:
    """Not personal, but billed."""

    def test_a_change_is_told_from_old_to_new_in_preview_and_task(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(one(marketData={"CME": "TOB"}))
        deeper = one(marketData={"CME": "Depth", "ICE": "TOB"})
        words = {
            "update-market-data/trader.a/CME": "change CME from TOB to Depth (this is billed)",
            "update-market-data/trader.a/ICE": "subscribe ICE TOB (this is billed)",
        }
        shown = {task["id"]: task["what"] for task in stack.preview(deeper).outputs["administratorTasks"]}
        stack.settled(deeper)
        for task, change in words.items():
            assert change in shown[task]
            assert change in said(stack, deeper, task)["what"]
        stack.settled(one(marketData={"CME": "Depth"}))
        gone = said(stack, one(marketData={"CME": "Depth"}), "end-market-data/trader.a/ICE")
        assert "end the subscription of ICE (TOB)" in gone["what"]

    def test_a_preview_counts_what_will_be_subscribed(self, stack: Stack) -> None:
        stack.settled(one(marketData={"CME": "TOB"}))
        shown = stack.preview(one(marketData={"CME": "Depth"})).outputs["summary"]
        assert shown["marketData"] == {"CME Depth": 1}

    def test_what_t4_said_that_it_costs_is_added_up(self, stack: Stack) -> None:
        stack.operations = without(stack, updateMarketData=PAID)
        firm = firm_of(
            trader_a={"accounts": ["11111"], "marketData": {"CME": "TOB"}},
            trader_b={"accounts": ["33333"], "marketData": {"CME": "TOB"}},
        )
        assert stack.settled(firm).outputs["summary"]["marketDataFees"] == {}, "onboarding names no fee"
        for user in ("trader.a", "trader.b"):
            firm["users"][user]["marketData"] = {"CME": "Depth"}
        assert stack.settled(firm).outputs["summary"]["marketDataFees"] == {"CME Depth": "25 USD for 2 of 2"}
        firm["users"]["trader.b"]["marketData"] = {}
        assert stack.settled(firm).outputs["summary"]["marketDataFees"] == {
            "CME Depth": "12.5 USD for 1 of 1"
        }

    def test_a_fee_in_the_onboarding_answer_is_recorded(self, stack: Stack) -> None:
        option = {"type": "Depth", "description": "Depth", "currency": "USD", "fee": 85}
        exchange = {"clearingExchange": "CME", "marketDataType": "Depth", "options": [option]}
        user = {"userID": "U-1", "roles": ["Trading"], "applications": [{"name": "WhenTech"}]}
        data = {
            "user": user,
            "account": {"accountID": "A-1"},
            "marketData": {"exchangeMarketData": [exchange]},
        }
        stack.simulator.fault(
            {
                "match": {"path": "/admin/v1/onboarding"},
                "when": "after",
                "do": {
                    "status": 200,
                    "body": json.dumps({"data": data}),
                    "headers": {"content-type": "application/json"},
                },
            }
        )
        stack.operations = "onboarding"
        done = stack.settled(one(marketData={"CME": "Depth"}))
        assert done.outputs["summary"]["marketDataFees"] == {"CME Depth": "85 USD for 1 of 1"}


HANDED_OVER = (f"hand-over-credentials/{FILL}", f"password-never-expires/{FILL}")


def fills(stack: Stack, firm: dict[str, Any]) -> dict[str, int]:
    """Whose fills are captured after a run."""
    found: dict[str, int] = stack.settled(firm).outputs["summary"]["fillAccounts"]
    return found


class TestCoverage:
    """Whose fills are captured, in the stack's summary."""

    def test_what_the_api_did_at_once_has_its_answer_as_evidence(self, stack: Stack) -> None:
        firm = firm_of(trader_a={"accounts": ["11111"]})
        stack.settled(firm)
        assert "/accounts: 200 at 20" in stack.record(f"AccountAssignment {FILL}/11111")["evidence"]

    def test_an_account_behind_the_files_back_counts_as_uncovered(self, stack: Stack) -> None:
        firm = with_one_who_only_trades()
        stack.simulator.template("Trader", [], ["Trading"])
        stack.settled(firm)
        stack.record("User trader.a")["unmanaged"] = ["77777"]
        stack.record("User trader.b")["unmanaged"] = ["88888"]
        found = stack.settled(firm).outputs["summary"]["fillAccounts"]
        assert found == fill_accounts(1, 1, unmanaged=1)

    @pytest.mark.parametrize(
        ("stop", "task"),
        [
            (lambda portal: portal.change_user(FILL, enabled=False), f"enable-user/{FILL}"),
            (
                lambda portal: portal.take_application(FILL, "WhenTechFills"),
                f"assign-application/{FILL}/WhenTechFills",
            ),
        ],
        ids=["disabled", "without its application"],
    )
    def test_while_the_fill_user_cannot_work_nothing_is_captured(
        self, stack: Stack, stop: Callable[[Portal], None], task: str
    ) -> None:
        stack.operations = without(stack, "assignApplication")
        stack.settled(captured_firm())
        stack.attest(*HANDED_OVER)
        assert fills(stack, captured_firm()) == fill_accounts(1, 1, captured=1)
        stop(Portal(stack.simulator))
        stack.refresh()
        done = stack.settled(captured_firm())
        assert done.tasks == {task: "open"}
        assert done.outputs["summary"]["fillAccounts"] == fill_accounts(1, 1)
        stack.attest(task, *HANDED_OVER, on=today())
        assert fills(stack, captured_firm()) == fill_accounts(1, 1, captured=1)

    def test_nor_where_its_template_does_not_give_the_application(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.simulator.template("FillService", [], [])
        stack.settled(captured_firm())
        stack.attest(f"assign-account/{FILL}/11111", *HANDED_OVER)
        done = stack.settled(captured_firm())
        assert done.tasks[f"assign-account/{FILL}/11111"] == "attested"
        assert done.outputs["summary"]["fillAccounts"] == fill_accounts(1, 1)

    def test_an_account_is_captured_when_the_last_thing_that_stands_against_it_is_gone(
        self, stack: Stack
    ) -> None:
        firm = captured_firm() | {"whentech": {}}
        del firm["fillService"]["user"]["eula"]
        sign = f"sign-eula/{FILL}"
        preview = stack.preview(firm)
        assert preview.every_task[sign] == "planned"
        assert preview.outputs["summary"]["fillAccounts"] == fill_accounts(1, 0)
        assert fills(stack, firm) == fill_accounts(1, 1)
        assert stack.every_task(firm)[sign] == "open"
        for done in ((sign,), (sign, HANDED_OVER[0]), (sign, *HANDED_OVER)):
            stack.attest(*done)
            assert fills(stack, firm) == fill_accounts(1, 1), "WhenTech is not enabled yet"
        firm["whentech"] = {"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"}
        assert fills(stack, firm) == fill_accounts(1, 1, captured=1)
        firm["fillService"]["user"]["passwordVersion"] = 2
        assert stack.preview(firm).outputs["summary"]["fillAccounts"] == fill_accounts(1, 1)
        assert fills(stack, firm) == fill_accounts(1, 1), "WhenTech has the old password"
        stack.attest(sign, *HANDED_OVER, note="version 2")
        assert fills(stack, firm) == fill_accounts(1, 1, captured=1)

    def test_the_agreements_of_the_fill_user_are_signed_by_evidence_that_the_file_gets(
        self, stack: Stack
    ) -> None:
        firm = captured_firm()
        eula = firm["fillService"]["user"].pop("eula")
        sign = f"sign-eula/{FILL}"
        stack.settled(firm)
        stack.attest(*HANDED_OVER)
        assert fills(stack, firm) == fill_accounts(1, 1)
        assert "Log in to T4 once as" in said(stack, firm, sign)["what"]
        firm["fillService"]["user"]["eula"] = eula
        assert fills(stack, firm) == fill_accounts(1, 1, captured=1)
        assert stack.every_task(firm)[sign] == "done"
        del firm["fillService"]["user"]["eula"]
        assert fills(stack, firm) == fill_accounts(1, 1, captured=1), "a signature is not withdrawn"

    def test_what_an_older_version_did_not_ask_for_is_to_come(self, stack: Stack) -> None:
        firm = captured_firm()
        stack.settled(firm)
        stack.attest(*HANDED_OVER)
        assert fills(stack, firm) == fill_accounts(1, 1, captured=1)
        for task in HANDED_OVER:
            del stack.record(f"User {FILL}")["tasks"][task]
        stack.attest()
        assert {task: stack.every_task(firm)[task] for task in HANDED_OVER} == dict.fromkeys(
            HANDED_OVER, "planned"
        )
        assert stack.fills(firm) == fill_accounts(1, 1)

    def test_so_do_those_of_a_user_who_has_whentech_behind_its_back(self, stack: Stack) -> None:
        stack.operations = without(stack, "unassignApplication")
        firm = with_one_who_only_trades()
        stack.simulator.template("Trader", ["WhenTech"], ["Trading"])
        done = stack.up(firm)
        assert "trader.b has the application WhenTech, but the firm file does not say so" in str(done.said)
        counts = done.outputs["summary"]["fillAccounts"]
        assert counts == fill_accounts(1, 1, unmanaged=1)


PLAIN = dict.fromkeys(PERSONAL, "update-user")
AFTER_A_CHANGE = PLAIN | {
    "country": "update-user",
    "apptype": "update-user",
    "passwordVersion": "update-user",
    "marketData": "update-market-data",
    "eula": "sign-eula",
    "departed": "disable-user",
    "applications": "assign-application",
    "accounts": "create-account",
    "templateUser": "assign-role",
    "adopt": "",  # serves only while a user is made
    "revoke": "unassign-account",  # and the others of test_taking_away.py
    "username": "refused",  # another user: this one has not departed
}
"""For each field of a user, the kind of task that a change of it brings where the API can do nothing."""

CHANGED = {
    **dict.fromkeys(PLAIN, "Elsewhere"),
    "email": "elsewhere@example.com",
    "country": "CA",
    "apptype": "NonProfessional",
    "passwordVersion": 2,
    "marketData": {"CME": "Depth"},
    "eula": {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}},
    "departed": True,
    "applications": ["WhenTech", "Another"],
    "accounts": ["11111", "22222", "55555"],
    "templateUser": "Analyst",
    "adopt": True,
}


def test_every_field_of_a_user_is_accounted_for() -> None:
    known = {*AFTER_A_CHANGE, "account"}  # the fill user's, which never changes
    assert User.model_fields.keys() | FillUser.model_fields.keys() == known


@pytest.mark.parametrize("field", sorted(CHANGED))
def test_a_changed_field_is_a_task_or_nothing_to_do(stack: Stack, field: str) -> None:
    stack.operations = "onboarding"
    before = one()
    before["templates"]["users"]["Analyst"] = {"applications": ["WhenTech"], "roles": ["Trading", "Analysis"]}
    stack.settled(before)
    after = one(**{field: CHANGED[field]})
    after["templates"] = before["templates"]
    new = stack.settled(after).tasks.keys() - {"create-account/22222"}
    kind = AFTER_A_CHANGE[field]
    assert {task.partition("/")[0] for task in new} == ({kind} if kind else set())


def test_another_username_is_another_user(stack: Stack) -> None:
    stack.settled(one())
    renamed = one()
    renamed["users"]["trader.z"] = renamed["users"].pop("trader.a")
    assert "T4 cannot change a username" in stack.up(renamed).failed["program"]
