"""How often a run writes its state."""

from pathlib import Path

import pytest

from t4firm_cli.engine.command import QUICK, SKIP, Pulumi
from t4firm_cli.project.layout import Project
from t4firm_cli.runs import checkpoints
from t4firm_cli.runs.checkpoints import LARGE
from tests.cli.conftest import Folder

ONCE = "The state is written once, at the end of the run: the firm is large (100 resources).\n"
EACH = "The state is written after each step. That takes long: the firm is large (1,000 resources). "


@pytest.fixture
def pulumi(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    monkeypatch.setenv("T4_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.delenv(SKIP, raising=False)
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


@pytest.mark.parametrize("environ", [{"CI": "true"}, {"CI": "true", "T4_LOGIN": "{}"}, {"TF_BUILD": "True"}])
def test_in_a_pipeline_each_step_is_written(
    pulumi: Pulumi, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where users can be proved by a login: nobody can prove an account."""
    checkpoints.settle(pulumi, 1000, quick=None, environ=environ)
    assert not is_quick(pulumi)
    why = "In CI the journal may go with the runner. If it is kept, `--quick` writes the state once.\n"
    assert capsys.readouterr() == ("", EACH + why)


def test_where_the_journal_is_in_memory_each_step_is_written(
    pulumi: Pulumi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("t4firm_cli.doctor.configuration._file_system", lambda _: "tmpfs")
    checkpoints.settle(pulumi, 1000, quick=None, environ={})
    assert not is_quick(pulumi)
    said = capsys.readouterr().err
    assert said.startswith(f"{EACH}The journal's folder {pulumi.project.folder}")
    assert "is in memory (tmpfs): gone after a restart. Remedy: keep that folder between runs" in said


@pytest.mark.parametrize(("quick", "is_once"), [(None, True), (True, True), (False, False)])
def test_what_is_asked_of_the_engine_itself_holds_until_the_command_is_told_otherwise(
    pulumi: Pulumi, *, quick: bool | None, is_once: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    pulumi.environ |= QUICK
    checkpoints.settle(pulumi, 1000, quick=quick, environ={"CI": "true"})
    assert is_quick(pulumi) is is_once
    assert capsys.readouterr() == ("", "")


def test_settings_that_name_no_journal_are_the_runs_to_refuse(
    pulumi: Pulumi, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(pulumi.project.folder, "stacks", "Pulumi.demo.yaml").write_text("config:\n  t4:journal: true\n")
    checkpoints.settle(pulumi, 1000, quick=None, environ={})
    assert not is_quick(pulumi)
    assert capsys.readouterr().err == f"{EACH}The settings do not say where the journal is.\n"
