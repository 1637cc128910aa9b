"""`t4firm preview` and `up`: changes, problems and outputs instead of the engine's lines; the exit codes."""

import json
import os
import pty
import subprocess

import pytest

from tests.engine.project import Project, Simulator
from tests.programs import killed_on_failure

pytestmark = pytest.mark.engine


def one_trader(project: Project) -> None:
    firm = project.demo()
    del firm["users"]["trader.b"], firm["fillService"]
    project.write(firm)


def test_a_firm_from_its_preview_to_nothing_to_change(project: Project, simulator: Simulator) -> None:
    one_trader(project)
    shown = project.t4firm("preview", "--stack", "test", "--expect-no-changes")
    assert shown.code == 2, "something would change, and nothing was expected to"
    assert "  + create trader.a\n" in shown.text
    assert "[unknown]" not in shown.text
    assert "creating" not in shown.text
    assert simulator.requests() == []

    done = project.t4firm("up", "--yes", "--stack", "test")
    assert done.code == 0, done.text
    assert "  + created account 11111 of trader.a\n  + created account 22222 of trader.a\n" in done.text
    assert "Resources: 5 created in" in done.text

    again = project.t4firm("preview", "--stack", "test", "--expect-no-changes")
    assert again.code == 0, again.text
    assert "Resources: 5 unchanged" in again.text
    full = project.t4firm("preview", "--stack", "test", "--engine-output")
    assert "Previewing update (test)" in full.text


def test_a_failure_is_said_once_with_its_resource(project: Project) -> None:
    one_trader(project)
    failed = project.t4firm("up", "--yes", "--stack", "test", T4_API_KEY="another-key")
    assert failed.code == 1
    assert failed.text.count("T4 answered 401") == 1
    assert "error: User trader.a: Unauthorized: POST /admin/v1/onboarding" in failed.text
    assert "1 failed" in failed.text
    wrong = project.t4firm("up", "--yes", "--stack", "test", "--no-such-option")
    assert (wrong.code, "unknown flag" in wrong.text) == (1, True)


@pytest.mark.parametrize(
    ("answer", "made", "edited"), [("n", False, False), ("y", True, False), ("y", True, True)]
)
def test_on_a_terminal_it_shows_and_asks_and_does_what_it_showed(
    project: Project, simulator: Simulator, answer: str, made: bool, edited: bool
) -> None:
    """Also where the firm file was `edited` before the answer."""
    one_trader(project)
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in project.environ.items() if name != "CI"}
    with killed_on_failure(
        subprocess.Popen(
            ["t4firm", "up", "--stack", "test"],
            cwd=project.folder,
            env={**environ, "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
    ) as run:
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += os.read(ours, 65536)
        assert b"+ create trader.a" in shown
        assert b"--plan" not in shown, "what the engine advises for a plan that is ours"
        assert simulator.changes() == [], "nothing is changed before the answer"
        if edited:
            project.write(project.demo())
        os.write(ours, f"{answer}\n".encode())
        while piece := _more(ours):
            shown += piece
        code = run.wait()
    os.close(ours)
    applied = made and not edited
    assert (code, set(simulator.users())) == ((0, {"trader.a"}) if applied else (1, set()))
    assert (b"Nothing was done." in shown) is not made
    assert b" of 5 resources" in shown, "one line that tells how far it is"


def test_what_only_reads_tells_a_person_how_far_it_is_and_a_machine_what_it_found(project: Project) -> None:
    one_trader(project)
    assert project.up().code == 0
    review = ("review", "--base", "stacks/test.firm.yaml", "--run-preview")
    for command, of in ((("drift",), b" of 4 "), (review, b" of 5 ")):
        printed, shown = _apart(project, *command, "--stack", "test", "--json")
        assert json.loads(printed)
        assert of + b"resources" in shown


def _apart(project: Project, *words: str) -> tuple[bytes, bytes]:
    """What a command prints, and what it shows on the terminal beside that."""
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in project.environ.items() if name != "CI"}
    with killed_on_failure(
        subprocess.Popen(
            ["t4firm", *words],
            cwd=project.folder,
            env={**environ, "TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
    ) as run:
        os.close(theirs)
        assert run.stdout is not None
        printed, shown = run.stdout.read(), b""
        while piece := _more(ours):
            shown += piece
    os.close(ours)
    return printed, shown


def _more(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
