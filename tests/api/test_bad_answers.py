"""Whatever T4 or something between answers: only the documented errors come out, and nothing that cannot be
shown."""

import contextlib
import json
import unicodedata
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.t4.api import T4Error
from providers.t4.api.credentials import Token, token_in
from providers.t4.api.door import Door
from providers.t4.api.onboarding_schema import Answer, Garbled, OnboardingData, onboarding_data
from providers.t4.api.operation_answers import canonical
from providers.t4.api.outcomes import Call, Trouble, error_of, judged
from providers.t4.api.redaction import Curtain
from providers.t4.api.responses import parsed, request_id, status_inside, unwrapped, words
from providers.t4.api.transport import Lost, Received, Unsent
from t4firm.operations import PLACEHOLDERS
from tests.api.calls import ANSWER, LOGIN, client, operations, request
from tests.api.scripted import Raw, Reply, ScriptedT4

KEYS = st.sampled_from(
    [
        *("result", "value", "data", "metadata", "requestId", "statusCode", "errors", "message"),
        *("user", "userID", "userName", "roles", "applications", "account", "accountID"),
        *("marketData", "exchangeMarketData", "eulaSignature", "signatures", "documentName", "signed"),
        *("token", "expires"),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=5),
    max_leaves=30,
)
ENVELOPES = st.sampled_from(
    [
        lambda data: data,
        lambda data: {"data": data},
        lambda data: {"result": {"value": {"data": data, "metadata": {}}, "statusCode": 200}},
    ]
)
BODIES = (
    st.binary()
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.text().map(lambda text: text.encode("utf-8", "replace"))
)
HEADERS = st.dictionaries(st.sampled_from(["retry-after", "x-request-id", "location"]), st.text())


def onboarding() -> Call[OnboardingData]:
    def read(data: object) -> OnboardingData:
        return onboarding_data(data, "john", "1")

    change = Door().call("onboarding", ("john",), "POST", "/x", {})
    return Call(
        "POST", "/x", b"{}", change, read, "onboarding", "onboarding", "john", "1", ("s3cret-s3cret",)
    )


@given(st.integers(200, 999), HEADERS, BODIES)
def test_any_answer_is_judged(status: int, headers: dict[str, str], body: bytes) -> None:
    call = onboarding()
    judgement = judged(call, Received(status, headers, body), "now", 0.0, Curtain(call.secrets))
    if isinstance(judgement, Trouble):
        error = error_of(call, judgement, frozenset(), "now")
        assert isinstance(error, T4Error)
        assert error.happened in ("no", "unknown")
        assert not [each for each in str(error) if unicodedata.category(each)[0] == "C"]
        assert len(error.said) <= 300
        str(error).encode()
    else:
        assert judgement.data.user.userID


@given(
    st.sampled_from([Lost("x"), Unsent("x"), Unsent("x", lasting=True)]),
    st.sets(st.sampled_from(["busy", "lost"])),
)
def test_any_failure_after_any_doubt_becomes_an_error(outcome: Any, doubts: set[Any]) -> None:
    call = onboarding()
    trouble = judged(call, outcome, "now", 0.0, Curtain([]))
    assert isinstance(trouble, Trouble)
    error = error_of(call, trouble, frozenset(doubts), "now")
    assert error.happened == ("unknown" if doubts or isinstance(outcome, Lost) else "no")


@given(JSON, ENVELOPES)
def test_any_data_is_read_or_garbled(value: Any, envelope: Callable[[Any], Any]) -> None:
    try:
        data = onboarding_data(unwrapped(parsed(json.dumps(envelope(value)).encode())), "john", "1")
        assert data.user.userID.strip()
        assert data.user.roles is None or all(data.user.roles)
    except Garbled:
        pass


@given(JSON)
def test_any_value_has_no_status_or_one_or_is_garbled(value: Any) -> None:
    try:
        status = status_inside(value)
        assert status is None or 100 <= status <= 599
    except Garbled:
        pass
    assert isinstance(request_id(value, {}), str | None)


@given(st.sampled_from(sorted(PLACEHOLDERS)), JSON)
def test_any_yield_is_canonical_or_garbled(operation: str, value: Any) -> None:
    with contextlib.suppress(Garbled):
        canonical(operation, value)


@given(JSON)
def test_any_login_answer_is_a_token_or_garbled(value: Any) -> None:
    try:
        token = token_in(value)
        assert isinstance(token, Token)
        assert token.text.isascii()
    except Garbled:
        pass


@given(BODIES)
def test_any_body_has_words(body: bytes) -> None:
    shown = Curtain([]).hide(words(body))
    assert len(shown) <= 300
    shown.encode()


READ = operations(listUsers={"method": "GET", "path": "/u", "answer": "users[].{userID: id, username: name}"})
RAW = st.binary(max_size=300) | st.binary(max_size=100).map(lambda tail: b"HTTP/1.1 200 OK\r\n" + tail)
STEPS = RAW.map(Raw) | st.builds(Reply, st.integers(200, 599), JSON)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=1, max_size=3))
def test_any_bytes_over_a_real_connection_lead_to_documented_errors(script: list[Any]) -> None:
    with ScriptedT4(*script) as t4, client(t4.endpoint, known=READ, login=LOGIN) as calls:
        for call, arguments in ((calls.onboard, (request(),)), (calls.listed, ("listUsers",))):
            with contextlib.suppress(T4Error):
                assert isinstance(call(*arguments), Answer)
        assert not calls.can_log_in("trader.a", "pw") or "token" in repr(script)


def test_the_seeds_answer_would_be_read() -> None:
    value = parsed(json.dumps(ANSWER).encode())
    assert onboarding_data(unwrapped(value), "john.smith@example.com", "jsmith01").account is not None
