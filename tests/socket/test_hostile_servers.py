"""What the client makes of servers that do wrong: an error in words or an incomplete list, never a
traceback, a hang or a belief (t4-websocket.md sections 2 and 5)."""

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from websockets.frames import Frame, Opcode
from websockets.sync.server import ServerConnection

from providers.t4.api.socket.conversation import open_conversation
from providers.t4.api.socket.errors import LoginRefused, SocketFailed
from providers.t4.api.socket.messages import LoginFields
from providers.t4.api.socket.reading import log_in
from providers.t4.api.socket.results import MEANINGS
from providers.t4.configuration.socket_settings import Reader
from providers.t4.reports.account_watch import Watch
from providers.t4.session.journal import Entry
from providers.t4.session.refused_login import RefusedLogins
from providers.t4.session.socket_logins import SocketLogins
from providers.t4.session.socket_reads import SocketReads
from t4firm.evidence import Gone, NotSeen, Seen
from t4simulator.service.certificates import certificate_in
from tests.socket import wire
from tests.socket.server import LOGIN, SECRETS, Script, saying, serving

OK = wire.login_response(roles=["Administrator"], accounts=[("i", "11111"), ("j", "22222")])
BOTH = [wire.snapshot("i", "11111"), wire.snapshot("j", "22222")]
QUICK = {"deadline": 0.3, "login_timeout": 0.3}


def refused(script: Script, **settings: Any) -> SocketFailed:
    with serving(script) as server, pytest.raises(SocketFailed) as caught:
        server.read(**settings)
    assert not [secret for secret in SECRETS if secret in str(caught.value)]
    return caught.value


def test_a_read_that_is_complete() -> None:
    with serving(saying([OK], [wire.subscribed(), *BOTH])) as server:
        shown, accounts = server.read()
    assert (shown.user_id, shown.firm_id, shown.roles) == ("U", "F", ("Administrator",))
    assert {details.number for details in accounts.details.values()} == {"11111", "22222"}
    assert accounts.incomplete == ""
    assert len(server.got) == 2, "a login and a subscription, and nothing else"
    assert server.closed == [1000]
    assert shown.evidence.startswith("read over T4's WebSocket as reader at 20")
    assert shown.evidence.endswith(f"from {server.url}, server SIM1")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (wire.field(2, b""), "names no session or no user"),
        (wire.login_response(session=""), "names no session or no user"),
        (wire.login_response(user=" "), "names no session or no user"),
        (wire.login_response(username="somebody"), "about another user"),
        (wire.login_response(firm_name="Other"), "about another firm"),
        (wire.login_response(roles=["", " "]), "its roles are blank"),
        (wire.login_response(user="X"), "about a user with another id"),
        (wire.snapshot("i", "1"), "first message was not the answer to the login"),
    ],
    ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
)
def test_a_success_that_proves_nothing_is_no_read(answer: bytes, words: str) -> None:
    with serving(saying([answer])) as server, pytest.raises(SocketFailed, match=words):
        server.read(replace(LOGIN, user_id="u"))
    assert server.closed == [1000]


def test_a_blank_beside_real_roles_hides_nothing() -> None:
    answer = wire.login_response(roles=["", "Trading", " "])
    with serving(saying([answer], [wire.subscribed()])) as server:
        shown, _ = server.read()
    assert shown.roles == ("Trading",)


@pytest.mark.parametrize(("firm", "number"), [("", "11111"), ("F", "11111"), ("child", "22222")])
def test_of_two_firms_only_the_stacks_own_counts(firm: str, number: str) -> None:
    """A parent firm's login sees its children's accounts too; which firm is the stack's, its state knows."""
    both = [wire.snapshot("i", "11111"), wire.snapshot("j", "22222", firm="CHILD")]
    with serving(saying([OK], [wire.subscribed(), *both])) as server:
        _, accounts = server.read(firm_id=firm)
    assert [details.number for details in accounts.details.values()] == [number]
    assert accounts.incomplete == ""


