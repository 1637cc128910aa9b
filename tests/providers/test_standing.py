"""Tasks that come with a user, whatever the API can do: the fill service's password, and trials."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from providers.t4 import outputs
from providers.t4.reports import coverage
from tests.goals.firms import fill_accounts, firm_of
from tests.providers.stack import Run, Stack, today

FILL = "WhenTechFillUser"
HAND_OVER, NEVER_EXPIRES = f"hand-over-credentials/{FILL}", f"password-never-expires/{FILL}"
TRIALS = {f"confirm-trial/{FILL}", "confirm-trial/trader.a"}


def firm(**fill_user: Any) -> dict[str, Any]:
    made = firm_of(trader_a={"accounts": ["11111"]})
    made["fillService"]["user"] |= fill_user
    return made


def of_trials(run: Run) -> list[str]:
    return [words for words in run.outputs["summary"]["warnings"] if "trial" in words.lower()]


def on(patch: pytest.MonkeyPatch, day: date) -> None:
    """Runs take place on this day."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Clock":
            return cls(day.year, day.month, day.day, 12, tzinfo=tz)

    for module in (outputs, coverage):
        patch.setattr(module, "datetime", Clock)


def test_a_preview_knows_what_the_file_tells_and_a_run_what_t4_answers(stack: Stack) -> None:
    assert stack.preview(firm()).every_task == {HAND_OVER: "planned", NEVER_EXPIRES: "planned"}
    done = stack.settled(firm())
    assert done.every_task == dict.fromkeys({HAND_OVER, NEVER_EXPIRES, *TRIALS}, "open")
    assert stack.every_task(firm()) == done.every_task


def test_each_is_closed_by_a_signature_of_its_own(stack: Stack) -> None:
    stack.settled(firm())
    stack.attest(HAND_OVER, "confirm-trial/trader.a")
    stack.settled(firm())
    assert stack.every_task(firm()) == {
        HAND_OVER: "attested",
        NEVER_EXPIRES: "open",
        "confirm-trial/trader.a": "attested",
        f"confirm-trial/{FILL}": "open",
    }
    stack.attest()
    stack.settled(firm())
    assert set(stack.every_task(firm()).values()) == {"open"}


@pytest.mark.parametrize("operations", ["onboarding", None])
def test_a_new_password_is_handed_over_anew(stack: Stack, operations: str | None) -> None:
    stack.operations = operations or stack.operations
    stack.settled(firm())
    stack.attest(HAND_OVER)
    stack.settled(firm())
    assert stack.every_task(firm())[HAND_OVER] == "attested"
    new = firm(passwordVersion=2)
    stack.settled(new)
    assert stack.every_task(new)[HAND_OVER] == "open", "that signature was about the old password"
    stack.attest(HAND_OVER, note="the new one")
    stack.settled(new)
    assert stack.every_task(new)[HAND_OVER] == "attested"


def test_a_preview_says_that_a_new_password_is_to_be_handed_over(stack: Stack) -> None:
    stack.settled(firm())
    stack.attest(HAND_OVER, NEVER_EXPIRES)
    stack.settled(firm())
    for changed, status in ((firm(phone="555-1"), "attested"), (firm(passwordVersion=2), "planned")):
        shown = stack.preview(changed)
        assert shown.changed == [f"User {FILL}"]
        assert shown.every_task[HAND_OVER] == status
        assert shown.every_task[NEVER_EXPIRES] == "attested"


