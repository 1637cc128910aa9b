"""One simulator for the tests of a file, empty again before each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from t4simulator.service import process
from tests.simulator.world import World, open_world


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("t4")
    world = open_world(process.start(folder))
    yield world
    world.close()
    process.stop(folder)


@pytest.fixture
def world(served: World) -> World:
    served.control.post("/simulator/reset")
    return served
