"""T4's messages as bytes, written by hand from t4-websocket.md: no code of the client's."""

from collections.abc import Sequence

VARINT, LENGTH = 0, 2


def varint(value: int) -> bytes:
    """A negative one takes ten bytes, as an enum's or an int32's does."""
    value &= 2**64 - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: int | str | bytes) -> bytes:
    """One field; a default is written too, which decoders accept."""
    if isinstance(value, int):
        return varint(number << 3 | VARINT) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | LENGTH) + varint(len(content)) + content


def heartbeat() -> bytes:
    return field(1, field(1, 1_700_000_000_000))


def listed(account_id: str, number: str) -> bytes:
    return field(1, account_id) + field(2, number)


def login_response(
    *,
    result: int = 0,
    session: str = "s",
    user: str = "U",
    firm: str = "F",
    roles: Sequence[str] = (),
    words: str = "",
    accounts: Sequence[tuple[str, str]] = (),
    firm_name: str = "Firm",
    username: str = "reader",
    server: str = "SIM1",
) -> bytes:
    texts = ((2, session), (3, user), (4, firm), (6, words), (10, firm_name), (11, username), (13, server))
    body = field(1, result) if result else b""
    body += b"".join(field(number, text) for number, text in texts if text)
    body += b"".join(field(5, role) for role in roles)
    body += b"".join(field(8, listed(*account)) for account in accounts)
    return field(2, body)


def subscribed(*errors: str, success: bool = True) -> bytes:
    return field(200, field(1, int(success)) + b"".join(field(2, words) for words in errors))


def details_of(
    account_id: str,
    number: str,
    *,
    enabled: int = 1,
    deleted: bool = False,
    firm: str = "F",
    name: str = "name",
    display: str = "display",
) -> bytes:
    texts = field(1, account_id) + field(2, name) + field(3, number)
    return texts + field(4, enabled) + field(5, int(deleted)) + field(10, firm) + field(26, display)


def details(account_id: str, number: str, **more: object) -> bytes:
    """An AccountDetails that comes alone."""
    return field(204, details_of(account_id, number, **more))  # type: ignore[arg-type]


def snapshot(account_id: str, number: str, *, status: int = 2, padding: int = 0, **more: object) -> bytes:
    """An AccountSnapshot with details; `padding`: bytes of positions, which nobody decodes."""
    parts = field(6, field(5, details_of(account_id, number, **more)))  # type: ignore[arg-type]
    parts += field(6, field(3, bytes(padding))) if padding else b""
    return field(205, field(1, account_id) + field(4, status) + parts)
