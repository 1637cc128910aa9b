"""Protobuf's encoding, as far as T4's messages need it: varints, eight bytes, and what has a length."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

VARINT: Final = 0
EIGHT_BYTES: Final = 1
LENGTH: Final = 2
FOUR_BYTES: Final = 5
MOST_BYTES: Final = 10  # of a varint


class Unreadable(ValueError):
    """Bytes that are no protobuf."""


def number(value: int) -> bytes:
    """A varint; a negative one takes ten bytes."""
    left = value % 2**64
    written = bytearray()
    while left > 0x7F:
        written.append(left & 0x7F | 0x80)
        left >>= 7
    written.append(left)
    return bytes(written)


def integer(at: int, value: int) -> bytes:
    """A field of a number, an enum or a bool; nothing for the default."""
    return number(at << 3 | VARINT) + number(value) if value else b""


def text(at: int, value: str | bytes) -> bytes:
    """A field with a length; nothing for an empty text."""
    return part(at, value.encode() if isinstance(value, str) else value) if value else b""


def part(at: int, content: bytes) -> bytes:
    """A message inside a message; written also when it is empty, or one of a repeated field."""
    return number(at << 3 | LENGTH) + number(len(content)) + content


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Each field's number and value, in the order in which they come. Raises Unreadable."""
    place = 0
    while place < len(message):
        key, place = _number(message, place)
        kind = key & 7
        value: int | bytes
        if kind == VARINT:
            value, place = _number(message, place)
        elif kind == LENGTH:
            length, place = _number(message, place)
            value, place = message[place : place + length], place + length
        elif kind in (EIGHT_BYTES, FOUR_BYTES):
            length = 8 if kind == EIGHT_BYTES else 4
            value, place = message[place : place + length], place + length
        else:
            raise Unreadable(f"a field has the unknown kind {kind}")
        if place > len(message) or not key >> 3:
            raise Unreadable("a field ends behind the message, or has the number 0")
        yield key >> 3, value


def _number(message: bytes, place: int) -> tuple[int, int]:
    value = 0
    for count in range(MOST_BYTES):
        if place + count >= len(message):
            raise Unreadable("a number breaks off")
        byte = message[place + count]
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            return value % 2**64, place + count + 1
    raise Unreadable("a number has more than ten bytes")
