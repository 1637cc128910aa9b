"""What an attempt of a call came to: an answer, or trouble, and what then is known of T4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar

from providers.t4.api.errors import (
    About,
    BadRequest,
    Busy,
    Conflict,
    Evidence,
    Happened,
    NotFound,
    OutcomeUnknown,
    ReadFailed,
    Refused,
    T4Error,
    Unauthorized,
    Unreachable,
)
from providers.t4.api.onboarding_schema import AboutAnother, Answer, Garbled, Misfit
from providers.t4.api.redaction import Curtain
from providers.t4.api.responses import (
    about,
    parsed,
    request_id,
    speaks_of_errors,
    status_inside,
    unwrapped,
    words,
)
from providers.t4.api.retries import retry_after
from providers.t4.api.transport import Lost, Outcome, Received, Unsent
from t4firm.review.model import ChangingCall

T = TypeVar("T")
Doubt = Literal["busy", "lost"]


@dataclass(frozen=True)
class Call(Generic[T]):
    """One call, however often it is attempted. `read` takes the whole answer as JSON, and raises Garbled.
    `alike`: the name of the operation, the same for calls that T4 is busy or not for together. `succeeded`:
    whether an answer meets the operation's own condition; None where it states none. `change`: what it is to
    the door; None for a call that changes nothing. `unsaid`: the data of an answer that is about another one;
    None where such an answer is none."""

    method: str
    path: str
    body: bytes | None = field(repr=False)
    change: ChangingCall | None
    read: Callable[[object], T] = field(repr=False)
    kind: Literal["onboarding", "operation", "login"]
    alike: str
    username: str | None = None
    account: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    personal: Mapping[str, str] = field(default_factory=dict, repr=False)  # value -> what is shown for it
    succeeded: Callable[[object], bool | None] = field(default=lambda _: None, repr=False)
    unsaid: Callable[[], T] | None = field(default=None, repr=False)

    @property
    def changing(self) -> bool:
        """Whether it may change something in T4."""
        return self.change is not None


@dataclass(frozen=True)
class Trouble:
    """An attempt without a usable answer. `again`: may be tried again. `doubt`: what a later 409 has to be
    held against."""

    error: type[T4Error]
    what: str
    again: bool = False
    doubt: Doubt | None = None
    status: int | None = None
    said: str = ""
    request_id: str | None = None
    retry_after: float | None = None
    about: About | None = None


_NAMES: Final = {
    400: "bad request",
    401: "not authenticated",
    403: "not allowed",
    404: "not found",
    405: "method not allowed",
    408: "request time-out",
    409: "conflict",
    413: "too large",
    415: "wrong media type",
    422: "cannot be processed",
    429: "too many requests",
    500: "server error",
    501: "not implemented",
    502: "bad gateway",
    503: "server busy",
    504: "gateway time-out",
}
ONLY_ASKED: Final = 202
"""The status of an answer that promises what was asked."""
_FAILED: Final[dict[bool | None, str]] = {
    None: "its text says that it failed",
    False: "it does not meet the operation's `success`",
}
"""Why an answer with a good status is none, by whether it meets the operation's own condition."""
_REFUSALS: Final[dict[int, type[Refused]]] = {
    400: BadRequest,
    401: Unauthorized,
    404: NotFound,
    409: Conflict,
    422: BadRequest,
}
# Whoever answers these has not passed the request on: trying again later is what they ask for.
NOT_NOW: Final = (408, 429)
# These redirects say that the call belongs elsewhere; 302 and 303 may follow upon work that was done (RFC
# 9110).
_MOVED: Final = (301, 307, 308)


def judged(call: Call[T], outcome: Outcome, at: str, now: float, curtain: Curtain) -> Answer[T] | Trouble:
    """The answer in an outcome, or the trouble. `at`: time of receipt, for the evidence; `now`: seconds since
    1970."""
    if isinstance(outcome, Unsent):
        return Trouble(Unreachable, f"T4 was not reached: {outcome.why}", again=not outcome.lasting)
    if isinstance(outcome, Lost):
        return _lost(call, f"the answer was lost: {outcome.why}", outcome.status)
    status = outcome.status
    if 200 <= status <= 299:
        try:
            value = _value(outcome)
            inside = status_inside(value)
            if inside is None or 200 <= inside <= 299:
                return _good(call, outcome, value, at, curtain)
            if inside < 400:
                raise Garbled("the status inside the answer is none that can be understood")
            status = inside
        except Garbled as garbled:
            again = not isinstance(garbled, Misfit) and status != ONLY_ASKED
            return _lost(call, f"T4 answered {status}, but {garbled}", status, again=again)
    return _refused(call, outcome, status, now, curtain)


def _value(received: Received) -> object:
    """The body as JSON; what comes with a promise may be of any kind. Raises Garbled."""
    try:
        return parsed(received.body)
    except Garbled:
        if received.status == ONLY_ASKED:
            return None
        raise


