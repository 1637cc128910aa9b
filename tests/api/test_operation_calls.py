"""Operations as calls: values in path and body, what `answer` yields, and what is missing."""

from pathlib import Path
from typing import Any

import pytest

from providers.t4.api import Conflict, MissingValue, OutcomeUnknown, ReadFailed, Unauthorized
from t4firm.operations import load_operations
from tests.api.calls import client, failure, operations
from tests.api.scripted import Reply, Reset, ScriptedT4

WALKTHROUGH = load_operations("walkthrough", Path())
USER = {"userID": "U-1", "username": "trader.a"}
USERS = operations(
    listUsers={"method": "GET", "path": "/users", "answer": "users"},
    readUser={"method": "GET", "path": "/users/{username}", "answer": "user"},
    updateUser={"method": "PATCH", "path": "/users/{userID}", "body": "{changes}"},
    disableUser={"method": "POST", "path": "/users/{userID}/disable"},
    removeRole={"method": "DELETE", "path": "/users/{userID}/roles/{role}?by={username}"},
    createAccount={
        "method": "POST",
        "path": "/accounts",
        "body": {
            "Account": {"account": "{account}", "displayName": "{displayName}", "note": "for {username}"},
            "owners": ["{userID}", "{templateAccount}"],
            "live": True,
        },
        "answer": "account",
    },
)


def test_the_walkthroughs_market_data_calls() -> None:
    shown = {
        "exchangeMarketData": [
            {"clearingExchange": "CME", "marketDataType": "Depth", "options": [], "fee": 1}
        ]
    }
    rows = [{"clearingExchange": "CME", "marketDataType": "Depth", "options": []}]
    updates = [{"clearingExchange": "CME", "marketDataType": "Depth"}]
    with ScriptedT4(Reply(body={"data": shown})) as t4, client(t4.endpoint, known=WALKTHROUGH) as calls:
        assert calls.call("updateMarketData", {**USER, "updates": updates}).data == rows
        assert calls.call("readMarketData", USER).data == rows
    patch, get = t4.heard
    assert (patch.method, patch.path, patch.json) == (
        "PATCH",
        "/admin/v1/users/U-1/marketdata",
        {"updates": updates},
    )
    assert (get.method, get.path, get.body) == ("GET", "/admin/v1/users/U-1/marketdata", b"")
    assert "content-type" not in get.headers


def test_the_walkthroughs_eula_calls_take_no_template_for_a_signature() -> None:
    template = {
        "collectedBy": "",
        "eulaVersion": "3",
        "signatures": [{"documentName": "LegalEULA", "signed": "x"}],
    }
    signed = {
        "collectedBy": "API",
        "eulaVersion": "2",
        "signatures": [{"documentName": "LegalEULA", "signed": "y"}],
    }
    answers = (
        Reply(body={"data": {"documents": [], "signatureTemplate": template}}),
        Reply(body={"data": {"signatureTemplate": template, "eulaSignature": signed}}),
        Reply(204),
    )
    with ScriptedT4(*answers) as t4, client(t4.endpoint, known=WALKTHROUGH) as calls:
        assert calls.call("readEula", USER).data == {
            "collectedBy": None,
            "eulaVersion": "3",
            "signatures": None,
        }
        assert calls.call("readEula", USER).data == signed
        done = calls.call("acceptEula", {**USER, **signed})
    assert done.data is None
    assert (done.evidence.method, done.evidence.status) == ("POST", 204)
    assert t4.heard[2].json == signed


@pytest.mark.parametrize(
    ("username", "path"),
    [
        ("trader.a", "/users/trader.a"),
        ("a/b c?d#e%2Fé", "/users/a%2Fb%20c%3Fd%23e%252F%C3%A9"),
        ("...trader", "/users/...trader"),
        ("john@x.example", "/users/john%40x.example"),
    ],
)
def test_a_value_cannot_leave_its_place_in_the_path(username: str, path: str) -> None:
    answer = {"user": {"userID": "u-1", "username": username}}
    with ScriptedT4(Reply(body=answer)) as t4, client(t4.endpoint, known=USERS) as calls:
        calls.call("readUser", {**USER, "username": username})
    assert t4.paths() == [path]


