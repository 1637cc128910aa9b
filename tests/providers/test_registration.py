"""Resources that the engine is told of as plain values, and its answers."""

from typing import Any

import pulumi
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from providers.t4.engine.plain_values import UNKNOWN, received, secret, sent
from providers.t4.engine.registration import Answer, Registered, register

HERE: dict[str, Any] = {
    "text": "x",
    "yes": True,
    "number": 2.0,
    "list": [1.0, {"a": "b"}],
    "inside": {"none": None},
}


def as_answered(value: object) -> Any:
    return received(sent({"it": value}).fields["it"])


@pytest.mark.parametrize("value", HERE.values(), ids=[*HERE])
def test_a_plain_value_comes_back_as_it_was_sent(value: object) -> None:
    assert as_answered(value) == value
    assert as_answered(secret(value)) == value
    assert as_answered({"deep": [secret(value)]}) == {"deep": [value]}


def test_what_is_none_is_not_sent() -> None:
    assert [*sent({"a": None, "b": False}).fields] == ["b"]


def test_the_engine_takes_a_secret_for_one() -> None:
    [value] = rpc.deserialize_properties(sent({"it": secret("x")})).values()
    assert rpc.is_rpc_secret(value)


@pytest.mark.parametrize("value", [UNKNOWN, [UNKNOWN], {"a": {"b": UNKNOWN}}, secret(UNKNOWN)])
def test_a_value_with_an_unknown_part_is_unknown(value: object) -> None:
    assert as_answered(value) == UNKNOWN


def test_no_value_at_all_is_none() -> None:
    assert received(struct_pb2.Value()) is None


@pytest.mark.parametrize(("complete", "absent"), [(True, None), (False, UNKNOWN)])
def test_an_output_that_is_not_there(complete: bool, absent: object) -> None:
    """An update records what it has; a preview does not know what it does not say."""
    answer = Answer("urn", "id", {"tasks": {}, "roles": UNKNOWN}, complete)
    assert answer.value("userID") == absent
    assert answer.value("tasks", len) == 0
    assert answer.value("roles", len) == UNKNOWN
    assert (answer.known("tasks"), answer.known("roles"), answer.known("userID")) == ({}, None, None)


def test_an_option_that_would_not_reach_the_engine_is_refused() -> None:
    resource: Any = Registered.__new__(Registered)
    with pytest.raises(TypeError, match="do not pass these options on: protect"):
        register(resource, "t4:User", {}, pulumi.ResourceOptions(protect=True))
