"""A job is cancelled while its step changes T4: GitHub's runner sends SIGINT to the step's shell, and to
nothing else."""

import json
import os
import signal
from pathlib import Path

import pytest
import yaml

from tests.engine.project import ROOT, Project, Simulator
from tests.engine.started import started
from tests.github.conftest import EMPTY, install_gh

pytestmark = pytest.mark.engine

SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
"""As the runner starts it."""


def applying() -> str:
    """The script of the step that applies main by hand."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "up-stack.yml").read_text())
    (script,) = [
        step["run"] for step in workflow["jobs"]["up"]["steps"] if "--by-hand" in step.get("run", "")
    ]
    return str(script)


def test_the_run_ends_cleanly(project: Project, simulator: Simulator, tmp_path: Path) -> None:
    project.made  # noqa: B018
    kept = tmp_path / "github.json"
    kept.write_text(json.dumps({"me": "github-actions[bot]", **EMPTY}))
    project.environ |= {
        "PATH": f"{install_gh(tmp_path)}{os.pathsep}{project.environ['PATH']}",
        "GH_REPOSITORY": str(kept),
        "STACK": "test",
        "COMMIT": "merge1",
        "T4_REVIEW_KEY": "only-for-reviews-7Qm2Lx9Tz4",
    }
    script = tmp_path / "step.sh"
    script.write_text(applying())
    simulator.fault({"match": {"path": "/admin/v1/onboarding"}, "times": 1, "do": {"hold": True}})
    with started(project, [*SHELL, str(script)]) as step:
        step.until(simulator.held)
        step.look()
        step.send(signal.SIGINT)
        step.says("cancelling: calls that T4 is working on are waited for")
        simulator.calm()
        assert step.finished().code != 0
        step.ended()
    assert not [*project.folder.glob("state/**/locks/**/*.json")]
    done = project.run(*SHELL, str(script))
    assert done.code == 0, done.text
    assert simulator.onboarded() == ["WhenTechFillUser", "trader.a", "trader.b"]
    assert (project.folder / ".t4" / "copies" / "test.json").is_file()
