"""A simulated T4 and those who talk to it, for tests over real sockets."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from t4simulator.service import process
from tests.clock import PATIENCE

IMPATIENT = httpx.Timeout(PATIENCE, read=0.2)
"""Of a client that soon waits no more for an answer; it reaches the server all the same."""

SAMPLES = Path(__file__).parent / "samples"
REQUEST: dict[str, Any] = json.loads((SAMPLES / "onboarding-request.json").read_text())
RESPONSE: dict[str, Any] = json.loads((SAMPLES / "onboarding-response.json").read_text())
PASSWORD = "Qz%8wLpXv!mmT"
ONBOARDING = "/admin/v1/onboarding"


def onboarding(username: str = "trader.a", account: str = "11111", **user: str) -> dict[str, Any]:
    """A request as in seed 002 for another person; `user` replaces or adds fields of the User object."""
    request = copy.deepcopy(REQUEST)
    request["User"] |= {"username": username, "password": PASSWORD} | user
    request["Account"] |= {"account": account, "accountName": account}
    return request


@dataclass
class World:
    """One running simulator: `t4` calls it with the API key, `control` without credentials."""

    run: process.Run
    t4: httpx.Client
    control: httpx.Client

    def close(self) -> None:
        self.t4.close()
        self.control.close()

    def onboard(self, username: str = "trader.a", account: str = "11111", **user: str) -> dict[str, Any]:
        """Onboards and returns `data` of the answer."""
        answer = self.t4.post(ONBOARDING, json=onboarding(username, account, **user))
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["result"]["value"]["data"]
        return data

    def state(self) -> dict[str, Any]:
        read: dict[str, Any] = self.control.get("/simulator/state").json()
        return read

    def requests(self) -> list[dict[str, Any]]:
        read: list[dict[str, Any]] = self.control.get("/simulator/requests").json()["requests"]
        return read

    def fault(self, do: dict[str, Any], **rule: Any) -> None:
        answer = self.control.post("/simulator/faults", json={"do": do, **rule})
        assert answer.status_code == 200, answer.text

    def held(self) -> list[dict[str, Any]]:
        read: list[dict[str, Any]] = self.control.get("/simulator/held").json()["requests"]
        return read

    def let_go(self) -> None:
        self.control.delete("/simulator/held").raise_for_status()

    def login(self, **fields: str) -> httpx.Response:
        """POST /login as the service, or with other fields."""
        with httpx.Client(base_url=self.run.endpoint, timeout=PATIENCE) as client:
            return client.post("/login", json=self.run.login | fields)


def open_world(run: process.Run) -> World:
    key = {"Authorization": f"APIKey {run.api_key}"}
    return World(
        run,
        httpx.Client(base_url=run.endpoint, headers=key, timeout=PATIENCE),
        httpx.Client(base_url=run.endpoint, timeout=PATIENCE),
    )


def errors(answer: httpx.Response) -> dict[str, str]:
    """Field -> what is wrong with it."""
    return {entry["field"]: entry["message"] for entry in answer.json()["errors"]}


def soon(true: Callable[[], Any]) -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end
        time.sleep(0.01)
    return found
