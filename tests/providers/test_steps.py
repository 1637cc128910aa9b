"""Steps: who takes one, and what closes it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from providers.t4.api import MissingValue
from providers.t4.lifecycle.task_ledger import Outcome, Steps, open_tasks
from providers.t4.session import session as sessions

TASK = "assign-account/WhenTechFillUser/11111"
API, HAND = {"assign-account": "api"}, {"assign-account": "administrator"}


@pytest.fixture(autouse=True)
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session whose journal is in a folder of its own."""
    settings = {
        "t4:endpoint": "https://t4.example.com",
        "t4:apiKey": "a-key",
        "t4:passwordSeed": "only-for-tests-Xc4mW7nB2vK9pLs6RtHyJq8DfGz3",
        "t4:journal": str(tmp_path / "journal"),
    }
    monkeypatch.setattr(sessions, "_session", sessions.Session(settings.get, "test"))
    return tmp_path / "journal"


def steps(
    how: dict[str, str], attested: dict[str, str] | None = None, **tasks: dict[str, str | bool]
) -> Steps:
    return Steps(how, attested or {}, {TASK: tasks["record"]} if tasks else {})


def act() -> Outcome:
    return Outcome("POST /admin/v1/users/x/accounts: 200 (request 0HN:1)")


def never() -> Outcome:
    raise AssertionError("this step must not be called")


def lacks(name: str) -> Callable[[], Outcome]:
    def call() -> Outcome:
        raise MissingValue("assignAccount", name)

    return call


def test_a_step_that_the_api_takes_at_once_was_nobodys_task() -> None:
    taken = steps(API)
    assert taken.take(TASK, act)
    assert taken.tasks == {}


def test_a_step_without_an_operation_stays_open_since_it_was_first_seen() -> None:
    first = steps(HAND)
    assert not first.take(TASK, never)
    since = first.tasks[TASK]["since"]
    later = steps(HAND, record=first.tasks[TASK])
    assert not later.take(TASK, never)
    assert later.tasks == {TASK: {"status": "open", "since": since}}


def test_an_open_step_that_the_api_takes_is_done_with_its_evidence() -> None:
    later = steps(API, record={"status": "open", "since": "2026-11-01T00:00:00+00:00"})
    assert later.outstanding()
    assert later.take(TASK, act)
    assert later.tasks[TASK]["status"] == "done"
    assert "0HN:1" in str(later.tasks[TASK]["closed"])
    assert not later.outstanding()
    assert later.take(TASK, never), "what is done is not called again"


def test_a_signed_off_step_is_never_called() -> None:
    signed = steps(API, {TASK: "2026-11-20, by A. Admin"})
    assert signed.take(TASK, never)
    assert signed.tasks[TASK]["status"] == "attested"
    assert signed.tasks[TASK]["closed"] == "2026-11-20, by A. Admin"


def test_a_withdrawn_signature_reopens_its_step() -> None:
    record: dict[str, str | bool] = {
        "status": "attested",
        "since": "2026-11-01T00:00:00+00:00",
        "closed": "x",
    }
    withdrawn = steps(HAND, record=record)
    assert withdrawn.withdrawn(TASK)
    assert withdrawn.outstanding()
    assert not withdrawn.take(TASK, never)
    assert withdrawn.tasks[TASK] == {"status": "open", "since": "2026-11-01T00:00:00+00:00"}


def test_a_step_that_lacks_a_value_waits_for_it_without_being_tried_again_and_again() -> None:
    waiting = steps(API)
    assert not waiting.take(TASK, lacks("accountID"))
    assert waiting.tasks[TASK]["lacks"] == "accountID"
    assert not waiting.outstanding(lacking=["accountID"])
    assert waiting.outstanding()
    assert waiting.take(TASK, act)
    assert "lacks" not in waiting.tasks[TASK] or waiting.tasks[TASK]["status"] == "done"


