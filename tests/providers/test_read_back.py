"""A step counts when T4 has it: what T4 answered and did not do stays open, is said once, and is not sent
again."""

import json
from typing import Any

import pytest

from tests.goals.firms import firm_of
from tests.providers.operations import without
from tests.providers.portal import Portal
from tests.providers.stack import Stack

FILL = "WhenTechFillUser"
DISABLE, END = "disable-user/dan.acme", "end-market-data/dan.acme/CME"
PHONE, RELEASE = "update-user/carla.acme/phone", f"unassign-account/{FILL}/70003"
QUEUED = {"jobId": "J1", "state": "queued"}
ORDERS = "User has working orders and cannot be disabled."


def firm(*departed: str, **carla: Any) -> dict[str, Any]:
    made = firm_of(
        carla_acme={"accounts": ["70001"], **carla},
        dan_acme={"accounts": ["70003"], "marketData": {"CME": "Depth"}},
    )
    for name in departed:
        made["users"][name]["departed"] = True
    return made


def pretend(stack: Stack, method: str, path: str, status: int = 200, body: Any = None) -> None:
    """T4 answers these calls, and does nothing."""
    rule = {
        "match": {"method": method, "path": path},
        "do": {"status": status, "body": json.dumps(body or {})},
        "times": 1000,
    }
    stack.simulator.fault(rule)


def again(stack: Stack, file: dict[str, Any]) -> None:
    """Further runs and refreshes change nothing, and call nothing but reads."""
    stack.simulator.forget_requests()
    for _ in range(2):
        stack.settled(file)
        stack.refresh()
    assert stack.simulator.changes() == []


@pytest.fixture
def settled(stack: Stack) -> Stack:
    stack.settled(firm())
    return stack


def test_errors_inside_a_200_are_a_refusal(settled: Stack) -> None:
    """Case ok-with-error-inside, first variant."""
    pretend(settled, "PATCH", "/admin/v1/users/", body={"success": False, "errors": [ORDERS], "data": None})
    done = settled.up(firm("dan.acme"))
    assert ORDERS in done.failed["User dan.acme"]
    assert "its text says that it failed" in done.failed["User dan.acme"]
    assert "70003" in settled.simulator.users()[FILL]["accounts"], "its fills are still captured"
    settled.simulator.calm()
    settled.settled(firm("dan.acme"))
    assert settled.simulator.users()["dan.acme"]["enabled"] is False


def test_202_is_asked_for_and_not_done(settled: Stack, caplog: Any) -> None:
    """Case ok-with-error-inside, second variant."""
    pretend(settled, "PATCH", "/admin/v1/users/", 202, QUEUED)
    settled.settled(firm("dan.acme"))
    assert settled.tasks(firm("dan.acme")) == {DISABLE: "open", END: "open", RELEASE: "open"}
    assert f"{DISABLE} is not done: T4 answered (PATCH" in caplog.text
    assert "70003" in settled.simulator.users()[FILL]["accounts"]
    (asked,) = [task["asked"] for task in settled.listed(firm("dan.acme")) if task["id"] == DISABLE]
    assert "202" in asked
    again(settled, firm("dan.acme"))
    settled.simulator.calm()
    Portal(settled.simulator).change_user("dan.acme", enabled=False)
    settled.refresh()
    assert settled.tasks(firm("dan.acme"))[DISABLE] == "done"


def test_202_counts_once_t4_shows_that_it_is_done(settled: Stack) -> None:
    rule = {"match": {"method": "PATCH"}, "when": "after", "do": {"status": 202}, "times": 1000}
    settled.simulator.fault(rule)
    settled.settled(firm("dan.acme"))
    assert DISABLE not in settled.tasks(firm("dan.acme")), "a step that the API took was nobody's task"


def test_202_that_nothing_can_show_is_the_administrators(stack: Stack, caplog: Any) -> None:
    stack.operations = without(stack, "readUser", "listUsers")
    stack.settled(firm())
    pretend(stack, "PATCH", "/admin/v1/users/", 202, QUEUED)
    stack.settled(firm("dan.acme"))
    assert stack.tasks(firm("dan.acme"))[DISABLE] == "open"
    assert "no operation can show whether it is done. Look in the portal, then sign it off." in caplog.text
    again(stack, firm("dan.acme"))


