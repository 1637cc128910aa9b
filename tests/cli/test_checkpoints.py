"""How often a run writes its state."""

from pathlib import Path

import pytest

from t4firm_cli import checkpoints
from t4firm_cli.checkpoints import LARGE
from t4firm_cli.engine.command import QUICK, Pulumi
from t4firm_cli.project.layout import Project
from tests.cli.conftest import Folder

ONCE = "The state is written once, at the end of the run: the firm is large (100 resources).\n"
EACH = "The state is written after each step, which takes long, because the firm is large (1,000 resources): "


@pytest.fixture
def pulumi(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    monkeypatch.setenv("T4_ENDPOINT", "http://127.0.0.1:1")
    return Pulumi(Project(folder.path), "demo")


def is_quick(pulumi: Pulumi) -> bool:
    return QUICK.items() <= pulumi.environ.items()


@pytest.mark.parametrize("size", [LARGE, LARGE - 1])
def test_a_large_firm_is_written_once_and_that_is_said(
    pulumi: Pulumi, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints.settle(pulumi, size, quick=None, environ={})
    assert is_quick(pulumi) is (size == LARGE)
    assert capsys.readouterr() == ("", ONCE if size == LARGE else "")


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("environ", [{}, {"CI": "true"}])
def test_what_is_asked_for_is_done(
    pulumi: Pulumi, *, quick: bool, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for size in (1, LARGE):
        checkpoints.settle(pulumi, size, quick=quick, environ=environ)
        assert is_quick(pulumi) is quick
    assert capsys.readouterr() == ("", "")


def test_where_the_journal_may_go_each_step_is_written(
    pulumi: Pulumi, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoints.settle(pulumi, 1000, quick=None, environ={"CI": "true"})
    assert not is_quick(pulumi)
    said = capsys.readouterr().err
    assert said.startswith(EACH)
    assert "a CI runner may be thrown away after the run, and no login proves users. Remedy: keep" in said
    assert said.endswith("If the folder is kept, say `--quick`\n")
    checkpoints.settle(pulumi, 1000, quick=None, environ={"CI": "true", "T4_LOGIN": "{}"})
    assert is_quick(pulumi), "each user is proved by a login"


def test_settings_that_name_no_journal_are_the_runs_to_refuse(
    pulumi: Pulumi, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(pulumi.project.folder, "stacks", "Pulumi.demo.yaml").write_text("config:\n  t4:journal: true\n")
    checkpoints.settle(pulumi, 1000, quick=None, environ={})
    assert not is_quick(pulumi)
    assert capsys.readouterr().err == f"{EACH}the settings do not say where the journal is.\n"
