"""`t4firm unlock` and what a killed run leaves behind; with the engine's own processes: tests/engine."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from providers.t4.engine import run_owner
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.layout import Project
from t4firm_cli.runs import unlock
from tests.cli.conftest import Folder
from tests.programs import killed_on_failure

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
    with killed_on_failure(
        subprocess.Popen(words, cwd=folder.path, stdout=subprocess.PIPE, text=True)
    ) as process:
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
    monkeypatch.setattr(unlock, "longest_call", lambda _: 0.2)
    monkeypatch.setattr(unlock, "LAST_PATIENCE", 1.0)
    with left_behind(folder, "signal.signal(signal.SIGINT, signal.SIG_IGN)") as process:
        assert str(process.pid) in unlock.free(pulumi)[0]
        assert process.wait() == -15


def lock_of(pid: int, file: Path, since: datetime | None = None) -> unlock.Lock:
    return unlock.Lock(file, pid, "ann", socket.gethostname(), since or datetime.now(UTC))


@pytest.fixture
def running() -> Iterator[psutil.Process]:
    """Some process, as the engine is one."""
    with killed_on_failure(subprocess.Popen(["sleep", "600"])) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.kill()


class TestWhoseLock:
    """Gone is only what was noted here, with its boot, namespace and beginning; else nobody can know."""

    def test_a_run_that_goes_on(self, running: psutil.Process, tmp_path: Path) -> None:
        run_owner.note(tmp_path, running.pid)
        assert lock_of(running.pid, tmp_path).judged([*run_owner.noted(tmp_path)]) == "alive"

    def test_one_that_was_killed(self, running: psutil.Process, tmp_path: Path) -> None:
        run_owner.note(tmp_path, running.pid)
        running.kill()
        running.wait()
        assert lock_of(running.pid, tmp_path).judged([*run_owner.noted(tmp_path)]) == "gone"

    def test_its_number_was_given_again(self, running: psutil.Process) -> None:
        boot, namespace = run_owner._here()
        before = run_owner.Owner(running.pid, running.create_time() - 3600, boot, namespace)
        assert lock_of(running.pid, Path()).judged([before]) == "gone"

    def test_nobody_noted_it(self, running: psutil.Process) -> None:
        assert lock_of(running.pid, Path()).judged([]) == "unknown"
        assert lock_of(2**22 + 1, Path()).judged([]) == "unknown"

    @pytest.mark.parametrize(("boot", "namespace"), [("another", ""), ("", "pid:[1]")])
    def test_another_container_of_the_same_name(
        self, running: psutil.Process, tmp_path: Path, boot: str, namespace: str
    ) -> None:
        """One host name, one process number, one folder; here that process is gone, there it runs."""
        run_owner.note(tmp_path, running.pid)
        [noted] = run_owner.noted(tmp_path)
        other = replace(noted, boot=boot or noted.boot, namespace=namespace or noted.namespace)
        running.kill()
        running.wait()
        lock = lock_of(running.pid, tmp_path)
        assert lock.judged([other]) == "unknown"
        assert lock.judged([noted, other]) == "unknown"
        assert lock.judged([noted]) == "gone"

    def test_another_host(self, running: psutil.Process, tmp_path: Path) -> None:
        run_owner.note(tmp_path, running.pid)
        lock = replace(lock_of(running.pid, tmp_path), host="elsewhere")
        assert lock.judged([*run_owner.noted(tmp_path)]) == "unknown"


class Recorder:
    """A `pulumi` that keeps its state elsewhere than in files, and writes down what it is asked for."""

    def __init__(self, folder: Path, pulumi: Pulumi) -> None:
        self._asked = folder / "asked"
        state = {
            "version": 3,
            "deployment": {"pending_operations": [{"resource": {"urn": "a::b::c::carla"}}]},
        }
        (folder / "state.json").write_text(json.dumps(state))
        fake = folder / "bin" / "pulumi"
        fake.parent.mkdir()
        fake.write_text(
            f"""#!/bin/sh
echo "$@" >> {self._asked}
case "$1 $2" in
whoami*) echo '{{"url": "postgres://user:hidden@db/state"}}';;
"stack export") cat {folder}/state.json;;
"stack import") cat > {folder}/state.json;;
esac
"""
        )
        fake.chmod(0o755)
        pulumi.environ["PATH"] = f"{fake.parent}{os.pathsep}{os.environ['PATH']}"
        self.state = folder / "state.json"

    def asked(self) -> list[str]:
        return self._asked.read_text().splitlines()


class TestElsewhereThanInFiles:
    def test_it_says_what_cannot_be_seen(self, pulumi: Pulumi, tmp_path: Path) -> None:
        recorder = Recorder(tmp_path, pulumi)
        assert unlock.free(pulumi) == []
        said = unlock.unseen(pulumi)
        assert "postgres://…, where a lock cannot be seen" in said
        assert "`pulumi cancel --stack demo`" in said
        assert "hidden" not in said
        assert not [words for words in recorder.asked() if not words.startswith("whoami")]

    def test_forced_it_removes_the_lock_and_settles_what_was_begun(
        self, pulumi: Pulumi, tmp_path: Path
    ) -> None:
        recorder = Recorder(tmp_path, pulumi)
        assert unlock.free(pulumi, forced=True) == [
            "Removed every lock that stack demo had.",
            "Cleared from the state what the killed run had begun: carla.",
        ]
        assert "cancel --yes --stack demo" in recorder.asked()
        assert json.loads(recorder.state.read_text()) == {"version": 3, "deployment": {}}

    def test_it_clears_the_old_copy_of_what_was_replaced(self, pulumi: Pulumi, tmp_path: Path) -> None:
        recorder = Recorder(tmp_path, pulumi)
        kept = [{"urn": "a::b::c::carla", "id": "new"}, {"urn": "a::b::c::dan", "delete": True}]
        old = {"urn": "a::b::c::carla", "id": "old", "delete": True}
        state = {"version": 3, "deployment": {"resources": [old, *kept]}}
        recorder.state.write_text(json.dumps(state))
        assert "Cleared from the state the old copy of what was replaced: carla." in unlock.free(
            pulumi, forced=True
        )
        assert json.loads(recorder.state.read_text())["deployment"] == {"resources": kept}


@pytest.mark.parametrize(
    ("name", "is_settled"),
    [("demo.json", True), ("demo.json.gz", False), ("demo.json.zst", False), ("other.json.gz", True)],
)
def test_a_compressed_state_is_not_taken_for_one_without_anything_begun(
    tmp_path: Path, name: str, is_settled: bool
) -> None:
    (tmp_path / "stacks" / "t4").mkdir(parents=True)
    (tmp_path / "stacks" / "t4" / name).write_text("{}")
    assert unlock._is_settled(tmp_path, "demo") == is_settled


def test_it_waits_as_long_as_a_call_may_last(folder: Folder, pulumi: Pulumi) -> None:
    assert unlock.longest_call(pulumi) == 90 + 60 + 5 + 30 + 60 + 120
    pulumi.environ |= {"T4_REPEAT_FOR": "600", "T4_READ_TIMEOUT": "300"}
    assert unlock.longest_call(pulumi) == 600 + 60 + 5 + 30 + 300 + 300
