"""How far a run is and what it did, told from the engine's events."""

import json
from typing import Any

import pytest

from t4firm_cli.engine import ending, watched_run
from t4firm_cli.engine.events import Problem, Told
from t4firm_cli.engine.progress import Pace, Progress, in_words
from tests.cli.test_terminal import Tty
from tests.clock import Clock

STACK = "urn:pulumi:demo::t4::pulumi:pulumi:Stack::t4-demo"


class TestPace:
    def test_the_time_left_follows_from_the_last_seconds(self) -> None:
        """What stays as it is went by quickly; the new users that follow take longer."""
        pace = Pace()
        assert pace.left(0, 0, 1000) is None
        assert pace.left(1, 100, 1000) is None, "too early to tell"
        assert pace.left(2, 200, 1000) == 8
        for second in range(3, 40):
            left = pace.left(second, 200 + 10 * (second - 2), 1000)
        assert left == (1000 - 570) / 10

    def test_nothing_is_said_while_nothing_moves(self) -> None:
        pace = Pace()
        assert [pace.left(second, 5, 10) for second in (0, 5, 30, 60)] == [None] * 4

    @pytest.mark.parametrize(
        ("seconds", "words"), [(0.2, "5 s"), (18, "20 s"), (89, "90 s"), (100, "2 min"), (605, "10 min")]
    )
    def test_no_more_exact_than_anybody_can_know(self, seconds: float, words: str) -> None:
        assert in_words(seconds) == words


class TestProgress:
    def test_a_pipe_gets_a_plain_line_every_ten_seconds(self) -> None:
        log, clock = Tty(), Clock()
        log.isatty = lambda: False  # type: ignore[method-assign]
        progress = Progress(log, clock)
        for second in range(0, 31):
            clock.at = second
            progress.show("resources", 40 * second, 1204)
        progress.end()
        assert log.getvalue().splitlines() == [
            "400 of 1,204 resources, about 20 s left",
            "800 of 1,204 resources, about 10 s left",
            "1,200 of 1,204 resources, about 5 s left",
        ]

    def test_a_terminal_gets_one_line_that_goes_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CI", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "30")
        terminal, clock = Tty(), Clock()
        progress = Progress(terminal, clock)
        progress.show("resources", 1, 8)
        clock.at = 4
        progress.show("resources", 7, 8)
        progress.say("cancelling")
        progress.end()
        shown = "\r\x1b[K1 of 8 resources\r\x1b[K7 of 8 resources, about 5 s l\r\x1b[Kcancelling\n"
        assert terminal.getvalue() == shown

    def test_all_done_is_not_the_end_yet(self) -> None:
        """The state has still to be written."""
        log, clock = Tty(), Clock()
        log.isatty = lambda: False  # type: ignore[method-assign]
        progress = Progress(log, clock)
        clock.at = 10
        progress.show("resources", 8, 8)
        assert log.getvalue() == "8 of 8 resources, finishing\n"


def step(kind: str, op: str, name: str, **more: Any) -> str:
    urn = name if name == STACK else f"urn:pulumi:demo::t4::pulumi-python:dynamic/t4:User::{name}"
    metadata = {"op": op, "urn": urn, "type": urn.split("::")[2], **more}
    return json.dumps({"sequence": 1, "timestamp": 2, kind: {"metadata": metadata}})


def said(severity: str, message: str, urn: str = "") -> str:
    event = {"severity": severity, "message": message, "urn": urn}
    return json.dumps({"sequence": 1, "diagnosticEvent": event}, separators=(",", ":"))


