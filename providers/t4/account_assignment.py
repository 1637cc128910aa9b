"""An account assigned to a user beside its own: captured by the fill user, or shared with a second user
(seed 000); or one that was revoked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import pulumi
from pulumi.dynamic import Resource

from providers.t4.account import Account
from providers.t4.engine.declared import declared
from providers.t4.lifecycle.assignment import AssignmentProvider
from providers.t4.lifecycle.errors import StillThere
from providers.t4.records.assignments import AccessInputs, AccessRecord
from providers.t4.records.task_records import TaskRecord, open_tasks
from providers.t4.session import lookups
from providers.t4.steps.task_ledger import Steps
from providers.t4.user import User
from t4firm.evidence import Seen
from t4firm.model.names import among
from t4firm.plan.goals import AccessGoal
from t4firm.tasks.ids import task_id
from t4firm.yaml_files.mistakes import some


class Tasked(Protocol):
    """A resource with tasks."""

    @property
    def tasks(self) -> pulumi.Output[Mapping[str, TaskRecord]]: ...


class AccountAssignmentProvider(AssignmentProvider[AccessInputs, AccessRecord]):
    """Assigns an account that the user does not own, or did not own when it was assigned."""

    inputs, record = AccessInputs, AccessRecord
    withheld = "is assigned no account"

    def forgotten(self, record: AccessRecord) -> None:
        """T4 may have it as long as the administrator is asked for it."""
        if not record.assigned and (still := open_tasks(record.tasks)):
            inputs = record.inputs
            raise StillThere(
                f"{inputs.username} and {inputs.account} cannot be removed yet. Open: {', '.join(still)}"
            )
        super().forgotten(record)

    def _identified(self, news: AccessInputs, record: AccessRecord | None) -> AccessInputs:
        known = news.accountID or (record.inputs.accountID if record else "")
        if not known and news.findable:
            known = lookups.account_id_elsewhere(news.account)
        return replace(news, accountID=known)

    def _is_there(self, news: AccessInputs, steps: Steps) -> bool:
        """An adopted user may have it already: where T4 shows that, nothing is called."""
        shown = lookups.user_before(news.userID, news.username) if news.adopted else None
        listed = shown.value.get("accounts") if isinstance(shown, Seen) else None
        if not isinstance(shown, Seen) or not listed or not among(news.account, listed):
            return False
        steps.drop(news.assign)
        steps.evidence[news.assign] = f"T4 shows it: {shown.evidence}"
        return True


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
        inputs = goal_inputs(goal)
        known: dict[str, object] = {
            "userID": user.userID,
            "ofFirm": user.firmID,
            "accountID": account.accountID if account else "",
            "violations": user.violations,
        }
        if goal.held:
            known["held"] = account.made if account else True
        if goal.own:
            known |= user.leaving
        known["waits"] = _waits(goal, inputs, account, before)
        super().__init__(
            AccountAssignmentProvider(pulumi.get_stack()),
            inputs.name,
            declared(inputs, "assigned", "evidence", "tasks", "planned", **known),
            opts,
        )


def goal_inputs(goal: AccessGoal) -> AccessInputs:
    """What the file says of an assignment."""
    return AccessInputs(
        username=goal.username,
        account=goal.account,
        present=goal.present,
        captures=goal.captures,
        stack=goal.stack,
        adopted=goal.adopted,
        findable=goal.findable and bool(goal.stack or (goal.captures and goal.held)),
        **goal.routes,
    )


def _waits(
    goal: AccessGoal, inputs: AccessInputs, account: Account | None, before: Iterable[Tasked]
) -> "pulumi.Output[dict[str, str]]":
    """What must come before: nobody is assigned an account as long as nobody has shown that it is its
    owner's; nothing is taken from anybody before the goal's `after`."""
    after, of = goal.after, before
    if goal.present:
        after, of = (task_id("verify-account", goal.account),), [account] if account else []
    return _still_open(after, of).apply(lambda words: {inputs.task: words} if words else {})


def _still_open(after: tuple[str, ...], before: Iterable[Tasked]) -> "pulumi.Output[str]":
    """Those of the tasks that are open now, as a line bears them; empty for none. A step that an API took
    leaves no task."""

    def listed(all_tasks: list[Mapping[str, TaskRecord]]) -> str:
        still = {task for tasks in all_tasks for task in open_tasks(tasks or {})}
        return some(task for task in after if task in still)

    return pulumi.Output.all(*(resource.tasks for resource in before)).apply(listed)
