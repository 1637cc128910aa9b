"""Steps of a resource: taken by the API, by the administrator, or signed off; each may leave a record in the
state (`task_records`)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from providers.t4.api import MissingValue
from providers.t4.records.record import Inputs, Recorded
from providers.t4.records.task_records import (
    CLOSED,
    OF_A_SIGN_OFF,
    PASSING,
    UNDONE,
    WHILE_OPEN,
    TaskRecord,
    asked,
    beneath,
    without,
    without_passing,
)
from providers.t4.session import rehearsal
from providers.t4.session.session import now
from providers.t4.steps.journaled_calls import Act, Outcome, made_before, made_now, marked
from providers.t4.steps.log import LOG
from providers.t4.steps.read_back import Answered
from t4firm.evidence import Because, doubt
from t4firm.reports.drift import sentence
from t4firm.tasks.ids import detail_of, kind_of

CREATING = ("create-account",)
"""The kinds of steps that create something in T4."""


@dataclass
class Steps:
    """The steps of one resource in one call. `tasks` is the record to be kept; it starts from the one in
    the state. `facts` has what came of the steps that were taken through the API, in this run or in one
    that died after it, and `evidence` T4's answers to them. `waits`: task id -> the tasks that must be closed
    before the API may take it. `accepted`: task id -> the last day on which the firm file accepts that it is
    not taken. `found`: task id -> what a read found that differs from the file, in words; `denied`: the
    open tasks that a read showed not to be done. `unsettled`: what a read found, or what the files accept and
    sign off, is not recorded as it is now.

    What a sign-off must know: `earlier` has the lines that the last run recorded, `subject` whether this run
    creates (`new`) or adopts (`adopted`) what the steps are about, `wants` the value that a step is about.
    `ids`: `userID` and `accountID` of what the steps are about, as far as they are known. `recorded`: when a
    run last recorded the resource, "" where none has; an older version did not say when, so then it is now.
    """

    how: Mapping[str, str]
    attested: Mapping[str, str]
    tasks: dict[str, TaskRecord] = field(default_factory=dict)
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    waits: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    unsettled: bool = False
    ids: dict[str, str] = field(default_factory=dict)
    earlier: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    wants: Callable[[str], object] = lambda task: None
    recorded: str = ""

    @classmethod
    def of(cls, news: Inputs, record: Recorded | None = None) -> "Steps":
        """From a resource's inputs and, where it exists, its record."""
        before = record.inputs if record else None
        known = record.ids if record else {}
        steps = cls(
            news.how,
            news.attested,
            {task: entry.copy() for task, entry in record.tasks.items()} if record else {},
            waits={task: waits for task, waits in news.waits.items() if waits},
            accepted=news.accepted,
            unsettled=bool(record and record.drift)
            or (before is not None and before.changes(news, "accepted", "attested")),
            earlier=before.attested if before else news.earlier,
            recorded=(record.recorded or now()) if record else "",
            subject="" if record else news.subject,
            wants=news.wanted,
            ids={name: known.get(name) or value for name, value in news.ids.items()},
        )
        return steps._settled_anew()

    def _settled_anew(self) -> "Steps":
        for task, record in self.tasks.items():
            if record["status"] == "accepted" and task not in self.accepted:
                self.tasks[task] = self._no_longer_accepted(task, record)
        return self

    def take(
        self,
        task: str,
        act: Act | None = None,
        *,
        again: bool = False,
        wish: object = None,
        there: Callable[[], Outcome | None] = lambda: None,
    ) -> bool:
        """Take one step if it can be taken now; True when T4 has it, or when somebody signed off that it
        does.

        `act` makes the call; None where T4 documents none, so that only the administrator can take the
        step. `again`: the fact has changed, so what closed this step before no longer counts, nor does a
        line that is in the attested file now. `wish`: the value that the file wants in T4, where that
        can change while the step is open: what a dead run was answered for another one counts for nothing.
        A step that T4 can show is read back before it counts (`read_back`); where that fails, the next run
        reads again, and makes no call. `there`: what T4 shows of it as taken already, so that nobody is asked
        for it.
        """
        if self.leave_alone(task, again=again):
            return False
        is_recorded, since = task in self.tasks, self._since(task)
        record = self._as_asked(task, again=again)
        if record["status"] in CLOSED:
            return True
        if self._signed_off(task, record):
            self._close(task, record, "attested", self.attested[task])
            return True
        if self.awaits_t4(task, wish):
            return self._looked_again(task, record, wish)
        outcome = shown = None
        if act and task not in self.waits:
            try:
                outcome = made_before(task, since, wish)
                if outcome is None:
                    outcome = shown = there()
                if outcome is None and self.how.get(kind_of(task)) == "api":
                    outcome = made_now(task, act, wish)
            except MissingValue as missing:
                self._open(task, record, lacks=missing.name)
                return False
        if outcome is None:
            self._open(task, record)
            return False
        # what a rehearsal did not call, T4 cannot show
        is_alone = outcome.is_shown or rehearsal.current()
        answered = Answered(outcome) if is_alone else Answered.read(task, self.ids, outcome, wish)
        if not answered.is_taken:
            LOG.warning("%s", answered.doubt(task))
            self._unconfirmed(task, record, answered, marked(wish))
            return False
        self._taken(task, answered)
        if is_recorded or shown:
            self._close(task, record, "done", answered.evidence)
        return True

    def _looked_again(self, task: str, record: TaskRecord, wish: object) -> bool:
        """A step that T4 was asked for and did not show, read again; True where T4 shows it now."""
        outcome = Outcome(record["unconfirmed"], record.get("facts") or {}, only_asked=True)
        answered = Answered.read(task, self.ids, outcome, wish)
        if answered.is_taken:
            self._taken(task, answered)
            self._close(task, record, "done", answered.evidence)
            return True
        if "unread" in record:
            LOG.warning("%s", answered.doubt(task))
        self._unconfirmed(task, record, answered, record.get("sent", ""))
        return False

    def _taken(self, task: str, answered: Answered) -> None:
        if answered.in_another_form:
            LOG.warning("%s", answered.form(task))
        self.facts[task], self.evidence[task] = answered.outcome.facts, answered.evidence

    def _unconfirmed(self, task: str, record: TaskRecord, answered: Answered, mark: str) -> None:
        """Record that T4 was asked (`mark`: for which value), and does not show that the step is taken."""
        self._open(task, record, sent=mark, **answered.unconfirmed)

    def _since(self, task: str) -> str:
        """What came of a call before this time has been recorded, or is about what was before."""
        record = self.tasks.get(task)
        return asked(record).at if record and record["status"] == "open" else self.recorded

    def awaits_t4(self, task: str, wish: object = None) -> bool:
        """Whether T4 answered a call for this very step well, and does not show that it is done: only T4 or
        the administrator can change that. What T4 was asked to create is not asked for again with other
        values either: there might be two."""
        record = self.tasks.get(task)
        return bool(
            record
            and record["status"] == "open"
            and record.get("unconfirmed")
            and (kind_of(task) in CREATING or record.get("sent", "") == marked(wish))
        )

    def open_since(self, task: str, at: str) -> None:
        """Record a step that a run brought which could not record it; no answer from before it counts, nor a
        line that is in the attested file now."""
        self.tasks[task] = self._opened(task) | {"since": at}

    def leave_open(self, task: str, lacks: str = "") -> None:
        """Record a step that must wait for a later run, whoever will take it; no line that is in the attested
        file now closes it. `lacks`: what must be there first."""
        if self.leave_alone(task, again=True):
            return
        if not self.is_open(task):
            self.tasks[task] = self._opened(task)
        if lacks:
            self.tasks[task]["lacks"] = lacks

    def note(self, task: str, was: str) -> None:
        """Record with an open step what T4 had before; what is noted already is older, and stays."""
        record = self.tasks.get(task)
        if record and record["status"] == "open":
            record.setdefault("was", was)

    def open_of(self, *kinds: str) -> set[str]:
        """The ids of the open tasks of these kinds."""
        return {
            task
            for task, record in self.tasks.items()
            if kind_of(task) in kinds and record["status"] == "open"
        }

    def seen(self, task: str, evidence: str = "") -> None:
        """Close a step that T4 itself shows as taken, also one that the file accepts; `evidence`: the call
        that showed it."""
        if task not in self.tasks:
            return
        self.tasks[task] = record = beneath(self.tasks[task])
        if record["status"] == "open":
            self._close(task, record, "done", f"T4 shows it: {evidence or now()}")

    def hold(self, task: str, taken: bool, evidence: str, words: str = "") -> None:
        """Hold a step against what T4 shows (`evidence`: the call): `taken` closes an open one; else it is to
        be taken (again), and no sign-off from before that counts. `words`: the difference, where the task's
        kind does not say it all."""
        if taken:
            self.seen(task, evidence)
            return
        record = self.tasks.get(task)
        if self.leave_alone(task, again=True, because="shown"):
            return
        if record and record["status"] == "open":
            record.pop("unread", None)
            self.denied.add(task)
            if asked(record).at[:10] < now()[:10]:  # a sign-off has a day: one showing a day is enough
                self.tasks[task] = self._anew(task, record, "shown")
            return
        self.tasks[task] = self._opened(task, "shown") | {"found": evidence}
        self.found[task] = words or sentence(task)
        if record and record["status"] == "attested":
            self.tasks[task]["contradicted"] = record["closed"]

    def doubt_lines(self, lines: Mapping[str, str]) -> None:
        """What a read has just shown not to be done is closed by no line that is in the attested file now:
        T4's word is the newer one. `lines`: task id -> line, of that file."""
        for task in self.denied & lines.keys():
            if (record := self.tasks[task]).get("stood") != lines[task]:
                self.tasks[task] = self._anew(task, record, "shown") | {"stood": lines[task]}

    def leave_alone(self, task: str, *, again: bool = False, because: Because = "opened") -> bool:
        """True where the firm file accepts for now that the step is not taken: then it is recorded with what
        it was before, which is there again when that ends. `again`: the fact has changed meanwhile."""
        if task not in self.accepted:
            return False
        since = now()
        if record := self.tasks.get(task):
            since, self.tasks[task] = record["since"], beneath(record)
        before = self._as_asked(task, again=again, because=because)
        self.tasks[task] = {"status": "accepted", "since": since, "before": before}
        return True

    def lay_aside(self, *kinds: str) -> None:
        """Steps of these kinds that are not done are nobody's until `take_up`."""
        for task, record in self.tasks.items():
            if kind_of(task) in kinds and record["status"] in UNDONE:
                self.tasks[task] = without_passing(beneath(record)) | {"status": "laid aside"}

    def take_up(self) -> None:
        """Steps that were laid aside are open again; no line that is in the attested file now closes one."""
        for task, record in self.tasks.items():
            if record["status"] == "laid aside":
                self.tasks[task] = self._anew(task, record, "opened")

    def details_of(self, kind: str) -> set[str]:
        """The last parts of the ids of this kind's tasks: `end-market-data/x/CME` -> `CME`."""
        return {detail_of(task) for task in self.tasks if kind_of(task) == kind}

    @property
    def waiting(self) -> dict[str, TaskRecord]:
        """The record to be kept, with what its open steps wait for: also those that nobody tried to take."""
        return {
            task: {**record, "waits": self.waits[task]}
            if record["status"] == "open" and task in self.waits
            else record
            for task, record in self.tasks.items()
        }

    def reopened(self, *kinds: str) -> set[str]:
        """The ids of the tasks of these kinds that only a sign-off closed, and its line is gone."""
        return {task for task in self.tasks if kind_of(task) in kinds and self.withdrawn(task)}

    def drop(self, task: str) -> None:
        """Forget a step that the file no longer asks for."""
        self.tasks.pop(task, None)

    def is_open(self, task: str) -> bool:
        """Whether the step is a task that waits for somebody."""
        return task in self.tasks and self.tasks[task]["status"] == "open"

    def to_come(self, task: str, *, is_first: bool) -> TaskRecord:
        """The record of a step that a run will bring: for the first time, or because its fact has changed."""
        return self._first(task) if is_first else self._opened(task)

    def _as_asked(self, task: str, *, again: bool, because: Because = "opened") -> TaskRecord:
        """The record of a step as it is asked now: opened for the first time or again, asked anew for another
        value, or as it was."""
        record = self.tasks.get(task)
        if record is None:
            return self._opened(task, because) if again else self._first(task)
        if self.withdrawn(task):
            return self._opened(task, "withdrawn")
        if again and record["status"] != "open":
            return self._opened(task, because)
        if record["status"] == "open" and record.get("value", "") != self._value(task):
            return self._anew(task, record, "value")
        return record

    def _first(self, task: str) -> TaskRecord:
        """A step that opens for the first time. A line may have come together with what it is about, but not
        before it."""
        line, record = self.attested.get(task, ""), self._opened(task)
        if self.subject == "new":
            return record | ({"because": "created"} if line else {})
        if line != self.earlier.get(task):
            record.pop("stood", None)
        return record | ({"adopted": True} if self.subject == "adopted" else {})

    def _opened(self, task: str, because: Because = "opened") -> TaskRecord:
        return self._asked_now(task, self.tasks.get(task), because, "since")

    def _anew(self, task: str, record: TaskRecord, because: Because) -> TaskRecord:
        """An open step that is asked anew: since when it is open, and what was found, is as it was."""
        return without(record, *OF_A_SIGN_OFF) | self._asked_now(task, record, because, "asked")

    def _asked_now(self, task: str, record: TaskRecord | None, because: Because, name: str) -> TaskRecord:
        """What an open record says from now on to a sign-off, its time under `name`; what is as usual is left
        out."""
        record = record or {"status": "", "since": ""}
        signed = record["closed"] if record["status"] == "attested" else record.get("stood")
        why = "" if because == "opened" else because
        said = {"stood": self.attested.get(task) or signed, "value": self._value(task), "because": why}
        asked = {"status": "open", name: now(), **{name: value for name, value in said.items() if value}}
        return cast(TaskRecord, asked)

    def _value(self, task: str) -> str:
        """The mark of what the file wants in T4; "" where the task says it all."""
        return marked(self.wants(task))

    def _no_longer_accepted(self, task: str, record: TaskRecord) -> TaskRecord:
        """What the step was before it was accepted. While it is open, no line that came meanwhile counts."""
        before = beneath(record)
        return self._anew(task, before, "accepted") if before["status"] == "open" else before

    def _open(self, task: str, record: TaskRecord, **why: object) -> None:
        """Record an open step, and why the API did not take it: `lacks`, or what `_unconfirmed` says."""
        said = {"status": "open", **{name: value for name, value in why.items() if value}}
        entry = without_passing(record) | cast(TaskRecord, said)
        if task in self.waits:
            entry["waits"] = self.waits[task]
        self.tasks[task] = entry

    def _close(self, task: str, record: TaskRecord, status: str, evidence: str) -> None:
        kept = without(record, *PASSING, *WHILE_OPEN, *OF_A_SIGN_OFF)
        self.tasks[task] = kept | {"status": status, "closed": evidence}

    def _signed_off(self, task: str, record: TaskRecord) -> bool:
        line = self.attested.get(task)
        return line is not None and not doubt(line, asked(record))

    def withdrawn(self, task: str) -> bool:
        """Whether only a sign-off said that T4 has it, and its line is gone from the attested file."""
        return task in self.tasks and self.tasks[task]["status"] == "attested" and task not in self.attested

    def outstanding(self, lacking: Iterable[str] = ()) -> bool:
        """Whether a run could now close an open step, must reopen one whose sign-off was withdrawn, or must
        record what is unsettled."""
        if self.unsettled:
            return True
        lacking = set(lacking)
        for task, record in self.tasks.items():
            if self.withdrawn(task):
                return True
            if record["status"] != "open":
                continue
            if self._signed_off(task, record) or record.get("waits") != self.waits.get(task):
                return True
            if "unread" in record:
                return True
            if task in self.waits or "unconfirmed" in record:
                continue
            if self.how.get(kind_of(task)) == "api" and record.get("lacks") not in lacking:
                return True
        return False
