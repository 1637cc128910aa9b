"""A state in PostgreSQL and in a bucket: a lock names its owner, and what a killed run left behind is found
again, also from a fresh checkout."""

import shutil
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import psutil
import pytest

from providers.t4.engine.run_owner import ENGINE
from tests.engine.backends import Backend, running_postgres, running_s3
from tests.engine.faults import ONBOARDING, onboarding
from tests.engine.one_person import small
from tests.engine.project import ROOT, Project, Simulator
from tests.engine.started import Started, started
from tests.engine.test_errors import speaks_plainly

pytestmark = pytest.mark.engine

STACK = ("--stack", "test")
UP = ("up", "--yes", *STACK)


@pytest.mark.parametrize("server", [running_postgres, running_s3], ids=["PostgreSQL", "S3"])
def test_a_run_is_killed_and_another_one_finishes_its_work(
    server: Callable[[], AbstractContextManager[Backend]], project: Project, simulator: Simulator
) -> None:
    small(project)
    with server() as backend:
        project.environ |= backend.environ
        simulator.fault(onboarding(hold=True))
        with started(project, ["t4firm", *UP]) as run:
            run.until(simulator.held)
            run.look()
            a_second_run_is_refused(project, simulator, run)
            killed(run)
            unlocked(project, simulator)
            run.ended()
        goes_on(project, simulator)
        other = fresh_checkout(project)
        assert "Resources: 4 unchanged" in without_error(other, *UP)
        sees_drift(other, simulator)
        assert simulator.users()["trader.a"]["onboardings"] == 1


def without_error(project: Project, *command: str) -> str:
    done = project.t4firm(*command)
    assert done.code == 0, done.text
    return done.text


def a_second_run_is_refused(project: Project, simulator: Simulator, run: Started) -> None:
    """In words, with the owner of the lock, and without a call."""
    refused = project.t4firm(*UP)
    assert refused.code == 1
    assert "is currently locked by 1 lock(s)" in refused
    assert f"(pid {engine_of(run).pid})" in refused
    speaks_plainly(refused)
    assert len(simulator.requests("POST", ONBOARDING)) == 1


def engine_of(run: Started) -> psutil.Process:
    """What else the run started may have ended meanwhile."""
    for each in run.family:
        with suppress(psutil.NoSuchProcess):
            if each.name() == ENGINE:
                return each
    raise AssertionError(f"no engine: {run.text}")


def killed(run: Started) -> None:
    """The command and the engine at once, as where memory runs out; the provider lives on in its call."""
    engine_of(run).kill()
    run.send(signal.SIGKILL)
    run.finished()


def unlocked(project: Project, simulator: Simulator) -> None:
    """It is said what cannot be seen; by force the lock goes, once the provider has finished its call."""
    simulator.let_go()
    blind = project.t4firm("unlock", *STACK)
    assert blind.code == 2, blind.text
    assert "where a lock cannot be seen from here" in blind
    assert "is currently locked by 1 lock(s)" in project.t4firm(*UP)
    freed = project.t4firm("unlock", "--force", *STACK)
    assert freed.code == 0, freed.text
    assert "Removed every lock that stack test had" in freed
    assert "Cleared from the state what the killed run had begun: trader.a" in freed


def goes_on(project: Project, simulator: Simulator) -> None:
    simulator.calm()
    said = without_error(project, *UP)
    assert "pending operations" not in said
    assert [user["onboardings"] for user in simulator.users().values()] == [1]
    assert len(simulator.requests("POST", ONBOARDING)) == 1, "the journal knows the answer"


def fresh_checkout(project: Project) -> Project:
    """What version control has: neither the journal nor the settings file with the salt."""
    folder = project.folder.with_name("fresh")
    (folder / "stacks").mkdir(parents=True)
    for name in ("Pulumi.yaml", "__main__.py", "stacks/full.operations.yaml", "stacks/test.firm.yaml"):
        shutil.copy(project.folder / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return project.elsewhere(folder)


def sees_drift(project: Project, simulator: Simulator) -> None:
    assert project.t4firm("drift", *STACK).code == 0
    user = simulator.users()["trader.a"]["userID"]
    simulator.admin("PATCH", f"/admin/v1/users/{user}", {"phone": "555-000-9999"})
    drift = project.t4firm("drift", "--json", *STACK)
    assert drift.code == 2, drift.all
    assert "update-user/trader.a/phone" in drift.text
