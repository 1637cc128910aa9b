"""What the logins over T4's WebSocket see, and what they lack; each is tried once."""

from collections.abc import Iterator

from providers.t4.api import T4Error
from providers.t4.reports.drift_scan import InState, accounts_of, fill_users, introduce
from providers.t4.reports.socket_findings import not_seen_by_the_reader
from providers.t4.session.session import session
from providers.t4.session.socket_reads import Firm, SocketReads
from t4firm.model.names import among, without
from t4firm.model.users import TRADING
from t4firm.yaml_files.mistakes import counted, listed
from t4firm_cli.doctor.finding import Finding

GUIDE = "docs/reading-t4.md says what to ask T4 for"
REMOVE_ROLE = "remove it in T4's portal: Users > the user > setup > Roles"
SEE_ALL = ("Administrator", "RiskManager")
"""Roles with which a user may have All Accounts (t4.md section 3)."""


def logins(resources: list[InState]) -> Iterator[Finding]:
    """Nothing where `t4:socket` is not set: reading is off until then. `resources`: the recorded ones."""
    introduce(resources)
    socket = session().socket
    if socket is None:
        return
    if socket.settings.reader is None and socket.settings.fill is None:
        says = "t4:socket is set, and neither t4:reader nor t4:fillReader: nobody logs in, nothing is read"
        yield Finding("reader", "warning", says, GUIDE)
    socket.logins.again = True  # a person asks: what T4 refused before is tried once
    if socket.settings.reader:
        yield from _reader(socket, resources)
    if socket.settings.fill:
        yield from _fill(socket, resources)


def _reader(socket: SocketReads, resources: list[InState]) -> Iterator[Finding]:
    try:
        firm = socket.firm()
    except T4Error as error:
        yield Finding("reader", "warning", *_parted(str(error)))
        return
    if firm is None:
        yield Finding("reader", "warning", *_parted(next(socket.problems())))
        return
    unseen = list(not_seen_by_the_reader(accounts_of(resources)))
    for words in unseen:
        yield Finding("reader", "warning", *_parted(words))
    if firm.accounts.incomplete:
        says = f"it was not shown everything: {firm.accounts.incomplete}"
        yield Finding("reader", "warning", says, "try again; t4:socketDeadline gives it more time")
    roles = firm.login.roles
    if among(TRADING, roles):
        says = f"{firm.login.who} has {TRADING}, and needs no role to trade"
        yield Finding("reader", "warning", says, REMOVE_ROLE)
    if not any(among(role, (*SEE_ALL, session().files.risk_manager)) for role in roles):
        says = f"{firm.login.who} is neither Administrator nor Risk Manager, so it sees its own accounts only"
        yield Finding("reader", "warning", says, GUIDE)
    yield Finding("reader", "fine", _seen(firm))


def _seen(firm: Firm) -> str:
    roles = ", ".join(firm.login.roles) or "none"
    return f"{firm.login.who} sees {counted(len(firm.by_number), 'account')} of the firm (roles: {roles})"


def _fill(socket: SocketReads, resources: list[InState]) -> Iterator[Finding]:
    if not any(fill_users(resources)):
        return  # no run has made it yet
    try:
        shown = socket.fill()
    except T4Error as error:
        yield Finding("fill user", "warning", *_parted(str(error)))
        return
    if shown is None:
        why = socket.not_asked or socket.fill_refused() or next(socket.problems(), "it was not asked")
        yield Finding("fill user", "warning", *_parted(str(why)))
        return
    roles = ", ".join(shown.roles) or "none"
    if more := without(shown.roles, socket.fill_user.roles if socket.fill_user else ()):
        says = f"{shown.who} has {listed(more)}, but must not: this user may only capture fills"
        yield Finding(
            "fill user", "warning", says, "remove it in T4's portal: Users > the user > setup > Roles"
        )
    says = f"{shown.who} sees {counted(len(shown.accounts), 'account')} (roles: {roles})"
    yield Finding("fill user", "fine", says)


def _parted(words: str) -> tuple[str, str]:
    """What is wrong, and the last sentence, which helps."""
    what, _, remedy = words.rstrip(".").rpartition(". ")
    return (what, remedy) if what else (words, GUIDE)