def test_an_account_that_t4_calls_deleted_without_a_word_more_is_gone() -> None:
    deleted = wire.field(205, wire.field(1, "J") + wire.field(4, 4))
    with serving(saying([OK], [wire.subscribed(), BOTH[0], deleted])) as server:
        settings = server.settings(reader=Reader(apiKey="key"))
        logins = SocketLogins(settings, lambda *_: "", Mock(spec=RefusedLogins))
        reads = SocketReads(logins, None, lambda: 0)
        assert isinstance(reads.account("j", "22222"), Gone)
        assert isinstance(reads.account("i", "11111"), Seen)
        assert isinstance(reads.account("", "22222"), NotSeen), "no id says that it is this one"


@pytest.mark.parametrize("result", [*sorted(set(MEANINGS) - {0}), -1, 26, 99, 2**32])
def test_every_refusal_has_words_and_is_not_repeated(result: int) -> None:
    answer = wire.login_response(result=result, words=f"no {SECRETS[0]} {SECRETS[1]} \x1b[31m")
    with serving(saying([answer])) as server, pytest.raises(LoginRefused) as caught:
        server.read()
    assert caught.value.result == result
    assert "\x1b" not in str(caught.value)
    assert not [secret for secret in SECRETS if secret in str(caught.value)]
    assert len(server.got) == 1


def test_another_run_is_told_apart() -> None:
    six = wire.login_response(result=6)
    assert "another run reads with this login" in str(refused(saying([six])))
    assert "another run reads with this login" in str(refused(saying([OK, six])))
    later = saying([OK], [wire.subscribed(), BOTH[0], six])
    assert "another run reads with this login" in str(refused(later))


def garbage(connection: ServerConnection) -> None:
    connection.recv()
    connection.send(b"\xff\xff\xff\xff")


def text(connection: ServerConnection) -> None:
    connection.recv()
    connection.send("hello")


def bad_text(connection: ServerConnection) -> None:
    connection.recv()
    with connection.protocol_mutex:
        connection.protocol.send_text(b"\xff\xfe")
        connection.send_data()


def too_large(connection: ServerConnection) -> None:
    connection.recv()
    connection.send(bytes(2 * 2**20))


def no_frame(connection: ServerConnection) -> None:
    connection.recv()
    connection.socket.sendall(b"\xff" * 64)


def cut_off(connection: ServerConnection) -> None:
    connection.recv()
    connection.socket.close()


def leaving(code: int) -> Script:
    def script(connection: ServerConnection) -> None:
        connection.recv()
        connection.close(code, f"bye {SECRETS[0]}")

    return script


@pytest.mark.parametrize(
    ("script", "words", "code"),
    [
        (garbage, "what cannot be read", 1007),
        (text, "sent text", 1003),
        (bad_text, "no WebSocket frame", 1007),
        (too_large, "more than 1 MiB", 1009),
        (no_frame, "no WebSocket frame", 1002),
        (cut_off, "the connection broke", None),
        (leaving(1008), "closed the connection with 1008", 1008),
        (leaving(1011), "closed the connection with 1011", 1011),
        (leaving(4001), "closed the connection with 4001", 4001),
        (leaving(1000), "closed the connection with 1000", 1000),
    ],
)
def test_a_broken_conversation_has_words_and_the_right_end(
    script: Script, words: str, code: int | None
) -> None:
    with serving(script) as server, pytest.raises(SocketFailed) as caught:
        server.read(largest_message=2**20)
    assert words in str(caught.value)
    assert SECRETS[0] not in str(caught.value)
    assert server.closed == [code]


def test_silence_after_the_login_ends_in_time() -> None:
    assert "did not answer the login within 0.3 seconds" in str(refused(saying([]), **QUICK))


def test_a_server_that_only_lives_does_not_hold_the_client() -> None:
    def beating(connection: ServerConnection) -> None:
        connection.recv()
        while True:
            connection.send(wire.heartbeat())
            time.sleep(0.01)

    assert "did not answer the login" in str(refused(beating, **QUICK))


def test_a_silent_server_is_gone() -> None:
    script = saying([OK], [wire.subscribed()])
    with serving(script) as server:
        _, accounts = server.read(silence=0.2)
    assert "T4 sent nothing for 0.2 seconds" in accounts.incomplete


def test_the_client_shows_signs_of_life() -> None:
    beaten = threading.Event()

    def script(connection: ServerConnection) -> None:
        connection.recv()
        connection.send(OK)
        connection.recv()
        while connection.recv() and len(server.got) < 5:
            pass
        beaten.set()
        for frame in (wire.subscribed(), *BOTH):
            connection.send(frame)

    with serving(script) as server:
        _, accounts = server.read(heartbeat=0.02)
    assert beaten.is_set()
    assert isinstance(server.got[2], bytes)
    assert server.got[2][:1] == b"\x0a"
    assert accounts.incomplete == ""


