"""Plain values as the engine's messages bear them, and back.

The SDK looks into each value at every depth for Outputs, and makes one, with its task and futures, of each
property (SDK 3.272; docs/performance.md). What is plain needs none.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final, TypeVar

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import rpc

T = TypeVar("T")

UNKNOWN: Final = rpc.UNKNOWN
"""What stands for a value that this preview, or a run after a failure, does not know."""


def secret(value: object) -> dict[str, object]:
    """A plain value that the engine keeps secret."""
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}


def sent(props: Mapping[str, Any]) -> struct_pb2.Struct:
    """A resource's properties. One that is None is not sent."""
    message = struct_pb2.Struct()
    message.update({name: value for name, value in props.items() if value is not None})
    return message


def received(value: struct_pb2.Value) -> Any:
    """A property that the engine answers, what is secret in it too; `UNKNOWN` where any part is unknown."""
    try:
        return _plain(value)
    except _Unknown:
        return UNKNOWN


def gathered(found: Coroutine[Any, Any, T]) -> "pulumi.Output[T]":
    """What is made of resources' answers, for the stack to put out; known in a preview too, and no secret."""
    return pulumi.Output(set(), asyncio.ensure_future(found), _done(True))


def unknown() -> "pulumi.Output[Any]":
    """What a preview does not know."""
    return pulumi.Output(set(), _done(None), _done(False))


class _Unknown(Exception):
    pass


def _done(value: T) -> "asyncio.Future[T]":
    done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    done.set_result(value)
    return done


def _plain(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        fields = value.struct_value.fields
        if rpc._special_sig_key in fields:
            return _plain(fields["value"])
        return {name: _plain(each) for name, each in fields.items()}
    if kind == "list_value":
        return [_plain(each) for each in value.list_value.values]
    if kind is None or kind == "null_value":
        return None
    found = getattr(value, kind)
    if found == UNKNOWN:
        raise _Unknown
    return found
