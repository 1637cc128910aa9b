"""`t4firm fleet`: all stacks of a repository at once. With the engine: tests/engine/test_fleet.py."""

import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from t4firm_cli.fleet import runs
from t4firm_cli.fleet.command import exit_code
from tests.cli.conftest import Folder

MEETING = """
import pathlib, sys, time
here, there = map(pathlib.Path, sys.argv[1:])
here.touch()
while not there.exists():
    time.sleep(0.01)
"""
"""Ends well when another run is under way at the same time."""

SAYING = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(int(sys.argv[1]))"


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def test_several_run_at_the_same_time(tmp_path: Path) -> None:
    east, west = tmp_path / "east", tmp_path / "west"
    ended = runs.run({"east": python(MEETING, east, west), "west": python(MEETING, west, east)}, {}, 2)
    assert {each.stack: each.code for each in ended} == {"east": 0, "west": 0}


def test_no_more_than_asked_for_run_at_the_same_time(tmp_path: Path) -> None:
    alone = "import os, sys; os.mkdir(sys.argv[1]); os.rmdir(sys.argv[1])"
    ended = runs.run({f"desk{n}": python(alone, tmp_path / "busy") for n in range(6)}, {}, 1)
    assert {each.code for each in ended} == {0}


def test_a_failure_stops_no_other_and_what_each_said_is_kept() -> None:
    commands = {"east": python(SAYING, 1), "north": python(SAYING, 2), "west": python(SAYING, 0)}
    ended = {each.stack: each for each in runs.run(commands, {}, 2)}
    assert {stack: each.code for stack, each in ended.items()} == {"east": 1, "north": 2, "west": 0}
    assert {(each.output, each.messages) for each in ended.values()} == {("out\n", "err\n")}


def test_who_comes_after_others_waits_for_them_also_where_they_fail(tmp_path: Path) -> None:
    left = tmp_path / "left"
    commands = {
        "desks": python("import pathlib, sys; pathlib.Path(sys.argv[1]).touch(); sys.exit(1)", left),
        "fills": python("import pathlib, sys; sys.exit(not pathlib.Path(sys.argv[1]).exists())", left),
    }
    ended = runs.run(commands, {"fills": {"desks", "not asked for"}}, 4)
    assert [(each.stack, each.code) for each in ended] == [("desks", 1), ("fills", 0)]


def test_a_signal_reaches_those_under_way_and_no_other_begins(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    stopped = (
        "import pathlib, signal, sys, threading\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(7))\n"
        "pathlib.Path(sys.argv[1]).write_text('ready')\n"
        "threading.Event().wait()"
    )
    commands = {"east": python(stopped, ready), "west": python(SAYING, 0)}

    def stop() -> None:
        ready.read_text()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=stop, daemon=True).start()
    ended = runs.run(commands, {"west": {"east"}}, 2)
    assert [(each.stack, each.code) for each in ended] == [("east", 7), ("west", runs.STOPPED)]


@pytest.fixture
def two(folder: Folder) -> Folder:
    """A second desk, and the first one's fill user captures its accounts too."""
    desk = folder.path / "stacks" / "desk.firm.yaml"
    entry = (
        "firm: Desk LLC\n"
        "templates: {users: {WhenTechTrader: {applications: [WhenTech]}}, accounts: [DefaultTemplate]}\n"
        "users:\n"
        "  desk.a:\n"
        "    {firstname: Ann, lastname: Ohio, phone: '1', email: ann@example.com, street: 1 Main Street,\n"
        "    city: Columbus, county: Franklin, state: OH, postCode: '43004', country: US,\n"
        "    apptype: Professional, templateUser: WhenTechTrader, accounts: ['77001'],\n"
        "    applications: [WhenTech]}\n"
        "defaults: {account: {templateAccount: DefaultTemplate}}\n"
    )
    desk.write_text(entry)
    folder.replace("fillService:\n", "fillService:\n  stacks: [desk]\n")
    return folder


def test_the_list_says_what_each_holds_and_what_comes_first(two: Folder) -> None:
    said = two.t4firm("fleet", "list")
    assert (said.code, said.err) == (0, "")
    assert "desk: Desk LLC, 1 user, 1 account\n" in said.out
    assert "; after desk\n" in said.out
    shown = json.loads(two.t4firm("fleet", "list", "--json").out)
    assert [each["stack"] for each in shown["stacks"]] == ["demo", "desk"]
    assert shown["stacks"][0]["after"] == ["desk"]


def test_files_with_mistakes_hide_no_other_stack(two: Folder) -> None:
    two.replace("apptype:", "aptype:")
    said = two.t4firm("fleet", "list")
    assert said.code == 1
    assert "`t4firm validate --stack demo` says which" in said.out
    assert "desk: Desk LLC" in said.out


def test_a_stack_that_is_none_is_named(two: Folder) -> None:
    said = two.t4firm("fleet", "drift", "--stacks", "desk,dsek")
    assert (said.code, said.out) == (1, "")
    assert "no stack of this repository: dsek. There are: demo, desk" in said.err


def test_up_wants_to_be_told_that_nobody_is_asked(two: Folder) -> None:
    said = two.t4firm("fleet", "up")
    assert (said.code, said.out) == (1, "")
    assert "`t4firm fleet up --yes`" in said.err


def test_each_tells_what_is_wrong_and_the_last_line_counts(two: Folder) -> None:
    said = two.t4firm("fleet", "tasks", "--at-once", "1")
    assert said.code == 1
    assert "[2/2]" in said.err
    assert "== desk: failed" in said.out
    assert said.out.rstrip().endswith("2 stacks: 2 failed")
    shown = json.loads(two.t4firm("fleet", "tasks", "--json").out)
    assert {each["stack"]: (each["result"], each["exitCode"]) for each in shown["stacks"]} == {
        "demo": ("failed", 1),
        "desk": ("failed", 1),
    }
    assert all(each["messages"] for each in shown["stacks"])


@pytest.mark.parametrize(
    ("codes", "one"), [((0, 0), 0), ((0, 3), 3), ((3, 2), 2), ((2, 1, 3), 1), ((0, -15), 1), ((), 0)]
)
def test_what_needs_most_attention_is_the_fleets_code(codes: tuple[int, ...], one: int) -> None:
    assert exit_code(codes) == one