@pytest.mark.parametrize(
    ("frames", "numbers", "incomplete"),
    [
        ([*BOTH, wire.subscribed()], {"11111", "22222"}, ""),
        ([wire.subscribed(), wire.details("I", "11111"), wire.details("J", "22222")], {"11111", "22222"}, ""),
        ([wire.subscribed(), *BOTH, wire.snapshot("k", "33333")], {"11111", "22222", "33333"}, ""),
        ([wire.subscribed(), *BOTH, wire.snapshot("k", "33333", firm="G")], {"11111", "22222"}, ""),
        ([wire.subscribed(), BOTH[0]], {"11111"}, "1 account of the login showed nothing"),
        ([*BOTH], {"11111", "22222"}, "did not answer the subscription"),
        ([wire.subscribed("22222 not found"), BOTH[0]], {"11111"}, ""),
        ([wire.subscribed("j"), BOTH[0]], {"11111"}, ""),
        ([wire.subscribed("something"), *BOTH], {"11111", "22222"}, "could not subscribe every account"),
        ([wire.subscribed(success=False), *BOTH], {"11111", "22222"}, "could not subscribe every account"),
        ([wire.subscribed(), wire.field(999, b"x"), wire.field(202, b"y"), *BOTH], {"11111", "22222"}, ""),
        ([wire.subscribed(), wire.snapshot("i", "11111", padding=2**21), BOTH[1]], {"11111", "22222"}, ""),
    ],
)
def test_what_was_seen_counts_and_whether_it_was_all(
    frames: list[bytes], numbers: set[str], incomplete: str
) -> None:
    with serving(saying([OK], frames)) as server:
        _, accounts = server.read(deadline=0.5 if incomplete else 30.0)
    assert {details.number for details in accounts.details.values()} == numbers
    assert accounts.incomplete.find(incomplete) >= 0
    assert bool(accounts.incomplete) == bool(incomplete)


def test_an_account_that_t4_would_not_show_is_known_to_be_unknown() -> None:
    with serving(saying([OK], [wire.subscribed("22222"), BOTH[0]])) as server:
        _, accounts = server.read()
    assert accounts.refused == {"j"}


def test_an_account_that_t4_would_not_show_this_time_is_not_missing() -> None:
    scripts = iter(
        [
            saying([OK], [wire.subscribed(), *BOTH]),
            saying([OK], [wire.subscribed("22222"), BOTH[0]]),
            saying([OK], [wire.subscribed(), *BOTH]),
        ]
    )
    held = Watch(frozenset())
    said = []
    with serving(lambda connection: next(scripts)(connection)) as server:
        for _ in range(3):
            with open_conversation(server.settings(), LOGIN) as conversation:
                said += [each.words for each in held.follow(conversation, lambda: True, lambda: None)]
    assert said == []


@pytest.mark.parametrize("result", [7, 8, 12, 13])
def test_what_was_seen_before_t4_ended_the_session_counts(result: int) -> None:
    ended = wire.login_response(result=result, words=f"bye {SECRETS[0]}")
    with serving(saying([OK], [wire.subscribed(), BOTH[0], ended])) as server:
        _, accounts = server.read()
    assert [details.number for details in accounts.details.values()] == ["11111"]
    assert accounts.incomplete.startswith(f"T4 ended the session with {MEANINGS[result].name} ({result})")
    assert SECRETS[0] not in accounts.incomplete


class Kept(dict[str, Any]):
    """A journal in memory."""

    find = dict.get
    forget = dict.pop

    def answered(self, key: str, now: str, answer: dict[str, str], sent: dict[str, str]) -> None:
        self[key] = Entry(key, answered=now, answer=answer)


