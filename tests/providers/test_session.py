"""What one provider process keeps between calls, and which stack it works for."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from providers.t4.lifecycle import current_files
from providers.t4.records.record import UnreadableRecord
from providers.t4.records.users import UserInputs
from providers.t4.session import session as sessions
from tests.clock import PATIENCE
from tests.providers.stack import PROVIDERS


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> sessions.Session:
    made = sessions.Session(lambda _: None, "old", {})
    monkeypatch.setattr(sessions, "_session", made)
    return made


def test_what_is_asked_once_may_ask_for_something_else(session: sessions.Session) -> None:
    answers: list[str] = []

    def ask() -> None:
        answers.append(session.once("outer", lambda: session.once("inner", lambda: "answer")))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert answers == ["answer"]


def test_who_asks_for_something_else_does_not_wait(session: sessions.Session) -> None:
    asked, free = threading.Event(), threading.Event()

    def slow() -> str:
        asked.set()
        free.wait(PATIENCE)
        return "slow"

    thread = threading.Thread(target=lambda: session.once("slow", slow), daemon=True)
    thread.start()
    assert asked.wait(PATIENCE)
    assert session.once("fast", lambda: "fast") == "fast"
    free.set()
    thread.join(PATIENCE)


def test_a_call_of_the_engine_says_which_stack_it_is_for(
    session: sessions.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After `pulumi stack rename` a refresh gives the provider the old name (session/stack_name.py)."""
    provider = PROVIDERS["Firm"]
    seen: list[str] = []
    monkeypatch.setattr(current_files, "staying", lambda: [])

    class Reached(Exception):
        pass

    def reached(*_: object) -> Any:
        seen.append(sessions.session().stack)
        raise Reached

    for name in ("change", "shown", "forgotten"):
        monkeypatch.setattr(type(provider), name, reached)

    def engine(stack: str, act: str, *properties: object) -> None:
        request = SimpleNamespace(urn=f"urn:pulumi:{stack}::t4::pulumi-python:dynamic/t4:Firm::firm")
        with pytest.raises(Reached):
            getattr(provider, act)(*properties)
        assert request.urn  # the SDK's servicer has it under this name

    firm = {"firm": "Example Trading LLC", "present": True}
    engine("checked", "check", {}, firm)
    engine("read", "read", "firm", firm)
    engine("deleted", "delete", "firm", firm)
    assert seen[:2] == ["checked", "read"]
    assert seen[-1] == "deleted"


def test_a_state_that_cannot_be_read_tells_no_personal_detail() -> None:
    with pytest.raises(UnreadableRecord) as refused:
        UserInputs.from_props({"username": "trader.a", "person": {"phone": ["555-123-4567"]}})
    assert "person" in str(refused.value)
    assert "555" not in str(refused.value)
