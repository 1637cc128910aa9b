"""Every fault that can be asked for, seen from the other end of the socket."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from t4simulator.faults import effects
from t4simulator.faults.rules import Do, FaultBook, FaultRule, Match, Seen
from tests.clock import PATIENCE
from tests.simulator.world import IMPATIENT, ONBOARDING, RESPONSE, World, errors, onboarding, soon


def onboard(world: World, username: str = "trader.a", account: str = "11111") -> httpx.Response:
    return world.t4.post(ONBOARDING, json=onboarding(username, account))


def effective(world: World, username: str = "trader.a") -> int:
    """How many onboarding calls made this user."""
    user = world.state()["users"].get(username)
    return user["onboardings"] if user else 0


@pytest.mark.parametrize(("when", "done", "then"), [("before", 0, 200), ("after", 1, 409)])
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_status_before_or_after_the_work(
    world: World, status: int, when: str, done: int, then: int
) -> None:
    world.fault({"status": status, "headers": {"Retry-After": "3"}, "body": "busy"}, when=when)
    answer = onboard(world)
    assert (answer.status_code, answer.text) == (status, "busy")
    assert answer.headers["retry-after"] == "3"
    assert effective(world) == done
    assert onboard(world).status_code == then
    assert effective(world) == 1


def test_a_body_that_looks_like_json_is_sent_as_json(world: World) -> None:
    world.fault({"status": 500, "body": '{"error": "boom"}'})
    answer = onboard(world)
    assert answer.json() == {"error": "boom"}
    assert answer.headers["content-type"].startswith("application/json")
    world.fault({"status": 500})
    assert onboard(world).text == "The server was told to answer 500."


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize(
    ("how", "seen"),
    [(True, httpx.ReadError), ("reset", httpx.ReadError), ("close", httpx.RemoteProtocolError)],
)
def test_a_connection_dropped_before_or_after_the_work(
    world: World, how: Any, seen: type[Exception], when: str, done: int
) -> None:
    world.fault({"drop": how}, when=when)
    with pytest.raises(seen):
        onboard(world)
    assert effective(world) == done
    assert world.requests()[0]["status"] == "dropped"
    assert onboard(world).status_code == (409 if done else 200)


@pytest.mark.parametrize("when", ["before", "after"])
def test_after_a_delay_a_call_does_its_work_although_its_caller_has_gone(world: World, when: str) -> None:
    world.fault({"delay": 0.3}, when=when)
    call = world.t4.build_request("POST", ONBOARDING, json=onboarding())
    caller = HTTPConnection(call.url.netloc.decode(), timeout=PATIENCE)
    caller.request(call.method, call.url.path, call.content, dict(call.headers))
    caller.close()
    soon(lambda: effective(world) == 1)


def test_a_delay_goes_together_with_another_fault(world: World) -> None:
    world.fault({"delay": 0.3, "status": 503})
    begin = time.perf_counter()
    assert onboard(world).status_code == 503
    assert time.perf_counter() - begin >= 0.3


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
def test_a_call_is_held_before_or_after_the_work_until_it_is_let_go(
    world: World, when: str, done: int
) -> None:
    world.fault({"hold": True}, when=when)
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(onboard, world)
        call = soon(lambda: world.held())[0]
        assert (call["path"], call["status"]) == (ONBOARDING, None)
        assert effective(world) == done
        assert not answer.done()
        world.let_go()
        assert answer.result().status_code == 200
    assert effective(world) == 1
    assert world.held() == []


def test_held_calls_go_on_in_the_order_in_which_they_came(world: World) -> None:
    world.fault({"hold": True}, times=None)
    with ThreadPoolExecutor() as pool:
        answers: list[Future[httpx.Response]] = []
        while len(answers) < 5:
            answers.append(pool.submit(onboard, world))
            soon(lambda: len(world.held()) == len(answers))
        world.let_go()
        assert [answer.result().status_code for answer in answers] == [200, 409, 409, 409, 409]


def test_letting_go_leaves_the_rules_and_clearing_them_lets_go(world: World) -> None:
    world.fault({"hold": True, "status": 503}, times=None)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(onboard, world)
        soon(lambda: world.held())
        world.let_go()
        assert first.result().status_code == 503
        second = pool.submit(onboard, world)
        soon(lambda: world.held())
        world.control.delete("/simulator/faults")
        assert second.result().status_code == 503
    assert onboard(world).status_code == 200


def test_what_was_held_has_no_effect_after_a_reset(world: World) -> None:
    world.fault({"hold": True})
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(onboard, world)
        soon(lambda: world.held())
        world.control.post("/simulator/reset")
        assert answer.result().status_code == 200
    assert world.state()["users"] == {}


def test_a_held_call_does_its_work_although_its_caller_has_gone(world: World) -> None:
    world.fault({"hold": True})
    with pytest.raises(httpx.ReadTimeout):
        world.t4.post(ONBOARDING, json=onboarding(), timeout=IMPATIENT)
    soon(lambda: world.held())
    assert effective(world) == 0
    world.let_go()
    soon(lambda: effective(world) == 1)


def test_a_body_is_held_in_its_middle(world: World) -> None:
    world.fault({"hold": "body"})
    with world.t4.stream("POST", ONBOARDING, json=onboarding()) as answer:
        pieces = answer.iter_raw()
        begun = next(pieces)
        assert answer.status_code == 200
        assert len(begun) < int(answer.headers["content-length"])
        assert [call["status"] for call in world.held()] == [200]
        world.let_go()
        assert list(json.loads(begun + b"".join(pieces))) == list(RESPONSE)


def test_a_header_may_hold_a_date_counted_from_the_call(world: World) -> None:
    world.fault({"status": 503, "headers": {"Retry-After": "in 30 seconds"}})
    before = datetime.now(UTC).replace(microsecond=0)
    asked = parsedate_to_datetime(onboard(world).headers["retry-after"])
    assert before <= asked - timedelta(seconds=30) <= datetime.now(UTC)


def test_a_slow_body_is_complete_in_the_end(world: World) -> None:
    world.fault({"slowBody": 0.3})
    begin = time.perf_counter()
    answer = onboard(world)
    assert time.perf_counter() - begin >= 0.3
    assert list(answer.json()) == list(RESPONSE)


def test_a_slow_body_comes_in_pieces_with_time_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[Any] = []

    async def sleep(seconds: float) -> None:
        happened.append(seconds)

    async def send(message: MutableMapping[str, Any]) -> None:
        happened.append(message.get("body", message["type"]))

    async def never(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(effects, "asyncio", SimpleNamespace(sleep=sleep))
    reply = effects.Reply(200, {}, b"a long answer in ten")
    asyncio.run(effects.deliver(reply, Do(slowBody=1), never, {"type": "http"}, never, send))
    begun, *rest, end = happened
    assert (begun, end) == ("http.response.start", b"")
    assert rest[::2] == [0.1] * 10
    assert b"".join(rest[1::2]) == reply.body


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("kind", ["html", "truncated", "binary", "empty", "huge", "deep"])
def test_garbage_with_200(world: World, kind: str, when: str, done: int) -> None:
    world.fault({"garbage": kind}, when=when)
    answer = onboard(world)
    assert answer.status_code == 200
    if kind == "huge":
        assert len(answer.content) > 20_000_000
    else:
        with pytest.raises((ValueError, RecursionError)):
            json.loads(answer.content)
    if kind == "html":
        assert answer.headers["content-type"].startswith("text/html")
    assert effective(world) == done


def test_an_answer_that_is_cut_off_in_the_middle(world: World) -> None:
    world.fault({"garbage": "cut"}, when="after")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        onboard(world)
    assert effective(world) == 1


def test_garbage_can_have_another_status(world: World) -> None:
    world.fault({"garbage": "html", "status": 502})
    assert onboard(world).status_code == 502


def test_a_good_answer_with_a_wrong_content_type(world: World) -> None:
    world.fault({"headers": {"content-type": "text/plain"}})
    answer = onboard(world)
    assert answer.headers["content-type"] == "text/plain"
    assert list(answer.json()) == list(RESPONSE)


@pytest.mark.parametrize(("status", "expected"), [(None, 307), (302, 302), (308, 308)])
def test_a_redirect_to_another_host(world: World, status: int | None, expected: int) -> None:
    do = {"redirect": "https://elsewhere.example/take"} | ({"status": status} if status else {})
    world.fault(do)
    answer = onboard(world)
    assert answer.status_code == expected
    assert answer.headers["location"] == "https://elsewhere.example/take"
    assert effective(world) == 0


def test_a_storm_ends_after_so_many_requests_or_seconds(world: World) -> None:
    world.fault({"status": 503}, times=3)
    assert [onboard(world).status_code for _ in range(4)] == [503, 503, 503, 200]
    world.fault({"status": 503}, times=None, lasts=0.3)
    soon(lambda: onboard(world).status_code == 409)


def test_the_first_requests_can_be_left_alone(world: World) -> None:
    world.fault({"status": 500}, after=2, times=1)
    statuses = [onboard(world, f"person{index}", f"{index}").status_code for index in range(4)]
    assert statuses == [200, 200, 500, 200]


def test_faults_for_one_user_or_account_only(world: World) -> None:
    world.fault({"status": 500}, match={"username": "Trader.B"}, times=None)
    world.fault({"status": 502}, match={"account": "55555"}, times=None)
    first = world.onboard("trader.a", "11111")
    assert onboard(world, "trader.b", "33333").status_code == 500
    assert onboard(world, "trader.c", "55555").status_code == 502
    path = f"/admin/v1/users/{first['user']['userID']}"
    world.control.delete("/simulator/faults")
    world.fault({"status": 500}, match={"method": "patch", "path": "*/users/*", "username": "trader.a"})
    assert world.t4.get(path).status_code == 200
    assert world.t4.patch(path, json={"enabled": True}).status_code == 500
    world.fault({"status": 500}, match={"path": "/admin/v1/accounts", "account": "11111"})
    assert world.t4.get("/admin/v1/accounts").status_code == 200
    assert world.t4.get(f"/admin/v1/accounts/{first['account']['accountID']}").status_code == 500
    account = {"accountID": first["account"]["accountID"]}
    world.fault({"status": 500}, match={"account": "11111"})
    assert world.t4.post(f"{path}/accounts", json=account).status_code == 500


def test_faults_hit_the_login_too(world: World) -> None:
    world.fault({"status": 503}, match={"path": "/login", "username": world.run.login["userName"]})
    assert world.login().status_code == 503
    assert world.login().status_code == 200


@pytest.mark.parametrize(
    ("last", "accounts", "market_data"),
    [("user", [], {}), ("account", ["11111"], {}), ("marketData", ["11111"], {"DUMMY": "Depth"})],
)
def test_onboarding_that_stops_half_way(
    world: World, last: str, accounts: list[str], market_data: dict[str, str]
) -> None:
    world.fault({"partial": last})
    assert onboard(world).status_code == 500
    user = world.state()["users"]["trader.a"]
    assert (user["accounts"], user["marketData"], user["eula"]) == (accounts, market_data, None)
    assert user["onboardings"] == 1
    assert list(world.state()["accounts"]) == accounts
    assert onboard(world).status_code == 409


def test_a_user_without_account_because_the_account_was_taken(world: World) -> None:
    world.onboard("trader.a", "11111")
    world.fault({"partial": "user"})
    answer = onboard(world, "trader.b", "11111")
    assert answer.status_code == 409
    assert errors(answer) == {"Account.account": "is taken: 11111"}
    assert world.state()["users"]["trader.b"]["accounts"] == []


def test_half_an_onboarding_and_a_lost_answer(world: World) -> None:
    world.fault({"partial": "user", "drop": True})
    with pytest.raises(httpx.ReadError):
        onboard(world)
    assert world.state()["users"]["trader.a"]["accounts"] == []


def test_latency_slows_every_call_of_t4_alone(world: World) -> None:
    assert world.control.post("/simulator/latency", json={"seconds": 1.5}).json() == {"seconds": 1.5}
    begin = time.perf_counter()
    onboard(world)
    assert time.perf_counter() - begin >= 1.5
    world.control.post("/simulator/latency", json={"seconds": 3600})
    world.state()
    world.control.post("/simulator/latency", json={"seconds": 0})


def test_rules_are_shown_with_their_counts_and_can_be_cleared(world: World) -> None:
    rules = [{"match": {"path": "/admin"}, "do": {"status": 503}}, {"do": {"drop": True}, "after": 9}]
    assert world.control.post("/simulator/faults", json=rules).status_code == 200
    world.control.post("/simulator/faults", json={"rules": rules[:1]})
    onboard(world)
    shown = world.control.get("/simulator/faults").json()["faults"]
    assert [rule["done"] for rule in shown] == [1, 0, 0]
    assert shown[0]["match"] == {"path": "/admin"}
    assert world.requests()[0]["fault"] == shown[0]["id"]
    assert world.control.delete("/simulator/faults").json() == {"faults": []}
    assert onboard(world).status_code == 200
    assert world.requests()[1]["fault"] is None


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"do": {}},
        {"do": {"status": 99}},
        {"do": {"drop": True, "garbage": "html"}},
        {"do": {"drop": True, "status": 500}},
        {"do": {"body": "x"}},
        {"do": {"garbage": "nonsense"}},
        {"do": {"statos": 500}},
        {"do": {"status": 500}, "times": 0},
        {"do": {"status": 500}, "when": "during"},
        {"do": {"delay": -1}},
        {"do": {"hold": "for ever"}},
        {"do": {"hold": "body", "drop": True}},
        {"match": {"user": "x"}, "do": {"status": 500}},
        "nonsense",
    ],
    ids=str,
)
def test_a_rule_that_makes_no_sense_is_refused(world: World, rule: Any) -> None:
    answer = world.control.post("/simulator/faults", json=[{"do": {"status": 500}}, rule])
    assert answer.status_code == 400
    assert world.control.get("/simulator/faults").json() == {"faults": []}


def test_control_answers_only_this_machine(world: World) -> None:
    for host in ("elsewhere.example", "127.0.0.1.elsewhere.example", "[bad"):
        answer = world.control.get("/simulator/state", headers={"Host": host})
        assert answer.status_code == 403, host
    assert world.control.get("/simulator/state", headers={"Host": "localhost:1"}).status_code == 200


def test_the_first_rule_that_is_due_acts() -> None:
    now = [0.0]
    book = FaultBook(clock=lambda: now[0])
    first = book.add(FaultRule(do=Do(status=500), lasts=5.0, times=None))
    second = book.add(FaultRule(do=Do(status=503), match=Match(method="post"), times=None))
    post = Seen("POST", "/login", "", "")
    due = book.due(post)
    assert due is not None
    assert due[0] == first
    now[0] = 5.0
    due = book.due(post)
    assert due is not None
    assert due[0] == second
    assert book.due(Seen("GET", "/login", "", "")) is None
