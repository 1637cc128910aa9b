"""`make crash-test`: each of its variables counts, or is refused."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.crash.dry_run import called_by_make
from tools.crash_test import __main__ as crash_test
from tools.crash_test.outcome import Outcome
from tools.crash_test.ways import LARGE, SMALL, Ways


def test_each_variable_of_make_reaches_the_crash_test() -> None:
    variables = ("RUNS=3", "SEED=5eed", "ONLY=2", "SIZE=a", "CHECKPOINTS=b", "JOURNAL=c", "LOGIN=d")
    shown = called_by_make("crash-test", *variables)
    for option in (
        '--runs "3"',
        '--seed "5eed"',
        '--only "2"',
        '--size "a"',
        '--checkpoints "b"',
        '--journal "c"',
        '--login "d"',
    ):
        assert option in shown


@pytest.mark.parametrize(
    ("words", "ways"),
    [
        ((), Ways(size=LARGE)),
        (("--size", "small"), Ways(size=SMALL)),
        (("--checkpoints", "skip"), Ways(skip_checkpoints=True)),
        (("--journal", "delete"), Ways(delete_journal=True)),
        (("--login", "none"), Ways(no_login=True)),
    ],
)
def test_what_is_asked_for_is_played(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], ways: Ways
) -> None:
    played = []

    def crash(numbers: list[int], seed: str, ways: Ways, *_: Any) -> Iterator[Outcome]:
        played.append((numbers, seed, ways))
        return iter([Outcome(1, "2 users")])

    monkeypatch.setattr(crash_test, "crash", crash)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["crash-test", "--seed", "5eed", "--only", "2", *words])
    assert crash_test.main() == 0
    assert played == [([2], "5eed", ways)]


@pytest.mark.parametrize("option", ["--size", "--checkpoints", "--journal", "--login"])
def test_what_means_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["crash-test", option, "large"])
    with pytest.raises(SystemExit):
        crash_test.main()
    assert f"argument {option}: invalid choice: 'large'" in capsys.readouterr().err
