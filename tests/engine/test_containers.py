"""Two containers with one host name and one folder, as replicas on one machine have them: neither frees the
other's live lock.

Each is a process number, host name and /proc of its own by `unshare`; network and files are shared.
"""

import signal
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.engine.faults import onboarding
from tests.engine.one_person import small
from tests.engine.project import Project, Simulator
from tests.engine.started import started
from tests.needed import NAMESPACES, missing

pytestmark = pytest.mark.engine

UNSHARE = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--uts", "--mount-proc", "--kill-child")
NAMED = 'hostname "$0" && exec "$@"'
UP = ("t4firm", "up", "--yes", "--stack", "test")
UNLOCK = ("t4firm", "unlock", "--stack", "test")


def contained(*command: str) -> list[str]:
    """A command in a container of its own."""
    return [*UNSHARE, "sh", "-c", NAMED, "replica", *command]


@cache
def forbidden() -> str:
    """Why there can be no namespaces here; "" where there can."""
    try:
        tried = subprocess.run(contained("true"), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "there is no unshare"
    return tried.stderr.strip() if tried.returncode else ""


@pytest.fixture
def locks(project: Project) -> Callable[[], list[Path]]:
    if why := forbidden():
        missing(f"the kernel allows no namespaces: {why}", NAMESPACES)
    return lambda: [*(project.folder / "state").rglob("locks/**/*.json")]


def test_where_they_must_run_a_kernel_without_namespaces_is_a_failure(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.forbidden", lambda: "not permitted")
    monkeypatch.setenv(NAMESPACES, "1")
    with pytest.raises(pytest.fail.Exception, match="the kernel allows no namespaces: not permitted"):
        request.getfixturevalue("locks")


def test_a_live_lock_of_another_container_stays(
    project: Project, simulator: Simulator, locks: Callable[[], list[Path]]
) -> None:
    small(project)
    simulator.fault(onboarding("before", hold=True))
    with started(project, contained(*UP)) as run:
        run.until(simulator.held)
        [lock] = locks()
        assert '"hostname":"replica"' in lock.read_text().replace(" ", "")
        for command in (UNLOCK, UP):
            other = project.run(*contained(*command))
            assert other.code == 1, other.text
            assert "locked by process" in other
            assert "on replica" in other
        assert "It cannot be known from here whether that run is over" in other
        assert locks() == [lock]
        simulator.let_go()
        done = run.finished()
        assert done.code == 0, done.text
    assert locks() == []
    assert len(simulator.onboarded()) == len(simulator.users())


def test_a_lock_of_a_container_that_is_gone_needs_force(
    project: Project, simulator: Simulator, locks: Callable[[], list[Path]]
) -> None:
    small(project)
    simulator.fault(onboarding("before", hold=True))
    with started(project, contained(*UP)) as run:
        run.until(simulator.held)
        run.look()
        run.send(signal.SIGKILL)
        run.ended()
    simulator.calm()
    refused = project.run(*contained(*UNLOCK))
    assert refused.code == 1, refused.text
    assert locks()
    freed = project.run(*contained(*UNLOCK, "--force", "--yes"))
    assert freed.code == 0, freed.text
    assert "Removed the lock of a run that you said is over" in freed
    assert locks() == []
