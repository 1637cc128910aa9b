"""`make setup` as a person runs it: a real virtual environment and pip, a pretended Go, no network."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from t4firm_setup.engine_cache import PIECES
from tests.clock import PATIENCE
from tests.setup.pretended import (
    alive,
    ended,
    engine_programs,
    environment_for,
    offline_pip,
    pretended_go,
    project,
)

# Of the Python below ours: the set-up must not depend on what is installed in .venv.
PYTHON = Path(getattr(sys, "_base_executable", sys.executable))


class Machine:
    """A fresh clone on a machine with Python and a (pretended) Go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = project(folder / "a clone")
        self.environment = (
            environment_for(folder, pretended_go(folder))
            | offline_pip(folder / "wheels")
            | {"T4_ENGINE": "build"}
        )

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def bin(self) -> Path:
        return self.venv / "bin"

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PYTHON, "-m", "t4firm_setup", *arguments],
            cwd=self.root,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def set_up(self, *arguments: str, status: int = 0, **environment: str) -> str:
        with self.start(*arguments, **environment) as process:
            said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == status, said
        return said

    def without_engine(self) -> None:
        """As before the engine was made: nothing in .venv, nothing in the cache."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        for name in (*(f"bin/{piece}" for piece in PIECES), "t4-firm-engine.json"):
            (self.venv / name).unlink(missing_ok=True)
        for name in ("slow", "building", "built"):
            (self.folder / name).unlink(missing_ok=True)

    def built(self) -> int:
        """How many programs were built: engine and host make two."""
        return len((self.folder / "built").read_text().splitlines())

    def wait_for_build(self) -> int:
        """The process id of the Go build, once it has written half a file."""
        mark = self.folder / "building"
        until = time.monotonic() + PATIENCE
        while not (mark.exists() and mark.read_text().strip()):
            assert time.monotonic() < until, "the build did not begin"
            time.sleep(0.05)
        return int(mark.read_text())

    def cached(self) -> list[str]:
        """Folders of the cache, without locks."""
        return sorted(
            entry.name for entry in (self.folder / "cache/t4-firm/engine").iterdir() if entry.is_dir()
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Nothing was set up yet."""
    return Machine(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Machine, str]:
    """A machine that was set up, and what was said."""
    machine = Machine(tmp_path_factory.mktemp("finished"))
    return machine, machine.set_up()


@pytest.fixture
def finished(first: tuple[Machine, str]) -> Machine:
    """A machine that is set up. Tests share it, so each leaves it so that a set-up makes it whole."""
    machine, _ = first
    machine.set_up()
    return machine


@pytest.fixture
def engineless(finished: Machine) -> Machine:
    """Set up but for the engine."""
    finished.without_engine()
    return finished


def test_everything_is_there_afterwards(first: tuple[Machine, str]) -> None:
    machine, said = first
    assert all(os.access(machine.bin / name, os.X_OK) for name in ("python", "t4firm", *PIECES))
    t4firm = subprocess.run([machine.bin / "t4firm"], capture_output=True, text=True, check=True)
    assert t4firm.stdout == "t4firm runs\n"
    assert "Engine: pulumi 3.259.0, built" in said
    assert list((machine.root / "t4firm_setup").glob("__pycache__/*.pyc")), "no start compiles it again"
    last = said.splitlines()[-1]
    assert last.startswith("Set-up done in ")
    for phase in ("Python environment ", "libraries ", "project ", "engine "):
        assert phase in last, "each phase says its time"


def test_a_second_run_does_nothing_at_once(finished: Machine) -> None:
    """It does not even start pip."""
    (pip,) = finished.venv.glob("lib/*/site-packages/pip")
    away = pip.rename(pip.with_name("away"))
    try:
        assert finished.set_up() == "Set-up: nothing to do\n"
    finally:
        away.rename(pip)


