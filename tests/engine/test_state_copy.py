"""A preview on a copy of the state: without the state, its passphrase, a key of T4 or a password seed."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine.project import PERSONAL, Done, Project, Simulator
from tests.engine.test_demo import CAROL

pytestmark = pytest.mark.engine

KEY = "only-for-reviews-7Qm2Lx9Tz4"
FOREIGN = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "T4_API_KEY", "T4_PASSWORD_SEED", "T4_LOGIN")
"""What a preview on a copy does not have."""


def contents(folder: Path) -> Mapping[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def reviewed(project: Project, before: Path, copy: Path, *, reads: bool = False, **environ: str) -> Done:
    """The review of somebody who has the review key alone, or a key of T4 with it."""
    there = {name: value for name, value in project.environ.items() if name not in FOREIGN}
    theirs = project.elsewhere(project.folder)
    theirs.environ = {**there, "T4_REVIEW_KEY": KEY, "T4_ENDPOINT": "https://t4.example.com", **environ}
    words = ("--stack", "test", "--base", str(before), "--run-preview", *(() if reads else ("--no-read",)))
    return theirs.t4firm("review", *words, "--state-copy", str(copy), "--save", "reviewed.json")


def test_what_is_reviewed_on_a_copy_is_what_runs(project: Project, simulator: Simulator) -> None:
    project.environ["T4_REVIEW_KEY"] = KEY
    assert project.up().code == 0
    copy = project.folder / "copies" / "test.json"
    left = project.t4firm("copy-state", str(copy), "--stack", "test")
    assert left.code == 0, left.text
    assert not any(word in copy.read_text() for word in PERSONAL)
    assert copy.stat().st_mode & 0o077 == 0

    before = project.folder / "before.firm.yaml"
    before.write_bytes(project.firm_file.read_bytes())
    unchanged = reviewed(project, before, copy)
    assert unchanged.code == 0, unchanged.text
    firm = project.demo()
    firm["users"]["trader.c"] = CAROL
    firm["users"]["trader.b"]["phone"] = "555-987-6543"
    project.write(firm)
    state, stacks = contents(project.folder / "state"), contents(project.folder / "stacks")
    simulator.forget_requests()
    said = reviewed(project, before, copy)
    assert said.code == 2, said.text
    assert "T4 was not read for this preview: it only knows what the last runs recorded." in said
    assert "Unexpected differences" not in said, "what the copy says of the other users is what was applied"
    assert "phone: changed" in said
    assert "could not be read" not in said
    assert simulator.requests() == []
    assert contents(project.folder / "state") == state
    assert contents(project.folder / "stacks") == stacks
    kept = json.loads((project.folder / "reviewed.json").read_text())
    assert (kept["refreshed"], len(kept["calls"])) == (False, 6)

    done = project.t4firm("up", "--stack", "test", "--reviewed", "reviewed.json")
    assert done.code == 0, done.text
    assert simulator.onboarded() == ["trader.c"]


def test_with_a_key_that_reads_t4_is_read_first(project: Project, simulator: Simulator) -> None:
    project.environ["T4_REVIEW_KEY"] = KEY
    assert project.up().code == 0
    copy = project.folder / "copy.json"
    assert project.t4firm("copy-state", str(copy), "--stack", "test").code == 0
    fill = simulator.users()["WhenTechFillUser"]["userID"]
    account = simulator.accounts()["22222"]["accountID"]
    simulator.admin("DELETE", f"/admin/v1/users/{fill}/accounts/{account}")
    simulator.forget_requests()
    key = {"T4_API_KEY": simulator.api_key, "T4_ENDPOINT": simulator.endpoint}
    said = reviewed(project, project.firm_file, copy, reads=True, **key)
    assert said.code == 2, said.text
    assert "account 22222 is not captured" in said
    assert "T4 was not read" not in said
    assert simulator.changes() == []


def test_each_trouble_with_a_copy_is_a_sentence(project: Project) -> None:
    project.environ["T4_REVIEW_KEY"] = KEY
    copy = project.folder / "copy.json"
    assert project.t4firm("copy-state", str(copy), "--stack", "test").code == 0, "not made yet: of nothing"
    before = project.firm_file
    first = reviewed(project, before, copy)
    assert first.code == 2, first.text
    assert project.up().code == 0
    assert project.t4firm("copy-state", str(copy), "--stack", "test").code == 0
    nowhere = reviewed(project, before, project.folder / "none.json")
    assert nowhere.code == 1
    assert "there is no copy of the state of stack test in" in nowhere
    assert "start the workflow `drift` by hand" in nowhere
    for key, words in (("", "T4_REVIEW_KEY is not set"), ("short", "T4_REVIEW_KEY has fewer than 20")):
        refused = reviewed(project, before, copy, T4_REVIEW_KEY=key)
        assert refused.code == 1
        assert words in refused
    other = reviewed(project, before, copy, T4_REVIEW_KEY=KEY[::-1])
    assert other.code == 1
    assert "incorrect passphrase" in other
    settings = project.folder / "stacks" / "Pulumi.test.yaml"
    written = settings.read_text()
    settings.write_text(f"{written}config:\n  t4:identity:\n    secure: v1:abc\n")
    sealed = reviewed(project, before, copy)
    assert sealed.code == 1
    assert "Pulumi.test.yaml holds t4:identity encrypted with the stack's passphrase" in sealed
    settings.write_text(written)
    (project.folder / "none.json").write_text(os.devnull)
    broken = reviewed(project, before, project.folder / "none.json")
    assert "none.json is no copy that `t4firm copy-state` wrote" in broken
