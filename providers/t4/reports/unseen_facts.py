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
from t4firm.yaml_files.mistakes import listed

Unread = tuple[str, str, str]
"""What is not seen, why, and the newest evidence that is recorded of it."""

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

OF_USERS: Final = ("listUsers", "readUser")
OF_ACCOUNTS: Final = ("listAccounts", "readAccount")
OF_MARKET_DATA: Final = ("readMarketData",)

NO_LOGIN = "no login over T4's WebSocket shows it"
TRADERS_LOGIN = "only the user's own login would show it, and t4-firm never logs in as a trader"


def unread(kind: str, name: str, record: Recorded, day: str) -> Iterator[Unverified]:
    """The facts of one resource that T4 did not show. `day`: of the resource's last change, for facts whose
    evidence names none."""
    for what, why, evidence in FACTS[kind](record):
        fact = Unseen(name, evidence, day_in(evidence) or day)
        yield Unverified(what, why, (fact,), what in DECISIVE)


def grouped(facts: Iterable[Unverified]) -> Iterator[Unverified]:
    """One entry for the facts of the same kind that nobody can see for the same reason."""
    groups: dict[tuple[str, str], list[Unverified]] = {}
    for each in facts:
        groups.setdefault((each.what, each.why), []).append(each)
    for (what, why), members in groups.items():
        together = tuple(sorted(fact for each in members for fact in each.facts))
        yield Unverified(what, why, together, members[0].decisive)


def _of_user(record: UserRecord) -> Iterator[Unread]:
    inputs, onboarded = record.inputs, record.evidence
    seen = lookups.user(record.userID, inputs.username)
    row = row_of(seen)
    if isinstance(seen, NotSeen) and seen.why:
        yield "users that T4 did not show", seen.why.rstrip("."), onboarded
    whose = "the fill user" if inputs.is_fill_user else "users"
    for key, what in ASPECTS.items():
        if key == "accounts" and inputs.sees_all:
            continue  # by its role, whatever is assigned to it
        if row is not None and row.get(key) is None:
            login = NO_LOGIN if key == "applications" else _login(of_fill=inputs.is_fill_user)
            yield f"{what} of {whose}", _why_not(OF_USERS, "users", login), onboarded
    if row is not None and any(row.get(name) is None for name in lookups.DETAILS):
        yield "details of users", _why_not(OF_USERS, "users", NO_LOGIN), onboarded
    if inputs.marketData and lookups.market_data(record.userID, inputs.username) is None:
        yield "market data of users", _why_not(OF_MARKET_DATA, "market data", NO_LOGIN), onboarded


def _of_account(record: AccountRecord) -> Iterator[Unread]:
    seen = lookups.account(record.accountID, record.inputs.account)
    row = row_of(seen)
    if isinstance(seen, NotSeen) and seen.why and record.made:
        yield "accounts that T4 did not show", seen.why.rstrip("."), last_evidence(record)
    if record.made and row is not None and row.get("enabled") is None:
        socket = session().socket
        login = socket.why_no_account() if socket else SOCKET_IS_OFF
        yield "state of accounts", _why_not(OF_ACCOUNTS, "accounts", login), last_evidence(record)


def _of_application(record: ApplicationRecord) -> Iterator[Unread]:
    row = row_of(lookups.user(record.inputs.userID, record.inputs.username))
    if record.assigned and row is not None and row.get("applications") is None:
        yield "applications", _why_not(OF_USERS, "users", NO_LOGIN), last_evidence(record)


def _of_access(record: AccessRecord) -> Iterator[Unread]:
    row = row_of(lookups.user(record.inputs.userID, record.inputs.username))
    if record.assigned and row is not None and row.get("accounts") is None:
        what = CAPTURED if record.captures else "shared accounts"
        login = _login(of_fill=record.captures)
        yield what, _why_not(OF_USERS, "users", login), last_evidence(record)


FACTS: Mapping[str, Callable[[Any], Iterator[Unread]]] = {
    f"{OURS}User": _of_user,
    f"{OURS}Account": _of_account,
    f"{OURS}ApplicationAssignment": _of_application,
    f"{OURS}AccountAssignment": _of_access,
}


SOCKET_IS_OFF = "t4:socket is not set"


def _why_not(readers: tuple[str, ...], what: str, login: str) -> str:
    """Why nobody sees a fact: of the operations that could read it, and of the logins."""
    known = [name for name in readers if name in session().operations]
    does = "does" if len(known) == 1 else "do"
    said = f"{listed(known)} {does} not show it" if known else f"no operation in use reads {what}"
    return f"{said}; {login}"


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
