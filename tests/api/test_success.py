"""Success is not a status: what a body says, what the operation states, and 202."""

from typing import Any

import pytest

from providers.t4.api import OutcomeUnknown, ReadFailed, Refused
from tests.api.calls import client, failure, operations
from tests.api.scripted import Reply, ScriptedT4

USER = {"userID": "U-1", "username": "dan.acme"}
ORDERS = "User has working orders and cannot be disabled."


def disable(t4: ScriptedT4, **more: Any) -> Any:
    known = operations(disableUser={"method": "POST", "path": "/users/{userID}/disable", **more})
    with client(t4.endpoint, known=known) as calls:
        return calls.call("disableUser", USER)


def refusal(body: object, status: int = 200, **more: Any) -> Refused:
    with ScriptedT4(Reply(status, body)) as t4:
        error = failure(lambda: disable(t4, **more))
    assert type(error) is Refused
    assert len(t4.heard) == 1, "asking again would not change it"
    return error


def test_a_body_that_speaks_of_errors_is_a_refusal_and_its_words_are_shown() -> None:
    """Case ok-with-error-inside."""
    error = refusal({"success": False, "errors": [ORDERS], "data": None})
    assert str(error) == (
        "POST /users/U-1/disable: T4 answered 200, but its text says that it failed: "
        f"“errors: {ORDERS}”. Nothing was changed by it."
    )


@pytest.mark.parametrize(
    "body",
    [
        {"success": False},
        {"Success": False, "message": "no"},
        {"isSuccess": False},
        {"errors": ["no"]},
        {"errors": {"userID": ["unknown"]}},
        {"error": "no"},
        {"error": {"message": "no"}},
        {"hasErrors": True},
        {"status": "failed"},
        {"result": "Error"},
        {"result": {"value": {"data": None, "errors": ["no"]}, "statusCode": 200}},
        {"result": {"success": False, "value": {"data": {}}}},
        {"data": {"success": False}},
    ],
)
def test_ways_in_which_bodies_speak_of_errors(body: dict[str, Any]) -> None:
    refusal(body)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"success": True, "errors": [], "error": None},
        {"errors": {}, "error": "", "hasErrors": False},
        {"status": "ok", "data": {"status": "Enabled", "state": "OH", "errors": []}},
        {"data": [{"errors": ["of one row"]}]},
        {"success": None},
    ],
)
def test_bodies_that_speak_of_none(body: object) -> None:
    with ScriptedT4(Reply(200, body)) as t4:
        assert not disable(t4).only_asked


def test_what_came_with_data_may_be_half_done() -> None:
    assert refusal({"errors": ["1 of 2 failed"], "data": {"userID": "U-1"}}).happened == "unknown"
    assert refusal({"errors": ["no"], "data": None}).happened == "no"


def test_an_operation_may_state_what_success_is() -> None:
    stated = "outcome == 'Disabled'"
    with ScriptedT4(Reply(200, {"outcome": "Disabled", "errors": ["an old one"]})) as t4:
        assert disable(t4, success=stated).evidence.status == 200
    bodies: list[object] = [{"outcome": "Queued", "message": "later"}, {}, [], None]
    for body in bodies:
        error = refusal(body, success=stated)
        assert "T4 answered 200, but it does not meet the operation's `success`" in str(error)
        assert error.happened == "unknown"
    assert refusal({"outcome": "x"}, success="abs(outcome)").said == "x"


@pytest.mark.parametrize("body", [{"jobId": "J1", "state": "queued"}, None, b"queued"])
def test_202_is_asked_for_and_not_done(body: object) -> None:
    with ScriptedT4(Reply(202, body)) as t4:
        answer = disable(t4)
    assert answer.only_asked
    assert str(answer.evidence).startswith("POST /users/U-1/disable: 202 at ")
    assert len(t4.heard) == 1


def test_202_is_done_where_the_operation_says_so() -> None:
    with ScriptedT4(Reply(202, {"state": "done"})) as t4:
        assert not disable(t4, success="state == 'done'").only_asked
    refusal({"state": "queued"}, 202, success="state == 'done'")
    refusal({"errors": [ORDERS]}, 202)


def test_a_read_that_was_only_asked_for_read_nothing() -> None:
    known = operations(readUser={"method": "GET", "path": "/users/{userID}", "answer": "@"})
    with ScriptedT4(Reply(202, USER)) as t4, client(t4.endpoint, known=known) as calls:
        error = failure(calls.call, "readUser", USER)
    assert type(error) is ReadFailed
    assert "that says only that it was asked for" in str(error)


@pytest.mark.parametrize(
    "shown", [{"userID": "U-2", "username": "dan.acme"}, {"userID": "U-1", "username": "eve.acme"}]
)
def test_a_read_that_shows_another_one_is_no_answer(shown: dict[str, str]) -> None:
    known = operations(readUser={"method": "GET", "path": "/users/{userID}", "answer": "@"})
    with ScriptedT4(Reply(200, shown)) as t4, client(t4.endpoint, known=known) as calls:
        error = failure(calls.call, "readUser", USER)
    assert type(error) is ReadFailed
    assert "it is about another one" in str(error)


def test_a_change_that_was_answered_for_another_one_yields_nothing() -> None:
    known = operations(createAccount={"method": "POST", "path": "/accounts", "answer": "@"})
    with (
        ScriptedT4(Reply(200, {"accountID": "A-2", "account": "99999"})) as t4,
        client(t4.endpoint, known=known) as calls,
    ):
        assert calls.call("createAccount", {"account": "22222"}).data is None


def test_onboarding_that_was_only_asked_for_is_unknown() -> None:
    from tests.api.calls import ANSWER, request

    with ScriptedT4(Reply(202, ANSWER)) as t4, client(t4.endpoint) as calls:
        assert type(failure(calls.onboard, request())) is OutcomeUnknown
    assert len(t4.heard) == 1
