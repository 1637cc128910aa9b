"""20 rounds of the crash test in all of its ways, with small firms; `make crash-test RUNS=200` plays more."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tools.crash_test.outcome import total
from tools.crash_test.rounds import crash
from tools.crash_test.ways import SMALL, Ways

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

ROUNDS = int(os.environ.get("T4_CRASH_ROUNDS", "20"))
"""In all ways together."""

WAYS = (
    Ways(),
    Ways(delete_journal=True),
    Ways(skip_checkpoints=True),
    Ways(skip_checkpoints=True, delete_journal=True),
    Ways(delete_journal=True, no_login=True),
)


@pytest.mark.parametrize("ways", WAYS, ids=str)
def test_a_firm_is_set_up_whatever_is_killed(ways: Ways, crash_seed: str, tmp_path: Path) -> None:
    ways = replace(ways, size=SMALL)
    numbers = range(1, -(-ROUNDS // len(WAYS)) + 1)
    outcomes = list(crash(numbers, crash_seed, ways, tmp_path))
    print(*outcomes, sep="\n")
    logs = [text for outcome in outcomes if outcome.wrong for text in outcome.log]
    assert not logs, "\n".join([total(outcomes, crash_seed, ways, 0.0), *logs])
    assert sum(len(outcome.kills) for outcome in outcomes), "nothing was killed"
