"""The two logins of a stack over T4's WebSocket, and which of them are not tried: nothing here logs in as
anybody else, nor with a password that T4 has refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from providers.t4.api.socket.results import PASSWORD_REFUSED
from providers.t4.session.refused_login import RefusedLogins
from t4firm.model.names import folded

if TYPE_CHECKING:
    from providers.t4.api.socket.conversation import Conversation
    from providers.t4.api.socket.login import SocketLogin
    from providers.t4.configuration.socket_settings import SocketSettings


@dataclass
class SocketLogins:
    """`password`: derives the password of a user's version; `people`: the users of the firm file, without
    case; `again`: a person asks, so a login that T4 refused in an earlier run is tried once more."""

    settings: SocketSettings
    password: Callable[[str, int], str]
    refused: RefusedLogins
    people: frozenset[str] = frozenset()
    again: bool = False

    def as_fill_user(self, username: str, version: int, user_id: str) -> AbstractContextManager[Conversation]:
        """A conversation of the fill user's, with the firm's own application. Raises SocketFailed; NotTried
        for a password that T4 has refused."""
        from providers.t4.api.socket.login import SocketLogin
        from providers.t4.api.socket.messages import LoginFields

        fill = self.settings.fill
        if fill is None:
            raise ValueError("t4:fillReader is not set")
        fields = LoginFields(
            firm=fill.firm,
            username=username,
            password=self.password(username, version),
            app_name=fill.appName,
            app_license=fill.appLicense,
        )
        return self._conversation(SocketLogin(username, fields, user_id))

    def as_reader(self) -> AbstractContextManager[Conversation]:
        """A conversation of the reader's. Raises SocketFailed; NotTried for a login that must not be."""
        from providers.t4.api.socket.errors import NotTried
        from providers.t4.api.socket.login import SocketLogin
        from providers.t4.api.socket.messages import LoginFields

        reader = self.settings.reader
        if reader is None:
            raise ValueError("t4:reader is not set")
        if folded(reader.userName) in self.people:
            what = f"{self.reader} is a user of the firm file, and t4-firm never logs in as a trader to read"
            advice = "Give t4:reader a user of its own (docs/reading-t4.md)."
            raise NotTried(self.settings.address, self.reader, what, at="", advice=advice)
        fields = LoginFields(
            api_key=reader.apiKey,
            firm=reader.firm,
            username=reader.userName,
            password=reader.password,
            app_name=reader.appName,
            app_license=reader.appLicense,
        )
        return self._conversation(SocketLogin(self.reader, fields))

    @property
    def reader(self) -> str:
        """The reader in words that may be shown."""
        return (self.settings.reader and self.settings.reader.userName) or "the API key's user"

    @contextmanager
    def _conversation(self, login: SocketLogin) -> Iterator[Conversation]:
        """A password that T4 refused before is not tried again, and one that it refuses now is remembered. An
        API key locks nobody out."""
        from providers.t4.api.socket.conversation import open_conversation
        from providers.t4.api.socket.errors import LoginRefused, NotTried

        username, password = login.fields.username, login.fields.password
        before = self.refused.before(username, password) if password else ""
        if before and not self.again:
            what = f"T4 refused this password at {before}, and it is not tried again: T4 locks users out"
            advice = "When the reason is settled, run `t4firm doctor`, which tries it once."
            raise NotTried(self.settings.address, login.who, what, at=before, advice=advice)
        try:
            with open_conversation(self.settings, login) as conversation:
                yield conversation
        except LoginRefused as refusal:
            if password and refusal.result in PASSWORD_REFUSED:
                self.refused.remember(username, password, refusal.at)
            raise
        if before:
            self.refused.forget(username)
