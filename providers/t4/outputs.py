"""What the stack puts out: `users`, `administratorTasks`, `summary`.

Each is made from one record a goal: the outputs of its resource. A preview knows those of a resource that
stays the same; of one that will change it takes what the last run recorded; of one to come it knows the goal
alone. So no output is unknown as a whole because a part of it is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi.output import contains_unknowns

from firm.desired import Desired
from firm.model import Firm
from firm.tasks import describe
from providers.t4 import last_run
from providers.t4.firm import NAME as FIRM_NAME

Record = Mapping[str, Any]

FACTS = ("userID", "violations", "warnings", "assigned", "tasks", "planned")
"""The outputs of resources that the stack's outputs are made from."""

NAMES_SHOWN = 3
"""How many users a warning names; a firm of a thousand has one line a template, not a thousand."""


def resource_keys(goals: Desired) -> list[tuple[str, str]]:
    """Type and name of the resource of each goal, in the order of `goals.goals`."""
    keys = [("Firm", FIRM_NAME)]
    keys += [("User", goal.user.username) for goal in goals.users]
    keys += [("Account", goal.account.account) for goal in goals.accounts]
    keys += [("ApplicationAssignment", f"{goal.username}/{goal.application}") for goal in goals.applications]
    keys += [("AccountAssignment", f"{goal.username}/{goal.account}") for goal in goals.access]
    return [(f"pulumi-python:dynamic/t4:{kind}", name) for kind, name in keys]


def key_of(urn: str) -> tuple[str, str]:
    """Type and name in a resource's URN."""
    kind, name = urn.split("::", 3)[2:]
    return kind, name


def export(goals: Desired, firm: Firm, resources: Sequence[pulumi.CustomResource]) -> None:
    """Export the stack's outputs, and show violations as errors and warnings as warnings."""
    records = _records(goals, resources)
    pulumi.export("users", _user_ids(goals, resources, records))
    tasks = records.apply(lambda records: task_list(goals, firm, records))
    pulumi.export("administratorTasks", tasks)
    summary = pulumi.Output.all(tasks, records).apply(lambda both: _summary(goals, firm, *both))
    pulumi.export("summary", summary)
    summary.apply(_announce)


def task_list(goals: Desired, firm: Firm, records: Sequence[Record | None]) -> list[dict[str, str]]:
    """The administrator's tasks, sorted by id: recorded ones with their status, those to come as `planned`.

    `records` has one entry a goal: its resource's outputs, or None where there is no resource yet.
    """
    tasks: dict[str, str] = {}
    for goal, record in zip(goals.goals, records, strict=True):
        recorded = (record or {}).get("tasks") or {}
        tasks |= {task: str(entry["status"]) for task, entry in recorded.items()}
        to_come = goal.planned if record is None else record.get("planned") or ()
        for task in to_come:
            if tasks.get(task) != "open":
                tasks[task] = "attested" if task in goal.attested else "planned"
    words = (describe(task, firm) for task in sorted(tasks))
    return [{"id": task.id, "what": task.what, "why": task.why, "status": tasks[task.id]} for task in words]


def _records(
    goals: Desired, resources: Sequence[pulumi.CustomResource]
) -> "pulumi.Output[list[Record | None]]":
    seen = [
        pulumi.Output.all(
            id=_known(resource.id), **{name: _known(getattr(resource, name, None)) for name in FACTS}
        )
        for resource in resources
    ]
    return pulumi.Output.all(*seen).apply(lambda seen: _with_last_run(goals, seen))


def _with_last_run(goals: Desired, seen: list[Record]) -> list[Record | None]:
    """The records, with what the last run recorded of resources that are there and will change."""
    if not any(_changes(record) for record in seen):
        return [record if record["tasks"] is not None else None for record in seen]
    last = {key_of(urn): resource["outputs"] for urn, resource in last_run.resources().items()}
    found: list[Record | None] = []
    for goal, key, record in zip(goals.goals, resource_keys(goals), seen, strict=True):
        if not _changes(record):
            found.append(record if record["tasks"] is not None else None)
            continue
        to_come = {*goal.planned, *(record["planned"] or ())}
        kept = {name: last.get(key, {}).get(name) for name in FACTS}
        found.append({**kept, "planned": sorted(to_come)})
    return found


def _changes(record: Record) -> bool:
    """Whether a preview will change the resource: it has an id and no known outputs."""
    return record["tasks"] is None and record["id"] is not None


def _known(output: Any) -> "pulumi.Output[Any]":
    """The value, or None where a preview, or a failed resource, leaves it unknown."""
    return pulumi.Output.from_input(output).apply(
        lambda value: None if contains_unknowns(value) else value, run_with_unknowns=True
    )


def _user_ids(goals: Desired, resources: Sequence[Any], records: "pulumi.Output[list[Record | None]]") -> Any:
    """username -> userID. In a preview those to come are unknown, one by one; after an update those that
    failed are left out."""
    numbered = list(enumerate((goal.user.username for goal in goals.users), start=1))  # the firm comes first

    def of_one(at: int) -> Any:
        return records.apply(lambda records: (records[at] or {}).get("userID") or resources[at].userID)

    def of_all(records: list[Record | None]) -> dict[str, str]:
        ids = {username: (records[at] or {}).get("userID") for at, username in numbered}
        return {username: user_id for username, user_id in ids.items() if user_id}

    if pulumi.runtime.is_dry_run():
        return {username: of_one(at) for at, username in numbered}
    return records.apply(of_all)


def _summary(
    goals: Desired, firm: Firm, tasks: list[dict[str, str]], records: list[Record | None]
) -> dict[str, Any]:
    known = [record for record in records if record]
    warnings: dict[str, list[str]] = {}
    for (_, name), record in zip(resource_keys(goals), records, strict=True):
        for words in (record or {}).get("warnings") or ():
            warnings.setdefault(words, []).append(name)
    captures = [goal.captures for goal in goals.access]
    assigned = [(record or {}).get("assigned") for record in records[len(records) - len(captures) :]]
    return {
        "firm": firm.firm,
        "users": len(goals.users),
        "accounts": len(firm.accounts),
        "whentechUsers": len(firm.whentech_users),
        "fillAccounts": {
            "wanted": len(firm.captured),
            "assigned": sum(bool(done) and fill for done, fill in zip(assigned, captures, strict=True)),
            "excluded": len(firm.excluded),
        },
        "tasks": dict(sorted(Counter(task["status"] for task in tasks).items())),
        "violations": sorted(
            f"{words}. The task that mends it is {task}"
            for record in known
            for task, words in (record.get("violations") or {}).items()
        ),
        "warnings": [
            *goals.warnings,
            *sorted(f"{words} ({_some(names)})" for words, names in warnings.items()),
        ],
    }


def _some(names: list[str]) -> str:
    """Names as a line bears them: `trader.a, trader.b and 40 more`."""
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else shown


def _announce(summary: dict[str, Any]) -> None:
    # An update with a violation has failed; a preview may be of the run that mends it.
    alarm = pulumi.log.warn if pulumi.runtime.is_dry_run() else pulumi.log.error
    for words in summary["violations"]:
        alarm(f"VIOLATION: {words}")
    for words in summary["warnings"]:
        pulumi.log.warn(words)
