"""Who may call, and what a login proves."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.clock import PATIENCE
from tests.simulator.world import ONBOARDING, PASSWORD, World, errors, onboarding


def call(world: World, authorization: str | None) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    with httpx.Client(base_url=world.run.endpoint, headers=headers, timeout=PATIENCE) as client:
        return client.post(ONBOARDING, json=onboarding())


@pytest.mark.parametrize(
    "authorization", [None, "", "APIKey", "APIKey wrong", "Bearer wrong", "Basic dDp0", "wrong"]
)
def test_without_valid_credentials_nothing_is_done(world: World, authorization: str | None) -> None:
    answer = call(world, authorization)
    assert answer.status_code == 401
    assert answer.json()["message"]
    assert world.state()["users"] == {}


def test_credentials_are_looked_at_before_anything_else(world: World) -> None:
    with httpx.Client(base_url=world.run.endpoint, timeout=PATIENCE) as client:
        assert client.post(ONBOARDING, content=b"nonsense").status_code == 401
        assert client.get("/admin/v1/nowhere").status_code == 401


def test_the_api_key_and_a_token_both_open(world: World) -> None:
    assert call(world, f"APIKey {world.run.api_key}").status_code == 200
    answer = world.login()
    assert answer.status_code == 200
    assert set(answer.json()) == {"token", "expires"}
    assert isinstance(answer.json()["expires"], int)
    assert 3500 < answer.json()["expires"] - time.time() <= 3600
    assert call(world, f"Bearer {answer.json()['token']}").status_code == 409


def test_a_token_expires(world: World) -> None:
    assert world.control.post("/simulator/tokens", json={"lifetime": 1}).json() == {"lifetime": 1.0}
    token, expires = (world.login().json()[key] for key in ("token", "expires"))
    time.sleep(max(0.0, expires - time.time()) + 0.01)
    assert world.login().status_code == 200, "which makes a new one, and leaves the old one what it is"
    answer = call(world, f"Bearer {token}")
    assert answer.status_code == 401
    assert "expired" in answer.json()["message"]


def test_tokens_can_be_revoked_in_the_middle(world: World) -> None:
    token = world.login().json()["token"]
    world.control.delete("/simulator/tokens")
    assert call(world, f"Bearer {token}").status_code == 401
    assert call(world, f"Bearer {world.login().json()['token']}").status_code == 200


@pytest.mark.parametrize("field", ["firm", "userName", "password", "appName", "appLicense"])
def test_each_login_field_must_be_right(world: World, field: str) -> None:
    answer = world.login(**{field: "wrong-one"})
    assert answer.status_code == 401
    assert "token" not in answer.json()


def test_an_onboarded_user_logs_in_with_its_password_alone(world: World) -> None:
    world.onboard()
    wrong = world.login(userName="trader.a", password=PASSWORD + "x")
    assert wrong.status_code == 401
    assert errors(wrong) == {"result": "Failed"}
    right = world.login(userName="Trader.A", password=PASSWORD)
    assert right.status_code == 200
    assert world.state()["users"]["trader.a"]["logins"] == {"successful": 1, "failed": 1}
    # a trader may not administer the firm
    assert call(world, f"Bearer {right.json()['token']}").status_code == 401


def test_an_unknown_user_fails_like_a_wrong_password(world: World) -> None:
    answer = world.login(userName="nobody.here", password=PASSWORD)
    assert answer.status_code == 401
    assert errors(answer) == {"result": "Failed"}
    assert world.state()["loginsOfNobody"] == 1


def test_a_login_needs_account_and_signed_eula(world: World) -> None:
    user = world.t4.post("/admin/users", json=onboarding()["User"]).json()["result"]["value"]["data"]
    path = f"/admin/v1/users/{user['userID']}"
    assert errors(world.login(userName="trader.a", password=PASSWORD)) == {"result": "UserNotAllowed"}
    account = onboarding()["Account"] | {"userID": user["userID"]}
    assert world.t4.post("/admin/v1/accounts", json=account).status_code == 200
    assert errors(world.login(userName="trader.a", password=PASSWORD)) == {"result": "MarketDataNotSetup"}
    eula = onboarding()["Eula"]
    other = eula | {"signatures": eula["signatures"][1:]}
    assert world.t4.post(f"{path}/eula", json=other).status_code == 200
    assert errors(world.login(userName="trader.a", password=PASSWORD)) == {"result": "MarketDataNotSetup"}
    assert world.t4.post(f"{path}/eula", json=eula).status_code == 200
    assert world.login(userName="trader.a", password=PASSWORD).status_code == 200
    assert world.state()["users"]["trader.a"]["logins"] == {"successful": 1, "failed": 3}


def test_a_disabled_user_and_an_old_password_do_not_log_in(world: World) -> None:
    path = f"/admin/v1/users/{world.onboard()['user']['userID']}"
    assert world.t4.patch(path, json={"password": "New8!pxvWlq"}).status_code == 200
    assert world.login(userName="trader.a", password=PASSWORD).status_code == 401
    assert world.login(userName="trader.a", password="New8!pxvWlq").status_code == 200
    assert world.t4.patch(path, json={"enabled": False}).json()["data"]["enabled"] is False
    assert world.login(userName="trader.a", password="New8!pxvWlq").status_code == 401
