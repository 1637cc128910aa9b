"""An engine that the user has is taken if it is complete and new enough, else refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from t4firm_setup.engine_cache import PIECES
from t4firm_setup.engine_on_path import EngineOnPath, Unsuitable, find_engine_on_path
from tests.setup.pretended import engine_programs, environment_for, program


def found(folder: Path, *search: Path) -> EngineOnPath | Unsuitable:
    return find_engine_on_path(
        environment_for(folder, *search), leave_out=folder / "project" / ".venv" / "bin"
    )


def refusal(folder: Path, *search: Path) -> str:
    answer = found(folder, *search)
    assert isinstance(answer, Unsuitable)
    return answer.reason


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("v3.250.0", "3.250.0"),
        ("v3.272.0", "3.272.0"),
        ("3.259.0", "3.259.0"),
        ("v3.261.0-dev.0+abc", "3.261.0"),
    ],
)
def test_a_complete_engine_is_taken(tmp_path: Path, said: str, version: str) -> None:
    folder = engine_programs(tmp_path / "own", said)
    assert found(tmp_path, folder) == EngineOnPath(version, {piece: folder / piece for piece in PIECES})


def test_nothing_on_path(tmp_path: Path) -> None:
    assert refusal(tmp_path, tmp_path / "empty") == "there is no pulumi on PATH"


@pytest.mark.parametrize("said", ["v3.249.9", "v2.300.0", "v3.9.0", "v4.0.0"])
def test_a_version_that_does_not_suit(tmp_path: Path, said: str) -> None:
    folder = engine_programs(tmp_path / "own", said)
    assert refusal(tmp_path, folder) == (
        f"{folder}/pulumi is version {said[1:]}, and 3.250 or newer, below 4 is needed"
    )


def test_an_incomplete_engine_is_refused(tmp_path: Path) -> None:
    folder = engine_programs(
        tmp_path / "own", without=("pulumi-language-python", "pulumi-resource-pulumi-python")
    )
    assert refusal(tmp_path, folder) == (
        f"{folder}/pulumi (3.259.0) comes without pulumi-language-python, pulumi-resource-pulumi-python"
    )


@pytest.mark.parametrize("script", ["exit 3", "echo no version here"])
def test_a_pulumi_that_does_not_run(tmp_path: Path, script: str) -> None:
    folder = engine_programs(tmp_path / "own")
    program(folder, "pulumi", script)
    assert refusal(tmp_path, folder) == f"{folder}/pulumi does not run (`pulumi version` failed)"


def test_a_file_for_another_machine(tmp_path: Path) -> None:
    folder = engine_programs(tmp_path / "own")
    (folder / "pulumi").write_bytes(b"\x7fELF\x00\x00")
    assert "does not run" in refusal(tmp_path, folder)


def test_pieces_are_found_where_a_package_manager_links_to(tmp_path: Path) -> None:
    cellar = engine_programs(tmp_path / "cellar" / "pulumi" / "3.259.0" / "bin")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "pulumi").symlink_to(cellar / "pulumi")
    answer = found(tmp_path, linked)
    assert isinstance(answer, EngineOnPath)
    assert answer.pieces["pulumi"] == linked / "pulumi", "the link is kept: it moves with each upgrade"
    assert answer.pieces["pulumi-language-python"] == cellar / "pulumi-language-python"


def test_pieces_are_found_elsewhere_on_path(tmp_path: Path) -> None:
    folder = engine_programs(tmp_path / "own", without=("pulumi-language-python-exec",))
    other = tmp_path / "other"
    program(other, "pulumi-language-python-exec", "exit 0")
    answer = found(tmp_path, folder, other)
    assert isinstance(answer, EngineOnPath)
    assert answer.pieces["pulumi-language-python-exec"] == other / "pulumi-language-python-exec"


def test_our_own_copy_is_not_an_engine_of_the_user(tmp_path: Path) -> None:
    ours = engine_programs(tmp_path / "project" / ".venv" / "bin")
    assert refusal(tmp_path, ours) == "there is no pulumi on PATH"
    users = engine_programs(tmp_path / "own")
    answer = found(tmp_path, ours, users)
    assert isinstance(answer, EngineOnPath)
    assert answer.pieces["pulumi"] == users / "pulumi"
