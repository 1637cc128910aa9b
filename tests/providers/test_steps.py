"""Steps: who takes one, and what closes it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from providers.t4.api import MissingValue
from providers.t4.records.task_records import TaskRecord, open_tasks
from providers.t4.session import session as sessions
from providers.t4.steps.journaled_calls import Outcome
from providers.t4.steps.task_ledger import Steps
from tests.providers.stack import steps_of, today

TASK = "assign-account/WhenTechFillUser/11111"
OLD = "2026-11-01T00:00:00.000+00:00"
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


def steps(how: dict[str, str], attested: dict[str, str] | None = None, **tasks: TaskRecord) -> Steps:
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
    signed = steps(API, {TASK: f"{today()}, by A. Admin"})
    assert signed.take(TASK, never)
    assert signed.tasks[TASK]["status"] == "attested"
    assert signed.tasks[TASK]["closed"] == f"{today()}, by A. Admin"


def test_a_withdrawn_sign_off_reopens_its_step_and_closes_it_no_more() -> None:
    record: TaskRecord = {
        "status": "attested",
        "since": "2026-11-01T00:00:00+00:00",
        "closed": f"{today()}, by A. Admin",
    }
    withdrawn = steps(HAND, record=record)
    assert withdrawn.withdrawn(TASK)
    assert withdrawn.outstanding()
    assert not withdrawn.take(TASK, never)
    assert withdrawn.tasks[TASK]["status"] == "open"
    put_back = steps(HAND, {TASK: f"{today()}, by A. Admin"}, record=withdrawn.tasks[TASK])
    assert not put_back.outstanding()
    assert not put_back.take(TASK, never)
    another = steps(HAND, {TASK: f"{today()}, by B. Admin"}, record=withdrawn.tasks[TASK])
    assert another.take(TASK, never)


def test_a_step_that_lacks_a_value_waits_for_it_without_being_tried_again_and_again() -> None:
    waiting = steps(API)
    assert not waiting.take(TASK, lacks("accountID"))
    assert waiting.tasks[TASK]["lacks"] == "accountID"
    assert not waiting.outstanding(lacking=["accountID"])
    assert waiting.outstanding()
    assert waiting.take(TASK, act)
    assert "lacks" not in waiting.tasks[TASK] or waiting.tasks[TASK]["status"] == "done"


def test_what_is_asked_again_is_closed_by_no_line_that_is_there_already() -> None:
    line = f"{today()}, by A. Admin"
    changed = steps(HAND, {TASK: line}, record={"status": "attested", "since": OLD, "closed": line})
    assert changed.take(TASK, never), "as long as nothing has changed"
    assert not changed.take(TASK, never, again=True)
    later = steps(HAND, {TASK: line}, record=changed.tasks[TASK])
    assert not later.outstanding()
    assert not later.take(TASK, never)
    new = steps(HAND, {TASK: f"{line} (the second time)"}, record=changed.tasks[TASK])
    assert new.outstanding()
    assert new.take(TASK, never)


def test_a_line_that_was_there_before_its_step_opens_for_the_first_time_counts_for_nothing() -> None:
    line = {TASK: f"{today()}, by A. Admin"}
    news = {"how": HAND, "attested": line}
    before = steps_of(news, {"how": HAND, "tasks": {}, "attested": line})
    assert not before.take(TASK)
    together = steps_of(news, {"how": HAND, "tasks": {}})
    assert together.take(TASK)


@pytest.mark.parametrize(
    ("subject", "day", "closes"),
    [("", "", True), ("", "2026-01-01", False), ("new", "", False), ("adopted", "2026-01-01", True)],
)
def test_no_line_is_older_than_what_it_is_about(subject: str, day: str, closes: bool) -> None:
    news = {"how": HAND, "attested": {TASK: f"{day or today()}, by A. Admin"}, "subject": subject}
    assert steps_of(news).take(TASK) is closes


def test_a_line_for_one_value_does_not_close_the_next() -> None:
    def wanting(value: str, line: str, record: TaskRecord | None = None) -> Steps:
        made = steps(HAND, {TASK: line} if line else {}, **({"record": record} if record else {}))
        made.wants = lambda task: value
        return made

    first = wanting("555-1", "")
    first.take(TASK)
    opened = first.tasks[TASK]
    assert "555-1" not in str(opened)
    assert wanting("555-1", f"{today()}, by A. Admin", opened).take(TASK)
    second = wanting("555-2", f"{today()}, by A. Admin", opened)
    assert not second.take(TASK)
    assert second.tasks[TASK]["since"] == opened["since"]
    assert not wanting("555-2", f"{today()}, by A. Admin", second.tasks[TASK]).outstanding()
    assert wanting("555-2", f"{today()}, by B. Admin", second.tasks[TASK]).take(TASK)


def test_a_line_is_not_older_than_what_t4_has_shown_since(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened on the 20th, shown as not done on the 25th, signed off with the day of the 22nd."""
    at = "providers.t4.steps.task_ledger.now"
    record: TaskRecord = {"status": "open", "since": "2026-11-20T15:00:00.000+00:00"}
    monkeypatch.setattr(at, lambda: "2026-11-20T18:00:00.000+00:00")
    seen = steps(HAND, record=record)
    seen.hold(TASK, False, "GET /users")
    assert seen.tasks[TASK] == record, "a second look on the same day changes nothing"
    monkeypatch.setattr(at, lambda: "2026-11-25T15:00:00.000+00:00")
    seen.hold(TASK, False, "GET /users")
    shown = seen.tasks[TASK]
    assert (shown["since"], shown["asked"][:10]) == (record["since"], "2026-11-25")
    assert steps(HAND, {TASK: "2026-11-22, by A. Admin"}, record=record).outstanding()
    assert not steps(HAND, {TASK: "2026-11-22, by A. Admin"}, record=shown).outstanding()
    assert steps(HAND, {TASK: "2026-11-25, by A. Admin"}, record=shown).take(TASK)


