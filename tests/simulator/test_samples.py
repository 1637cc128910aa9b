"""The answers have the seeds' exact shape."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.simulator.world import ONBOARDING, REQUEST, RESPONSE, World, onboarding

GUID = re.compile(r"[0-9A-F]{8}-([0-9A-F]{4}-){3}[0-9A-F]{12}")
# What differs in each answer by its nature; everything else equals the sample to the letter.
OF_THE_MOMENT = {
    "data.user.userID",
    "data.user.firmID",
    "data.user.userCreationDate",
    "data.user.trialExpires",
    "data.account.accountID",
    "data.account.firmID",
    "metadata.timestamp",
    "metadata.requestId",
}


def compare(sample: Any, answer: Any, path: str = "") -> None:
    """Key by key in the same order, type by type, and value by value but for what is of the moment."""
    assert type(answer) is type(sample), path
    if isinstance(sample, dict):
        assert list(answer) == list(sample), path
        for key in sample:
            compare(sample[key], answer[key], f"{path}.{key}".lstrip("."))
    elif isinstance(sample, list):
        assert len(answer) == len(sample), path
        for index, entry in enumerate(sample):
            compare(entry, answer[index], f"{path}[{index}]")
    elif path.removeprefix("result.value.") not in OF_THE_MOMENT:
        assert answer == sample, path


@pytest.mark.parametrize("path", [ONBOARDING, "/admin/v1/onboard"])
def test_the_seeds_request_gets_the_seeds_answer(world: World, path: str) -> None:
    answer = world.t4.post(path, json=REQUEST)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    compare(RESPONSE, answer.json())


def test_what_is_of_the_moment_has_the_samples_form(world: World) -> None:
    value = world.t4.post(ONBOARDING, json=REQUEST).json()["result"]["value"]
    user, account = value["data"]["user"], value["data"]["account"]
    for identifier in (user["userID"], user["firmID"], account["accountID"], account["firmID"]):
        assert GUID.fullmatch(identifier)
    assert user["firmID"] == account["firmID"]
    created = datetime.fromisoformat(user["userCreationDate"])
    assert datetime.fromisoformat(user["trialExpires"]) - created == timedelta(days=14)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00", user["userCreationDate"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", value["metadata"]["timestamp"])
    assert re.fullmatch(r"[0-9A-Z]{13}:[0-9A-F]{8}", value["metadata"]["requestId"])


def test_request_ids_differ(world: World) -> None:
    answers = [world.t4.get("/admin/v1/users").json() for _ in range(3)]
    assert len({answer["metadata"]["requestId"] for answer in answers}) == 3


def test_left_out_parts_are_null_and_nothing_is_subscribed_or_signed(world: World) -> None:
    request = onboarding()
    del request["MarketData"], request["Eula"]
    data = world.t4.post(ONBOARDING, json=request).json()["result"]["value"]["data"]
    assert data["marketData"] is None
    assert data["eulaSignature"] is None
    user = world.state()["users"]["trader.a"]
    assert user["marketData"] == {}
    assert user["eula"] is None


def test_the_answer_is_no_echo(world: World) -> None:
    data = world.onboard()
    assert data["account"]["displayName"] == ""
    assert data["user"]["accounts"] == []
    assert data["eulaSignature"]["collectedBy"] == "API"
    state = world.state()
    assert state["accounts"]["11111"]["displayName"] == REQUEST["Account"]["displayName"]
    assert state["users"]["trader.a"]["accounts"] == ["11111"]


def test_creating_in_steps_gives_the_same_shapes(world: World) -> None:
    sample = RESPONSE["result"]["value"]["data"]
    answer = world.t4.post("/admin/users", json=REQUEST["User"]).json()
    assert list(answer["result"]) == list(RESPONSE["result"])
    user = answer["result"]["value"]["data"]
    compare(sample["user"], user, "data.user")
    body = REQUEST["Account"] | {"userID": user["userID"]}
    account = world.t4.post("/admin/v1/accounts", json=body).json()["result"]["value"]["data"]
    compare(sample["account"], account, "data.account")
    path = f"/admin/v1/users/{user['userID']}"
    market_data = world.t4.patch(f"{path}/marketdata", json=REQUEST["MarketData"]).json()
    assert list(market_data) == ["data", "metadata"]
    shown = {entry["clearingExchange"]: entry for entry in market_data["data"]["exchangeMarketData"]}
    compare(sample["marketData"]["exchangeMarketData"][0], shown["DUMMY"])
    assert shown["CME"]["marketDataType"] == "None"
    assert market_data["data"]["totalCount"] == len(shown)
    signed = world.t4.post(f"{path}/eula", json=REQUEST["Eula"]).json()
    assert list(signed) == ["data", "metadata"]
    compare(sample["eulaSignature"], signed["data"])
    assert world.state()["users"]["john.smith@example.com"]["onboardings"] == 0


def test_the_eula_to_sign_lists_seven_documents_and_what_is_signed(world: World) -> None:
    request = onboarding()
    request["Eula"]["signatures"] = request["Eula"]["signatures"][:1]
    data = world.t4.post(ONBOARDING, json=request).json()["result"]["value"]["data"]
    eula = world.t4.get(f"/admin/v1/users/{data['user']['userID']}/eula").json()["data"]
    names = [signature["documentName"] for signature in REQUEST["Eula"]["signatures"]]
    assert [document["documentName"] for document in eula["documents"]] == names
    assert list(eula["documents"][0]) == ["documentName", "title", "url"]
    assert eula["signatureTemplate"]["eulaVersion"] == "2"
    signed = {entry["documentName"]: entry["signed"] for entry in eula["signatureTemplate"]["signatures"]}
    assert signed == dict.fromkeys(names, "") | {"LegalEULA": "2025-05-01T10:30:15"}
