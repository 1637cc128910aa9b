"""That T4 does not show somebody is no evidence: a task stays open until T4 shows that it is done, or until
it is established that the user is gone."""

from typing import Any

import pytest

from tests.goals.firms import firm_of
from tests.providers.operations import only, without
from tests.providers.portal import Portal
from tests.providers.stack import Stack

DISABLE, END = "disable-user/dan.acme", "end-market-data/dan.acme/CME"
RELEASE = "unassign-account/WhenTechFillUser/70003"
"""Waits until Dan is disabled."""
OPEN = {DISABLE: "open", END: "open", RELEASE: "open"}


def firm(*departed: str) -> dict[str, Any]:
    made = firm_of(
        carla_acme={"accounts": ["70001"]},
        dan_acme={"accounts": ["70003"], "marketData": {"CME": "Depth"}},
    )
    for name in departed:
        made["users"][name]["departed"] = True
    return made


@pytest.fixture
def leaving(stack: Stack) -> Stack:
    """Dan departs, and no operation disables him: the administrator must, and has not."""
    stack.operations = without(stack, "disableUser")
    stack.settled(firm())
    stack.settled(firm("dan.acme"))
    assert stack.tasks(firm("dan.acme")) == OPEN
    return stack


def still_open(stack: Stack) -> None:
    """Reading changes nothing for Dan, neither in a refresh nor in a run after it, and he stays in T4."""
    stack.refresh()
    stack.up(firm("dan.acme"))
    assert stack.tasks(firm("dan.acme")) == OPEN
    assert "User dan.acme" in stack.state
    done = stack.up(firm_without_dan())
    assert DISABLE in done.failed["program"]


def firm_without_dan() -> dict[str, Any]:
    made = firm()
    del made["users"]["dan.acme"]
    return made


def test_one_page_of_a_longer_list_says_nothing_of_who_is_on_the_next(leaving: Stack) -> None:
    """Case partial-list: T4 answers page 1 of 2, and the operations know of no pages."""
    Portal(leaving.simulator).habits(pageSize=1)
    leaving.operations = only(leaving, "listUsers", "listAccounts", listUsers={"pages": None, "total": None})
    still_open(leaving)


def test_a_list_that_lacks_somebody_says_nothing_of_its_own(leaving: Stack) -> None:
    Portal(leaving.simulator).delete_user("dan.acme")
    for said in ({"total": None}, {}):
        leaving.operations = only(leaving, "listUsers", listUsers=said)
        still_open(leaving)


def test_all_pages_of_a_list_are_read(leaving: Stack) -> None:
    portal = Portal(leaving.simulator)
    portal.habits(pageSize=1)
    portal.change_user("dan.acme", enabled=False)
    leaving.operations = only(leaving, "listUsers")
    leaving.refresh()
    assert leaving.tasks(firm("dan.acme")) == {**OPEN, DISABLE: "done"}


def test_a_read_with_a_wrong_path_finds_nobody_and_is_said(leaving: Stack, caplog: Any) -> None:
    """Case wrong-path-404."""
    leaving.operations = only(leaving, "readUser", readUser={"path": "/admin/v2/users/{userID}"})
    still_open(leaving)
    assert "T4 did not show the user dan.acme, so nothing is changed" in caplog.text
    assert "is the path right?" in caplog.text
    live = leaving.live(firm("dan.acme"))
    (failed,) = live.failed
    assert failed.startswith("readUser could be read for nobody: T4 answered 404 every time (")
    assert failed.endswith("Is the path of readUser right in the operations file?")
    assert not [each for each in live.readings if each.drift]


def test_a_404_for_one_of_several_says_nothing_of_its_own(leaving: Stack) -> None:
    Portal(leaving.simulator).delete_user("dan.acme")
    leaving.operations = only(leaving, "readUser", "readMarketData")
    still_open(leaving)
    unverified = leaving.drift(firm("dan.acme")).unverified
    assert "users that T4 did not show" in {fact.what for fact in unverified}


def test_a_complete_list_and_a_wrong_path_do_not_make_somebody_gone(leaving: Stack) -> None:
    Portal(leaving.simulator).delete_user("dan.acme")
    leaving.operations = only(leaving, "listUsers", "readUser", readUser={"path": "/admin/v2/users/{userID}"})
    still_open(leaving)


def test_who_was_deleted_in_the_portal_is_gone_where_list_and_read_agree(leaving: Stack) -> None:
    """Case deleted-in-portal, with the evidence."""
    Portal(leaving.simulator).delete_user("dan.acme")
    leaving.refresh()
    assert leaving.tasks(firm("dan.acme")) == {DISABLE: "done", END: "done", RELEASE: "open"}
    closed = leaving.record("User dan.acme")["tasks"][DISABLE]["closed"]
    assert closed.startswith("T4 shows it: gone: it is not in the complete list (GET /admin/v1/users: 200")
    assert "404" in closed
    leaving.settled(firm("dan.acme"))
    assert "User dan.acme" in leaving.settled(firm_without_dan()).deleted


def test_who_is_deleted_and_has_not_departed_is_drift(stack: Stack) -> None:
    stack.settled(firm())
    Portal(stack.simulator).delete_user("dan.acme")
    stack.operations = only(stack, "listUsers", "readUser")
    (difference,) = stack.drift(firm()).administrator
    assert difference.words == "T4 no longer shows the user dan.acme"
    stack.operations = only(stack, "listUsers")
    assert not stack.drift(firm()).differs


def test_market_data_that_t4_does_not_name_is_not_known_to_have_ended(leaving: Stack) -> None:
    subscribed = (
        "exchangeMarketData[?marketDataType == 'TOB'].{clearingExchange: clearingExchange, "
        "marketDataType: marketDataType}"
    )
    leaving.operations = without(leaving, "disableUser", readMarketData=subscribed)
    leaving.refresh()
    assert leaving.tasks(firm("dan.acme"))[END] == "open"
    leaving.operations = without(leaving, "disableUser")
    Portal(leaving.simulator).end_subscription("dan.acme", "CME")
    leaving.refresh()
    assert leaving.tasks(firm("dan.acme"))[END] == "done"


def test_an_account_that_no_complete_list_lacks_is_not_missing(stack: Stack) -> None:
    """A 404 for the account, and an incomplete list without it, are no reason to ask for it again."""
    stack.settled(firm())
    Portal(stack.simulator).habits(pageSize=1)
    stack.operations = only(
        stack,
        "listAccounts",
        "readAccount",
        listAccounts={"pages": None},
        readAccount={"path": "/admin/v2/accounts/{accountID}"},
    )
    assert not [each for each in stack.live(firm()).readings if each.drift]
