"""The client of T4's admin API: the onboarding call, the operations of the stack, and the proof by login."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from providers.t4.api.credentials import (
    LOGIN_PATH,
    ApiKey,
    Credentials,
    LoginToken,
    Token,
    login_body,
    secrets_of,
    token_in,
)
from providers.t4.api.door import ONBOARDING, Door, Permit, without_later
from providers.t4.api.errors import Busy, NotFound, OutcomeUnknown, T4Error, Unreachable
from providers.t4.api.listing import Listing, Page, whole
from providers.t4.api.onboarding_schema import (
    Answer,
    Garbled,
    OnboardingData,
    OnboardingRequest,
    onboarding_data,
)
from providers.t4.api.operation_answers import Reading
from providers.t4.api.outcomes import NOT_NOW, Call, Doubt, Trouble, error_of, judged
from providers.t4.api.redaction import Curtain
from providers.t4.api.responses import parsed, speaks_of_errors, status_inside, unwrapped
from providers.t4.api.retries import NOT_REACHED, Repeats, Timing, Waits
from providers.t4.api.templating import filled_body, filled_path
from providers.t4.api.transport import Exchange, Received
from providers.t4.configuration.settings import Login, Settings
from t4firm.model.users import NAMES, PERSONAL
from t4firm.operations import LISTS, READS, Operations
from t4firm.review.model import ChangingCall

T = TypeVar("T")


class T4Client:
    """One for each process, for many threads at once.

    Every call raises a T4Error when it gets no usable answer (`errors.py`). Lost answers, 503, 429 and failed
    connections are repeated first, for `settings.patience.repeat_for` seconds at most.
    """

    def __init__(
        self,
        settings: Settings,
        operations: Operations,
        timing: Timing | None = None,
        door: Door | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """`door`: through which changing calls go; without it, all of them may. `say`: as for `Waits`."""
        self._settings = settings
        self._door = door or Door()
        self._operations = operations
        self._timing = timing or Timing()
        self._exchange = Exchange(settings, f"t4-firm/{_version()}", self._timing.monotonic)
        self._login_token = (
            LoginToken(lambda: self._logged_in(login), self._timing.now)
            if (login := settings.login)
            else None
        )
        self._credentials: Credentials
        if settings.api_key:
            self._credentials = ApiKey(settings.api_key)
        elif self._login_token:
            self._credentials = self._login_token
        else:
            raise ValueError("a client needs an API key or a login")
        self._waits = Waits(say)
        self._changes, self._counting = 0, Lock()

    def __repr__(self) -> str:
        return f"T4Client({self._settings.endpoint})"

    def __enter__(self) -> T4Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Calls that are under way fail."""
        self._exchange.close()

    @property
    def changes(self) -> int:
        """Counts each beginning and each end of a changing call: what was read at another count may be
        stale."""
        with self._counting:
            return self._changes

    def onboard(self, request: OnboardingRequest) -> Answer[OnboardingData]:
        """Make a user and its first account (seed 002).

        Raises Conflict when the username or the account exists, NotFound also for an unknown template,
        OutcomeUnknown when T4 may have done it without our hearing of it.
        """
        return self._made(self.onboarding_call(request))

    def onboarding_call(self, request: OnboardingRequest) -> Call[OnboardingData]:
        """The call that `onboard` makes."""
        user, account = request.User, request.Account
        body, path = request.wire(), self._settings.onboard_path
        listed = {**body, "User": without_later(body["User"])}
        return Call(
            method="POST",
            path=path,
            body=_json(body),
            change=self._door.call(ONBOARDING, (user.username,), "POST", path, listed),
            read=lambda value: onboarding_data(unwrapped(value), user.username, account.account),
            kind="onboarding",
            alike="onboarding",
            username=user.username,
            account=account.account,
            secrets=(user.password,),
            personal=_personal([body["User"], body["Account"]], user.username, account.account),
        )

    def call(self, operation: str, values: Mapping[str, object]) -> Answer[object]:
        """Make one of the stack's operations; `.data` is what its `answer` yields, else None
        (`operation_answers.Reading`). Not for lists: see `listed`.

        Raises KeyError for an operation that the stack does not have, MissingValue before any call for a
        value that it needs. A changing call that T4 did, and whose answer does not hold what `answer` looks
        for, has the data None.
        """
        return self._made(self.operation_call(operation, values))

    def operation_call(self, operation: str, values: Mapping[str, object]) -> Call[object]:
        """The call that `call` makes. Raises as it does, but for what T4 answers."""
        if operation in LISTS:
            raise ValueError(f"{operation} has pages: ask for all of it")
        known, reading = self._operations[operation], Reading(operation, self._operations[operation])
        path, body = filled_path(operation, known, values), filled_body(operation, known, values)
        username, account = _name(values.get("username")), _name(values.get("account"))
        changes = values.get("changes")
        fields = [values, changes] if isinstance(changes, Mapping) else [values]
        return Call(
            method=known.method,
            path=path,
            body=None if known.body is None else _json(body),
            change=None if operation in READS else self._change(operation, values, (username, account)),
            read=lambda value: reading.data(value, values),
            kind="operation",
            alike=operation,
            succeeded=reading.succeeded,
            unsaid=None if operation in READS else lambda: None,
            username=username,
            account=account,
            secrets=tuple(_passwords(body)),
            personal=_personal(fields, username, account),
        )

    def _change(
        self, operation: str, values: Mapping[str, object], names: tuple[str | None, str | None]
    ) -> ChangingCall:
        known, listed = self._operations[operation], without_later(values)
        path, body = filled_path(operation, known, listed), filled_body(operation, known, listed)
        return self._door.call(operation, names, known.method, path, body)

    def listed(self, operation: str) -> Listing:
        """Everything that a list of T4 shows, on all its pages. Raises like `call`."""
        known, reading = self._operations[operation], Reading(operation, self._operations[operation])

        def ask(path: str, read: Callable[[object], Page]) -> Answer[Page]:
            call = Call(
                known.method, path, None, None, read, "operation", operation, succeeded=reading.succeeded
            )
            return self._made(call)

        return whole(reading, filled_path(operation, known, {}), self._settings.endpoint, ask)

    def can_log_in(self, username: str, password: str) -> bool | None:
        """Whether T4 gives this user a token, asked once, with firm and application of `settings.login`.

        True proves that the user has this password. False: T4 refused, which proves nothing (EULA not signed,
        password changed, disabled) and counts as a failed login. None: no login is configured, or T4 did not
        say. Raises NotFound where T4 has no such path: then nobody was refused.
        """
        login = self._settings.login
        if login is None:
            return None
        body = _json(login_body(login, username, password))
        outcome = self._exchange.send("POST", LOGIN_PATH, body, None)
        if not isinstance(outcome, Received):
            return None
        if not 200 <= outcome.status <= 299:
            return self._was_refused(outcome.status)
        try:
            value = parsed(outcome.body)
            inside = status_inside(value) or 200
            if not 200 <= inside <= 299:
                return self._was_refused(inside)
            if speaks_of_errors(value):
                return False
            token_in(unwrapped(value))
            return True
        except Garbled:
            return None

    def _was_refused(self, status: int) -> bool | None:
        """False for a login that T4 refused; None where nobody decided about it."""
        if status == 404:
            what = "T4 answered 404 to a login: it has no such path, or not there"
            at = self._timing.stamp()
            raise NotFound("POST", LOGIN_PATH, what=what, status=status, at=at, advice="Check t4:endpoint.")
        return False if 400 <= status <= 499 and status not in NOT_NOW else None

    def _made(self, call: Call[T]) -> Answer[T]:
        if call.change is None:
            return self._attempted(call, self._credentials)
        permit = self._door.permit(call.change, call.method, call.path)
        self._count_change()
        try:
            return self._attempted(call, self._credentials, permit)
        finally:
            self._count_change()

    def _count_change(self) -> None:
        with self._counting:
            self._changes += 1

    def _logged_in(self, login: Login) -> Token:
        call = Call(
            method="POST",
            path=LOGIN_PATH,
            body=_json(login_body(login)),
            change=None,
            read=lambda value: token_in(unwrapped(value)),
            kind="login",
            alike="login",
            username=login.userName,
        )
        return self._attempted(call, None).data

    def _attempted(
        self, call: Call[T], credentials: Credentials | None, permit: Permit | None = None
    ) -> Answer[T]:
        """Attempt a call until it is answered or given up. Raises the T4Error of the last attempt, with the
        doubts that those before it left."""
        patience, waits = self._settings.patience, self._waits
        repeats = Repeats(patience, self._timing, one_only=waits.are_useless(call.alike))
        doubts: frozenset[Doubt] = frozenset()
        renewed = False
        while True:
            header = self._header(call, credentials, doubts)
            outcome = self._exchange.send(call.method, call.path, call.body, header, permit)
            at = self._timing.stamp()
            result = judged(call, outcome, at, self._timing.now(), self._curtain(call, header))
            if isinstance(result, Answer):
                waits.over(call.alike)
                waits.over(NOT_REACHED)
                return result
            if (
                result.status == 401
                and credentials
                and header
                and not renewed
                and credentials.renewed(header)
            ):
                renewed = True
                continue
            awaited = {Busy: call.alike, Unreachable: NOT_REACHED}.get(result.error)
            for other in {call.alike, NOT_REACHED} - {awaited}:
                waits.over(other)
            if awaited is not None and result.again and repeats.attempts == 1:
                waits.begin(awaited, result.what, patience.repeat_for)
            if result.again and repeats.pause(asked=result.retry_after, lost=result.doubt == "lost"):
                doubts |= {result.doubt} if result.doubt else frozenset()
                continue
            if awaited is not None and result.again:
                waits.ended_in_vain(awaited)
            raise error_of(call, result, doubts, at) from None

    def _header(self, call: Call[T], credentials: Credentials | None, doubts: frozenset[Doubt]) -> str | None:
        if credentials is None:
            return None
        try:
            return credentials.header()
        except T4Error as failed:
            if not (doubts and call.changing):
                raise
            # The login's own error says that nothing happened: true of the login, not of the attempts before
            # it.
            trouble = Trouble(
                OutcomeUnknown,
                "an earlier attempt got no clear answer, and then the login failed",
                status=failed.status,
                said=failed.said,
                request_id=failed.request_id,
            )
            raise error_of(call, trouble, doubts, failed.at) from None

    def _curtain(self, call: Call[T], header: str | None) -> Curtain:
        token = header.partition(" ")[2] if header else None
        return Curtain(
            [*secrets_of(self._settings), *call.secrets, token], call.personal, (call.username, call.account)
        )


def _json(value: object) -> bytes:
    return json.dumps(value, allow_nan=False).encode()


def _name(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _personal(groups: list[Any], *names: str | None) -> dict[str, str]:
    """Personal values -> what is shown for them: T4 may repeat one in its words about a value that it
    refuses. A username or account number is no secret, also where it is an e-mail."""
    public = {name.casefold() for name in names if name}
    found: dict[str, str] = {}
    for group in groups:
        for key in (*PERSONAL, *NAMES):
            value = group.get(key)
            if isinstance(value, str) and value.casefold() not in public:
                found.setdefault(value, f"[{key}]")
    return found


def _passwords(value: object) -> Iterator[str]:
    """Every text in a body under a name that speaks of a password or a secret."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and any(
                word in key.lower() for word in ("password", "secret", "license")
            ):
                yield inner
            yield from _passwords(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _passwords(inner)


@cache
def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("t4-firm")
    except PackageNotFoundError:  # run from a checkout that nobody installed
        return "0"
