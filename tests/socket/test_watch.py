"""`t4firm watch`: what changes in T4 is said while it runs, also what changed while the connection was
away."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from providers.t4.api.socket.conversation import open_conversation
from providers.t4.configuration.stack_files import load_stack
from providers.t4.reports.account_watch import Watch
from providers.t4.session.socket_reads import FillUser, SocketReads
from t4firm_cli import watch
from tests import outputs
from tests.clock import PATIENCE
from tests.providers.portal import Portal
from tests.providers.stack import ROOT, Stack
from tests.socket.portal import SocketPortal
from tests.socket.test_seen import FILL, READER, firm, the_administrator_does_all


class Console:
    """What a watch prints."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out, self.err = "", ""

    def read(self) -> None:
        said = self._capsys.readouterr()
        self.out, self.err = self.out + said.out, self.err + said.err

    def wait(self, condition: Callable[[], Any]) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until, self.out + self.err
            time.sleep(0.02)
            self.read()

    def lines(self) -> list[dict[str, Any]]:
        """Each fits the schema of what a watch prints."""
        outputs.check(("watch", "--json"), 0, self.out)
        return [json.loads(line) for line in self.out.splitlines()]

    def words(self) -> list[str]:
        return [line["words"] for line in self.lines()]


@pytest.fixture
def console(capsys: pytest.CaptureFixture[str]) -> Console:
    return Console(capsys)


@contextmanager
def watching(stack: Stack, console: Console) -> Iterator[SocketReads]:
    """A watch of the stack's firm, until the end of the block; it must end when it is asked to."""
    files = load_stack(stack.folder / "test.firm.yaml", stack.operations, ROOT)
    stopping, codes = threading.Event(), list[int]()
    with stack.session() as session:
        socket = session.socket
        assert socket

        def run() -> None:
            codes.append(watch.follow(socket, files, stopping, as_json=True))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield socket
        finally:
            stopping.set()
            thread.join(PATIENCE)
            console.read()
        assert not thread.is_alive()
        assert codes in ([0], [1])


