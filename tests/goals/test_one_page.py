"""The questions at the top of the firm on one page, and what a fact says of who says so."""

from dataclasses import replace

import pytest

from t4firm.reports.coverage import Coverage
from t4firm.reports.facts import FILE, STATE, T4, Fact, fact
from t4firm.reports.hidden import Hidden
from t4firm.reports.one_page import OnePage, ToDo, UserRow, about, in_order
from tests.browser.pages import ONBOARDED, SIGNED, firm, trader

FILL = replace(trader("WhenTechFillUser", "FILL0001"), is_fill_user=True)
CAPTURED = Coverage("11111", "captured", ONBOARDED)
UNSIGNED = Hidden("whether the agreements are signed", "T4 asks at the first login", "write `eula`")


def page(*users: UserRow, **more: object) -> OnePage:
    return replace(firm(0), **{"users": users, "others": (), "to_do": (), "alarms": (), **more})  # type: ignore[arg-type]


def answers(page: OnePage) -> list[tuple[str, str]]:
    return [(each.answer, each.tone) for each in page.questions]


def test_who_says_so_and_since_when_stand_in_the_evidence() -> None:
    assert fact("in T4", "good", ONBOARDED) == Fact("in T4", "good", T4, "2026-11-20", ONBOARDED)
    signed = fact("signed", "good", SIGNED)
    assert (signed.by, signed.since, signed.is_signed_off) == (
        "A. Administrator (ticket 4711)",
        "2026-11-21",
        True,
    )
    assert fact("in T4", "good", "").by == "", "without evidence nobody says so"
    assert fact("assigned", "open", "recorded by an earlier version").by == STATE


def test_a_firm_for_which_all_is_well_says_so() -> None:
    well = page(FILL, trader("trader.a", "11111"), coverage=(CAPTURED,))
    assert answers(well) == [("Yes", "good"), ("Yes", "good"), ("Nothing", "good"), ("Nothing", "good")]
    assert well.questions[0].words == "1 of 1 accounts captured, 0 open."
    assert well.questions[3].words == "2 rest on a sign-off alone."


def test_what_is_assigned_is_not_captured_and_the_tasks_that_are_missing_are_named() -> None:
    missing = ("hand-over-credentials/WhenTechFillUser",)
    seen = page(FILL, coverage=(Coverage("11111", "assigned", missing[0]),), missing=missing).questions[0]
    assert (seen.answer, seen.tone, seen.items) == ("No", "open", missing)
    assert seen.words == (
        "0 of 1 accounts captured, 1 assigned, 0 open. Assigned accounts are captured when these "
        "tasks are closed."
    )


@pytest.mark.parametrize("state", ["open", "unmanaged"])
def test_an_account_that_nobody_captures_is_worse(state: str) -> None:
    lost = Coverage("77777", state, "nobody")  # type: ignore[arg-type]
    seen = page(FILL, coverage=(CAPTURED, lost)).questions[0]
    assert (seen.answer, seen.tone, seen.items) == ("No", "bad", (f"77777: {state}, nobody",))


def test_who_cannot_trade_is_named_and_so_is_of_whom_nobody_can_see_it() -> None:
    unseen = Fact("not shown", "unknown", unseen=(UNSIGNED,))
    stopped = Fact("no", "open", tasks=("enable-account/33333",))
    users = (
        trader("trader.a", "11111"),
        trader("trader.b", "22222", trades=unseen),
        trader("trader.c", "33333", trades=stopped),
        trader("trader.d", "44444", trades=Fact("not meant to", by=FILE)),
        replace(trader("trader.e", "55555", trades=stopped), departed=True),
    )
    asked = page(*users).questions[1]
    assert (asked.answer, asked.tone) == ("No", "open")
    assert asked.words == "1 of 3 can, 1 cannot, 1 not shown; 1 should not."
    assert asked.items == (
        "trader.c: enable-account/33333",
        "trader.b: whether the agreements are signed",
    )
    assert answers(page(*users[:2]))[1] == ("Not shown", "unknown")


def test_a_firm_without_traders_or_a_fill_service_is_asked_nothing_of_them() -> None:
    assert answers(page())[:2] == [("-", "plain"), ("-", "plain")]


def test_open_tasks_are_counted_by_where_they_are_done() -> None:
    to_do = (
        ToDo("assign-account/x/1", "Users", "Assign it", "open", "2026-11-21"),
        ToDo("enable-account/1", "Accounts", "Enable it", "open", "2026-11-20"),
        ToDo("enable-account/2", "Accounts", "Enable it", "planned"),
    )
    asked = page(to_do=to_do).questions[2]
    assert (asked.answer, asked.words) == ("3", "The oldest is from 2026-11-20.")
    assert asked.items == ("Users: 1", "Accounts: 2")


def test_what_nobody_can_see_is_said_once_with_the_users() -> None:
    agreements = Fact("T4 asks at the first login", "unknown", unseen=(UNSIGNED,))
    users = [
        replace(trader(name, name), agreements=agreements, trades=replace(agreements, text="not shown"))
        for name in ("trader.a", "trader.b")
    ]
    asked = page(*users, unread=("not read: T4 is down",)).questions[3]
    assert asked.answer == "3 facts"
    assert asked.items == (
        "whether the agreements are signed (trader.a, trader.b): T4 asks at the first login. To see it: "
        "write `eula`.",
        "not read: T4 is down",
    )


def test_the_fill_user_comes_first_and_who_departed_last() -> None:
    gone = replace(trader("a.gone", "1"), departed=True)
    users = in_order([gone, trader("trader.a", "2"), FILL])
    assert [user.username for user in users] == ["WhenTechFillUser", "trader.a", "a.gone"]


def test_what_follows_from_facts_is_as_old_as_the_newest() -> None:
    follows = about([fact("in T4", "good", ONBOARDED), fact("signed", "good", SIGNED)], "yes", "good")
    assert (follows.text, follows.by, follows.since) == (
        "yes",
        "A. Administrator (ticket 4711)",
        "2026-11-21",
    )
