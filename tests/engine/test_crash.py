"""A few rounds of the crash test in each of its ways; `make crash-test RUNS=200` plays more."""

import os
import secrets
from pathlib import Path

import pytest

from tools.crash_test import Ways, crash

pytestmark = [pytest.mark.engine, pytest.mark.faults, pytest.mark.timeout(600)]

ROUNDS = int(os.environ.get("T4_CRASH_ROUNDS", "8"))
"""In all ways together; a round takes 10 to 20 s on two cores."""

WAYS = (Ways(), Ways(delete_journal=True), Ways(skip_checkpoints=True), Ways(True, True))


@pytest.mark.parametrize("ways", WAYS, ids=str)
def test_a_firm_is_set_up_whatever_is_killed(ways: Ways, tmp_path: Path) -> None:
    seed = os.environ.get("T4_CRASH_SEED") or secrets.token_hex(4)
    outcomes = crash(list(range(1, -(-ROUNDS // len(WAYS)) + 1)), seed, ways, tmp_path)
    assert [str(outcome) for outcome in outcomes if outcome.wrong] == [], f"seed {seed}"
    assert sum(len(outcome.kills) for outcome in outcomes), "nothing was killed"
