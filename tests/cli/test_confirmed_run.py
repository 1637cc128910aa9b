"""`t4firm up` on a terminal asks before it changes something, and only then."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from t4firm_cli import confirmed_run
from t4firm_cli.engine.command import Pulumi

URN = "urn:pulumi:demo::t4::pulumi-python:dynamic/t4:User::trader.a"


@pytest.mark.parametrize(("steps", "asked"), [(["same"], 0), (["update"], 1), (["delete"], 1)])
def test_nothing_is_asked_where_nothing_would_change(
    steps: list[str], asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions: list[str] = []
    done: list[tuple[str, ...]] = []
    monkeypatch.setattr("typer.confirm", lambda words, **_: questions.append(words))
    monkeypatch.setattr(confirmed_run, "destination", lambda _: "T4: simulator")
    pulumi = cast(Pulumi, SimpleNamespace(stack="demo", environ={"PULUMI_CONFIG_PASSPHRASE": "x"}))

    def preview(*words: str) -> int:
        plan: dict[str, Any] = {"resourcePlans": {URN: {"steps": steps}}}
        Path(words[words.index("--save-plan") + 1]).write_text(json.dumps(plan))
        return 0

    def apply(*words: str) -> int:
        done.append(words)
        return 0

    assert confirmed_run.run(pulumi, preview, apply) == 0
    assert len(questions) == asked
    assert [words[0] for words in done] == ["--plan"]
