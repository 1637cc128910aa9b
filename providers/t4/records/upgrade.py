"""A record that an older version wrote, in this version's form.

Every name that has changed is in this module, and only here. Records come from a state in three ways, each
of which passes through `upgraded`: to a provider's methods (`providers.t4.lifecycle.base`), to the program
(`providers.t4.engine.engine_state`), and by an export to a command (`t4firm_cli.administrator.tasks`,
`t4firm_cli.drift`). A diff of a record in an older form is a change, so that the next update records it anew.
"""

from collections.abc import Mapping
from typing import Any, Final

from t4firm.model.users import WHENTECH
from t4firm.tasks.ids import kind_of, parts_of, task_id
from t4firm.tasks.kinds import KINDS

RENAMED: Final[Mapping[str, str]] = {
    "takenAway": "revoke",  # 2026-11-28
    "takenFrom": "revokedFrom",  # 2026-11-28
    "unfiled": "unmanaged",  # 2026-11-28
}
"""Properties: older name -> name."""

RENAMED_KINDS: Final[Mapping[str, str]] = {"file-account": "declare-account"}  # 2026-11-28
"""Kinds of tasks: older name -> name."""

BY_TASK: Final = ("tasks", "violations", "drift", "attested", "accepted", "planned", "waits")
"""Properties whose keys are ids of tasks."""
OF_TASKS: Final = ("owed",)
"""Properties that list ids of tasks."""


def upgraded(props: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's inputs or outputs as this version records them: equal to what was given where nothing has
    changed. What a later version has added is not added here: a missing key keeps its old meaning."""
    found = {RENAMED.get(name, name): value for name, value in props.items()}
    for name in BY_TASK:
        if isinstance(found.get(name), dict):
            found[name] = {_task(task, found): value for task, value in found[name].items()}
    for name in ("tasks", "drift"):
        if isinstance(found.get(name), dict):
            found[name] = {_unsaid(task, found): value for task, value in found[name].items()}
    for name in OF_TASKS:
        if isinstance(found.get(name), list):
            found[name] = [current_id(task) for task in found[name]]
    if isinstance(mark := found.get("passwordInT4"), str):  # before 2026-11-28: "" where nobody knew it
        found["passwordInT4"] = {"known": "derived", "mark": mark} if mark else {"known": "unknown"}
    if isinstance(found.get("limits"), dict):  # before 2026-11-28: how much is allowed, as a text
        found["limits"] = {name: use for name, use in found["limits"].items() if isinstance(use, Mapping)}
    return found


def _task(task: str, props: Mapping[str, Any]) -> str:
    """Before 2026-11-28 the record of the fill user itself had the steps that took from it whatever the file
    did not name. A resource of its own has those that the file names."""
    current = current_id(task)
    if "person" in props and kind_of(current) == "unassign-account":
        return task_id("declare-account", *parts_of(current).values())
    return current


def _unsaid(task: str, props: Mapping[str, Any]) -> str:
    """Until then the record of an end user had the step that took WhenTech which only the portal gave."""
    if (
        "person" not in props
        or kind_of(task) != "unassign-application"
        or (props.get("expected") or {}).get("exactly")
    ):
        return task
    parts = parts_of(task)
    return task if parts["application"] != WHENTECH else task_id("declare-application", *parts.values())


def current_id(task: str) -> str:
    """A task's id as it is written now. Before 2026-11-28 a slash or a percent sign in a name was written as
    it is, and the last part of an id was all that followed."""
    kind, *rest = task.split("/")
    kind = RENAMED_KINDS.get(kind, kind)
    if kind not in KINDS:
        return task
    parts = "/".join(rest).split("/", max(len(KINDS[kind].parts) - 1, 0)) if rest else []
    try:
        parts_of(current := "/".join((kind, *rest)))
    except ValueError:
        return task_id(kind, *parts) if len(parts) == len(KINDS[kind].parts) else task
    return current
