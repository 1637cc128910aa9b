"""What the tests of the client have in common: a clock that does not wait, John Smith of seed 002, and a way
to call."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from providers.t4.api import OnboardingRequest, T4Client, T4Error, Timing
from providers.t4.configuration.settings import Login, Patience, Settings
from t4firm.operations import Operation, Operations

SAMPLES = Path(__file__).parent / "samples"
REQUEST: dict[str, Any] = json.loads((SAMPLES / "onboarding-request.json").read_text())
ANSWER: dict[str, Any] = json.loads((SAMPLES / "onboarding-response.json").read_text())

API_KEY = "key-4f+9/c2'7d&e8"
PASSWORD = REQUEST["User"]["password"]
LOGIN = Login(
    firm="EXT", userName="integrator", password='p4ss"w\\ord+é', appName="t4firm", appLicense="lic-77-88-99"
)
SEED = "only-for-tests-Vn3kqZr8TyPw5LcHx2mJd9Gf7bQs4u"


@dataclass
class Clock:
    """Time that passes only while the client sleeps."""

    time: float = 1_780_000_000.0
    slept: list[float] = field(default_factory=list)

    def timing(self) -> Timing:
        return Timing(now=self.read, monotonic=self.read, sleep=self.sleep, chance=lambda: 1.0)

    def read(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def settings(endpoint: str, **changes: Any) -> Settings:
    """With an API key; quick to give up on a silent server."""
    patience = Patience(connect=2, read=0.3, write=2, pool=2, answer=0.5)
    base = Settings(endpoint=endpoint, password_seed=SEED, api_key=API_KEY, patience=patience)
    return replace(base, **changes)


def operations(**known: dict[str, Any]) -> Operations:
    return Operations("test", {name: Operation.model_validate(fields) for name, fields in known.items()})


def client(
    endpoint: str, clock: Clock | None = None, known: Operations | None = None, **changes: Any
) -> T4Client:
    return T4Client(settings(endpoint, **changes), known or operations(), (clock or Clock()).timing())


def request(**user: Any) -> OnboardingRequest:
    """Seed 002's request, with some fields of its user changed."""
    return OnboardingRequest.model_validate({**REQUEST, "User": {**REQUEST["User"], **user}})


def answer(**changes: Any) -> dict[str, Any]:
    """Seed 002's answer, with some parts of its data changed."""
    changed = copy.deepcopy(ANSWER)
    changed["result"]["value"]["data"].update(changes)
    return changed


def failure(call: Any, *args: Any) -> T4Error:
    """The T4Error of a call that must fail with one."""
    try:
        call(*args)
    except T4Error as error:
        return error
    raise AssertionError("the call did not fail")
