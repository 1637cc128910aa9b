"""What T4 shows of the stack's firm: the one door through which every look-up gets its rows.

    listed("listUsers", "username")           # Listed: the firm's users by name; or None: no such operation
    one("readUser", {"userID": "90E5…"})      # Seen, OfAnotherFirm, NotFound; or None
    fill_user("90E5…", "WhenTechFillUser")    # the same of what its own login shows
    account_of_reader("", "22222")            # Seen, Gone, NotSeen: what the reader's login shows

T4 may show users and accounts of other firms, and the same account number there. Such rows are taken out
before anything is found by a name or a number. A list that shows other firms and nothing of this one is not
this firm's list: that something is absent from it means nothing, whatever it says about being complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar, cast

from providers.t4.api import NotFound as NotFoundError
from providers.t4.api import same_id
from providers.t4.api.listing import Listing
from providers.t4.session import rehearsal
from providers.t4.session.joined import Found, Row
from providers.t4.session.session import session
from providers.t4.session.socket_reads import SocketReads
from t4firm.evidence import NotSeen, Seen
from t4firm.model.names import folded, same

T = TypeVar("T")

PRE_TRADE_DISABLED = "Pre-trade disabled"
"""The state of an account that is enabled and may not trade."""


@dataclass(frozen=True)
class OfAnotherFirm(NotSeen):
    """T4 shows it in another firm, which is evidence of nothing else. `user`: what T4 shows of it."""

    row: Row | None = None
    evidence: str = ""

    @classmethod
    def of(cls, row: Row, evidence: str) -> "OfAnotherFirm":
        firm = row["firmID"]
        return cls(f"T4 shows one of firm {firm}, which is not this stack's ({evidence}).", row, evidence)


@dataclass(frozen=True)
class NotFound:
    """404 to a read: there is no such address, or T4 does not have what it is about."""

    evidence: str


@dataclass(frozen=True)
class Listed:
    """What a list showed of the firm (`rows`), and of other firms (`others`), by name or id without case.
    `complete`: it says that it is complete, and it is this firm's."""

    rows: Mapping[str, Row]
    others: Mapping[str, Row]
    complete: bool
    evidence: str

    def find(self, key: str) -> Seen[Row] | OfAnotherFirm | None:
        """The entry of this name or id; None where the list has none."""
        if row := self.rows.get(folded(key)):
            return Seen(row, self.evidence)
        other = self.others.get(folded(key))
        return OfAnotherFirm.of(other, self.evidence) if other else None


class Everything:
    """All that a list of T4 showed, of whatever firm."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._by: dict[tuple[str, str], Listed] = {}

    def by(self, key: str) -> Listed:
        """The firm's part by one of the keys of its entries, as far as the firm is known now."""
        firm = session().firm.known
        if (key, firm) not in self._by:
            self._by[key, firm] = self._of(firm, key)
        return self._by[key, firm]

    def _of(self, firm: str, key: str) -> Listed:
        ours: dict[str, Row] = {}
        others: dict[str, Row] = {}
        for row in self._listing.rows:
            (others if _is_other(row, firm) else ours)[folded(str(row[key]))] = _with_state(row)
        is_ours = not others or any(row.get("firmID") for row in ours.values())
        return Listed(ours, others, self._listing.complete and is_ours, self._listing.evidence)


def everything(operation: str) -> Everything | None:
    """What a list shows, read once until something changes; None where no operation lists it."""
    if not _can_read(operation):
        return None
    return session().kept.ask(operation, lambda: Everything(session().client.listed(operation)))


def listed(operation: str, key: str) -> Listed | None:
    """The firm's entries of a list by one of their keys, without case."""
    whole = everything(operation)
    return whole.by(key) if whole else None


def one(operation: str, values: Mapping[str, str]) -> Seen[Any] | OfAnotherFirm | NotFound | None:
    """What one call shows of one user or account; None where there is no such operation, or where it needs
    what is not known."""
    if not _can_read(operation):
        return None
    if any(not values.get(key) for key in session().operations[operation].placeholders):
        return None
    return _ours(session().kept.ask((operation, *values.values()), partial(_called, operation, values)))


def fill_user(user_id: str | None, username: str) -> Seen[Row] | NotSeen:
    """The fill user as its own login shows it; NotSeen where this process has changed something since then,
    because a login is made once."""
    socket = socket_reads()
    if socket is None or not socket.fill_is_current():
        return NotSeen()
    return _ours(socket.fill_row(user_id, username))


def account_of_reader(account_id: str, number: str, *, stale: bool = False) -> Found:
    """An account of the firm, whoever has it, as the reader's login shows it. `stale`: also where this
    process has changed something since then."""
    socket = socket_reads()
    if socket is None or not (stale or socket.firm_is_current()):
        return NotSeen()
    return _ours(socket.account(account_id, number))


def reader_lacks(number: str) -> str:
    """What the reader's login showed, where it showed all accounts of the firm and none of this number; ""
    where it did not."""
    socket = socket_reads()
    return socket.lacks(number) if socket else ""


def socket_reads() -> SocketReads | None:
    """None in a rehearsal: a preview that is not told to read T4 logs nobody in."""
    return None if rehearsal.current() else session().socket


def _ours(shown: T) -> T | OfAnotherFirm:
    """What was shown, where that is not of another firm."""
    if not isinstance(shown, Seen) or not isinstance(shown.value, Mapping):
        return shown
    if _is_other(shown.value):
        return OfAnotherFirm.of(shown.value, shown.evidence)
    return replace(shown, value=_with_state(shown.value))


def account_state(enabled: str | None, pre_trade_disabled: bool | None) -> str | None:
    """An account's state by T4's two switches: enabled alone it cannot trade, and is not disabled either
    (t4.md section 1)."""
    return PRE_TRADE_DISABLED if same(enabled or "", "Enabled") and pre_trade_disabled else enabled


def _with_state(row: Row) -> Row:
    if not row.get("preTradeDisabled"):
        return row
    return {**row, "enabled": account_state(row["enabled"], pre_trade_disabled=True)}


def _is_other(row: Row, firm: str | None = None) -> bool:
    """Whether T4 shows it in another firm than the stack's, as far as that is known."""
    shown, firm = row.get("firmID"), session().firm.known if firm is None else firm
    return bool(shown and firm and not same_id(str(shown), firm))


def _can_read(operation: str) -> bool:
    """Whether T4 may be asked: a preview without credentials does as if there were no such operation."""
    return session().review.reads and operation in session().operations


def _called(operation: str, values: Mapping[str, str]) -> Seen[Any] | NotFound:
    try:
        answer = session().client.call(operation, values)
    except NotFoundError as error:
        session().tally.note(operation, str(error.evidence), shown=False)
        return NotFound(str(error.evidence))
    shown = Seen(cast(Any, answer.data), str(answer.evidence))
    if not isinstance(_ours(shown), OfAnotherFirm):  # nor does it prove that the read works for this firm
        session().tally.note(operation, shown.evidence, shown=True)
    return shown
