"""A T4 on loopback that does what a test tells it, request by request: answer, reset, delay, garble,
redirect."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol


@dataclass(frozen=True)
class Heard:
    """A request as it came over the wire."""

    method: str
    path: str  # raw: still percent-encoded
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    connection: int  # the client's port: the same for requests over one connection

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Step(Protocol):
    def play(self, handler: Handler) -> None: ...


@dataclass(frozen=True)
class Reply:
    """An answer. `body`: bytes as they are, anything else as JSON. `length`: another Content-Length than the
    true one."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None

    def play(self, handler: Handler) -> None:
        if self.body is None:
            content = b""
        else:
            content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        handler.send_response(self.status)
        for name, value in {"Content-Type": "application/json", **self.headers}.items():
            handler.send_header(name, value)
        if self.status != 204:
            handler.send_header("Content-Length", str(len(content) if self.length is None else self.length))
        handler.end_headers()
        handler.wfile.write(content)
        if self.length is not None:
            handler.close_connection = True


@dataclass(frozen=True)
class Reset:
    """The connection is reset after the request has come in."""

    def play(self, handler: Handler) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.close_connection = True
        # The files that http.server keeps would hold the socket open.
        handler.wfile.close()
        handler.rfile.close()
        handler.connection.close()


@dataclass(frozen=True)
class Late:
    """An answer after a time; `drip` sends its body byte by byte with that pause instead."""

    seconds: float
    reply: Reply = field(default_factory=Reply)
    drip: bool = False

    def play(self, handler: Handler) -> None:
        if not self.drip:
            time.sleep(self.seconds)
            self.reply.play(handler)
            return
        handler.send_response(self.reply.status)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(self.seconds)


@dataclass(frozen=True)
class Together:
    """An answer once as many requests are there as the barrier has parties."""

    barrier: threading.Barrier
    reply: Reply

    def play(self, handler: Handler) -> None:
        self.barrier.wait(timeout=60)
        self.reply.play(handler)


@dataclass(frozen=True)
class Raw:
    """Bytes in place of an HTTP answer."""

    content: bytes

    def play(self, handler: Handler) -> None:
        handler.wfile.write(self.content)
        handler.close_connection = True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave in one piece
    server: ThreadingHTTPServer

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (OSError, ValueError):  # a reset closes the files below http.server's feet
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            return

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        heard = Heard(self.command, self.path, headers, body, self.client_address[1])
        owner: ScriptedT4 = self.server.owner  # type: ignore[attr-defined]
        owner.next_step(heard).play(self)
        try:
            self.wfile.flush()
        except (OSError, ValueError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = answer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test looks at what was heard."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the play."""


class ScriptedT4:
    """Plays `script` in the order of the requests, the last step again and again; `by_path` goes before
    it."""

    def __init__(self, *script: Step, tls: ssl.SSLContext | None = None) -> None:
        self.script: list[Step] = list(script) or [Reply()]
        self.by_path: dict[str, Callable[[Heard], Step]] = {}
        self.heard: list[Heard] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.owner = self  # type: ignore[attr-defined]
        self._scheme = "http"
        if tls is not None:
            self._scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def endpoint(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def next_step(self, heard: Heard) -> Step:
        with self._lock:
            self.heard.append(heard)
            if heard.path in self.by_path:
                return self.by_path[heard.path](heard)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def paths(self) -> list[str]:
        return [heard.path for heard in self.heard]

    def __enter__(self) -> ScriptedT4:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
