"""A simulator for each test process, emptied before each test, and a project that is set up in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import process
from tests.engine.project import Project, Simulator


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
def project(tmp_path: Path, simulator: Simulator) -> Project:
    """The seeds' example on the full set of operations, not set up yet."""
    project = Project(tmp_path / "firm", simulator.endpoint, simulator.api_key)
    project.write(project.demo())
    return project
