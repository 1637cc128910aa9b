"""Frames <-> values. A frame is one message, whole (t4-websocket.md section 1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from google.protobuf.message import DecodeError

from providers.t4.api.socket.schema import ClientMessage, ServerMessage

ALL_UPDATES: Final = 2
"""AccountSubscribeType; there is no 1 (section 3)."""
DELETED: Final = 4
"""AccountStatus."""
ENABLED: Final = {0: "Disabled", 1: "Enabled", 2: "BackOfficeOnly", 3: "PitTradeOnly"}
"""AccountEnabled, in REST's spelling (the Onboarding API page shows the first, the rest is inferred)."""

LONGEST_TEXT: Final = 1_000
"""Characters of an id, a number, a name or a role; of T4's words in an error."""


class Garbled(ValueError):
    """A frame that is no message of T4's."""


@dataclass(frozen=True)
class LoginFields:
    """What a LoginRequest holds; an API key alone, or all the others."""

    api_key: str = field(default="", repr=False)
    firm: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    app_name: str = ""
    app_license: str = field(default="", repr=False)


@dataclass(frozen=True)
class ListedAccount:
    """An account as a login's answer lists it."""

    account_id: str
    number: str


@dataclass(frozen=True)
class LoginAnswer:
    """A LoginResponse as it came. An empty one reads as SUCCESS without roles: `login.proven` judges it."""

    result: int
    session_id: str = field(repr=False)
    user_id: str
    firm_id: str
    roles: tuple[str, ...]
    words: str = field(repr=False)
    accounts: tuple[ListedAccount, ...]
    firm: str
    username: str
    server: str


@dataclass(frozen=True)
class SubscribeAnswer:
    """`errors`: accounts that could not be subscribed, in T4's words."""

    success: bool
    errors: tuple[str, ...]


@dataclass(frozen=True)
class AccountDetails:
    """An account as T4 has it now. `enabled`: T4's word, or the number of one that is not known."""

    account_id: str
    number: str
    name: str
    display_name: str
    enabled: str
    pre_trade_disabled: bool
    deleted: bool
    firm_id: str


@dataclass(frozen=True)
class AccountGone:
    """T4 calls the account's status DELETED."""

    account_id: str


Event = LoginAnswer | SubscribeAnswer | AccountDetails | AccountGone


def heartbeat(milliseconds: int) -> bytes:
    """A sign of life, with the time in UTC since 1970."""
    message = ClientMessage()
    message.heartbeat.timestamp = milliseconds
    return _frame(message)


def login_request(fields: LoginFields) -> bytes:
    """The first message of a conversation."""
    message = ClientMessage()
    request = message.login_request
    request.api_key, request.firm, request.username = fields.api_key, fields.firm, fields.username
    request.password, request.app_name, request.app_license = (
        fields.password,
        fields.app_name,
        fields.app_license,
    )
    return _frame(message)


def subscribe_all_accounts() -> bytes:
    """Asks for every account that the login may see."""
    message = ClientMessage()
    message.account_subscribe.subscribe = ALL_UPDATES
    message.account_subscribe.subscribe_all_accounts = True
    return _frame(message)


def events(frame: bytes) -> list[Event]:
    """What a frame says that reading needs: nothing for a heartbeat and for messages that are not ours.

    Raises Garbled.
    """
    message = ServerMessage()
    try:
        message.ParseFromString(frame)
    except DecodeError:
        raise Garbled("a frame is no message of T4's") from None
    match message.WhichOneof("payload"):
        case "login_response":
            return [_login_answer(message.login_response)]
        case "account_subscribe_response":
            answer = message.account_subscribe_response
            return [SubscribeAnswer(answer.success, _texts(answer.errors))]
        case "account_details":
            return list(_details(message.account_details))
        case "account_update":
            return list(_gone(message.account_update))
        case "account_snapshot":
            snapshot = message.account_snapshot
            shown: list[Event] = []
            for part in snapshot.messages:
                shown += _details(part.account_details) if part.WhichOneof("payload") else ()
            return [*shown, *_gone(snapshot)]
        case _:
            return []


def _frame(message: Any) -> bytes:
    frame: bytes = message.SerializeToString()
    return frame


def _login_answer(answer: Any) -> LoginAnswer:
    return LoginAnswer(
        result=answer.result,
        session_id=_text(answer.session_id),
        user_id=_text(answer.user_id),
        firm_id=_text(answer.firm_id),
        roles=_texts(answer.roles),
        words=answer.error_message[:LONGEST_TEXT],
        accounts=tuple(
            ListedAccount(_text(account.account_id), _text(account.account_number))
            for account in answer.accounts
        ),
        firm=_text(answer.firm),
        username=_text(answer.username),
        server=_text(answer.server_name),
    )


def _details(details: Any) -> Iterator[AccountDetails]:
    """Without id and number the rest reads as DISABLED and not deleted, which nobody said (section 2)."""
    if not details.account_id.strip() or not details.account.strip():
        return
    yield AccountDetails(
        account_id=_text(details.account_id),
        number=_text(details.account),
        name=_text(details.account_name),
        display_name=_text(details.display_name),
        enabled=ENABLED.get(details.enabled, str(details.enabled)),
        pre_trade_disabled=details.pre_trade_disabled,
        deleted=details.deleted,
        firm_id=_text(details.firm_id),
    )


def _gone(account: Any) -> Iterator[AccountGone]:
    if account.status == DELETED and account.account_id.strip():
        yield AccountGone(_text(account.account_id))


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise Garbled(f"a text has more than {LONGEST_TEXT} characters")
    return value.strip()
