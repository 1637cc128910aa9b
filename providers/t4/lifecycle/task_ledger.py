"""Steps of a resource: taken by the API, by the administrator, or signed off; and the record that each
leaves in the state.

A record is small: task id -> `status` (open, done, attested; accepted: the firm file accepts for a time
that it is not taken; laid aside: nobody's, because the user leaves), `since`, once closed `closed` (the
evidence), while it waits `waits` (for which tasks);
`was` is what market data was before. One that was opened because its fact changed has `again`, and in `stood`
the signature that stood in the attested file at that time; one that a read of T4 opened has `found` (the
call), and in `contradicted` the signature that T4 showed to be untrue. One for which the API was asked, and
which T4 does not show, has in `unconfirmed` T4's answer, and in `sent` the mark of the value: no run asks for
the same again. A step that the API could take at once leaves none: it never was anybody's task.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from providers.t4.api import Answer, MissingValue, T4Error
from providers.t4.lifecycle import read_back
from providers.t4.lifecycle.log import LOG
from providers.t4.session.session import now, session
from t4firm.reports.drift import sentence
from t4firm.tasks.ids import detail_of, kind_of

Record = dict[str, str | bool]

PASSING = ("closed", "lacks", "waits")
"""What a record has only as long as its status stays the same."""
WHILE_OPEN = ("found", "contradicted", "unconfirmed", "sent")
"""What a record has only until its step is closed."""

UNDONE = ("open", "accepted")
"""Statuses of a step that T4 still owes."""
UNTOLD = ("accepted", "laid aside")
"""Statuses of a step that is nobody's task now."""

WESTERNMOST = timedelta(hours=12)
"""How long a day lasts somewhere on earth after it has ended in UTC."""


@dataclass(frozen=True)
class Outcome:
    """What came of a call: the evidence in words, and the facts that a later run may need (ids, states;
    nothing personal). `only_asked`: T4 says that it was asked for, not that it is done."""

    evidence: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    only_asked: bool = False

    @classmethod
    def of(cls, answer: Answer[Any], facts: Mapping[str, Any] | None = None) -> "Outcome":
        """What T4's answer came to."""
        return cls(str(answer.evidence), facts or {}, answer.only_asked)


Act = Callable[[], Outcome]


