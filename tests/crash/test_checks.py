"""The crash test's own checks find what they are there to find."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.crash_test.checks import compared, recorded_in
from tools.crash_test.firms import made_up_firm, wanted, with_adoption
from tools.crash_test.killing import drawn
from tools.crash_test.outcome import Outcome, total
from tools.crash_test.rounds import ASKED
from tools.crash_test.ways import LARGE, SMALL, Ways

FIRM: dict[str, Any] = {
    "users": {"trader.a": {"accounts": ["11111", "22222"]}},
    "accounts": {"11111": {"enabled": True}},
    "fillService": {"user": {"username": "FillUser", "account": "FILL1"}},
}


class World:
    """T4 and the engine's record as they should be when a round is over; a test spoils something."""

    def __init__(self) -> None:
        people = {"trader.a": ["11111", "22222"], "FillUser": ["FILL1", "11111", "22222"]}
        numbers = ("11111", "22222", "FILL1")
        self.state: dict[str, Any] = {
            "users": {name: {"accounts": accounts, "onboardings": 1} for name, accounts in people.items()},
            "accounts": {number: {"enabled": "Disabled"} for number in numbers},
        }
        self.state["accounts"]["11111"]["enabled"] = "Enabled"
        self.calls: list[dict[str, Any]] = [onboarded(name) for name in people]
        self.recorded: dict[str, dict[str, dict[str, Any]]] = {
            "User": {name: {} for name in people},
            "Account": {
                number: {"tasks": {f"enable-account/{number}": done()}, "api": ["enable-account"]}
                for number in numbers
            },
        }


def onboarded(name: str, status: int = 200) -> dict[str, Any]:
    return {"path": "/admin/v1/onboarding", "status": status, "body": {"User": {"username": name}}}


def done(status: str = "done") -> dict[str, str]:
    return {"status": status}


def nothing(world: World) -> None:
    """As it should be; a refused onboarding is nobody's second one, and the administrator may have work."""
    world.calls.append(onboarded("trader.a", 409))
    world.recorded["User"]["trader.a"] = {"tasks": {"confirm-trial/trader.a": done("open")}}


def answered_twice(world: World) -> None:
    world.calls.append(onboarded("trader.a"))


def made_twice(world: World) -> None:
    world.state["users"]["trader.a"]["onboardings"] = 2


def not_in_t4(world: World) -> None:
    del world.state["users"]["FillUser"]


def not_in_the_record(world: World) -> None:
    del world.recorded["User"]["trader.a"]


def of_nobody(world: World) -> None:
    world.state["accounts"]["99999"] = {"enabled": "Disabled"}


def not_assigned(world: World) -> None:
    world.state["users"]["FillUser"]["accounts"].remove("22222")


def not_enabled(world: World) -> None:
    world.state["accounts"]["11111"]["enabled"] = "Disabled"


def not_done(world: World) -> None:
    world.recorded["Account"]["22222"]["tasks"]["enable-account/22222"] = done("open")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (nothing, []),
        (answered_twice, ["doubled: trader.a"]),
        (made_twice, ["doubled: trader.a"]),
        (not_in_t4, ["lost: FillUser"]),
        (not_in_the_record, ["in T4 but not in the state: trader.a", "lost: trader.a"]),
        (of_nobody, ["in T4 but not in the state: 99999"]),
        (not_assigned, ["lost: FillUser"]),
        (not_enabled, ["not enabled: 11111"]),
        (not_done, ["open tasks: enable-account/22222"]),
    ],
)
def test_what_is_wrong_is_said(spoil: Callable[[World], None], said: list[str]) -> None:
    world = World()
    spoil(world)
    assert compared(FIRM, world.state, world.calls, world.recorded).sentences() == said


def test_the_record_is_read_from_the_file_of_the_backend(tmp_path: Path) -> None:
    urn = "urn:pulumi:crash::t4::pulumi-python:dynamic/t4:User::trader.a"
    content = {"checkpoint": {"latest": {"resources": [{"urn": urn, "outputs": {"userID": "90E5"}}]}}}
    (tmp_path / "crash.json").write_text(json.dumps(content))
    assert recorded_in(tmp_path / "crash.json") == {"User": {"trader.a": {"userID": "90E5"}}}
    (tmp_path / "crash.json").write_text(json.dumps({"checkpoint": {}}))
    assert recorded_in(tmp_path / "crash.json") == {}


def test_a_seed_makes_the_same_firm_and_the_same_kills_again() -> None:
    def played(seed: str) -> list[Any]:
        chance = random.Random(seed)
        return [made_up_firm(chance, LARGE), *(drawn(chance, 9, 0.2) for _ in range(20))]

    assert played("a/1") == played("a/1")
    assert played("a/1") != played("a/2")


def test_kills_hit_every_process_at_every_moment() -> None:
    chance = random.Random(1)
    kills = [drawn(chance, 9, 0.2) for _ in range(500)]
    assert {(kill.whom, kill.moment) for kill in kills} == {
        (whom, moment) for whom in ("command", "provider", "both") for moment in ("before", "after", "later")
    }
    held = {kill.call for kill in kills if kill.moment != "later"}
    assert (min(held), max(held)) == (1, 9)


def test_the_line_that_an_error_asks_for_is_written_once() -> None:
    firm = copy.deepcopy(FIRM)
    text = (
        "If it is the same person, write `adopt: true` under trader.a in the firm file; if not, choose …\n"
        "write `adopt: true` under FillUser in …, else `adopt: true` for 22222 under `accounts`."
    )
    assert ASKED.findall(text) == ["trader.a", "FillUser", "22222"]
    assert [with_adoption(firm, name) for name in ASKED.findall(text)] == [True, True, True]
    assert firm["users"]["trader.a"]["adopt"] is True
    assert firm["fillService"]["user"]["adopt"] is True
    assert firm["accounts"]["22222"] == {"adopt": True}
    assert not with_adoption(firm, "trader.a"), "asked for again: it was of no use"
    assert wanted(firm) == wanted(FIRM)


def test_the_figures_say_how_to_play_a_failure_again() -> None:
    fine = Outcome(1, "2 users", kills=["both before call 1"], runs=3)
    wrong = Outcome(17, "3 users", kills=["command after call 2"] * 2, runs=4, doubled=1, wrong=["doubled"])
    ways = Ways(skip_checkpoints=True, delete_journal=True, no_login=True, size=SMALL)
    assert total([fine, wrong], "5eed", ways, 61.4).splitlines() == [
        "2 rounds (checkpoints skipped, journal deleted, no login), seed 5eed: 3 kills in 7 runs; 1 doubled, "
        "0 stray, 0 lost, 0 by hand, 0 locks removed by force, 0 adopted; 1 rounds wrong; 61 s",
        "again: make crash-test SEED=5eed ONLY=17 SIZE=small CHECKPOINTS=skip JOURNAL=delete LOGIN=none",
    ]
