"""What somebody does in T4's portal, behind the firm file's back."""

from typing import Any

import httpx

from tests.clock import PATIENCE
from tests.engine.project import Simulator


class Portal:
    """Each call is one change that nobody wrote into the file."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def change_user(self, username: str, **fields: Any) -> None:
        self._user("PATCH", username, "", fields)

    def delete_user(self, username: str) -> None:
        httpx.post(
            f"{self.simulator.endpoint}/simulator/administrator/delete-user",
            json={"username": username},
            timeout=PATIENCE,
        ).raise_for_status()

    def habits(self, **habits: Any) -> None:
        """What this T4 does in its own way: `pageSize`, `phoneDigits`."""
        httpx.post(
            f"{self.simulator.endpoint}/simulator/habits", json=habits, timeout=PATIENCE
        ).raise_for_status()

    def give_role(self, username: str, role: str) -> None:
        self._user("POST", username, "/roles", {"role": role})

    def take_role(self, username: str, role: str) -> None:
        self._user("DELETE", username, f"/roles/{role}")

    def give_application(self, username: str, application: str) -> None:
        self._user("POST", username, "/applications", {"name": application})

    def take_application(self, username: str, application: str) -> None:
        self._user("DELETE", username, f"/applications/{application}")

    def assign(self, username: str, account: str) -> None:
        self._user("POST", username, "/accounts", {"accountID": self._account(account)})

    def unassign(self, username: str, account: str) -> None:
        self._user("DELETE", username, f"/accounts/{self._account(account)}")

    def make_account(self, username: str, number: str, displayName: str = "") -> None:  # noqa: N803
        account = {"account": number, "accountName": number, "templateAccount": "DefaultTemplate"}
        user_id = self.simulator.users()[username]["userID"]
        body = {**account, "displayName": displayName, "userID": user_id}
        self.simulator.admin("POST", "/admin/v1/accounts", body)

    def change_account(self, number: str, **fields: Any) -> None:
        self.simulator.admin("PATCH", f"/admin/v1/accounts/{self._account(number)}", fields)

    def subscribe(self, username: str, exchange: str, kind: str) -> None:
        """`kind` None ends the subscription, which no call of T4 does: the simulator is told of a type."""
        updates = [{"clearingExchange": exchange, "marketDataType": kind}]
        self._user("PATCH", username, "/marketdata", {"updates": updates})

    def end_subscription(self, username: str, exchange: str) -> None:
        httpx.put(
            f"{self.simulator.endpoint}/simulator/exchanges/{exchange}",
            json={"types": ["Depth", "TOB", "Delayed", "None"]},
            timeout=PATIENCE,
        ).raise_for_status()
        self.subscribe(username, exchange, "None")

    def _account(self, number: str) -> str:
        return str(self.simulator.accounts()[number]["accountID"])

    def _user(self, method: str, username: str, place: str, body: Any = None) -> None:
        user_id = self.simulator.users()[username]["userID"]
        self.simulator.admin(method, f"/admin/v1/users/{user_id}{place}", body)
