"""What this T4 does in its own way: pages, forms of phone numbers; and what only its portal can do."""

from typing import Any

import pytest

from tests.simulator.world import World, errors


def habits(world: World, **asked: Any) -> None:
    world.control.post("/simulator/habits", json=asked).raise_for_status()


def users(world: World, **query: str) -> dict[str, Any]:
    answer = world.t4.get("/admin/v1/users", params=query)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return {**data, "users": [user["userName"] for user in data["users"]]}


@pytest.fixture
def three(world: World) -> World:
    for number, name in enumerate(("trader.a", "trader.b", "trader.c")):
        world.onboard(name, f"1111{number}")
    return world


def test_a_list_is_whole_until_pages_are_asked_for(three: World) -> None:
    names = ["trader.a", "trader.b", "trader.c"]
    assert users(three) == {"users": names, "totalCount": 3, "nextCursor": None}
    habits(three, pageSize=2)
    assert users(three) == {"users": names[:2], "totalCount": 3, "nextCursor": "2"}
    assert users(three, cursor="2") == {"users": names[2:], "totalCount": 3, "nextCursor": None}
    assert users(three, page="2")["users"] == names[2:]
    assert users(three, page="3")["users"] == []
    accounts = three.t4.get("/admin/v1/accounts").json()["data"]
    assert (len(accounts["accounts"]), accounts["totalCount"], accounts["nextCursor"]) == (2, 3, "2")


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"page": "0"}, {"page": "1", "cursor": "1"}])
def test_no_such_page(world: World, query: dict[str, str]) -> None:
    answer = world.t4.get("/admin/v1/users", params=query)
    assert answer.status_code == 400
    assert errors(answer)


def test_a_phone_number_may_be_recorded_as_its_digits(world: World) -> None:
    habits(world, phoneDigits=True)
    user_id = world.onboard(phone="555-123-4567")["user"]["userID"]
    assert world.state()["users"]["trader.a"]["phone"] == "5551234567"
    world.t4.patch(f"/admin/v1/users/{user_id}", json={"phone": "(555) 9"}).raise_for_status()
    assert world.state()["users"]["trader.a"]["phone"] == "5559"


def test_a_user_that_the_portal_deletes_is_gone_and_its_accounts_stay(three: World) -> None:
    user_id = three.state()["users"]["trader.b"]["userID"]
    delete, who = "/simulator/administrator/delete-user", {"username": "Trader.B"}
    three.control.post(delete, json=who).raise_for_status()
    assert users(three)["users"] == ["trader.a", "trader.c"]
    assert three.t4.get(f"/admin/v1/users/{user_id}").status_code == 404
    assert three.t4.get(f"/admin/v1/users/{user_id}/marketdata").status_code == 404
    assert three.state()["accounts"]["11111"]["users"] == []
    assert three.control.post(delete, json=who).status_code == 404


def test_a_reset_forgets_the_habits(three: World) -> None:
    habits(three, pageSize=1, phoneDigits=True)
    three.control.post("/simulator/reset").raise_for_status()
    three.onboard(phone="555-1")
    assert three.state()["users"]["trader.a"]["phone"] == "555-1"
