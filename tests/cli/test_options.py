"""No option is ignored without a word because of another one."""

from pathlib import Path

import pytest

from tests.cli.conftest import Folder


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("report --audit --read", "--audit does not go with --read"),
        ("report --from 2026-11-01", "belong to --audit"),
        ("report --json --csv -", "--json does not go with --csv -"),
        ("report --json --html -", "--json does not go with --html -"),
        ("report --html - --csv -", "--html - does not go with --csv -"),
        ("history --json --csv -", "--json does not go with --csv -"),
        ("tasks --json --markdown", "--json does not go with --markdown"),
        ("tasks --json --short", "--json does not go with --short"),
        ("tasks --short --all", "--short does not go with --all"),
        ("tasks --short --show-secrets", "--short does not go with --show-secrets"),
        ("fleet preview --stack demo", "name them with --stacks"),
        ("fleet up --yes --stack=demo", "name them with --stacks"),
        ("import csv people.csv --dry-run", "there is no file people.csv"),
        ("import csv people.xlsx --separator tab --dry-run", "an Excel file has neither"),
        ("import xlsx people.csv --sheet A --dry-run", "a text file has no sheets"),
        ("simulator do sign-eula/trader.a --yes", "--yes goes with --all"),
        ("simulator do --all --json", "--json cannot ask"),
        ("up --yes --simulator --live", "either --simulator or --live"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(folder: Folder, words: str, told: str) -> None:
    for name in ("people.xlsx", "people.csv") if "no file" not in told else ():
        (folder.path / Path(name)).write_text("x")
    said = folder.t4firm(*words.split())
    assert (said.code, said.out) == (1, "")
    assert told in said.err
