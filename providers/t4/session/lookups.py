"""What the stack's operations read of T4: one list serves all where an operation lists, else one read a user
or account, and each thing once until a call changes something.

A user or an account is Seen, Gone or NotSeen (t4firm/evidence.py). Shapes are those of the operations table
(docs/operations.md); a key that T4 does not show is None, which is not "nothing".
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from providers.t4.api import T4Error
from providers.t4.session import firm_rows
from providers.t4.session.firm_rows import Listed as Listed
from providers.t4.session.firm_rows import NotFound as NotFound
from providers.t4.session.firm_rows import OfAnotherFirm as OfAnotherFirm
from providers.t4.session.joined import Found as Found
from providers.t4.session.joined import Row as Row
from providers.t4.session.joined import joined
from providers.t4.session.session import session
from t4firm.evidence import NotSeen, Search, Seen
from t4firm.model.names import folded
from t4firm.model.users import PERSONAL

LOG = logging.getLogger("providers.t4")
DETAILS = (*PERSONAL, "country", "apptype")

WHOLE = {
    "listUsers": ("enabled", "roles", "applications", "accounts", *DETAILS),
    "listAccounts": ("enabled", "preTradeDisabled", "displayName"),
}
"""What an entry of a list must show, so that nobody need be read one by one where that is possible too."""

NOT_SUBSCRIBED = "none"
"""The type of market data that is offered and not subscribed, without case (protocol enum NONE:
t4-details.md section 1)."""

MOST_OTHERS = 3
"""How many others are read, at most, to see that a read works which did not find somebody."""


Fact = Seen[Any] | NotSeen | None
"""One fact, read for a step that was taken: as T4 shows it; NotSeen where an operation could show it and did
not, or could not be read; None where no operation shows it."""


@dataclass(frozen=True)
class Eula:
    """The documents that T4 shows as signed, and their version; "" where it shows none."""

    version: str
    documents: frozenset[str]

    def covers(self, version: str, documents: Iterable[str]) -> bool:
        """Whether these documents are signed in this version: those of another one are other documents."""
        return self.version == version and self.documents.issuperset(documents)


def user(user_id: str | None, username: str) -> Found:
    """A user: roles, applications, accounts, enabled, and the details that T4 shows. OfAnotherFirm where T4
    shows the user there."""
    called = _found("listUsers", "readUser", {"userID": user_id or "", "username": username})
    return _joined(called, firm_rows.fill_user(user_id, username), username)


def user_named(username: str) -> Row | None:
    """A user out of the list of all, by its name without case; or the fill user, as its login shows it."""
    listed = _among("listUsers", "username", username)
    own = NotSeen() if listed else firm_rows.fill_user(None, username)
    return own.value if isinstance(own, Seen) else listed


def user_fact(user_id: str | None, username: str, key: str) -> Fact:
    """One key of what T4 shows of a user."""
    return _fact("listUsers", "readUser", {"userID": user_id or "", "username": username}, key)


def account_fact(account_id: str | None, number: str, key: str) -> Fact:
    """One key of what T4 shows of an account."""
    return _fact("listAccounts", "readAccount", {"accountID": account_id or "", "account": number}, key)


def account(account_id: str | None, number: str) -> Found:
    """An account: enabled (its state by both of T4's switches), preTradeDisabled, names."""
    called = _found("listAccounts", "readAccount", {"accountID": account_id or "", "account": number})
    return _joined(called, firm_rows.account_of_reader(account_id or "", number), f"account {number}")


def _joined(called: Found, socket: Found, name: str) -> Found:
    """What the operations and the WebSocket show. Where one of the two shows another firm, the other is no
    evidence either."""
    for each in (called, socket):
        if isinstance(each, OfAnotherFirm):
            return each
    reads = firm_rows.socket_reads()
    return joined(called, socket, name, reads.disagreements) if reads else called


def account_shown_to_reader(number: str) -> Seen[Row] | None:
    """An account of the firm, as the reader's login sees it, whoever has it."""
    shown = firm_rows.account_of_reader("", number, stale=True)
    return shown if isinstance(shown, Seen) else None


def users() -> Listed | None:
    """The firm's users by name, where an operation lists them."""
    return firm_rows.listed("listUsers", "username")


def accounts() -> Listed | None:
    """The firm's accounts by number, where an operation lists them."""
    return firm_rows.listed("listAccounts", "account")


def account_numbered(number: str) -> Row | None:
    """An account of the firm, by its number without case."""
    if listed := _among("listAccounts", "account", number):
        return listed
    shown = account_shown_to_reader(number)
    return shown.value if shown else None


def account_before(number: str) -> Seen[Row] | None:
    """An account of the firm, whoever has it, as T4 showed it when this run first looked: all of a run share
    one list."""
    before = _accounts_before()
    found = before.find(number) if before else None
    return found if isinstance(found, Seen) else account_shown_to_reader(number)


def missing_before(number: str) -> str:
    """What showed all accounts of the firm, and none of this number, when this run first looked; "" where
    nothing did: also where the firm is not known yet, and for a list without any account of the firm."""
    if not session().firm.known or account_before(number):
        return ""
    before = _accounts_before()
    if before and before.find(number):
        return ""
    return before.evidence if before and before.complete and before.rows else firm_rows.reader_lacks(number)


def _accounts_before() -> Listed | None:
    """That a list cannot be read is no evidence of anything."""

    def listed() -> firm_rows.Everything | None:
        try:
            return firm_rows.everything("listAccounts")
        except T4Error as error:
            LOG.warning("The firm's accounts could not be read before new ones are created. %s", error)
            return None

    before = session().once("all accounts before", listed)
    return before.by("account") if before else None


def user_before(user_id: str | None, username: str) -> Found:
    """A user as T4 showed it when this run first looked: all of a run share one look. That it cannot be read
    is no evidence of anything."""

    def looked() -> Found:
        try:
            return user(user_id, username)
        except T4Error as error:
            LOG.warning("%s could not be read before something is assigned. %s", username, error)
            return NotSeen(str(error))

    return session().once(f"user {username} before", looked)


def account_id_elsewhere(number: str) -> str:
    """The id of an account that another stack makes; "" where no list shows it. All of a run share one
    list."""
    listed = session().once("all accounts elsewhere", lambda: firm_rows.everything("listAccounts"))
    found = listed.by("account").find(number) if listed else None
    return str(found.value["accountID"]) if isinstance(found, Seen) else ""


def market_data(user_id: str | None, username: str) -> Seen[dict[str, str]] | None:
    """A user's market data: clearingExchange -> marketDataType, "" where T4 shows that it is not subscribed.
    Of an exchange that T4 does not name, nothing is known."""
    shown = firm_rows.one("readMarketData", {"userID": user_id or "", "username": username})
    return _subscriptions(shown) if isinstance(shown, Seen) else None


def subscription_fact(user_id: str | None, username: str, exchange: str) -> Fact:
    """The type of a user's market data for one exchange, as in `market_data`."""
    shown = _tried("readMarketData", {"userID": user_id or "", "username": username})
    if not isinstance(shown, Seen):
        return shown
    kind = _subscriptions(shown).value.get(exchange)
    return _not_named(exchange, shown) if kind is None else Seen(kind, shown.evidence)


def _subscriptions(shown: Seen[Any]) -> Seen[dict[str, str]]:
    types = {row["clearingExchange"]: row["marketDataType"] for row in shown.value if row["marketDataType"]}
    return Seen(subscribed(types), shown.evidence)


def _not_named(what: str, shown: Seen[Any]) -> NotSeen:
    return NotSeen(f"T4 does not name {what} ({shown.evidence}).")


def subscribed(types: Mapping[str, str]) -> dict[str, str]:
    """Exchange -> type as T4 writes it, with "" for what is not subscribed."""
    return {name: "" if folded(kind) == NOT_SUBSCRIBED else kind for name, kind in types.items()}


def signed_eula(user_id: str | None, username: str) -> Seen[Eula] | None:
    """What a user has signed. A document that is listed with an empty day is offered, and not signed."""
    shown = firm_rows.one("readEula", {"userID": user_id or "", "username": username})
    return _signatures(shown) if isinstance(shown, Seen) else None


def signature_fact(user_id: str | None, username: str) -> Fact:
    """What a user has signed, as in `signed_eula`."""
    shown = _tried("readEula", {"userID": user_id or "", "username": username})
    return _signatures(shown) if isinstance(shown, Seen) else shown


def _signatures(shown: Seen[Any]) -> Seen[Eula] | None:
    if shown.value["signatures"] is None:
        return None
    signed = {str(each["documentName"]) for each in shown.value["signatures"] if each.get("signed", True)}
    return Seen(Eula(str(shown.value["eulaVersion"] or ""), frozenset(signed)), shown.evidence)


def found_nobody() -> Iterator[str]:
    """A sentence for each read to which T4 answered 404 every time, in this process: a wrong path, most
    likely."""
    for operation, evidence, count in session().tally.always_failing():
        yield (
            f"{operation} could be read for nobody: T4 answered 404 every time ({count}; {evidence}). Is the "
            f"path of {operation} right in the operations file?"
        )


def _found(lister: str, reader: str, values: Mapping[str, str]) -> Found:
    """The entry of the list; with what a read of its own shows where the list shows less, or has no such
    entry. `values`: first the id, then the name."""
    (id_key, known_id), (name_key, name) = values.items()
    listed = firm_rows.listed(lister, id_key if known_id else name_key)
    entry = listed.find(known_id or name) if listed else None
    if isinstance(entry, OfAnotherFirm):
        return entry
    if entry and all(entry.value.get(key) is not None for key in WHOLE[lister]):
        return entry
    alone = firm_rows.one(reader, values)
    if isinstance(alone, OfAnotherFirm):
        return alone
    if isinstance(alone, Seen):
        row = entry.value if entry else {}
        return Seen({**row, **_without_gaps(alone.value, row)}, alone.evidence)
    if entry:
        return entry
    return Search(
        listed=listed.evidence if listed else "",
        complete=bool(listed and listed.complete),
        not_found=alone.evidence if alone else "",
        other_shown=_other_shown(reader, listed, values) if alone else "",
    ).result


def _other_shown(reader: str, listed: Listed | None, values: Mapping[str, str]) -> str:
    """The same read of another one, which T4 showed: one that was read anyway, else one of the list."""
    if seen := session().tally.shown(reader):
        return seen
    for row in islice(listed.rows.values() if listed else (), MOST_OTHERS):
        other = firm_rows.one(reader, {key: str(row.get(key) or "") for key in values})
        if isinstance(other, Seen):
            return other.evidence
    return ""


def _without_gaps(shown: Row, listed: Row) -> Row:
    return {key: listed.get(key) if value is None else value for key, value in shown.items()}


def _among(operation: str, key: str, name: str) -> Row | None:
    listed = firm_rows.listed(operation, key)
    return listed.rows.get(folded(name)) if listed else None


def _fact(lister: str, reader: str, values: Mapping[str, str], key: str) -> Fact:
    """By a read of its own; else by a list, which shows more than one needs. `values`: first the id, then the
    name."""
    not_seen = []
    for look in (partial(_tried, reader, values), partial(_entry, lister, values)):
        shown = look()
        if isinstance(shown, Seen) and shown.value.get(key) is not None:
            return Seen(shown.value[key], shown.evidence)
        if isinstance(shown, NotSeen):
            not_seen.append(shown.why)
    return NotSeen(" ".join(not_seen)) if not_seen else None


def _tried(reader: str, values: Mapping[str, str]) -> Fact:
    """What one call shows; that it fails, or does not find it, is no evidence."""
    try:
        shown = firm_rows.one(reader, values)
    except T4Error as error:
        return _unread(error)
    return Search(not_found=shown.evidence).in_vain if isinstance(shown, NotFound) else shown


def _unread(error: T4Error) -> NotSeen:
    return NotSeen(f"{error.method} {error.path}: {error.status or 'no answer'}.")


def _entry(lister: str, values: Mapping[str, str]) -> Fact:
    """The entry of a list; that it has none, also where it says that it is complete, is no evidence."""
    (id_key, known_id), (name_key, name) = values.items()
    try:
        listed = firm_rows.listed(lister, id_key if known_id else name_key)
    except T4Error as error:
        return _unread(error)
    if listed is None:
        return None
    return listed.find(known_id or name) or Search(listed=listed.evidence).in_vain
