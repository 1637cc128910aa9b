"""Each row of `tests/engine/interruptions.py`: runs that end while a call is on its way; and two at once."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.engine.faults import ONBOARDING
from tests.engine.interruptions import INTERRUPTIONS, Interruption
from tests.engine.one_person import checkpoint, finishes, small, until
from tests.engine.project import Done, Project, Simulator
from tests.engine.test_errors import speaks_plainly

pytestmark = [pytest.mark.engine, pytest.mark.faults]

COMMANDS = {
    "pulumi": ["pulumi", "up", "--yes", "--skip-preview", "--continue-on-error", "--non-interactive"],
    "t4firm": ["t4firm", "up"],
}
UNSAVED = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


@dataclass
class Started:
    """A command that runs, and what it started: all of it ends with the test."""

    process: "subprocess.Popen[str]"
    family: list[psutil.Process]

    @property
    def provider(self) -> psutil.Process:
        return next(each for each in self.family if "pulumi.dynamic" in each.cmdline())

    def alive(self) -> list[str]:
        """What of it still runs. A zombie does not: it only waits for an init that some containers lack."""
        found = []
        for each in self.family:
            with suppress(psutil.NoSuchProcess):
                if each.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(each.cmdline()))
        return found

    def ended(self) -> None:
        """Wait until nothing of it runs."""
        until(lambda: not self.alive(), lambda: f"left behind: {self.alive()}")

    def finished(self) -> Done:
        text, _ = self.process.communicate(timeout=60)
        return Done(self.process.returncode, text)


@contextmanager
def started(project: Project, command: list[str], **environ: str) -> Iterator[Started]:
    project.made  # noqa: B018  (makes the stack)
    run = subprocess.Popen(
        [*command, "--stack", project.stack],
        cwd=project.folder,
        env={**project.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    begun = Started(run, [])
    try:
        yield begun
    finally:
        run.kill()
        for each in begun.family:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        run.communicate()


@pytest.mark.parametrize("row", INTERRUPTIONS, ids=lambda row: row.name)
def test_an_interrupted_run(row: Interruption, project: Project, simulator: Simulator) -> None:
    firm = small(project)
    if row.login:
        project.environ["T4_LOGIN"] = json.dumps(simulator.login)
    simulator.latency(1.2)
    environ = UNSAVED if row.unsaved else {}
    with started(project, COMMANDS[row.command], **environ) as run:
        until(lambda: simulator.requests("POST", ONBOARDING))
        run.family = psutil.Process(run.process.pid).children(recursive=True)
        if row.moment == "done":
            until(simulator.users)
        interrupt(row, run)
        done = run.finished()
        speaks_plainly(done)
        assert done.code != 0
        for words in row.says:
            assert words in done, done.text
        if row.locked:
            freed = project.t4firm("unlock", "--stack", project.stack)
            assert freed.code == 0, freed.text
            assert "Removed the lock" in freed
            assert ("Ended the provider" in freed) is (row.ends == "command")
        until(simulator.users)
        run.ended()
    assert ("trader.a" in checkpoint(project)) is row.recorded
    simulator.calm()
    simulator.forget_requests()
    if row.forgets:
        shutil.rmtree(project.folder / ".t4")
    if row.remedy == "adopt":
        refused = project.up()
        assert refused.code != 0
        assert "T4 already has a user trader.a" in refused
        tried = "this stack has no record" if row.forgets else "this stack tried to make it at"
        assert tried in refused
        speaks_plainly(refused)
        firm["users"]["trader.a"]["adopt"] = True
        project.write(firm)
        simulator.forget_requests()
    finishes(project, simulator, firm, {})
    assert len(simulator.requests("POST", ONBOARDING)) == row.calls


def interrupt(row: Interruption, run: Started) -> None:
    number = signal.Signals[f"SIG{row.signal}"]
    if row.ends == "group":
        os.killpg(run.process.pid, number)
    if row.ends in ("command", "both"):
        run.process.send_signal(number)
    if row.ends in ("provider", "both"):
        run.provider.send_signal(number)


def test_two_runs_of_a_stack_at_once(project: Project, simulator: Simulator) -> None:
    firm = small(project)
    simulator.latency(20.0)
    with started(project, COMMANDS["pulumi"]) as run:
        until(lambda: simulator.requests("POST", ONBOARDING))
        second = project.up()
        third = project.t4firm("up", "--stack", project.stack)
        assert run.finished().code == 0
    for refused in (second, third):
        assert refused.code != 0
        assert "locked by" in refused
        speaks_plainly(refused)
    assert f"process {run.process.pid}" in third
    assert len(simulator.requests("POST", ONBOARDING)) == 1
    simulator.calm()
    finishes(project, simulator, firm, {}, "--expect-no-changes")


def test_two_folders_with_one_stack_each_for_the_same_firm(
    project: Project, simulator: Simulator, tmp_path: Path
) -> None:
    """Two states, one firm, at the same moment: T4's own uniqueness decides, and the proof holds for both."""
    firm = small(project)
    other = Project(tmp_path / "other", simulator.endpoint, simulator.api_key)
    other.write(firm)
    simulator.latency(1.0)
    with started(project, COMMANDS["pulumi"]) as run:
        second = other.up()
        first = run.finished()
    assert sorted([first.code == 0, second.code == 0]) == [False, True]
    loser = second if first.code == 0 else first
    assert "T4 already has a user trader.a" in loser
    assert "this stack has no record of an attempt to make it" in loser
    speaks_plainly(loser)
    assert simulator.users()["trader.a"]["onboardings"] == 1


def test_a_command_that_dies_above_a_living_engine_is_waited_for(
    project: Project, simulator: Simulator
) -> None:
    """kill -9 of `t4firm`: the engine under it goes on, and keeps the stack locked until it ends."""
    firm = small(project)
    simulator.latency(3.0)
    with started(project, COMMANDS["t4firm"]) as run:
        until(lambda: simulator.requests("POST", ONBOARDING))
        run.family = psutil.Process(run.process.pid).children(recursive=True)
        run.process.kill()
        again = project.t4firm("up", "--stack", project.stack)
        assert again.code == 1
        assert "is locked by process" in again
        run.ended()
    simulator.calm()
    finishes(project, simulator, firm, {}, "--expect-no-changes")


def test_a_command_that_dies_while_the_engine_writes_its_state(
    project: Project, simulator: Simulator
) -> None:
    """The file backend writes the state whole or not at all, but not the attributes that lie beside it."""
    firm = small(project)
    assert project.up().code == 0
    stacks = project.folder / "state" / ".pulumi" / "stacks" / "t4"
    for way in ("unlock", "up"):
        (stacks / "test.json.attrs").write_text("")
        refused = project.up()
        assert refused.code != 0
        assert "EOF" in refused
        mended = project.t4firm(way, "--stack", project.stack)
        assert mended.code == 0, mended.text
        assert "Removed test.json.attrs, which a killed run had left half written." in mended
    finishes(project, simulator, firm, {}, "--expect-no-changes")
