"""What the record of a task says of its step."""

import pytest

from providers.t4.records.task_records import TaskRecord, asked, may_be_taken, note_missing, was_called

TASK = "create-account/22222"
OPEN: TaskRecord = {"status": "open", "since": "2026-11-01T00:00:00+00:00"}
CALLED: TaskRecord = {**OPEN, "unconfirmed": "HTTP 202"}
WAITING: TaskRecord = {**OPEN, "waits": "until closed: verify-account/22222"}
DONE: TaskRecord = {**OPEN, "status": "done", "closed": "T4 shows it"}


def accepted(record: TaskRecord) -> TaskRecord:
    return {**OPEN, "status": "accepted", "before": record}


@pytest.mark.parametrize(
    ("record", "may_be"),
    [
        (OPEN, True),
        (CALLED, True),
        (WAITING, False),
        ({**WAITING, "unconfirmed": "HTTP 202"}, True),  # T4 was asked before it had to wait
        (DONE, False),
        (accepted(OPEN), True),
        (accepted(WAITING), False),
        (accepted(DONE), False),
    ],
)
def test_a_step_that_somebody_was_asked_for_may_be_taken(record: TaskRecord, may_be: bool) -> None:
    assert may_be_taken({TASK: record}, TASK) is may_be
    assert not may_be_taken({}, TASK)


@pytest.mark.parametrize("record", [CALLED, accepted(CALLED)])
def test_a_step_that_t4_was_asked_for_was_called_also_while_the_file_accepts_it(record: TaskRecord) -> None:
    assert was_called({TASK: record}, TASK)


@pytest.mark.parametrize("record", [OPEN, DONE, accepted(OPEN)])
def test_a_step_that_nobody_called_was_not(record: TaskRecord) -> None:
    assert not was_called({TASK: record}, TASK)
    assert not was_called({}, TASK)


@pytest.mark.parametrize(
    ("record", "noted"),
    [(OPEN, True), (WAITING, False), ({**OPEN, "lacks": "templateAccount"}, False), (DONE, False)],
)
def test_what_was_missing_is_noted_with_what_somebody_can_do_now(record: TaskRecord, noted: bool) -> None:
    tasks = {TASK: record.copy()}
    note_missing(tasks, TASK, "GET /accounts: 200")
    note_missing(tasks, TASK, "")
    note_missing(tasks, "create-account/1", "GET /accounts: 200")
    assert tasks == {TASK: {**record, "missing": "GET /accounts: 200"} if noted else record}


def test_a_reason_of_a_newer_version_says_as_much_as_none() -> None:
    assert asked({**OPEN, "because": "of the moon"}) == asked(OPEN)
    assert asked({**OPEN, "because": "shown"}) != asked(OPEN)
