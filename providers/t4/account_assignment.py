"""An account assigned to a user beside its own: captured by the fill user, or shared with a second user
(seed 000); or one that was revoked."""

from collections.abc import Sequence
from dataclasses import replace

import pulumi

from providers.t4.account import Account
from providers.t4.engine.declared import declared
from providers.t4.engine.plain_values import UNKNOWN
from providers.t4.engine.registration import Registered
from providers.t4.lifecycle.assignment import AssignmentProvider
from providers.t4.lifecycle.errors import StillThere
from providers.t4.records.assignments import AccessInputs, AccessRecord
from providers.t4.records.task_records import open_tasks
from providers.t4.session import lookups
from providers.t4.steps.task_ledger import Steps
from providers.t4.user import User
from t4firm.evidence import Seen
from t4firm.model.names import among
from t4firm.plan.goals import AccessGoal
from t4firm.tasks.ids import task_id
from t4firm.yaml_files.mistakes import some


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


class AccountAssignment(Registered, module="t4", name="AccountAssignment"):
    """An account assigned to a user."""

    OUTPUTS = ("assigned", "evidence", "tasks", "planned")

    def __init__(
        self,
        goal: AccessGoal,
        user: User,
        account: Account | None,
        before: Sequence[Registered],
        opts: pulumi.ResourceOptions,
    ) -> None:
        """`account`: None for another stack's. `before`: whose tasks the goal's `after` are."""
        inputs = goal_inputs(goal)
        told: dict[str, object] = {
            "userID": user.told("userID"),
            "ofFirm": user.told("firmID"),
            "accountID": (lambda: account.answer.value("accountID")) if account else "",
            "violations": user.told("violations"),
            "waits": lambda: _waits(goal, inputs, account, before),
        }
        if goal.held:
            told["held"] = (lambda: account.answer.value("made")) if account else True
        if goal.own:
            told |= user.leaving
        after = [user, *([account] if account else []), *before]
        super().__init__(
            AccountAssignmentProvider(pulumi.get_stack()),
            inputs.name,
            declared(inputs, **told),
            pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=after)),
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
    goal: AccessGoal, inputs: AccessInputs, account: Account | None, before: Sequence[Registered]
) -> object:
    """What must come before: nobody is assigned an account as long as nobody has shown that it is its
    owner's; nothing is taken from anybody before the goal's `after`."""
    after, of = goal.after, before
    if goal.present:
        after, of = (task_id("verify-account", goal.account),), [account] if account else []
    recorded = [resource.answer.value("tasks") for resource in of]
    if UNKNOWN in recorded:
        return UNKNOWN
    # a step that an API took leaves no task
    still = {task for tasks in recorded for task in open_tasks(tasks or {})}
    words = some(task for task in after if task in still)
    return {inputs.task: words} if words else {}
