"""Credentials: the API key, the token of a login, its renewal, and the proof of a user by login."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from providers.t4.api import Busy, NotFound, OutcomeUnknown, T4Client, Unauthorized, Unreachable
from providers.t4.configuration.settings import Patience
from tests.api.calls import ANSWER, API_KEY, LOGIN, Clock, client, failure, request
from tests.api.scripted import Heard, Late, Raw, Reply, Reset, ScriptedT4, Step

START = Clock().time
OK = Reply(body=ANSWER)


def logins(t4: ScriptedT4, *steps: Step) -> list[Heard]:
    """Script POST /login; the last step again and again. The list fills with the logins that came."""
    heard: list[Heard] = []
    left = list(steps)

    def next_login(request: Heard) -> Step:
        heard.append(request)
        return left.pop(0) if len(left) > 1 else left[0]

    t4.by_path["/login"] = next_login
    return heard


def token(number: int, lasts: float = 600) -> Reply:
    return Reply(body={"token": f"token-{number}", "expires": int(START + lasts)})


def with_login(t4: ScriptedT4, clock: Clock | None = None) -> Any:
    return client(t4.endpoint, clock, api_key=None, login=LOGIN)


def _patient(t4: ScriptedT4, clock: Clock, patience: Patience) -> T4Client:
    return client(t4.endpoint, clock, api_key=None, login=LOGIN, patience=patience)


def bearers(t4: ScriptedT4) -> list[str]:
    return [heard.headers["authorization"] for heard in t4.heard if heard.path != "/login"]


def test_a_login_sends_what_t4_wants_and_its_token_serves_all_calls() -> None:
    with ScriptedT4(OK) as t4, with_login(t4) as calls:
        sent = logins(t4, token(1))
        for _ in range(3):
            calls.onboard(request())
    assert [heard.json for heard in sent] == [
        {
            "firm": LOGIN.firm,
            "userName": LOGIN.userName,
            "password": LOGIN.password,
            "appName": LOGIN.appName,
            "appLicense": LOGIN.appLicense,
        }
    ]
    assert "authorization" not in sent[0].headers
    assert bearers(t4) == ["Bearer token-1"] * 3


def test_with_both_the_key_is_used_and_nobody_logs_in() -> None:
    with ScriptedT4(OK) as t4, client(t4.endpoint, login=LOGIN) as calls:
        calls.onboard(request())
    assert t4.paths() == ["/admin/v1/onboarding"]
    assert bearers(t4) == [f"APIKey {API_KEY}"]


def test_a_token_is_renewed_thirty_seconds_before_its_end() -> None:
    clock = Clock()
    with ScriptedT4(OK) as t4, with_login(t4, clock) as calls:
        logins(t4, token(1, 600), token(2, 1200))
        calls.onboard(request())
        clock.time = START + 569
        calls.onboard(request())
        clock.time = START + 570
        calls.onboard(request())
    assert bearers(t4) == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


@pytest.mark.parametrize("expires", [int(START) - 5000, 0, -1])
def test_a_clock_that_differs_from_t4s_does_not_lead_to_a_login_each_call(expires: int) -> None:
    with ScriptedT4(OK) as t4, with_login(t4) as calls:
        sent = logins(t4, Reply(body={"token": "t", "expires": expires}))
        for _ in range(3):
            calls.onboard(request())
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("expires", "logins_after_a_year"),
    [
        (None, 1),
        ("soon", 1),
        (True, 1),
        ([1], 1),
        (1e300, 1),
        (START + 600, 2),
        (str(int(START + 600)), 2),
        (int((START + 600) * 1000), 2),
    ],
)
def test_the_end_of_a_token_is_read_leniently(expires: object, logins_after_a_year: int) -> None:
    clock = Clock()
    with ScriptedT4(OK) as t4, with_login(t4, clock) as calls:
        sent = logins(t4, Reply(body={"data": {"token": "t", "expires": expires}}))
        calls.onboard(request())
        clock.time += 365 * 86400
        calls.onboard(request())
    assert len(sent) == logins_after_a_year


def test_a_refused_token_is_renewed_once_and_the_call_repeated_once() -> None:
    clock = Clock()
    with ScriptedT4(Reply(401), OK) as t4, with_login(t4, clock) as calls:
        logins(t4, token(1), token(2))
        calls.onboard(request())
    assert bearers(t4) == ["Bearer token-1", "Bearer token-2"]
    assert clock.slept == []


def test_a_second_refusal_is_final() -> None:
    with ScriptedT4(Reply(401, b"no token like that")) as t4, with_login(t4) as calls:
        sent = logins(t4, token(1), token(2), token(3))
        error = failure(calls.onboard, request())
    assert (type(error), error.path, error.happened) == (Unauthorized, "/admin/v1/onboarding", "no")
    assert (len(sent), len(bearers(t4))) == (2, 2)


def test_an_api_key_is_refused_at_once() -> None:
    with ScriptedT4(Reply(401)) as t4, client(t4.endpoint, login=LOGIN) as calls:
        assert type(failure(calls.onboard, request())) is Unauthorized
    assert len(t4.heard) == 1


def test_one_login_serves_many_threads_also_when_the_token_is_refused() -> None:
    def play(heard: Heard) -> Step:
        return Reply(401) if heard.headers["authorization"] == "Bearer token-1" else OK

    with ScriptedT4(OK) as t4, with_login(t4) as calls:
        t4.by_path["/admin/v1/onboarding"] = play
        sent = logins(t4, Late(0.05, token(1)), Late(0.05, token(2)))
        failures: list[BaseException] = []

        def onboard() -> None:
            try:
                calls.onboard(request())
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=onboard) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    assert len(sent) == 2


def test_a_refused_login_is_not_tried_again_for_t4_locks_users_out() -> None:
    with ScriptedT4(OK) as t4, with_login(t4) as calls:
        sent = logins(t4, Reply(401, {"message": f"password {LOGIN.password} is wrong"}))
        first, second = failure(calls.onboard, request()), failure(calls.onboard, request())
    assert len(sent) == 1
    for error in (first, second):
        assert type(error) is Unauthorized
        assert str(error) == (
            "POST /login: T4 answered 401 (not authenticated): “password *** is wrong”. Nothing was changed "
            "by it. T4 does "
            "not accept the credentials: check t4:login with T4.APISupport."
        )
    assert bearers(t4) == []


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (Reply(400), Unauthorized),
        (Reply(403), Unauthorized),
        (Reply(404), NotFound),
        (Reply(503), Busy),
    ],
)
def test_a_failing_login_has_changed_nothing(step: Step, kind: type) -> None:
    with ScriptedT4(OK) as t4, with_login(t4) as calls:
        logins(t4, step)
        error = failure(calls.onboard, request())
    assert (type(error), error.path, error.happened) == (kind, "/login", "no")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"token": ""},
        {"token": 5},
        {"token": "a b"},
        {"token": "a\r\nX: y"},
        {"token": "é"},
        [],
        "t",
        None,
    ],
)
def test_a_login_without_a_token_that_can_be_sent(body: object) -> None:
    with ScriptedT4(OK) as t4, with_login(t4) as calls:
        logins(t4, Reply(body=body))
        error = failure(calls.onboard, request())
    assert (type(error).__name__, error.happened, bearers(t4)) == ("ReadFailed", "no", [])
    assert "T4 answered 200, but the answer holds no token" in str(error)


def test_a_busy_login_is_repeated() -> None:
    with ScriptedT4(OK) as t4, with_login(t4) as calls:
        sent = logins(t4, Reply(503), Reset(), token(1))
        calls.onboard(request())
    assert (len(sent), len(bearers(t4))) == (3, 1)


def test_a_login_that_fails_after_a_lost_answer_does_not_make_the_outcome_known() -> None:
    class MuchTimePasses(Clock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds + 590)

    patience = Patience(read=0.3, repeat_for=1000)
    with ScriptedT4(Reset(), OK) as t4, _patient(t4, MuchTimePasses(), patience) as calls:
        logins(t4, token(1), Reply(401, b"locked out"))
        error = failure(calls.onboard, request())
    assert (type(error), error.path, error.happened) == (OutcomeUnknown, "/admin/v1/onboarding", "unknown")
    assert str(error).startswith(
        "POST /admin/v1/onboarding: an earlier attempt got no clear answer, and then the login failed: "
        "“locked out”. "
    )


# --- proof of a user by login
# -----------------------------------------------------------------------------------------


def test_the_proof_is_one_login_as_that_user_at_the_same_firm() -> None:
    with ScriptedT4(OK) as t4, client(t4.endpoint, login=LOGIN) as calls:
        sent = logins(t4, token(7))
        assert calls.can_log_in("trader.a", "pw") is True
        calls.onboard(request())
    assert sent[0].json == {
        "firm": LOGIN.firm,
        "userName": "trader.a",
        "password": "pw",
        "appName": LOGIN.appName,
        "appLicense": LOGIN.appLicense,
    }
    assert "authorization" not in sent[0].headers
    assert bearers(t4) == [f"APIKey {API_KEY}"]


@pytest.mark.parametrize(
    "step",
    [
        Reply(400),
        Reply(401),
        Reply(403),
        Reply(200, {"result": {"statusCode": 401, "value": {"token": "t"}}}),
        Reply(200, {"result": {"statusCode": 401, "value": {"data": {"token": "t"}}}}),
        Reply(200, {"success": False, "errors": ["Invalid password"]}),
        Reply(200, {"data": None, "error": "LOCKED_OUT"}),
        Reply(200, {"token": "t", "errors": ["Invalid password"]}),
    ],
)
def test_a_login_that_t4_refused_is_tried_once_and_known_as_refused(step: Step) -> None:
    """What is known as refused is remembered, and no later run tries it: T4 locks users out."""
    assert _proved(step) == (False, 1, [])


@pytest.mark.parametrize(
    "step",
    [
        Reply(408),
        Reply(429),
        Reply(503),
        Reply(500),
        Reply(200, {}),
        Reply(200, b"<html>"),
        Reply(200, {"result": {"statusCode": 503, "value": {"data": {"token": "t"}}}}),
        Reply(302, {"token": "t"}, {"Location": "/"}),
        Reset(),
        Late(0.6),
        Raw(b"nonsense"),
    ],
)
def test_a_login_about_which_t4_did_not_decide_is_tried_once_and_neither_proof_nor_refusal(
    step: Step,
) -> None:
    assert _proved(step) == (None, 1, [])


def _proved(step: Step) -> tuple[bool | None, int, list[float]]:
    """What one proof by login says, how many logins it took, and how long it waited."""
    clock = Clock()
    with ScriptedT4(OK) as t4, client(t4.endpoint, clock, login=LOGIN) as calls:
        sent = logins(t4, step)
        return calls.can_log_in("trader.a", "pw"), len(sent), clock.slept


def test_without_a_login_there_is_no_proof() -> None:
    with ScriptedT4(token(1)) as t4, client(t4.endpoint) as calls:
        assert calls.can_log_in("trader.a", "pw") is None
    assert t4.heard == []


def test_an_unreachable_t4_neither_proves_nor_refuses() -> None:
    with ScriptedT4() as t4:
        endpoint = t4.endpoint
    with client(endpoint, login=LOGIN) as calls:
        assert calls.can_log_in("trader.a", "pw") is None
        assert type(failure(calls.onboard, request())) is Unreachable


def test_a_client_needs_credentials() -> None:
    make: Callable[[], Any] = lambda: client("https://api.t4login.com", api_key=None)  # noqa: E731
    with pytest.raises(ValueError, match="an API key or a login"):
        make()