@dataclass
class Steps:
    """The steps of one resource in one call. `tasks` is the record to be kept; it starts from the one in
    the state. `facts` has what came of the steps that were taken through the API, in this run or in one
    that died after it, and `evidence` T4's answers to them. `waits`: task id -> the tasks that must be closed
    before the API may take it. `accepted`: task id -> the last day on which the firm file accepts that it is
    not taken. `found`: task id -> what a read found otherwise than the file says, in words. `unsettled`: what
    a read found, or what the file accepts, is not recorded as it is now. `ids`: `userID` and `accountID` of
    what the steps are about, as far as they are known."""

    how: Mapping[str, str]
    attested: Mapping[str, str]
    tasks: dict[str, Record] = field(default_factory=dict)
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    waits: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    unsettled: bool = False
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, news: Mapping[str, Any], olds: Mapping[str, Any] | None = None) -> "Steps":
        """From a resource's inputs and, where it exists, its recorded outputs."""
        before, accepted = olds or {}, news.get("accepted") or {}
        steps = cls(
            news["how"],
            news.get("attested") or {},
            {task: dict(record) for task, record in (before.get("tasks") or {}).items()},
            waits={task: waits for task, waits in (news.get("waits") or {}).items() if waits},
            accepted=accepted,
            unsettled=bool(before.get("drift") or (olds and (before.get("accepted") or {}) != accepted)),
            ids={name: str(before.get(name) or news.get(name) or "") for name in ("userID", "accountID")},
        )
        for task, record in steps.tasks.items():
            if record["status"] == "accepted" and task not in accepted:
                record["status"] = "open"
        return steps

    def take(self, task: str, act: Act | None = None, *, again: bool = False, wish: object = None) -> bool:
        """Take one step if it can be taken now; True when T4 has it, or when somebody signed off that it
        does.

        `act` makes the call; None where T4 documents none, so that only the administrator can take the
        step. `again`: the fact has changed, so what closed this step before no longer counts, nor does a
        signature from before today (see `_counts`). `wish`: the value that the file wants in T4, where that
        can change while the step is open: what a dead run was answered for another one counts for nothing.
        A step that T4 can show is read back before it counts (`read_back`).
        """
        if self.is_accepted(task):
            return False
        record, mark = self.tasks.get(task), _mark(wish)
        if again and (record is None or record["status"] != "open"):
            record = self._opened_again(task)
        elif record and record["status"] == "done":
            return True
        if self._signed_off(task, record):
            self._close(task, record or {"since": now()}, "attested", self.attested[task])
            return True
        if self.awaits_t4(task, wish):
            return False
        outcome = None
        if act and task not in self.waits:
            try:
                since = str(record["since"]) if record else ""
                outcome = self._called(task, act, since, mark)
            except MissingValue as missing:
                self._open(task, record, lacks=missing.name)
                return False
        if outcome is None:
            self._open(task, record)
            return False
        found = read_back.showing(task, self.ids, wish)
        if (found is None and outcome.only_asked) or (found and not found.has_it):
            LOG.warning("%s", read_back.doubt_words(task, outcome.evidence, found))
            self._open(task, record, unconfirmed=outcome.evidence, sent=mark)
            return False
        if found and found.another_form:
            LOG.warning("%s", read_back.form_words(task, found))
        evidence = (
            f"{outcome.evidence}, and {found.evidence}" if found and outcome.only_asked else outcome.evidence
        )
        self.facts[task], self.evidence[task] = outcome.facts, evidence
        if record and task in self.tasks:
            self._close(task, record, "done", evidence)
        return True

    def awaits_t4(self, task: str, wish: object = None) -> bool:
        """Whether T4 answered a call for this very step well, and does not show that it is done: only T4 or
        the administrator can change that."""
        record = self.tasks.get(task)
        return bool(
            record
            and record["status"] == "open"
            and record.get("unconfirmed")
            and record.get("sent", "") == _mark(wish)
        )

    def _called(self, task: str, act: Act, since: str, mark: str) -> Outcome | None:
        """What came of the call: made now, where the step is the API's, and written down before and after; or
        made for the same wish (`mark`) by a run that got an answer after the step was opened and could not
        record it, whosever the step is now."""
        journal, at = session().journal, now()
        by_api = self.how.get(kind_of(task)) == "api"
        before = journal.intend(task, at) if by_api else journal.find(task)
        of_this = before and before.answered > since and before.answer.get("wish", "") == mark
        if before and of_this and {"evidence", "facts"} <= before.answer.keys():
            said = before.answer
            return Outcome(str(said["evidence"]), said["facts"], bool(said.get("onlyAsked")))
        if not by_api:
            return None
        try:
            outcome = act()
        except MissingValue:
            journal.nothing_happened(task, at)
            raise
        except T4Error as error:
            if error.happened == "no":
                journal.nothing_happened(task, at)
            raise
        answer: dict[str, Any] = {"evidence": outcome.evidence, "facts": dict(outcome.facts)}
        answer |= {"onlyAsked": True} if outcome.only_asked else {}
        journal.answered(task, now(), {**answer, "wish": mark} if mark else answer)
        return outcome

    def open_since(self, task: str, at: str) -> None:
        """Record a step that a run brought which could not record it; no answer or signature from before it
        counts."""
        self.tasks[task] = {"status": "open", "since": at, "again": True, "stood": ""}

    def leave_open(self, task: str) -> None:
        """Record a step that must wait for a later run, whoever will take it; no earlier signature closes
        it."""
        record = self.tasks.get(task)
        if not self.is_accepted(task) and (record is None or record["status"] != "open"):
            self.tasks[task] = self._opened_again(task)

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
        """Close an open step that T4 itself shows as taken; `evidence`: the call that showed it."""
        record = self.tasks.get(task)
        if record and record["status"] == "open":
            self._close(task, record, "done", f"T4 shows it: {evidence or now()}")
        elif record and record["status"] == "accepted":
            self.drop(task)

    def hold(self, task: str, taken: bool, evidence: str, words: str = "") -> None:
        """Hold a step against what T4 shows (`evidence`: the call): `taken` closes an open one; else it is to
        be taken (again), and a signature that said otherwise counts no more. `words`: the difference, where
        the task's kind does not say it all."""
        if taken:
            self.seen(task, evidence)
            return
        record = self.tasks.get(task)
        if self.is_accepted(task) or (record and record["status"] == "open"):
            return
        self.leave_open(task)
        self.tasks[task]["found"] = evidence
        self.found[task] = words or sentence(task)
        if record and record["status"] == "attested":
            self.tasks[task]["contradicted"] = record["closed"]

    def is_accepted(self, task: str) -> bool:
        """Whether the firm file accepts for now that the step is not taken; recorded, so that it is taken up
        again when that ends."""
        if task not in self.accepted:
            return False
        self.tasks[task] = {"status": "accepted", "since": (self.tasks.get(task) or {}).get("since", now())}
        return True

    def lay_aside(self, *kinds: str) -> None:
        """Steps of these kinds that are not done are nobody's until `take_up`."""
        for task, record in self.tasks.items():
            if kind_of(task) in kinds and record["status"] in UNDONE:
                self.tasks[task] = _kept(record) | {"status": "laid aside"}

    def take_up(self) -> None:
        """Steps that were laid aside are open again."""
        for record in self.tasks.values():
            if record["status"] == "laid aside":
                record["status"] = "open"

    def details_of(self, kind: str) -> set[str]:
        """The last parts of the ids of this kind's tasks: `end-market-data/x/CME` -> `CME`."""
        return {detail_of(task) for task in self.tasks if kind_of(task) == kind}

    def reopened(self, *kinds: str) -> set[str]:
        """The ids of the tasks of these kinds that only a signature closed, and the signature is gone."""
        return {task for task in self.tasks if kind_of(task) in kinds and self.withdrawn(task)}

    def drop(self, task: str) -> None:
        """Forget a step that the file no longer asks for."""
        self.tasks.pop(task, None)

    def is_open(self, task: str) -> bool:
        """Whether the step is a task that waits for somebody."""
        return task in self.tasks and self.tasks[task]["status"] == "open"

    def _opened_again(self, task: str) -> Record:
        return {"status": "open", "since": now(), "again": True, "stood": self.attested.get(task, "")}

    def _open(self, task: str, record: Record | None, **why: str) -> None:
        """Record an open step, and why the API did not take it: `lacks`, or `unconfirmed` and `sent`."""
        entry = _kept(record or {"since": now()}) | {"status": "open"}
        entry |= {name: text for name, text in why.items() if text}
        if task in self.waits:
            entry["waits"] = self.waits[task]
        self.tasks[task] = entry

    def _close(self, task: str, record: Record, status: str, evidence: str) -> None:
        kept = {name: value for name, value in _kept(record).items() if name not in WHILE_OPEN}
        self.tasks[task] = kept | {"status": status, "closed": evidence}

    def _signed_off(self, task: str, record: Record | None) -> bool:
        signature = self.attested.get(task)
        if signature is None or (record and record.get("contradicted") == signature):
            return False
        return not (record and record.get("again")) or _counts(signature, record)

    def withdrawn(self, task: str) -> bool:
        """Whether only a signature said that T4 has it, and the signature is gone from the attested file."""
        return task in self.tasks and self.tasks[task]["status"] == "attested" and task not in self.attested

    def outstanding(self, lacking: Iterable[str] = ()) -> bool:
        """Whether a run could now close an open step, must reopen one whose signature was withdrawn, or must
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
            if task in self.waits or "unconfirmed" in record:
                continue
            if self.how.get(kind_of(task)) == "api" and record.get("lacks") not in lacking:
                return True
        return False


def _counts(signature: str, record: Record) -> bool:
    """Whether a signature may be younger than the opening of a step whose fact has changed.

    It bears a day of the signer's calendar, the opening a time in UTC. The day of the opening and every
    later one count. So does the day before, where it was still that day somewhere on earth; but only for a
    signature that was not in the file at the opening, because that one speaks of what was before.
    """
    signed, opened = signature[:10], datetime.fromisoformat(str(record["since"]))
    if signed >= opened.date().isoformat():
        return True
    fresh = signature != record.get("stood", signature)
    return fresh and signed >= (opened - WESTERNMOST).date().isoformat()


def _kept(record: Record) -> Record:
    """What a record keeps when its status changes."""
    return {name: value for name, value in record.items() if name not in PASSING}


def called(operation: str, values: Mapping[str, object]) -> Outcome:
    """Make one operation whose answer holds nothing that a later run needs."""
    return Outcome.of(session().client.call(operation, values))


def _mark(wish: object) -> str:
    return "" if wish is None else session().mark(wish)


def forget(*tasks: str) -> None:
    """Remove from the journal what a resource did that is no longer this stack's."""
    for task in tasks:
        session().journal.forget(task)


def without_planned(news: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as they are recorded: what was to come has come, or is an open task."""
    return {name: value for name, value in news.items() if name != "planned"}


def with_planned(news: Mapping[str, Any], tasks: Iterable[str]) -> dict[str, Any]:
    """Inputs that say which of these steps, brought by this change, will be the administrator's.

    A preview knows a changed resource's inputs and not its outputs: this is how it knows the tasks to come.
    """
    by_hand = {task: "planned" for task in sorted(tasks) if news["how"].get(kind_of(task)) != "api"}
    return {**news, "planned": by_hand} if by_hand else dict(news)


def open_tasks(olds: Mapping[str, Any]) -> list[str]:
    """The ids of the tasks in a resource's recorded outputs that T4 still owes, sorted. One that the file
    accepts for a time is among them: what must come after it is not to come earlier."""
    tasks = olds.get("tasks") or {}
    return sorted(task for task, record in tasks.items() if record["status"] in UNDONE)