class TestEvents:
    def test_a_run_from_reading_to_its_summary(self) -> None:
        told = Told()
        for line in (
            step("resOutputsEvent", "refresh", "trader.a"),
            step("resourcePreEvent", "same", "trader.a"),
            step("resOutputsEvent", "same", "trader.a"),
            step("resOutputsEvent", "create", "trader.b"),
            step("resOpFailedEvent", "create", "trader.c"),
            step("resourcePreEvent", "delete", "trader.d"),
            step("resOutputsEvent", "delete", "trader.d"),
            step("resOutputsEvent", "same", STACK, old={"outputs": {"a": 1}}, new={"outputs": {"a": 2}}),
            json.dumps({"summaryEvent": {"resourceChanges": {"same": 1, "create": 1}, "durationSeconds": 7}}),
        ):
            told.take(line)
        assert (told.read, told.done, told.leaving) == (1, 4, 1)
        assert {name: step.to_do for name, step in told.changes.items()} == {
            "User trader.b": "create trader.b",
            "User trader.d": "forget trader.d (departed, all steps closed)",
        }
        assert told.failed == ["User trader.c"]
        assert (told.outputs, told.seconds) == ({"a": 2}, 7)
        assert told.counts == {"same": 1, "create": 1, "delete": 1}

    def test_what_people_are_asked_for_is_counted_apart(self, capsys: pytest.CaptureFixture[str]) -> None:
        """After a run its records say it; a preview has none, and its outputs name the tasks to come."""
        kind, task = "pulumi-python:dynamic/t4:Account", "create-account/2"
        for recorded in (True, False):
            told = Told()
            for number in ("1", "2", "3"):
                asked = {task: {"status": "open"}} if recorded and number == "2" else {}
                made = {"op": "create", "type": kind, "urn": f"urn:pulumi:demo::t4::{kind}::{number}"}
                metadata = {**made, "new": {"outputs": {"tasks": asked}}}
                told.take(json.dumps({"resOutputsEvent": {"metadata": metadata}}))
            outputs = {"administratorTasks": [] if recorded else [{"id": task, "status": "planned"}]}
            told.take(step("resOutputsEvent", "same", STACK, new={"outputs": outputs}))
            watched_run._show(told, "demo", watched_run.DONE if recorded else watched_run.TO_COME, 0)
        assert capsys.readouterr().out.splitlines() == [
            "  + created account 1",
            "  + created account 3",
            "  + asked the administrator to create account 2",
            "Resources: 3 created (1 of them waits for the administrator)",
            "  + create account 1",
            "  + create account 3",
            "  + ask the administrator to create account 2",
            "Resources: 3 to create (1 of them by the administrator)",
        ]

    def test_what_was_said_without_what_says_nothing(self) -> None:
        told = Told()
        user = "urn:pulumi:demo::t4::pulumi-python:dynamic/t4:User::trader.c"
        for line in (
            said("debug", "registering resource"),
            said("error", "Conflict: there is one\n\n", user),
            said("warning", "an update would stop here"),
            said("error", "pulumi-python:dynamic/t4:User resource 'it's' has a problem: it cannot be", user),
            said("error", "update failed\n", STACK),
            said("info#err", "\n"),
            said("info#err", "T4 was not reached: nothing listens there\n", user),
        ):
            told.take(line)
        assert told.problems == [
            Problem("error", "User trader.c", "Conflict: there is one"),
            Problem("warning", "", "an update would stop here"),
            Problem("error", "User trader.c", "it cannot be"),
        ]
        assert told.notes == ["T4 was not reached: nothing listens there"]

    def test_one_trouble_is_one_message(self) -> None:
        told = Told()
        of = "urn:pulumi:demo::t4::pulumi-python:dynamic/t4:User::"
        for name in ("a", "b", "c"):
            told.take(said("error", "T4 was not reached", f"{of}trader.{name}"))
        told.take(said("warning", "another one", f"{of}trader.a"))
        assert [(each.words, about) for each, about in told.grouped()] == [
            ("T4 was not reached", ["User trader.a", "User trader.b", "User trader.c"]),
            ("another one", ["User trader.a"]),
        ]

    def test_what_waits_for_a_violation_is_told_with_it(self) -> None:
        told = Told()
        of = "urn:pulumi:demo::t4::pulumi-python:dynamic/t4:AccountAssignment::fill"
        waits = "Blocked: fill is assigned no account until this is mended: remove-role/fill.b/Trading"
        for number in (1, 2):
            told.take(said("error", f"{waits} and 5 more", f"{of}/{number}"))
        assert [len(about) for _, about in told.grouped()] == [2], "nobody has told the violation"
        other = "VIOLATION: fill has it. What mends it: remove-role/fill.b/Trade. 2 assignments wait for it"
        told.take(said("error", other))
        assert len([*told.grouped()]) == 2, "another violation"
        violation = other.replace("/Trade", "/Trading and 5 more")
        told.take(said("error", violation))
        assert [each.words for each, _ in told.grouped()] == [other, violation]

    def test_that_the_program_stopped_is_said_only_where_nothing_else_is(self) -> None:
        told = Told()
        stopped = "an unhandled error occurred: program exited with non-zero exit code: 1"
        told.take(said("error", stopped))
        assert [each.words for each, _ in told.grouped()] == [stopped]
        told.take(said("error", "the file has a mistake"))
        assert [each.words for each, _ in told.grouped()] == ["the file has a mistake"]


ALARM = "CONTRADICTED: enable-account/1 was signed off (today), but T4 shows that it is not done"


class TestEnding:
    @pytest.mark.parametrize(
        ("engines", "problems", "code", "printed"),
        [
            (0, [], 0, []),
            (0, [("warning", "VIOLATION: of a preview")], 0, ["warning: VIOLATION: of a preview"]),
            (0, [("error", ALARM)], 2, [ALARM]),
            (0, [("error", ALARM), ("error", "what else")], 1, [f"error: {ALARM}", "error: what else"]),
            (255, [("error", ALARM)], 1, [f"error: {ALARM}"]),
            (7, [], 2, []),
            (7, [("warning", "VIOLATION: of a preview")], 2, ["warning: VIOLATION: of a preview"]),
            (7, [("error", "what else")], 1, ["error: what else"]),
            (-9, [], 1, []),
        ],
    )
    def test_what_is_printed_and_the_exit_code_agree(
        self, engines: int, problems: list[tuple[str, str]], code: int, printed: list[str]
    ) -> None:
        """`error:` means 1. What T4 shows, and the run could not help, is never 0."""
        told = Told()
        for severity, words in problems:
            told.take(said(severity, words))
        assert ending.exit_code(engines, told) == code
        assert [ending.in_words(each, "", code) for each, _ in told.grouped()] == printed
        last = ending.last_words(told, code, "demo")
        assert ("complete: nothing failed" in last) is (printed == [ALARM])
