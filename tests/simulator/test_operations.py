"""Every operation of stacks/demo.operations.yaml does what its name says."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import jmespath
import pytest
import yaml

from tests.simulator.world import ONBOARDING, World, onboarding

FILE = Path(__file__).parents[2] / "stacks" / "demo.operations.yaml"
OPERATIONS: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())
ALL = {
    "listUsers", "readUser", "updateUser", "disableUser", "removeRole", "listAccounts", "readAccount",
    "createAccount", "updateAccount", "enableAccount", "readMarketData", "updateMarketData", "readEula",
    "acceptEula", "assignApplication", "unassignApplication", "assignAccount", "unassignAccount",
}  # fmt: skip


def rendered(template: Any, values: dict[str, Any]) -> Any:
    if isinstance(template, dict):
        return {key: rendered(value, values) for key, value in template.items()}
    if isinstance(template, str) and template.startswith("{"):
        return values[template.strip("{}")]
    return template


class Operator:
    """Calls operations on one onboarded trader, and remembers which were called."""

    def __init__(self, world: World) -> None:
        data = world.onboard()
        self.world = world
        self.called: set[str] = set()
        self.values: dict[str, Any] = {
            "userID": data["user"]["userID"],
            "username": "trader.a",
            "accountID": data["account"]["accountID"],
            "account": "11111",
        }

    def __call__(self, name: str, **values: Any) -> Any:
        operation, values = OPERATIONS[name], self.values | values
        path = operation["path"]
        for key, value in values.items():
            path = path.replace("{" + key + "}", quote(str(value), safe=""))
        body = rendered(operation["body"], values) if "body" in operation else None
        answer = self.world.t4.request(operation["method"], path, **({} if body is None else {"json": body}))
        assert answer.status_code == 200, answer.text
        self.called.add(name)
        unwrapped = answer.json()
        unwrapped = unwrapped.get("result", {}).get("value", unwrapped)["data"]
        return jmespath.search(operation["answer"], unwrapped) if "answer" in operation else None

    def user(self) -> dict[str, Any]:
        entry: dict[str, Any] = self.world.state()["users"]["trader.a"]
        return entry


def test_the_file_describes_them_all() -> None:
    assert set(OPERATIONS) == ALL


def test_every_operation(world: World) -> None:
    operate = Operator(world)
    read = operate("readUser")
    person = {
        key: value for key, value in onboarding()["User"].items() if key not in ("username", "password")
    }
    roles = operate.user()["roles"]
    assert read == person | {
        "userID": operate.values["userID"],
        "username": "trader.a",
        "enabled": True,
        "roles": roles,
        "applications": ["AppName1", "AppName2"],
        "accounts": ["11111"],
        "firmID": world.state()["firmID"],
    }
    assert operate("listUsers") == [read]

    operate("updateUser", changes={"phone": "555-999-0000", "apptype": "Professional"})
    assert operate("readUser") == read | {"phone": "555-999-0000", "apptype": "Professional"}
    operate("removeRole", role="Trading")
    assert operate.user()["roles"] == [role for role in roles if role != "Trading"]
    operate("assignApplication", application="WhenTech")
    operate("assignApplication", application="WhenTech")
    assert operate.user()["applications"] == ["AppName1", "AppName2", "WhenTech"]
    operate("unassignApplication", application="WhenTech")
    operate("unassignApplication", application="WhenTech")
    assert operate.user()["applications"] == ["AppName1", "AppName2"]

    made = operate(
        "createAccount",
        account="22222",
        accountName="Second",
        displayName="Ann's second",
        templateAccount="DefaultTemplate",
    )
    assert made == {
        "accountID": world.state()["accounts"]["22222"]["accountID"],
        "account": "22222",
        "accountName": "Second",
        "displayName": "",
        "enabled": "Disabled",
        "preTradeDisabled": True,
    }
    second = {"accountID": made["accountID"], "account": "22222"}
    firm = {"firmID": world.state()["firmID"]}  # which a read of one account names, and a list does not
    assert operate("readAccount", **second) == made | firm | {"displayName": "Ann's second"}
    operate("updateAccount", **second, changes={"accountName": "Renamed", "displayName": ""})
    operate("enableAccount", **second)
    enabled = made | {"accountName": "Renamed", "enabled": "Enabled", "preTradeDisabled": False}
    assert operate("readAccount", **second) == enabled | firm
    assert operate("listAccounts")[1] == enabled
    assert [entry["account"] for entry in operate("listAccounts")] == ["11111", "22222"]
    operate("unassignAccount", **second)
    assert operate("readUser")["accounts"] == ["11111"]
    operate("assignAccount", **second)
    operate("assignAccount", **second)
    assert operate("readUser")["accounts"] == ["11111", "22222"]
    assert world.state()["accounts"]["22222"]["users"] == ["trader.a"]

    types = {entry["clearingExchange"]: entry["marketDataType"] for entry in operate("readMarketData")}
    assert (types.pop("DUMMY"), set(types.values())) == ("Depth", {"None"})
    updates = [{"clearingExchange": "CME", "marketDataType": "TOB"}]
    shown = {entry["clearingExchange"]: entry for entry in operate("updateMarketData", updates=updates)}
    types = {name: entry["marketDataType"] for name, entry in shown.items()}
    assert (types.pop("DUMMY"), types.pop("CME"), set(types.values())) == ("Depth", "TOB", {"None"})
    assert [option["type"] for option in shown["CME"]["options"]] == ["Depth", "TOB", "Delayed"]

    signatures = [{"documentName": "LegalEULA", "signed": "2026-01-02T03:04:05"}]
    signed = {"collectedBy": "API", "eulaVersion": "2", "signatures": signatures}
    assert operate("acceptEula", collectedBy="", eulaVersion="2", signatures=signatures) == signed
    assert operate("readEula") == signed

    operate("disableUser")
    assert operate("readUser")["enabled"] is False
    assert operate.called == ALL


def test_lists_can_be_asked_for_one(world: World) -> None:
    world.onboard("trader.a", "11111")
    world.onboard("trader.b", "33333")
    users = world.t4.get("/admin/v1/users", params={"username": "TRADER.B"}).json()["data"]
    assert [entry["userName"] for entry in users["users"]] == ["trader.b"]
    assert users["totalCount"] == 1
    accounts = world.t4.get("/admin/v1/accounts", params={"account": "33333"}).json()["data"]
    assert [entry["account"] for entry in accounts["accounts"]] == ["33333"]
    assert world.t4.get("/admin/v1/users", params={"username": "nobody"}).json()["data"]["users"] == []


def test_one_account_may_have_many_users(world: World) -> None:
    first = world.onboard("trader.a", "11111")
    second = world.onboard("trader.b", "33333")
    path = f"/admin/v1/users/{second['user']['userID']}/accounts"
    world.t4.post(path, json={"accountID": first["account"]["accountID"]})
    assert world.state()["accounts"]["11111"]["users"] == ["trader.a", "trader.b"]


def test_a_name_with_a_slash_reaches_its_route(world: World) -> None:
    template = {"applications": ["Chess/Go"], "roles": ["A/B c"]}
    world.control.put("/simulator/templates/users/Odd", json=template)
    user = world.t4.post(ONBOARDING, json=onboarding(templateUser="Odd")).json()["result"]["value"]["data"][
        "user"
    ]
    path = f"/admin/v1/users/{user['userID']}"
    assert world.t4.delete(f"{path}/applications/{quote('Chess/Go', safe='')}").status_code == 200
    assert world.t4.delete(f"{path}/roles/{quote('A/B c', safe='')}").status_code == 200
    state = world.state()["users"]["trader.a"]
    assert (state["applications"], state["roles"]) == ([], [])
    assert world.t4.post(f"{path}/roles", json={"role": "A/B c"}).json()["data"]["roles"] == ["A/B c"]
    applications = world.t4.post(f"{path}/applications", json={"name": "Chess/Go"}).json()["data"][
        "applications"
    ]
    assert [entry["name"] for entry in applications] == ["Chess/Go"]


@pytest.mark.parametrize("name", ["readMarketData", "readEula"])
def test_reads_change_nothing(world: World, name: str) -> None:
    operate = Operator(world)
    before = world.state()
    operate(name)
    assert world.state() == before
