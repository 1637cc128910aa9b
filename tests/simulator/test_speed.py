"""A call takes milliseconds, so that measured times are the product's own."""

from __future__ import annotations

import json
import socket
import statistics
import time

from tests.simulator.world import ONBOARDING, World, onboarding


def test_a_call_over_one_connection_takes_no_nagle_pause(world: World) -> None:
    times = []
    for index in range(60):
        request = onboarding(f"person{index}", f"A{index}")
        begin = time.perf_counter()
        assert world.t4.post(ONBOARDING, json=request).status_code == 200
        times.append(time.perf_counter() - begin)
    # 1 to 5 ms on an idle machine; a Nagle or delayed-ACK pause alone is 40 ms
    assert statistics.median(times) < 0.025, times


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


def test_three_hundred_onboardings_take_a_few_seconds(world: World) -> None:
    begin = time.perf_counter()
    for index in range(300):
        assert world.t4.post(ONBOARDING, json=onboarding(f"person{index}", f"A{index}")).status_code == 200
    assert time.perf_counter() - begin < 6  # 1,000 take about 2 seconds on an idle machine
    assert len(world.state()["users"]) == 300
