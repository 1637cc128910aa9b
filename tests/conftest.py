"""What all test processes share: the seed of the crash test, shown at the head of every run."""

import os
import secrets

import pytest

CRASH_SEED = "T4_CRASH_SEED"


def pytest_configure() -> None:
    """Before the test processes are started: they inherit it."""
    os.environ.setdefault(CRASH_SEED, secrets.token_hex(4))


def pytest_report_header() -> str:
    return f"crash test: seed {os.environ[CRASH_SEED]} ({CRASH_SEED}=… plays it again)"


@pytest.fixture
def crash_seed() -> str:
    return os.environ[CRASH_SEED]
