"""What somebody changed in the portal: found, said in the domain's words, mended or listed, and found no
more."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from t4firm.reports.drift import Drift
from tests.engine.project import Simulator
from tests.goals.firms import comes_with_a_user, firm_of
from tests.providers.operations import only, without
from tests.providers.portal import Portal
from tests.providers.stack import FULL, Stack, today

FILL = "WhenTechFillUser"


def firm(**more: Any) -> dict[str, Any]:
    """Two traders; trader.a has two accounts, the first of them enabled, and market data."""
    made = firm_of(
        trader_a={"accounts": ["11111", "22222"], "marketData": {"CME": "Depth"}},
        trader_b={"accounts": ["33333"]},
    )
    made["accounts"] = {"11111": {"enabled": True}, "22222": {"displayName": "Ann's second"}}
    return made | more


def accepting(task: str, days: int = 1) -> dict[str, Any]:
    """The firm with one accepted difference, for some days from today on."""
    until = datetime.now(UTC).date() + timedelta(days=days)
    return firm(accepted={task: {"reason": "agreed with the desk", "until": until.isoformat()}})


@pytest.fixture
def portal(stack: Stack) -> Portal:
    return Portal(stack.simulator)


Change = Callable[[Portal], None]

BY_API: dict[str, tuple[Change, str]] = {
    "update-user/trader.a/phone": (
        lambda portal: portal.change_user("trader.a", phone="555-000-1111"),
        "phone of trader.a differs",
    ),
    "assign-application/trader.a/WhenTech": (
        lambda portal: portal.take_application("trader.a", "WhenTech"),
        "trader.a lost WhenTech in T4",
    ),
    f"assign-account/{FILL}/33333": (
        lambda portal: portal.unassign(FILL, "33333"),
        "account 33333 is not captured",
    ),
    "assign-account/trader.a/22222": (
        lambda portal: portal.unassign("trader.a", "22222"),
        "trader.a lost account 22222 in T4",
    ),
    "update-market-data/trader.a/CME": (
        lambda portal: portal.subscribe("trader.a", "CME", "TOB"),
        "market data of trader.a for CME is TOB in T4",
    ),
    "enable-account/11111": (
        lambda portal: portal.change_account("11111", enabled="Disabled"),
        "account 11111 is disabled in T4",
    ),
    "update-account/22222/displayName": (
        lambda portal: portal.change_account("22222", displayName="Somebody else's"),
        "displayName of account 22222 differs",
    ),
}
"""Task -> what brings it, and the words for it, where an operation mends it."""

BY_HAND: dict[str, tuple[Change, str]] = {
    "enable-user/trader.b": (
        lambda portal: portal.change_user("trader.b", enabled=False),
        "trader.b is disabled in T4",
    ),
    "end-market-data/trader.b/CME": (
        lambda portal: portal.subscribe("trader.b", "CME", "Depth"),
        "trader.b still has market data of CME. It is billed",
    ),
    "declare-account/trader.b/55555": (
        lambda portal: portal.make_account("trader.b", "55555"),
        "T4 lists account 55555 under trader.b, but the firm file does not",
    ),
    f"declare-account/{FILL}/66666": (
        lambda portal: portal.make_account(FILL, "66666"),
        f"T4 lists account 66666 under {FILL}, but the firm file does not",
    ),
    "disable-account/FILL0001": (
        lambda portal: portal.change_account("FILL0001", enabled="Enabled", preTradeDisabled=False),
        "account FILL0001 is enabled in T4",
    ),
}
"""The same, where the administrator must."""

VIOLATIONS: dict[str, tuple[Change, str]] = {
    f"remove-role/{FILL}/Trading": (
        lambda portal: portal.give_role(FILL, "Trading"),
        f"{FILL} has Trading",
    ),
    f"unassign-application/{FILL}/WhenTech": (
        lambda portal: portal.give_application(FILL, "WhenTech"),
        f"{FILL} has WhenTech",
    ),
    "unassign-application/trader.b/WhenTechFills": (
        lambda portal: portal.give_application("trader.b", "WhenTechFills"),
        "trader.b has WhenTechFills",
    ),
}

NO_DIFFERENCE: dict[str, Change] = {
    "accountName, which a back-office import overwrites": lambda portal: portal.change_account(
        "11111", accountName="imported"
    ),
    "displayName, returned empty": lambda portal: portal.change_account("22222", displayName=""),
    "the state of an account about which nobody has decided": lambda portal: portal.change_account(
        "33333", enabled="Enabled"
    ),
}
"""What the file leaves open, or t4.md says is none."""


def found(drift: Drift) -> dict[str, str]:
    """Task -> words of every difference."""
    groups = (drift.violations, drift.contradicted, drift.api, drift.administrator)
    return {each.task: each.words for group in groups for each in group}


def open_before(drift: Drift) -> list[str]:
    """The tasks that were open before, without those that come with every user."""
    return [task for task in drift.still_open if not comes_with_a_user(task)]


@pytest.mark.parametrize("task", BY_API)
def test_what_an_operation_mends_is_mended_by_the_next_up(stack: Stack, portal: Portal, task: str) -> None:
    change, words = BY_API[task]
    stack.settled(firm())
    for _ in range(2):
        change(portal)
        drift = stack.drift(firm())
        assert (found(drift), [each.task for each in drift.api]) == ({task: words}, [task])
        stack.refresh()
        assert stack.refresh() == [], "the same is found once"
        assert stack.settled(firm()).tasks[task] == "done"
        assert not stack.drift(firm()).differs


@pytest.mark.parametrize("task", BY_HAND)
def test_what_none_mends_is_the_administrators_and_no_news_after_an_up(
    stack: Stack, portal: Portal, task: str
) -> None:
    change, words = BY_HAND[task]
    stack.settled(firm())
    change(portal)
    drift = stack.drift(firm())
    assert (found(drift), [each.task for each in drift.administrator]) == ({task: words}, [task])
    stack.refresh()
    assert len(stack.preview(firm()).changed) == 1, "the preview shows it"
    done = stack.settled(firm())
    assert done.tasks == {task: "open"}
    again = stack.drift(firm())
    assert (again.differs, open_before(again)) == (False, [task])
    stack.attest(task, on=today())
    assert stack.settled(firm()).tasks == {task: "attested"}


@pytest.mark.parametrize("task", VIOLATIONS)
def test_a_violation_is_said_first_and_as_long_as_it_is_there(
    stack: Stack, portal: Portal, task: str
) -> None:
    change, words = VIOLATIONS[task]
    stack.operations = only(stack, "readUser")
    stack.attest(*(f"assign-account/{FILL}/{number}" for number in ("11111", "33333")))
    stack.settled(firm())
    change(portal)
    stack.refresh()
    stack.up(firm())
    for _ in range(2):
        (violation,) = stack.drift(firm()).violations
        assert (violation.task, violation.words) == (task, words)
        stack.refresh()
    stack.operations = FULL
    stack.settled(firm())
    assert not stack.drift(firm()).differs


@pytest.mark.parametrize("what", NO_DIFFERENCE)
def test_what_the_file_leaves_open_is_no_difference(stack: Stack, portal: Portal, what: str) -> None:
    stack.settled(firm())
    NO_DIFFERENCE[what](portal)
    assert found(stack.drift(firm())) == {}
    assert stack.preview(firm()).changed == []


def test_personal_values_are_recorded_with_the_person_alone_and_told_to_nobody(
    stack: Stack, portal: Portal
) -> None:
    """The engine keeps `person` secret, and `was`, which has the old value while the task is open."""
    stack.operations = only(stack, "readUser")
    stack.settled(firm())
    portal.change_user("trader.a", phone="555-000-1111", street="9 Hidden Lane")
    assert "9 Hidden Lane" not in str(stack.drift(firm()))
    stack.refresh()
    secret = {"person", "was"}
    for _ in range(2):
        for props in (stack.record("User trader.a"), stack.state["User trader.a"].inputs):
            told = {name: value for name, value in props.items() if name not in secret}
            assert "9 Hidden Lane" not in str(told)
            assert "555-000-1111" not in str(told)
        stack.settled(firm())
    assert stack.record("User trader.a")["was"] == {"phone": "555-000-1111", "street": "9 Hidden Lane"}
    assert stack.refresh() == [], "an open task is no news"


class TestUnfiled:
    """A trader gets an account behind the file's back."""

    TASK = "declare-account/trader.b/55555"

    def test_it_is_recorded_until_the_file_has_it(self, stack: Stack, portal: Portal) -> None:
        stack.settled(firm())
        portal.make_account("trader.b", "55555")
        stack.refresh()
        stack.settled(firm())
        assert stack.record("User trader.b")["unmanaged"] == ["55555"]
        filed = firm()
        filed["users"]["trader.b"]["accounts"] = ["33333", "55555"]
        stack.settled(filed)
        assert "unmanaged" not in stack.record("User trader.b")
        assert self.TASK not in stack.tasks(filed)
        assert "55555" in stack.simulator.users()[FILL]["accounts"], "now its fills are captured"
        assert not stack.drift(filed).differs

    def test_or_until_t4_no_longer_shows_it(self, stack: Stack, portal: Portal) -> None:
        stack.settled(firm())
        portal.make_account("trader.b", "55555")
        stack.refresh()
        stack.settled(firm())
        portal.unassign("trader.b", "55555")
        assert stack.refresh() == ["User trader.b"]
        assert "unmanaged" not in stack.record("User trader.b")
        assert stack.tasks(firm()) == {self.TASK: "done"}
        assert "(request " in stack.record("User trader.b")["tasks"][self.TASK]["closed"]
        assert stack.preview(firm()).changed == []

    def test_a_risk_manager_sees_every_account(self, stack: Stack, portal: Portal) -> None:
        made = firm()
        made["fillService"] |= {"capture": "riskManager"}
        made["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
        stack.settled(made)
        portal.assign(FILL, "33333")
        assert not stack.drift(made).differs

    def test_an_account_of_a_colleague_is_one_that_the_file_does_not_give(
        self, stack: Stack, portal: Portal
    ) -> None:
        stack.settled(firm())
        portal.assign("trader.b", "11111")
        assert list(found(stack.drift(firm()))) == ["declare-account/trader.b/11111"]


class TestGone:
    """T4 does not have what it had: its list says that it is complete and lacks it, and a read of it alone
    answers 404."""

    def forget(self, stack: Stack, what: str, key: str, identity: str) -> None:
        """T4 knows one of its `users` or `accounts` no longer, until it is calm again."""
        place = f"/admin/v1/{what}"
        data = stack.simulator.admin("GET", place)["data"]
        data[what] = [entry for entry in data[what] if entry[key] != identity]
        data["totalCount"] = len(data[what])
        stack.simulator.fault(
            {
                "match": {"method": "GET", "path": f"{place}/{identity}"},
                "do": {"status": 404},
                "times": 1000,
            },
            {
                "match": {"method": "GET", "path": f"{place[:-1]}[s]"},
                "do": {"status": 200, "body": json.dumps({"data": data})},
                "times": 1000,
            },
        )

    def test_a_user_is_made_again_by_the_administrator(self, stack: Stack) -> None:
        stack.settled(firm())
        user_id = stack.simulator.users()["trader.b"]["userID"]
        self.forget(stack, "users", "userID", user_id)
        assert found(stack.drift(firm())) == {"enable-user/trader.b": "T4 no longer shows the user trader.b"}
        stack.refresh()
        assert "User trader.b" in stack.state
        stack.simulator.calm()
        stack.refresh()
        assert stack.tasks(firm()) == {"enable-user/trader.b": "done"}

    def test_one_who_has_departed_is_what_the_file_wants(self, stack: Stack) -> None:
        stack.settled(firm())
        leaving = firm()
        leaving["users"]["trader.a"]["departed"] = True
        stack.settled(leaving)
        assert stack.tasks(leaving)["end-market-data/trader.a/CME"] == "open"
        self.forget(stack, "users", "userID", stack.simulator.users()["trader.a"]["userID"])
        stack.refresh()
        assert set(stack.tasks(leaving).values()) == {"done"}
        assert not stack.drift(leaving).differs

    def test_an_account_is_brought_back_by_the_administrator(self, stack: Stack) -> None:
        stack.settled(firm())
        self.forget(stack, "accounts", "accountID", stack.simulator.accounts()["22222"]["accountID"])
        assert found(stack.drift(firm())) == {"restore-account/22222": "T4 no longer shows account 22222"}
        stack.refresh()
        assert stack.settled(firm()).tasks == {"restore-account/22222": "open"}
        stack.simulator.calm()
        stack.refresh()
        assert stack.tasks(firm()) == {"restore-account/22222": "done"}


class TestMadeByHand:
    """The administrator did what was asked for; T4 shows it, and nobody need sign."""

    def test_an_account_that_t4_shows_under_its_owner_is_made(self, stack: Stack, portal: Portal) -> None:
        stack.operations = without(stack, "createAccount")
        stack.settled(firm())
        assert stack.tasks(firm())["create-account/22222"] == "open"
        portal.make_account("trader.a", "22222")
        assert not stack.drift(firm()).differs
        stack.refresh()
        assert stack.tasks(firm())["create-account/22222"] == "done"
        stack.settled(firm())
        assert set(stack.tasks(firm()).values()) == {"done"}
        assert "22222" in stack.simulator.users()[FILL]["accounts"]

    def test_an_account_of_somebody_else_is_not(self, stack: Stack, portal: Portal) -> None:
        stack.operations = without(stack, "createAccount")
        stack.settled(firm())
        portal.make_account("trader.b", "22222")
        stack.refresh()
        assert stack.tasks(firm())["create-account/22222"] == "open"

    def test_a_detail_that_was_set_by_hand_closes_its_task(self, stack: Stack, portal: Portal) -> None:
        stack.operations = only(stack, "readUser")
        stack.settled(firm())
        moved = firm()
        moved["users"]["trader.a"]["phone"] = "555-2"
        stack.settled(moved)
        before = stack.drift(moved)
        assert (before.differs, "update-user/trader.a/phone" in before.still_open) == (False, True)
        portal.change_user("trader.a", phone="555-2")
        stack.refresh()
        assert stack.tasks(moved)["update-user/trader.a/phone"] == "done"


class TestContradicted:
    """Somebody signed, and T4 shows that it is not so."""

    TASK = f"assign-account/{FILL}/33333"

    def test_the_signature_counts_no_more_and_everybody_hears_of_it(
        self, stack: Stack, portal: Portal
    ) -> None:
        stack.operations = "onboarding"
        stack.settled(firm())
        stack.attest(self.TASK, on=today())
        stack.settled(firm())
        stack.operations = only(stack, "readUser")
        (difference,) = stack.drift(firm()).contradicted
        assert difference.task == self.TASK
        assert difference.words == (
            f"account 33333 is not captured, although it was signed off ({today()}, by A. Administrator)"
        )
        stack.refresh()
        assert stack.record(f"AccountAssignment {FILL}/33333")["tasks"][self.TASK]["contradicted"]
        done = stack.up(firm())
        assert done.tasks[self.TASK] == "open", "the same signature closes nothing"
        (words,) = done.outputs["summary"]["contradicted"]
        assert words.startswith(f"{self.TASK} was signed off ({today()}, by A. Administrator)")
        assert any(said.startswith("CONTRADICTED: ") for said in done.said)
        assert stack.drift(firm()).contradicted == (difference,), "until it is done"
        portal.assign(FILL, "33333")
        stack.refresh()
        done = stack.settled(firm())
        assert done.tasks[self.TASK] == "done"
        assert done.outputs["summary"]["contradicted"] == []

    def test_a_later_signature_counts_again(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(firm())
        stack.attest(self.TASK)
        stack.settled(firm())
        stack.operations = only(stack, "readUser")
        stack.refresh()
        stack.up(firm())
        assert stack.tasks(firm())[self.TASK] == "open"
        stack.attest(self.TASK, note="now really")
        done = stack.settled(firm())
        assert done.tasks[self.TASK] == "attested"
        assert done.outputs["summary"]["contradicted"] == []

    def test_an_account_that_was_signed_off_as_made_is_made(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        both, task = firm_of(trader_a={"accounts": ["11111", "22222"]}), "create-account/22222"
        stack.settled(both)
        stack.attest(task)
        stack.settled(both)
        stack.operations = FULL
        drift = stack.drift(both)
        assert [each.task for each in drift.contradicted] == [task]
        assert found(drift) == {task: drift.contradicted[0].words}, "its user did not lose what never was"
        stack.refresh()
        assert stack.record("Account 22222")["made"] is False
        done = stack.up(both)
        assert done.tasks[task] == "done"
        assert stack.simulator.accounts()["22222"]["users"] == ["trader.a", FILL]
        assert stack.settled(both).outputs["summary"]["contradicted"] == []

    def test_an_account_that_was_signed_off_as_made_and_is_there_is_left_alone(
        self, stack: Stack, portal: Portal
    ) -> None:
        stack.operations = "onboarding"
        both, task = firm_of(trader_a={"accounts": ["11111", "22222"]}), "create-account/22222"
        stack.settled(both)
        stack.attest(task)
        stack.settled(both)
        portal.make_account("trader.a", "22222")
        stack.operations = only(stack, "listAccounts")
        assert stack.drift(both).contradicted == ()

    def test_a_role_that_was_signed_off_as_removed(self, stack: Stack, portal: Portal) -> None:
        task = f"remove-role/{FILL}/Trading"
        stack.operations = "onboarding"
        stack.simulator.template("FillService", ["WhenTechFills"], ["Trading"])
        stack.up(firm())
        stack.attest(task, on=today())
        stack.settled(firm())
        stack.operations = only(stack, "readUser")
        drift = stack.drift(firm())
        assert [each.task for each in drift.violations] == [task]
        stack.refresh()
        done = stack.up(firm())
        assert f"{task} was signed off" in done.outputs["summary"]["contradicted"][0]
        assert done.tasks[task] == "open"


class TestAccepted:
    """The file says for how long a difference is left alone."""

    TASK = "update-user/trader.a/phone"

    def test_it_is_neither_a_task_nor_mended_and_named_with_the_reason(
        self, stack: Stack, portal: Portal
    ) -> None:
        stack.settled(firm())
        portal.change_user("trader.a", phone="555-2")
        drift = stack.drift(accepting(self.TASK))
        assert not drift.differs
        (each,) = drift.accepted
        assert (each.task, each.words, each.reason) == (
            self.TASK,
            "phone of trader.a differs",
            "agreed with the desk",
        )
        stack.settled(accepting(self.TASK))
        stack.refresh()
        done = stack.settled(accepting(self.TASK))
        assert done.tasks == {}
        assert "accepts" not in str(done.outputs["summary"]["warnings"])
        assert stack.simulator.users()["trader.a"]["phone"] == "555-2"

    @pytest.mark.parametrize("was_refreshed", [True, False])
    def test_after_its_day_it_counts_again(self, stack: Stack, portal: Portal, was_refreshed: bool) -> None:
        stack.settled(accepting(self.TASK))
        portal.change_user("trader.a", phone="555-2")
        if was_refreshed:
            stack.refresh()
            stack.settled(accepting(self.TASK))
        over = accepting(self.TASK, days=-1)
        if not was_refreshed:
            assert self.TASK in found(stack.drift(over))
            stack.settled(over)
            stack.refresh()
        done = stack.settled(over)
        assert stack.simulator.users()["trader.a"]["phone"] == "555-123-4567"
        assert "the difference counts again" in str(done.outputs["summary"]["warnings"])

    def test_a_change_in_the_file_waits_with_it(self, stack: Stack) -> None:
        stack.settled(firm())
        moved = accepting(self.TASK)
        moved["users"]["trader.a"] |= {"phone": "555-2", "street": "2 Main Street"}
        assert stack.settled(moved).tasks == {}
        user = stack.simulator.users()["trader.a"]
        assert (user["phone"], user["street"]) == ("555-123-4567", "2 Main Street")
        del moved["accepted"]
        stack.settled(moved)
        assert stack.simulator.users()["trader.a"]["phone"] == "555-2"

    def test_an_open_task_is_none_while_it_is_accepted(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(firm())
        assert stack.tasks(firm())["enable-account/11111"] == "open"
        calm = accepting("enable-account/11111")
        assert "enable-account/11111" not in stack.settled(calm).tasks
        assert "enable-account/11111" not in stack.tasks(calm)
        assert stack.settled(firm()).tasks["enable-account/11111"] == "open"

    def test_a_difference_that_ends_by_itself_leaves_nothing(self, stack: Stack, portal: Portal) -> None:
        stack.settled(accepting(self.TASK))
        portal.change_user("trader.a", phone="555-2")
        stack.refresh()
        portal.change_user("trader.a", phone="555-123-4567")
        stack.refresh()
        drift = stack.drift(accepting(self.TASK))
        assert (drift.accepted, drift.differs) == ((), False)


class TestAFillUserThatIsNotRead:
    """Without its roles and accounts nobody knows whose fills it captures: no run is green then."""

    WITHOUT_ACCOUNTS = (
        "{userID: userID, username: userName, enabled: enabled, roles: roles, "
        "applications: applications[].name}"
    )

    @pytest.mark.parametrize("known", [(), ("readMarketData",), ("readUser",)])
    def test_the_fill_user_must_be_readable(self, stack: Stack, known: tuple[str, ...]) -> None:
        stack.settled(firm())
        stack.operations = only(stack, *known) if known else "onboarding"
        drift = stack.drift(firm())
        assert not drift.differs
        assert drift.fill_user_unread is ("readUser" not in known)

    def test_a_read_that_does_not_show_its_accounts_is_not_enough(self, stack: Stack) -> None:
        stack.settled(firm())
        stack.operations = only(stack, "readUser", readUser=self.WITHOUT_ACCOUNTS)
        drift = stack.drift(firm())
        assert not drift.differs
        assert {fact.what for fact in drift.unverified if fact.decisive} == {
            "further accounts of the fill user",
            "captured accounts",
        }

    def test_by_its_role_it_sees_every_account(self, stack: Stack) -> None:
        every = firm()
        every["fillService"]["capture"] = "riskManager"
        every["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
        stack.simulator.template("FillServiceRiskManager", ["WhenTechFills"], ["RiskManager"])
        stack.settled(every)
        stack.operations = only(stack, "readUser", readUser=self.WITHOUT_ACCOUNTS)
        assert not stack.drift(every).fill_user_unread

    def test_one_that_was_never_made_is_not_fine_either(self, stack: Stack) -> None:
        without_it = firm()
        del without_it["fillService"]
        stack.settled(without_it)
        assert not stack.drift(without_it).fill_user_unread
        assert stack.drift(firm()).fill_user_unread


class TestUnverified:
    """What no operation reads is listed with its evidence, and never counted as fine."""

    def test_with_the_seeds_alone_everything_is(self, stack: Stack) -> None:
        stack.operations = "onboarding"
        stack.settled(firm())
        stack.attest(f"assign-account/{FILL}/11111")
        stack.settled(firm())
        facts = {fact.what: fact for fact in stack.drift(firm()).unverified}
        assert set(facts) == {
            *(f"{what} of the fill user" for what in ("roles", "further applications", "further accounts")),
            *(f"{what} of users" for what in ("roles", "further applications", "further accounts")),
            *("enabled or not of the fill user", "enabled or not of users", "details of users"),
            *("market data of users", "applications", "captured accounts", "state of accounts"),
        }
        assert facts["roles of the fill user"].oldest.evidence.startswith("POST /admin/v1/onboarding: 200 at")
        assert facts["roles of users"].count == 2
        captured = facts["captured accounts"]
        assert [(fact.name, fact.day) for fact in captured.facts] == [(f"{FILL}/11111", today())]
        assert facts["roles of users"].why == (
            "no operation in use reads users; only the user's own login would show it, and t4-firm never "
            "logs in as a trader"
        )
        assert facts["roles of the fill user"].why == "no operation in use reads users; t4:socket is not set"
        assert facts["applications"].why.endswith("no login over T4's WebSocket shows it")

    def test_with_all_operations_nothing_is(self, stack: Stack) -> None:
        stack.settled(firm())
        assert stack.drift(firm()).unverified == ()

    def test_what_an_answer_leaves_out_is(self, stack: Stack) -> None:
        stack.settled(firm())
        stack.operations = only(
            stack, "readUser", readUser="{userID: userID, username: userName, roles: roles}"
        )
        what = {fact.what for fact in stack.drift(firm()).unverified}
        assert "roles of users" not in what
        assert {"captured accounts", "applications", "details of users"} <= what
        why = {fact.what: fact.why for fact in stack.drift(firm()).unverified}
        assert why["applications"].startswith("readUser does not show it; ")


@pytest.fixture
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.sets(st.sampled_from(sorted(BY_API | BY_HAND | VIOLATIONS))),
    others=st.sets(st.sampled_from(sorted(NO_DIFFERENCE))),
)
def test_every_change_in_the_portal_is_named_and_nothing_else(
    running: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
    patch: pytest.MonkeyPatch,
    chosen: set[str],
    others: set[str],
) -> None:
    """After one refresh and one up T4 is what the file says, but for what the administrator must do."""
    if "update-account/22222/displayName" in chosen:
        others = others - {"displayName, returned empty"}
    running.reset()
    stack, portal = Stack(tmp_path_factory.mktemp("stack"), running, patch), Portal(running)
    stack.settled(firm())
    for task in sorted(chosen):
        (BY_API | BY_HAND | VIOLATIONS)[task][0](portal)
    for what in sorted(others):
        NO_DIFFERENCE[what](portal)
    drift = stack.drift(firm())
    assert found(drift) == {task: (BY_API | BY_HAND | VIOLATIONS)[task][1] for task in chosen}
    assert {each.task for each in drift.violations} == chosen & VIOLATIONS.keys()
    stack.refresh()
    for _ in range(2):  # what a violation withheld comes with the run after the one that mends it
        stack.up(firm())
    assert not stack.drift(firm()).differs
    assert {task for task, status in stack.tasks(firm()).items() if status == "open"} == (
        chosen & BY_HAND.keys()
    )


@pytest.mark.parametrize("who", ["trader.a", FILL])
def test_an_account_that_was_theirs_once_is_found_again_by_a_refresh_too(
    stack: Stack, portal: Portal, who: str
) -> None:
    stack.settled(firm())
    losing, lost = firm(accounts={}), firm(accounts={})
    losing["users"]["trader.a"] |= {"accounts": ["11111"], "revoke": {"accounts": ["22222"]}}
    lost["users"]["trader.a"]["accounts"] = ["11111"]
    stack.settled(losing)
    stack.settled(lost)
    portal.assign(who, "22222")
    task = f"declare-account/{who}/22222"
    assert list(found(stack.drift(lost))) == [task]
    assert stack.refresh() == [f"User {who}"]
    assert stack.tasks(lost)[task] == "open"


def test_what_the_portal_gives_a_fill_user_that_captures_nothing_is_reported(
    stack: Stack, portal: Portal
) -> None:
    made = firm()
    made["fillService"] |= {"capture": "none"}
    stack.settled(made)
    portal.assign(FILL, "33333")
    task = f"declare-account/{FILL}/33333"
    words = f"T4 lists account 33333 under {FILL}, but the firm file does not"
    assert found(stack.drift(made)) == {task: words}
    stack.refresh()
    assert stack.settled(made).tasks == {task: "open"}
    assert "33333" in stack.simulator.users()[FILL]["accounts"]


def test_accounts_of_a_fill_service_that_ends_are_told_once(stack: Stack) -> None:
    """Each has a resource of its own until it is revoked: it is no stranger's to the fill user."""
    stack.operations = without(stack, "unassignAccount")
    stack.settled(firm())
    newcomer = firm()
    newcomer["users"]["trader.b"]["accounts"] = ["33333", "44444"]
    stack.settled(newcomer)
    ended = newcomer | {"fillService": {**newcomer["fillService"], "capture": "none"}}
    stack.settled(ended)
    owed = sorted(f"unassign-account/{FILL}/{number}" for number in ("11111", "22222", "33333", "44444"))
    assert open_before(stack.drift(ended)) == owed
    assert not stack.drift(ended).differs
    assert stack.refresh() == []


def test_a_refresh_says_in_words_what_differs_and_how_to_mend_it(
    stack: Stack, portal: Portal, caplog: pytest.LogCaptureFixture
) -> None:
    stack.settled(firm())
    portal.change_user("trader.a", phone="555-000-1111")
    caplog.clear()
    stack.refresh()
    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert said == ["DRIFT: phone of trader.a differs. To correct it through the API: t4firm up --refresh"]
