"""Why T4 refuses a login, and what to do: the results of a LoginResponse (t4-websocket.md section 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

SUCCESS: Final = 0
FAILED: Final = 1
USER_NOT_ALLOWED: Final = 4
LOGGED_IN_ELSEWHERE: Final = 6
UNAUTHORIZED: Final = 9
PASSWORD_EXPIRED: Final = 14
LOCKED_OUT: Final = 18
MARKET_DATA_NOT_SETUP: Final = 20
PASSWORD_REFUSED: Final = (FAILED, UNAUTHORIZED)
"""Results of a wrong password: T4 locks a user after some of them."""
PASSING: Final = (LOGGED_IN_ELSEWHERE, 7, 8, 10, 12, 13)
"""Results after which the same login may work again."""


class Meaning(NamedTuple):
    """`says` goes on after "T4 refused the login with NAME:"; `advice` is one sentence."""

    name: str
    says: str
    advice: str


_PORTAL: Final = "in T4's portal"
_LATER: Final = "Run it again later; if it stays, ask T4.APISupport."
_APPLICATION: Final = (
    "Check appName and appLicense in t4:reader or t4:fillReader: T4.APISupport gave them, for simulation and "
    "live apart."
)
_SECOND_FACTOR: Final = (
    "T4's WebSocket has no field for a second factor: use a user without two-factor authentication."
)
_PASSWORD: Final = (
    f"Set a new password {_PORTAL} and in t4:reader, or raise `passwordVersion` of the fill user: the "
    "WebSocket cannot change it."
)

MEANINGS: Final[Mapping[int, Meaning]] = {
    0: Meaning("SUCCESS", "the login worked", ""),
    1: Meaning(
        "FAILED",
        "most likely the username or the password is wrong",
        f"Check both {_PORTAL} before the next run: T4 locks a user after some failed logins.",
    ),
    2: Meaning(
        "APPLICATION_NOT_VALID",
        "the application's name is not known, it is not enabled, or its licence is wrong",
        _APPLICATION,
    ),
    3: Meaning(
        "FIRM_NOT_ALLOWED",
        "the firm may not use this application",
        "Ask T4.APISupport to give the firm the application.",
    ),
    4: Meaning(
        "USER_NOT_ALLOWED",
        "this application is not assigned to the user",
        "Users > the user > setup > Applications: add it.",
    ),
    5: Meaning(
        "INCORRECT_VERSION", "the protocol is too old for T4", "Check the path of t4:socket (/v1 or /v2)."
    ),
    6: Meaning(
        "LOGGED_IN_ELSEWHERE",
        "another run reads with this login",
        "Wait until it has ended, then run this again.",
    ),
    7: Meaning("LOGOUT", "the session was logged out", _LATER),
    8: Meaning("UNEXPECTED_DISCONNECT", "the session ended unexpectedly", _LATER),
    9: Meaning(
        "UNAUTHORIZED",
        "the API key, or the username and the password, are not accepted",
        "Check t4:reader, or the user's password.",
    ),
    10: Meaning("UNEXPECTED_ERROR", "T4 has trouble of its own", _LATER),
    11: Meaning("ROLE_NOT_SUPPORTED", "this server does not serve the user's role", "Check t4:socket."),
    12: Meaning("API_MESSAGE_BACKLOG", "T4 had too many messages waiting for this session", _LATER),
    13: Meaning("SERVER_MESSAGE_BACKLOG", "T4 had too many messages waiting for this session", _LATER),
    14: Meaning("PASSWORD_EXPIRED", "the user's password has expired", _PASSWORD),
    16: Meaning("PASSWORD_CHANGE_FAILED", "the user's password must be changed", _PASSWORD),
    17: Meaning("PASSWORD_ALREADY_USED", "the user's password must be changed", _PASSWORD),
    18: Meaning("LOCKED_OUT", "the user is locked", "Users > the user > setup: unlock the user."),
    19: Meaning("ADDITIONAL_USERS_NOT_ALLOWED", "T4 allows no further user in this session", _LATER),
    20: Meaning(
        "MARKET_DATA_NOT_SETUP",
        "market data is not set up, or the EULA is not signed",
        "The person behind the user accepts the EULA at the first login, or it is sent with the user's data.",
    ),
    21: Meaning("TWO_FACTOR_NOT_SETUP", "the user needs a second factor", _SECOND_FACTOR),
    22: Meaning("TWO_FACTOR_FAILED", "the user needs a second factor", _SECOND_FACTOR),
    23: Meaning("FIX_SESSION_ERROR", "T4 has trouble with the session", _LATER),
    24: Meaning("TWO_FACTOR_REQUIRED", "the user needs a second factor", _SECOND_FACTOR),
    25: Meaning("USER_EXISTS", "T4 has trouble with the session", _LATER),
}


def meaning_of(result: int) -> Meaning:
    """Also of one that no document names."""
    return MEANINGS.get(result) or Meaning(
        "UNKNOWN", "no document says what this result means", "Ask T4.APISupport."
    )
