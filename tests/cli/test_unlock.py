"""`t4firm unlock` and what a killed run leaves behind; with the engine's own processes: tests/engine."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from t4firm_cli import unlock
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import Project
from tests.cli.conftest import Folder

PROVIDER = "import signal, sys, time; {}; print('up', flush=True); time.sleep(600)"


@pytest.fixture
def pulumi(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{folder.path}")
    monkeypatch.setenv("PULUMI_HOME", str(folder.path / "home"))
    monkeypatch.setenv("T4_ENDPOINT", "https://t4.example.com")
    return Pulumi(Project(folder.path), "demo")


@contextmanager
def left_behind(folder: Folder, begins: str) -> Iterator[subprocess.Popen[str]]:
    """A provider's process of this project, without an engine above it."""
    words = [sys.executable, "-c", PROVIDER.format(begins), "-m", unlock.PROVIDER]
    with subprocess.Popen(words, cwd=folder.path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def test_a_provider_left_behind_is_asked_to_finish(folder: Folder, pulumi: Pulumi) -> None:
    with left_behind(folder, "signal.signal(signal.SIGINT, lambda *_: sys.exit(7))") as process:
        assert str(process.pid) in unlock.free(pulumi)[0]
        assert process.wait() == 7


def test_one_that_cannot_be_asked_is_ended_when_no_call_can_be_under_way(
    folder: Folder, pulumi: Pulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a shell starts what it puts into the background: with SIGINT ignored."""
    monkeypatch.setattr(unlock, "PATIENCE", 0.2)
    with left_behind(folder, "signal.signal(signal.SIGINT, signal.SIG_IGN)") as process:
        assert str(process.pid) in unlock.free(pulumi)[0]
        assert process.wait() == -15


@pytest.mark.parametrize(("age", "dead"), [(timedelta(), False), (timedelta(minutes=1), True)])
def test_the_number_of_a_dead_owner_that_another_run_got_is_not_the_owner(
    tmp_path: Path, age: timedelta, dead: bool
) -> None:
    engine = shutil.copy(shutil.which("sleep") or "sleep", tmp_path / unlock.ENGINE)
    with subprocess.Popen([engine, "600"]) as running:
        since = datetime.now(UTC) - age
        lock = unlock.Lock(tmp_path, running.pid, "ann", socket.gethostname(), since)
        try:
            assert lock.is_dead is dead
        finally:
            running.kill()
