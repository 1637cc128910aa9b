"""An application on a user: WhenTech on a trader, WhenTechFills on the fill user (seed 000); or one that was
revoked."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CheckResult, DiffResult, ReadResult, Resource

from providers.t4.lifecycle.base import T4Provider, differences, known
from providers.t4.lifecycle.errors import refuse_while_owed, refuse_while_violated
from providers.t4.lifecycle.task_ledger import (
    Steps,
    called,
    forget,
    with_planned,
    without_planned,
)
from providers.t4.lifecycle.task_records import open_tasks
from providers.t4.session import lookups
from providers.t4.user import User
from t4firm.evidence import Seen
from t4firm.model.names import among
from t4firm.plan.goals import ApplicationGoal
from t4firm.tasks.ids import task_id


class ApplicationAssignmentProvider(T4Provider):
    """Done where T4's answer lists the application (a template gave it); else assigned by an operation, or
    a task. Revoked in the same ways."""

    results = ("assigned",)

    def _check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """What is revoked says which task that brings."""
        leaves = olds and _present(olds) and not news["present"]
        return CheckResult(with_planned(news, [_task(news)] if leaves else []), [])

    def _diff(self, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Not there yet, and this run can bring it, or the other way round; its signature was withdrawn; or
        its user departs."""
        news = known(news)
        turned = news["present"] != _present(olds)
        appeared = news["present"] and not olds["assigned"] and news.get("given", False)
        departs = differences(olds, news, ("departed", "owed"))
        lacking = () if news.get("userID") else ("userID",)
        changes = turned or appeared or departs or Steps.of(news, olds).outstanding(lacking)
        return DiffResult(changes=bool(changes))

    def _create(self, props: dict[str, Any]) -> dict[str, Any]:
        """Assign, unless the template did; withheld from a user whose roles or applications break the
        rules."""
        return _settled(props, {})

    def _update(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        """The same for an assignment that is still open, or that the file takes away."""
        return _settled(news, olds)

    def _read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Whether T4 shows the application on the user, where an operation can read it."""
        steps, user = Steps.of(props, props), lookups.user(props["userID"], props["username"])
        if not isinstance(user, Seen) or user.value["applications"] is None:
            return self.as_read(id_, props, steps, {})
        has, present = among(props["application"], user.value["applications"]), _present(props)
        if has == present or not props["departed"]:
            steps.hold(_task(props), has == present, user.evidence)
        return self.as_read(id_, props, steps, {"assigned": has, "given": has and present})

    def _delete(self, props: dict[str, Any]) -> None:
        """An assignment goes when it was revoked, or with its user."""
        username, application = props["username"], props["application"]
        if props["assigned"]:
            refuse_while_owed(props, f"{application} of {username}", username)
        forget(*(task_id(f"{verb}-application", username, application) for verb in ("assign", "unassign")))

    def _name(self, props: Mapping[str, Any]) -> str:
        return f"{props['username']}/{props['application']}"

    def _words(self, props: Mapping[str, Any]) -> str:
        return f"{props['application']} of {props['username']}"


class ApplicationAssignment(Resource, module="t4", name="ApplicationAssignment"):
    """An application on a user. Outputs: `assigned`, `tasks`."""

    assigned: pulumi.Output[bool]
    tasks: pulumi.Output[dict[str, Any]]
    planned: pulumi.Output[dict[str, str] | None]

    def __init__(self, goal: ApplicationGoal, user: User, opts: pulumi.ResourceOptions) -> None:
        inputs = {
            **goal_inputs(goal),
            "userID": user.userID,
            "given": user.applications.apply(lambda names: among(goal.application, names or ())),
            "violations": user.violations,
            **user.leaving,
        }
        name = f"{goal.username}/{goal.application}"
        super().__init__(
            ApplicationAssignmentProvider(pulumi.get_stack()),
            name,
            {**inputs, **dict.fromkeys(("assigned", "tasks", "planned"))},
            opts,
        )


def goal_inputs(goal: ApplicationGoal) -> dict[str, Any]:
    """What the file says of an application on a user, as the resource's inputs."""
    inputs: dict[str, Any] = {
        "username": goal.username,
        "application": goal.application,
        "present": goal.present,
        **goal.routes,
    }
    return {**inputs, "waits": {_task(inputs): ", ".join(goal.after)}} if goal.after else inputs


def _present(props: dict[str, Any]) -> bool:
    """Whether the file gives the application; what an older version recorded was always given."""
    return bool(props.get("present", True))


def _task(props: dict[str, Any]) -> str:
    verb = "assign" if _present(props) else "unassign"
    return task_id(f"{verb}-application", props["username"], props["application"])


def _may_have_it(news: Mapping[str, Any], olds: dict[str, Any]) -> bool:
    """Whether T4 may have what the file revokes, although no assignment of this stack says so: the
    administrator was asked for it, or somebody else gave it. T4's own word counts, where it can be read."""
    if olds and _task(olds) not in open_tasks(olds):
        return False
    user = lookups.user(news.get("userID"), news["username"])
    listed = user.value["applications"] if isinstance(user, Seen) else None
    if listed is not None:
        return among(news["application"], listed)
    return bool(olds or news["given"] or news.get("subject") != "new")


def _settled(news: dict[str, Any], olds: dict[str, Any]) -> dict[str, Any]:
    steps, task, before = Steps.of(news, olds), _task(news), bool(olds.get("assigned"))
    turned = bool(olds) and news["present"] != _present(olds)
    known = {"userID": news["userID"]} if news.get("userID") else {}
    who = {**known, "username": news["username"], "application": news["application"]}
    if turned:
        steps.drop(_task(olds))
    if news["present"]:
        assigned = bool(news["given"] or (before and not steps.withdrawn(task)))
        if news["given"]:
            steps.drop(task)
        if not before:
            refuse_while_violated(news, f"is not set up with {news['application']}")
        if not assigned:
            assigned = steps.take(task, lambda: called("assignApplication", who), again=turned)
    else:
        assigned = before or steps.withdrawn(task) or ((turned or not olds) and _may_have_it(news, olds))
        if assigned:
            assigned = not steps.take(task, lambda: called("unassignApplication", who), again=turned)
    return {**without_planned(news), "assigned": assigned, "tasks": steps.tasks}
