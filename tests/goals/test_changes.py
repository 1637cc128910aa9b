"""What the change of one resource brings, from both sides alone: no engine, no T4, no state."""

from dataclasses import replace

import pytest

from t4firm.plan.changes import Change, change_of
from t4firm.plan.limits import LimitUse
from t4firm.plan.said import AccountSaid, AssignmentSaid, FirmSaid, Said, UserSaid

USER = UserSaid(
    username="trader.a",
    first="11111",
    details={"phone": "555-1", "country": "US"},
    password_version=1,
    market_data={"CME": "TOB"},
    eula={},
    is_fill_user=False,
    departed=False,
    revoked=(),
)
ACCOUNT = AccountSaid(
    account="22222", owner="trader.a", names={"accountName": "Ann"}, enabled=None, revoked_from=()
)
GIVEN = AssignmentSaid(present=True, unassign="unassign-account/trader.b/22222")
FIRM = FirmSaid(roster={"trader.a": "active"}, gone=(), history={}, limits=(), identity="live of Example")

BROUGHT: dict[str, tuple[Said | None, Said, set[str]]] = {
    "a new user": (None, USER, set()),
    "nothing": (USER, USER, set()),
    "details": (USER, replace(USER, details={"phone": "555-2"}), {"update-user/trader.a/phone"}),
    "password": (USER, replace(USER, password_version=2), {"update-user/trader.a/password"}),
    "the fill user's password": (
        replace(USER, is_fill_user=True),
        replace(USER, is_fill_user=True, password_version=2),
        {"update-user/trader.a/password", "hand-over-credentials/trader.a"},
    ),
    "other market data": (
        USER,
        replace(USER, market_data={"CBOT": "TOB"}),
        {"update-market-data/trader.a/CBOT", "end-market-data/trader.a/CME"},
    ),
    "an EULA": (USER, replace(USER, eula={"eulaVersion": "2"}), {"sign-eula/trader.a"}),
    "an EULA that is no longer said": (replace(USER, eula={"eulaVersion": "2"}), USER, set()),
    "a departure": (
        USER,
        replace(USER, departed=True, details={"phone": "555-2"}, eula={"eulaVersion": "2"}),
        {"disable-user/trader.a", "end-market-data/trader.a/CME"},
    ),
    "a return": (replace(USER, departed=True), USER, {"enable-user/trader.a"}),
    "a first account that is revoked": (USER, replace(USER, first="33333", revoked=("11111",)), set()),
    "a first account that was revoked": (
        replace(USER, first_taken=True),
        replace(USER, first="33333"),
        set(),
    ),
    "names": (
        ACCOUNT,
        replace(ACCOUNT, names={"accountName": "Bea"}),
        {"update-account/22222/accountName"},
    ),
    "enabled": (ACCOUNT, replace(ACCOUNT, enabled=True), {"enable-account/22222"}),
    "disabled": (ACCOUNT, replace(ACCOUNT, enabled=False), {"disable-account/22222"}),
    "a state that nobody decides any more": (replace(ACCOUNT, enabled=True), ACCOUNT, set()),
    "another owner after a departure": (replace(ACCOUNT, departed=True), replace(ACCOUNT, owner="b"), set()),
    "another owner after a loss": (
        ACCOUNT,
        replace(ACCOUNT, owner="b", revoked_from=("trader.a",)),
        set(),
    ),
    "an account revoked": (GIVEN, replace(GIVEN, present=False), {GIVEN.unassign}),
    "an account given back": (replace(GIVEN, present=False), GIVEN, set()),
}


@pytest.mark.parametrize("what", BROUGHT)
def test_a_change_brings_its_tasks_and_no_other(what: str) -> None:
    before, now, tasks = BROUGHT[what]
    assert (set(change_of(before, now).tasks), change_of(before, now).refusals) == (tasks, ())


REFUSED: dict[str, tuple[Said | None, Said, str]] = {
    "another first account": (USER, replace(USER, first="33333"), "was created with account 11111"),
    "another owner": (ACCOUNT, replace(ACCOUNT, owner="trader.b"), "belongs to trader.a"),
    "removed without departing": (
        FIRM,
        replace(FIRM, roster={}, gone=("trader.a",), history={"trader.a": ("disable-user/trader.a",)}),
        "Keep the sign-offs of trader.a in the attested file (disable-user/trader.a)",
    ),
    "renamed": (FIRM, replace(FIRM, identity="prod of Example"), 't4:identity "live of Example"'),
    "over a limit": (None, replace(FIRM, limits=(LimitUse("newUsers", 3, 2),)), "limits: {newUsers: 3}"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_with_what_to_write(what: str) -> None:
    before, now, words = REFUSED[what]
    change = change_of(before, now)
    assert change.tasks == ()
    assert len(change.refusals) == 1
    assert words in change.refusals[0]


def test_who_was_never_made_may_go_unless_a_run_may_have_asked_for_it() -> None:
    nobody = replace(FIRM, roster={})
    assert change_of(FIRM, nobody) == Change()
    asked = change_of(FIRM, nobody, {"trader.a": "journal/user-1"}.__getitem__)
    assert "delete journal/user-1" in asked.refusals[0]


def test_a_user_who_departed_may_go() -> None:
    assert change_of(replace(FIRM, roster={"trader.a": "departed"}), replace(FIRM, roster={})) == Change()


def test_a_limit_may_be_used_up() -> None:
    assert change_of(None, replace(FIRM, limits=(LimitUse("departures", 2, 2),))) == Change()


def test_a_change_tells_what_the_administrator_does() -> None:
    change = Change(("sign-eula/trader.a", "disable-user/trader.a"))
    assert change.by_hand({"sign-eula": "api"}) == ["disable-user/trader.a"]
