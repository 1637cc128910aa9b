"""What reaches a terminal, a pipe and a CI log; and that nobody's words can play with any of them."""

import io
import json

import pytest

from t4firm_cli.terminal import clean, is_coloured, is_watched
from tests.cli.conftest import Folder

FINE = "stacks/demo.firm.yaml: fine (3 users, 5 accounts, 4 further assignments)"


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "watched", "coloured"),
    [
        ({}, True, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, False, False),
        ({"CI": "true"}, False, False),
        ({"CI": "false"}, True, True),
        ({"TF_BUILD": "True"}, False, False),
    ],
)
def test_who_looks_decides(environ: dict[str, str], watched: bool, coloured: bool) -> None:
    assert (is_watched(Tty(), environ), is_coloured(Tty(), environ)) == (watched, coloured)
    assert not is_watched(io.StringIO(), environ)
    assert not is_coloured(io.StringIO(), environ)


def test_a_terminal_gets_colours_and_a_pipe_does_not(folder: Folder) -> None:
    assert folder.on_a_terminal("validate", NO_COLOR="") == f"\x1b[32m{FINE}\x1b[0m\r\n"
    assert folder.on_a_terminal("validate", NO_COLOR="1") == f"{FINE}\r\n"
    assert folder.on_a_terminal("validate", NO_COLOR="", CI="true") == f"{FINE}\r\n"
    assert folder.t4firm("validate", NO_COLOR="").out == f"{FINE}\n"


def test_json_is_the_same_for_everybody(folder: Folder) -> None:
    piped = folder.t4firm("validate", "--json", NO_COLOR="").out
    assert folder.on_a_terminal("validate", "--json", NO_COLOR="").replace("\r\n", "\n") == piped
    assert json.loads(piped)["mistakes"] == 0


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2Jgone", "<U+001B>[2Jgone"),
        ("over\rwritten", "over<U+000D>written"),
        ("\x9b31m", "<U+009B>31m"),
        ("\u202etxt.exe", "<U+202E>txt.exe"),
        ("tra\u00adder\u3164", "tra<U+00AD>der<U+3164>"),
        ("two\nlines and\ta tab, Ö and 字", "two\nlines and\ta tab, Ö and 字"),
    ],
)
def test_what_a_terminal_obeys_is_written_out(hostile: str, shown: str) -> None:
    assert clean(hostile) == shown


def test_a_hostile_file_name_is_only_a_name(folder: Folder) -> None:
    (folder.path / "stacks" / "\x1b]0;owned\x07.firm.yaml").write_text(folder.firm_file.read_text())
    for seen in (folder.t4firm("validate").out, folder.on_a_terminal("validate")):
        assert "stacks/<U+001B>]0;owned<U+0007>.firm.yaml: fine" in seen
        assert "\x1b" not in seen


@pytest.mark.parametrize("words", [["nonsense"], ["validate", "--nonsense"], ["simulator", "nonsense"]])
def test_a_wrong_call_is_an_error_and_nothing_to_do(folder: Folder, words: list[str]) -> None:
    said = folder.t4firm(*words)
    assert (said.code, said.out) == (1, "")
    assert "Usage: t4firm" in said.err


def test_every_command_has_help_with_an_example(folder: Folder) -> None:
    def commands(*above: str) -> list[str]:
        listed = folder.t4firm(*above, "--help").out.partition("Commands:\n")[2]
        return [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]

    for command in commands():
        groups = [[command, each] for each in commands(command)] or [[command]]
        for words in groups:
            shown = folder.t4firm(*words, "--help")
            assert shown.code == 0
            assert f"Example: {'eval' if words[-1] == 'env' else 't4firm ' + ' '.join(words)}" in shown.out