@pytest.mark.parametrize(
    ("username", "why"),
    [
        (None, "is not known"),
        ("", "is not known"),
        (["trader.a"], "is no text that can stand in a path"),
        (True, "is no text that can stand in a path"),
        ("..", "has a value that must not stand in a path"),
        (".", "has a value that must not stand in a path"),
        ("../admin", "has a value that must not stand in a path"),
        ("a\\..\\b", "has a value that must not stand in a path"),
        ("%2e%2E", "has a value that must not stand in a path"),
        ("x%2f..%2Fy", "has a value that must not stand in a path"),
        ("a\nb", "has a value that must not stand in a path"),
        ("\ud800", "has a value that must not stand in a path"),
    ],
)
def test_what_cannot_stand_in_a_path_is_never_sent(username: object, why: str) -> None:
    with (
        ScriptedT4() as t4,
        client(t4.endpoint, known=USERS) as calls,
        pytest.raises(MissingValue) as caught,
    ):
        calls.call("readUser", {"userID": "U-1", "username": username})
    assert str(caught.value) == f"The operation readUser needs {{username}}, which {why}. No call was made."
    assert (caught.value.operation, caught.value.name) == ("readUser", "username")
    assert t4.heard == []
    assert MissingValue.__module__ == "builtins"


def test_a_query_is_encoded_like_a_path() -> None:
    with ScriptedT4() as t4, client(t4.endpoint, known=USERS) as calls:
        calls.call("removeRole", {"userID": 17, "username": "a&b=c", "role": "Data Fills"})
    assert t4.heard[0].method == "DELETE"
    assert t4.paths() == ["/users/17/roles/Data%20Fills?by=a%26b%3Dc"]


def test_the_body_takes_values_with_their_type_and_leaves_out_none() -> None:
    values = {**USER, "account": "22222", "displayName": None, "templateAccount": None}
    answer = {"account": {"accountID": "A-1", "account": "22222", "enabled": "Disabled", "extra": 1}}
    with ScriptedT4(Reply(body={"data": answer})) as t4, client(t4.endpoint, known=USERS) as calls:
        made = calls.call("createAccount", values).data
        calls.call("updateUser", {**USER, "changes": {"phone": "1", "flag": False}})
        calls.call("updateUser", {**USER, "changes": None})
    assert t4.heard[0].json == {
        "Account": {"account": "22222", "note": "for trader.a"},
        "owners": ["U-1"],
        "live": True,
    }
    assert t4.heard[1].json == {"phone": "1", "flag": False}
    assert t4.heard[2].json == {}
    assert made == {
        "accountID": "A-1",
        "account": "22222",
        "accountName": None,
        "displayName": None,
        "enabled": "Disabled",
        "preTradeDisabled": None,
        "firmID": None,
    }


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"account": "1", "displayName": None, "userID": "u", "username": "n"}, "templateAccount"),
        ({"account": "1", "displayName": None, "templateAccount": None, "userID": "u"}, "username"),
        (
            {"account": "1", "displayName": None, "templateAccount": None, "userID": "u", "username": None},
            "username",
        ),
    ],
    ids=["not given", "in a text, not given", "in a text, None"],
)
def test_a_missing_value_is_named(values: dict[str, object], name: str) -> None:
    with (
        ScriptedT4() as t4,
        client(t4.endpoint, known=USERS) as calls,
        pytest.raises(MissingValue) as caught,
    ):
        calls.call("createAccount", values)
    assert caught.value.name == name
    assert t4.heard == []


def test_an_operation_that_the_stack_does_not_have() -> None:
    with ScriptedT4() as t4, client(t4.endpoint, known=USERS) as calls, pytest.raises(KeyError):
        calls.call("assignAccount", USER)


