"""The recipe for GitLab in docs/pipeline-elsewhere.md, with a plain shell; and the container's promise that
any user will do."""

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.engine.project import ROOT, Done, Project, Simulator
from tests.engine.test_demo import CAROL
from tests.engine.test_pull_request import Clone
from tests.needed import NAMESPACES, missing

pytestmark = pytest.mark.engine

NOBODY = 54_321
"""An id that no password file knows."""


def recipe() -> dict[str, Any]:
    text = (ROOT / "docs" / "pipeline-elsewhere.md").read_text()
    (block,) = re.findall(r"<!-- recipe: gitlab -->\n```yaml\n(.*?)```", text, re.S)
    assert len(block.splitlines()) <= 30
    read: dict[str, Any] = yaml.safe_load(block)
    return read


@pytest.fixture
def clone(project: Project) -> Clone:
    (project.folder / ".venv").unlink()
    project.environ |= {"T4_FIRM": str(ROOT), "STACK": "test"}
    clone = Clone(project.folder, project)
    clone.git("init", "--quiet", "--initial-branch=main")
    clone.git("add", "stacks", "Pulumi.yaml", "__main__.py")
    clone.git("commit", "--quiet", "--message=The firm")
    return clone


def job(clone: Clone, name: str, **environ: str) -> Done:
    """The job's lines, each as GitLab runs them: one shell, which ends at the first that fails."""
    written = recipe()
    lines = [*written["default"]["before_script"], *written[name]["script"]]
    return clone.project.run("bash", "-eo", "pipefail", "-c", "\n".join(lines), **environ)


def test_from_a_merge_request_to_t4(clone: Clone, simulator: Simulator) -> None:
    clone.git("switch", "--quiet", "--create", "hire")
    firm = clone.project.demo()
    firm["users"]["trader.c"] = CAROL
    clone.project.write(firm)
    clone.git("commit", "--quiet", "--all", "--message=Carol joins")
    checked = job(clone, "check", CI_MERGE_REQUEST_DIFF_BASE_SHA="main")
    assert checked.code == 0, checked.text
    assert "trader.c" in (clone.folder / "review.md").read_text()
    clone.git("switch", "--quiet", "main")
    clone.git("merge", "--quiet", "--no-ff", "--message=Merge", "hire")

    assert simulator.onboarded() == []
    planned = job(clone, "plan")
    assert planned.code == 0, planned.text
    assert simulator.onboarded() == []
    done = job(clone, "up")
    assert done.code == 0, done.text
    assert "trader.c" in simulator.users()
    clean = job(clone, "drift")
    assert clean.code == 0, clean.text
    again = job(clone, "up")
    assert again.code == 0, again.text
    assert "Nothing is left to do: this list has run." in again


def test_any_user_will_do_also_one_without_a_name(project: Project) -> None:
    """As the Dockerfile sets it up: USER and HOME say who and where, no password file does."""
    as_nobody = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    try:
        known = subprocess.run([*as_nobody, "id", "-un"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        missing("there is no `unshare` here", NAMESPACES)
    if str(NOBODY) not in known.stderr + known.stdout:
        missing(f"no process of another user can be started here: {known.stderr.strip()}", NAMESPACES)
    home = project.folder / "somewhere"
    home.mkdir()
    project.environ |= {"HOME": str(home), "USER": "t4firm"}
    done = project.run(*as_nobody, "t4firm", "up", "--yes", "--stack", "test")
    assert done.code == 0, done.text
