"""The recorded resources as T4 shows them now: read by the providers themselves, as a refresh reads them, and
recorded nowhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from providers.t4.account import AccountProvider
from providers.t4.account_assignment import AccountAssignmentProvider
from providers.t4.api import T4Error
from providers.t4.application_assignment import ApplicationAssignmentProvider
from providers.t4.lifecycle import fill_login
from providers.t4.lifecycle.base import T4Provider
from providers.t4.lifecycle.user_refresh import sees_all
from providers.t4.outputs import resource_keys
from providers.t4.prior_state import recorded_of
from providers.t4.session import lookups
from providers.t4.session.session import session
from providers.t4.socket_findings import not_in_the_file, not_seen_by_the_reader
from providers.t4.stack_files import FirmStack
from providers.t4.user import UserProvider
from t4firm.evidence import NotSeen, Seen
from t4firm.model.firm import Firm
from t4firm.plan.goals import OURS, Goal, UserGoal
from t4firm.reports.drift import Unverified

PROVIDERS: Mapping[str, T4Provider] = {
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
    def records(self) -> tuple[Props, ...]:
        """The outputs of all that could be read."""
        return tuple(self.resources.values())


def read_all(
    stack: FirmStack,
    resources: Sequence[InState],
    seen: Callable[[int, int], None] = lambda done, total: None,
) -> Live:
    """Reads T4, `t4:maxInFlight` calls at once; the failure of one is no other's. Who takes a step, and what
    is accepted, is as the firm file says now, not as it was recorded. `seen` is told how many resources have
    been read, and of how many."""
    goals = stack.following(recorded_of({(each.kind, each.name): each.outputs for each in resources}))
    now = dict(zip(resource_keys(goals), (_as_now(goal) for goal in goals.goals), strict=True))
    chosen = [
        replace(each, outputs={**each.outputs, **now.get((each.kind, each.name), {})})
        for each in resources
        if each.kind in PROVIDERS
    ]
    socket = session().socket
    for each in chosen if socket else ():
        if socket and each.kind == f"{OURS}User" and each.outputs["expected"]["exactly"]:
            socket.introduce(fill_login.recorded(each.outputs))
    with ThreadPoolExecutor(session().settings.max_in_flight) as threads:
        results = []
        for result in threads.map(_read, chosen):
            results.append(result)
            seen(len(results), len(chosen))
        facts = list(threads.map(_unread, chosen))
    accounts = [each.outputs for each in chosen if each.kind == f"{OURS}Account"]
    unmanaged, failed = _beside(stack, accounts)
    return Live(
        resources={
            (each.kind, each.name): result
            for each, result in zip(chosen, results, strict=True)
            if not isinstance(result, str)
        },
        unverified=(
            *_grouped(fact for found in facts for fact in found),
            *not_made(stack.firm, resources),
        ),
        unmanaged=unmanaged,
        notes=tuple(socket.notes()) if socket else (),
        failed=tuple(sorted({*failed, *(result for result in results if isinstance(result, str))})),
    )


def _beside(stack: FirmStack, accounts: list[dict[str, Any]]) -> tuple[tuple[str, ...], set[str]]:
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


def _as_now(goal: Goal) -> dict[str, Any]:
    accounts = {"accounts": dict(goal.accounts)} if isinstance(goal, UserGoal) else {}
    return {"how": dict(goal.how), "accepted": dict(goal.accepted), **accounts}


def _read(resource: InState) -> Props | str:
    try:
        return PROVIDERS[resource.kind].read(resource.name, resource.outputs).outs or {}
    except T4Error as error:
        return str(error)


@dataclass(frozen=True)
class _Fact:
    """Something that no operation reads, what stands for it instead, and since which day. `decisive`: it is
    about the fill user's roles or its accounts."""

    what: str
    name: str
    evidence: str
    day: str
    decisive: bool = False


def _unread(resource: InState) -> list[_Fact]:
    try:
        return [
            _Fact(what, resource.name, evidence, _day_in(evidence) or resource.day, what in DECISIVE)
            for what, evidence in FACTS[resource.kind](resource.outputs)
        ]
    except T4Error:
        return []  # told already


