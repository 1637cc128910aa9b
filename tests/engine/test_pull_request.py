"""A firm's change as a pull request, from the branch to T4: a bare repository and two clones, the reviewer's
comment, the merge, the run of what was reviewed. And the same where the world changed in between."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.engine.project import Done, Project, Simulator
from tests.engine.test_demo import CAROL

pytestmark = pytest.mark.engine


class Clone:
    """Somebody's clone of the firm's repository, with a project in it."""

    def __init__(self, folder: Path, project: Project) -> None:
        self.folder, self.project = folder, project

    def git(self, *arguments: str) -> None:
        who = ("-c", "user.name=Tests", "-c", "user.email=tests@example.com")
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def review(self, base: str, *arguments: str) -> Done:
        kept = ("--run-preview", "--save", "reviewed.json")
        return self.project.t4firm("review", "--stack", "test", "--base", base, *kept, *arguments)

    def up(self, reviewed: str = "reviewed.json") -> Done:
        return self.project.t4firm("up", "--stack", "test", "--reviewed", reviewed)


@pytest.fixture
def author(tmp_path: Path, project: Project) -> Clone:
    """The firm is set up from the main branch of a bare repository; this clone is on a branch with a hire."""
    bare = tmp_path / "firm.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", bare], check=True)
    assert project.up().code == 0
    clone = Clone(project.folder, project)
    clone.git("init", "--quiet", "--initial-branch=main")
    clone.git("remote", "add", "origin", str(bare))
    clone.git("add", "stacks", "Pulumi.yaml", "__main__.py")
    clone.git("commit", "--quiet", "--message=The firm")
    clone.git("push", "--quiet", "origin", "main")
    clone.git("switch", "--quiet", "--create", "hire")
    firm = project.demo()
    firm["users"]["trader.c"] = CAROL
    project.write(firm)
    clone.git("commit", "--quiet", "--all", "--message=Carol joins")
    clone.git("push", "--quiet", "origin", "hire")
    return clone


def merged(author: Clone, tmp_path: Path) -> Clone:
    """The pipeline's clone after the merge: its own files, the same stack, the list that the review saved."""
    folder = tmp_path / "pipeline"
    subprocess.run(["git", "clone", "--quiet", tmp_path / "firm.git", folder], check=True)
    pipeline = Clone(folder, author.project)
    pipeline.git("merge", "--quiet", "--no-ff", "--message=Merge hire", "origin/hire")
    pipeline.git("push", "--quiet", "origin", "main")
    for name in (".venv", "reviewed.json"):
        (folder / name).symlink_to(author.folder / name)
    return Clone(folder, author.project.elsewhere(folder))


def unassign(simulator: Simulator, account: str) -> None:
    """Somebody takes an account off the fill user's list in the portal."""
    fill = simulator.users()["WhenTechFillUser"]["userID"]
    simulator.admin("DELETE", f"/admin/v1/users/{fill}/accounts/{simulator.accounts()[account]['accountID']}")


def test_a_whole_round(author: Clone, tmp_path: Path, simulator: Simulator) -> None:
    simulator.forget_requests()
    said = author.review("origin/main")
    assert said.code == 2, said.text
    headline = "Example Trading LLC: 1 new user, 2 new accounts, 2 fill assignments"
    assert f"**{headline}**" in said
    assert "Only the firm files were compared" not in said
    assert "Unexpected differences" not in said
    assert "Every step of the run (6)" in said
    assert "Every call that the run may make to change something in T4 (5)" in said
    assert "- `onboarding` for `trader.c`" in said
    assert {call["method"] for call in simulator.requests()} == {"GET"}
    kept = (author.folder / "reviewed.json").read_text()
    calls = [f"{call['operation']} {call['about']}" for call in json.loads(kept)["calls"]]
    assert calls == [
        "assignAccount WhenTechFillUser/55555",
        "assignAccount WhenTechFillUser/66666",
        "assignApplication trader.c",
        "createAccount trader.c/66666",
        "onboarding trader.c",
    ]
    assert not any(str(personal) in kept for personal in CAROL.values() if len(str(personal)) > 2)
    assert author.review("origin/main").text == said.text
    assert (author.folder / "reviewed.json").read_text() == kept

    pipeline = merged(author, tmp_path)
    done = pipeline.up()
    assert done.code == 0, done.text
    assert "6 created" in done
    assert simulator.onboarded() == ["trader.c"]
    assert set(simulator.users()["WhenTechFillUser"]["accounts"]) >= {"55555", "66666"}
    assert set(pipeline.project.output("users")) == {"WhenTechFillUser", "trader.a", "trader.b", "trader.c"}

    simulator.forget_requests()
    again = pipeline.up()
    assert again.code == 0, again.text
    assert "Nothing is left to do: this list has run." in again
    assert {call["method"] for call in simulator.requests()} == {"GET"}

    later = pipeline.project.demo()
    later["users"]["trader.c"] = {**CAROL, "apptype": "NonProfessional"}
    pipeline.project.write(later)
    pipeline.git("commit", "--quiet", "--all", "--message=Not applied yet")
    drift = pipeline.project.t4firm("drift", "--stack", "test", "--applied")
    assert drift.code == 0, drift.text
    assert "the commit here has not been applied." in drift
    pipeline.git("reset", "--quiet", "--hard", "HEAD^")

    unassign(simulator, "55555")
    found = pipeline.review("HEAD")
    assert found.code == 2
    assert "**Example Trading LLC: 1 unexpected difference**" in found
    assert "- account 55555 of WhenTechFillUser: account 55555 is not captured" in found


