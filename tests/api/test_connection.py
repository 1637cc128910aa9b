"""The way to T4: kept connections, cookies, redirects, proxies, TLS, names."""

import gzip
import ssl
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.t4.api import OutcomeUnknown, Refused, Unreachable
from providers.t4.configuration.settings import Patience
from tests.api.calls import ANSWER, API_KEY, LOGIN, Clock, client, failure, operations, request
from tests.api.scripted import Late, Reply, Reset, ScriptedT4, Together

OK = Reply(body=ANSWER)


def test_calls_share_a_connection() -> None:
    with ScriptedT4(OK) as t4, client(t4.endpoint) as calls:
        for _ in range(5):
            calls.onboard(request())
    assert len({heard.connection for heard in t4.heard}) == 1


def test_a_connection_that_broke_is_replaced() -> None:
    with ScriptedT4(OK, Reset(), OK) as t4, client(t4.endpoint) as calls:
        calls.onboard(request())
        calls.onboard(request())
    assert len({heard.connection for heard in t4.heard}) == 2


def test_four_calls_run_at_once_and_a_fifth_waits_for_a_connection() -> None:
    four = Together(threading.Barrier(4), OK)
    with (
        ScriptedT4(four, four, four, four, OK) as t4,
        client(t4.endpoint, max_in_flight=4) as calls,
        ThreadPoolExecutor(5) as pool,
    ):
        list(pool.map(calls.onboard, [request() for _ in range(5)]))
    assert len(t4.heard) == 5
    assert len({heard.connection for heard in t4.heard}) == 4


def test_no_free_connection_means_that_nothing_was_sent() -> None:
    patience = Patience(read=5, pool=0.05, repeat_for=1)
    with (
        ScriptedT4(Late(0.5, OK)) as t4,
        client(t4.endpoint, Clock(), max_in_flight=1, patience=patience) as calls,
    ):
        first = threading.Thread(target=calls.onboard, args=(request(),))
        first.start()
        while not t4.heard:
            time.sleep(0.005)
        error = failure(calls.onboard, request())
        first.join()
    assert (type(error), error.happened) == (Unreachable, "no")
    assert "no connection was free within 0.05 seconds" in str(error)
    assert len(t4.heard) == 1


def test_cookies_of_a_login_as_somebody_else_are_never_sent() -> None:
    cookie = {"Set-Cookie": "session=trader; Path=/"}
    login = Reply(body={"token": "t", "expires": 1}, headers=cookie)
    with ScriptedT4(login, OK) as t4, client(t4.endpoint, login=LOGIN) as calls:
        assert calls.can_log_in("trader.a", "pw")
        calls.onboard(request())
    assert "cookie" not in t4.heard[1].headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_credentials_never_follow_a_redirect(status: int) -> None:
    with ScriptedT4(OK) as other:
        script = Reply(status, headers={"Location": f"{other.endpoint}/admin/v1/onboarding"})
        with ScriptedT4(script) as t4, client(t4.endpoint) as calls:
            error = failure(calls.onboard, request())
    assert type(error) is (OutcomeUnknown if status in (302, 303) else Refused)
    assert (len(t4.heard), other.heard) == (1, [])


@pytest.mark.parametrize(
    ("encoding", "content"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)],
)
def test_an_answer_that_a_gateway_packed_is_read(encoding: str, content: Any) -> None:
    import json

    packed = Reply(body=content(json.dumps(ANSWER).encode()), headers={"Content-Encoding": encoding})
    with ScriptedT4(packed) as t4, client(t4.endpoint) as calls:
        assert calls.onboard(request()).data.account is not None
    assert t4.heard[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("encoding", "body", "why"),
    [
        ("gzip", gzip.compress(b" " * 64_000_001, mtime=0), "its answer is too long"),
        ("gzip", b"not packed", "packed in a way that cannot be read"),
        ("gzip", gzip.compress(b'{"data": 1}', mtime=0)[:-9], "packed in a way that cannot be read"),
        ("br", b"x", "packed in a way that cannot be read"),
    ],
)
def test_a_packed_answer_has_the_same_limits(encoding: str, body: bytes, why: str) -> None:
    with ScriptedT4(Reply(200, body, {"Content-Encoding": encoding})) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, request())
    assert type(error) is OutcomeUnknown
    assert why in str(error)


