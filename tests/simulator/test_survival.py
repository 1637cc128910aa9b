"""What was answered is there after a restart and after a kill -9; calls at once do not mix."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from t4simulator.firm.store import Store
from t4simulator.service import process
from t4simulator.service.folder import holder
from tests.clock import PATIENCE
from tests.simulator.world import IMPATIENT, ONBOARDING, World, onboarding, open_world, soon


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    process.stop(tmp_path)


def kill(run: process.Run) -> None:
    os.kill(run.pid, signal.SIGKILL)
    while holder(run.folder):
        time.sleep(0.01)


def test_everything_is_there_after_a_restart(folder: Path) -> None:
    first = process.start(folder)
    world = open_world(first)
    world.onboard()
    token = world.login().json()["token"]
    before, requests = world.state(), world.requests()
    world.close()
    assert process.stop(folder)
    again = process.start(folder)
    assert again.pid != first.pid
    assert (again.endpoint, again.api_key, again.login, again.password_seed) == (
        first.endpoint,
        first.api_key,
        first.login,
        first.password_seed,
    )
    world = open_world(again)
    assert world.state() == before
    assert world.requests() == requests
    answer = httpx.get(
        f"{again.endpoint}/admin/v1/users", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    )
    assert answer.status_code == 200
    world.close()


def test_a_kill_between_commit_and_answer_loses_the_answer_and_keeps_the_work(folder: Path) -> None:
    world = open_world(process.start(folder))
    world.fault({"delay": PATIENCE}, when="after")
    lost: list[str] = []

    def call() -> None:
        try:
            world.t4.post(ONBOARDING, json=onboarding(), timeout=PATIENCE)
        except httpx.HTTPError as error:
            lost.append(type(error).__name__)

    caller = threading.Thread(target=call)
    caller.start()
    while "trader.a" not in world.state()["users"]:
        time.sleep(0.01)
    kill(world.run)
    caller.join()
    assert lost
    world.close()
    world = open_world(process.start(folder))
    assert world.state()["users"]["trader.a"]["accounts"] == ["11111"]
    assert world.requests()[0]["status"] is None  # arrived, never answered
    assert world.t4.post(ONBOARDING, json=onboarding()).status_code == 409
    world.close()


def test_a_kill_before_the_work_leaves_nothing(folder: Path) -> None:
    world = open_world(process.start(folder))
    world.fault({"delay": PATIENCE}, when="before")
    with pytest.raises(httpx.ReadTimeout):
        world.t4.post(ONBOARDING, json=onboarding(), timeout=IMPATIENT)
    kill(world.run)
    world.close()
    world = open_world(process.start(folder))
    assert world.state()["users"] == {}
    world.close()


def test_kills_at_random_moments_never_leave_half_an_onboarding(folder: Path) -> None:
    answered: set[str] = set()
    number = 0
    for round_ in range(5):
        world = open_world(process.start(folder))
        timer = threading.Timer(0.02 + 0.03 * round_, kill, [world.run])
        timer.start()
        try:
            while True:
                number += 1
                name = f"person{number}"
                answer = world.t4.post(ONBOARDING, json=onboarding(name, f"A{number}"))
                assert answer.status_code == 200, answer.text
                answered.add(name)
        except httpx.HTTPError:
            pass
        timer.join()
        world.close()
    world = open_world(process.start(folder))
    users = world.state()["users"]
    assert answered <= set(users)
    assert answered
    for user in users.values():
        assert user["onboardings"] == 1
        assert len(user["accounts"]) == 1
        assert user["marketData"] == {"DUMMY": "Depth"}
        assert len(user["eula"]["signatures"]) == 7
        assert user["roles"]
    assert {account["users"][0] for account in world.state()["accounts"].values()} == set(users)
    world.close()


def test_a_change_that_fails_half_way_is_undone(tmp_path: Path) -> None:
    store = Store(tmp_path)

    def two_changes() -> None:
        with store.transaction():
            store.count("logins")
            store.change("INSERT INTO accountTemplates VALUES ('DefaultTemplate', 'Enabled', 0)")

    with pytest.raises(sqlite3.IntegrityError):
        two_changes()
    assert store.counter("logins") == 0
    store.close()


def in_parallel(world: World, requests: list[dict[str, object]]) -> Counter[int]:
    """The statuses of onboarding calls made at once, each over its own connection."""
    ready = threading.Barrier(len(requests))

    def call(request: dict[str, object]) -> int:
        with httpx.Client(base_url=world.run.endpoint, headers=world.t4.headers, timeout=PATIENCE) as client:
            client.get("/admin/v1/accounts")
            ready.wait()
            return client.post(ONBOARDING, json=request).status_code

    with ThreadPoolExecutor(len(requests)) as pool:
        return Counter(pool.map(call, requests))


def test_of_fifty_at_once_with_one_username_one_wins(world: World) -> None:
    names = ["trader.a", "Trader.A", "TRADER.A", "tRADER.a", "trader.A"]
    requests = [onboarding(names[index % 5], f"A{index}") for index in range(50)]
    assert in_parallel(world, requests) == {200: 1, 409: 49}
    state = world.state()
    assert len(state["users"]) == len(state["accounts"]) == 1
    assert next(iter(state["users"].values()))["onboardings"] == 1


def test_of_fifty_at_once_with_one_account_one_wins_and_no_user_is_left_over(world: World) -> None:
    assert in_parallel(world, [onboarding(f"person{index}", "11111") for index in range(50)]) == {
        200: 1,
        409: 49,
    }
    assert len(world.state()["users"]) == 1


def test_fifty_different_ones_at_once_all_succeed_while_t4_is_slow(world: World) -> None:
    world.fault({"hold": True}, match={"method": "POST"}, times=None)
    with ThreadPoolExecutor(1) as other:
        calls = other.submit(
            in_parallel, world, [onboarding(f"person{index}", f"A{index}") for index in range(50)]
        )
        soon(lambda: len(world.held()) == 50)  # and not one after the other
        world.let_go()
        assert calls.result() == {200: 50}
    assert len(world.state()["users"]) == 50