class TestAccepted:
    """`accepted` suspends, and what was before is there again when it ends."""

    LINE = f"{today()}, by A. Admin"

    def after(self, record: TaskRecord | None, line: str = "", *, again: bool = False) -> Steps:
        """The step after the file accepted for a time that it is not taken."""
        news = {"how": HAND, "attested": {TASK: line} if line else {}}
        olds = {**news, "tasks": {TASK: record} if record else {}}
        accepting = steps_of({**news, "accepted": {TASK: "2026-12-01"}}, olds)
        assert not accepting.take(TASK, again=again)
        assert accepting.tasks[TASK]["status"] == "accepted"
        return steps_of(news, {**news, "accepted": {TASK: "2026-12-01"}, "tasks": accepting.tasks})

    def test_an_open_step_is_open_again_and_no_older_line_closes_it(self) -> None:
        ended = self.after({"status": "open", "since": OLD, "found": "GET /users"}, self.LINE)
        assert not ended.take(TASK)
        assert (ended.tasks[TASK]["since"], ended.tasks[TASK]["found"]) == (OLD, "GET /users")
        later = steps(HAND, {TASK: f"{self.LINE} (later)"}, record=ended.tasks[TASK])
        assert later.take(TASK)

    def test_a_closed_one_is_closed_again(self) -> None:
        record: TaskRecord = {"status": "attested", "since": OLD, "closed": self.LINE}
        ended = self.after(record, self.LINE)
        assert ended.tasks[TASK] == record
        assert ended.take(TASK)

    def test_what_changed_meanwhile_is_open(self) -> None:
        ended = self.after({"status": "done", "since": OLD, "closed": "POST: 200"}, self.LINE, again=True)
        assert not ended.take(TASK)

    def test_what_t4_showed_meanwhile_counts(self) -> None:
        olds = {"how": HAND, "accepted": {TASK: "2026-12-01"}}
        read = steps_of(olds, {**olds, "tasks": {TASK: {"status": "attested", "since": OLD, "closed": "x"}}})
        read.hold(TASK, False, "GET /users")
        ended = steps_of({"how": HAND, "attested": {TASK: self.LINE}}, {**olds, "tasks": read.tasks})
        assert not ended.take(TASK)
        assert ended.tasks[TASK]["status"] == "open"
        read.hold(TASK, True, "GET /users")
        assert read.tasks[TASK]["status"] == "done"

    def test_a_record_of_an_earlier_version_is_open(self) -> None:
        olds = {"how": HAND, "accepted": {TASK: "2026-12-01"}}
        old = {**olds, "tasks": {TASK: {"status": "accepted", "since": OLD}}}
        assert not steps_of({"how": HAND, "attested": {TASK: self.LINE}}, old).take(TASK)


def test_again_reopens_what_was_done() -> None:
    changed = steps(HAND, record={"status": "done", "since": "2025-01-01T00:00:00+00:00", "closed": "x"})
    assert not changed.take(TASK, never, again=True)
    assert changed.tasks[TASK]["status"] == "open"
    assert str(changed.tasks[TASK]["since"]) > "2026"


def test_a_step_left_open_is_closed_by_no_earlier_signature() -> None:
    violated = steps(HAND, {TASK: "2020-01-01, by A. Admin"})
    violated.leave_open(TASK)
    assert not violated.outstanding()
    assert open_tasks(violated.tasks) == [TASK]


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
    since: TaskRecord = {"status": "open", "since": "2026-11-01T00:00:00+00:00"}
    assert steps(API, record=since).take(TASK, act, wish="555-222")
    assert steps(API, record=since).take(TASK, never, wish="555-222"), "the same value: its answer is used"
    with pytest.raises(AssertionError, match="must not be called"):
        steps(API, record=since).take(TASK, never, wish="555-333")
    assert not steps(HAND, record=since).take(TASK, never, wish="555-333")


def test_the_journal_does_not_tell_which_value_was_wished_for(journal: Path) -> None:
    assert steps(API).take(TASK, act, wish="555-222")
    (entry,) = journal.rglob("assign-account-*.json")
    assert "555-222" not in entry.read_text()