def test_a_200_that_did_nothing_is_not_done(settled: Stack, caplog: Any) -> None:
    pretend(settled, "PATCH", "/admin/v1/users/")
    settled.settled(firm("dan.acme"))
    assert settled.tasks(firm("dan.acme"))[DISABLE] == "open"
    assert "and T4 shows something else (GET /admin/v1/users/" in caplog.text
    again(settled, firm("dan.acme"))


@pytest.mark.parametrize("status", [200, 202])
def test_an_account_that_was_only_promised_is_not_assigned(stack: Stack, status: int) -> None:
    pretend(stack, "POST", "/admin/v1/users/*/accounts", status)
    stack.settled(firm())
    assert stack.tasks(firm()) == {
        f"assign-account/{FILL}/70001": "open",
        f"assign-account/{FILL}/70003": "open",
    }
    assert stack.record(f"AccountAssignment {FILL}/70001")["assigned"] is False
    again(stack, firm())
    stack.simulator.calm()
    Portal(stack.simulator).assign(FILL, "70001")
    stack.refresh()
    assert stack.record(f"AccountAssignment {FILL}/70001")["assigned"] is True


def test_an_account_that_was_only_promised_is_not_made(stack: Stack) -> None:
    pretend(stack, "POST", "/admin/v1/accounts", 202, QUEUED)
    two = firm(accounts=["70001", "70002"])
    stack.up(two)
    assert stack.tasks(two)["create-account/70002"] == "open"
    assert stack.record("Account 70002")["made"] is False
    stack.simulator.calm()
    Portal(stack.simulator).make_account("carla.acme", "70002")
    stack.refresh()
    stack.settled(two)
    assert stack.tasks(two)["create-account/70002"] == "done"


def test_market_data_that_t4_keeps_otherwise_is_not_subscribed_by_every_run(settled: Stack) -> None:
    """What is subscribed is billed."""
    pretend(settled, "PATCH", "/admin/v1/users/*/marketdata", body={"data": {"exchangeMarketData": []}})
    wanted = firm(marketData={"CME": "Depth"})
    settled.settled(wanted)
    assert settled.tasks(wanted) == {"update-market-data/carla.acme/CME": "open"}
    again(settled, wanted)
    settled.simulator.calm()
    other = firm(marketData={"CME": "TOB"})
    settled.settled(other)
    assert settled.simulator.users()["carla.acme"]["marketData"] == {"CME": "TOB"}


class TestAnotherForm:
    """T4 answers a change well, and shows another text."""

    def test_of_the_same_letters_and_digits_is_said_once_and_is_no_difference(
        self, settled: Stack, caplog: Any
    ) -> None:
        Portal(settled.simulator).habits(phoneDigits=True)
        changed = firm(phone="(555) 123-9999")
        settled.settled(changed)
        assert settled.simulator.users()["carla.acme"]["phone"] == "5551239999"
        assert caplog.text.count("T4 keeps another form of phone of carla.acme") == 1
        assert "5551239999" not in caplog.text
        assert not settled.drift(changed).differs
        again(settled, changed)
        assert settled.tasks(changed) == {}

    def test_that_came_with_the_user_is_no_difference_either(self, stack: Stack) -> None:
        Portal(stack.simulator).habits(phoneDigits=True)
        stack.settled(firm())
        assert not stack.drift(firm()).differs
        again(stack, firm())

    def test_of_other_letters_stays_open_and_is_not_sent_again(self, settled: Stack, caplog: Any) -> None:
        pretend(settled, "PATCH", "/admin/v1/users/")
        changed = firm(phone="555-000-0000")
        settled.settled(changed)
        assert caplog.text.count("T4 keeps another form") == 1
        assert settled.tasks(changed) == {PHONE: "open"}
        again(settled, changed)
        assert PHONE in settled.drift(changed).still_open
        settled.simulator.calm()
        settled.settled(firm(phone="555-000-0001"))
        assert settled.simulator.users()["carla.acme"]["phone"] == "555-000-0001"
        assert settled.tasks(firm(phone="555-000-0001")) == {PHONE: "done"}

    def test_that_the_firm_file_takes_over_closes_the_task(self, settled: Stack, caplog: Any) -> None:
        pretend(settled, "PATCH", "/admin/v1/users/")
        settled.settled(firm(city="Columbus OH"))
        assert "write it in the firm file as T4 has it" in caplog.text
        settled.settled(firm(city="Columbus"))
        settled.refresh()
        assert set(settled.tasks(firm(city="Columbus")).values()) == {"done"}

    def test_of_one_field_holds_up_no_other(self, settled: Stack) -> None:
        pretend(settled, "PATCH", "/admin/v1/users/")
        settled.settled(firm(phone="555-000-0000"))
        settled.simulator.calm()
        settled.simulator.forget_requests()
        settled.settled(firm(phone="555-000-0000", city="Dayton"))
        (sent,) = [call["body"] for call in settled.simulator.changes()]
        assert sent == {"city": "Dayton"}


