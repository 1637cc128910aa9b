"""An account assigned to a user beside its own: captured by the fill user, or shared with a second user
(seed 000); or one that was revoked."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import pulumi
from pulumi.dynamic import CheckResult, DiffResult, ReadResult, Resource

from providers.t4.account import Account
from providers.t4.lifecycle.base import T4Provider, differences, known
from providers.t4.lifecycle.errors import StillThere, refuse_while_owed, refuse_while_violated, still_there
from providers.t4.lifecycle.task_ledger import (
    Steps,
    called,
    forget,
    with_planned,
    without_planned,
)
from providers.t4.lifecycle.task_records import open_tasks
from providers.t4.session import lookups
from providers.t4.session.session import session
from providers.t4.user import User
from t4firm.evidence import Seen
from t4firm.model.names import among
from t4firm.plan.goals import AccessGoal
from t4firm.reports.drift import sentence
from t4firm.tasks.ids import task_id
from t4firm.yaml_files.mistakes import some


class Tasked(Protocol):
    """A resource with tasks."""

    @property
    def tasks(self) -> pulumi.Output[dict[str, Any]]: ...


class AccountAssignmentProvider(T4Provider):
    """Assigns an account by an operation or a task; never to a user whose roles or applications break the
    rules."""

    results = ("assigned", "evidence")

    def _check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """What is revoked says which task that brings."""
        leaves = known(olds).get("present") and not news["present"]
        return CheckResult(with_planned(news, [_task(news, "unassign")] if leaves else []), [])

    def _diff(self, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Wanted and not there, or there and not wanted; or an open step that this run can close."""
        news = known(news)
        turned = news["present"] != olds["present"]
        departs = differences(olds, news, ("departed", "owed"))
        lacking = [name for name in ("userID", "accountID") if not news.get(name) and not olds.get(name)]
        if news.get("findable"):
            lacking = [name for name in lacking if name != "accountID"]
        return DiffResult(changes=bool(turned or departs or Steps.of(news, olds).outstanding(lacking)))

    def _create(self, props: dict[str, Any]) -> dict[str, Any]:
        """Assign the account; one that is to be absent needs nothing."""
        return _settled(props, {})

    def _update(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        """Assign or take away, as the file says now."""
        return _settled(news, olds)

    def _read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Whether T4 lists the account under the user, where an operation can read it."""
        steps, user = Steps.of(props, props), lookups.user(props["userID"], props["username"])
        if not isinstance(user, Seen) or user.value["accounts"] is None:
            return self.as_read(id_, props, steps, {})
        has = among(props["account"], user.value["accounts"])
        task = _task(props, "assign" if props["present"] else "unassign")
        words = sentence(task, captures=bool(props.get("captures")))
        steps.hold(task, has == props["present"], user.evidence, words)
        return self.as_read(id_, props, steps, {"assigned": has})

    def _delete(self, props: dict[str, Any]) -> None:
        """An assignment that T4 has is first revoked by the file, and then leaves it; or with its user."""
        username, account = props["username"], props["account"]
        if props["assigned"] and props.get("departed") is None:
            raise still_there(f"the assignment of account {account} to {username}")
        if props["assigned"]:
            refuse_while_owed(props, f"account {account} of {username}", username)
        if still := open_tasks(props):
            raise StillThere(f"{username} and {account} cannot be removed yet: {', '.join(still)} is open")
        forget(_task(props, "assign"), _task(props, "unassign"))

    def _name(self, props: Mapping[str, Any]) -> str:
        return f"{props['username']}/{props['account']}"

    def _words(self, props: Mapping[str, Any]) -> str:
        return f"the assignment of account {props['account']} to {props['username']}"


class AccountAssignment(Resource, module="t4", name="AccountAssignment"):
    """An account assigned to a user. Outputs: `assigned`, `evidence` (T4's answer to the call), `tasks`."""

    assigned: pulumi.Output[bool]
    evidence: pulumi.Output[str]
    tasks: pulumi.Output[dict[str, Any]]
    planned: pulumi.Output[dict[str, str] | None]

    def __init__(
        self,
        goal: AccessGoal,
        user: User,
        account: Account | None,
        before: Iterable[Tasked],
        opts: pulumi.ResourceOptions,
    ) -> None:
        """`account`: None for another stack's. `before`: whose tasks the goal's `after` are."""
        inputs: dict[str, Any] = {
            **goal_inputs(goal),
            "userID": user.userID,
            "accountID": account.accountID if account else "",
            "violations": user.violations,
        }
        if goal.held:
            inputs["held"] = account.made if account else True
        if goal.own:
            inputs |= user.leaving
        if goal.after:
            inputs["waits"] = {_task(inputs, "unassign"): _still_open(goal.after, before)}
        name = f"{goal.username}/{goal.account}"
        super().__init__(
            AccountAssignmentProvider(pulumi.get_stack()),
            name,
            {**inputs, **dict.fromkeys(("assigned", "evidence", "tasks", "planned"))},
            opts,
        )


def goal_inputs(goal: AccessGoal) -> dict[str, Any]:
    """What the file says of an assignment, as the resource's inputs."""
    return {
        "username": goal.username,
        "account": goal.account,
        "present": goal.present,
        **({"captures": True} if goal.captures else {}),
        **({"stack": goal.stack} if goal.stack else {}),
        **({"findable": goal.findable} if goal.stack or (goal.captures and goal.held) else {}),
        **goal.routes,
    }


def _still_open(after: tuple[str, ...], before: Iterable[Tasked]) -> "pulumi.Output[str]":
    """Those of the tasks that are open now, as a line bears them; empty for none. A step that an API took
    leaves no task."""

    def listed(all_tasks: list[dict[str, Any]]) -> str:
        still = {task for tasks in all_tasks for task in open_tasks({"tasks": tasks})}
        return some(task for task in after if task in still)

    return pulumi.Output.all(*(resource.tasks for resource in before)).apply(listed)


def _task(props: Mapping[str, Any], verb: str) -> str:
    return task_id(f"{verb}-account", props["username"], props["account"])


def _may_be_assigned(news: Mapping[str, Any], olds: Mapping[str, Any], steps: Steps) -> bool:
    """Whether T4 may have got the assignment although nothing recorded says so: the administrator was asked
    for it, or a run asked for it that could not record it. T4's own word counts, where it can be read."""
    assign, unassign = _task(news, "assign"), _task(news, "unassign")
    asked = None if olds else session().journal.find(assign)
    if asked is None and assign not in open_tasks(olds):
        return False
    user = lookups.user(news.get("userID"), news["username"])
    listed = user.value["accounts"] if isinstance(user, Seen) else None
    if listed is not None and not among(news["account"], listed):
        return False
    if asked:
        steps.open_since(unassign, asked.answered or asked.begun[-1])
    return True


def _settled(news: dict[str, Any], olds: dict[str, Any]) -> dict[str, Any]:
    steps = Steps.of(news, olds)
    # what its user got when it was made, no assignment has recorded
    assigned = bool(olds["assigned"] if olds else news.get("held"))
    assign, unassign = _task(news, "assign"), _task(news, "unassign")
    again = bool(olds) and news["present"] != olds["present"]
    account_id = news["accountID"] or olds.get("accountID") or ""
    if not account_id and news.get("findable"):
        account_id = lookups.account_id_elsewhere(news["account"])
    values = {name: news[name] for name in ("userID", "username", "account") if news.get(name)}
    values |= {"accountID": account_id} if account_id else {}
    if news["present"]:
        steps.drop(unassign)
        if not assigned or steps.withdrawn(assign):
            refuse_while_violated(news, "is assigned no account")
            assigned = steps.take(assign, lambda: called("assignAccount", values), again=again)
    else:
        assigned = assigned or _may_be_assigned(news, olds, steps)
        steps.drop(assign)
        if assigned or steps.withdrawn(unassign):
            assigned = not steps.take(unassign, lambda: called("unassignAccount", values), again=again)
    evidence = steps.evidence.get(assign) or olds.get("evidence")
    kept = {"evidence": evidence} if assigned and evidence else {}
    settled = {"accountID": account_id, "assigned": assigned, "tasks": steps.tasks}
    return {**without_planned(news), **kept, **settled}
