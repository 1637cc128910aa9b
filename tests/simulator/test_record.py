"""The record shows each T4 call and no secret, and the files of the folder hold no password."""

from __future__ import annotations

import base64
import re

import httpx

from tests.clock import PATIENCE
from tests.simulator.world import ONBOARDING, PASSWORD, World, onboarding


def test_each_call_is_recorded_in_order_without_secrets(world: World) -> None:
    world.t4.post(ONBOARDING, json=onboarding(), headers={"User-Agent": "t4-firm/test"})
    world.t4.post(ONBOARDING, json=onboarding())
    world.t4.get("/admin/v1/users", params={"username": "trader.a"})
    world.login()
    onboarded, again, listed, login = world.requests()
    assert [entry["sequence"] for entry in world.requests()] == sorted(
        entry["sequence"] for entry in world.requests()
    )
    expected = onboarding()
    expected["User"]["password"] = "***"
    assert onboarded["body"] == expected
    assert (onboarded["method"], onboarded["path"], onboarded["status"]) == ("POST", ONBOARDING, 200)
    assert onboarded["userAgent"] == "t4-firm/test"
    assert onboarded["authorization"] == "APIKey ***"
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", onboarded["time"])
    assert again["status"] == 409
    assert (listed["query"], listed["body"]) == ({"username": "trader.a"}, None)
    fields = ("firm", "userName", "password", "appName", "appLicense")
    assert login["body"] == dict.fromkeys(fields, "***")
    assert login["authorization"] is None


def test_control_calls_are_not_recorded_and_the_record_can_be_emptied(world: World) -> None:
    world.t4.get("/admin/v1/users")
    assert len(world.requests()) == 1
    world.control.delete("/simulator/requests")
    assert world.requests() == []


def test_no_secret_is_in_record_state_or_files_in_any_encoding(world: World) -> None:
    run, token = world.run, world.login().json()["token"]
    secrets = [
        run.api_key,
        run.login["password"],
        run.login["appLicense"],
        run.password_seed,
        PASSWORD,
        token,
    ]
    world.onboard()
    # mistakes that a product could make: wrong capitals, secrets in the wrong place
    wrong = onboarding("trader.b", "33333")
    wrong["user"] = {"Password": PASSWORD, "PASSWORD ": PASSWORD, "apiKey": run.api_key}
    wrong["User"]["firstname"] = f"Ann {PASSWORD}"
    wrong["Account"]["displayName"] = run.login["password"]
    world.t4.post(ONBOARDING, json=wrong, headers={"User-Agent": run.api_key})
    world.t4.post(
        f"/admin/v1/{run.api_key}", params={"password": PASSWORD, run.api_key: "x"}, json=[PASSWORD]
    )
    world.login(userName="trader.a", password=PASSWORD)
    with httpx.Client(
        base_url=run.endpoint, headers={"Authorization": run.api_key}, timeout=PATIENCE
    ) as client:
        client.get("/admin/v1/users")
    with httpx.Client(
        base_url=run.endpoint, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    ) as client:
        client.get("/admin/v1/users")
    shown = world.control.get("/simulator/requests").text + world.control.get("/simulator/state").text
    files = b"".join(
        file.read_bytes()
        for file in run.folder.iterdir()
        if file.name not in ("run.json", "identity.json") and file.is_file()
    )
    for secret in secrets:
        encoded = base64.b64encode(secret.encode()).decode()
        assert secret not in shown
        assert encoded not in shown
        if secret == PASSWORD:
            continue  # it was sent as a first name above, which is kept like any other
        assert secret.encode() not in files
        assert encoded.encode() not in files


def test_the_database_holds_no_password(world: World) -> None:
    world.onboard()
    path = f"/admin/v1/users/{world.state()['users']['trader.a']['userID']}"
    world.t4.patch(path, json={"password": "Changed8!pxvWlq"})
    files = b"".join(file.read_bytes() for file in world.run.folder.glob("t4.sqlite*"))
    for password in (PASSWORD, "Changed8!pxvWlq"):
        assert password.encode() not in files
        assert base64.b64encode(password.encode()) not in files


def test_what_is_no_json_is_recorded_by_its_size(world: World) -> None:
    world.t4.post(ONBOARDING, content=b"password=" + PASSWORD.encode())
    assert world.requests()[0]["body"] == f"<{9 + len(PASSWORD)} bytes that are not JSON>"


def test_files_are_for_their_owner_alone(world: World) -> None:
    modes = {file.name: file.stat().st_mode & 0o777 for file in world.run.folder.iterdir() if file.is_file()}
    assert {"run.json", "identity.json", "t4.sqlite", "simulator.log"} <= set(modes)
    assert all(mode & 0o077 == 0 for name, mode in modes.items() if name != "start.lock"), modes
