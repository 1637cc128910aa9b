"""`t4firm tasks`: the administrator's tasks, from the recorded resources, so that they are right after a
failed run too."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import typer

from cli.engine import Pulumi
from cli.project import Project
from cli.validate import load
from firm.tasks import KINDS, describe, kind_of
from providers.t4.outputs import key_of, resource_keys, task_list
from providers.t4.stack import FirmStack
from providers.t4.steps import open_tasks

TO_DO = ("planned", "open")


def run(project: Project, stack: str, *, as_json: bool) -> int:
    """Print the tasks, grouped by the portal's page; 2 while one is open or planned."""
    tasks = recorded_tasks(load(project, stack), Pulumi(project, stack))
    if as_json:
        typer.echo(json.dumps(tasks, indent=2))
    else:
        _show(tasks)
    return 2 if any(task["status"] in TO_DO for task in tasks) else 0


def recorded_tasks(stack: FirmStack, pulumi: Pulumi) -> list[dict[str, str]]:
    """Every task with its status in the last run, whole or not; `planned` for what no run has reached."""
    resources = (pulumi.exported()["deployment"].get("resources") or []) if pulumi.exists() else []
    recorded = {key_of(resource["urn"]): resource.get("outputs") for resource in resources}
    keys = resource_keys(stack.desired)
    tasks = task_list(stack.desired, stack.firm, [recorded.pop(key, None) for key in keys])
    return sorted(tasks + _of_the_vanished(stack, recorded.values()), key=lambda task: task["id"])


def _of_the_vanished(stack: FirmStack, recorded: Iterable[dict[str, Any] | None]) -> list[dict[str, str]]:
    """Open tasks of resources that the firm file no longer has: T4 still owes them."""
    owed = [task for outputs in recorded if outputs for task in open_tasks(outputs)]
    words = [describe(task, stack.firm) for task in owed]
    return [{"id": task.id, "what": task.what, "why": task.why, "status": "open"} for task in words]


def _show(tasks: list[dict[str, str]]) -> None:
    if not tasks:
        typer.echo("Nothing to do in the portal.")
    pages: dict[str, list[dict[str, str]]] = defaultdict(list)
    for task in tasks:
        pages[KINDS[kind_of(task["id"])].page].append(task)
    for page, listed in sorted(pages.items()):
        typer.echo(f"{page}")
        for task in listed:
            typer.echo(f"  [{task['status']}] {task['id']}\n      {task['what']}.\n      Why: {task['why']}.")
    open_now = sum(task["status"] in TO_DO for task in tasks)
    typer.echo(f"{open_now} to do, {len(tasks) - open_now} closed.")