def test_t4_changed_between_review_and_merge(author: Clone, tmp_path: Path, simulator: Simulator) -> None:
    assert author.review("origin/main").code == 2
    digest = json.loads((author.folder / "reviewed.json").read_text())["digest"]
    unassign(simulator, "11111")
    simulator.forget_requests()
    pipeline = merged(author, tmp_path)
    for reviewed, words in (
        ("reviewed.json", "not reviewed: update the capture of 11111"),
        (digest, "the digest of what would be done is sha256:"),
    ):
        done = pipeline.up(reviewed)
        assert done.code == 1
        assert "what would be done now is not what was reviewed. No call was made" in done
        assert words in done
        assert "Traceback" not in done
    assert {call["method"] for call in simulator.requests()} == {"GET"}
    assert "trader.c" not in simulator.users()

    assert author.review("origin/main").code == 2
    assert pipeline.up().code == 0
    assert {"11111", "55555"} <= set(simulator.users()["WhenTechFillUser"]["accounts"])


def test_the_files_changed_between_review_and_merge(author: Clone, simulator: Simulator) -> None:
    """Another change was merged first: the values that would run are not those that were reviewed."""
    assert author.review("origin/main").code == 2
    settings = author.folder / "stacks" / "Pulumi.test.yaml"
    written = settings.read_text()
    settings.write_text(written + "config:\n  t4:onboardPath: /collect/people\n")
    simulator.forget_requests()
    done = author.up()
    assert done.code == 1
    assert "the settings file is not the file that was reviewed" in done
    assert {call["method"] for call in simulator.requests()} == {"GET"}
    settings.write_text(written)
    firm = author.project.demo()
    firm["users"]["trader.c"] = {**CAROL, "email": "somebody.else@example.com"}
    author.project.write(firm)
    simulator.forget_requests()
    done = author.up()
    assert done.code == 1
    assert "the firm file is not the file that was reviewed" in done
    assert {call["method"] for call in simulator.requests()} == {"GET"}


def test_a_run_that_fails_half_way_is_finished_by_the_same_list(author: Clone, simulator: Simulator) -> None:
    assert author.review("origin/main").code == 2
    simulator.fault({"match": {"method": "POST", "path": "/admin/v1/accounts"}, "do": {"status": 400}})
    failed = author.up()
    assert failed.code != 0
    assert "trader.c" in simulator.users()
    assert "66666" not in simulator.accounts()
    simulator.calm()
    done = author.up()
    assert done.code == 0, done.text
    assert "An earlier run of this list did not end well: 2 of 6 reviewed steps are left." in done
    assert "66666" in simulator.users()["WhenTechFillUser"]["accounts"]
    assert simulator.onboarded() == ["WhenTechFillUser", "trader.a", "trader.b", "trader.c"]


def test_a_list_runs_once_and_in_the_order_of_the_commits(author: Clone, simulator: Simulator) -> None:
    """Two changes of one subscription, both reviewed, merged and applied; then the older run again."""

    def subscribed() -> Any:
        return simulator.users()["trader.a"]["marketData"]

    def change(kind: str, kept: str) -> None:
        firm = author.project.demo()
        firm["users"]["trader.a"]["marketData"] = {"CME": kind}
        author.project.write(firm)
        author.git("commit", "--quiet", "--all", f"--message={kind}")
        assert author.review("HEAD^", "--save", kept).code == 2
        assert author.up(kept).code == 0
        assert subscribed()["CME"] == kind

    author.git("switch", "--quiet", "main")
    change("TOB", "first.json")
    change("Delayed", "second.json")
    simulator.forget_requests()
    author.git("switch", "--quiet", "--detach", "HEAD^")
    older = author.up("first.json")
    assert older.code == 1
    assert "is older than" in older
    assert "Running it now could put older values back. Nothing was called." in older
    assert simulator.requests() == []

    by_hand = author.project.t4firm("up", "--stack", "test", "--yes")
    assert by_hand.code == 0, by_hand.text
    assert "this run may put older values back" in by_hand
    assert "Nobody reviewed this run." in by_hand
    assert subscribed()["CME"] == "TOB"

    author.git("switch", "--quiet", "main")
    simulator.forget_requests()
    again = author.up("second.json")
    assert again.code == 1
    assert "this list has run, on " in again
    assert {call["method"] for call in simulator.requests()} == {"GET"}


def test_drift_does_not_hide_behind_a_reviewed_step(author: Clone, simulator: Simulator) -> None:
    """The risk desk disables an account between review and run; the change only touches its name."""
    author.git("switch", "--quiet", "main")
    firm = author.project.demo()
    firm["accounts"]["22222"] = {"displayName": "A second", "enabled": True}
    author.project.write(firm)
    assert author.project.up().code == 0
    firm["accounts"]["22222"]["displayName"] = "Another"
    author.project.write(firm)
    assert author.review("HEAD").code == 2
    account = simulator.accounts()["22222"]["accountID"]
    simulator.admin("PATCH", f"/admin/v1/accounts/{account}", {"enabled": "Disabled"})
    simulator.forget_requests()
    done = author.up()
    assert done.code == 1
    assert "not reviewed: the call enableAccount for 22222" in done
    assert {call["method"] for call in simulator.requests()} == {"GET"}
    assert simulator.accounts()["22222"]["enabled"] == "Disabled"
