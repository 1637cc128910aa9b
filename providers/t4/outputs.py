"""What the stack puts out: `users`, `administratorTasks`, `summary`.

Each is made from one record a goal: the outputs of its resource. A preview knows those of a resource that
stays the same; of one that will change it takes what the last run recorded; of one to come it knows the goal
alone. So no output is unknown as a whole because a part of it is.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, cast

import pulumi

from providers.t4.engine import engine_state
from providers.t4.engine.plain_values import gathered, unknown
from providers.t4.engine.registration import Answer, Registered
from providers.t4.lifecycle.template_check import contradiction_words
from providers.t4.lifecycle.violation_words import violation_words
from providers.t4.records.stored import Stored
from providers.t4.records.task_records import UNTOLD, TaskRecord, asked
from providers.t4.reports.coverage import covered, until_captured
from providers.t4.steps.task_ledger import Steps
from t4firm.evidence import doubt, doubted
from t4firm.model.firm import Firm
from t4firm.plan import adoptions
from t4firm.plan.goals import AccessGoal, ApplicationGoal, Desired, FirmGoal, Goal, UserGoal
from t4firm.reports.coverage import counts
from t4firm.reports.market_data import costs, subscriptions
from t4firm.reports.to_do import TO_DO, to_do
from t4firm.reports.trials import ended, ending, last_day
from t4firm.tasks.ids import describe, kind_of, parts_of, task_id
from t4firm.yaml_files.mistakes import some

Tasks = Sequence[Mapping[str, str]]
Summary = dict[str, Any]
People = Mapping[str, Stored | None]
"""Username -> the record of its user, None where no run has made it."""

FACTS = (
    *("userID", "roles", "applications", "violations", "warnings", "notices", "trialExpires", "marketData"),
    *("fees", "unmanaged", "assigned", "evidence", "tasks", "planned"),
)
"""What is recorded of resources that the stack's outputs are made from; none has all of it."""


def key_of(urn: str) -> tuple[str, str]:
    """Type and name in a resource's URN."""
    kind, name = urn.split("::", 3)[2:]
    return kind, name


def export(goals: Desired, firm: Firm, resources: Sequence[Registered], last: Iterable[Stored]) -> None:
    """Export the stack's outputs, and show violations as errors, adoptions and warnings as warnings. `last`:
    what the last run recorded; notices in it have been told."""
    for words in adoptions.told(goals.adoptions):
        pulumi.log.warn(f"This run {words}")
    records = _records(goals, resources)
    pulumi.export("users", _user_ids(goals, records))
    both = records.apply(lambda records: _tasks_and_summary(goals, firm, records))
    pulumi.export("administratorTasks", both.apply(lambda both: both[0]))
    summary = both.apply(lambda both: both[1])
    pulumi.export("summary", summary)
    told = frozenset(words for record in last for words in record.get("notices") or ())
    summary.apply(lambda summary: _announce(summary, told))


def _tasks_and_summary(
    goals: Desired, firm: Firm, records: Sequence[Stored | None]
) -> tuple[list[dict[str, str]], Summary]:
    tasks = task_list(goals, firm, records)
    return tasks, _summary(goals, firm, tasks, records)


def task_list(goals: Desired, firm: Firm, records: Sequence[Stored | None]) -> list[dict[str, str]]:
    """The administrator's tasks, sorted by id: recorded ones with their status, those to come as `planned`.

    `records` has one entry a goal: its resource's outputs, or None where there is no resource yet. Each task
    has `id`, `what`, `why`, `status`, `closes`, and where there is something to say `since`, `effective`,
    `waits`, `after` (the task that must be done before, though nothing waits for it), `asked` (T4's answer to
    a call for it, after which T4 does not show it), `evidence` and `signOff` (a line of the attested file
    that does not count, and why).
    """
    tasks: dict[str, dict[str, str]] = {}
    for goal, record in zip(goals.goals, records, strict=True):
        recorded = (record or {}).get("tasks") or {}
        first = goal.planned if record is None else _standing(goal, recorded)
        to_come = (*((record or {}).get("planned") or ()), *first)
        known = {task: entry for task, entry in recorded.items() if entry["status"] not in UNTOLD}
        for task in to_come:
            if task in goal.accepted:
                continue
            if task not in recorded or recorded[task]["status"] != "open":
                known[task] = _to_come(goal, task, is_first=task in first)
        for task, entry in known.items():
            signed = _signed(goal, task, entry)
            tasks[task] = shown_task(task, signed, firm, record or {}, goals.operations)
    return [_after_capture(tasks[task], tasks, firm) for task in sorted(tasks)]


