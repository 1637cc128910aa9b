"""A call takes as little time with many users as with few, and no pause of the network: so measured times are
the product's own."""

from __future__ import annotations

import json
import socket
import statistics
import time
from pathlib import Path

from t4simulator.service import process
from tests.simulator.world import ONBOARDING, World, onboarding, open_world


def test_head_and_body_leave_in_one_piece(world: World) -> None:
    host, port = world.run.endpoint.removeprefix("http://").split(":")
    body = json.dumps(onboarding()).encode()
    head = (
        f"POST {ONBOARDING} HTTP/1.1\r\nHost: {host}\r\nAuthorization: APIKey {world.run.api_key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + body)
        first = connection.recv(1_000_000)
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert json.loads(first.partition(b"\r\n\r\n")[2])["result"]["statusCode"] == 200


def test_a_call_takes_as_long_with_three_hundred_users_as_with_few(world: World, tmp_path: Path) -> None:
    for index in range(300):
        assert world.t4.post(ONBOARDING, json=onboarding(f"person{index}", f"A{index}")).status_code == 200
    few = open_world(process.start(tmp_path / "few"))
    times: dict[str, list[float]] = {"many": [], "few": []}
    for index in range(60):  # in turns: what else the machine does slows both
        for name, t4 in (("many", world.t4), ("few", few.t4)):
            request = onboarding(f"further{index}", f"B{index}")
            begin = time.perf_counter()
            assert t4.post(ONBOARDING, json=request).status_code == 200
            times[name].append(time.perf_counter() - begin)
    few.close()
    process.stop(tmp_path / "few")
    assert statistics.median(times["many"]) < 3 * statistics.median(times["few"])