@pytest.fixture
def settled(seen: Stack, hands: Portal, socket: SocketPortal, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setattr(watch, "FIRST_PAUSE", 0.05)
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    return seen


def connected(console: Console, times: int = 1) -> Callable[[], bool]:
    return lambda: console.err.count(f"Connected as {READER}: watching 4 accounts.") == times


def test_changes_are_said_within_seconds(settled: Stack, hands: Portal, console: Console) -> None:
    with watching(settled, console):
        console.wait(connected(console))
        hands.change_account("11111", enabled="Disabled")
        console.wait(lambda: len(console.lines()) == 1)
        hands.make_account("trader.b", "99999")
        console.wait(lambda: len(console.lines()) == 2)
        hands.change_account("22222", displayName="A person's name")
        console.wait(lambda: len(console.lines()) == 3)
    assert console.words() == [
        "state of account 11111 was Enabled, and is Disabled",
        "account 99999 appeared in T4, but the firm file does not have it",
        "displayName of account 22222 changed",
    ]
    first, second, _ = console.lines()
    assert (first["account"], first["what"], first["known"]) == ("11111", "changed", True)
    assert (second["what"], second["known"]) == ("appeared", False)


def test_a_connection_that_breaks_is_made_again(
    settled: Stack, hands: Portal, socket: SocketPortal, console: Console
) -> None:
    socket.fault("cut", username=READER, times=1)
    with watching(settled, console):
        console.wait(connected(console))
        hands.change_account("33333", enabled="Enabled")
        console.wait(lambda: console.lines())
    assert console.words() == ["state of account 33333 was Disabled, and is Enabled"]
    assert "Connecting again" in console.err


def test_what_changed_while_there_was_no_connection_is_said_by_the_next(
    settled: Stack, hands: Portal, socket: SocketPortal
) -> None:
    held = Watch(frozenset({"11111", "22222", "33333"}))

    def read() -> list[str]:
        with open_conversation(socket.settings(), socket.as_reader()) as conversation:
            return [change.words for change in held.follow(conversation, lambda: True, lambda: None)]

    assert read() == []
    hands.change_account("11111", enabled="Disabled")
    hands.make_account("trader.b", "99999")
    socket.account("33333", deleted=True)
    assert sorted(read()) == [
        "account 33333 was deleted in T4",
        "account 99999 appeared in T4, but the firm file does not have it",
        "state of account 11111 was Enabled, and is Disabled",
    ]
    socket.fault("close1011", username=READER)
    assert read() == [], "an incomplete list says nothing about what it lacks"
    socket.reader(allAccounts=False)
    assert len(read()) == 4, "accounts that a complete list lacks are told"


def test_a_deleted_account_is_said(settled: Stack, socket: SocketPortal, console: Console) -> None:
    with watching(settled, console):
        console.wait(connected(console))
        socket.account("33333", deleted=True)
        console.wait(lambda: console.lines())
    assert console.words() == ["account 33333 was deleted in T4"]


def test_another_run_with_this_login_ends_the_watch(
    settled: Stack, socket: SocketPortal, console: Console
) -> None:
    settled.simulator.forget_requests()
    with watching(settled, console):
        console.wait(connected(console))
        socket.log_in(socket.as_reader())
        console.wait(lambda: "another run reads with this login" in console.err)
    assert socket.logins().count((READER, 0)) == 2, "it does not throw the other one out"


def test_a_watch_does_not_try_a_refused_password_again(
    settled: Stack, socket: SocketPortal, console: Console
) -> None:
    """A service unit that starts it anew would lock the reader out."""
    right = json.loads(settled.settings["t4:reader"])
    settled.settings["t4:reader"] = json.dumps({**right, "password": "Wrong-Pass-1"})
    for said in ("FAILED (1)", "it is not tried again"):
        with watching(settled, console):
            console.wait(lambda said=said: said in console.err)  # type: ignore[misc]
    assert socket.logins().count((READER, 1)) == 1


def test_no_user_of_the_firm_file_reads(settled: Stack, socket: SocketPortal, console: Console) -> None:
    right = json.loads(settled.settings["t4:reader"])
    settled.settings["t4:reader"] = json.dumps({**right, "userName": "Trader.A"})
    with watching(settled, console):
        console.wait(lambda: "never logs in as a trader" in console.err)
    assert any("never logs in as a trader" in words for words in settled.live(firm()).failed)
    assert "trader.a" not in {name.casefold() for name, _ in socket.logins()}


def test_what_is_no_concern_of_the_file_is_not_said(
    settled: Stack, hands: Portal, socket: SocketPortal, console: Console
) -> None:
    settled.settings["t4:ignoreAccounts"] = "777*"
    with watching(settled, console):
        console.wait(connected(console))
        hands.make_account("trader.b", "77777")
        hands.make_account("trader.b", "88888")
        console.wait(lambda: console.lines())
    assert [line["account"] for line in console.lines()] == ["88888"]


def test_a_role_of_the_fill_user_is_a_violation(
    settled: Stack, hands: Portal, console: Console, tmp_path: Path
) -> None:
    stopping = threading.Event()
    with settled.session() as session:
        socket = session.socket
        assert socket
        socket.introduce(FillUser(FILL, version=1))
        reading = watch.FillReading(socket, 0.05, stopping, as_json=True)
        reading.start()
        hands.give_role(FILL, "Trading")
        console.wait(lambda: console.lines())
        hands.take_role(FILL, "Trading")
        console.wait(lambda: len(console.lines()) >= 2)
        hands.unassign(FILL, "33333")
        console.wait(lambda: len(console.lines()) >= 3)
        stopping.set()
        reading.join(PATIENCE)
    assert console.words() == [
        f"VIOLATION: {FILL} has Trading, but must not",
        f"the roles of {FILL} are now: none",
        f"{FILL} sees 3 accounts, and saw others before",
    ]
