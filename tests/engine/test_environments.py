"""Simulation first, live second: one firm file, two stacks, two T4s that know nothing of each other."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from t4simulator.service import process
from tests.clock import PATIENCE
from tests.engine.project import ROOT, Done, Project, Simulator

pytestmark = pytest.mark.engine

EXAMPLE = ROOT / "docs" / "examples" / "environments" / "stacks"


@pytest.fixture
def two(project: Project, tmp_path: Path) -> Iterator[Simulator]:
    """The example's files in the project, and a second T4: the simulation, with other templates and without
    WhenTech. The project's own is live."""
    shutil.copytree(EXAMPLE, project.folder / "stacks", dirs_exist_ok=True)
    project.firm_file.unlink()
    run = process.start(tmp_path / "simulation")
    there = Simulator(run.endpoint, run.api_key, run.login)
    there.template("SimTrader", [], ["Trading"])
    templates = f"{run.endpoint}/simulator/templates"
    account = there.state()["templates"]["accounts"]["DefaultTemplate"]
    httpx.put(f"{templates}/accounts/SimAccount", json=account, timeout=PATIENCE).raise_for_status()
    for gone in ("users/WhenTechTrader", "users/FillService", "accounts/DefaultTemplate"):
        httpx.delete(f"{templates}/{gone}", timeout=PATIENCE).raise_for_status()
    yield there
    process.stop(tmp_path / "simulation")


def up(project: Project, stack: str, t4: Simulator) -> Done:
    """The run of one environment, with that environment's endpoint and credentials and no other's."""
    return project.t4firm(
        "up",
        "--yes",
        "--stack",
        stack,
        T4_ENDPOINT=t4.endpoint,
        T4_API_KEY=t4.api_key,
        T4_PASSWORD_SEED=f"only-for-tests-Vn3kqZr8TyPw5LcHx2mJd9Gf7b-{stack}",
    )


def test_both_are_set_up_from_one_file(project: Project, simulator: Simulator, two: Simulator) -> None:
    checked = project.t4firm("validate")
    assert "(stack simulation): fine (1 user, 2 accounts, 0 further assignments" in checked
    assert "(stack live): fine (2 users, 3 accounts, 2 further assignments" in checked

    assert up(project, "simulation", two).code == 0
    assert two.users()["carla.acme"]["applications"] == []
    assert two.users().keys() == {"carla.acme"}
    assert two.accounts().keys() == {"70001", "70002"}
    assert simulator.requests() == [], "nothing of the simulation's run reached the live environment"

    two.forget_requests()
    assert up(project, "live", simulator).code == 0
    assert simulator.users()["carla.acme"]["applications"] == ["WhenTech"]
    assert set(simulator.users()["AcmeFillUser"]["accounts"]) == {"ACMEFILL1", "70001", "70002"}
    assert two.requests() == []
