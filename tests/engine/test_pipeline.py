"""The pipeline with everything real but GitHub: a change is previewed in a comment, merged, and applied as
it was reviewed; and not when T4 has changed in between."""

import json
import os
from pathlib import Path

import pytest

from tests.engine.project import Project, Simulator
from tests.engine.test_demo import CAROL
from tests.github.conftest import EMPTY, install_gh
from tests.github.test_pull_request import MERGED

pytestmark = pytest.mark.engine


@pytest.fixture
def github(tmp_path: Path, project: Project) -> Path:
    """What GitHub holds: nothing yet."""
    folder = install_gh(tmp_path)
    file = tmp_path / "github.json"
    file.write_text(json.dumps({"me": "github-actions[bot]", **EMPTY}))
    project.environ["PATH"] = f"{folder}{os.pathsep}{project.environ['PATH']}"
    project.environ |= {"GH_REPOSITORY": str(file), "GITHUB_ACTIONS": "true"}
    return file


def test_from_the_comment_to_the_run_after_the_merge(
    project: Project, simulator: Simulator, github: Path
) -> None:
    assert project.up().code == 0
    before = project.folder / "before.firm.yaml"
    before.write_bytes(project.firm_file.read_bytes())
    firm = project.demo()
    firm["users"]["trader.c"] = CAROL
    project.write(firm)
    simulator.forget_requests()

    words = ("--stack", "test", "--base", str(before), "--pull-request", "7")
    said = project.t4firm("github", "preview", *words)
    assert said.code == 0, said.text
    (comment,) = json.loads(github.read_text())["comments"]
    assert comment["body"].startswith("<!-- t4firm:review:test -->\n")
    assert "trader.c" in comment["body"]
    assert simulator.onboarded() == []

    reviewed = (project.folder / "reviewed.json").read_text()
    kept = json.loads(github.read_text())
    kept["pulls"] = {"merge1": [MERGED]}
    kept["runs"] = {"head1": [{"id": 42}]}
    kept["artifacts"] = {"42": {"reviewed-test-7": {"reviewed.json": reviewed}}}
    github.write_text(json.dumps(kept))
    done = project.t4firm("github", "up", "--stack", "test", "--commit", "merge1")
    assert done.code == 0, done.text
    assert "  + created trader.c\n" in done.text
    assert simulator.onboarded() == ["trader.c"]

    again = project.t4firm("github", "up", "--stack", "test", "--commit", "merge1")
    assert again.code == 0, again.text
    assert "Nothing is left to do: this list has run." in again
    assert simulator.onboarded() == ["trader.c"]


def test_drift_opens_an_issue_and_closes_it(project: Project, simulator: Simulator, github: Path) -> None:
    assert project.up().code == 0
    fill = simulator.users()["WhenTechFillUser"]["userID"]
    account = simulator.accounts()["22222"]["accountID"]
    simulator.admin("DELETE", f"/admin/v1/users/{fill}/accounts/{account}")
    found = project.t4firm("github", "drift", "--stack", "test")
    assert found.code == 0, found.text
    (issue,) = json.loads(github.read_text())["issues"]
    assert issue["state"] == "open"
    assert "22222" in issue["body"]

    simulator.admin("POST", f"/admin/v1/users/{fill}/accounts", {"accountID": account})
    clean = project.t4firm("github", "drift", "--stack", "test")
    assert clean.code == 0, clean.text
    (issue,) = json.loads(github.read_text())["issues"]
    assert issue["state"] == "closed"
