"""The firm: who is in it. All other resources depend on it, so what its `check` refuses stops a run before
any call."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from providers.t4.lifecycle.base import Checked, T4Provider
from providers.t4.lifecycle.task_ledger import Steps
from providers.t4.lifecycle.user_creation import journal_key
from providers.t4.records.declared import declared
from providers.t4.records.firm import FirmInputs, FirmRecord, Use
from providers.t4.session.session import session
from t4firm.model.firm import Limited
from t4firm.plan.goals import FirmGoal
from t4firm.yaml_files.mistakes import some


class FirmProvider(T4Provider[FirmInputs, FirmRecord]):
    """Holds the roster of the last run against the one of this run; calls nothing."""

    inputs, record = FirmInputs, FirmRecord

    def checked(self, before: FirmInputs | None, news: FirmInputs) -> Checked[FirmInputs]:
        """Refuses removals of people who have not departed, and runs over a limit: in previews and before
        any call."""
        of_before = (*_renamed(before, news), *_removals(before, news)) if before else ()
        return Checked(news, refusals=(*of_before, *_over_limits(news)))

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


class FirmResource(Resource, module="t4", name="Firm"):
    """The firm. Output: `tasks`."""

    tasks: pulumi.Output[dict[str, Any]]

    def __init__(self, goal: FirmGoal, identity: str, opts: pulumi.ResourceOptions) -> None:
        """`identity`: what the stack's passwords and journal are bound to."""
        inputs = replace(goal_inputs(goal), identity=identity)
        props = declared(inputs, "tasks")
        super().__init__(FirmProvider(pulumi.get_stack()), inputs.name, props, opts)


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
    )


def _waiting(news: FirmInputs, record: FirmRecord | None) -> FirmRecord:
    steps = Steps.of(news, record)
    for task in news.waiting:
        steps.take(task)
    for task in steps.open_of("request-whentech", "enable-whentech") - set(news.waiting):
        steps.drop(task)
    return FirmRecord(inputs=news, tasks=steps.tasks)


def _renamed(before: FirmInputs, news: FirmInputs) -> Iterator[str]:
    """Under another name the stack would find neither its journal nor its passwords."""
    if before.identity and news.identity and before.identity != news.identity:
        yield (
            f"this stack's passwords and its journal are bound to `{before.identity}` (stack and firm), and "
            f"by its name it is `{news.identity}` now. Nothing was called. If the stack or the firm was "
            f'renamed, keep what it has: `pulumi config set t4:identity "{before.identity}"`, or T4_IDENTITY '
            "in its environment"
        )


def _history(news: FirmInputs, username: str) -> str:
    signed = news.history.get(username)
    return f" Keep the sign-offs of {username} in the attested file ({some(signed)})" if signed else ""


def _removals(before: FirmInputs, news: FirmInputs) -> Iterator[str]:
    """Who was never made may go: nothing of that one is in T4, unless a run asked for it and does not know
    what came of it."""
    for username in sorted(before.roster.keys() - news.roster.keys()):
        if before.roster[username] == "departed":
            continue
        way = "put the entry back with `departed: true`, run `up`, close the tasks that it lists, and then"
        if username in news.gone:
            yield (
                f"{username} was removed from the firm file without having departed. T4 cannot delete a "
                f"user by its API: {way} remove the entry.{_history(news, username)}"
            )
        elif session().journal.find(journal_key(username)):
            file = session().journal.file_of(journal_key(username))
            yield (
                f"{username} was removed from the firm file, and T4 may have the user: a run asked for it "
                f"and could not record what came of it. If T4 has it, {way} remove the entry; if the "
                f"administrator sees that T4 has no such user of this firm file, delete {file}"
            )


_WORDS: Mapping[Limited, tuple[str, str]] = {
    "newUsers": ("onboard", "new users"),
    "departures": ("let", "users depart"),
    "marketData": ("add", "market data subscriptions (these are billed)"),
}


def _over_limits(news: FirmInputs) -> Iterator[str]:
    for name, (verb, what) in _WORDS.items():
        use = news.limits.get(name)
        if use and use.count > use.allowed:
            yield (
                f"this run would {verb} {use.count} {what}, and limits.{name} allows {use.allowed} in one "
                f"run. Nothing was called. If that many are right, write `limits: {{{name}: {use.count}}}` "
                "in the firm file and have it reviewed; else bring them in steps"
            )
