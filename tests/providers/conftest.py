"""A stack that talks to the simulator, without the engine."""

from pathlib import Path

import pytest

from tests.engine.project import Simulator
from tests.providers.stack import Stack


@pytest.fixture
def stack(tmp_path: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack that nothing was set up with yet, on the full set of operations."""
    return Stack(tmp_path, simulator, monkeypatch)
