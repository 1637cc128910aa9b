"""What is said, by field number (t4-websocket.md sections 1 to 3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from t4simulator.firm.records import TradingAccount
from t4simulator.socket.wire import Unreadable, fields, integer, part, text

# AccountEnabled, by the words that REST uses
ENABLED: Final = {"Disabled": 0, "Enabled": 1, "BackOfficeOnly": 2, "PitTradeOnly": 3}
# AccountStatus
OK: Final = 2
DELETED: Final = 4
DISABLED: Final = 5
ALL_UPDATES: Final = 2
# members of the ClientMessage that T4 has and a reader must not send: orders and create_uds
ORDERS: Final = (300, 301, 302, 303, 340)


@dataclass(frozen=True)
class Login:
    """A LoginRequest."""

    api_key: str = field(default="", repr=False)
    firm: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    app_name: str = ""
    app_license: str = field(default="", repr=False)


@dataclass(frozen=True)
class Subscribe:
    """An AccountSubscribe."""

    kind: int
    everything: bool
    account_ids: tuple[str, ...]


@dataclass(frozen=True)
class Other:
    """Any other member of a ClientMessage, by its number; 1 is a heartbeat."""

    number: int


@dataclass(frozen=True)
class Shown:
    """An account as the socket shows it: of one firm, deleted or not."""

    account: TradingAccount
    firm_id: str
    firm: str
    deleted: bool = False


def asked(frame: bytes) -> Login | Subscribe | Other:
    """What a client says. Raises Unreadable."""
    members = list(fields(frame))
    if not members:
        return Other(0)
    number, content = members[-1]  # of a oneof the last counts
    if number == 2:
        return Login(*(_text(content, at) for at in range(1, 7)))
    if number == 200:
        values = list(fields(_bytes(content)))
        return Subscribe(
            kind=max((_int(value) for at, value in values if at == 1), default=0),
            everything=any(_int(value) for at, value in values if at == 2),
            account_ids=tuple(_bytes(value).decode() for at, value in values if at == 3),
        )
    return Other(number)


def heartbeat(milliseconds: int) -> bytes:
    return part(1, integer(1, milliseconds))


def refused(result: int, words: str) -> bytes:
    """A LoginResponse that is not SUCCESS; also sent to a session that another login ends."""
    return part(2, integer(1, result) + text(6, words))


def logged_in(
    *,
    session: str,
    user_id: str,
    firm_id: str,
    firm: str,
    username: str,
    roles: Sequence[str],
    accounts: Iterable[Shown],
) -> bytes:
    """A LoginResponse with SUCCESS, which is 0 and therefore not written."""
    body = text(2, session) + text(3, user_id) + text(4, firm_id)
    body += b"".join(part(5, role.encode()) for role in roles)
    for shown in accounts:
        account = shown.account
        names = text(1, account.accountID) + text(2, account.account) + text(3, account.accountName)
        body += part(8, names + text(4, account.displayName) + integer(5, 2))
    return part(2, body + text(10, firm) + text(11, username) + text(13, "SIMULATOR"))


def empty_login() -> bytes:
    """A LoginResponse without fields, which decodes as SUCCESS."""
    return part(2, b"")


def subscribed(errors: Sequence[str]) -> bytes:
    return part(200, integer(1, 1) + b"".join(part(2, words.encode()) for words in errors))


def details(shown: Shown, enabled: int | None = None) -> bytes:
    """AccountDetails alone, as they come when something changes."""
    return part(204, _details(shown, enabled))


def snapshot(shown: Shown, enabled: int | None = None, padding: int = 0) -> bytes:
    """Details between a currency and a position with its market, as documented: money that no reader decodes.
    `padding`: bytes more of a position."""
    account = shown.account
    status = DELETED if shown.deleted else OK if account.enabled == "Enabled" else DISABLED
    money = part(6, part(6, text(1, account.accountID) + text(2, "USD")))
    position = part(6, part(3, text(1, account.accountID) + part(9, bytes(padding))))
    body = text(1, account.accountID) + integer(4, status) + part(6, part(5, _details(shown, enabled)))
    return part(205, body + money + position)


def unknown() -> bytes:
    """A member that no document names."""
    return part(998, b"\x08\x01")


def _details(shown: Shown, enabled: int | None) -> bytes:
    account = shown.account
    state = ENABLED[account.enabled] if enabled is None else enabled
    return (
        text(1, account.accountID)
        + text(2, account.accountName)
        + text(3, account.account)
        + integer(4, state)
        + integer(5, shown.deleted)
        + integer(7, account.preTradeDisabled)
        + text(10, shown.firm_id)
        + text(22, shown.firm)
        + integer(23, 2)
        + text(26, account.displayName)
    )


def _text(message: int | bytes, at: int) -> str:
    found = ""
    for number, value in fields(_bytes(message)):
        if number == at:
            found = _bytes(value).decode()
    return found


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise Unreadable("a number stands where a text belongs")
    return value


def _int(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise Unreadable("a text stands where a number belongs")
    return value