def _after_capture(told: dict[str, str], tasks: Mapping[str, dict[str, str]], firm: Firm) -> dict[str, str]:
    """Who enables an account that the fill user does not have yet lets fills go by that nobody captures."""
    if kind_of(told["id"]) != "enable-account" or told["status"] not in TO_DO or not firm.fillService:
        return told
    first = task_id("assign-account", firm.fillService.user.username, parts_of(told["id"])["account"])
    is_captured = first not in tasks or tasks[first]["status"] not in TO_DO
    return told if is_captured else {**told, "after": first}


def _standing(goal: Goal, recorded: Collection[str]) -> tuple[str, ...]:
    """The tasks that come with a user or with the firm whatever the API can do, and that nothing has
    recorded: the file says something new, or an older version did not know them."""
    if not isinstance(goal, FirmGoal) and (not isinstance(goal, UserGoal) or goal.departed):
        return ()
    return tuple(task for task in goal.planned if task not in recorded)


def _to_come(goal: Goal, task: str, *, is_first: bool) -> TaskRecord:
    """A step to come, as the run that brings it will record it; `attested` where a line signs it off then."""
    steps = Steps(goal.how, goal.attested, earlier=goal.earlier, subject=goal.subject)
    entry = steps.to_come(task, is_first=is_first)
    line = goal.attested.get(task)
    if line and not doubt(line, asked(entry)):
        return {"status": "attested", "since": "", "closed": line}
    return {**entry, "status": "planned", "since": "", "asked": entry["since"]}


def _signed(goal: Goal, task: str, entry: TaskRecord) -> TaskRecord:
    """A task with what is said of a line that does not sign it off."""
    line = goal.attested.get(task)
    if not line or entry["status"] not in ("open", "planned"):
        return entry
    reason = doubt(line, asked(entry))
    return {**entry, "signOff": doubted(line, reason)} if reason else entry


def shown_task(
    task: str, entry: TaskRecord, firm: Firm, record: Stored, operations: Container[str]
) -> dict[str, str]:
    """One task as the stack puts it out. `entry` is what its resource, `record`, says of it."""
    told = describe(task, firm, _details(task, entry, record), operations)
    shown = {
        "id": told.id,
        "what": told.what,
        "why": told.why,
        "status": str(entry["status"]),
        "closes": told.closes,
        "since": entry.get("since"),
        "effective": told.effective,
        "waits": told.waits,
        "asked": entry.get("unconfirmed"),
        "evidence": entry.get("closed"),
        "signOff": entry.get("signOff"),
    }
    return {name: str(text) for name, text in shown.items() if text}


def _details(task: str, entry: TaskRecord, record: Stored) -> dict[str, str]:
    if "waits" in entry:
        return {"after": str(entry["waits"])}
    if kind_of(task) == "confirm-trial":
        ends = last_day(record.get("trialExpires"))
        return {"trial": ends.isoformat()} if ends else {}
    if kind_of(task) == "hand-over-credentials" and (violations := record.get("violations")):
        return {"mending": ", ".join(sorted(violations))}
    if "was" in entry:
        return {"was": str(entry["was"])}
    if kind_of(task) in ("update-market-data", "end-market-data") and entry["status"] == "planned":
        before = record.get("marketData") or {}
        return {"was": str(before.get(parts_of(task)["exchange"], ""))}
    return {}


def _records(goals: Desired, resources: Sequence[Registered]) -> "pulumi.Output[list[Stored | None]]":
    async def records() -> list[Stored | None]:
        return _with_last_run(goals, [_recorded(await resource.answered) for resource in resources])

    return gathered(records())


def _recorded(answer: Answer) -> Stored:
    """The id of a resource, and what it recorded; None where that is unknown."""
    return cast(Stored, {"id": answer.id or None, **{name: answer.known(name) for name in FACTS}})


def _with_last_run(goals: Desired, seen: list[Stored]) -> list[Stored | None]:
    """The records, with what the last run recorded of resources that are there and will change."""
    if not any(_changes(record) for record in seen):
        return [record if record["tasks"] is not None else None for record in seen]
    last = {key_of(urn): resource["outputs"] for urn, resource in engine_state.resources().items()}
    found: list[Stored | None] = []
    for goal, record in zip(goals.goals, seen, strict=True):
        if not _changes(record):
            found.append(record if record["tasks"] is not None else None)
            continue
        outputs = last.get(goal.key) or {}
        kept = cast(Stored, {name: outputs.get(name) for name in FACTS})
        to_come = {*goal.planned} - (kept["tasks"] or {}).keys() | {*(record.get("planned") or ())}
        found.append({**kept, "planned": sorted(to_come)})
    return found


def _changes(record: Stored) -> bool:
    """Whether a preview will change the resource: it has an id and no known outputs."""
    return record["tasks"] is None and record["id"] is not None


