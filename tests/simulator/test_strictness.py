"""A request that is not as the documents say is refused, every wrong field is named, nothing changes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulator.world import ONBOARDING, PASSWORD, REQUEST, World, errors, onboarding

Request = dict[str, Any]


def change(*path: Any, to: Any) -> Callable[[Request], None]:
    def changed(request: Request) -> None:
        place: Any = request
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = to

    return changed


def remove(*path: Any) -> Callable[[Request], None]:
    def removed(request: Request) -> None:
        place: Any = request
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]

    return removed


def rename(old: str, new: str, *path: str) -> Callable[[Request], None]:
    def renamed(request: Request) -> None:
        place: Any = request
        for part in path:
            place = place[part]
        place[new] = place.pop(old)

    return renamed


REQUIRED = [
    *[("User", name) for name in REQUEST["User"]],
    *[("Account", name) for name in ("account", "accountName", "templateAccount")],
    *[("Eula", name) for name in ("collectedBy", "eulaVersion", "signatures")],
    ("User",),
    ("Account",),
    ("MarketData", "updates", 0, "clearingExchange"),
    ("MarketData", "updates", 0, "marketDataType"),
    ("Eula", "signatures", 0, "documentName"),
    ("Eula", "signatures", 0, "signed"),
]


def named(path: tuple[Any, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


@pytest.mark.parametrize("path", REQUIRED, ids=named)
def test_what_is_required_must_be_there(world: World, path: tuple[Any, ...]) -> None:
    request = onboarding()
    remove(*path)(request)
    answer = world.t4.post(ONBOARDING, json=request)
    assert answer.status_code == 400
    assert errors(answer) == {named(path): "is required"}
    assert world.state()["users"] == {}


@pytest.mark.parametrize("path", REQUIRED, ids=named)
@pytest.mark.parametrize("value", [None, 7, True], ids=str)
def test_a_wrong_type_is_refused(world: World, path: tuple[Any, ...], value: Any) -> None:
    request = onboarding()
    change(*path, to=value)(request)
    answer = world.t4.post(ONBOARDING, json=request)
    assert answer.status_code == 400
    assert list(errors(answer)) == [named(path)]


WRONG: list[tuple[Callable[[Request], None], str, str]] = [
    (rename("User", "user"), "user", "is not known (did you mean User?)"),
    (rename("MarketData", "marketData"), "marketData", "is not known (did you mean MarketData?)"),
    (rename("username", "userName", "User"), "User.userName", "is not known (did you mean username?)"),
    (rename("apptype", "appType", "User"), "User.appType", "is not known (did you mean apptype?)"),
    (rename("postCode", "postcode", "User"), "User.postcode", "is not known (did you mean postCode?)"),
    (change("User", "roles", to=["Trading"]), "User.roles", "is not known"),
    (change("Extra", to={}), "Extra", "is not known"),
    (change("MarketData", "updates", 0, "fee", to="1"), "MarketData.updates[0].fee", "is not known"),
    (change("User", "username", to="short"), "User.username", "at least 6 characters"),
    (change("User", "username", to=" trader.a"), "User.username", "begin or end with a space"),
    (change("User", "username", to="trader\x1b[1m"), "User.username", "control characters"),
    (change("User", "firstname", to=""), "User.firstname", "must not be empty"),
    (change("User", "firstname", to="A" * 257), "User.firstname", "at most 256 characters"),
    (change("User", "email", to="nobody"), "User.email", "email address"),
    (change("User", "country", to="usa!"), "User.country", "ISO country code"),
    (change("User", "apptype", to="professional"), "User.apptype", "'Professional' or 'NonProfessional'"),
    (change("User", "password", to="Ab1!xyz"), "User.password", "at least 8 characters"),
    (change("User", "password", to="lower8wl!pxv"), "User.password", "an upper-case letter"),
    (change("User", "password", to="UPPER8WL!PXV"), "User.password", "a lower-case letter"),
    (change("User", "password", to="NoDigit!here"), "User.password", "a digit"),
    (change("User", "password", to="NoSymbol8here"), "User.password", "a symbol"),
    (change("User", "password", to="Zz!8TRAxyz"), "User.password", "successive characters of the username"),
    (change("Account", "account", to=""), "Account.account", "1 to 26 letters and digits"),
    (change("Account", "account", to="A" * 27), "Account.account", "1 to 26 letters and digits"),
    (change("Account", "account", to="11-11"), "Account.account", "1 to 26 letters and digits"),
    (
        change("MarketData", "updates", 0, "clearingExchange", to="NOWHERE"),
        "MarketData.updates[0].clearingExchange",
        "one of the firm's exchanges: DUMMY, CME",
    ),
    (
        change("MarketData", "updates", 0, "marketDataType", to="TOB"),
        "MarketData.updates[0].marketDataType",
        "one of Depth, Delayed",
    ),
    (
        change("MarketData", "updates", to=REQUEST["MarketData"]["updates"] * 2),
        "MarketData.updates[1].clearingExchange",
        "named once",
    ),
    (change("Eula", "eulaVersion", to="1"), "Eula.eulaVersion", 'the current version, "2"'),
    (change("Eula", "signatures", to=[]), "Eula.signatures", "at least 1 item"),
    (change("Eula", "signatures", 0, "documentName", to="Any"), "Eula.signatures[0].documentName", "one of"),
    (change("Eula", "signatures", 0, "signed", to="yesterday"), "Eula.signatures[0].signed", "ISO 8601"),
    (change("Eula", "signatures", 0, "signed", to="2025-05-01"), "Eula.signatures[0].signed", "ISO 8601"),
    (change("Eula", "signatures", to=REQUEST["Eula"]["signatures"][:1] * 2), "Eula", "each document once"),
]


@pytest.mark.parametrize(("mistake", "field", "words"), WRONG, ids=[f"{row[1]}: {row[2]}" for row in WRONG])
def test_a_wrong_value_is_refused(
    world: World, mistake: Callable[[Request], None], field: str, words: str
) -> None:
    request = onboarding()
    mistake(request)
    answer = world.t4.post(ONBOARDING, json=request)
    assert answer.status_code == 400
    assert words in errors(answer)[field]
    assert f"{field} {errors(answer)[field]}" in answer.json()["message"]
    assert world.state()["users"] == {}
    assert world.state()["accounts"] == {}


def test_all_mistakes_are_named_at_once_and_no_value_is_repeated(world: World) -> None:
    request = onboarding(password="planted", email="planted", apptype="planted", country="planted")
    request["Account"]["account"] = "planted!"
    request["Eula"]["signatures"][0]["signed"] = "planted"
    del request["User"]["city"]
    answer = world.t4.post(ONBOARDING, json=request)
    assert set(errors(answer)) == {
        "User.email",
        "User.apptype",
        "User.country",
        "User.city",
        "Account.account",
        "Eula.signatures[0].signed",
    }
    assert "planted" not in answer.text


BODIES = {
    "nothing": b"",
    "no JSON": b"User=trader",
    "not UTF-8": b'{"User": "\xff"}',
    "a list": b"[]",
    "a field twice": json.dumps(onboarding()).replace('"city"', '"city": "X", "city"').encode(),
    "NaN": b'{"User": NaN}',
    "deep": b"[" * 200_000,
    "large": b'"' + b"x" * 1_100_000 + b'"',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_a_body_that_is_no_strict_json_is_refused(world: World, body: bytes) -> None:
    answer = world.t4.post(ONBOARDING, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("The request is not valid")


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/admin/users", {}, "username"),
        ("POST", "/admin/v1/accounts", {}, "userID"),
        ("PATCH", "/admin/v1/users/{userID}/marketdata", {"updates": []}, "updates"),
        ("PATCH", "/admin/v1/users/{userID}/marketdata", {}, "updates"),
        ("POST", "/admin/v1/users/{userID}/eula", {}, "eulaVersion"),
        ("PATCH", "/admin/v1/users/{userID}", {}, "body"),
        ("PATCH", "/admin/v1/users/{userID}", {"username": "other.name"}, "username"),
        ("PATCH", "/admin/v1/users/{userID}", {"enabled": "no"}, "enabled"),
        ("PATCH", "/admin/v1/users/{userID}", {"password": "weak"}, "password"),
        ("POST", "/admin/v1/users/{userID}/roles", {"name": "Trading"}, "role"),
        ("POST", "/admin/v1/users/{userID}/applications", {}, "name"),
        ("POST", "/admin/v1/users/{userID}/accounts", {}, "accountID"),
        ("PATCH", "/admin/v1/accounts/{accountID}", {"enabled": True}, "enabled"),
        ("PATCH", "/admin/v1/accounts/{accountID}", {"enabled": "enabled"}, "enabled"),
        ("PATCH", "/admin/v1/accounts/{accountID}", {"account": "99999"}, "account"),
        ("PATCH", "/admin/v1/accounts/{accountID}", {}, "body"),
        ("POST", "/login", {}, "appLicense"),
    ],
)
def test_every_other_body_is_as_strict(world: World, method: str, path: str, body: Any, field: str) -> None:
    data = world.onboard()
    before = world.state()
    where = path.format(userID=data["user"]["userID"], accountID=data["account"]["accountID"])
    answer = world.t4.request(method, where, json=body)
    assert answer.status_code == 400
    assert field in errors(answer)
    assert world.state() == before


def test_content_type_query_and_body_where_none_belongs_are_refused(world: World) -> None:
    raw = json.dumps(onboarding())
    assert errors(world.t4.post(ONBOARDING, content=raw)) == {"Content-Type": "must be application/json"}
    assert errors(world.t4.get("/admin/v1/users?name=x")) == {"?name": "is not known here"}
    assert errors(world.t4.request("GET", "/admin/v1/users", json={})) == {"body": "must be empty with GET"}


def test_an_unknown_address_is_404_and_a_wrong_method_405(world: World) -> None:
    for path in ("/", "/admin/v1", "/admin/v1/onboarding/", "/Admin/v1/onboarding", "/admin/v2/onboarding"):
        assert world.t4.post(path, json={}).status_code == 404
    answer = world.t4.put(ONBOARDING, json={})
    assert answer.status_code == 405
    assert "POST" in answer.json()["message"]


def test_the_right_request_still_passes(world: World) -> None:
    request = copy.deepcopy(onboarding())
    del request["Account"]["displayName"]
    request["MarketData"] = {}
    request["User"]["password"] = PASSWORD
    assert world.t4.post(ONBOARDING, json=request).status_code == 200
