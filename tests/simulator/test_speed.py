"""A call takes as little time with many users as with few, and no pause of the network: so measured times are
the product's own."""

from __future__ import annotations

import json
import socket
import statistics
import time

from tests.simulator.world import ONBOARDING, World, onboarding


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


def test_the_three_hundredth_onboarding_takes_no_longer_than_the_first(world: World) -> None:
    times = []
    for index in range(300):
        request = onboarding(f"person{index}", f"A{index}")
        begin = time.perf_counter()
        assert world.t4.post(ONBOARDING, json=request).status_code == 200
        times.append(time.perf_counter() - begin)
    assert statistics.median(times[-100:]) < 3 * statistics.median(times[:100])
