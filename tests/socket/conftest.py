"""A stack that reads T4 over the WebSocket, without the engine; and what an administrator does."""

import json
from pathlib import Path

import pytest

from tests.engine.project import Simulator
from tests.providers.portal import Portal
from tests.providers.stack import Stack
from tests.socket.portal import SocketPortal


@pytest.fixture
def seen(tmp_path: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack on the onboarding call alone, with both logins configured."""
    stack = Stack(tmp_path, simulator, monkeypatch)
    own = simulator.reader
    stack.operations = "onboarding"
    fill = {name: own[name] for name in ("firm", "appName", "appLicense")}
    stack.settings |= {
        "t4:socket": simulator.socket,
        "t4:socketQuiet": "1",
        "t4:reader": json.dumps(own),
        "t4:fillReader": json.dumps(fill),
    }
    return stack


@pytest.fixture
def hands(simulator: Simulator) -> Portal:
    """The administrator's."""
    return Portal(simulator)


@pytest.fixture
def socket(simulator: Simulator) -> SocketPortal:
    return SocketPortal(simulator)
