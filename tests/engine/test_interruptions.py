"""Each row of `tests/engine/interruptions.py`: runs that end while a call is on its way; and two at once.

The simulator holds the call until the test has done what it wants to do in its middle.
"""

import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.engine.faults import ONBOARDING, onboarding
from tests.engine.interruptions import INTERRUPTIONS, Interruption
from tests.engine.one_person import checkpoint, finishes, small, until
from tests.engine.project import Done, Project, Simulator
from tests.engine.started import Started, started
from tests.engine.test_errors import speaks_plainly

pytestmark = pytest.mark.engine

UNSAVED = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}


@pytest.mark.parametrize("row", INTERRUPTIONS, ids=lambda row: row.name)
def test_an_interrupted_run(row: Interruption, project: Project, simulator: Simulator) -> None:
    firm = small(project)
    if row.login:
        project.environ["T4_LOGIN"] = json.dumps(simulator.login)
    simulator.fault(onboarding(row.moment, hold=True))
    with started(project, command(row, project), **(UNSAVED if row.unsaved else {})) as run:
        run.until(simulator.held)
        assert ("trader.a" in simulator.users()) is (row.moment == "after")
        run.look()
        done = stopped(row, run, simulator) if row.signal != "KILL" else killed(row, run)
        speaks_plainly(done)
        assert done.code != 0
        for words in row.says:
            assert words in done, done.text
        if row.locked:
            unlocks(row, project, simulator)
        simulator.let_go()
        until(simulator.users)
        run.ended()
    assert ("trader.a" in checkpoint(project)) is row.recorded
    simulator.forget_requests()
    if row.forgets:
        shutil.rmtree(project.folder / ".t4")
    if row.remedy == "adopt":
        refused = project.up()
        assert refused.code != 0
        assert "T4 already has a user trader.a" in refused
        tried = "This stack has no record" if row.forgets else "This stack tried to create it at"
        assert tried in refused
        speaks_plainly(refused)
        firm["users"]["trader.a"]["adopt"] = True
        project.write(firm)
        simulator.forget_requests()
    finishes(project, simulator, firm, {})
    assert len(simulator.requests("POST", ONBOARDING)) == row.calls


def command(row: Interruption, project: Project) -> list[str]:
    plain = project.up_command
    return plain if row.command == "pulumi" else ["t4firm", "up", "--yes", "--stack", project.stack]


def stopped(row: Interruption, run: Started, simulator: Simulator) -> Done:
    """Asked to stop, the run waits for its call: it must have heard of it before the call goes on."""
    number = signal.Signals[f"SIG{row.signal}"]
    if row.ends == "group":
        run.send_to_group(number)
    else:
        run.send(number)
    run.says("cancelling")
    simulator.let_go()
    return run.finished()


def killed(row: Interruption, run: Started) -> Done:
    """Dead while the call is held. A run whose provider alone has died ends by itself."""
    if row.ends in ("provider", "both"):
        run.provider.kill()
    if row.ends in ("command", "both"):
        run.send(signal.SIGKILL)
    return run.finished()


def unlocks(row: Interruption, project: Project, simulator: Simulator) -> None:
    """The lock goes at once, or when the provider that was left behind has finished its call."""
    with started(project, ["t4firm", "unlock", "--stack", project.stack]) as freeing:
        if row.ends == "command":
            freeing.says("of a killed run is still there: waiting up to")
            simulator.let_go()
        freed = freeing.finished()
    assert freed.code == 0, freed.text
    assert "Removed the lock" in freed
    assert ("Ended the provider" in freed) is (row.ends == "command")


def test_two_runs_of_a_stack_at_once(project: Project, simulator: Simulator) -> None:
    firm = small(project)
    simulator.fault(onboarding(hold=True))
    with started(project, project.up_command) as run:
        run.until(simulator.held)
        second = project.up()
        third = project.t4firm("up", "--yes", "--stack", project.stack)
        simulator.let_go()
        first = run.finished()
    assert first.code == 0, first.text
    for refused in (second, third):
        assert refused.code != 0
        assert "locked by" in refused
        speaks_plainly(refused)
    assert f"process {run.pid}" in third
    assert len(simulator.requests("POST", ONBOARDING)) == 1
    finishes(project, simulator, firm, {}, "--expect-no-changes")


def test_two_folders_with_one_stack_each_for_the_same_firm(
    project: Project, simulator: Simulator, tmp_path: Path
) -> None:
    """Two states, one firm, at the same moment: T4's own uniqueness decides, and the proof holds for both."""
    firm = small(project)
    other = Project(tmp_path / "other", simulator.endpoint, simulator.api_key)
    other.write(firm)
    simulator.fault(onboarding(times=2, hold=True))
    with started(project, project.up_command) as one, started(other, other.up_command) as two:
        for run in (one, two):
            run.until(lambda: len(simulator.held()) == 2)
        simulator.let_go()
        ended = [one.finished(), two.finished()]
    assert sorted(done.code == 0 for done in ended) == [False, True], [done.text for done in ended]
    loser = next(done for done in ended if done.code)
    assert "T4 already has a user trader.a" in loser
    assert "This stack has no record of an attempt to create it" in loser
    speaks_plainly(loser)
    assert simulator.users()["trader.a"]["onboardings"] == 1


def test_a_command_that_dies_above_a_living_engine_is_waited_for(
    project: Project, simulator: Simulator
) -> None:
    """kill -9 of `t4firm`: the engine under it goes on, and keeps the stack locked until it ends."""
    firm = small(project)
    project.made  # noqa: B018  (makes the stack)
    simulator.fault(onboarding(hold=True))
    with started(project, ["t4firm", "up", "--yes", "--stack", project.stack]) as run:
        run.until(simulator.held)
        run.look()
        run.send(signal.SIGKILL)
        again = project.t4firm("up", "--yes", "--stack", project.stack)
        assert again.code == 1
        assert "is locked by process" in again
        simulator.let_go()
        run.ended()
    finishes(project, simulator, firm, {}, "--expect-no-changes")


def test_a_command_that_dies_while_the_engine_writes_its_state(
    project: Project, simulator: Simulator
) -> None:
    """The file backend writes the state whole or not at all, but not the attributes that lie beside it."""
    firm = small(project)
    assert project.up().code == 0
    stacks = project.folder / "state" / ".pulumi" / "stacks" / "t4"
    for way in (("unlock",), ("up", "--yes")):
        (stacks / "test.json.attrs").write_text("")
        refused = project.up()
        assert refused.code != 0
        assert "EOF" in refused
        mended = project.t4firm(*way, "--stack", project.stack)
        assert mended.code == 0, mended.text
        assert "Removed test.json.attrs, which a killed run had left half written." in mended
    finishes(project, simulator, firm, {}, "--expect-no-changes")


def test_what_was_mended_is_no_part_of_what_a_machine_reads(project: Project) -> None:
    small(project)
    project.made  # noqa: B018  (makes the stack)
    (project.folder / "state" / ".pulumi" / "stacks" / "t4" / "test.json.attrs").write_text("")
    done = subprocess.run(
        ["t4firm", "preview", "--stack", project.stack, "--json"],
        cwd=project.folder,
        env=project.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {step["op"] for step in json.loads(done.stdout)["steps"]} == {"create"}
    assert "Removed test.json.attrs, which a killed run had left half written.\n" in done.stderr
