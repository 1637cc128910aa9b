"""Names are unique, templates decide what a user gets, and a refused call leaves nothing behind."""

from __future__ import annotations

import pytest

from tests.simulator.world import ONBOARDING, PASSWORD, RESPONSE, World, errors, onboarding

SAMPLE_USER = RESPONSE["result"]["value"]["data"]["user"]


@pytest.mark.parametrize(
    ("username", "account", "fields"),
    [
        ("trader.a", "22222", ["User.username"]),
        ("TRADER.A", "22222", ["User.username"]),
        ("trader.b", "11111a", ["Account.account"]),
        ("trader.b", "11111A", ["Account.account"]),
        ("Trader.A", "11111A", ["User.username", "Account.account"]),
    ],
)
def test_a_taken_name_is_a_conflict_that_says_which(
    world: World, username: str, account: str, fields: list[str]
) -> None:
    world.onboard("trader.a", "11111a")
    before = world.state()
    answer = world.t4.post(ONBOARDING, json=onboarding(username, account))
    assert answer.status_code == 409
    assert list(errors(answer)) == fields
    assert world.state() == before


def test_the_case_of_the_first_one_does_not_matter_either(world: World) -> None:
    world.onboard("Trader.A", "FILL0001")
    answer = world.t4.post(ONBOARDING, json=onboarding("trader.a", "fill0001"))
    assert answer.status_code == 409
    assert errors(answer) == {"User.username": "is taken: Trader.A", "Account.account": "is taken: FILL0001"}


def test_conflicts_of_single_steps(world: World) -> None:
    data = world.onboard()
    user = onboarding()["User"]
    assert errors(world.t4.post("/admin/users", json=user)) == {"username": "is taken: trader.a"}
    account = onboarding()["Account"] | {"userID": data["user"]["userID"]}
    answer = world.t4.post("/admin/v1/accounts", json=account)
    assert answer.status_code == 409
    assert errors(answer) == {"account": "is taken: 11111"}


def test_an_unknown_template_is_404_and_says_which(world: World) -> None:
    request = onboarding(templateUser="Nobody")
    request["Account"]["templateAccount"] = "Nothing"
    answer = world.t4.post(ONBOARDING, json=request)
    assert answer.status_code == 404
    assert list(errors(answer)) == ["User.templateUser", "Account.templateAccount"]
    assert world.state()["users"] == {}


def test_unknown_ids_are_404(world: World) -> None:
    data = world.onboard()
    stranger = "00000000-0000-0000-0000-000000000000"
    assert world.t4.get(f"/admin/v1/users/{stranger}/marketdata").status_code == 404
    assert world.t4.get(f"/admin/v1/accounts/{stranger}").status_code == 404
    account = onboarding(account="22222")["Account"] | {"userID": stranger}
    assert world.t4.post("/admin/v1/accounts", json=account).status_code == 404
    assert "22222" not in world.state()["accounts"]
    path = f"/admin/v1/users/{data['user']['userID']}"
    assert world.t4.post(f"{path}/accounts", json={"accountID": stranger}).status_code == 404
    assert world.t4.post(f"{path}/roles", json={"role": "King"}).status_code == 404
    assert world.t4.post(f"{path}/applications", json={"name": "Chess"}).status_code == 404


def test_ids_are_the_same_in_upper_and_lower_case(world: World) -> None:
    data = world.onboard()
    assert world.t4.get(f"/admin/v1/users/{data['user']['userID'].lower()}").status_code == 200
    assert world.t4.get(f"/admin/v1/accounts/{data['account']['accountID'].lower()}").status_code == 200


@pytest.mark.parametrize(
    ("template", "applications", "roles"),
    [
        (None, ["AppName1", "AppName2"], SAMPLE_USER["roles"]),
        ("default", ["AppName1", "AppName2"], SAMPLE_USER["roles"]),
        ("WhenTechTrader", ["WhenTech"], SAMPLE_USER["roles"]),
        ("FillService", ["WhenTechFills"], []),
        ("FillServiceRiskManager", ["WhenTechFills"], ["RiskManager"]),
    ],
)
def test_the_template_decides_applications_and_roles(
    world: World, template: str | None, applications: list[str], roles: list[str]
) -> None:
    user = world.onboard(**({"templateUser": template} if template else {}))["user"]
    assert [entry["name"] for entry in user["applications"]] == applications
    assert user["roles"] == roles
    assert world.state()["users"]["trader.a"]["templateUser"] == (template or "default")


def test_templates_can_be_changed_at_run_time(world: World) -> None:
    body = {"applications": ["WhenTechFills"], "roles": ["Trading"]}
    assert world.control.put("/simulator/templates/users/FillService", json=body).status_code == 200
    user = world.onboard(templateUser="FillService")["user"]
    assert user["roles"] == ["Trading"]
    enabled = {"enabled": "Enabled", "preTradeDisabled": False}
    assert world.control.put("/simulator/templates/accounts/Ready", json=enabled).status_code == 200
    request = onboarding("trader.b", "33333")
    request["Account"]["templateAccount"] = "Ready"
    account = world.t4.post(ONBOARDING, json=request).json()["result"]["value"]["data"]["account"]
    assert (account["enabled"], account["preTradeDisabled"]) == ("Enabled", False)
    world.control.delete("/simulator/templates/users/FillService")
    answer = world.t4.post(ONBOARDING, json=onboarding("trader.c", "55555", templateUser="FillService"))
    assert answer.status_code == 404
    world.control.delete("/simulator/templates/accounts/Ready")
    assert "Ready" not in world.state()["templates"]["accounts"]
    world.control.put("/simulator/exchanges/MX", json={"types": ["Depth"]})
    request = onboarding("trader.d", "66666")
    request["MarketData"]["updates"] = [{"clearingExchange": "MX", "marketDataType": "Depth"}]
    assert world.t4.post(ONBOARDING, json=request).status_code == 200
    world.control.post("/simulator/reset")
    state = world.state()
    assert state["templates"]["users"]["FillService"] == {"applications": ["WhenTechFills"], "roles": []}
    assert "MX" not in state["exchanges"]


def test_onboarding_links_the_account_and_counts_once(world: World) -> None:
    world.onboard()
    state = world.state()
    assert state["accounts"]["11111"]["users"] == ["trader.a"]
    assert state["users"]["trader.a"]["onboardings"] == 1
    assert PASSWORD not in str(state)
