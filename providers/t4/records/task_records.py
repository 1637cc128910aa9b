"""What the state holds of a task.

A record is small: task id -> `status` (open, done, attested; accepted: the firm file accepts for a time
that it is not taken; laid aside: nobody's, because the user leaves), `since`, once closed `closed` (the
evidence), while it waits `waits` (for which tasks); `was` is what market data was before. One that a read of
T4 opened has `found` (the call), and in `contradicted` the sign-off that T4 showed to be untrue. One that is
accepted has in `before` what it was before. For sign-offs (t4firm/evidence.py) an open one has `stood`,
`adopted`, `because`, `asked` (since when, where that is not `since`), and `value`, the mark of what the file
wants in T4. One for which the API was asked, and which T4 does not show, has in `unconfirmed` T4's answer,
in `facts` what a later run needs of it, and in `sent` the mark of the value: no run asks for the same again.
`unread`: T4 could not be read after the call, so the next run reads again. `missing`: T4 showed all accounts
and not this one, while the administrator was asked to create it. `signOff` is never written: the output of
the stack tells in it of a line that does not count. A step that the API could take at once leaves none: it
never was anybody's task.
"""

from collections.abc import Mapping
from typing import Any, Required, cast

from pydantic import ConfigDict
from typing_extensions import TypedDict  # typing's own is read by pydantic only from Python 3.12 on

from t4firm.evidence import WHEN, Asked, Because


class TaskRecord(TypedDict, total=False):
    """A task as it is written (see above); what a newer version wrote beside it is kept."""

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]  # how pydantic is told of it

    status: Required[str]
    since: Required[str]
    closed: str
    waits: str
    lacks: str
    was: str
    found: str
    contradicted: str
    before: "TaskRecord"
    stood: str
    adopted: bool
    because: str
    asked: str
    value: str
    unconfirmed: str
    facts: Mapping[str, Any]
    sent: str
    missing: str
    signOff: str
    unread: bool


RECORDED = "recorded"
"""The output that says when a create or an update recorded a resource."""

PASSING = ("closed", "lacks", "waits", "unread")
"""What a record has only as long as its status stays the same."""
WHILE_OPEN = ("found", "contradicted", "unconfirmed", "sent", "facts", "missing")
"""What a record has only until its step is closed."""

OF_A_SIGN_OFF = ("asked", "because", "stood", "adopted", "value")
"""What a record has so that a sign-off can be judged."""

UNDONE = ("open", "accepted")
"""Statuses of a step that T4 still owes."""
CLOSED = ("done", "attested")
"""Statuses of a step that T4 has, by T4's word or a sign-off."""
UNTOLD = ("accepted", "laid aside")
"""Statuses of a step that is nobody's task now."""


def asked(record: TaskRecord) -> Asked:
    """What a sign-off must know of an open task, from its record."""
    return Asked(
        str(record.get("asked") or record["since"]),
        _because(record.get("because", "")),
        str(record.get("stood") or record.get("contradicted") or ""),
        bool(record.get("adopted")),
    )


def _because(word: str) -> Because:
    """Why a task is open; a word of a newer version says as much as none."""
    return cast(Because, word) if word in WHEN else "opened"


def beneath(record: TaskRecord) -> TaskRecord:
    """A record, or what it was before the file accepted that its step is not taken; which an earlier version
    did not record."""
    if record["status"] != "accepted":
        return record
    return record.get("before") or {"status": "open", "since": record["since"]}


def status_of(tasks: Mapping[str, TaskRecord], task: str) -> str:
    """The status of a recorded task, "" where there is none."""
    record = tasks.get(task)
    return record["status"] if record else ""


def sent_for(tasks: Mapping[str, TaskRecord], task: str) -> str:
    """The mark of the value for which T4 was asked, "" where it was not, or showed what it did."""
    record = tasks.get(task)
    return record.get("sent", "") if record else ""


def was_called(tasks: Mapping[str, TaskRecord], task: str) -> bool:
    """Whether T4 was asked by a call for a step that it does not show; no run asks for it again."""
    record = tasks.get(task)
    return record is not None and "unconfirmed" in beneath(record)


def may_be_taken(tasks: Mapping[str, TaskRecord], task: str) -> bool:
    """Whether T4 or the administrator was asked for a step, and nobody has shown what came of it: should the
    file turn back, it may have to be undone. Nobody is asked for one that waits for another."""
    record = tasks.get(task)
    asked_for = beneath(record) if record else None
    if asked_for is None or asked_for["status"] != "open":
        return False
    return "unconfirmed" in asked_for or "waits" not in asked_for


def note_missing(tasks: Mapping[str, TaskRecord], task: str, evidence: str) -> None:
    """Record with a task that somebody can do now what showed that what is to be created was not there; ""
    where nothing did."""
    record = tasks.get(task)
    if record and record["status"] == "open" and not {"lacks", "waits"} & record.keys() and evidence:
        record.setdefault("missing", evidence)


def was_missing(tasks: Mapping[str, TaskRecord], task: str) -> bool:
    """Whether something showed, while the administrator was asked for it, that it was not there."""
    return "missing" in tasks.get(task, {})


def without_passing(record: TaskRecord) -> TaskRecord:
    """What a record keeps when its status changes."""
    return without(record, *PASSING)


def without(record: TaskRecord, *names: str) -> TaskRecord:
    """A record without some of what it has."""
    return cast(TaskRecord, {name: value for name, value in record.items() if name not in names})


def open_tasks(tasks: Mapping[str, TaskRecord]) -> list[str]:
    """Those of the recorded tasks that T4 still owes, sorted. One that the file accepts for a time is among
    them: what must come after it is not to come earlier."""
    return sorted(task for task, record in tasks.items() if record["status"] in UNDONE)
