"""The command itself: its help, its version, completion, and how little it loads to say so."""

import errno
import subprocess
import sys
from importlib.metadata import version

import pytest

from t4firm_cli.app import main
from tests.cli.conftest import T4FIRM, Folder

SLOW = {"pulumi", "httpx", "grpc", "psutil", "deepdiff", "cryptography", "rich"}
"""Libraries that take longer to load than it takes to answer without them."""


@pytest.fixture
def folder(folder: Folder) -> Folder:
    """The command as it is installed, started anew each time."""
    folder.command = (T4FIRM,)
    return folder


@pytest.mark.parametrize("words", [(), ("--help",), ("simulator",), ("github",), ("github", "--help")])
def test_help_is_no_error(folder: Folder, words: tuple[str, ...]) -> None:
    said = folder.t4firm(*words)
    assert (said.code, said.err) == (0, "")
    assert "Commands:" in said.out


def test_the_version(folder: Folder) -> None:
    assert folder.t4firm("--version").out == f"t4firm {version('t4-firm')}\n"


def test_a_shell_completes_commands_and_stacks(folder: Folder) -> None:
    def completed(words: str) -> list[str]:
        line = {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
        return folder.t4firm(_T4FIRM_COMPLETE="complete_bash", **line).out.split()

    assert completed("t4firm valid") == ["validate"]
    assert completed("t4firm up --stack ") == ["demo"]


@pytest.mark.parametrize(
    ("words", "without"),
    [
        (["--help"], {*SLOW, "pydantic"}),
        (["--version"], {*SLOW, "pydantic"}),
        (["validate", "stacks/demo.firm.yaml"], SLOW),
        (["up", "--help"], SLOW),
    ],
)
def test_a_command_loads_only_what_it_needs(folder: Folder, words: list[str], without: set[str]) -> None:
    """Under 0.5 seconds of processor time: the libraries are what takes longer."""
    program = (
        "import sys, t4firm_cli.app as command\n"
        f"sys.argv = ['t4firm', *{words!r}]\n"
        "try:\n    command.main()\n"
        "except SystemExit as end:\n    print('LOADED', end.code or 0, *sorted(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder.path,
        env=folder.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    code, *loaded = done.stdout.rpartition("LOADED ")[2].split()
    assert code == "0"
    assert without.isdisjoint(loaded)


@pytest.mark.parametrize(
    "words",
    [
        ("simulator", "start"),
        ("up", "--yes"),
        ("tasks",),
        ("report", "--html", "firm.html"),
    ],
)
def test_a_folder_that_cannot_be_used_is_a_sentence(folder: Folder, words: tuple[str, ...]) -> None:
    (folder.path / ".t4").write_text("no folder")
    said = folder.t4firm(*words)  # which looks for a traceback
    (folder.path / ".t4").unlink()
    assert said.code == 1
    assert said.err.startswith(str(folder.path / ".t4" / "simulator"))
    assert said.err.endswith("cannot be read or written: Not a directory. The command stopped there\n")


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(**_: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", "ours")

    monkeypatch.setattr("t4firm_cli.app.app", mistaken)
    monkeypatch.setattr("sys.argv", ["t4firm", "--version"])
    with pytest.raises(FileNotFoundError):
        main()
