"""What counts as a passphrase, before the engine is asked."""

from pathlib import Path

import pytest

from providers.t4.configuration.passphrase import of, problem, without_empty

ONE, FILE = "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"


def said(**environ: str) -> str:
    return problem(environ, {}, lambda: False) or ""


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_an_empty_or_blank_one_is_none(text: str, tmp_path: Path) -> None:
    assert said(**{ONE: text}).startswith(f"{ONE} is empty")
    assert without_empty({ONE: text, "HOME": ""}) == {"HOME": ""}
    assert of({ONE: text}) == b""
    file = tmp_path / "phrase"
    file.write_text(text)
    assert said(**{FILE: str(file)}).startswith(f"The file of {FILE} is empty")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / "nowhere"
    unread = "which cannot be read (No such file or directory)"
    assert said(**{FILE: str(file)}) == f"{FILE} names {file}, {unread}"
    assert "Is a directory" in said(**{FILE: str(tmp_path)})


def test_one_with_spaces_is_one() -> None:
    assert said(**{ONE: "a phrase"}) == ""
    assert of({ONE: " a phrase"}) == b" a phrase", "as the engine takes it"
