"""The firm: who is in it. All other resources depend on it, so what its `check` refuses stops a run before
any call."""

from dataclasses import replace

import pulumi

from providers.t4.engine.declared import declared
from providers.t4.engine.registration import Registered
from providers.t4.lifecycle.base import T4Provider
from providers.t4.lifecycle.user.creation import journal_key
from providers.t4.records.firm import FirmInputs, FirmRecord, Use
from providers.t4.session.session import session
from providers.t4.steps.task_ledger import Steps
from t4firm.plan.changes import Change, change_of
from t4firm.plan.goals import FirmGoal


class FirmProvider(T4Provider[FirmInputs, FirmRecord]):
    """Holds the roster of the last run against the one of this run; calls nothing."""

    inputs, record = FirmInputs, FirmRecord

    def change(self, before: FirmInputs | None, news: FirmInputs) -> Change:
        """Refuses removals of people who have not departed, and runs over a limit: in previews and before
        any call."""
        return change_of(before.said if before else None, news.said, _asked_for)

    def differs(self, record: FirmRecord, news: FirmInputs) -> bool:
        """The roster is bookkeeping: who comes and goes shows as a user. Changed is the firm by its own
        facts, and by the lines of the attested file that no other resource has."""
        return record.inputs.changes(news, "firm", "waiting", "idle", "strange")

    def created(self, news: FirmInputs) -> FirmRecord:
        """Records the firm and what it waits for; there is nothing to call."""
        return _waiting(news, None)

    def updated(self, record: FirmRecord, news: FirmInputs) -> FirmRecord:
        """The same for a firm whose facts have changed."""
        return _waiting(news, record)

    def forgotten(self, record: FirmRecord) -> None:
        """The last of a stack that is forgotten; T4 knows nothing of it."""


class FirmResource(Registered, module="t4", name="Firm"):
    """The firm."""

    OUTPUTS = ("tasks",)

    def __init__(self, goal: FirmGoal, identity: str, opts: pulumi.ResourceOptions) -> None:
        """`identity`: what the stack's passwords and journal are bound to."""
        inputs = replace(goal_inputs(goal), identity=identity)
        super().__init__(FirmProvider(pulumi.get_stack()), inputs.name, declared(inputs), opts)


def goal_inputs(goal: FirmGoal) -> FirmInputs:
    """What the file says of the firm."""
    return FirmInputs(
        firm=goal.firm,
        roster=goal.roster,
        gone=goal.gone,
        history=goal.history,
        limits={use.name: Use(count=use.count, allowed=use.allowed) for use in goal.limits},
        waiting=goal.planned,
        idle=goal.idle,
        strange=goal.strange,
        ofFirm=goal.firm_id,
    )


def _waiting(news: FirmInputs, record: FirmRecord | None) -> FirmRecord:
    steps = Steps.of(news, record)
    for task in news.waiting:
        steps.take(task)
    for task in steps.open_of("request-whentech", "enable-whentech") - set(news.waiting):
        steps.drop(task)
    return FirmRecord(inputs=news, tasks=steps.tasks)


def _asked_for(username: str) -> str:
    """The file of the journal that notes a request to make this user; "" for none."""
    key, journal = journal_key(username), session().journal
    return str(journal.file_of(key)) if journal.find(key) else ""
