"""`python -m tools.crash_test --runs 20`: many rounds, with progress, figures, and how to repeat a failure.

A round is repeated with the seed that is printed: `--seed S --only N`. Firm, kills and moments are the same
then; which of several calls at once T4 gets first is not, so it may end otherwise.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tools.crash_test.outcome import total
from tools.crash_test.rounds import crash
from tools.crash_test.ways import LARGE, SMALL, Ways


def main() -> int:
    asked = _asked()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the simulators end too
    seed = asked.seed or secrets.token_hex(4)
    size = SMALL if asked.size else LARGE
    ways = Ways(bool(asked.checkpoints), bool(asked.journal), bool(asked.login), size)
    numbers = [asked.only] if asked.only else list(range(1, asked.runs + 1))
    print(f"seed {seed}: {len(numbers)} rounds, {ways}", flush=True)
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="t4-crash-"))
    outcomes = []
    for outcome in crash(numbers, seed, ways, folder, asked.at_once):
        outcomes.append(outcome)
        print(f"[{len(outcomes)}/{len(numbers)}] {outcome}", flush=True)
        if outcome.wrong:
            print("\n".join(f"    {line}" for text in outcome.log for line in text.splitlines()), flush=True)
    print(total(outcomes, seed, ways, time.monotonic() - begun))
    wrong = any(outcome.wrong for outcome in outcomes)
    if wrong:
        print(f"The folders of the rounds that went wrong are in {folder}.")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if wrong else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make crash-test")
    parser.add_argument("--runs", type=int, default=20, help="rounds")
    parser.add_argument("--seed", default="", help="of an earlier test; else a new one")
    parser.add_argument("--only", type=int, help="this round alone")
    parser.add_argument("--size", choices=["small"], help="small firms and few kills")
    parser.add_argument("--checkpoints", choices=["skip"], help="the engine writes its state at the end")
    parser.add_argument("--journal", choices=["delete"], help="a new runner each time: no journal")
    parser.add_argument("--login", choices=["none"], help="nothing proves whose user it is")
    parser.add_argument("--at-once", type=int, default=2, help="rounds at the same time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
