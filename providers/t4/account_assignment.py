"""An account assigned to a user beside its own: captured by the fill user, or shared with a second user
(seed 000)."""

from typing import Any

import pulumi
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from firm.desired import AccessGoal
from providers.t4 import reads
from providers.t4.account import Account
from providers.t4.errors import StillThere, refuse_while_violated
from providers.t4.provider import T4Provider, known
from providers.t4.steps import Steps, called, forget, open_tasks, with_planned, without_planned
from providers.t4.user import User


class AccountAssignmentProvider(T4Provider):
    """Assigns an account by an operation or a task; never to a user whose roles or applications break the
    rules."""

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """What is taken away says which task that brings."""
        leaves = known(olds).get("present") and not news["present"]
        return CheckResult(with_planned(news, [_task(news, "unassign")] if leaves else []), [])

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Wanted and not there, or there and not wanted; or an open step that this run can close."""
        news = known(news)
        turned = news["present"] != olds["present"]
        lacking = [name for name in ("userID", "accountID") if not news.get(name)]
        return DiffResult(changes=bool(turned or Steps.of(news, olds).outstanding(lacking)))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Assign the account; one that is to be absent needs nothing."""
        return CreateResult(f"{props['username']}/{props['account']}", _settled(props, {}))

    def update(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Assign or take away, as the file says now."""
        return UpdateResult(_settled(news, olds))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Whether T4 lists the account under the user, where an operation can read it."""
        user = reads.user(props["userID"], props["username"])
        if user is None or user["accounts"] is None:
            return ReadResult(id_, props)
        has = props["account"] in user["accounts"]
        steps = Steps.of(props, props)
        steps.hold(_task(props, "assign" if props["present"] else "unassign"), has == props["present"])
        return ReadResult(id_, {**props, "assigned": has, "tasks": steps.tasks})

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """An assignment that T4 has is first taken away by the file, and then leaves it."""
        if props["assigned"]:
            raise StillThere(
                f"{props['username']} is still assigned {props['account']} in T4, and the firm file no "
                "longer says anything about it. "
                "Put the account back; to stop capturing it, list it under `fillService.exclude` with the "
                "reason, and to let its "
                "user go, write `departed: true`"
            )
        if still := open_tasks(props):
            raise StillThere(
                f"{props['username']} and {props['account']} cannot be removed yet: {', '.join(still)} is "
                "open"
            )
        forget(_task(props, "assign"), _task(props, "unassign"))


class AccountAssignment(Resource, module="t4", name="AccountAssignment"):
    """An account assigned to a user. Outputs: `assigned`, `evidence` (T4's answer to the call), `tasks`."""

    assigned: pulumi.Output[bool]
    evidence: pulumi.Output[str]
    tasks: pulumi.Output[dict[str, Any]]
    planned: pulumi.Output[dict[str, str] | None]

    def __init__(self, goal: AccessGoal, user: User, account: Account, opts: pulumi.ResourceOptions) -> None:
        inputs = {
            **goal_inputs(goal),
            "userID": user.userID,
            "accountID": account.accountID,
            "violations": user.violations,
        }
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
        **goal.routes,
    }


def _task(props: dict[str, Any], verb: str) -> str:
    return f"{verb}-account/{props['username']}/{props['account']}"


def _settled(news: dict[str, Any], olds: dict[str, Any]) -> dict[str, Any]:
    steps, assigned = Steps.of(news, olds), bool(olds.get("assigned"))
    assign, unassign = _task(news, "assign"), _task(news, "unassign")
    again = bool(olds) and news["present"] != olds["present"]
    values = {name: news[name] for name in ("userID", "username", "accountID", "account") if news.get(name)}
    if news["present"]:
        steps.drop(unassign)
        if not assigned or steps.withdrawn(assign):
            refuse_while_violated(news, f"is not assigned account {news['account']}")
            assigned = steps.take(assign, lambda: called("assignAccount", values), again=again)
    else:
        steps.drop(assign)
        if assigned or steps.withdrawn(unassign):
            assigned = not steps.take(unassign, lambda: called("unassignAccount", values), again=again)
    evidence = steps.evidence.get(assign) or olds.get("evidence")
    kept = {"evidence": evidence} if assigned and evidence else {}
    return {**without_planned(news), **kept, "assigned": assigned, "tasks": steps.tasks}
