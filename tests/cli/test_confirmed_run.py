"""`t4firm up` on a terminal asks before it changes something, and only then."""

import json
from pathlib import Path
from typing import Any

import pytest

from t4firm_cli.engine.command import Pulumi
from t4firm_cli.project.endpoint_setting import ON_LIVE
from t4firm_cli.project.layout import Project
from t4firm_cli.runs import confirmed_run
from tests.cli.conftest import Folder

URN = "urn:pulumi:demo::t4::pulumi-python:dynamic/t4:User::trader.a"


QUESTION = "Do this in T4, stack demo: api.t4login.com (LIVE)?"


@pytest.mark.parametrize(
    ("steps", "asked"), [(["same"], []), (["update"], [QUESTION]), (["delete"], [QUESTION])]
)
def test_what_would_change_something_is_asked_with_the_t4_that_it_changes(
    folder: Folder, steps: list[str], asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[str] = []
    done: list[tuple[str, ...]] = []
    monkeypatch.setattr("typer.confirm", lambda words, **_: questions.append(words))
    monkeypatch.setenv("T4_ENDPOINT", ON_LIVE)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "x")
    pulumi = Pulumi(Project(folder.path), "demo")

    def preview(*words: str) -> int:
        plan: dict[str, Any] = {"resourcePlans": {URN: {"steps": steps}}}
        Path(words[words.index("--save-plan") + 1]).write_text(json.dumps(plan))
        return 0

    def apply(*words: str) -> int:
        done.append(words)
        return 0

    assert confirmed_run.run(pulumi, preview, apply) == 0
    assert questions == asked
    assert [words[0] for words in done] == ["--plan"]
