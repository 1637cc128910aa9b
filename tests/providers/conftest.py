"""A simulator for all these tests, emptied before each, and a stack that talks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import process
from tests.engine.project import Simulator
from tests.providers.stack import Stack


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    folder = tmp_path_factory.mktemp("simulator")
    run = process.start(folder)
    yield Simulator(run.endpoint, run.api_key, run.login)
    process.stop(folder)


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.reset()
    return running


@pytest.fixture
def stack(tmp_path: Path, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack that nothing was set up with yet, on the full set of operations."""
    return Stack(tmp_path, simulator, monkeypatch)