def test_a_refusal_counts_even_if_its_words_break_off() -> None:
    with ScriptedT4(Reply(409, b"username exi", length=500)) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, request())
    assert (type(error).__name__, error.status, error.said) == ("Conflict", 409, "username exi")


def test_loopback_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with ScriptedT4(OK) as t4, client(t4.endpoint) as calls:
        assert calls.onboard(request()).data.account is not None


def test_a_proxy_that_refuses_has_kept_the_call_from_t4(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedT4(Reply(503)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.endpoint)
        monkeypatch.setenv("NO_PROXY", "")
        with client("https://api.t4.example") as calls:
            error = failure(calls.onboard, request())
    assert (type(error), error.happened) == (Unreachable, "no")
    assert "the proxy that HTTPS_PROXY names refused the connection" in str(error)
    (heard,) = proxy.heard
    assert heard.method == "CONNECT"
    assert API_KEY not in str(heard)


def test_an_unknown_host_name_is_said_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    tried = []

    def unknown(*_: object, **__: object) -> Any:
        tried.append(1)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for variable in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
    with client("https://api.t4.example") as calls:
        error = failure(calls.onboard, request())
    assert (type(error), error.happened, len(tried)) == (Unreachable, "no", 1)
    assert "T4 was not reached: its host name is not known (DNS)." in str(error)


def test_a_name_server_that_is_away_for_a_moment_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    real, tried = socket.getaddrinfo, []

    def away(*arguments: Any, **named: Any) -> Any:
        tried.append(1)
        if len(tried) < 3:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(*arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", away)
    clock = Clock()
    with ScriptedT4(OK) as t4, client(t4.endpoint, clock) as calls:
        calls.onboard(request())
    assert clock.slept == [0.5, 1.0]


# --- failures that no socket on this machine can make
# -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure_of_httpx", "kind", "happened", "attempts"),
    [
        (httpx.ConnectTimeout("x"), Unreachable, "no", 9),
        (httpx.ConnectError("x"), Unreachable, "no", 9),
        (httpx.WriteTimeout("x"), OutcomeUnknown, "unknown", 3),
        (httpx.WriteError("x"), OutcomeUnknown, "unknown", 3),
        (httpx.CloseError("x"), OutcomeUnknown, "unknown", 3),
        (httpx.LocalProtocolError("x"), Unreachable, "no", 1),
    ],
)
def test_what_the_network_can_do(
    failure_of_httpx: Exception, kind: type, happened: str, attempts: int
) -> None:
    with respx.mock as network, client("https://api.t4.example") as calls:
        route = network.post("https://api.t4.example/admin/v1/onboarding").mock(side_effect=failure_of_httpx)
        error = failure(calls.onboard, request())
    assert (type(error), error.happened, route.call_count) == (kind, happened, attempts)


# --- TLS ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "scripted T4")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "t4.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def served_with(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    clock = Clock()
    with ScriptedT4(OK, tls=served_with(certificate)) as t4, client(t4.endpoint, clock) as calls:
        error = failure(calls.onboard, request())
    assert (type(error), error.happened, t4.heard, clock.slept) == (Unreachable, "no", [], [])
    assert "the server's TLS certificate is not trusted (self-signed certificate)" in str(error)


def test_an_own_authority_is_named_in_the_environment(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ScriptedT4(OK, tls=served_with(certificate)) as t4, client(t4.endpoint) as calls:
        assert calls.onboard(request()).data.account is not None


def test_https_to_a_server_that_speaks_plain_http() -> None:
    with ScriptedT4(OK) as t4, client(t4.endpoint.replace("http:", "https:")) as calls:
        error = failure(calls.onboard, request())
    assert (type(error), error.happened, t4.heard) == (Unreachable, "no", [])
    assert "no TLS connection could be agreed on; check that the endpoint is https" in str(error)


def test_a_path_in_the_endpoint_goes_before_the_calls() -> None:
    known = operations(listUsers={"method": "GET", "path": "/users", "answer": "@"})
    script = Reply(body={"data": []})
    with ScriptedT4(script) as t4, client(f"{t4.endpoint}/gateway", known=known) as calls:
        calls.listed("listUsers")
    assert t4.paths() == ["/gateway/users"]
