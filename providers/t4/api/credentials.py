"""What proves to T4 who calls: an API key, or a token from a login (t4.md section 2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Protocol

from providers.t4.api.errors import Unauthorized
from providers.t4.api.onboarding_schema import Garbled
from providers.t4.configuration.settings import Login, Settings

LOGIN_PATH: Final = "/login"
_MARGIN: Final = 30.0  # seconds before its end that a token is renewed; the vendor's own clients do the same
_SHORTEST: Final = 30.0  # a token is used this long even if our clock says that it has ended: clocks differ


class Credentials(Protocol):
    """`header()` is the Authorization header of the next attempt; `renewed(header)` says after a 401 whether
    another one can be had."""

    def header(self) -> str: ...

    def renewed(self, header: str) -> bool: ...


class ApiKey:
    """`Authorization: APIKey …`, as the vendor's own client examples send it."""

    def __init__(self, key: str) -> None:
        self._header = f"APIKey {key}"

    def header(self) -> str:
        return self._header

    def renewed(self, header: str) -> bool:
        return False


@dataclass(frozen=True)
class Token:
    """What a login answers. `expires`: seconds since 1970; infinite where T4 does not say it."""

    text: str = field(repr=False)
    expires: float


class LoginToken:
    """`Authorization: Bearer …`: one login serves all threads, until the token is about to end or T4 refuses
    it."""

    def __init__(self, log_in: Callable[[], Token], now: Callable[[], float]) -> None:
        self._log_in = log_in
        self._now = now
        self._lock = Lock()
        self._header: str | None = None
        self._renew_at = 0.0
        self._refused: Unauthorized | None = None

    def header(self) -> str:
        """The header with a token that still holds. Raises the T4Error of the login that would not work.

        A login that T4 refused is not tried again: T4 locks users out (t4-details.md section 2, LOCKED_OUT).
        """
        with self._lock:
            if self._refused:
                raise self._refused.with_traceback(None)
            if self._header is None or self._now() >= self._renew_at:
                try:
                    token = self._log_in()
                except Unauthorized as refused:
                    self._refused = refused
                    raise
                self._header = f"Bearer {token.text}"
                self._renew_at = max(token.expires - _MARGIN, self._now() + _SHORTEST)
            return self._header

    def renewed(self, header: str) -> bool:
        """Give up the token that T4 refused, unless another thread has already done so."""
        with self._lock:
            if self._header == header:
                self._header = None
        return True


def login_body(login: Login, username: str | None = None, password: str | None = None) -> dict[str, str]:
    """The body of `POST /login`: of the configured user, or of another one of the same firm and
    application."""
    return {
        "firm": login.firm,
        "userName": login.userName if username is None else username,
        "password": login.password if password is None else password,
        "appName": login.appName,
        "appLicense": login.appLicense,
    }


def token_in(data: object) -> Token:
    """The token in a login's answer. Raises Garbled where there is none that could be sent as a header."""
    answer = data if isinstance(data, Mapping) else {}
    text, expires = answer.get("token"), answer.get("expires")
    if not isinstance(text, str) or not re.fullmatch(r"[\x21-\x7e]{1,16000}", text):
        raise Garbled("the answer holds no token")
    if isinstance(expires, str) and re.fullmatch(r"[0-9]{1,15}", expires):
        expires = int(expires)
    if not isinstance(expires, int | float) or isinstance(expires, bool):
        return Token(text, float("inf"))
    seconds = float(min(expires, 10**15))
    return Token(text, seconds / 1000 if seconds > 10**11 else seconds)  # milliseconds, as JavaScript counts


def secrets_of(settings: Settings) -> list[str]:
    """Everything in the settings that must never be shown."""
    login = settings.login
    given = [settings.api_key, settings.password_seed, login and login.password, login and login.appLicense]
    of_socket = settings.socket.secrets if settings.socket else []
    return [*(secret for secret in given if secret), *of_socket]
