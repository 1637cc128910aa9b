"""The connection to T4's WebSocket: frames, heartbeats, limits of time, size and count. The only module that
knows the WebSocket library."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from providers.t4.api.no_connection import no_connection
from providers.t4.api.redaction import Curtain
from providers.t4.api.retries import Timing
from providers.t4.api.socket.errors import SocketFailed
from providers.t4.api.socket.login import SocketLogin
from providers.t4.api.socket.messages import Event, Garbled, events, heartbeat
from providers.t4.configuration.settings import is_loopback
from providers.t4.configuration.socket_settings import SocketSettings

LARGEST_READ: Final = 2**30  # bytes of all frames of one read
_CLOSING: Final = 2.0  # seconds that T4 has to say goodbye
_NOT_TEXT: Final = 1003  # RFC 6455: data of a kind that is not accepted
_NOT_A_MESSAGE: Final = 1007  # RFC 6455: data that does not fit its kind

_silent = logging.getLogger("t4firm.socket")
# At its debug level the library writes whole frames, and with them passwords, to the log.
_silent.disabled = True


class _HandshakeRefused(Exception):
    """The server answered with another status than 101. The library would follow a redirect: credentials
    go where the settings say, and nowhere else."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__()


class _Connection(ClientConnection):
    def handshake(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().handshake(*args, **kwargs)
        except InvalidStatus as refused:
            raise _HandshakeRefused(refused.response.status_code) from None


@dataclass
class Conversation:
    """One connection, from its first frame to its last. For one thread."""

    settings: SocketSettings
    login: SocketLogin
    timing: Timing
    _connection: ClientConnection

    def __post_init__(self) -> None:
        now = self.timing.monotonic()
        self._beat_at = now + self.settings.heartbeat
        self._heard_at = now
        self._received = 0
        self._curtain = Curtain(self.login.secrets)

    def send(self, frame: bytes) -> None:
        """A connection that is closed meanwhile is told by `receive`, after what T4 sent before: it may say
        why."""
        with suppress(WebSocketException, OSError):
            self._connection.send(frame)

    def receive(self, until: float) -> list[Event] | None:
        """What the next frame says, which may be nothing; None when the time (`timing.monotonic`) is up.

        Raises SocketFailed when T4 closes, is silent, or sends what cannot be its own.
        """
        while (now := self.timing.monotonic()) < until:
            if now - self._heard_at >= self.settings.silence:
                raise self.failed(f"T4 sent nothing for {self.settings.silence:g} seconds")
            if now >= self._beat_at:
                self.send(heartbeat(int(self.timing.now() * 1000)))
                self._beat_at = now + self.settings.heartbeat
            wait = min(until, self._beat_at, self._heard_at + self.settings.silence) - now
            try:
                frame = self._connection.recv(timeout=wait)
            except TimeoutError:
                continue
            except (WebSocketException, OSError) as error:
                raise self._ended(error) from None
            self._heard_at = self.timing.monotonic()
            return self._events(frame)
        return None

    def failed(self, what: str, said: str = "", advice: str = "") -> SocketFailed:
        """An error about this login. `said`: T4's own words."""
        return SocketFailed(
            self.settings.address,
            self.login.who,
            what,
            said=self.shown(said),
            at=self.timing.stamp(),
            advice=advice,
        )

    def shown(self, words: str) -> str:
        """T4's words as they may be shown."""
        return self._curtain.hide(words)

    def _events(self, frame: str | bytes) -> list[Event]:
        if isinstance(frame, str):
            raise self._broken(_NOT_TEXT, "T4 sent text, which its protocol does not have")
        self._received += len(frame)
        if self._received > LARGEST_READ:
            raise self._broken(1000, f"T4 sent more than {LARGEST_READ // 2**20} MiB")
        try:
            return events(frame)
        except Garbled as error:
            raise self._broken(_NOT_A_MESSAGE, f"T4 sent what cannot be read: {error}") from None

    def _broken(self, code: int, what: str) -> SocketFailed:
        self._connection.close(code)
        return self.failed(what)

    def _ended(self, error: Exception) -> SocketFailed:
        if not isinstance(error, ConnectionClosed):
            return self.failed("the connection broke")
        ours, theirs = error.sent, error.rcvd
        if ours and not error.rcvd_then_sent and ours.code == 1009:
            mib = self.settings.largest_message // 2**20
            return self.failed(
                f"T4 sent a message of more than {mib} MiB",
                advice="t4:socketMessage allows larger ones.",
            )
        if ours and not error.rcvd_then_sent:
            return self.failed("T4 sent what is no WebSocket frame")
        if theirs is None:
            return self.failed("the connection broke")
        return self.failed(f"T4 closed the connection with {theirs.code}", said=theirs.reason)


@contextmanager
def open_conversation(
    settings: SocketSettings, login: SocketLogin, timing: Timing | None = None
) -> Iterator[Conversation]:
    """Connect; at the end say goodbye. Raises SocketFailed."""
    timing = timing or Timing()
    connection = _connected(settings, login, timing)
    try:
        yield Conversation(settings, login, timing, connection)
    finally:
        # With 1000 also where we do not believe T4: the conversation itself was in order.
        connection.close()


def _connected(settings: SocketSettings, login: SocketLogin, timing: Timing) -> ClientConnection:
    try:
        return connect(
            settings.url,
            create_connection=_Connection,
            compression=None,
            # A simulator on this machine is never reached through a proxy.
            proxy=None if is_loopback(settings.url) else True,
            open_timeout=settings.open_timeout,
            # The protocol has heartbeats of its own, and no demo of the vendor's pings.
            ping_interval=None,
            close_timeout=_CLOSING,
            max_size=settings.largest_message,
            logger=_silent,
        ).__enter__()
    except _HandshakeRefused as refused:
        what, advice = f"the server answered {refused.status}, which opens no WebSocket", "Check t4:socket."
    except TimeoutError:
        what, advice = f"no connection within {settings.open_timeout:g} seconds", ""
    except (OSError, WebSocketException, EOFError, ValueError) as error:
        what, advice = no_connection(error, "wss").why, ""
    raise SocketFailed(settings.address, login.who, what, at=timing.stamp(), advice=advice)
