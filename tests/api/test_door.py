"""One door: no call that changes something is made around it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.t4.api import T4Client, Unreviewed
from providers.t4.api.door import ONBOARDING, Door, Permit, without_later
from providers.t4.api.transport import Exchange, Received
from t4firm.operations import LISTS, READS, Operations, load_operations
from tests.api.calls import ANSWER, Clock, request, settings
from tests.api.scripted import Reply, ScriptedT4

ROOT = Path(__file__).parents[2]
FULL = load_operations("stacks/demo.operations.yaml", ROOT)
VALUES = {
    **{"userID": "U1", "username": "trader.a", "accountID": "A1", "account": "11111"},
    **{"role": "Trading", "application": "WhenTech", "templateAccount": "T", "accountName": "N"},
    **{"displayName": "D", "updates": [], "changes": {"phone": "1"}},
    **{"collectedBy": "", "eulaVersion": "2", "signatures": []},
}


@pytest.fixture
def t4() -> Iterator[ScriptedT4]:
    with ScriptedT4(Reply(200, ANSWER)) as scripted:
        yield scripted


def client(t4: ScriptedT4, door: Door, known: Operations = FULL) -> T4Client:
    return T4Client(settings(t4.endpoint), known, Clock().timing(), door)


def test_a_run_of_a_list_makes_no_call_that_is_not_on_it(t4: ScriptedT4) -> None:
    with client(t4, Door(b"key", ())) as calling:
        with pytest.raises(Unreviewed, match=r"onboarding for .* was not reviewed"):
            calling.onboard(request())
        for operation in sorted(set(FULL) - READS):
            with pytest.raises(Unreviewed, match=f"{operation} for .* was not reviewed") as refused:
                calling.call(operation, VALUES)
            assert refused.value.happened == "no"
    assert t4.heard == []


def test_what_is_on_the_list_is_called_and_reads_need_no_list(t4: ScriptedT4) -> None:
    door = Door(b"key")
    with client(t4, door) as planning:
        listed = planning.onboarding_call(request()).change
    assert listed is not None
    with client(t4, Door(b"key", (listed,))) as calling:
        assert calling.onboard(request()).data.user.userID
        for operation in sorted(READS - LISTS):
            assert calling.operation_call(operation, VALUES).change is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_sent_without_the_doors_permit(t4: ScriptedT4, method: str) -> None:
    exchange = Exchange(settings(t4.endpoint), "tests")
    with pytest.raises(ValueError, match="has no permit of the door"):
        exchange.send(method, "/admin/v1/users", b"{}", None)
    assert t4.heard == []
    assert isinstance(exchange.send("GET", "/admin/v1/users", None, None), Received)
    exchange.close()


def test_only_the_door_makes_a_permit() -> None:
    with pytest.raises(ValueError, match="only the door"):
        Permit(Door().call("x", ("y",), "POST", "/", None), object())
    makers = {
        file.name
        for file in (ROOT / "providers").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Permit"
    }
    assert makers == {"door.py"}


def test_only_the_exchange_talks_http() -> None:
    """So that nothing calls T4 beside it; the socket only reads."""
    talkers = {
        file.name
        for file in (ROOT / "providers").rglob("*.py")
        if any(
            each in file.read_text()
            for each in ("httpx.Client(", "urlopen", "HTTPConnection", "import requests")
        )
    }
    assert talkers == {"transport.py"}


def mark(*, key: bytes = b"key", path: str = "/p", body: object = None, about: str = "trader.a") -> str:
    return Door(key).call("updateUser", (about,), "PATCH", path, body).mark


def test_a_mark_is_of_all_that_is_sent_and_needs_the_key() -> None:
    marks = {
        mark(),
        mark(key=b"other"),
        mark(path="/q"),
        mark(about="trader.b"),
        mark(body={"phone": "1"}),
        mark(body={"phone": "2"}),
        Door(b"key").call(ONBOARDING, ("trader.a",), "PATCH", "/p", None).mark,
    }
    assert len(marks) == 7
    assert mark(body=[{"a": 1}, {"b": 2}]) == mark(body=[{"b": 2}, {"a": 1}]), "the order in a list is ours"


def test_what_no_review_can_know_is_no_part_of_a_mark() -> None:
    here = {"userID": "U1", "username": "x", "changes": {"password": "one", "phone": "1"}}
    there = {"userID": "U2", "username": "x", "changes": {"password": "two", "phone": "1"}}
    assert without_later(here) == without_later(there)
    assert without_later(here) != without_later({**here, "changes": {"password": "one", "phone": "2"}})


def test_a_change_of_nobody_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="neither name nor number"):
        Door().call("updateUser", (None, None), "PATCH", "/", None)
