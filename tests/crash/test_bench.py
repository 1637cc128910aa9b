"""`make bench`: each of its variables counts, or is refused."""

import sys

import pytest

from tests.crash.dry_run import called_by_make
from tools.bench import __main__ as bench


def test_each_variable_of_make_reaches_the_bench() -> None:
    variables = ("USERS=3", "LATENCY=50", "AGAINST=floor", "DETAILS=all", "TURNS=1")
    shown = called_by_make("bench", *variables)
    for option in ('--users "3"', '--latency "50"', '--against "floor"', '--details "all"', '--turns "1"'):
        assert option in shown


@pytest.mark.parametrize(
    ("words", "called"),
    [
        (("--latency", "50"), ("phases", 3, 50)),
        (("--latency", "50", "--against", "floor"), ("floor", 3, 50, 3)),
        (("--against", "floor", "--turns", "1"), ("floor", 3, 0, 1)),
        (("--against", "fleet"), ("fleet", 3, 0)),
        (("--against", "storm", "--latency", "50"), ("storm", 3, 50)),
        (("--details", "secret"), ("details", 3)),
        ((), ("phases", 3, 0)),
    ],
)
def test_what_is_asked_for_is_measured(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], called: tuple[object, ...]
) -> None:
    done: list[tuple[object, ...]] = []
    for name in ("phases", "floor", "fleet", "storm", "details"):
        monkeypatch.setattr(bench, name, lambda _, *asked, name=name: done.append((name, *asked)))
    monkeypatch.setattr(sys, "argv", ["bench", "--users", "3", *words])
    bench.main()
    assert done == [called]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--details", "secret", "--latency", "50"), "which no --latency changes"),
        (("--details", "secret", "--against", "floor"), "not allowed with"),
        (("--details", "all"), "invalid choice"),
        (("--against", "fleet", "--turns", "1"), "belongs to --against floor"),
    ],
)
def test_what_means_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *words])
    with pytest.raises(SystemExit):
        bench.main()
    assert why in capsys.readouterr().err
