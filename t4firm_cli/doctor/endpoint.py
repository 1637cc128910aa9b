"""T4 itself: whether it can be reached, whether it takes the credentials, and whether our clock is right."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Final

from providers.t4.api import NotFound, T4Client, T4Error, Unauthorized
from providers.t4.api.network import Way, way_to
from providers.t4.api.transport import Exchange, Lost, Received, Unsent
from providers.t4.configuration.settings import Patience, Settings, SettingsError
from t4firm.operations import LISTS, Operations
from t4firm_cli.doctor.finding import Finding

ONCE: Final = Patience(connect=5, read=15, answer=15, repeat_for=0, lost_attempts=1)
"""One attempt: a doctor says what is, and waits for nothing. T4 locks out who logs in wrongly too often."""

READS: Final = ("listAccounts", "listUsers", "readUser", "readMarketData", "readEula")
"""Operations that prove credentials and change nothing; the last three need a user that T4 knows."""

MOST_SECONDS: Final = 30.0
"""How far clocks may differ: a login's token is renewed so long before its end."""


def reach(settings: Settings) -> tuple[list[Finding], bool]:
    """Whether T4 answers at all, with the difference of the clocks; and whether more can be asked."""
    try:
        exchange, way = Exchange(replace(settings, patience=ONCE), "t4-firm"), way_to(settings.endpoint)
    except SettingsError as error:
        return [Finding("network", "problem", *_parted(problem)) for problem in error.problems], False
    before = time.time()
    answer = exchange.send("GET", "/", None, None)
    after = time.time()
    exchange.close()
    if isinstance(answer, Unsent):
        remedy = f"check t4:endpoint{_through(way)} and the network, then try again"
        return [Finding("endpoint", "problem", f"T4 was not reached: {answer.why}", remedy)], False
    if isinstance(answer, Lost):
        remedy = "try again; if it stays so, ask T4.APISupport"
        return [Finding("endpoint", "problem", f"T4 was reached, but {answer.why}", remedy)], False
    busy = answer.status >= 500
    through = f" through the proxy of {way.variable}" if way.proxy else ""
    says = f"{settings.endpoint} answers{through} (HTTP status {answer.status})"
    found = Finding(
        "endpoint",
        "warning" if busy else "fine",
        says,
        "T4 is out of order or busy: try again later" if busy else "",
    )
    return [found, clock(answer, (before + after) / 2)], not busy


def _parted(problem: str) -> tuple[str, str]:
    """What is wrong, and what helps."""
    what, _, remedy = problem.rstrip(".").rpartition(": ")
    return what, remedy


def _through(way: Way) -> str:
    return f", the proxy ({way.variable})" if way.proxy else ""


def clock(answer: Received, ours: float) -> Finding:
    """Our clock against the server's Date header."""
    try:
        theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return Finding("clock", "unknown", "the server does not say what time it is")
    off = ours - theirs
    if abs(off) > MOST_SECONDS:
        way = "ahead of" if off > 0 else "behind"
        says = f"this machine's clock is {abs(off):.0f} seconds {way} the server's"
        remedy = "let the clock be set by the network (NTP): records and tokens carry its time"
        return Finding("clock", "warning", says, remedy)
    return Finding("clock", "fine", "as the server's")


def credentials(
    settings: Settings, operations: Operations, user: Mapping[str, str] | None
) -> Iterator[Finding]:
    """Whether T4 takes the API key and the login. `user`: `userID` and `username` of one that T4 knows."""
    with T4Client(replace(settings, patience=ONCE), operations) as client:
        if settings.login:
            yield _login(client, settings)
        if settings.api_key:
            yield _api_key(client, operations, user)


def _login(client: T4Client, settings: Settings) -> Finding:
    login = settings.login
    try:
        if login and client.can_log_in(login.userName, login.password):
            return Finding("login", "fine", f"T4 logs {login.userName} in")
    except NotFound:
        return Finding(
            "login", "problem", "T4 answers 404 to a login", "check t4:endpoint: the path is wrong"
        )
    remedy = (
        "check firm, userName, password, appName and appLicense of t4:login, that the user has signed the "
        "EULA, and that it is not locked: T4 locks out who logs in wrongly again and again"
    )
    return Finding("login", "problem", "T4 gives no token for this login", remedy)


def _api_key(client: T4Client, operations: Operations, user: Mapping[str, str] | None) -> Finding:
    values = user or {}
    usable = [name for name in READS if name in operations and operations[name].placeholders <= values.keys()]
    if not usable:
        says = (
            "cannot be known without changing something: the operations of this stack have no read that "
            "could be tried; the first call will tell"
        )
        return Finding("API key", "unknown", says)
    try:
        if usable[0] in LISTS:
            client.listed(usable[0])
        else:
            client.call(usable[0], values)
    except Unauthorized as error:
        return Finding(
            "API key", "problem", str(error), "set t4:apiKey to the key that T4.APISupport gave you"
        )
    except T4Error as error:
        return Finding("API key", "unknown", f"could not be tried: {error}")
    return Finding("API key", "fine", f"T4 takes it ({usable[0]})")
