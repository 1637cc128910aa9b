"""Whose fills reach WhenTech, as far as the records of a stack show it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from providers.t4.records.stored import Stored
from t4firm.model.firm import Firm
from t4firm.model.users import WHENTECH, WHENTECH_FILLS, FillUser, User
from t4firm.plan.goals import AccessGoal, ApplicationGoal, Desired, Goal, UserGoal
from t4firm.reports.coverage import Coverage, Known, coverage, missing
from t4firm.reports.to_do import TO_DO
from t4firm.reports.trials import is_over, last_day
from t4firm.tasks.ids import task_id

Pairs = Sequence[tuple[Goal, Stored | None]]


def covered(
    goals: Desired, firm: Firm, records: Sequence[Stored | None], tasks: Sequence[Mapping[str, str]]
) -> tuple[Coverage, ...]:
    """Every account whose fills matter. `records` has one entry a goal, `tasks` is the list of both
    (`providers.t4.outputs.task_list`)."""
    pairs = [*zip(goals.goals, records, strict=True)]
    return coverage(
        goals,
        firm,
        Known(
            assigned=dict(_assigned(pairs)),
            role=_role(pairs),
            unmanaged=dict(_unmanaged(pairs)),
            unsaid=dict(_unsaid(pairs)),
            missing=until_captured(goals, firm, records, tasks),
        ),
    )


def until_captured(
    goals: Desired, firm: Firm, records: Sequence[Stored | None], tasks: Sequence[Mapping[str, str]]
) -> tuple[str, ...]:
    """The tasks that stand against the fill service running, in the order in which they can be done."""
    if firm.fillService is None:
        return ()
    pairs, fill = [*zip(goals.goals, records, strict=True)], firm.fillService.user.username
    still_open = {task["id"] for task in tasks if task["status"] in TO_DO} | {*_withheld(pairs, fill)}
    return missing(firm, still_open, trial_over=_trial_over(pairs, fill))


def _assigned(pairs: Pairs) -> Iterator[tuple[str, str]]:
    for goal, record in pairs:
        if isinstance(goal, AccessGoal) and goal.captures and record and record.get("assigned"):
            yield goal.account, evidence_of(record)


def evidence_of(record: Stored) -> str:
    """What shows that an assignment is in T4."""
    closed = [str(entry["closed"]) for entry in (record.get("tasks") or {}).values() if "closed" in entry]
    return closed[0] if closed else str(record.get("evidence") or "recorded by an earlier version")


def _role(pairs: Pairs) -> str:
    """The evidence that the fill user has the role that stands for all accounts; "" where none is."""
    for goal, record in pairs:
        if isinstance(goal, UserGoal) and isinstance(goal.user, FillUser) and record:
            roles = goal.expected.roles
            if roles and {*roles} <= {*(record.get("roles") or ())}:
                return _evidence_of_roles(goal.user.username, roles, record)
    return ""


def _evidence_of_roles(username: str, roles: Iterable[str], record: Stored) -> str:
    """What closed the task of a role, or of looking at the user; else T4's answer when the user was made."""
    steps = (*(task_id("assign-role", username, role) for role in roles), task_id("verify-user", username))
    tasks = record.get("tasks") or {}
    closed = (str(tasks[task]["closed"]) for task in steps if "closed" in tasks.get(task, {}))
    return next(closed, str(record.get("evidence") or "T4 showed it"))


def _people(pairs: Pairs) -> Iterator[tuple[User, Stored, bool]]:
    """Each person who stays, with whether T4 shows WhenTech and the file does not say it."""
    for goal, record in pairs:
        if isinstance(goal, UserGoal) and isinstance(goal.user, User) and record and not goal.departed:
            unsaid = not goal.user.is_whentech and WHENTECH in (record.get("applications") or ())
            yield goal.user, record, unsaid


def _unmanaged(pairs: Pairs) -> Iterator[tuple[str, str]]:
    for user, record, unsaid in _people(pairs):
        if user.is_whentech or unsaid:
            yield from ((number, user.username) for number in record.get("unmanaged") or ())


def _unsaid(pairs: Pairs) -> Iterator[tuple[str, str]]:
    for user, _, unsaid in _people(pairs):
        if unsaid:
            yield from ((number, user.username) for number in user.accounts)


def _withheld(pairs: Pairs, fill: str) -> Iterator[str]:
    """WhenTechFills without a task: the API is to assign it, and has not, or it is withheld from a fill user
    who breaks the rules."""
    for goal, record in pairs:
        of_fill = isinstance(goal, ApplicationGoal) and (goal.username, goal.application) == (
            fill,
            WHENTECH_FILLS,
        )
        if of_fill and not (record or {}).get("assigned"):
            yield task_id("assign-application", fill, WHENTECH_FILLS)


def _trial_over(pairs: Pairs, fill: str) -> bool:
    return any(
        is_over(last_day((record or {}).get("trialExpires")), datetime.now(UTC).date())
        for goal, record in pairs
        if isinstance(goal, UserGoal) and goal.user.username == fill
    )
