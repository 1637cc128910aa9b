"""What the person at the terminal sees while something takes its time."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from t4firm_setup import report as reporting
from t4firm_setup.report import Report, duration
from t4firm_setup.watched import run_watched
from tests.clock import Clock
from tests.setup.pretended import ROOT, ended, program, quiet


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (3.14159, "3.1 s"), (12.4, "12 s"), (59.6, "1 min 0 s"), (217, "3 min 37 s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_on_a_terminal_one_line_is_renewed() -> None:
    terminal = Terminal()
    report = Report(terminal)
    report.running("building: 1.0 s")
    report.running("building: 2.0 s")
    report.say("built")
    assert terminal.getvalue() == "\r\x1b[Kbuilding: 1.0 s\r\x1b[Kbuilding: 2.0 s\r\x1b[Kbuilt\n"


def test_a_line_longer_than_the_terminal_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    Report(terminal).running("x" * 100)
    assert terminal.getvalue() == "\r\x1b[K" + "x" * 19, "else the terminal would scroll with each renewal"


def test_in_a_log_a_line_comes_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    report = Report(log)
    report.running("building: 1.0 s")
    assert log.getvalue() == ""
    monkeypatch.setattr(reporting, "SECONDS_BETWEEN_LINES", 0.0)
    report.running("building: 20 s")
    assert log.getvalue() == "building: 20 s\n"


def test_phases_add_up() -> None:
    clock = Clock()
    report = Report(io.StringIO(), clock)
    for _ in range(2):
        with report.phase("libraries"):
            clock.at += 0.06
    with report.phase("engine"):
        clock.at += 70
    assert report.times() == "1 min 10 s: libraries 0.1 s, engine 1 min 10 s"


def test_a_long_command_shows_that_it_is_alive(tmp_path: Path) -> None:
    script = program(tmp_path, "long", "echo one; echo two; sleep 1.2; echo three >&2; exit 4")
    terminal = Terminal()
    outcome = run_watched(
        [script],
        report=Report(terminal),
        doing="Engine: building",
        environment=os.environ,
        folder=tmp_path,
        described=lambda lines: f"{lines} packages",
    )
    assert outcome.status == 4
    assert not outcome.succeeded
    assert outcome.last_lines == ("one", "two", "three")
    assert re.search(r"Engine: building: \d+(\.\d)? s, 2 packages", terminal.getvalue())


def test_a_command_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    script = program(tmp_path, "endless", "sleep 300 & echo $!; wait")
    outcome = run_watched(
        [script], report=quiet(), doing="waiting", environment=os.environ, folder=tmp_path, timeout=0.4
    )
    assert outcome.status is None
    ended(int(outcome.last_lines[0]))


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (["true"], 0, "Phase simulator: took TIME\n"),
        (["sh", "-c", "exit 2"], 2, "Phase simulator: ended with status 2 after TIME\n"),
        (["sh", "-c", "kill -9 $$"], 137, "Phase simulator: ended with status -9 after TIME\n"),
    ],
)
def test_a_phase_of_make_up_says_its_time_and_ends_as_its_command(
    command: list[str], status: int, said: str
) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "tools.timed", "simulator", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (answer.returncode, re.sub(r"\d+(\.\d)? s$", "TIME", answer.stdout)) == (status, said)


def test_a_phase_whose_command_is_missing_says_what_to_do() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "tools.timed", "simulator", "no-such-command"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr == "no-such-command can't be started: No such file or directory. Run `make setup`.\n"