ASPECTS = {
    "roles": "roles",
    "applications": "further applications",
    "accounts": "further accounts",
    "enabled": "enabled or not",
}
"""What `readUser` shows of a user -> what is unverified where it does not."""

CAPTURED, NOT_MADE = "captured accounts", "roles and accounts of the fill user"
DECISIVE = frozenset({"roles of the fill user", "further accounts of the fill user", CAPTURED, NOT_MADE})
"""What is unverified while nobody knows whether the fill user may do and see what the firm file says."""


def not_made(firm: Firm, resources: Iterable[InState]) -> tuple[Unverified, ...]:
    """The fill user that the firm file has, where no run has recorded one: there is nothing to compare."""
    fill = firm.fillService.user.username if firm.fillService else ""
    if not fill or (f"{OURS}User", fill) in {(each.kind, each.name) for each in resources}:
        return ()
    return (Unverified(NOT_MADE, 1, fill, "no run has made this user", "", decisive=True),)


def _of_user(props: Props) -> Iterator[tuple[str, str]]:
    onboarded = str(props.get("evidence") or "")
    seen = lookups.user(props["userID"], props["username"])
    row = _row(seen)
    if isinstance(seen, NotSeen) and seen.why:
        yield "users that T4 did not show", seen.why
    whose = "the fill user" if props["expected"]["exactly"] else "users"
    for key, what in ASPECTS.items():
        if key == "accounts" and sees_all(props):
            continue  # by its role, whatever is assigned to it
        if row is not None and row.get(key) is None:
            yield f"{what} of {whose}", onboarded
    if row is not None and any(row.get(name) is None for name in lookups.DETAILS):
        yield "details of users", onboarded
    if props.get("marketData") and lookups.market_data(props["userID"], props["username"]) is None:
        yield "market data of users", onboarded


def _of_account(props: Props) -> Iterator[tuple[str, str]]:
    seen = lookups.account(props["accountID"], props["account"])
    row = _row(seen)
    if isinstance(seen, NotSeen) and seen.why and props["made"]:
        yield "accounts that T4 did not show", seen.why
    if props["made"] and row is not None and row.get("enabled") is None:
        yield "state of accounts", _last_evidence(props)


def _of_application(props: Props) -> Iterator[tuple[str, str]]:
    row = _row(lookups.user(props["userID"], props["username"]))
    if props["assigned"] and row is not None and row.get("applications") is None:
        yield "applications", _last_evidence(props)


def _of_access(props: Props) -> Iterator[tuple[str, str]]:
    row = _row(lookups.user(props["userID"], props["username"]))
    if props["assigned"] and row is not None and row.get("accounts") is None:
        yield CAPTURED if props.get("captures") else "shared accounts", _last_evidence(props)


FACTS: Mapping[str, Callable[[Props], Iterator[tuple[str, str]]]] = {
    f"{OURS}User": _of_user,
    f"{OURS}Account": _of_account,
    f"{OURS}ApplicationAssignment": _of_application,
    f"{OURS}AccountAssignment": _of_access,
}


def _row(seen: lookups.Found) -> Mapping[str, Any] | None:
    """What is seen: nothing of what T4 did not show; None for what is gone, which is told as such."""
    if isinstance(seen, Seen):
        return seen.value
    return {} if isinstance(seen, NotSeen) else None


def _last_evidence(props: Props) -> str:
    closed = [str(entry["closed"]) for entry in (props.get("tasks") or {}).values() if "closed" in entry]
    return max(closed, key=_day_in, default="")


def _day_in(evidence: str) -> str:
    """The day of an evidence: `2026-11-20, by A`, or `GET …: 200 at 2026-11-20T…`."""
    found = re.search(r"\b\d{4}-\d{2}-\d{2}", evidence)
    return found[0] if found else ""


def _grouped(facts: Iterable[_Fact]) -> Iterator[Unverified]:
    groups: dict[str, list[_Fact]] = {}
    for fact in facts:
        groups.setdefault(fact.what, []).append(fact)
    for what, members in groups.items():
        oldest = min(members, key=lambda fact: (fact.day, fact.name))
        yield Unverified(
            what, len(members), oldest.name, oldest.evidence, oldest.day, decisive=oldest.decisive
        )