class TestDeletedInThePortal:
    """Case deleted-in-portal: every call about her id answers 404, and then she departs."""

    @pytest.fixture
    def deleted(self, settled: Stack) -> Stack:
        Portal(settled.simulator).delete_user("dan.acme")
        return settled

    def test_who_is_gone_is_disabled(self, deleted: Stack) -> None:
        deleted.settled(firm("dan.acme"))
        assert deleted.tasks(firm("dan.acme")) == {END: "done"}
        made = firm()
        del made["users"]["dan.acme"]
        assert "User dan.acme" in deleted.settled(made).deleted

    def test_without_the_evidence_it_is_a_task_and_the_run_says_how_to_close_it(
        self, deleted: Stack, caplog: Any
    ) -> None:
        deleted.operations = without(deleted, "listUsers")
        done = deleted.up(firm("dan.acme"))
        assert not done.failed
        assert deleted.tasks(firm("dan.acme"))[DISABLE] == "open"
        assert f"look in the portal, then sign off {DISABLE}" in caplog.text

    def test_a_wrong_path_of_the_call_is_an_error_where_t4_shows_the_user(self, settled: Stack) -> None:
        settled.operations = without(settled, disableUser={"path": "/admin/v2/users/{userID}"})
        done = settled.up(firm("dan.acme"))
        assert "the operations file gives a wrong path" in done.failed["User dan.acme"]


def unread(stack: Stack, path: str, status: int) -> None:
    """T4 answers reads below this path with an error."""
    rule = {"match": {"method": "GET", "path": path}, "do": {"status": status, "body": "{}"}, "times": 1000}
    stack.simulator.fault(rule)


class TestTheReadBackFails:
    """T4 took the call, and did what was asked; that cannot be seen."""

    @pytest.mark.parametrize("status", [404, 403, 500])
    def test_the_step_is_asked_for_and_not_shown_until_a_later_run_reads_it(
        self, settled: Stack, status: int, caplog: Any
    ) -> None:
        leaving = firm("dan.acme")
        settled.operations = without(settled, "readMarketData")
        unread(settled, "/admin/v1/users", status)
        done = settled.up(leaving)
        assert not done.failed
        assert settled.simulator.users()["dan.acme"]["enabled"] is False
        assert settled.tasks(leaving)[DISABLE] == "open"
        assert ", and does not show it. " in caplog.text
        settled.simulator.forget_requests()
        settled.up(leaving)
        assert settled.tasks(leaving)[DISABLE] == "open"
        assert settled.simulator.changes() == [], "nothing is called again"
        settled.simulator.calm()
        assert "User dan.acme" in settled.preview(leaving).updated
        settled.settled(leaving)
        assert settled.tasks(leaving)[DISABLE] == "done"

    @pytest.mark.parametrize("template", ["DefaultTemplate", "OtherTemplate"])
    def test_an_account_is_created_once(self, stack: Stack, template: str) -> None:
        stack.settled(firm())
        two = firm(accounts=["70001", "70002"])
        unread(stack, "/admin/v1/accounts", 500)
        stack.up(two)
        assert stack.tasks(two)["create-account/70002"] == "open"
        assert stack.record("Account 70002")["made"] is False
        two["accounts"] = {"70002": {"templateAccount": template}}
        two["templates"]["accounts"] = ["DefaultTemplate", "OtherTemplate"]
        stack.up(two)
        created = [call for call in stack.simulator.changes() if call["path"] == "/admin/v1/accounts"]
        assert len(created) == 1
        stack.simulator.calm()
        stack.up(two)
        assert stack.record("Account 70002")["accountID"] == stack.simulator.accounts()["70002"]["accountID"]
        other = {"apply-template/70002": "open"} if template == "OtherTemplate" else {}
        told = {task: status for task, status in stack.tasks(two).items() if task.endswith("/70002")}
        assert told == {"create-account/70002": "done", f"assign-account/{FILL}/70002": "done", **other}
        stack.settled(two)
        created = [call for call in stack.simulator.changes() if call["path"] == "/admin/v1/accounts"]
        assert len(created) == 1


