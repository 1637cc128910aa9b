"""How long a firm of n traders takes, phase by phase, as ratios to the bare start of the engine (a preview of
a firm without traders) in the same run."""

from __future__ import annotations

from pathlib import Path

from tools.bench.runs import SKIP, Bench, up
from tools.simulated import simulator


def phases(folder: Path, users: int, latency: int) -> None:
    """Prints a line a phase. `latency`: milliseconds that the simulator takes for each call."""
    with simulator(folder / "t4") as t4:
        bench = Bench(folder / "firm", t4)
        bench.make("empty", 0)
        bench.make("full", users)
        t4.latency(latency)
        start = bench.took("preview", "--stack", "empty").clock
        took = {
            "preview, no traders": start,
            f"preview, {users} to come": bench.took("preview", "--stack", "full").clock,
            f"up, {users} traders, written once": bench.took(*up("full"), **SKIP).clock,
            "up, unchanged": bench.took(*up("full")).clock,
            "preview, unchanged": bench.took("preview", "--stack", "full").clock,
            "refresh, unchanged": bench.took("refresh", "--yes", "--stack", "full").clock,
        }
    size = f"{users} traders, {4 * users + 4} resources, {latency} ms a call"
    print(f"{size}; ratio to the first line of this run")
    for phase, seconds in took.items():
        print(f"{phase:40} {seconds:7.1f} s {seconds / start:6.1f}")
