"""What T4 did not show of the recorded resources, and for each fact why nobody can see it: no operation in
use reads it, and no login that this stack has shows it (docs/reading-t4.md)."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from providers.t4.records.accounts import AccountRecord
from providers.t4.records.assignments import AccessRecord, ApplicationRecord
from providers.t4.records.record import Recorded
from providers.t4.records.users import UserRecord
from providers.t4.session import lookups
from providers.t4.session.session import session
from t4firm.evidence import NotSeen, Seen
from t4firm.plan.goals import OURS
from t4firm.reports.drift import Unseen, Unverified
from t4firm.reports.hidden import ACCOUNTS, FILL_USER, MARKET_DATA, TRADERS, Shows

Unread = tuple[str, str, str, str]
"""What is not seen, why, what would show it, and the newest evidence that is recorded of it."""

ASPECTS: Final = {
    "roles": "roles",
    "applications": "further applications",
    "accounts": "further accounts",
    "enabled": "enabled or not",
}
"""What `readUser` shows of a user -> what is unverified where it does not."""

CAPTURED, NOT_MADE = "captured accounts", "roles and accounts of the fill user"
DECISIVE = frozenset({"roles of the fill user", "further accounts of the fill user", CAPTURED, NOT_MADE})
"""What is unverified while nobody knows whether the fill user may do and see what the firm file says."""

NO_LOGIN = "no login over T4's WebSocket shows it"
TRADERS_LOGIN = "only the user's own login would show it, and t4-firm never logs in as a trader"


def unread(kind: str, name: str, record: Recorded, day: str) -> Iterator[Unverified]:
    """The facts of one resource that T4 did not show. `day`: of the resource's last change, for facts whose
    evidence names none."""
    for what, why, remedy, evidence in FACTS[kind](record):
        fact = Unseen(name, evidence, day_in(evidence) or day)
        yield Unverified(what, why, remedy, (fact,), what in DECISIVE)


def grouped(facts: Iterable[Unverified]) -> Iterator[Unverified]:
    """One entry for the facts of the same kind that nobody can see for the same reason."""
    groups: dict[tuple[str, str, str], list[Unverified]] = {}
    for each in facts:
        groups.setdefault((each.what, each.why, each.remedy), []).append(each)
    for (what, why, remedy), members in groups.items():
        together = tuple(sorted(fact for each in members for fact in each.facts))
        yield Unverified(what, why, remedy, together, members[0].decisive)


def _of_user(record: UserRecord) -> Iterator[Unread]:
    inputs, onboarded = record.inputs, record.evidence
    seen = lookups.user(record.userID, inputs.username)
    row = row_of(seen)
    if isinstance(seen, NotSeen) and seen.why:
        yield "users that T4 did not show", seen.why.rstrip("."), IN_THE_PORTAL, onboarded
    fill = inputs.is_fill_user
    whose = "the fill user" if fill else "users"
    for key, what in ASPECTS.items():
        if key == "accounts" and inputs.sees_all:
            continue  # by its role, whatever is assigned to it
        if row is not None and row.get(key) is None:
            by_login = fill and key != "applications"
            login = NO_LOGIN if key == "applications" else _login(of_fill=fill)
            shown_by = FILL_USER if by_login else TRADERS
            yield f"{what} of {whose}", *_why_not(shown_by, login), onboarded
    if row is not None and any(row.get(name) is None for name in lookups.DETAILS):
        yield "details of users", *_why_not(TRADERS, NO_LOGIN), onboarded
    if inputs.marketData and lookups.market_data(record.userID, inputs.username) is None:
        yield "market data of users", *_why_not(MARKET_DATA, NO_LOGIN), onboarded


def _of_account(record: AccountRecord) -> Iterator[Unread]:
    seen = lookups.account(record.accountID, record.inputs.account)
    row = row_of(seen)
    if isinstance(seen, NotSeen) and seen.why and record.made:
        yield "accounts that T4 did not show", seen.why.rstrip("."), IN_THE_PORTAL, last_evidence(record)
    if record.made and row is not None and row.get("enabled") is None:
        socket = session().socket
        login = socket.why_no_account(record.accountID) if socket else SOCKET_IS_OFF
        yield "state of accounts", *_why_not(ACCOUNTS, login), last_evidence(record)


def _of_application(record: ApplicationRecord) -> Iterator[Unread]:
    row = row_of(lookups.user(record.inputs.userID, record.inputs.username))
    if record.assigned and row is not None and row.get("applications") is None:
        yield "applications", *_why_not(TRADERS, NO_LOGIN), last_evidence(record)


def _of_access(record: AccessRecord) -> Iterator[Unread]:
    row = row_of(lookups.user(record.inputs.userID, record.inputs.username))
    if record.assigned and row is not None and row.get("accounts") is None:
        what, shown_by = (CAPTURED, FILL_USER) if record.captures else ("shared accounts", TRADERS)
        yield what, *_why_not(shown_by, _login(of_fill=record.captures)), last_evidence(record)


FACTS: Mapping[str, Callable[[Any], Iterator[Unread]]] = {
    f"{OURS}User": _of_user,
    f"{OURS}Account": _of_account,
    f"{OURS}ApplicationAssignment": _of_application,
    f"{OURS}AccountAssignment": _of_access,
}


SOCKET_IS_OFF = "t4:socket is not set"


IN_THE_PORTAL = (
    "look in the portal whether T4 has it; if it does, the path or `answer` of the operation in "
    "t4:operations is wrong, or these credentials may not see it"
)


def _why_not(shown_by: Shows, login: str) -> tuple[str, str]:
    """Why nobody sees a fact, by the operations that could read it and by the logins; and what would show
    it."""
    operations, socket = session().operations, session().socket
    is_set = socket is not None and socket.has(shown_by.login)
    settled = "settle what its login lacks (`t4firm doctor` says it)" if is_set else ""
    return f"{shown_by.why(operations)}; {login}", shown_by.remedy(operations, settled)


def _login(*, of_fill: bool) -> str:
    """Why no login shows this of a user."""
    socket = session().socket
    if not of_fill:
        return TRADERS_LOGIN
    return socket.why_no_fill() if socket else SOCKET_IS_OFF


def row_of(seen: lookups.Found) -> lookups.Row | None:
    """What is seen: nothing of what T4 did not show; None for what is gone, which is told as such."""
    if isinstance(seen, Seen):
        return seen.value
    return {} if isinstance(seen, NotSeen) else None


def last_evidence(record: Recorded) -> str:
    """The newest evidence that closed a task of the resource; "" where none did."""
    closed = [str(entry["closed"]) for entry in record.tasks.values() if "closed" in entry]
    return max(closed, key=day_in, default="")


def day_in(evidence: str) -> str:
    """The day of an evidence: `2026-11-20, by A`, or `GET …: 200 at 2026-11-20T…`."""
    found = re.search(r"\b\d{4}-\d{2}-\d{2}", evidence)
    return found[0] if found else ""
