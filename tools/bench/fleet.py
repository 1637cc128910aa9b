"""Whether a firm of many stacks takes time in proportion to their number: half of the stacks, then all."""

from __future__ import annotations

from pathlib import Path

from tools.bench.firms import firm_of
from tools.bench.runs import Bench
from tools.simulated import simulator

STACKS = 8
AT_ONCE = 4
COMMANDS = (("up", "--yes"), ("up", "--yes"), ("preview",))
NAMES = ("up, all new", "up, unchanged", "preview, unchanged")


def fleet(folder: Path, users: int, latency: int) -> None:
    """Prints a line a command. `users`: the traders of all stacks together. `latency`: milliseconds that the
    simulator takes for each call."""
    with simulator(folder / "t4") as t4:
        took = {}
        for count in (STACKS // 2, STACKS):
            t4.empty()
            bench = Bench(folder / f"of{count}", t4, operations="onboarding")
            for desk in range(count):
                bench.add(f"desk{desk}", firm_of(users // STACKS, f"d{desk}x"))
            t4.latency(latency)
            for name, command in zip(NAMES, COMMANDS, strict=True):
                took[name, count] = bench.took("fleet", *command, "--at-once", str(AT_ONCE), command="t4firm")
    print(f"{users // STACKS} traders a stack, {AT_ONCE} stacks at a time, {latency} ms a call")
    print(f"{'processor, clock':22} {STACKS // 2:>12} stacks {STACKS:>14} stacks   ratios")
    for name in NAMES:
        half, whole = took[name, STACKS // 2], took[name, STACKS]
        told = "  ".join(f"{each.processor:7.1f} s {each.clock:7.1f} s" for each in (half, whole))
        ratios = whole.processor / half.processor, whole.clock / half.clock
        print(f"{name:22} {told}   {ratios[0]:5.2f} {ratios[1]:5.2f}")
