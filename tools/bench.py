"""`make bench USERS=n`: how long a firm of n traders takes, phase by phase, as ratios to the first phase.

Machines differ and are shared, so a time alone says little: each phase is printed in seconds and as a ratio
to the bare start of the engine (a preview of a firm without traders) in the same run. Each trader has one
account, WhenTech, and an assignment to the fill user: four resources.

`make bench DETAILS=secret` measures what it costs that personal details are secret in the state: the same
firm with them in plain text, in turns with the real one, as ratios of processor time, which other work on the
machine hardly moves.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.simulated import T4, project, simulator

PERSON = {
    "firstname": "Ann",
    "lastname": "Ohio",
    "phone": "555-123-4567",
    "email": "ann@example.com",
    "street": "1 Main Street",
    "city": "Columbus",
    "county": "Franklin",
    "state": "OH",
    "postCode": "43004",
    "country": "US",
    "apptype": "Professional",
}
SKIP = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
TURNS = 3
PLAIN = "import pulumi\n\npulumi.Output.secret = pulumi.Output.from_input\n"
"""In front of the program: what it calls secret is not."""


def firm_of(users: int) -> dict[str, Any]:
    """A firm file with this many traders and a fill service."""
    names = [f"trader.{number:05}" for number in range(users)]
    return {
        "firm": "Benchmark LLC",
        "whentech": {"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"},
        "templates": {
            "users": {"FillService": {"applications": ["WhenTechFills"]}},
            "accounts": ["DefaultTemplate"],
        },
        "defaults": {"account": {"templateAccount": "DefaultTemplate"}},
        "users": {
            name: {**PERSON, "accounts": [f"A{number:05}"], "applications": ["WhenTech"]}
            for number, name in enumerate(names)
        },
        "fillService": {
            "user": {
                **PERSON,
                "username": "WhenTechFillUser",
                "templateUser": "FillService",
                "account": "FILL0001",
            }
        },
        "limits": {"newUsers": users + 1},
    }


@dataclass(frozen=True)
class Took:
    """What a command took, in seconds: on the clock, and of all processors."""

    clock: float
    processor: float


class Bench:
    """A project in a folder of its own, on a simulator."""

    def __init__(self, folder: Path, t4: T4, *, plain: bool = False) -> None:
        self._folder, self._t4 = folder, t4
        self._environ = project(folder, t4)
        if plain:
            program = folder / "__main__.py"
            program.write_text(PLAIN + program.read_text())

    def make(self, stack: str, users: int) -> None:
        """A stack with this many traders, not set up; T4 knows nobody."""
        self._t4.empty()
        (self._folder / "stacks" / f"{stack}.firm.yaml").write_text(json.dumps(firm_of(users)))
        self.took("stack", "init", stack)

    def took(self, *arguments: str, **environ: str) -> Took:
        """What a command takes; it must succeed."""
        begun, before = time.monotonic(), _processor()
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self._folder,
            env=self._environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"pulumi {' '.join(arguments)} failed: {done.stdout}")
        return Took(time.monotonic() - begun, _processor() - before)


def _processor() -> float:
    """Processor time of all commands so far, with what they started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def up(stack: str) -> Sequence[str]:
    return ("up", "--yes", "--skip-preview", "--stack", stack)


def phases(folder: Path, users: int) -> None:
    """Prints a line a phase."""
    with simulator(folder / "t4") as t4:
        bench = Bench(folder / "firm", t4)
        bench.make("empty", 0)
        bench.make("full", users)
        start = bench.took("preview", "--stack", "empty").clock
        took = {
            "preview, no traders": start,
            f"preview, {users} to come": bench.took("preview", "--stack", "full").clock,
            f"up, {users} traders, written once": bench.took(*up("full"), **SKIP).clock,
            "up, unchanged": bench.took(*up("full")).clock,
            "preview, unchanged": bench.took("preview", "--stack", "full").clock,
            "refresh, unchanged": bench.took("refresh", "--yes", "--stack", "full").clock,
        }
    print(f"{users} traders, {4 * users + 4} resources; ratio to the first line of this run")
    for phase, seconds in took.items():
        print(f"{phase:40} {seconds:7.1f} s {seconds / start:6.1f}")


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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--details", action="store_true", help="what secret personal details cost")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        (details if asked.details else phases)(Path(name), asked.users)


if __name__ == "__main__":
    main()
