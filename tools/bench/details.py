"""What it costs that personal details are secret in the state: the same firm with them in plain text, in
turns with the real one, as ratios of processor time, which other work on the machine hardly moves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tools.bench.runs import SKIP, Bench, Took, up
from tools.simulated import simulator

TURNS = 3


def details(folder: Path, users: int) -> None:
    """Prints a line a phase: secret details against plain ones, in turns."""
    steps: dict[str, Callable[[Bench, str], Took]] = {
        "up, all new": lambda bench, stack: bench.took(*up(stack)),
        "up, all new, written once": lambda bench, stack: bench.took(*up(stack), **SKIP),
        "up, unchanged": lambda bench, stack: bench.took(*up(stack)),
        "preview, unchanged": lambda bench, stack: bench.took("preview", "--stack", stack),
    }
    spent = {name: {"secret": 0.0, "plain": 0.0} for name in steps}
    with ExitStack() as simulators:
        benches = {
            kind: Bench(
                folder / kind,
                simulators.enter_context(simulator(folder / f"t4-{kind}")),
                plain=kind == "plain",
            )
            for kind in ("secret", "plain")
        }
        for turn in range(TURNS):
            stack = ""
            for number, (name, step) in enumerate(steps.items()):
                for kind in sorted(benches, reverse=bool((turn + number) % 2)):
                    if "new" in name:
                        stack = f"turn{turn}-{number}"
                        benches[kind].make(stack, users)
                    spent[name][kind] += step(benches[kind], stack).processor
    print(f"{users} traders, {4 * users + 4} resources, {TURNS} turns; processor time of one run")
    for name, of in spent.items():
        secret, plain = of["secret"] / TURNS, of["plain"] / TURNS
        print(f"{name:28} secret {secret:6.1f} s, plain {plain:6.1f} s: {secret / plain:5.2f}")