@pytest.mark.parametrize(
    ("signed", "closes"), [("2026-11-20", False), ("2026-11-21", True), ("2026-12-01", True)]
)
def test_what_has_changed_again_is_not_closed_by_an_older_signature(signed: str, closes: bool) -> None:
    record: dict[str, str | bool] = {"status": "open", "since": "2026-11-21T09:00:00+00:00", "again": True}
    changed = steps(HAND, {TASK: f"{signed}, by A. Admin"}, record=record)
    assert changed.outstanding() is closes
    assert changed.take(TASK, never, again=True) is closes


@pytest.mark.parametrize(
    ("opened", "signed", "closes"),
    [
        # 21:00 on the 20th in Chicago, and signed there an hour later
        ("2026-11-21T03:00:00+00:00", "2026-11-20", True),
        ("2026-11-21T11:59:00+00:00", "2026-11-20", True),
        # by now the 20th has ended everywhere
        ("2026-11-21T12:00:00+00:00", "2026-11-20", False),
        ("2026-11-21T03:00:00+00:00", "2026-11-19", False),
    ],
)
def test_a_new_signature_counts_where_it_was_still_the_day_before(
    opened: str, signed: str, closes: bool
) -> None:
    record: dict[str, str | bool] = {"status": "open", "since": opened, "again": True, "stood": ""}
    assert steps(HAND, {TASK: f"{signed}, by A. Admin"}, record=record).outstanding() is closes


def test_a_signature_of_the_day_before_that_stood_there_already_closes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("providers.t4.lifecycle.task_ledger.now", lambda: "2026-11-21T03:00:00.000+00:00")
    violated = steps(HAND, {TASK: "2026-11-20, by A. Admin"})
    violated.leave_open(TASK)
    assert not violated.outstanding()
    assert not violated.take(TASK, never, again=True)
    later = steps(HAND, {TASK: "2026-11-20, by B. Admin"}, record=violated.tasks[TASK])
    assert later.take(TASK, never)


def test_again_reopens_what_was_done() -> None:
    changed = steps(HAND, record={"status": "done", "since": "2025-01-01T00:00:00+00:00", "closed": "x"})
    assert not changed.take(TASK, never, again=True)
    assert changed.tasks[TASK]["status"] == "open"
    assert str(changed.tasks[TASK]["since"]) > "2026"


def test_a_step_left_open_is_closed_by_no_earlier_signature() -> None:
    violated = steps(HAND, {TASK: "2020-01-01, by A. Admin"})
    violated.leave_open(TASK)
    assert not violated.outstanding()
    assert open_tasks({"tasks": violated.tasks}) == [TASK]


def test_dropping_forgets() -> None:
    dropped = steps(HAND)
    dropped.take(TASK)
    dropped.drop(TASK)
    dropped.drop(TASK)
    assert dropped.tasks == {}
    assert open_tasks({}) == []


def test_what_a_dead_run_was_answered_is_used_and_not_asked_for_again() -> None:
    assert steps(API).take(TASK, act)
    repeated = steps(API)
    assert repeated.take(TASK, never)


def test_an_answer_from_before_the_step_was_opened_again_counts_for_nothing() -> None:
    assert steps(API).take(TASK, act)
    missing = steps(API)
    missing.leave_open(TASK)
    with pytest.raises(AssertionError, match="must not be called"):
        missing.take(TASK, never)


def test_what_a_dead_run_was_answered_for_another_value_is_asked_for_anew() -> None:
    since: dict[str, str | bool] = {"status": "open", "since": "2026-11-01T00:00:00+00:00"}
    assert steps(API, record=since).take(TASK, act, wish="555-222")
    assert steps(API, record=since).take(TASK, never, wish="555-222"), "the same value: its answer is used"
    with pytest.raises(AssertionError, match="must not be called"):
        steps(API, record=since).take(TASK, never, wish="555-333")
    assert not steps(HAND, record=since).take(TASK, never, wish="555-333")


def test_the_journal_does_not_tell_which_value_was_wished_for(journal: Path) -> None:
    assert steps(API).take(TASK, act, wish="555-222")
    (entry,) = journal.rglob("assign-account-*.json")
    assert "555-222" not in entry.read_text()