def test_make_finds_it_with_any_shell_and_from_anywhere(finished: Machine) -> None:
    answer = subprocess.run(
        ["make", "-C", finished.root, "setup", f"PYTHON={PYTHON}"],
        cwd="/",
        env=finished.environment | {"SHELL": "/bin/false"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Set-up: nothing to do" in answer.stdout, answer.stderr


def test_tests_add_their_libraries(finished: Machine) -> None:
    with_pytest = [str(finished.bin / "python"), "-c", "import pulumi, pytest"]
    assert subprocess.run(with_pytest, capture_output=True, check=False).returncode != 0
    assert "constraints-test.txt" in finished.set_up("--with-tests")
    subprocess.run(with_pytest, check=True)
    assert finished.set_up("--with-tests") == "Set-up: nothing to do\n"
    assert finished.set_up() == "Set-up: nothing to do\n"


def test_another_clone_takes_the_kept_engine(finished: Machine, tmp_path: Path) -> None:
    second = Machine(tmp_path)
    second.set_up(XDG_CACHE_HOME=str(finished.folder / "cache"))
    assert not (second.folder / "built").exists()
    assert (second.bin / "pulumi").stat().st_ino == (finished.bin / "pulumi").stat().st_ino, (
        "no second copy on disk"
    )


def test_a_file_that_does_not_match_its_hash_is_not_installed(machine: Machine) -> None:
    constraints = machine.root / "constraints.txt"
    pinned, digest = constraints.read_text().split("sha256:")
    constraints.write_text(pinned + "sha256:" + digest[::-1].strip() + "\n")
    said = machine.set_up(status=1)
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in said
    assert said.startswith("Python environment:")
    assert "Traceback" not in said


def test_a_set_up_without_network_leaves_what_worked(finished: Machine) -> None:
    constraints = finished.root / "constraints.txt"
    before = constraints.read_text()
    try:
        constraints.write_text(before + "httpx==0.28.1 --hash=sha256:" + 64 * "0" + "\n")
        assert "Libraries: -m pip install … failed" in finished.set_up(status=1)
    finally:
        constraints.write_text(before)
    assert finished.set_up() == "Set-up: nothing to do\n"


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_ended_leaves_nothing_half_there(
    engineless: Machine, ended_by: signal.Signals
) -> None:
    (engineless.folder / "slow").write_text("60")
    with engineless.start() as process:
        go = engineless.wait_for_build()
        process.send_signal(ended_by)
        said, _ = process.communicate(timeout=PATIENCE)
    try:
        assert process.returncode != 0
        assert "Traceback" not in said
        assert not any(name.startswith("3.") for name in engineless.cached())
        assert not (engineless.bin / "pulumi").exists()
        if ended_by != signal.SIGKILL:  # which can't be answered: then the rest is left to the next set-up
            ended(go)  # the build does not go on by itself
            assert engineless.cached() == []
            assert "Run it again: it goes on with what is missing." in said
    finally:
        if alive(go):
            os.killpg(os.getpgid(go), signal.SIGKILL)
    (engineless.folder / "slow").unlink()
    assert "Engine: pulumi 3.259.0, built" in engineless.set_up()
    assert len(engineless.cached()) == 1, "what the killed one left is gone"
    version = subprocess.run(
        [engineless.bin / "pulumi", "version"], capture_output=True, text=True, check=True
    )
    assert version.stdout == "v3.259.0\n"


def test_a_killed_python_environment_is_made_anew(machine: Machine) -> None:
    machine.set_up()
    # as if killed while pip was writing: the mark is there, and files are half written
    (machine.venv / "t4-firm.unfinished").touch()
    next((machine.venv).glob("lib/python*/site-packages/pulumi/__init__.py")).write_text("half a ")
    machine.set_up()
    subprocess.run([machine.bin / "python", "-c", "import pulumi"], check=True)
    assert (machine.bin / "pulumi").exists(), "the engine is put back too"
    assert machine.built() == 2, "from the cache: engine and host were built once"


def test_two_at_once_in_one_clone(engineless: Machine) -> None:
    (engineless.folder / "slow").write_text("1")
    with engineless.start() as one, engineless.start() as other:
        for process in (one, other):
            said, _ = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, said
            assert "Set-up done" in said
    assert engineless.built() == 2, "engine and host, once each"
    assert engineless.set_up() == "Set-up: nothing to do\n"


def test_a_moved_project_gets_a_new_environment(machine: Machine) -> None:
    machine.set_up()
    moved = machine.folder / "moved"
    machine.root.rename(moved)
    machine.root = moved
    assert "Set-up done" in machine.set_up()
    assert subprocess.run([machine.bin / "t4firm"], capture_output=True, text=True, check=True).stdout


def test_a_virtual_environment_of_the_users_is_kept(machine: Machine) -> None:
    subprocess.run([PYTHON, "-m", "venv", machine.venv], check=True)
    own = machine.venv / "of-the-user"
    own.touch()
    machine.set_up()
    assert own.exists()
    assert (machine.bin / "t4firm").exists()


def test_a_folder_that_is_no_virtual_environment_is_not_touched(machine: Machine) -> None:
    (machine.venv).mkdir()
    own = machine.venv / "notes"
    own.touch()
    said = machine.set_up(status=1)
    assert (
        f"{machine.root}/.venv was not made by the set-up, and has no Python 3.11 or newer with pip." in said
    )
    assert own.exists()


def test_what_a_link_leads_to_is_not_emptied(machine: Machine) -> None:
    machine.set_up()
    another = machine.folder / "another"
    another.mkdir()
    machine.venv.rename(another / ".venv")
    record = another / ".venv" / "t4-firm.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"root": str(another)}))
    machine.venv.symlink_to(another / ".venv")
    said = machine.set_up(status=1)
    assert f"{machine.venv} is a link to {another}/.venv" in said
    assert record.exists()


def test_a_python_that_was_upgraded_underneath(machine: Machine) -> None:
    machine.set_up()
    record = machine.venv / "t4-firm.json"
    record.write_text(
        json.dumps(json.loads(record.read_text()) | {"python": "/usr/bin/python3.11-of-before"})
    )
    assert "Set-up done" in machine.set_up()
    assert json.loads(record.read_text())["python"] == str(PYTHON.resolve())


def test_no_go_is_said_with_what_to_install(engineless: Machine) -> None:
    said = engineless.set_up(status=1, PATH=str(engineless.folder / "plain"))
    assert (
        "Set-up stopped. The engine has to be built, and there is no go on PATH.\nEither install Go" in said
    )
    assert "Traceback" not in said


def test_a_cache_that_cannot_be_written_is_said(engineless: Machine) -> None:
    home = engineless.folder / "a file where the home should be"
    home.touch()
    said = engineless.set_up(status=1, HOME=str(home), XDG_CACHE_HOME="")
    assert f"Set-up stopped. The folder for engines, {home}/.cache/t4-firm/engine, can't be written" in said
    assert "XDG_CACHE_HOME=/path/to/a/folder make setup" in said


def test_the_users_own_pulumi_is_linked(engineless: Machine) -> None:
    own = engine_programs(engineless.folder / "own", "v3.260.0")
    path = os.pathsep.join([str(own), engineless.environment["PATH"]])
    assert f"Engine: pulumi 3.260.0, from {own}" in engineless.set_up(PATH=path, T4_ENGINE="")
