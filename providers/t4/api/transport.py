"""One request, one answer: the only module that knows the HTTP library.

What can go wrong is sorted by the one question that matters afterwards: can T4 have seen the request?
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx

from providers.t4.api.credentials import LOGIN_PATH
from providers.t4.api.door import Permit
from providers.t4.api.network import Way, way_to
from providers.t4.api.no_connection import no_connection
from providers.t4.configuration.settings import Patience, Settings

LARGEST: Final = 64_000_000  # bytes of an answer with data: about 60,000 users in one list
LARGEST_REFUSAL: Final = 64_000  # bytes that are read of an answer without
_IDLE: Final = 15.0  # seconds that an unused connection is kept: less than any server or load balancer does


@dataclass(frozen=True)
class Received:
    """An answer with its status. The body is whole for 2xx; for other statuses perhaps only its beginning."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # lower-case names
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Unsent:
    """T4 cannot have seen the request. `why` is half a sentence; `lasting`: trying again soon is of no
    use."""

    why: str
    lasting: bool = False


@dataclass(frozen=True)
class Lost:
    """The request may have reached T4, its answer is lost. `status`: of an answer that broke off or was too
    long."""

    why: str
    status: int | None = None


Outcome = Received | Unsent | Lost


class Exchange:
    """Sends requests to the endpoint over kept connections. For many threads at once; never follows a
    redirect. Raises SettingsError for a proxy or certificates that cannot be used."""

    def __init__(
        self, settings: Settings, user_agent: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._endpoint = settings.endpoint.rstrip("/")
        self._patience: Patience = settings.patience
        self._monotonic = monotonic
        limits = httpx.Limits(
            max_connections=settings.max_in_flight,
            max_keepalive_connections=settings.max_in_flight,
            keepalive_expiry=_IDLE,
        )
        self._way = way = way_to(settings.endpoint)
        plain = self._endpoint.startswith("http:")
        # What is never used for TLS trusts nobody: reading the authorities' certificates takes 40 ms.
        trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else way.certificates()
        patience = settings.patience
        self._http = httpx.Client(
            transport=httpx.HTTPTransport(verify=trusted, limits=limits, proxy=_proxy(way, trusted)),
            trust_env=False,  # `way_to` has read what the environment says
            timeout=httpx.Timeout(
                connect=patience.connect, read=patience.read, write=patience.write, pool=patience.pool
            ),
            follow_redirects=False,
            # No cookie is kept: one that a login as another user set would speak for that user in later
            # calls.
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        authorization: str | None,
        permit: Permit | None = None,
    ) -> Outcome:
        """One attempt. `path` is percent-encoded and begins with /. Sends nothing but reads and logins
        without the door's permit."""
        if not permit and method != "GET" and path != LOGIN_PATH:
            raise ValueError(f"{method} {path} may change something, and has no permit of the door")
        headers = {"Authorization": authorization} if authorization else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            with self._http.stream(method, self._endpoint + path, content=body, headers=headers) as response:
                return self._received(response)
        except httpx.PoolTimeout:
            return Unsent(f"no connection was free within {_seconds(self._patience.pool)}")
        except httpx.ConnectTimeout:
            return Unsent(f"no connection within {_seconds(self._patience.connect)}")
        except httpx.ProxyError:
            return Unsent(f"the proxy that {self._way.variable} names refused the connection", lasting=True)
        except httpx.ConnectError as error:
            why, lasting = no_connection(error, "https")
            return Unsent(why, lasting)
        except (
            httpx.UnsupportedProtocol,
            httpx.InvalidURL,
            httpx.LocalProtocolError,
            UnicodeError,
            ValueError,
        ):
            return Unsent(
                "the request cannot be written as HTTP; check t4:endpoint and the credentials", lasting=True
            )
        except httpx.TimeoutException:
            return Lost(f"no answer within {_seconds(self._patience.read)}")
        except (httpx.HTTPError, httpx.StreamError):
            return Lost("the connection broke before an answer came")

    def _received(self, response: httpx.Response) -> Outcome:
        good = response.is_success
        limit = LARGEST if good else LARGEST_REFUSAL
        headers = {name.lower(): value for name, value in response.headers.items()}
        started = self._monotonic()
        body = bytearray()
        try:
            for piece in response.iter_raw():
                body += piece
                if len(body) > limit:
                    break
                if self._monotonic() - started > self._patience.answer:
                    raise httpx.ReadTimeout("")
        except (httpx.HTTPError, httpx.StreamError) as error:
            # A refusal is one even if its words broke off.
            if good:
                late = isinstance(error, httpx.TimeoutException)
                return Lost(
                    "its answer did not end in time" if late else "its answer broke off", response.status_code
                )
        content = _decoded(bytes(body[: limit + 1]), headers.get("content-encoding", ""), limit)
        if good and (content is None or len(content) > limit):
            why = (
                "its answer is packed in a way that cannot be read"
                if content is None
                else "its answer is too long"
            )
            return Lost(why, response.status_code)
        return Received(response.status_code, headers, (content or b"")[:limit])


def _proxy(way: Way, trusted: ssl.SSLContext) -> httpx.Proxy | None:
    """The proxy of a way. One that is reached over TLS is trusted as T4 itself is."""
    if way.proxy is None:
        return None
    return httpx.Proxy(way.proxy, ssl_context=trusted if way.proxy.startswith("https:") else None)


def _decoded(body: bytes, encoding: str, limit: int) -> bytes | None:
    """The body unpacked, at most one byte above the limit. Nothing packed was asked for, but some gateways
    pack anyway."""
    if encoding.strip().lower() in ("", "identity"):
        return body
    if encoding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return None
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        unpacked = unpacker.decompress(body, limit + 1)
    except zlib.error:
        return None
    return unpacked if unpacker.eof or len(unpacked) > limit else None


def _seconds(value: float) -> str:
    return f"{value:g} seconds"