@pytest.mark.parametrize(("result", "tries"), [(1, 1), (9, 1), (4, 3), (20, 3)])
def test_a_password_that_t4_refused_is_not_sent_again(result: int, tries: int) -> None:
    """By no run, and by no watch that a service unit starts anew."""
    reader = Reader("", "Firm", "reader", SECRETS[0], "App", SECRETS[1])
    with serving(saying([wire.login_response(result=result)])) as server:
        logins = SocketLogins(
            server.settings(reader=reader), lambda *_: "", RefusedLogins(Kept(), lambda value: str(value))
        )
        for _ in range(3):
            with pytest.raises(SocketFailed) as caught, logins.as_reader() as conversation:
                log_in(conversation)
        assert len(server.got) == tries
        assert caught.value.is_final
        logins.again = True
        with pytest.raises(LoginRefused), logins.as_reader() as conversation:
            log_in(conversation)


def test_the_newest_details_count() -> None:
    frames = [wire.subscribed(), *BOTH, wire.details("i", "11111", enabled=0)]
    with serving(saying([OK], frames)) as server:
        _, accounts = server.read(quiet=0.3)
    assert accounts.details["i"].enabled == "Disabled"


def test_a_login_without_a_firm_shows_no_account_of_its_own() -> None:
    answer = wire.login_response(firm="", accounts=[("i", "11111")])
    with serving(saying([answer], [wire.subscribed(), BOTH[0]])) as server:
        _, accounts = server.read()
    assert accounts.details == {}
    assert "names no firm" in accounts.incomplete


def test_a_connection_that_breaks_midway_keeps_what_it_showed() -> None:
    def script(connection: ServerConnection) -> None:
        saying([OK], [wire.subscribed(), BOTH[0]])(connection)
        connection.close(1011)

    with serving(script) as server:
        _, accounts = server.read()
    assert set(accounts.details) == {"i"}
    assert "closed the connection with 1011" in accounts.incomplete


def test_fragments_are_joined() -> None:
    def script(connection: ServerConnection) -> None:
        connection.recv()
        connection.send(iter([OK[:3], OK[3:10], OK[10:]]))
        connection.recv()
        connection.send(iter([wire.subscribed()]))
        for frame in BOTH:
            connection.send(iter(bytes([byte]) for byte in frame))

    with serving(script) as server:
        _, accounts = server.read()
    assert len(accounts.details) == 2


def test_fragments_without_end_do_not_hold_the_client() -> None:
    def script(connection: ServerConnection) -> None:
        connection.recv()
        with connection.protocol_mutex:
            connection.socket.sendall(Frame(Opcode.BINARY, b"", fin=False).serialize(mask=False))

    assert "did not answer the login" in str(refused(script, **QUICK))


def test_a_redirect_is_not_followed() -> None:
    with serving(saying([OK])) as elsewhere:
        with (
            serving(saying([OK]), redirect=elsewhere.url) as server,
            pytest.raises(SocketFailed, match="the server answered 302"),
        ):
            server.read()
        assert elsewhere.got == []


def test_a_certificate_that_is_not_trusted_ends_it(tmp_path: Path) -> None:
    certificate = certificate_in(tmp_path, "selfSigned")
    with (
        serving(saying([OK]), tls=certificate) as server,
        pytest.raises(SocketFailed, match="certificate is not trusted"),
    ):
        server.read()
    assert server.got == []


def test_a_trusted_certificate_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certificate_in(tmp_path, "trusted")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    with serving(saying([OK], [wire.subscribed(), *BOTH]), tls=certificate) as server:
        _, accounts = server.read()
    assert accounts.incomplete == ""


def test_nobody_listens() -> None:
    with serving(saying([])) as server:
        pass
    with pytest.raises(SocketFailed, match="nothing listens there"):
        server.read()


def test_two_thousand_accounts_cost_little() -> None:
    names = [(f"id-{number}", f"A{number}") for number in range(2_000)]
    answer = wire.login_response(accounts=names)
    frames = [wire.snapshot(*name, padding=2_000) for name in names]
    with serving(saying([answer], [wire.subscribed(), *frames])) as server:
        before = time.process_time()
        _, accounts = server.read()
        spent = time.process_time() - before
    assert len(accounts.details) == 2_000
    assert accounts.incomplete == ""
    assert spent < 10
    assert len(server.got) == 2


def test_an_api_key_is_all_that_is_sent() -> None:
    login = replace(LOGIN, fields=LoginFields(api_key="k"))
    with serving(saying([OK], [wire.subscribed(), *BOTH])) as server:
        server.read(login)
    assert server.got[0] == bytes.fromhex("12030a016b")