class TestTheFileTurnsBack:
    """T4 took the call, that could not be read, and now the file wants the contrary."""

    def test_an_account_that_may_be_enabled_is_to_be_disabled(self, settled: Stack) -> None:
        settled.operations = without(settled, "listAccounts")
        enabled = firm()
        enabled["accounts"] = {"70001": {"enabled": True}}
        unread(settled, "/admin/v1/accounts", 500)
        settled.up(enabled)
        assert settled.tasks(enabled)["enable-account/70001"] == "open"
        enabled["accounts"]["70001"]["enabled"] = False
        settled.up(enabled)
        assert settled.tasks(enabled)["disable-account/70001"] == "open"

    def test_an_account_that_may_be_unassigned_is_assigned_again(self, settled: Stack) -> None:
        excluding = firm()
        excluding["fillService"]["exclude"] = {"70003": "paper trading"}
        unread(settled, "/admin/v1/users", 500)
        settled.up(excluding)
        assert settled.tasks(excluding)[RELEASE] == "open"
        assert "70003" not in settled.simulator.users()[FILL]["accounts"]
        settled.up(firm())
        assert settled.tasks(firm())[f"assign-account/{FILL}/70003"] == "open"
        settled.simulator.calm()
        settled.up(firm())
        assert "70003" in settled.simulator.users()[FILL]["accounts"]

    def test_an_application_that_may_be_unassigned_is_assigned_again(self, settled: Stack) -> None:
        revoking = firm(applications=[], revoke={"applications": ["WhenTech"]})
        unread(settled, "/admin/v1/users", 500)
        settled.up(revoking)
        assert settled.tasks(revoking)["unassign-application/carla.acme/WhenTech"] == "open"
        assert settled.simulator.users()["carla.acme"]["applications"] == []
        settled.simulator.calm()
        settled.settled(firm())
        assert settled.simulator.users()["carla.acme"]["applications"] == ["WhenTech"]


class TestTheFileTurnsBackWhileACallIsQueued:
    """T4 took the call and shows that it is not done yet, so it may do it after the file has turned back."""

    def test_an_account_that_is_to_be_enabled_is_to_be_disabled(self, settled: Stack) -> None:
        said = firm()
        said["accounts"] = {"70001": {"enabled": True}}
        pretend(settled, "PATCH", "/admin/v1/accounts/", 202, QUEUED)
        settled.up(said)
        assert settled.tasks(said)["enable-account/70001"] == "open"
        said["accounts"]["70001"]["enabled"] = False
        settled.up(said)
        assert settled.tasks(said)["disable-account/70001"] == "open"

    def test_an_account_that_is_to_be_unassigned_is_assigned_again(self, settled: Stack) -> None:
        excluding = firm()
        excluding["fillService"]["exclude"] = {"70003": "paper trading"}
        pretend(settled, "DELETE", "/admin/v1/users/", 202, QUEUED)
        settled.up(excluding)
        assert settled.tasks(excluding)[RELEASE] == "open"
        settled.simulator.forget_requests()
        settled.simulator.calm()
        settled.settled(firm())
        asked = [call["method"] for call in settled.simulator.changes() if call["path"].endswith("/accounts")]
        assert asked == ["POST"], "once more, after what is queued"
        assert settled.fills(firm())["assigned"] == 2