def _user_ids(goals: Desired, records: "pulumi.Output[list[Stored | None]]") -> Any:
    """username -> userID, "" while it is not known. In a preview those to come are unknown, one by one."""
    numbered = list(enumerate((goal.user.username for goal in goals.users), start=1))  # the firm comes first

    def of_one(at: int) -> Any:
        return records.apply(lambda records: (records[at] or {}).get("userID") or unknown())

    def of_all(records: list[Stored | None]) -> dict[str, str]:
        return {username: str((records[at] or {}).get("userID") or "") for at, username in numbered}

    if pulumi.runtime.is_dry_run():
        return {username: of_one(at) for at, username in numbered}
    return records.apply(of_all)


def _summary(
    goals: Desired, firm: Firm, tasks: list[dict[str, str]], records: Sequence[Stored | None]
) -> Summary:
    known = [record for record in records if record]
    waiting, coverage = _waiting(goals, records), covered(goals, firm, records, tasks)
    people = people_of(goals, records)
    subscribed = subscriptions(firm)
    departed = sum(goal.departed for goal in goals.users)
    return {
        "firm": firm.firm,
        "users": len(goals.users) - departed,
        "departed": departed,
        "accounts": len(firm.accounts),
        "undecidedAccounts": len(firm.undecided),
        "whentechUsers": len(firm.whentech_users),
        "fillAccounts": counts(coverage),
        "untilCaptured": list(until_captured(goals, firm, records, tasks)),
        "marketData": {name: len(users) for name, users in subscribed.items()},
        "marketDataFees": fees_of(subscribed, people),
        "toDo": to_do(tasks, coverage),
        "tasks": dict(sorted(Counter(task["status"] for task in tasks).items())),
        "violations": sorted(
            words
            for name, person in people.items()  # an assignment has those that its user had when it was made
            for words in violation_words((person or {}).get("violations") or {}, waiting[name])
        ),
        "contradicted": sorted(
            words for record in known for words in contradiction_words(record.get("tasks") or {})
        ),
        "warnings": [
            *trials_over(tasks, people),
            *goals.warnings,
            *_of_whom(goals, records, "warnings"),
            *(f"{task['id']}: the sign-off of {task['signOff']}" for task in tasks if "signOff" in task),
            *ending(_unconfirmed(tasks, people), datetime.now(UTC).date()),
        ],
        "notices": _of_whom(goals, records, "notices"),
    }


def _waiting(goals: Desired, records: Sequence[Stored | None]) -> Counter[str]:
    """Username -> how many assignments the file wants and no run has seen done."""
    return Counter(
        goal.username
        for goal, record in zip(goals.goals, records, strict=True)
        if isinstance(goal, AccessGoal | ApplicationGoal)
        and goal.present
        and not (record or {}).get("assigned")
    )


def _of_whom(
    goals: Desired, records: Sequence[Stored | None], kind: Literal["warnings", "notices"]
) -> list[str]:
    """Each sentence that is recorded once, with the names of those whom it is about."""
    names: dict[str, list[str]] = {}
    for goal, record in zip(goals.goals, records, strict=True):
        for words in (record and record.get(kind)) or ():
            names.setdefault(words, []).append(goal.name)
    return sorted(f"{words} ({some(about)})" for words, about in names.items())


def fees_of(subscribed: Mapping[str, list[str]], people: People) -> dict[str, str]:
    """`CME Depth` -> what T4 said that it costs; `people` has the record of each user."""
    return costs(subscribed, {name: (record or {}).get("fees") or {} for name, record in people.items()})


def people_of(goals: Desired, records: Sequence[Stored | None]) -> People:
    """The record of each user; the firm's own comes before them."""
    usernames = [goal.user.username for goal in goals.users]
    return dict(zip(usernames, records[1:], strict=False))


def trials_over(tasks: Tasks, people: People) -> list[str]:
    """The loudest warnings: trials that are over, and that nobody has confirmed not to apply."""
    return ended(_unconfirmed(tasks, people), datetime.now(UTC).date())


def _unconfirmed(tasks: Tasks, people: People) -> dict[str, date]:
    still_open = {task["id"] for task in tasks if task["status"] == "open"}
    days = {name: last_day((record or {}).get("trialExpires")) for name, record in people.items()}
    return {name: day for name, day in days.items() if day and task_id("confirm-trial", name) in still_open}


def _announce(summary: Summary, told: Collection[str]) -> None:
    # An update with a violation has failed; a preview may be of the run that mends it.
    alarm = pulumi.log.warn if pulumi.runtime.is_dry_run() else pulumi.log.error
    for words in summary["violations"]:
        alarm(f"VIOLATION: {words}")
    for words in summary["contradicted"]:
        alarm(f"CONTRADICTED: {words}")
    for words in summary["warnings"]:
        pulumi.log.warn(words)
    for words in summary["notices"]:
        if not words.startswith(tuple(told)):
            pulumi.log.warn(words)
