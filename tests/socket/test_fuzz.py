"""Servers that say anything: the client answers with a result or an error in words, within its time.

The suite plays the same 60 conversations each time. `make fuzz MINUTES=10` plays new ones; a failure shows
the seed, and T4_FUZZ_SEED=… plays it again.
"""

import os
import random
import secrets
import threading
import time
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.sync.server import ServerConnection

from providers.t4.api.socket.errors import SocketFailed
from tests.clock import PATIENCE
from tests.socket import wire
from tests.socket.server import SECRETS, serving

MINUTES = float(os.environ.get("T4_FUZZ_MINUTES") or 0)
SEED = os.environ.get("T4_FUZZ_SEED", "")
ROUNDS = 60
LIMITS: dict[str, Any] = {
    "quiet": 0.02,
    "deadline": 0.2,
    "login_timeout": 0.2,
    "silence": 0.2,
    "largest_message": 2**20,
}
"""With these a conversation takes less than three seconds, where the machine is not busy."""


def frames(chance: random.Random) -> list[bytes]:
    """Something like a conversation, more or less spoiled."""
    names = [(f"id{number}", f"A{number}") for number in range(chance.randrange(5))]
    results = [0, 0, 0, 0, *range(27), -1, 2**32, 2**63 - 1]
    login = wire.login_response(
        result=chance.choice(results),
        roles=chance.choices(["", "Trading", "\x1b[2J", "x" * 2_000], k=chance.randrange(3)),
        accounts=names,
        words=chance.choice(["", *SECRETS, "\u202e"]),
    )
    rest = [wire.snapshot(*name, status=chance.randrange(12)) for name in names]
    rest += [wire.subscribed(*chance.choices(["id0", "A1", "?"], k=chance.randrange(3)))]
    rest += [wire.heartbeat(), wire.details("k", "K1", enabled=chance.randrange(9)), login]
    chance.shuffle(rest)
    said = [login, *rest] if chance.random() < 0.8 else rest
    return [spoiled(frame, chance) if chance.random() < 0.2 else frame for frame in said]


def spoiled(frame: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(4)
    if kind == 0:
        return frame[: chance.randrange(len(frame))]
    if kind == 1:
        return chance.randbytes(chance.randrange(200))
    if kind == 2:
        return wire.field(chance.randrange(1, 400), frame)
    changed = bytearray(frame)
    for _ in range(3):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def talk(connection: ServerConnection, chance: random.Random) -> None:
    waits = chance.random() < 0.7
    if waits:
        connection.recv(timeout=PATIENCE)
    for frame in frames(chance):
        match chance.randrange(30):
            case 0:
                connection.send(frame.hex())
            case 1:
                connection.socket.sendall(chance.randbytes(40))
            case 2:
                connection.close(chance.choice([1000, 1001, 1002, 1008, 1011, 4001]), "bye")
            case 3:
                connection.socket.close()
            case 4:
                head = Frame(Opcode.BINARY, frame, fin=False).serialize(mask=False)
                connection.socket.sendall(head)
            case 5:
                connection.send(bytes(2**20 + 1))
            case 6:
                connection.send(iter(frame[at : at + 3] for at in range(0, len(frame), 3)))
            case 7:
                connection.ping()
            case _:
                connection.send(frame)


def play(seed: str) -> None:
    """One conversation. Asserts that it ends as it should."""
    with serving(lambda connection: talk(connection, random.Random(seed))) as server:
        began = time.monotonic()
        try:
            shown, accounts = server.read(**LIMITS)
            said = f"{shown.roles} {accounts.incomplete}"
            assert shown.user_id, seed
            assert all(details.number for details in accounts.details.values()), seed
        except SocketFailed as failure:
            said = str(failure)
            assert "\x1b" not in said, seed
        assert time.monotonic() - began < PATIENCE, seed
        assert not [secret for secret in SECRETS if secret in said], seed
    assert not [one.name for one in threading.enumerate() if "websockets" in one.name], seed


@pytest.mark.timeout(MINUTES * 60 + 600)
def test_no_conversation_breaks_the_client() -> None:
    if SEED:
        play(SEED)
        return
    for number in range(ROUNDS):
        play(f"the same {number}")
    until = time.monotonic() + MINUTES * 60
    while time.monotonic() < until:
        play(secrets.token_hex(8))