class TestTheFileTurnsBackWhileTheAdministratorIsAsked:
    """The task was on the list, and nobody has said whether it was done, when the file wants the contrary."""

    @pytest.fixture
    def by_hand(self, stack: Stack) -> Stack:
        stack.operations = "onboarding"
        stack.up(firm())
        stack.attest(*(f"assign-account/{FILL}/{number}" for number in ("70001", "70003")))
        stack.settled(firm())
        assert stack.fills(firm())["assigned"] == 2
        return stack

    def test_an_account_is_assigned_again(self, by_hand: Stack) -> None:
        excluding = firm()
        excluding["fillService"]["exclude"] = {"70003": "paper trading"}
        by_hand.settled(excluding)
        assert by_hand.tasks(excluding)[RELEASE] == "open"
        by_hand.settled(firm())
        tasks = by_hand.tasks(firm())
        assert tasks[f"assign-account/{FILL}/70003"] == "open", "perhaps it was unassigned meanwhile"
        assert RELEASE not in tasks
        assert by_hand.fills(firm())["assigned"] == 1

    def test_where_t4_shows_it_nobody_is_asked(self, stack: Stack) -> None:
        stack.operations = without(stack, "unassignAccount")
        stack.settled(firm())
        excluding = firm()
        excluding["fillService"]["exclude"] = {"70003": "paper trading"}
        stack.settled(excluding)
        assert stack.tasks(excluding)[RELEASE] == "open"
        stack.simulator.forget_requests()
        stack.settled(firm())
        assert f"assign-account/{FILL}/70003" not in stack.tasks(firm())
        assert stack.simulator.changes() == []

    def test_where_t4_shows_the_state_nobody_is_asked(self, stack: Stack) -> None:
        stack.operations = without(stack, "enableAccount")
        said, task = firm(), "enable-account/70001"
        said["accounts"] = {"70001": {"enabled": True}}
        stack.settled(said)
        assert stack.tasks(said)[task] == "open"
        said["accounts"]["70001"]["enabled"] = False
        stack.settled(said)
        assert not {task, "disable-account/70001"} & stack.tasks(said).keys()
        recorded = stack.record("Account 70001")
        assert recorded["state"] == "Disabled"
        assert recorded["evidence"].startswith("T4 shows it: GET ")

    def test_an_account_is_enabled_again(self, by_hand: Stack) -> None:
        said, task = firm(), "enable-account/70001"
        said["accounts"] = {"70001": {"enabled": True}}
        by_hand.settled(said)
        by_hand.attest(task, *(f"assign-account/{FILL}/{number}" for number in ("70001", "70003")))
        by_hand.settled(said)
        assert by_hand.tasks(said)[task] == "attested"
        for enabled in (False, True):
            said["accounts"]["70001"]["enabled"] = enabled
            by_hand.settled(said)
        assert by_hand.tasks(said)[task] == "open", "perhaps it was disabled meanwhile"

    def test_an_application_is_assigned_again(self, by_hand: Stack) -> None:
        by_hand.settled(firm(applications=[], revoke={"applications": ["WhenTech"]}))
        by_hand.settled(firm())
        assert by_hand.tasks(firm())["assign-application/carla.acme/WhenTech"] == "open"


class TestByAList:
    """No operation reads one user or one account."""

    @pytest.fixture
    def listing(self, stack: Stack) -> Stack:
        stack.operations = without(stack, "readUser", "readAccount")
        stack.settled(firm())
        return stack

    def test_that_shows_otherwise_the_200_is_not_done(self, listing: Stack, caplog: Any) -> None:
        pretend(listing, "PATCH", "/admin/v1/users/")
        listing.settled(firm("dan.acme"))
        assert listing.tasks(firm("dan.acme"))[DISABLE] == "open"
        assert "T4 shows something else (GET /admin/v1/users: 200" in caplog.text

    def test_that_shows_it_it_is_done(self, listing: Stack) -> None:
        listing.settled(firm("dan.acme", accounts=["70001", "70002"]))
        assert listing.tasks(firm("dan.acme", accounts=["70001", "70002"])) == {END: "open"}

    def test_that_is_one_page_of_more_it_is_not_shown(self, listing: Stack, caplog: Any) -> None:
        Portal(listing.simulator).habits(pageSize=1)
        pages: dict[str, Any] = {"pages": None, "total": None}
        listing.operations = without(listing, "readUser", "readAccount", listUsers=pages, listAccounts=pages)
        two = firm("dan.acme", accounts=["70001", "70002"])
        listing.up(two)
        assert {listing.tasks(two)[task] for task in (DISABLE, "create-account/70002")} == {"open"}
        assert "that list does not say that it is complete" in caplog.text


def test_market_data_that_t4_does_not_name_is_not_shown(settled: Stack) -> None:
    settled.operations = without(settled, readMarketData="exchangeMarketData[?clearingExchange=='NONE']")
    wanted = firm(marketData={"CME": "Depth"})
    settled.up(wanted)
    assert settled.tasks(wanted) == {"update-market-data/carla.acme/CME": "open"}
    settled.operations = without(settled)
    settled.settled(wanted)
    assert settled.tasks(wanted) == {"update-market-data/carla.acme/CME": "done"}
