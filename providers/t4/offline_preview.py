"""A preview against nothing but the files: what the providers' own `check` says of one file after another.

No engine, no state, no T4 and no secret is needed, so it serves a pull request from a fork. It knows the
steps that the change itself brings and what would be refused; what else the state or T4 would bring to light,
only the engine's preview knows.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from providers.t4 import account, account_assignment, application_assignment, firm, user
from providers.t4.lifecycle.base import T4Provider
from providers.t4.outputs import resource_keys
from providers.t4.prior_state import IDENTITY
from t4firm.model.firm import Firm
from t4firm.plan import removals
from t4firm.plan.changes import Changes, Key
from t4firm.plan.expectations import Given, findings
from t4firm.plan.goals import AccessGoal, AccountGoal, ApplicationGoal, Desired, FirmGoal, Goal, UserGoal
from t4firm.plan.prior_state import Recorded, RecordedAccount, RecordedAssignment, RecordedUser
from t4firm.tasks.ids import kind_of

RESOURCES: Mapping[type[Goal], tuple[T4Provider[Any, Any], Callable[[Any], Any]]] = {
    FirmGoal: (firm.FirmProvider(), firm.goal_inputs),
    UserGoal: (user.UserProvider(), user.goal_inputs),
    AccountGoal: (account.AccountProvider(), account.goal_inputs),
    ApplicationGoal: (
        application_assignment.ApplicationAssignmentProvider(),
        application_assignment.goal_inputs,
    ),
    AccessGoal: (account_assignment.AccountAssignmentProvider(), account_assignment.goal_inputs),
}
"""For each kind of goal, who checks it, and what its resource's inputs are as far as the file knows them."""


def changes_between(before: Desired | None, after: Desired, firm_after: Firm) -> Changes:
    """The change from the goals of one file to those of another. Both follow on the same record, so that what
    only the record decides is no change; `before` is None where there was no file."""
    olds, news = goals_by_key(before) if before else {}, goals_by_key(after)
    tasks: set[str] = set()
    refusals = [*removals.refusals(firm_after, as_if_set_up(before))] if before else []
    for key, goal in news.items():
        provider, inputs_of = RESOURCES[type(goal)]
        old = olds.get(key)
        checked = provider.checked(inputs_of(old) if old else None, inputs_of(goal))
        refusals += checked.refusals
        tasks |= set(goal.planned) - set(old.planned if old else ()) - goal.attested.keys()
        # a step that a change brings (again) is not signed off by what was signed for the one before it
        signed = goal.attested.keys() - (old.attested.keys() if old else set())
        tasks |= {*checked.by_hand, *_mending(old, goal)} - signed
    changed = frozenset(key for key in olds.keys() | news.keys() if olds.get(key) != news.get(key))
    return Changes(tuple(sorted(tasks)), tuple(refusals), after.firm.limits, changed)


def as_if_set_up(goals: Desired) -> Recorded:
    """What a stack would have recorded that was set up from these goals, with every task closed."""
    return Recorded(
        users={goal.user.username: _user(goal) for goal in goals.users},
        accounts={
            goal.account.account: RecordedAccount(
                goal.account.owner, made=True, revoked_from=goal.revoked_from
            )
            for goal in goals.accounts
        },
        applications={
            (goal.username, goal.application): RecordedAssignment(goal.present, has=goal.present)
            for goal in goals.applications
        },
        access={
            (goal.username, goal.account): RecordedAssignment(
                goal.present, has=goal.present, stack=goal.stack
            )
            for goal in goals.access
        },
    )


def _user(goal: UserGoal) -> RecordedUser:
    return RecordedUser(
        departed=goal.departed,
        fill=goal.expected.exactly,
        first=goal.account.account,
        roles=goal.expected.roles,
        allowed=goal.expected.roles,
        person=tuple(getattr(goal.user, name) for name in IDENTITY),
        market_data=dict(goal.user.marketData),
    )


def _mending(before: Goal | None, after: Goal) -> Iterator[str]:
    """The administrator's steps to bring a user whom T4 has from what one file expects to what the other
    does: a template serves only while a user is made."""
    if isinstance(before, UserGoal) and isinstance(after, UserGoal):
        given = Given(before.expected.roles, before.expected.applications)
        for finding in findings(after.expected, given):
            if finding.task and after.how.get(kind_of(finding.task)) != "api":
                yield finding.task


def goals_by_key(goals: Desired) -> dict[Key, Goal]:
    """Type and name of a resource -> its goal."""
    return dict(zip(resource_keys(goals), goals.goals, strict=True))
