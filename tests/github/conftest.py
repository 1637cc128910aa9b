"""A repository on a GitHub of its own: `gh.py` beside this file plays its command."""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from t4firm_cli.github.gh import Gh
from t4firm_cli.github.workflows import Workflows
from t4firm_cli.project.layout import Project

ROOT = Path(__file__).parents[2]
EMPTY: dict[str, object] = {
    "comments": [],
    "issues": [],
    "tip": "merge1",
    "pulls": {},
    "reviews": {},
    "written": {},
    "runs": {},
    "artifacts": {},
    "expired": [],
    "calls": [],
}


@dataclass
class Ours:
    """Stands in for the `t4firm` that a workflow calls: what each command prints, and with what exit code."""

    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    called: list[list[str]] = field(default_factory=list)
    reviewed: list[str] = field(default_factory=list)

    def __call__(self, *arguments: str, live: bool = False) -> tuple[int, str]:
        self.called.append([*arguments])
        code, text = self.answers[arguments[0]]
        if "--output" in arguments and text:
            Path(arguments[arguments.index("--output") + 1]).write_text(text)
        if "--reviewed" in arguments:
            self.reviewed.append(Path(arguments[arguments.index("--reviewed") + 1]).read_text())
        return code, "" if live else text


@dataclass
class Repository:
    """What GitHub holds, and the workflows of a project that work with it."""

    file: Path
    ours: Ours
    workflows: Workflows

    def now(self) -> dict[str, Any]:
        kept: dict[str, Any] = json.loads(self.file.read_text())
        return kept

    def add(self, **parts: Any) -> None:
        self.file.write_text(json.dumps(self.now() | parts))

    def said(self, **answers: tuple[int, str]) -> None:
        self.ours.answers |= answers


def install_gh(folder: Path) -> Path:
    """Puts the stand-in for `gh` into a folder for PATH, and returns that."""
    gh = folder / "bin" / "gh"
    gh.parent.mkdir()
    shutil.copy(Path(__file__).with_name("gh.py"), gh)
    gh.chmod(0o755)
    return gh.parent


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    folder = install_gh(tmp_path)
    file = tmp_path / "github.json"
    file.write_text(json.dumps({"me": "github-actions[bot]", **EMPTY}))
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("GH_REPOSITORY", str(file))
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "stacks").mkdir()
    for stack in ("live", "simulation"):
        shutil.copy(ROOT / "stacks" / "demo.firm.yaml", tmp_path / "stacks" / f"{stack}.firm.yaml")
    ours = Ours()
    return Repository(file, ours, Workflows(Project(tmp_path), Gh(), ours))
