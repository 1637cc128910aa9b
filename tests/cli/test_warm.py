"""`t4firm` as most tests start it (tests/warm) does what `t4firm` does."""

import pytest

from tests.cli.conftest import T4FIRM, Folder, Said


def both(folder: Folder, *words: str, within: str = ".", **environ: str) -> Said:
    """What a command says, as installed and as most tests start it."""
    said = folder.t4firm(*words, within=within, **environ)
    installed = Folder(folder.path, folder.environ, (T4FIRM,))
    assert installed.t4firm(*words, within=within, **environ) == said
    return said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("validate",), 0),
        (("validate", "--json"), 0),
        (("review", "--stack", "demo", "--base", "stacks/demo.firm.yaml"), 0),
        (("tasks", "--json"), 1),
        (("password", "--new-seed", "--help"), 0),
        (("validate", "not-there.firm.yaml"), 1),
        (("nonsense",), 1),
    ],
)
def test_it_says_the_same_and_ends_with_the_same_code(
    folder: Folder, words: tuple[str, ...], code: int
) -> None:
    assert both(folder, *words).code == code


def test_it_has_the_folder_and_the_environment_of_who_starts_it(folder: Folder) -> None:
    assert "there is no Pulumi.yaml" in both(folder, "validate", within="..").err
    assert both(folder, "validate", T4_FIRM_FILE="stacks/other.firm.yaml").code == 1
    assert both(folder, "validate").code == 0, "what the one before was told is forgotten"
