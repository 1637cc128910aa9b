"""The administrator's portal without a browser: each form does what it says, and others' forms do nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from t4simulator.portal.acts import ACTS
from tests.simulator.portal_page import Form, PortalPage
from tests.simulator.world import PASSWORD, World

HOSTILE = "<script>alert('1')</script> \u202e\"'&"
CAROL = {
    "username": "trader.c",
    "password": "Zq7-Wx9!Vk2",
    "templateUser": "WhenTechTrader",
    "firstname": "Carol",
    "lastname": "O'Häkkinen",
    "phone": "555-222-3333",
    "email": "carol@example.com",
    "street": "3 Lake Street",
    "city": "Provo",
    "county": "",
    "state": "",
    "postCode": "84601",
    "country": "US",
    "apptype": "Professional",
}


def form_of(world: World, act: str, page: str) -> Form:
    """A form as the page has it now."""
    return PortalPage(world.control.get(f"/portal/{page}").text).form(act)


def token(world: World) -> str:
    return form_of(world, "create-user", "new-user").fields["token"]


def sent(world: World, act: str, page: str = "/portal/users", **values: str) -> httpx.Response:
    """The page that follows a form."""
    return world.control.post(
        f"/portal/do/{act}", data={"token": token(world), "page": page, **values}, follow_redirects=True
    )


def notice(answer: httpx.Response) -> str:
    found = re.search(r'<p class="notice[^>]*>(.*?)</p>', answer.text)
    assert found, answer.text
    return html.unescape(re.sub("<[^>]+>", "", found.group(1)))


def done(world: World, act: str, **values: str) -> None:
    answer = sent(world, act, **values)
    assert notice(answer).startswith("Done. "), answer.text


def user(world: World, username: str = "trader.a") -> Mapping[str, Any]:
    entry: Mapping[str, Any] = world.state()["users"][username]
    return entry


def test_every_form_does_what_it_says(world: World) -> None:
    """All of `ACTS`, in one day of an administrator."""
    asked: list[str] = []

    def does(act: str, page: str = "", **values: str) -> None:
        """On a `page`: with all that its form shows there."""
        asked.append(act)
        shown = form_of(world, act, page).fields if page else {}
        done(world, act, **{**shown, **values})

    does("create-user", **CAROL)
    assert user(world, "trader.c")["lastname"] == "O'Häkkinen"
    assert user(world, "trader.c")["applications"] == ["WhenTech"]
    does("change-user", "users/TRADER.C", phone="555", enabled="off", passwordNeverExpires="on")
    assert (user(world, "trader.c")["phone"], user(world, "trader.c")["enabled"]) == ("555", False)
    does("assign-role", username="trader.c", role="RiskManager")
    does("remove-role", username="trader.c", role="Trading")
    assert {"RiskManager", "Trading"} & set(user(world, "trader.c")["roles"]) == {"RiskManager"}
    does("assign-application", username="trader.c", application="T4Firm")
    does("remove-application", username="trader.c", application="WhenTech")
    assert user(world, "trader.c")["applications"] == ["T4Firm"]
    account = {"account": "55555", "accountName": "55555", "displayName": "Ümlaut"}
    does("create-account", templateAccount="DefaultTemplate", **account)
    assert world.state()["accounts"]["55555"]["users"] == []
    does("assign-account", username="trader.c", account="55555")
    assert user(world, "trader.c")["accounts"] == ["55555"]
    does("unassign-account", username="trader.c", account="55555")
    assert user(world, "trader.c")["accounts"] == []
    does("change-account", "accounts/55555", enabled="Enabled", preTradeDisabled="off")
    made = world.state()["accounts"]["55555"]
    assert (made["enabled"], made["preTradeDisabled"], made["displayName"]) == ("Enabled", False, "Ümlaut")
    world.control.put("/simulator/socket/accounts/55555", json={"deleted": True}).raise_for_status()
    assert "Deleted." in world.control.get("/portal/accounts/55555").text
    does("restore-account", account="55555")
    assert "Deleted." not in world.control.get("/portal/accounts/55555").text
    does("set-market-data", username="trader.c", exchange="CME", marketDataType="TOB")
    assert user(world, "trader.c")["marketData"] == {"CME": "TOB"}
    does("end-market-data", username="trader.c", exchange="CME")
    assert user(world, "trader.c")["marketData"] == {}
    does("sign-agreements", username="trader.c")
    assert len(user(world, "trader.c")["eula"]["signatures"]) == 7
    does("set-password", username="trader.c", password="Other-Zq7!Wx9")
    does("change-user", "users/trader.c", enabled="on")
    done(world, "assign-account", username="trader.c", account="55555")
    assert world.login(userName="trader.c", password="Other-Zq7!Wx9").status_code == 200
    world.control.put("/simulator/socket/users/trader.c", json={"locked": True}).raise_for_status()
    does("unlock-user", username="trader.c")
    assert "Unlock" not in world.control.get("/portal/users/trader.c").text
    templates = world.state()["templates"]["users"]["WhenTechTrader"]
    does("add-template-role", template="WhenTechTrader", role="RiskManager")
    does("add-template-application", template="WhenTechTrader", application="AppName1")
    given = world.state()["templates"]["users"]["WhenTechTrader"]
    assert "RiskManager" in given["roles"]
    assert given["applications"] == ["WhenTech", "AppName1"]
    does("remove-template-role", template="WhenTechTrader", role="RiskManager")
    does("remove-template-application", template="WhenTechTrader", application="AppName1")
    assert world.state()["templates"]["users"]["WhenTechTrader"] == templates
    does("delete-user", username="trader.c")
    assert "trader.c" not in world.state()["users"]
    assert set(asked) == set(ACTS)
    changes = [call for call in world.requests() if call["path"] != "/login"]
    assert changes == [], "what the administrator does is no call of T4's API"


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost_but_the_password(world: World) -> None:
    wrong = {**CAROL, "email": "nobody", "postCode": " ", "password": "short", "firstname": HOSTILE}
    answer = sent(world, "create-user", "/portal/new-user", **wrong)
    assert answer.status_code == 200
    assert answer.url.path == "/portal/new-user"
    assert notice(answer).startswith("Not done. ")
    for field, words in (("email", "must be an email address"), ("postCode", "must not be empty")):
        assert f'id="create-user-{field}-wrong">{field} {words}' in answer.text
    assert f'value="{html.escape(HOSTILE)}"'.replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in (
        answer.text
    )
    assert "short" not in answer.text
    assert world.state()["users"] == {}
    assert "Not done" not in world.control.get(str(answer.url)).text, "it is told once"


def test_words_of_others_are_words(world: World) -> None:
    world.onboard(HOSTILE, "11111", firstname=HOSTILE)
    for page in ("users", "accounts", f"users/{quote(HOSTILE, safe='')}", "accounts/11111"):
        answer = world.control.get(f"/portal/{page}")
        assert answer.status_code == 200, page
        assert "<script" not in answer.text, page
    done(world, "assign-role", username=HOSTILE, role="RiskManager")
    assert "RiskManager" in user(world, HOSTILE)["roles"]


@pytest.mark.parametrize(
    ("act", "page", "mine", "theirs"),
    [
        ("change-user", "users/trader.a", {"city": "Reno"}, {"phone": "555-999-0000"}),
        ("change-user", "users/trader.a", {"city": "Reno"}, {"enabled": "off"}),
        ("change-user", "users/trader.a", {"city": "Reno"}, {"passwordNeverExpires": "on"}),
        ("change-account", "accounts/11111", {"accountName": "Mine"}, {"displayName": "Theirs"}),
        ("change-account", "accounts/11111", {"accountName": "Mine"}, {"preTradeDisabled": "off"}),
    ],
)
class TestTwoTabs:
    """A form sends all that it showed: also what somebody saved since in another tab."""

    def test_an_old_form_takes_nothing_back(
        self, world: World, act: str, page: str, mine: dict[str, str], theirs: dict[str, str]
    ) -> None:
        world.onboard()
        old = form_of(world, act, page).fields
        done(world, act, **{**old, **theirs})
        after = form_of(world, act, page).fields
        answer = sent(world, act, **{**old, **mine})
        assert notice(answer).startswith("Not done. This was changed after you opened the page")
        now = PortalPage(answer.text).form(act).fields
        assert now == after, "nothing was saved, and the page shows what they saved"
        done(world, act, **{**now, **mine})
        last = form_of(world, act, page).fields
        assert {**last, "shown": ""} == {**after, **mine, "shown": ""}

    def test_nor_does_one_that_was_refused_first(
        self, world: World, act: str, page: str, mine: dict[str, str], theirs: dict[str, str]
    ) -> None:
        """The page that tells what is wrong has what was typed, and comes after they saved."""
        world.onboard()
        old = form_of(world, act, page).fields
        wrong = dict.fromkeys(mine, "x" * 10_000)
        refused = world.control.post(f"/portal/do/{act}", data={**old, **wrong})
        done(world, act, **{**old, **theirs})
        after = form_of(world, act, page).fields
        shown = PortalPage(world.control.get(refused.headers["location"]).text).form(act).fields
        assert shown == {**old, **wrong, "page": shown["page"]}
        assert notice(sent(world, act, **{**shown, **mine})).startswith("Not done. ")
        assert form_of(world, act, page).fields == after

    def test_nor_does_one_without_what_it_showed(
        self, world: World, act: str, page: str, mine: dict[str, str], theirs: dict[str, str]
    ) -> None:
        world.onboard()
        before = form_of(world, act, page).fields
        answer = sent(world, act, **{**before, **mine, "shown": ""})
        assert notice(answer).startswith("Not done. ")
        assert form_of(world, act, page).fields == before


@pytest.mark.parametrize(
    ("act", "values"),
    [
        ("remove-role", {"username": "trader.a", "role": "RiskManager"}),
        ("remove-application", {"username": "trader.a", "application": "WhenTechFills"}),
        ("unassign-account", {"username": "trader.a", "account": "22222"}),
        ("end-market-data", {"username": "trader.a", "exchange": "CME"}),
        ("assign-role", {"username": "trader.a", "role": "Pope"}),
        ("assign-application", {"username": "trader.a", "application": "Pope"}),
        ("add-template-role", {"template": "WhenTechTrader", "role": "Pope"}),
        ("add-template-application", {"template": "WhenTechTrader", "application": "Pope"}),
        ("remove-template-role", {"template": "WhenTechTrader", "role": "Pope"}),
        ("remove-template-application", {"template": "WhenTechTrader", "application": "Pope"}),
    ],
)
def test_where_nothing_matches_nothing_is_done(world: World, act: str, values: dict[str, str]) -> None:
    world.onboard()
    world.onboard("trader.b", "22222")
    before = world.state()
    answer = sent(world, act, **values)
    assert notice(answer).startswith("Not done. Not found: "), answer.text
    assert world.state() == before


def test_roles_and_applications_are_the_same_with_capitals_or_without(world: World) -> None:
    world.onboard(templateUser="WhenTechTrader")
    for act, values, words in (
        ("assign-role", {"username": "trader.a", "role": "riskmanager"}, "has the role RiskManager"),
        ("remove-role", {"username": "TRADER.A", "role": "TRADING"}, "does not have the role Trading"),
        ("assign-application", {"username": "trader.a", "application": "t4firm"}, "application T4Firm"),
        ("remove-application", {"username": "trader.a", "application": "whentech"}, "application WhenTech"),
        ("add-template-role", {"template": "FillService", "role": "trading"}, "get the role Trading"),
        ("remove-template-role", {"template": "FillService", "role": "trading"}, "get the role Trading"),
    ):
        assert words in notice(sent(world, act, **values))
    assert {"RiskManager", "Trading"} & set(user(world)["roles"]) == {"RiskManager"}
    assert user(world)["applications"] == ["T4Firm"]
    assert world.state()["templates"]["users"]["FillService"]["roles"] == []


def test_any_account_and_any_user_has_a_page(world: World) -> None:
    """Also one whose name is a word of an address."""
    for username, number in (("new-user", "new"), ("templates", "users"), ("accounts", "do")):
        world.onboard(username, number)
        for page, name in ((f"users/{username}", username), (f"accounts/{number}", number)):
            assert f"{name} -" in PortalPage(world.control.get(f"/portal/{page}").text).title.translate(
                {0x2068: None, 0x2069: None}
            )
        done(world, "unassign-account", page=f"/portal/accounts/{number}", username=username, account=number)


RIGHT_TO_LEFT = "\u05d0\u05d1\u05d2 \u05d3\u05d4\u05d5"


def test_a_name_that_is_written_from_right_to_left_turns_nothing_around_it(world: World) -> None:
    name, place = RIGHT_TO_LEFT, quote(RIGHT_TO_LEFT)
    gives = {"roles": [name, "Trading"], "applications": [name]}
    world.control.put(f"/simulator/templates/users/{place}", json=gives).raise_for_status()
    world.control.put(f"/simulator/templates/accounts/{place}", json={}).raise_for_status()
    world.control.put(f"/simulator/exchanges/{place}", json={"types": ["Depth"]}).raise_for_status()
    person = {"templateUser": name, **dict.fromkeys(("firstname", "lastname"), name)}
    world.onboard(name, "11111", **person)
    account = {"account": "22222", "accountName": name, "displayName": name, "templateAccount": name}
    done(world, "create-account", **account)
    done(world, "assign-account", username=name, account="22222")
    done(world, "set-market-data", username=name, exchange=name, marketDataType="Depth")
    pages = [
        world.control.get(f"/portal/{page}")
        for page in (
            *("users", f"users/{place}", "users?search=no" + place, "new-user", "templates"),
            *("accounts", "accounts/22222", "accounts?search=no" + place, "new-account"),
            "users/no" + place,
        )
    ]
    pages += [
        sent(world, "remove-role", page=f"/portal/users/{place}", username=name, role=name)
        for _ in ("done", "refused")
    ]
    for page in pages:
        found = PortalPage(page.text)
        assert name in page.text, page.url
        assert [words for words in found.words if name in words] == [], page.url
        assert name not in found.title.replace(f"\u2068{name}\u2069", ""), page.url


def test_a_list_sends_a_name_as_it_is_written(world: World) -> None:
    """HTML lets a browser send other spaces for an option without a value."""
    world.onboard()
    name, market = "Two  spaces", {"types": ["Top  of  book", "Depth"]}
    gives = {"roles": [name], "applications": [name]}
    world.control.put(f"/simulator/templates/users/{name}", json=gives).raise_for_status()
    world.control.put("/simulator/exchanges/CME", json=market).raise_for_status()
    forms = PortalPage(world.control.get("/portal/users/trader.a").text)
    for act, field in (("assign-role", "role"), ("assign-application", "application")):
        assert name in forms.form(act).choices[field]
        done(world, act, **{**forms.form(act).fields, field: name})
    for form in forms.forms:
        if form.act == "set-market-data" and form.fields["exchange"] == "CME":
            assert form.choices["marketDataType"] == market["types"]
    assert name in form_of(world, "create-user", "new-user").choices["templateUser"]
    assert name in user(world)["roles"]
    assert name in user(world)["applications"]


def test_a_search_finds_users_and_accounts(world: World) -> None:
    world.onboard("trader.a", "11111")
    world.onboard("trader.b", "22222", lastname="Häkkinen")
    users = world.control.get("/portal/users?search=HÄKK").text
    assert "trader.b" in users
    assert "trader.a" not in users
    accounts = world.control.get("/portal/accounts?search=trader.a").text
    assert "11111" in accounts
    assert "22222" not in accounts
    assert "No user has" in world.control.get("/portal/users?search=nobody").text


def test_only_this_machine_sees_a_page(world: World) -> None:
    for place in ("/portal/users", "/portal/style.css", "/simulator/state"):
        assert world.control.get(place).status_code == 200
        for host in ("t4.example", "127.0.0.1.t4.example", "", "[::1"):
            assert world.control.get(place, headers={"Host": host}).status_code in (400, 403), host


@pytest.mark.parametrize("origin", ["http://t4.example", "http://127.0.0.1:1", "null"])
def test_no_form_of_another_site_is_taken(world: World, origin: str) -> None:
    """Whether it knows the token or not; nor does a page elsewhere reach the routes of the tests."""
    world.onboard()
    form = {"token": token(world), "page": "/portal/users", "username": "trader.a"}
    strange = {"Origin": origin}
    assert world.control.post("/portal/do/delete-user", data=form, headers=strange).status_code == 403
    assert world.control.post("/simulator/reset", headers=strange).status_code == 403
    assert (
        world.control.post(
            "/simulator/administrator/delete-user", json={"username": "trader.a"}, headers=strange
        ).status_code
        == 403
    )
    assert "trader.a" in world.state()["users"]
    own = {"Origin": world.run.endpoint}
    assert world.control.post("/portal/do/delete-user", data=form, headers=own).status_code == 303


@pytest.mark.parametrize("given", [{}, {"token": ""}, {"token": "0" * 43}, {"token": "é"}])
def test_a_form_without_the_token_does_nothing(world: World, given: dict[str, str]) -> None:
    world.onboard()
    form = {"page": "/portal/users", "username": "trader.a", **given}
    answer = world.control.post("/portal/do/delete-user", data=form)
    assert answer.status_code == 403
    assert "load the page again" in answer.text
    assert "trader.a" in world.state()["users"]


def test_a_form_leads_to_no_other_site_and_is_no_flood(world: World) -> None:
    world.onboard()
    for page in ("//t4.example", "https://t4.example", "", "/simulator/reset"):
        form = {"token": token(world), "page": page, "username": "trader.a"}
        assert world.control.post("/portal/do/delete-user", data=form).status_code == 400
    assert world.control.post("/portal/do/delete-user", content=b"x" * 200_000).status_code == 400
    assert world.control.post("/portal/do/delete-user", content=b"token=%ff").status_code == 400
    assert sent(world, "no-such-form").status_code == 404
    assert "trader.a" in world.state()["users"]


def test_pages_run_nothing_are_kept_nowhere_and_framed_by_nobody(world: World) -> None:
    headers = world.control.get("/portal/users").headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    for part in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "script" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_no_page_shows_a_secret(world: World) -> None:
    world.onboard()
    run = world.run
    secrets = (PASSWORD, run.api_key, run.password_seed, run.login["password"], run.login["appLicense"])
    for page in ("users", "users/trader.a", "new-user", "accounts", "accounts/11111", "templates"):
        text = world.control.get(f"/portal/{page}").text
        assert "This is not T4" in text
        assert not [secret for secret in secrets if secret in text], page


def test_the_same_acts_without_a_browser(world: World) -> None:
    world.onboard()
    place = "/simulator/administrator"
    answer = world.control.post(f"{place}/assign-role", json={"username": "trader.a", "role": "RiskManager"})
    assert answer.json() == {"done": "trader.a has the role RiskManager."}
    for act, values, status in (
        ("no-such-form", {}, 404),
        ("assign-role", {"username": "trader.a"}, 400),
        ("assign-role", {"username": "nobody", "role": "Trading"}, 404),
        ("assign-role", {"username": "trader.a", "role": "Pope"}, 404),
        ("assign-account", {"username": "trader.a", "account": "99999"}, 404),
        ("end-market-data", {"username": "trader.a", "exchange": "ICE"}, 404),
        ("add-template-role", {"template": "Nobody", "role": "Trading"}, 404),
        ("change-user", {"username": "trader.a"}, 200),
        ("change-account", {"account": "11111"}, 400),
    ):
        answer = world.control.post(f"{place}/{act}", json=values)
        assert answer.status_code == status, (act, values, answer.text)
