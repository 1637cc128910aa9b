"""What goes wrong at T4, and what is then known: the class of the error, whether something may have happened,
the words."""

from dataclasses import dataclass, replace
from email.utils import formatdate

import pytest

from providers.t4.api import (
    BadRequest,
    Busy,
    Conflict,
    NotFound,
    OutcomeUnknown,
    ReadFailed,
    Refused,
    T4Client,
    T4Error,
    Unauthorized,
    Unreachable,
)
from tests.api.calls import ANSWER, Clock, client, failure, operations, request, settings
from tests.api.scripted import Late, Raw, Reply, Reset, ScriptedT4, Step

OK = Reply(body=ANSWER)
TAKEN = Reply(409, {"message": "username john.smith@example.com exists"})
LISTS = operations(listUsers={"method": "GET", "path": "/users", "answer": "@"})
READ = operations(readUser={"method": "GET", "path": "/users/{userID}", "answer": "@"})


@dataclass(frozen=True)
class Fault:
    """A script, and what an onboarding call and a read then come to (None: the answer)."""

    name: str
    script: list[Step]
    onboarding: type[T4Error] | None
    happened: str | None = None
    attempts: int = 1
    doubtful: bool | None = None
    reading: type[T4Error] | None = None


HTML = Reply(200, b"<html><title>Welcome</title></html>", {"Content-Type": "text/html"})
CUT = Reply(200, b'{"result": {"value": {"data": {"us', length=2000)
INSIDE = {"result": {"value": {"error": "username exists"}, "statusCode": 409}}

