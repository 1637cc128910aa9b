"""The onboarding call against a real server: what goes out, what is taken from the answer."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from providers.t4.api import OnboardingRequest, OutcomeUnknown, same_id
from tests.api.calls import ANSWER, API_KEY, REQUEST, answer, client, failure, request
from tests.api.scripted import Reply, ScriptedT4


def test_the_seeds_request_goes_out_and_the_seeds_answer_comes_in() -> None:
    with ScriptedT4(Reply(body=ANSWER)) as t4, client(t4.endpoint) as calls:
        got = calls.onboard(OnboardingRequest.model_validate(REQUEST))
    (heard,) = t4.heard
    assert (heard.method, heard.path) == ("POST", "/admin/v1/onboarding")
    assert heard.json == REQUEST
    assert heard.headers["authorization"] == f"APIKey {API_KEY}"
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["user-agent"].startswith("t4-firm/")
    user, account = got.data.user, got.data.account
    assert (user.userID, user.userName) == ("90E53A07-B293-4805-B848-D91919337D0E", "john.smith@example.com")
    assert user.roles is not None
    assert "Trading" in user.roles
    assert user.applications == ("AppName1", "AppName2")
    assert (user.enabled, user.trialExpires) == (True, "2025-05-29T00:00:00")
    assert account is not None
    assert (account.account, account.enabled, account.preTradeDisabled) == ("jsmith01", "Disabled", True)
    assert account.accountID == "9526FC9A-0500-4261-8BC9-1FB88F537206"
    assert got.data.marketData == {"DUMMY": "Depth"}
    assert got.data.eulaSignature is not None
    assert len(got.data.eulaSignature) == 7
    assert str(got.evidence) == (
        "POST /admin/v1/onboarding: 200 at 2026-05-28T20:26:40Z (request 0HNCJVEI883I0:00000001)"
    )


def test_what_is_not_given_is_left_out_of_the_body() -> None:
    least = {"User": REQUEST["User"], "Account": {**REQUEST["Account"]}}
    del least["Account"]["displayName"]
    with ScriptedT4(Reply(body=ANSWER)) as t4, client(t4.endpoint) as calls:
        calls.onboard(OnboardingRequest.model_validate(least))
    assert t4.heard[0].json == least


def test_the_template_user_and_the_path_can_be_set() -> None:
    with (
        ScriptedT4(Reply(body=ANSWER)) as t4,
        client(t4.endpoint, onboard_path="/admin/v1/onboard") as calls,
    ):
        calls.onboard(request(templateUser="FillService"))
    assert t4.heard[0].path == "/admin/v1/onboard"
    assert t4.heard[0].json["User"]["templateUser"] == "FillService"


@pytest.mark.parametrize(
    "wrong",
    [
        {"Username": "x"},
        {"postCode": 60001},
        {"apptype": "professional"},
        {"phone": None},
    ],
)
def test_a_request_that_t4_would_refuse_is_not_built_and_shows_nobody(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        request(**wrong)
    assert "60001" not in str(caught.value)
    assert REQUEST["User"]["password"] not in str(caught.value)


def test_a_request_shows_neither_password_nor_person() -> None:
    shown = repr(request()) + str(request())
    for field in ("password", "firstname", "phone", "email", "street"):
        value = REQUEST["User"][field]
        assert value == REQUEST["User"]["username"] or value not in shown
    assert REQUEST["Account"]["displayName"] not in shown


@pytest.mark.parametrize(
    "body",
    [
        ANSWER,
        {"data": ANSWER["result"]["value"]["data"]},
        ANSWER["result"]["value"]["data"],
        {**ANSWER, "new": {"field": [1]}},
    ],
    ids=["envelope A", "envelope B", "no envelope", "unknown fields"],
)
def test_either_envelope_and_unknown_fields_are_read(body: dict[str, Any]) -> None:
    with ScriptedT4(Reply(body=body)) as t4, client(t4.endpoint) as calls:
        assert calls.onboard(request()).data.user.userID == "90E53A07-B293-4805-B848-D91919337D0E"


def test_a_byte_order_mark_and_another_content_type_do_no_harm() -> None:
    reply = Reply(body=b"\xef\xbb\xbf" + json.dumps(ANSWER).encode(), headers={"Content-Type": "text/plain"})
    with ScriptedT4(reply) as t4, client(t4.endpoint) as calls:
        assert calls.onboard(request()).data.account is not None


def test_missing_parts_are_none_never_empty() -> None:
    user = {"userID": "u1"}
    with ScriptedT4(Reply(body={"data": {"user": user}})) as t4, client(t4.endpoint) as calls:
        got = calls.onboard(request()).data
    assert (got.user.roles, got.user.applications, got.user.userName, got.user.enabled) == (None,) * 4
    assert (got.account, got.marketData, got.eulaSignature) == (None, None, None)


@pytest.mark.parametrize("roles", ["Trading", {"Trading": True}, [1], [None], [""], [{"id": "x"}], None])
def test_roles_that_cannot_be_read_are_not_taken_for_none(roles: object) -> None:
    user = {"userID": "u1", "roles": roles, "applications": roles}
    with ScriptedT4(Reply(body=answer(user=user))) as t4, client(t4.endpoint) as calls:
        got = calls.onboard(request()).data.user
    assert (got.roles, got.applications) == (None, None)


def test_no_role_is_an_empty_list() -> None:
    user = {"userID": "u1", "roles": [], "applications": ["WhenTechFills"]}
    with ScriptedT4(Reply(body=answer(user=user))) as t4, client(t4.endpoint) as calls:
        got = calls.onboard(request()).data.user
    assert (got.roles, got.applications) == ((), ("WhenTechFills",))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"user": {"userName": "john.smith@example.com"}}, "the answer names no userID"),
        ({"user": {"userID": " "}}, "the answer names no userID"),
        ({"user": {"userID": "u1", "userName": "jane.doe"}}, "the answer is about another user"),
        ({"account": {"accountID": "a1", "account": "jdoe01"}}, "the answer is about another account"),
    ],
)
def test_an_answer_about_somebody_else_is_never_taken(changes: dict[str, Any], why: str) -> None:
    with ScriptedT4(Reply(body=answer(**changes))) as t4, client(t4.endpoint) as calls:
        error = failure(calls.onboard, request())
    assert type(error) is OutcomeUnknown
    assert str(error) == (
        f"POST /admin/v1/onboarding: T4 answered 200, but {why}. It is not known whether T4 did what was "
        "asked. "
        "Run again: names are unique in T4, so nothing is made twice."
    )
    assert len(t4.heard) == 3


def test_names_are_compared_without_case() -> None:
    changes = {"user": {"userID": "u1", "userName": "John.Smith@EXAMPLE.com"}, "account": None}
    with ScriptedT4(Reply(body=answer(**changes))) as t4, client(t4.endpoint) as calls:
        assert calls.onboard(request()).data.user.userID == "u1"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("90E53A07-B293", "90e53a07-b293", True),
        ("{90E53A07-B293} ", "90e53a07-b293", True),
        ("90E53A07-B293", "90E53A07-B294", False),
        (None, None, False),
        ("a", None, False),
    ],
)
def test_ids_are_the_same_without_case(one: str | None, other: str | None, same: bool) -> None:
    assert same_id(one, other) is same


def test_control_characters_do_not_come_in() -> None:
    user = {
        "userID": "u1",
        "roles": ["Tra\x1b[31mding\u202e", "a\nb"],
        "applications": [{"name": "x\x00y\ud800"}],
    }
    with ScriptedT4(Reply(body=answer(user=user))) as t4, client(t4.endpoint) as calls:
        got = calls.onboard(request()).data.user
    assert (got.roles, got.applications) == (("Tra[31mding", "a b"), ("xy",))
