"""What one version of a file says otherwise than the one before, as history tells it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from t4firm.history.events import Event
from t4firm.history.file_changes import FileChange, attested_changes, firm_changes
from t4firm.history.owners import users_of_accounts, with_users
from t4firm.history.whole_entries import folded
from tests.goals.firms import firm_of, load

FILL = "WhenTechFillUser"


def told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.kind, each.what, each.about) for each in firm_changes(before, after)]


def one(**more: Any) -> dict[str, Any]:
    return firm_of(trader_a={"accounts": ["11111"], **more})


def test_who_comes_is_told_with_what_the_person_may_do_and_not_with_who_it_is() -> None:
    before, after = one(), firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    assert told(before, after) == [
        ("came", "users.trader.b came", ("trader.b",)),
        ("changed", "users.trader.b.accounts: 33333 added", ("trader.b", "33333")),
        ("changed", "users.trader.b.applications: WhenTech added", ("trader.b",)),
    ]


def test_whoever_comes_or_leaves_is_one_change() -> None:
    """With all that the entry says of what the person may do; other changes of the commit stay by
    themselves."""
    firm = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"], "departed": True})
    came, limit = folded(firm_changes(one(), {**firm, "limits": {"newUsers": 99}}))
    words = "users.trader.b came, with accounts 33333; applications WhenTech; departed True"
    assert (came.kind, came.what, came.about) == ("came", words, ("trader.b", "33333"))
    assert limit.kind == "exception"
    [left] = [each for each in folded(firm_changes(firm, one())) if each.kind == "left"]
    assert left.what == words.replace("came, with", "left, which had")


def test_a_fill_user_comes_as_a_person_does() -> None:
    before, after = one(), one()
    before["fillService"] = {key: value for key, value in before["fillService"].items() if key != "user"}
    [came] = folded(firm_changes(before, after))
    assert (came.kind, came.about) == ("came", (FILL,))
    assert came.what.startswith("fillService.user came, with account FILL0001; ")


def test_what_only_one_parent_of_a_merge_lacks_stays_a_change() -> None:
    """The entry did not come with the merge: then nothing is folded into it."""
    _, *parts = firm_changes(
        one(), firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    )
    assert folded(parts) == tuple(parts)


def test_an_account_is_part_of_the_history_of_its_users(tmp_path: Path) -> None:
    """Of those who have it, and of those who had it by an earlier version; not of who captures its fills."""
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111"]}))
    earlier = folded(firm_changes(one(), firm_of(trader_b={"accounts": ["11111", "33333"]})))
    users = users_of_accounts(firm, earlier)
    captured = Event("2026-11-20", "shown", "captured", (FILL, "11111"), "T4")
    assert with_users(captured, users).about == (FILL, "11111", "trader.a", "trader.b")
    assert with_users(replace(captured, about=(FILL, "33333")), users).about == (FILL, "33333", "trader.b")
    alone = replace(captured, about=(FILL,))
    assert with_users(alone, users) is alone


def test_who_leaves_is_told_with_what_goes() -> None:
    before, after = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]}), one()
    kinds = [(kind, what) for kind, what, _ in told(before, after)]
    assert kinds[0] == ("left", "users.trader.b left")
    assert ("changed", "users.trader.b.accounts: 33333 removed") in kinds


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"departed": True}, "users.trader.a.departed: True"),
        ({"marketData": {"CME": "Depth"}}, "users.trader.a.marketData.CME: Depth"),
        ({"phone": "555-999-9999"}, "users.trader.a.phone changed"),
        ({"revoke": {"accounts": ["22222"]}}, "users.trader.a.revoke.accounts: 22222 added"),
    ],
)
def test_a_change_of_an_entry_is_told_with_its_field(change: dict[str, Any], what: str) -> None:
    assert [each[1] for each in told(one(), one(**change))] == [what]


def test_no_value_of_a_personal_detail_is_told() -> None:
    before, after = one(), one(phone="555-999-9999", lastname="Nevada", street="9 Hidden Lane")
    after["defaults"]["user"]["city"] = "Reno"
    after["fillService"]["user"]["email"] = "hidden@example.com"
    words = " ".join(each.what for each in firm_changes(before, after))
    for value in ("555-999-9999", "Nevada", "Hidden", "Reno", "hidden@example.com"):
        assert value not in words
    assert "defaults.user.city changed" in words


def test_what_lets_something_pass_is_an_exception() -> None:
    before, after = one(), one()
    before["limits"] = {"newUsers": 25, "departures": 3}
    after["limits"] = {"newUsers": 40, "departures": 2, "marketData": 80}
    after["fillService"]["exclude"] = {"11111": "paper trading"}
    after["accepted"] = {"update-user/trader.a/phone": {"reason": "soon", "until": "2026-12-31"}}
    exceptions = [(what, about) for kind, what, about in told(before, after) if kind == "exception"]
    assert exceptions == [
        (
            "difference accepted: accepted.update-user/trader.a/phone.reason: soon",
            ("trader.a", "update-user/trader.a/phone"),
        ),
        (
            "difference accepted: accepted.update-user/trader.a/phone.until: 2026-12-31",
            ("trader.a", "update-user/trader.a/phone"),
        ),
        ("fills not captured: fillService.exclude.11111: paper trading", (FILL, "11111")),
        ("limit raised: limits.marketData: 80", ()),
        ("limit raised: limits.newUsers: 25, now 40", ()),
    ], "departures: 2 is lower, so no exception"


@pytest.mark.parametrize(
    ("old", "new", "raised"),
    [(None, 25, False), (None, 26, True), ("10%", "20%", True), ("20%", "10%", False), (3, "50%", True)],
)
def test_a_limit_is_raised_where_it_allows_more_or_nobody_can_tell(old: Any, new: Any, raised: bool) -> None:
    before, after = one(), one()
    before["limits"] = {} if old is None else {"newUsers": old}
    after["limits"] = {"newUsers": new}
    assert [kind for kind, _, _ in told(before, after)] == ["exception" if raised else "changed"]


def test_a_line_of_the_attested_file_is_signed_off_changed_or_taken_back() -> None:
    line = {"task": f"assign-account/{FILL}/11111", "by": "A. Admin", "on": "2026-11-20"}
    assert [*attested_changes([], [line])] == [
        FileChange(
            "signed off",
            line["task"],
            (FILL, "11111", line["task"]),
            "A. Admin",
            f"2026-11-20, by A. Admin: {line['task']}",
        )
    ]
    assert [each.kind for each in attested_changes([line], [])] == ["withdrawn"]
    again = [each.kind for each in attested_changes([line], [{**line, "note": "ticket 4711"}])]
    assert again == ["signed off", "withdrawn"]


def test_files_of_another_form_break_nothing() -> None:
    """Versions of long ago, and versions with mistakes, are compared as far as they can be read."""
    assert told({}, {"users": None, "accounts": {}, "firm": "X"}) == [("changed", "firm: X", ())]
    assert [*attested_changes(["no line"], [{"task": "no/such"}])] == [
        FileChange("signed off", "no/such", ("no/such",), "", ", by : no/such")
    ]


@pytest.mark.parametrize("odd", [["x"], "x", 7, True, [{"lastname": "Nevada"}], [["Nevada"]]])
@pytest.mark.parametrize(
    "part", ["users", "accounts", "fillService", "limits", "accepted", "defaults", "attested"]
)
def test_a_part_of_another_form_breaks_nothing_and_tells_nobodys_name(part: str, odd: Any) -> None:
    for before, after in ((one(), one() | {part: odd}), (one() | {part: odd}, one()), ({}, {part: odd})):
        words = " ".join(each.what for each in firm_changes(before, after))
        assert "Nevada" not in words
    nested = one() | {"users": {"trader.a": odd}, "fillService": {"user": odd, "exclude": odd}}
    assert "Nevada" not in " ".join(each.what for each in firm_changes(one(), nested))
    assert told(one(), {**one(), "users": ["x"]})[0] == ("left", "users.trader.a left", ("trader.a",))