def test_nobody_is_handed_a_fill_user_that_can_trade(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.template("FillService", ["WhenTechFills"], ["Trading"])
    stack.up(firm())
    (task,) = [task for task in stack.listed(firm()) if task["id"] == HAND_OVER]
    assert task["waits"] == f"until {FILL} can only read. Do this first: remove-role/{FILL}/Trading"


def test_who_departs_leaves_no_trial_behind_and_who_returns_has_it_again(stack: Stack) -> None:
    here, gone = firm(), firm()
    gone["users"]["trader.a"]["departed"] = True
    stack.settled(here)
    stack.settled(gone)
    assert "confirm-trial/trader.a" not in stack.every_task(gone)
    stack.settled(here)
    assert stack.every_task(here)["confirm-trial/trader.a"] == "open"


def test_a_state_of_an_older_version_gets_them_without_a_call(stack: Stack) -> None:
    stack.settled(firm())
    for recorded in stack.state.values():
        recorded.outputs["tasks"] = {}
    stack.simulator.forget_requests()
    stack.settled(firm())
    assert stack.simulator.requests() == []
    assert stack.every_task(firm()) == dict.fromkeys({HAND_OVER, NEVER_EXPIRES, *TRIALS}, "open")


@pytest.mark.parametrize("shown", ["", "0001-01-01T00:00:00", "never"])
def test_where_t4_shows_no_day_there_is_no_trial(stack: Stack, shown: str) -> None:
    stack.settled(firm())
    for user in ("trader.a", FILL):
        stack.record(f"User {user}")["trialExpires"] = shown
        stack.record(f"User {user}")["tasks"] = {}
    stack.settled(firm())
    assert stack.every_task(firm()) == {HAND_OVER: "open", NEVER_EXPIRES: "open"}


def test_a_trial_stands_against_the_captures_once_it_is_over(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.settled(firm())
    stack.attest(HAND_OVER, NEVER_EXPIRES, on=today())
    stack.settled(firm())
    ends = date.fromisoformat(stack.record(f"User {FILL}")["trialExpires"][:10])
    on(monkeypatch, ends)
    assert stack.fills(firm()) == fill_accounts(1, 1, captured=1)
    on(monkeypatch, ends + timedelta(days=1))
    summary = stack.settled(firm()).outputs["summary"]
    assert summary["fillAccounts"] == stack.fills(firm()) == fill_accounts(1, 1)
    assert summary["untilCaptured"] == [f"confirm-trial/{FILL}"]
    stack.attest(HAND_OVER, NEVER_EXPIRES, f"confirm-trial/{FILL}", on=today())
    assert stack.settled(firm()).outputs["summary"]["fillAccounts"] == fill_accounts(1, 1, captured=1)


class TestWarnings:
    """In the stack's `summary`: before the day, loudly after it, and no more once it is confirmed."""

    DAY = date(2027, 3, 15)

    @pytest.fixture(autouse=True)
    def trial(self, stack: Stack) -> None:
        stack.settled(firm())
        stack.attest(f"confirm-trial/{FILL}")
        stack.settled(firm())
        stack.record("User trader.a")["trialExpires"] = f"{self.DAY}T00:00:00"

    def warned(self, stack: Stack) -> list[str]:
        return of_trials(stack.settled(firm()))

    def test_from_two_weeks_before_the_day_on(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        on(monkeypatch, self.DAY - timedelta(days=15))
        assert self.warned(stack) == []
        said = set()
        for days in (14, 3, 0):
            on(monkeypatch, self.DAY - timedelta(days=days))
            said.update(self.warned(stack))
        assert said == {
            "the trial of trader.a ends on 2027-03-15 (trialExpires in T4's answer). "
            "Before that day, do: confirm-trial/trader.a"
        }

    def test_loudly_after_it(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        on(monkeypatch, self.DAY + timedelta(days=1))
        said = stack.settled(firm()).outputs["summary"]["warnings"][0]
        assert said.startswith("TRIAL OVER: the trial of trader.a ended on 2027-03-15")
        assert "locked out" in said

    def test_not_when_it_is_confirmed(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        stack.attest(f"confirm-trial/{FILL}", "confirm-trial/trader.a")
        on(monkeypatch, self.DAY + timedelta(days=1))
        assert self.warned(stack) == []

    def test_many_of_one_day_are_one_line(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        more = firm_of(**{f"trader_{letter}": {"accounts": [f"1{letter}"]} for letter in "bcdef"})
        del more["fillService"]
        alone = Stack(stack.folder, stack.simulator, monkeypatch)
        alone.attest()
        alone.settled(more)
        for letter in "bcdef":
            alone.record(f"User trader.{letter}")["trialExpires"] = f"{self.DAY}T00:00:00"
        on(monkeypatch, self.DAY)
        (said,) = of_trials(alone.settled(more))
        assert "the trial of trader.b, trader.c, trader.d and 2 more ends on" in said
        assert said.endswith("do: confirm-trial/trader.b and 4 more")
