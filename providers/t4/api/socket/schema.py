"""The messages' fields by number, and protobuf classes made from them.

Only what reading needs (t4-websocket.md sections 1 to 3). An enum is an `int64` here: on the wire that is the
same, numbers that are not known stay numbers, and one that is too large for an enum cannot pass for 0, which
would be SUCCESS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "Heartbeat": ("1 timestamp int64",),
    "LoginRequest": (
        "1 api_key string",
        "2 firm string",
        "3 username string",
        "4 password string",
        "5 app_name string",
        "6 app_license string",
        "10 price_format int64",
    ),
    "ListedAccount": (
        "1 account_id string",
        "2 account_number string",
        "3 account_name string",
        "4 display_name string",
        "5 mode int64",
    ),
    "LoginResponse": (
        "1 result int64",
        "2 session_id string",
        "3 user_id string",
        "4 firm_id string",
        "5 roles repeated string",
        "6 error_message string",
        "8 accounts repeated ListedAccount",
        "10 firm string",
        "11 username string",
        "13 server_name string",
    ),
    "AccountSubscribe": (
        "1 subscribe int64",
        "2 subscribe_all_accounts bool",
        "3 account_id repeated string",
    ),
    "AccountSubscribeResponse": ("1 success bool", "2 errors repeated string"),
    "AccountDetails": (
        "1 account_id string",
        "2 account_name string",
        "3 account string",
        "4 enabled int64",
        "5 deleted bool",
        "7 pre_trade_disabled bool",
        "10 firm_id string",
        "26 display_name string",
    ),
    "AccountUpdate": ("1 account_id string", "2 status int64"),
    "AccountSnapshotMessage": ("5 account_details AccountDetails",),
    "AccountSnapshot": (
        "1 account_id string",
        "4 status int64",
        "6 messages repeated AccountSnapshotMessage",
    ),
    "ClientMessage": (
        "1 heartbeat Heartbeat",
        "2 login_request LoginRequest",
        "200 account_subscribe AccountSubscribe",
    ),
    "ServerMessage": (
        "1 heartbeat Heartbeat",
        "2 login_response LoginResponse",
        "200 account_subscribe_response AccountSubscribeResponse",
        "203 account_update AccountUpdate",
        "204 account_details AccountDetails",
        "205 account_snapshot AccountSnapshot",
    ),
}
"""Message -> its fields: `number name [repeated] type`."""

_ENVELOPES: Final = ("ClientMessage", "ServerMessage", "AccountSnapshotMessage")
"""Messages of which one field is set at a time: `payload` says which."""

_SCALARS: Final = {
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "string": FieldDescriptorProto.TYPE_STRING,
}
_PACKAGE: Final = "t4firm.socket"


def _file() -> FileDescriptorProto:
    file = FileDescriptorProto(name="socket.proto", package=_PACKAGE, syntax="proto3")
    for name, lines in _FIELDS.items():
        message = file.message_type.add(name=name)
        if name in _ENVELOPES:
            message.oneof_decl.add(name="payload")
        for line in lines:
            _add_field(message, line)
    return file


def _add_field(message: DescriptorProto, line: str) -> None:
    number, name, *repeated, kind = line.split()
    field = message.field.add(
        name=name,
        number=int(number),
        label=FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL,
    )
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
    if message.name in _ENVELOPES:
        field.oneof_index = 0


_pool = DescriptorPool()  # its own: no other library's messages meet ours
_pool.Add(_file())  # type: ignore[no-untyped-call]


def _message(name: str) -> Any:
    return GetMessageClass(_pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))  # type: ignore[no-untyped-call]


ClientMessage: Final = _message("ClientMessage")
ServerMessage: Final = _message("ServerMessage")
