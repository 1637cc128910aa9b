"""What the records of a stack and its journal tell of the past: what T4 answered, which tasks a run opened,
what closed them."""

from collections.abc import Iterable, Iterator, Mapping

from providers.t4.records.stored import Stored
from providers.t4.records.task_records import TaskRecord
from providers.t4.session.journal import Entry
from t4firm.history.events import Event, request_in, time_in
from t4firm.history.file_changes import about_task
from t4firm.plan.goals import OURS, Key

SHOWS: Mapping[str, str] = {
    "User": "user {name}",
    "Account": "account {name} is {state}",
    "ApplicationAssignment": "{application} of {username}",
    "AccountAssignment": "account {account} assigned to {username}",
}
"""Kind of resource -> what its evidence shows."""


def of_records(records: Mapping[Key, Stored]) -> Iterator[Event]:
    """What is recorded of each resource, and of its tasks."""
    for (type_, name), record in records.items():
        if not type_.startswith(OURS):
            continue
        kind = type_.removeprefix(OURS)
        about = _about(kind, name, record)
        evidence = str(record.get("evidence") or "")
        if kind in SHOWS and evidence:
            state = str(record.get("state") or "in T4").lower()
            told = {"name": name, **{key: record.get(key) for key in ("application", "username", "account")}}
            yield _shown(SHOWS[kind].format(**told, state=state), about, evidence)
        for task, entry in (record.get("tasks") or {}).items():
            yield from _of_task(task, entry, about)


def of_journal(entries: Iterable[Entry]) -> Iterator[Event]:
    """T4's answers that the journal still has."""
    for entry in entries:
        evidence = str(entry.answer.get("evidence") or "")
        if entry.answered and evidence:
            kind, _, name = entry.key.partition("/")
            about = (name,) if kind in ("onboard", "create-account") else about_task(entry.key)
            yield _shown(f"T4 answered {entry.key}", about, evidence, entry.answered)


def _about(kind: str, name: str, record: Stored) -> tuple[str, ...]:
    if kind == "User":
        return (name,)
    if kind == "Account":
        return tuple(filter(None, (name, str(record.get("owner") or ""))))
    return tuple(str(record[key]) for key in ("username", "account") if record.get(key))


def _of_task(task: str, entry: TaskRecord, about: tuple[str, ...]) -> Iterator[Event]:
    about = tuple(dict.fromkeys((*about, *about_task(task))))
    if since := str(entry.get("since") or ""):
        yield Event(since, "opened", task, about, evidence=str(entry.get("found") or ""))
    if denied := str(entry.get("contradicted") or ""):
        shown = str(entry.get("found") or "")
        yield Event(
            time_in(shown) or since, "contradicted", task, about, "T4", evidence=f"{shown}; signed: {denied}"
        )
    closed = str(entry.get("closed") or "")
    if closed and entry.get("status") == "done":
        yield _shown(task, about, closed)
    elif closed:
        yield Event(closed[:10], "signed off", task, about, closed.partition(", by ")[2], evidence=closed)


def _shown(what: str, about: tuple[str, ...], evidence: str, at: str = "") -> Event:
    request = request_in(evidence)
    return Event(time_in(evidence) or at, "shown", what, about, "T4", evidence=evidence, request=request)