def _good(call: Call[T], received: Received, value: object, at: str, curtain: Curtain) -> Answer[T] | Trouble:
    """What a good status came to: success is what the operation says, else an answer that speaks of no error;
    202 is a promise. Raises Garbled."""
    number = _hidden(request_id(value, received.headers), curtain)
    succeeded = call.succeeded(value)
    if succeeded is False or (succeeded is None and speaks_of_errors(value)):
        # What T4 says with data beside it may be half done.
        is_whole_refusal = succeeded is None and unwrapped(value) in (None, value)
        return Trouble(
            Refused,
            f"T4 answered {received.status}, but {_FAILED[succeeded]}",
            doubt=None if is_whole_refusal and call.kind != "onboarding" else "lost",
            status=received.status,
            said=curtain.hide(words(received.body)),
            request_id=number,
        )
    only_asked = received.status == ONLY_ASKED and succeeded is None
    if only_asked and (not call.changing or call.kind == "onboarding"):
        raise Garbled("that says only that it was asked for, not that it is done")
    evidence = Evidence(call.method, call.path, received.status, number, at)
    try:
        return Answer(call.read(value), evidence, only_asked)
    except AboutAnother:
        if call.unsaid is None:
            raise
        # T4 took the call, and does not say that it did what was asked
        return Answer(call.unsaid(), evidence, only_asked=True)


def _lost(call: Call[T], what: str, status: int | None, again: bool = True) -> Trouble:
    error = OutcomeUnknown if call.changing else ReadFailed
    return Trouble(error, what, again=again, doubt="lost", status=status)


def _refused(call: Call[T], received: Received, status: int, now: float, curtain: Curtain) -> Trouble:
    raw = words(received.body)
    try:
        value: object = parsed(received.body)
    except Garbled:
        value = None
    name = f" ({_NAMES[status]})" if status in _NAMES else ""
    error: type[T4Error] = Refused
    doubt: Doubt | None = None
    again = False
    if 300 <= status <= 399:
        if status not in _MOVED and call.changing:
            error, doubt = OutcomeUnknown, "lost"
        name = " (a redirect to another address)"
    elif status in NOT_NOW or status == 503:
        # A gateway may answer 503 after T4 has done the work: known to be undone it is only after the other
        # two.
        error, again, doubt = Busy, True, ("busy" if status == 503 else None)
    elif not 400 <= status <= 499:
        error, again, doubt = (OutcomeUnknown if call.changing else ReadFailed), True, "lost"
    elif call.kind == "login" and status in (400, 401, 403, 422):
        error = Unauthorized
    else:
        error = _REFUSALS.get(status, Refused)
    return Trouble(
        error,
        f"T4 answered {status}{name}",
        again=again,
        doubt=doubt,
        status=status,
        said=curtain.hide(raw),
        request_id=_hidden(request_id(value, received.headers), curtain),
        retry_after=retry_after(received.headers.get("retry-after"), now),
        about=about(raw, call.username, call.account) if status == 409 else None,
    )


def _hidden(number: str | None, curtain: Curtain) -> str | None:
    return None if number is None else curtain.hide(number, 100)


def error_of(call: Call[T], trouble: Trouble, doubts: frozenset[Doubt], at: str) -> T4Error:
    """The error of a call that is not tried again. `doubts`: those of the attempts before the last."""
    kind = trouble.error
    what = trouble.what
    if call.changing and "lost" in doubts and not issubclass(kind, Refused | OutcomeUnknown):
        kind = OutcomeUnknown
        what = f"the answer of an earlier attempt was lost, and then {what}"
    unknown = call.changing and (bool(doubts) or trouble.doubt is not None)
    happened: Happened = "unknown" if unknown else "no"
    error = kind(
        call.method,
        call.path,
        what=what,
        status=trouble.status,
        said=trouble.said,
        request_id=trouble.request_id,
        happened=happened,
        at=at,
        advice=_advice(call, kind, trouble, call.changing and bool(doubts)),
    )
    if isinstance(error, Conflict):
        error.doubtful, error.about = call.changing and bool(doubts), trouble.about
    if isinstance(error, Busy):
        error.retry_after = trouble.retry_after
    return error


def _advice(call: Call[T], kind: type[T4Error], trouble: Trouble, doubtful: bool) -> str:
    sentences = []
    if doubtful and issubclass(kind, Refused):
        sentences.append("An earlier attempt of this call got no clear answer and may have done it.")
    if trouble.status is not None and 300 <= trouble.status <= 399:
        sentences.append(
            "Redirects are not followed, because they would send the credentials elsewhere. Check "
            "t4:endpoint."
        )
    elif issubclass(kind, NotFound) and call.kind == "onboarding":
        sentences.append(
            "Either T4 has no template with the name in the firm file, or t4:onboardPath is not T4's path."
        )
    elif issubclass(kind, NotFound) and call.kind == "operation":
        sentences.append(
            "Either T4 does not have what the path names, or the operations file gives a wrong path."
        )
    elif issubclass(kind, NotFound):
        sentences.append("Check t4:endpoint.")
    elif issubclass(kind, Unauthorized):
        setting = "t4:login" if call.kind == "login" else "t4:apiKey or t4:login"
        sentences.append(f"T4 does not accept the credentials: check {setting} with T4.APISupport.")
    elif issubclass(kind, BadRequest):
        sentences.append("Correct what T4 names, then run again.")
    elif trouble.status == 403:
        sentences.append("The credentials lack a permission for this call: ask T4.APISupport.")
    elif issubclass(kind, Unreachable):
        sentences.append("Check t4:endpoint and the network, then run again.")
    elif issubclass(kind, Busy):
        wait = f" T4 asks to wait {trouble.retry_after:.0f} seconds." if trouble.retry_after else ""
        sentences.append(f"Run again later.{wait}")
    elif issubclass(kind, OutcomeUnknown):
        sentences.append("Run again: names are unique in T4, so nothing is made twice.")
    elif issubclass(kind, ReadFailed):
        sentences.append("Run again.")
    return " ".join(sentences)
