"""The recorded resources as T4 shows them now: read by the providers themselves, as a refresh reads them, and
recorded nowhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from providers.t4.account import AccountProvider
from providers.t4.account_assignment import AccountAssignmentProvider
from providers.t4.api import T4Error
from providers.t4.application_assignment import ApplicationAssignmentProvider
from providers.t4.configuration.stack_files import FirmStack
from providers.t4.lifecycle.base import T4Provider
from providers.t4.lifecycle.user import fill_login
from providers.t4.records.accounts import AccountRecord
from providers.t4.records.kinds import record_of
from providers.t4.records.prior_state import recorded_of
from providers.t4.records.record import Recorded
from providers.t4.records.users import UserRecord
from providers.t4.reports.socket_findings import not_in_the_file, not_seen_by_the_reader
from providers.t4.reports.unseen_facts import NOT_MADE, grouped, unread
from providers.t4.session import lookups
from providers.t4.session.session import session
from providers.t4.user import UserProvider
from t4firm.model.firm import Firm
from t4firm.plan.goals import OURS, Goal, UserGoal
from t4firm.reports.drift import Reading, Unseen, Unverified

PROVIDERS: Mapping[str, T4Provider[Any, Any]] = {
    f"{OURS}User": UserProvider(),
    f"{OURS}Account": AccountProvider(),
    f"{OURS}ApplicationAssignment": ApplicationAssignmentProvider(),
    f"{OURS}AccountAssignment": AccountAssignmentProvider(),
}
"""Who reads the resources of each type; the firm itself is nothing that T4 shows."""

Props = Mapping[str, Any]


@dataclass(frozen=True)
class InState:
    """A resource in the state: its type and name as in its URN, its outputs, the day of its last change."""

    kind: str
    name: str
    outputs: dict[str, Any]
    day: str

    @property
    def record(self) -> Recorded:
        """What the outputs say."""
        return record_of(self.kind, self.outputs)


def fill_users(resources: Iterable[InState]) -> Iterator[UserRecord]:
    """The fill service's user, where a run has recorded it."""
    for each in resources:
        record = each.record
        if isinstance(record, UserRecord) and record.inputs.is_fill_user:
            yield record


def accounts_of(resources: Iterable[InState]) -> Iterator[AccountRecord]:
    """The recorded accounts."""
    for each in resources:
        record = each.record
        if isinstance(record, AccountRecord):
            yield record


def introduce(resources: Iterable[InState]) -> None:
    """Tell this process, before it reads T4, what the last run recorded of the stack's firm and of its fill
    user."""
    known = list(resources)
    for each in known:
        session().firm.introduce(each.record.firm)
    if socket := session().socket:
        for fill in fill_users(known):
            socket.introduce(fill_login.recorded(fill))


@dataclass(frozen=True)
class Live:
    """What reading found: type and name of each resource, and its outputs as a refresh would record them;
    what could not be verified; and sentences: accounts that the firm file lacks, what is to be known of the
    reading, and what went wrong."""

    resources: Mapping[tuple[str, str], Props] = field(default_factory=dict)
    unverified: tuple[Unverified, ...] = ()
    unmanaged: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What was left in the record of all that could be read."""
        return tuple(record_of(kind, outputs).reading for (kind, _), outputs in self.resources.items())


def read_all(
    stack: FirmStack,
    resources: Sequence[InState],
    seen: Callable[[int, int], None] = lambda done, total: None,
) -> Live:
    """Reads T4, `t4:maxInFlight` calls at once; the failure of one is no other's. Who takes a step, and what
    is accepted, is as the firm file says now, not as it was recorded. `seen` is told how many resources have
    been read, and of how many."""
    goals = stack.following(recorded_of({(each.kind, each.name): each.outputs for each in resources}))
    now = {goal.key: _as_now(goal) for goal in goals.goals}
    chosen = [
        replace(each, outputs={**each.outputs, **now.get((each.kind, each.name), {})})
        for each in resources
        if each.kind in PROVIDERS
    ]
    introduce(chosen)
    socket = session().socket
    with ThreadPoolExecutor(session().settings.max_in_flight) as threads:
        results = []
        for result in threads.map(_read, chosen):
            results.append(result)
            seen(len(results), len(chosen))
        facts = list(threads.map(_unread, chosen))
    unmanaged, failed = _beside(stack, accounts_of(chosen))
    return Live(
        resources={
            (each.kind, each.name): result
            for each, result in zip(chosen, results, strict=True)
            if not isinstance(result, str)
        },
        unverified=(
            *grouped(fact for found in facts for fact in found),
            *not_made(stack.firm, resources),
        ),
        unmanaged=unmanaged,
        notes=tuple(socket.notes()) if socket else (),
        failed=tuple(sorted({*failed, *(result for result in results if isinstance(result, str))})),
    )


def _beside(stack: FirmStack, accounts: Iterable[AccountRecord]) -> tuple[tuple[str, ...], set[str]]:
    """What was found beside the resources: unmanaged accounts, and what could not be read."""
    failed, socket = {*lookups.found_nobody()}, session().socket
    if socket is None:
        return (), failed
    try:
        unmanaged = not_in_the_file(stack)
        failed |= {*not_seen_by_the_reader(accounts), *socket.problems()}
    except T4Error as error:
        return (), {*failed, str(error)}
    return unmanaged, failed


def _as_now(goal: Goal) -> dict[str, object]:
    accounts = {"accounts": dict(goal.accounts)} if isinstance(goal, UserGoal) else {}
    return {"how": dict(goal.how), "accepted": dict(goal.accepted), **accounts}


def _read(resource: InState) -> Props | str:
    try:
        return PROVIDERS[resource.kind].read(resource.name, resource.outputs).outs or {}
    except T4Error as error:
        return str(error)


def _unread(resource: InState) -> list[Unverified]:
    try:
        return [*unread(resource.kind, resource.name, resource.record, resource.day)]
    except T4Error:
        return []  # told already


def not_made(firm: Firm, resources: Iterable[InState]) -> tuple[Unverified, ...]:
    """The fill user that the firm file has, where no run has recorded one: there is nothing to compare."""
    fill = firm.fillService.user.username if firm.fillService else ""
    if not fill or (f"{OURS}User", fill) in {(each.kind, each.name) for each in resources}:
        return ()
    why, remedy = "no run has made this user yet", "run `t4firm up`"
    return (Unverified(NOT_MADE, why, remedy, (Unseen(fill),), decisive=True),)
