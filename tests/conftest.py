"""What all tests share: the crash test's seed, shown at the head of every run, and a simulator for each test
process."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from t4simulator.service import process
from tests.engine.project import Simulator
from tests.warm.started import warm_t4firm

CRASH_SEED = "T4_CRASH_SEED"

hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", max_examples=2_000, deadline=None, print_blob=True)
hypothesis.settings.load_profile("same")
"""A property test tries the same cases each time, so that a change fails by what it changes; for new ones:
`make test ARGS="--hypothesis-profile search tests/review"`."""


def pytest_configure() -> None:
    """Before the test processes are started: they inherit it."""
    os.environ.setdefault(CRASH_SEED, secrets.token_hex(4))


def pytest_report_header() -> str:
    return f"crash test: seed {os.environ[CRASH_SEED]} ({CRASH_SEED}=… plays it again)"


SLOW = {
    "providers": "each plays runs through the engine's SDK",
    "cli": "each starts the command",
    "github": "each starts the command",
    "setup": "virtual environments",
    "workflows": "a runner of workflows",
    "browser": "a browser",
    "editor": "a server for editors",
    "socket": "servers that are slow or hostile",
    "simulator": "a server",
    "api": "a server",
}
"""Folders of tests that `make quick` leaves out, and what takes their time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what `make quick` leaves out, beside what says so itself: whole folders and property tests."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        is_property = hypothesis.is_hypothesis_test(getattr(item, "obj", None))
        if folder in SLOW or is_property:
            item.add_marker("slow")


@pytest.fixture
def crash_seed() -> str:
    return os.environ[CRASH_SEED]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    folder = tmp_path_factory.mktemp("simulator")
    run = process.start(folder)
    yield Simulator(run.endpoint, run.api_key, run.login, run.socket, run.reader)
    process.stop(folder)


@pytest.fixture(scope="session")
def warm() -> Iterator[list[str]]:
    """What to start in the place of `t4firm`: it takes no time to import (tests/warm/server.py)."""
    with warm_t4firm() as command:
        yield command


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """Emptied before each test."""
    running.reset()
    return running
