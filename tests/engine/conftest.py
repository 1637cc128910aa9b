"""A project that is set up in the simulator by the real engine."""

from pathlib import Path

import pytest

from tests.engine.project import Project, Simulator

pytest.register_assert_rewrite("tests.engine.year")


@pytest.fixture
def project(tmp_path: Path, simulator: Simulator, warm: list[str]) -> Project:
    """The seeds' example on the full set of operations, not set up yet."""
    project = Project(tmp_path / "firm", simulator.endpoint, simulator.api_key, command=warm)
    project.write(project.demo())
    return project
