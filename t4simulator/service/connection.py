"""The TCP connection: answers that leave in one piece, and connections that break on purpose."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol


class JoinedWrites(asyncio.Transport):
    """Sends what is written within one turn of the event loop in one piece.

    uvicorn writes head and body apart; together with a client's delayed ACK two small segments can cost 40
    ms. (asyncio sets TCP_NODELAY itself.) Also gives the application a way to break the connection.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._pending: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not data:
            return
        if not self._pending:
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending.append(bytes(data))

    def _flush(self) -> None:
        pending, self._pending = b"".join(self._pending), []
        if pending and not self._transport.is_closing():
            self._transport.write(pending)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        self._pending.clear()
        self._transport.abort()

    def reset(self) -> None:
        """Ends the connection at once with a TCP reset: the other side sees "connection reset by peer"."""
        connection = cast("socket.socket", self.get_extra_info("socket"))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """When a connection becomes a WebSocket."""
        self._transport.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._transport.get_protocol()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()


class T4Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, with the connection's transport in each request's `state["transport"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        joined = JoinedWrites(transport)
        self.app_state = {**self.app_state, "transport": joined}
        super().connection_made(joined)
