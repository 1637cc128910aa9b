"""What a change brings: the tasks that come with it, and why a run would be refused.

`change_of` says it of one resource, whatever the two sides come from; `changes_between` of two files, without
engine, state, T4 or secret, so that it serves a pull request from a fork. What else the state or T4 would
bring to light, only the engine's preview knows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from t4firm.model.firm import Firm
from t4firm.plan import removals
from t4firm.plan.as_if_set_up import as_if_set_up
from t4firm.plan.expectations import Given, findings
from t4firm.plan.goals import Desired, Goal, Key, UserGoal
from t4firm.plan.limits import LimitUse
from t4firm.plan.said import AccountSaid, AssignmentSaid, FirmSaid, Said, UserSaid
from t4firm.tasks.ids import kind_of, task_id
from t4firm.yaml_files.mistakes import some

Asked = Callable[[str], str]
"""The file that notes a request to make this user of which nobody knows what came; "" for none."""

POINTLESS_FOR_LEAVERS = ("assign-role", "sign-eula", "update-market-data", "update-user")
"""The steps that a user who leaves cannot take or does not need: taken up again should the user return."""


@dataclass(frozen=True)
class Change:
    """What the change of one resource brings: ids of tasks, whoever does them, and reasons to refuse it."""

    tasks: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()

    def by_hand(self, how: Mapping[str, str]) -> list[str]:
        """Those of the tasks that will be the administrator's, sorted. `how`: kind of step -> who takes
        it."""
        return sorted(task for task in self.tasks if how.get(kind_of(task)) != "api")


@dataclass(frozen=True)
class Changes:
    """What a change of the files means: administrator tasks that it brings (ids, sorted), why a run would be
    refused, what it uses of the limits, and the resources about which the two files differ."""

    tasks: tuple[str, ...]
    refusals: tuple[str, ...]
    limits: tuple[LimitUse, ...]
    changed: frozenset[Key]


def changes_between(before: Desired | None, after: Desired, firm_after: Firm) -> Changes:
    """The change from the goals of one file to those of another. Both follow on the same record, so that what
    only the record decides is no change; `before` is None where there was no file."""
    olds, news = ({goal.key: goal for goal in goals.goals} if goals else {} for goals in (before, after))
    tasks: set[str] = set()
    refusals = [*removals.refusals(firm_after, as_if_set_up(before))] if before else []
    for key, goal in news.items():
        old = olds.get(key)
        change = change_of(old.said if old else None, goal.said)
        refusals += change.refusals
        tasks |= set(goal.planned) - set(old.planned if old else ()) - goal.attested.keys()
        # a step that a change brings (again) is not signed off by what was signed for the one before it
        signed = goal.attested.keys() - (old.attested.keys() if old else set())
        tasks |= {*change.by_hand(goal.how), *_mending(old, goal)} - signed
    changed = frozenset(key for key in olds.keys() | news.keys() if olds.get(key) != news.get(key))
    return Changes(tuple(sorted(tasks)), tuple(refusals), after.firm.limits, changed)


def change_of(before: Said | None, now: Said, asked: Asked = lambda _username: "") -> Change:
    """What the change of one resource brings; `before`: None for a new one."""
    match before, now:
        case ((FirmSaid() | None), FirmSaid()):
            of_before = (*_renamed(before, now), *_removals(before, now, asked)) if before else ()
            over = (use.refusal for use in now.limits if use.refusal)
            return Change(refusals=(*of_before, *over))
        case UserSaid(), UserSaid():
            if refused := _other_first(before, now):
                return Change(refusals=(refused,))
            pointless = POINTLESS_FOR_LEAVERS if now.departed else ()
            return Change(tuple(task for task in _of_user(before, now) if kind_of(task) not in pointless))
        case AccountSaid(), AccountSaid():
            lost = before.departed or before.owner in (*now.revoked_from, *before.revoked_from)
            if before.owner != now.owner and not lost:
                return Change(refusals=(removals.moving_words(now.account, before.owner, now.owner),))
            return Change(tuple(_of_account(before, now)))
        case AssignmentSaid(present=True), AssignmentSaid(present=False):
            return Change((now.unassign,))
    return Change()


def _renamed(before: FirmSaid, now: FirmSaid) -> Iterator[str]:
    """Under another name the stack would find neither its journal nor its passwords."""
    if before.identity and now.identity and before.identity != now.identity:
        yield (
            f"this stack's passwords and its journal belong to `{before.identity}` (stack and firm), but its "
            f"name is now `{now.identity}`. No call was made. If the stack or the firm was renamed, keep the "
            f'old identity: `pulumi config set t4:identity "{before.identity}"`, or T4_IDENTITY '
            "in its environment"
        )


def _removals(before: FirmSaid, now: FirmSaid, asked: Asked) -> Iterator[str]:
    """Who was never made may go: nothing of that one is in T4, unless a run asked for it and does not know
    what came of it."""
    for username in sorted(before.roster.keys() - now.roster.keys()):
        if before.roster[username] == "departed":
            continue
        way = "put the entry back with `departed: true`, run `up`, close the tasks that it lists, and then"
        if username in now.gone:
            signed = now.history.get(username)
            keep = (
                f" Keep the sign-offs of {username} in the attested file ({some(signed)})" if signed else ""
            )
            yield (
                f"{username} was removed from the firm file, but has not departed. T4's API cannot delete a "
                f"user: {way} remove the entry.{keep}"
            )
        elif file := asked(username):
            yield (
                f"{username} was removed from the firm file, but T4 may have the user: a run asked for it "
                f"and could not record the answer. If T4 has the user, {way} remove the entry. If the "
                f"administrator sees that T4 does not have this user, delete {file}"
            )


def _other_first(before: UserSaid, now: UserSaid) -> str:
    """The account made with a user never changes, because the user was onboarded with it; "" where it
    stays, or was revoked."""
    was = before.first
    if now.first == was or was in now.revoked or before.first_taken:
        return ""
    return (
        f"{now.username} was created with account {was}, and T4 cannot change it to {now.first}. "
        f"Keep {was} as the first of the user's accounts and list {now.first} after it. If "
        f"{now.username} should lose {was}, write it under `revoke`"
    )


def _of_user(before: UserSaid, now: UserSaid) -> Iterator[str]:
    def task(kind: str, *detail: str) -> str:
        return task_id(kind, now.username, *detail)

    old = before.details
    yield from (task("update-user", name) for name, value in now.details.items() if value != old.get(name))
    if before.password_version != now.password_version:
        yield task("update-user", "password")
        if now.is_fill_user:
            yield task("hand-over-credentials")
    for name, kind in now.market_data.items():
        if kind != before.market_data.get(name):
            yield task("update-market-data", name)
    yield from (task("end-market-data", name) for name in before.market_data.keys() - now.market_data.keys())
    if now.eula and now.eula != before.eula:
        yield task("sign-eula")
    if before.departed and not now.departed:
        yield task("enable-user")
    if now.departed and not before.departed:
        yield task("disable-user")
        yield from (task("end-market-data", name) for name in now.market_data)


def _of_account(before: AccountSaid, now: AccountSaid) -> Iterator[str]:
    for name, text in now.names.items():
        if text != before.names.get(name):
            yield task_id("update-account", now.account, name)
    if now.enabled != before.enabled and now.enabled is not None:
        yield task_id("enable-account" if now.enabled else "disable-account", now.account)


def _mending(before: Goal | None, after: Goal) -> Iterator[str]:
    """The administrator's steps to bring a user whom T4 has from what one file expects to what the other
    does: a template serves only while a user is made."""
    if isinstance(before, UserGoal) and isinstance(after, UserGoal):
        given = Given(before.expected.roles, before.expected.applications)
        for finding in findings(after.expected, given):
            if finding.task and after.how.get(kind_of(finding.task)) != "api":
                yield finding.task
