"""What one version of a file says otherwise than the one before, as history tells it."""

from typing import Any

import pytest

from t4firm.history.file_changes import FileChange, attested_changes, firm_changes
from tests.goals.firms import firm_of

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
