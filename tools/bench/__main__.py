"""`make bench USERS=n [DETAILS=secret] [AGAINST=floor|fleet|storm TURNS=n] [LATENCY=ms]`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tools.bench.details import details
from tools.bench.fleet import fleet
from tools.bench.floor import TURNS, floor
from tools.bench.phases import phases
from tools.bench.storm import storm


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.bench")
    parser.add_argument("--users", type=int, default=100)
    compared = parser.add_mutually_exclusive_group()
    compared.add_argument("--details", choices=["secret"], help="what secret personal details cost")
    against = (
        "the product against as many bare resources, eight stacks against four, or a run while T4 is busy"
    )
    compared.add_argument("--against", choices=["floor", "fleet", "storm"], help=against)
    parser.add_argument("--latency", type=int, default=0, help="milliseconds that T4 takes for each call")
    parser.add_argument("--turns", type=int, help="how often each side runs, for --against floor: 3")
    asked = parser.parse_args()
    if asked.details and asked.latency:
        parser.error("--details compares processor time, which no --latency changes: leave one of them out")
    if asked.turns and asked.against != "floor":
        parser.error("--turns belongs to --against floor")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.against == "fleet":
            fleet(folder, asked.users, asked.latency)
        elif asked.against == "storm":
            storm(folder, asked.users, asked.latency)
        elif asked.against:
            floor(folder, asked.users, asked.latency, asked.turns or TURNS)
        elif asked.details:
            details(folder, asked.users)
        else:
            phases(folder, asked.users, asked.latency)


if __name__ == "__main__":
    main()
