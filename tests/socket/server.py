"""A server that sends what a test tells it, whatever the protocol says."""

import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.datastructures import Headers
from websockets.exceptions import WebSocketException
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from providers.t4.api.socket.conversation import open_conversation
from providers.t4.api.socket.login import SocketLogin
from providers.t4.api.socket.messages import LoginFields
from providers.t4.api.socket.reading import AccountsShown, LoginShown, accounts, log_in
from providers.t4.configuration.socket_settings import SocketSettings
from t4simulator.service.certificates import Certificate

SECRETS = ("Pass-Word-1", "licence-0815")
LOGIN = SocketLogin(
    "reader",
    LoginFields(firm="Firm", username="reader", password=SECRETS[0], app_name="Ours", app_license=SECRETS[1]),
)

Script = Callable[[ServerConnection], None]


@dataclass
class Server:
    """Where it listens; the frames that it got, and with which code the client closed."""

    url: str = ""
    got: list[bytes | str] = field(default_factory=list)
    closed: list[int | None] = field(default_factory=list)

    def settings(self, **more: Any) -> SocketSettings:
        """Patient where something is to come, quick where nothing will."""
        return SocketSettings(self.url, **{"quiet": 0.05, "deadline": 30.0, "login_timeout": 30.0, **more})

    def read(
        self, login: SocketLogin = LOGIN, firm_id: str = "", **settings: Any
    ) -> tuple[LoginShown, AccountsShown]:
        with open_conversation(self.settings(**settings), login) as conversation:
            shown = log_in(conversation)
            return shown, accounts(conversation, shown, firm_id)


@contextmanager
def serving(script: Script, *, redirect: str = "", tls: Certificate | None = None) -> Iterator[Server]:
    """`script` is run for each connection; then the client has its time to close. `redirect`: where every
    request is sent instead."""
    server = Server()
    quiet = logging.getLogger("tests.socket")
    quiet.disabled = True

    def handle(connection: ServerConnection) -> None:
        try:
            script(_Recording(connection, server.got))  # type: ignore[arg-type]
            while True:
                server.got.append(connection.recv())
        except (WebSocketException, OSError):
            pass
        server.closed.append(connection.protocol.close_rcvd.code if connection.protocol.close_rcvd else None)

    def moved(connection: ServerConnection, request: Request) -> Response | None:
        return Response(302, "Found", Headers(Location=redirect)) if redirect else None

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
    if context and tls:
        context.load_cert_chain(tls.chain, tls.key)
    with serve(
        handle,
        "127.0.0.1",
        0,
        ssl=context,
        process_request=moved,
        max_size=None,
        compression=None,
        close_timeout=2,
        logger=quiet,
    ) as listening:
        server.url = f"{'wss' if tls else 'ws'}://127.0.0.1:{listening.socket.getsockname()[1]}/v1"
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


class _Recording:
    """A connection that notes what it receives."""

    def __init__(self, connection: ServerConnection, got: list[bytes | str]) -> None:
        self._connection, self._got = connection, got

    def recv(self, timeout: float | None = None) -> bytes | str:
        received = self._connection.recv(timeout)
        self._got.append(received)
        return received

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def saying(*answers: list[bytes]) -> Script:
    """To the first frame the first frames, to the second the second, …"""

    def script(connection: ServerConnection) -> None:
        for frames in answers:
            connection.recv()
            for frame in frames:
                connection.send(frame)

    return script