FAULTS = [
    Fault("503 once", [Reply(503), OK], None, attempts=2),
    Fault("429 once", [Reply(429), OK], None, attempts=2),
    Fault("408 once", [Reply(408), OK], None, attempts=2),
    Fault("503 for ever", [Reply(503)], Busy, "unknown", 9, reading=Busy),
    Fault("429 for ever", [Reply(429)], Busy, "no", 9, reading=Busy),
    Fault("500 once", [Reply(500), OK], None, attempts=2),
    Fault("500 for ever", [Reply(500)], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("502 for ever", [Reply(502)], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("504 for ever", [Reply(504)], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("999 for ever", [Reply(999)], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("reset once", [Reset(), OK], None, attempts=2),
    Fault("reset for ever", [Reset()], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("silence", [Late(0.6)], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("HTML with 200", [HTML], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("truncated JSON", [Reply(200, b'{"data": {')], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("broken-off body", [CUT], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("binary body", [Reply(200, bytes(range(256)))], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("empty body", [Reply(200)], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("no HTTP", [Raw(b"SSH-2.0-OpenSSH\r\n")], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("deep JSON", [Reply(200, b"[" * 100_000)], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("41 levels", [Reply(200, b"[" * 42 + b"]" * 42)], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("202", [Reply(202, ANSWER)], OutcomeUnknown, "unknown", reading=ReadFailed),
    Fault("202 without JSON", [Reply(202, b"queued")], OutcomeUnknown, "unknown", reading=ReadFailed),
    Fault(
        "200 that failed", [Reply(200, {"success": False, "data": None})], Refused, "unknown", reading=Refused
    ),
    Fault("200 with errors", [Reply(200, {**ANSWER, "errors": ["EULA: no"]})], Refused, "unknown"),
    Fault("NaN", [Reply(200, b'{"data": NaN}')], OutcomeUnknown, "unknown", 3, reading=ReadFailed),
    Fault("odd inner status", [Reply(200, {"result": {"statusCode": True}})], OutcomeUnknown, "unknown", 3),
    Fault("inner redirect", [Reply(200, {"result": {"statusCode": 302}})], OutcomeUnknown, "unknown", 3),
    Fault("inner 409", [Reply(200, INSIDE)], Conflict, "no", doubtful=False),
    Fault("400", [Reply(400, {"title": "bad"})], BadRequest, "no", reading=BadRequest),
    Fault("422", [Reply(422)], BadRequest, "no", reading=BadRequest),
    Fault("401", [Reply(401)], Unauthorized, "no", reading=Unauthorized),
    Fault("403", [Reply(403)], Refused, "no", reading=Refused),
    Fault("404", [Reply(404)], NotFound, "no", reading=NotFound),
    Fault("413", [Reply(413)], Refused, "no", reading=Refused),
    Fault("409", [TAKEN], Conflict, "no", doubtful=False, reading=Conflict),
    Fault("409 after 429", [Reply(429), TAKEN], Conflict, "no", 2, doubtful=False),
    Fault("409 after 503", [Reply(503), TAKEN], Conflict, "unknown", 2, doubtful=True),
    Fault("409 after 500", [Reply(500), TAKEN], Conflict, "unknown", 2, doubtful=True),
    Fault("409 after 502", [Reply(502), TAKEN], Conflict, "unknown", 2, doubtful=True),
    Fault("409 after a reset", [Reset(), TAKEN], Conflict, "unknown", 2, doubtful=True),
    Fault("409 after silence", [Late(0.6), TAKEN], Conflict, "unknown", 2, doubtful=True),
    Fault("409 after garbage", [HTML, TAKEN], Conflict, "unknown", 2, doubtful=True),
    Fault("409 after no userID", [Reply(200, {"data": {}}), TAKEN], Conflict, "unknown", 2, doubtful=True),
    Fault("400 after a reset", [Reset(), Reply(400)], BadRequest, "unknown", 2, reading=BadRequest),
    Fault("401 after a reset", [Reset(), Reply(401)], Unauthorized, "unknown", 2),
    Fault("429s after a reset", [Reset(), Reply(429)], OutcomeUnknown, "unknown", 9, reading=Busy),
    Fault("308", [Reply(308, headers={"Location": "https://evil.example/"})], Refused, "no", reading=Refused),
    Fault("302", [Reply(302, headers={"Location": "/x"})], OutcomeUnknown, "unknown", reading=Refused),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_onboarding_under_a_fault(fault: Fault) -> None:
    with ScriptedT4(*fault.script) as t4, client(t4.endpoint) as calls:
        if fault.onboarding is None:
            assert calls.onboard(request()).data.user.userID
        else:
            error = failure(calls.onboard, request())
            assert type(error) is fault.onboarding
            assert error.happened == fault.happened
            known = "is not known whether" if error.happened == "unknown" else "Nothing was changed"
            assert known in str(error)
            assert str(error).startswith("POST /admin/v1/onboarding: ")
            if isinstance(error, Conflict):
                assert error.doubtful is fault.doubtful
    assert len(t4.heard) == fault.attempts


@pytest.mark.parametrize("fault", [each for each in FAULTS if each.reading], ids=lambda fault: fault.name)
def test_a_read_under_the_same_fault_never_says_that_something_happened(fault: Fault) -> None:
    with ScriptedT4(*fault.script) as t4, client(t4.endpoint, known=READ) as calls:
        error = failure(calls.call, "readUser", {"userID": "u1"})
    assert type(error) is fault.reading
    assert error.happened == "no"
    if isinstance(error, Conflict):
        assert not error.doubtful


def test_a_conflict_in_words() -> None:
    reply = Reply(409, {"message": "Username john.smith@example.com exists.", "requestId": "R-1"})
    with ScriptedT4(reply) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, request())
    assert str(error) == (
        "POST /admin/v1/onboarding: T4 answered 409 (conflict): “Username john.smith@example.com exists.” "
        "(request R-1). "
        "Nothing was changed by it."
    )
    assert (error.said, error.request_id) == ("Username john.smith@example.com exists.", "R-1")
    assert str(error.evidence) == "POST /admin/v1/onboarding: 409 at 2026-05-28T20:26:40Z (request R-1)"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            [Reset(), Reply(409)],
            "T4 answered 409 (conflict). It is not known whether T4 did what was asked. An earlier attempt "
            "of this call got "
            "no clear answer and may have done it.",
        ),
        (
            [Reply(404)],
            "T4 answered 404 (not found). Nothing was changed by it. Either T4 has no template with the name "
            "in the firm file, or t4:onboardPath is not T4's path.",
        ),
        (
            [Reply(401)],
            "T4 answered 401 (not authenticated). Nothing was changed by it. T4 does not accept the "
            "credentials: check "
            "t4:apiKey or t4:login with T4.APISupport.",
        ),
        (
            [Reply(400, b"phone is bad")],
            "T4 answered 400 (bad request): “phone is bad”. Nothing was changed by it. Correct what T4 "
            "names, then run again.",
        ),
        (
            [Reply(403)],
            "T4 answered 403 (not allowed). Nothing was changed by it. The credentials lack a permission "
            "for this call: ask "
            "T4.APISupport.",
        ),
        (
            [Reply(308)],
            "T4 answered 308 (a redirect to another address). Nothing was changed by it. Redirects are not "
            "followed, because they would send the credentials elsewhere. Check t4:endpoint.",
        ),
        (
            [Reply(429, headers={"Retry-After": "120"})],
            "T4 answered 429 (too many requests). Nothing was changed by it. Run again later. T4 asks to "
            "wait 120 seconds.",
        ),
        (
            [Reset()],
            "the answer was lost: the connection broke before an answer came. It is not known whether T4 "
            "did what was "
            "asked. Run again: names are unique in T4, so nothing is made twice.",
        ),
        (
            [Late(0.6)],
            "the answer was lost: no answer within 0.3 seconds. It is not known whether T4 did what was "
            "asked. Run again: "
            "names are unique in T4, so nothing is made twice.",
        ),
        (
            [Late(0.05, drip=True)],
            "the answer was lost: its answer did not end in time. It is not known whether T4 did what was "
            "asked. Run again: "
            "names are unique in T4, so nothing is made twice.",
        ),
        (
            [Reset(), Reply(429)],
            "the answer of an earlier attempt was lost, and then T4 answered 429 (too many requests). It is "
            "not known "
            "whether T4 did what was asked. Run again: names are unique in T4, so nothing is made twice.",
        ),
    ],
)
def test_errors_in_words(script: list[Step], words: str) -> None:
    with ScriptedT4(*script) as t4, client(t4.endpoint, clock_of(script)) as calls:
        error = failure(calls.onboard, request())
    assert str(error) == f"POST /admin/v1/onboarding: {words}"


def clock_of(script: list[Step]) -> Clock:
    """Bytes that drip need a clock that runs by itself."""
    return _Running() if any(isinstance(step, Late) and step.drip for step in script) else Clock()


class _Running(Clock):
    def read(self) -> float:
        self.time += 0.1
        return self.time


def test_errors_carry_no_module_to_the_terminal() -> None:
    def below(kind: type[T4Error]) -> set[type[T4Error]]:
        return {kind, *(each for child in kind.__subclasses__() for each in below(child))}

    assert {kind.__module__ for kind in below(T4Error)} == {"builtins"}


# --- pauses
# ---------------------------------------------------------------------------------------------------------


def test_the_pauses_double_up_to_a_limit_and_end_in_time() -> None:
    clock = Clock()
    with ScriptedT4(Reply(503)) as t4, client(t4.endpoint, clock) as calls:
        failure(calls.onboard, request())
    assert clock.slept == [0.5, 1, 2, 4, 8, 16, 20, 20]
    assert sum(clock.slept) < 90


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("7", 7),
        ("0", 0.5),
        ("600", 30),
        ("86400", 30),
        ("99999999999999999999", 30),
        (formatdate(1_780_000_000 + 12, usegmt=True), 12),
        (formatdate(1_780_000_000 - 12, usegmt=True), 0.5),
        ("Mon, 99 Foo 2026 99:99:99 GMT", 0.5),
        ("soon", 0.5),
        ("-5", 0.5),
        ("", 0.5),
    ],
)
def test_retry_after_is_kept_to_a_limit(header: str, pause: float) -> None:
    clock = Clock()
    script = Reply(503, headers={"Retry-After": header}), OK
    with ScriptedT4(*script) as t4, client(t4.endpoint, clock) as calls:
        calls.onboard(request())
    assert clock.slept == [pause]


@pytest.mark.parametrize(
    "header", ["0", "-5", formatdate(1_780_000_000 - 12, usegmt=True), formatdate(0, usegmt=True), "0.0", ""]
)
def test_no_retry_after_makes_the_calls_faster_than_our_own_backoff(header: str) -> None:
    """Case retry-after-zero: 5,017 onboarding calls in 10 seconds."""
    clock = Clock()
    never = replace(clock.timing(), chance=lambda: 0.0)
    with (
        ScriptedT4(Reply(429, headers={"Retry-After": header})) as t4,
        T4Client(settings(t4.endpoint), operations(), never) as calls,
    ):
        failure(calls.onboard, request())
    assert clock.slept == [0.25, 0.5, 1, 2, 4, 8, 10, 10, 10, 10, 10, 10, 10]


def test_a_pause_is_from_half_of_its_length_to_the_whole() -> None:
    clock = Clock()
    chances = iter([0.0, 0.5, 1.0])
    timing = replace(clock.timing(), chance=lambda: next(chances))
    with (
        ScriptedT4(Reply(429), Reply(429), Reply(429), OK) as t4,
        T4Client(settings(t4.endpoint), operations(), timing) as calls,
    ):
        calls.onboard(request())
    assert clock.slept == [0.25, 0.75, 2.0]


def test_what_calls_wait_for_is_said_at_the_second_try_and_once() -> None:
    """Nobody looks at a still screen for 90 seconds, and nobody reads it seven times."""
    clock, heard = Clock(), list[str]()
    with T4Client(settings("http://127.0.0.1:9"), LISTS, clock.timing(), say=heard.append) as calls:
        for _ in range(3):
            failure(calls.onboard, request())
        failure(calls.listed, "listUsers")
    assert heard == [
        "T4 was not reached: the connection was refused: nothing listens there. Trying again for up to 90 "
        "seconds."
    ]


def test_one_busy_moment_is_not_worth_a_word() -> None:
    heard = list[str]()
    with (
        ScriptedT4(Reply(503), OK) as t4,
        T4Client(settings(t4.endpoint), operations(), Clock().timing(), say=heard.append) as calls,
    ):
        calls.onboard(request())
    assert heard == []


def test_a_list_that_waited_in_vain_shortens_no_other_call() -> None:
    clock = Clock()
    with ScriptedT4(Reply(429)) as t4, client(t4.endpoint, clock, known=LISTS) as calls:
        failure(calls.listed, "listUsers")
        waited = len(clock.slept)
        failure(calls.listed, "listUsers")
        assert len(clock.slept) == waited, "the list itself is not waited for again"
        t4.script = [Reply(503), OK]
        calls.onboard(request())
        assert len(clock.slept) == waited + 1


def test_a_t4_that_is_not_reached_is_waited_for_once_by_all_calls() -> None:
    clock = Clock()
    with client("http://127.0.0.1:9", clock, known=LISTS) as calls:
        failure(calls.listed, "listUsers")
        waited = len(clock.slept)
        assert waited > 1
        failure(calls.onboard, request())
    assert len(clock.slept) == waited


def test_after_one_call_waited_in_vain_the_next_does_not_wait_until_t4_is_back() -> None:
    clock = Clock()
    with ScriptedT4(Reply(503)) as t4, client(t4.endpoint, clock) as calls:
        failure(calls.onboard, request())
        waited = len(clock.slept)
        assert type(failure(calls.onboard, request())) is Busy
        assert len(clock.slept) == waited
        t4.script = [OK]
        calls.onboard(request())
        t4.script = [Reply(503), OK]
        calls.onboard(request())
        assert len(clock.slept) == waited + 1


def test_a_lost_answer_is_asked_for_again_also_after_waiting_in_vain() -> None:
    with ScriptedT4(Reply(503)) as t4, client(t4.endpoint) as calls:
        failure(calls.onboard, request())
        t4.script = [Reset(), TAKEN]
        error = failure(calls.onboard, request())
    assert isinstance(error, Conflict)
    assert error.doubtful


def test_nothing_listens() -> None:
    with ScriptedT4() as t4:
        endpoint = t4.endpoint
    clock = Clock()
    with client(endpoint, clock) as calls:
        error = failure(calls.onboard, request())
    assert type(error) is Unreachable
    assert (error.happened, error.status) == ("no", None)
    assert str(error) == (
        "POST /admin/v1/onboarding: T4 was not reached: the connection was refused: nothing listens there. "
        "Nothing was "
        "changed by it. Check t4:endpoint and the network, then run again."
    )
    assert sum(clock.slept) > 60
    assert error.evidence.status == 0
