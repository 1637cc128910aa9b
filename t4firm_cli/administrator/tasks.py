"""`t4firm tasks`: what the firm's T4 administrator has to do, and whose fills are captured.

It reads the recorded resources, so that it is right after a failed run too. Old and new values of personal
details are secret in the state: they are decrypted in memory only, and shown on a terminal or where
`--show-secrets` asks for them.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from providers.t4.configuration.settings import file_settings
from providers.t4.configuration.stack_files import FirmStack
from providers.t4.outputs import (
    fees_of,
    key_of,
    people_of,
    shown_task,
    task_list,
    trials_over,
)
from providers.t4.records.prior_state import recorded_of
from providers.t4.records.stored import Stored, stored
from providers.t4.records.task_records import open_tasks
from providers.t4.reports.coverage import covered
from providers.t4.reports.proofs import proofs
from t4firm.loading.attested_file import attested_path
from t4firm.model.firm import Firm
from t4firm.plan.goals import OURS, Key
from t4firm.reports.coverage import Coverage
from t4firm.reports.market_data import subscriptions
from t4firm.reports.proofs import Proof
from t4firm.reports.to_do import TO_DO, to_do, total
from t4firm.tasks.ids import about, kind_of, parts_of, task_id
from t4firm.tasks.kinds import CHANGEABLE, KINDS
from t4firm_cli.administrator import tasks_report
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.firm_files.validate import load
from t4firm_cli.project.layout import Project
from t4firm_cli.terminal import is_watched, say, say_json

SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - how Pulumi marks a secret in an export
"""The key of a secret in an exported state; its value stands beside it, as JSON, in `plaintext`."""

Form = Literal["terminal", "plain", "json", "markdown", "short"]


@dataclass(frozen=True)
class Change:
    """What a field was in T4 when its change was asked for, and what the file says now: personal."""

    old: str
    new: str


@dataclass(frozen=True)
class Listed:
    """A task as it is listed. `page` and `about` are where an administrator works; `said` is what the stack
    puts out of it (`providers.t4.outputs.task_list`)."""

    page: str
    about: str
    said: Mapping[str, str]
    change: Change | None = None

    @property
    def to_do(self) -> bool:
        """Whether somebody still has to do it."""
        return self.said["status"] in TO_DO


@dataclass(frozen=True)
class Report:
    """All that `t4firm tasks` says of one stack. `attested`: the file in which tasks are signed off;
    `owners`: account -> the user for whom it is made; `proofs`: what the capture of fills rests on."""

    stack: str
    firm: str
    tasks: Sequence[Listed]
    coverage: Sequence[Coverage] = ()
    subscriptions: Mapping[str, int] = field(default_factory=dict)
    fees: Mapping[str, str] = field(default_factory=dict)
    alarms: Sequence[str] = ()
    attested: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)
    proofs: Sequence[Proof] = ()

    @property
    def to_do(self) -> Mapping[str, int]:
        """How many tasks are open or to come, and how many accounts the firm file is to say something of."""
        return to_do([task.said for task in self.tasks], self.coverage)

    @property
    def code(self) -> int:
        """The exit code of what shows it."""
        return 2 if total(self.to_do) else 0


def run(project: Project, stack: str, form: Form, *, closed: bool, show_secrets: bool | None) -> int:
    """Print the report; 2 while there is something to do. `show_secrets` None: on a terminal only."""
    loaded, pulumi = load(project, stack), Pulumi(project, stack)
    report = report_of(stack, loaded, recorded(pulumi))
    report = replace(report, attested=str(attested_file(project, stack).relative_to(project.folder)))
    if form == "short":
        say(tasks_report.as_checklist(report))
        return report.code
    if form == "terminal" and not is_watched():
        form = "plain"
    if form == "terminal" if show_secrets is None else show_secrets:
        report = with_changes(report, loaded.firm, pulumi)
    if form == "json":
        say_json(tasks_report.as_json(report))
    elif form == "markdown":
        say(tasks_report.as_markdown(report, closed=closed))
    elif form == "plain":
        say(tasks_report.as_text(report, closed=closed))
    else:
        tasks_report.on_terminal(report, closed=closed)
    return report.code


def attested_file(project: Project, stack: str) -> Path:
    """The file in which a stack's tasks are signed off, whether it is there or not."""
    files = file_settings(project.settings(stack).get, os.environ, stack)
    return attested_path(project.folder / files.firm_file, project.folder / files.stack_file)


def recorded(pulumi: Pulumi, *, show_secrets: bool = False) -> dict[Key, Stored]:
    """Type and name of each resource of the last run, whole or not, with its outputs; empty for a new
    stack."""
    if not pulumi.exists():
        return {}
    resources = pulumi.exported(show_secrets=show_secrets)["deployment"].get("resources") or []
    return {key_of(each["urn"]): stored(each.get("outputs")) for each in resources}


def report_of(name: str, stack: FirmStack, recorded: Mapping[Key, Stored]) -> Report:
    """The report of one stack: every task with its status in the last run, `planned` for what no run has
    reached."""
    goals = stack.following(recorded_of(recorded))
    keys = [goal.key for goal in goals.goals]
    records = [recorded.get(key) for key in keys]
    tasks = task_list(goals, stack.firm, records)
    people = people_of(goals, records)
    vanished = [outputs for key, outputs in recorded.items() if key not in set(keys)]
    tasks += [
        shown_task(task, {**tasks[task], "status": "open"}, stack.firm, outputs, goals.operations)
        for outputs in vanished
        for tasks in [outputs.get("tasks") or {}]
        for task in open_tasks(tasks)  # T4 still owes them
    ]
    subscribed = subscriptions(stack.firm)
    return Report(
        stack=name,
        firm=stack.firm.firm,
        tasks=[_listed(task) for task in sorted(tasks, key=lambda task: task["id"])],
        coverage=covered(goals, stack.firm, records, tasks),
        subscriptions={name: len(users) for name, users in subscribed.items()},
        fees=fees_of(subscribed, people),
        alarms=trials_over(tasks, people),
        owners={number: account.owner for number, account in stack.firm.accounts.items()},
        proofs=proofs(goals, stack.firm, records),
    )


def _listed(said: Mapping[str, str]) -> Listed:
    return Listed(KINDS[kind_of(said["id"])].page, about(said["id"]), said)


def with_changes(report: Report, firm: Firm, pulumi: Pulumi) -> Report:
    """The report with old and new values of details that an open task is about."""
    if not any(task.to_do and kind_of(task.said["id"]) in CHANGEABLE for task in report.tasks):
        return report
    was = {
        task_id(kind, name, field): str(old)
        for (resource, name), outputs in recorded(pulumi, show_secrets=True).items()
        for kind in CHANGEABLE
        if resource == f"{OURS}{kind.removeprefix('update-').capitalize()}"
        for field, old in (plain(outputs.get("was")) or {}).items()
    }
    tasks = [_changed(task, firm, was.get(task.said["id"])) for task in report.tasks]
    return replace(report, tasks=tasks)


def _changed(task: Listed, firm: Firm, was: str | None) -> Listed:
    if was is None or not task.to_do:
        return task
    parts = parts_of(task.said["id"])
    entry = firm.accounts.get(task.about) if "account" in parts else firm.person(task.about)
    new = getattr(entry, parts["field"], None) if entry else None
    return replace(task, change=Change(was, str(new or "")))


def plain(value: Any) -> Any:
    """A value of a state that was exported with its secrets."""
    if isinstance(value, dict) and SECRET in value:
        return json.loads(value["plaintext"])
    return value
