"""The simulated firm as an administrator and CTS see it over the WebSocket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from providers.t4.api.socket.conversation import open_conversation
from providers.t4.api.socket.login import SocketLogin
from providers.t4.api.socket.messages import LoginFields
from providers.t4.api.socket.reading import AccountsShown, LoginShown, accounts, log_in
from providers.t4.configuration.socket_settings import SocketSettings
from tests.clock import PATIENCE
from tests.engine.project import Simulator

OWN = "T4Firm"
PASSWORD = "Zq7-Wx9!Vk2"
EULA = {
    "collectedBy": "",
    "eulaVersion": "2",
    "signatures": [{"documentName": "LegalEULA", "signed": "2026-11-01T10:00:00"}],
}


@dataclass
class SocketPortal:
    """What only the /simulator/socket routes can do, and reads over the WebSocket."""

    simulator: Simulator

    def fault(self, name: str, **more: Any) -> None:
        self._send("POST", "faults", {"fault": name, **more})

    def user(self, username: str, **options: Any) -> None:
        self._send("PUT", f"users/{username}", options)

    def account(self, number: str, **options: Any) -> None:
        self._send("PUT", f"accounts/{number}", options)

    def reader(self, **options: Any) -> None:
        self._send("PUT", "reader", options)

    def pace(self, pause: float) -> None:
        self._send("POST", "pace", {"pause": pause})

    def sessions(self) -> list[dict[str, Any]]:
        got: list[dict[str, Any]] = self._send("GET", "sessions", None)["sessions"]
        return got

    def logins(self) -> list[tuple[str, int]]:
        """Who logged in over the WebSocket, with which result."""
        return [(call["body"]["username"], call["status"]) for call in self.simulator.requests("SOCKET")]

    def as_reader(self, **fields: str) -> SocketLogin:
        reader = self.simulator.reader | fields
        return SocketLogin(
            reader["userName"],
            LoginFields(
                firm=reader["firm"],
                username=reader["userName"],
                password=reader["password"],
                app_name=reader["appName"],
                app_license=reader["appLicense"],
            ),
        )

    def as_user(self, username: str, password: str = PASSWORD, **fields: str) -> SocketLogin:
        return self.as_reader(userName=username, password=password, **fields)

    def settings(self, **more: Any) -> SocketSettings:
        return SocketSettings(self.simulator.socket, **{"quiet": 0.1, **more})

    def read(self, login: SocketLogin, **settings: Any) -> tuple[LoginShown, AccountsShown]:
        with open_conversation(self.settings(**settings), login) as conversation:
            shown = log_in(conversation)
            return shown, accounts(conversation, shown)

    def log_in(self, login: SocketLogin) -> LoginShown:
        with open_conversation(self.settings(login_timeout=30.0), login) as conversation:
            return log_in(conversation)

    def ready(self, username: str) -> None:
        """Gives a user what it needs to log in: the firm's own application, and the EULA."""
        place = f"/admin/v1/users/{self.simulator.users()[username]['userID']}"
        self.simulator.admin("POST", f"{place}/applications", {"name": OWN})
        self.simulator.admin("POST", f"{place}/eula", EULA)

    def _send(self, method: str, place: str, body: Any) -> Any:
        url = f"{self.simulator.endpoint}/simulator/socket/{place}"
        answer = httpx.request(method, url, json=body, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.json()
