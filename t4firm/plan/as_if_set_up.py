"""A stack that was set up from a file, for a review that has no state to follow on."""

from t4firm.plan.goals import Desired, UserGoal
from t4firm.plan.prior_state import IDENTITY, Recorded, RecordedAccount, RecordedAssignment, RecordedUser


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
