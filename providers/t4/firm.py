"""The firm: who is in it. All other resources depend on it, so what its `check` refuses stops a run before
any call."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, DiffResult, Resource

from providers.t4.lifecycle.base import T4Provider, differences, known
from providers.t4.lifecycle.task_ledger import Steps
from providers.t4.lifecycle.user_creation import journal_key
from providers.t4.session.session import session
from t4firm.model.firm import Limited
from t4firm.plan.goals import FirmGoal
from t4firm.yaml_files.mistakes import some

NAME = "firm"
"""The resource's name: one that stays when the firm is renamed, because the roster must not be lost with
it."""


class FirmProvider(T4Provider):
    """Holds the roster of the last run against the one of this run; calls nothing. The roster lives in the
    inputs alone: an unchanged resource records new inputs and keeps its old outputs."""

    def _check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuses removals of people who have not departed, and runs over a limit: in previews and before
        any call."""
        reasons = [*_renamed(olds, news), *_removals(known(olds), news), *_over_limits(news)]
        return CheckResult(news, [CheckFailure("", reason) for reason in reasons])

    def _diff(self, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """The roster is bookkeeping: who comes and goes shows as a user. Changed is the firm by its own
        facts."""
        return DiffResult(changes=bool(differences(olds, news, ("firm", "waiting"))))

    def _create(self, props: dict[str, Any]) -> dict[str, Any]:
        """Records the firm and what it waits for; there is nothing to call."""
        return _outputs(props, {})

    def _update(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        """The same for a firm whose facts have changed."""
        return _outputs(news, olds)

    def _delete(self, props: dict[str, Any]) -> None:
        """The last of a stack that is forgotten; T4 knows nothing of it."""

    def _name(self, props: Mapping[str, Any]) -> str:
        return NAME

    def _words(self, props: Mapping[str, Any]) -> str:
        return "the firm"


class FirmResource(Resource, module="t4", name="Firm"):
    """The firm. Output: `tasks`."""

    tasks: pulumi.Output[dict[str, Any]]

    def __init__(self, goal: FirmGoal, identity: str, opts: pulumi.ResourceOptions) -> None:
        """`identity`: what the stack's passwords and journal are bound to."""
        props = {**goal_inputs(goal), "identity": identity, "tasks": None}
        super().__init__(FirmProvider(pulumi.get_stack()), NAME, props, opts)


def goal_inputs(goal: FirmGoal) -> dict[str, Any]:
    """What the file says of the firm, as the resource's inputs."""
    return {
        "firm": goal.firm,
        "roster": dict(goal.roster),
        **({"gone": list(goal.gone)} if goal.gone else {}),
        **({"history": {name: list(tasks) for name, tasks in goal.history.items()}} if goal.history else {}),
        "limits": {use.name: {"count": use.count, "allowed": use.allowed} for use in goal.limits},
        "waiting": list(goal.planned),
    }


def _outputs(news: Mapping[str, Any], olds: Mapping[str, Any]) -> dict[str, Any]:
    steps = Steps.of_props({"how": {}}, olds)
    for task in news["waiting"]:
        steps.take(task)
    for task in steps.open_of("request-whentech", "enable-whentech") - set(news["waiting"]):
        steps.drop(task)
    return {"firm": news["firm"], "waiting": news["waiting"], "tasks": steps.tasks}


def _renamed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
    """Under another name the stack would find neither its journal nor its passwords."""
    before, after = olds.get("identity"), news.get("identity")
    if before and after and before != after:
        yield (
            f"this stack's passwords and its journal are bound to `{before}` (stack and firm), and by its "
            f"name it is `{after}` now. Nothing was called. If the stack or the firm was renamed, keep what "
            f'it has: `pulumi config set t4:identity "{before}"`, or T4_IDENTITY in its environment'
        )


def _history(news: Mapping[str, Any], username: str) -> str:
    signed = (news.get("history") or {}).get(username)
    return f" Keep the sign-offs of {username} in the attested file ({some(signed)})" if signed else ""


def _removals(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
    """Who was never made may go: nothing of that one is in T4, unless a run asked for it and does not know
    what came of it."""
    before, after = olds.get("roster") or {}, news["roster"]
    for username in sorted(before.keys() - after.keys()):
        if before[username] == "departed":
            continue
        way = "put the entry back with `departed: true`, run `up`, close the tasks that it lists, and then"
        if username in news.get("gone", ()):
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


def _over_limits(news: Mapping[str, Any]) -> Iterator[str]:
    for name, (verb, what) in _WORDS.items():
        count, allowed = int(news["limits"][name]["count"]), int(news["limits"][name]["allowed"])
        if count > allowed:
            yield (
                f"this run would {verb} {count} {what}, and limits.{name} allows {allowed} in one run. "
                f"Nothing was called. If that many are right, write `limits: {{{name}: {count}}}` in the "
                "firm file and have it reviewed; else bring them in steps"
            )