def test_a_user_as_it_is_read() -> None:
    shown: dict[str, object] = {
        "userID": "u-1",
        "username": "trader.a",
        "roles": [],
        "phone": "1",
        "secretNote": "x",
        "city": None,
    }
    with ScriptedT4(Reply(body={"user": shown})) as t4, client(t4.endpoint, known=USERS) as calls:
        assert calls.call("readUser", USER).data == {
            "userID": "u-1",
            "username": "trader.a",
            "enabled": None,
            "roles": [],
            "applications": None,
            "accounts": None,
            "firmID": None,
            "phone": "1",
        }


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"users": None}, "`answer` yields no list"),
        ({"users": {}}, "`answer` yields no list"),
        ({"users": [1]}, "`answer` yields no object for entry 1"),
        (
            {"users": [{"userID": "u", "username": "n"}, {"userID": "u"}]},
            "`answer` yields no username for entry 2",
        ),
        ({"users": [{"userID": "", "username": "n"}]}, "`answer` yields no userID for entry 1"),
        (
            {"users": [{"userID": "u", "username": "n", "roles": "Trading"}]},
            "`answer` yields a roles of another kind for entry 1",
        ),
        (
            {"users": [{"userID": "u", "username": "n", "roles": [{"name": "Trading"}]}]},
            "`answer` yields a roles of another kind for entry 1",
        ),
        (
            {"users": [{"userID": "u", "username": "n", "enabled": "yes"}]},
            "`answer` yields a enabled of another kind for entry 1",
        ),
        (
            {"users": [{"userID": "u", "username": "n", "phone": 5}]},
            "`answer` yields a phone of another kind for entry 1",
        ),
    ],
)
def test_what_was_misread_never_passes_as_empty(answer: Any, why: str) -> None:
    with ScriptedT4(Reply(body={"data": answer})) as t4, client(t4.endpoint, known=USERS) as calls:
        error = failure(calls.listed, "listUsers")
    assert type(error) is ReadFailed
    assert f"T4 answered 200, but {why}" in str(error)
    assert len(t4.heard) == 1


@pytest.mark.parametrize(
    "answer", [{}, {"account": None}, {"account": {"account": "22222"}}, {"account": []}]
)
def test_a_call_that_was_done_stays_done_when_its_answer_does_not_fit(answer: Any) -> None:
    values = {**USER, "account": "22222", "displayName": None, "templateAccount": None}
    with ScriptedT4(Reply(201, answer)) as t4, client(t4.endpoint, known=USERS) as calls:
        made = calls.call("createAccount", values)
    assert (made.data, made.evidence.status, len(t4.heard)) == (None, 201, 1)


def test_an_expression_that_cannot_be_applied() -> None:
    known = operations(listUsers={"method": "GET", "path": "/users", "answer": "join('x', users)"})
    with ScriptedT4(Reply(body={"users": [1]})) as t4, client(t4.endpoint, known=known) as calls:
        error = failure(calls.listed, "listUsers")
    assert "T4 answered 200, but `answer` cannot be applied to it" in str(error)


def test_operations_fail_like_onboarding_does() -> None:
    values = {**USER, "account": "22222", "displayName": "Ann's second", "templateAccount": None}
    taken = Reply(409, {"message": "22222 (Ann's second) exists"})
    with ScriptedT4(Reset(), taken) as t4, client(t4.endpoint, known=USERS) as calls:
        error = failure(calls.call, "createAccount", values)
    assert isinstance(error, Conflict)
    assert (error.doubtful, error.about, error.happened) == (True, "account", "unknown")
    assert error.said == "22222 ([displayName]) exists"
    with ScriptedT4(Reset()) as t4, client(t4.endpoint, known=USERS) as calls:
        assert type(failure(calls.call, "disableUser", USER)) is OutcomeUnknown
    with ScriptedT4(Reply(404)) as t4, client(t4.endpoint, known=USERS) as calls:
        assert str(failure(calls.call, "disableUser", USER)).endswith(
            "Either T4 does not have what the path names, or the operations file gives a wrong path."
        )


def test_changes_hold_personal_details_and_passwords_that_no_error_shows() -> None:
    changes = {
        "phone": "555-1234",
        "newPassword": "hunter2hunter2",
        "nested": [{"clientSecret": "s3cr3t-s3cr3t"}],
    }
    said = b"bad: 555-1234 hunter2hunter2 s3cr3t-s3cr3t"
    with ScriptedT4(Reply(401, said)) as t4, client(t4.endpoint, known=USERS) as calls:
        error = failure(calls.call, "updateUser", {**USER, "changes": changes})
    assert type(error) is Unauthorized
    assert error.said == "bad: [phone] *** ***"
