"""Why no connection to T4 came about, in words for a person."""

from __future__ import annotations

import socket
import ssl
from typing import NamedTuple


class NoConnection(NamedTuple):
    """`why` is half a sentence; `lasting`: trying again soon is of no use."""

    why: str
    lasting: bool


def no_connection(error: BaseException, scheme: str) -> NoConnection:
    """From the error that the operating system or the TLS library gave. `scheme`: the one that the address
    should have, like https."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = cause.verify_message or "it cannot be verified"
            return NoConnection(
                f"the server's TLS certificate is not trusted ({reason}); if your network has an authority "
                "of its own, name its certificates in SSL_CERT_FILE",
                lasting=True,
            )
        if isinstance(cause, ssl.SSLError):
            early = isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError)
            return NoConnection(
                f"no TLS connection could be agreed on; check that the endpoint is {scheme}",
                lasting=not early,
            )
        if isinstance(cause, socket.gaierror):
            temporary = cause.errno == socket.EAI_AGAIN
            return NoConnection("its host name is not known (DNS)", lasting=not temporary)
        if isinstance(cause, ConnectionRefusedError):
            return NoConnection("the connection was refused: nothing listens there", lasting=False)
    return NoConnection("no connection could be made", lasting=False)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
