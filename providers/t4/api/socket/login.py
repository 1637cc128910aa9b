"""Who logs in, and whether the answer proves what it says."""

from __future__ import annotations

from dataclasses import dataclass, field

from providers.t4.api.onboarding_schema import same_id
from providers.t4.api.socket.messages import LoginAnswer, LoginFields


@dataclass(frozen=True)
class SocketLogin:
    """`who`: the login in words that may be shown. `user_id`: the id that the state has, "" where it has
    none."""

    who: str
    fields: LoginFields = field(repr=False)
    user_id: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may show."""
        return tuple(
            secret
            for secret in (self.fields.api_key, self.fields.password, self.fields.app_license)
            if secret
        )


def doubt(answer: LoginAnswer, login: SocketLogin) -> str:
    """Why a SUCCESS proves nothing; "" where it does. Half a sentence.

    An empty answer decodes as SUCCESS without roles and accounts, which is what a healthy fill user looks
    like (t4-websocket.md section 2, "Trap").
    """
    asked = login.fields
    if not answer.session_id or not answer.user_id:
        return "it names no session or no user"
    if login.user_id and not same_id(answer.user_id, login.user_id):
        return "it is about a user with another id"
    if asked.username and answer.username and not _same(answer.username, asked.username):
        return "it is about another user"
    if asked.firm and answer.firm and not _same(answer.firm, asked.firm):
        return "it is about another firm"
    if answer.roles and not any(answer.roles):
        return "its roles are blank"
    return ""


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.strip().casefold()
