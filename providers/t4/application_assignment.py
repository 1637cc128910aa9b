"""An application on a user: WhenTech on a trader, WhenTechFills on the fill user (seed 000)."""

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from firm.desired import ApplicationGoal
from providers.t4 import reads
from providers.t4.errors import refuse_while_owed, refuse_while_violated
from providers.t4.provider import T4Provider, differences, known
from providers.t4.steps import Steps, called, forget
from providers.t4.user import User


class ApplicationAssignmentProvider(T4Provider):
    """Done where T4's answer lists the application (a template gave it); else assigned by an operation, or
    a task."""

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Not there yet, and this run can bring it; its signature was withdrawn; or its user departs."""
        news = known(news)
        appeared = not olds["assigned"] and news.get("given", False)
        departs = differences(olds, news, ("departed", "owed"))
        lacking = () if news.get("userID") else ("userID",)
        return DiffResult(changes=bool(appeared or departs or Steps.of(news, olds).outstanding(lacking)))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Assign, unless the template did; withheld from a user whose roles or applications break the
        rules."""
        return CreateResult(f"{props['username']}/{props['application']}", _assigned(props, {}))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """The same for an assignment that is still open."""
        return UpdateResult(_assigned(news, olds))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Whether T4 shows the application on the user, where an operation can read it."""
        user = reads.user(props["userID"], props["username"])
        if user is None or user["applications"] is None:
            return ReadResult(id_, props)
        has = props["application"] in user["applications"]
        steps = Steps.of(props, props)
        steps.hold(_task(props), has)
        return ReadResult(id_, {**props, "assigned": has, "given": has, "tasks": steps.tasks})

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """An assignment goes with its user."""
        if props["assigned"]:
            refuse_while_owed(props, f"{props['application']} of {props['username']}", props["username"])
        forget(_task(props))


class ApplicationAssignment(Resource, module="t4", name="ApplicationAssignment"):
    """An application on a user. Outputs: `assigned`, `tasks`."""

    tasks: pulumi.Output[dict[str, Any]]

    def __init__(self, goal: ApplicationGoal, user: User, opts: pulumi.ResourceOptions) -> None:
        inputs = {
            **goal_inputs(goal),
            "userID": user.userID,
            "given": user.applications.apply(lambda names: goal.application in (names or ())),
            "violations": user.violations,
            **user.leaving,
        }
        name = f"{goal.username}/{goal.application}"
        super().__init__(
            ApplicationAssignmentProvider(pulumi.get_stack()), name, {**inputs, "tasks": None}, opts
        )


def goal_inputs(goal: ApplicationGoal) -> dict[str, Any]:
    """What the file says of an application on a user, as the resource's inputs."""
    return {"username": goal.username, "application": goal.application, **goal.routes}


def _task(props: dict[str, Any]) -> str:
    return f"assign-application/{props['username']}/{props['application']}"


def _assigned(news: dict[str, Any], olds: dict[str, Any]) -> dict[str, Any]:
    steps, task = Steps.of(news, olds), _task(news)
    assigned = bool(news["given"] or (olds.get("assigned") and not steps.withdrawn(task)))
    if news["given"]:
        steps.drop(task)
    if not olds.get("assigned"):
        refuse_while_violated(news, f"is not set up with {news['application']}")
    if not assigned:
        known = {"userID": news["userID"]} if news.get("userID") else {}
        who = {**known, "username": news["username"], "application": news["application"]}
        assigned = steps.take(task, lambda: called("assignApplication", who))
    return {**news, "assigned": assigned, "tasks": steps.tasks}
