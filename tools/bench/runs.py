"""A project on a simulator of its own, and what a command took there."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bench.firms import firm_of
from tools.simulated import T4, project

SKIP = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""The state is written once, at the end."""
PLAIN = "import pulumi\n\npulumi.Output.secret = pulumi.Output.from_input\n"
"""In front of the program: what it calls secret is not."""


@dataclass(frozen=True)
class Took:
    """What a command took, in seconds: on the clock, and of all processors."""

    clock: float
    processor: float


class Bench:
    """A project in a folder of its own, on a simulator."""

    def __init__(self, folder: Path, t4: T4, *, plain: bool = False, operations: str = "") -> None:
        self.folder, self._t4 = folder, t4
        self._environ = project(folder, t4) | ({"T4_OPERATIONS": operations} if operations else {})
        if plain:
            program = folder / "__main__.py"
            program.write_text(PLAIN + program.read_text())

    def make(self, stack: str, users: int) -> None:
        """A stack with this many traders, not set up; T4 knows nobody."""
        self._t4.empty()
        self.add(stack, firm_of(users))

    def add(self, stack: str, firm: Mapping[str, Any]) -> None:
        """A stack with this firm file, not set up."""
        (self.folder / "stacks" / f"{stack}.firm.yaml").write_text(json.dumps(firm))
        self.took("stack", "init", stack)

    def took(self, *arguments: str, command: str = "pulumi", **environ: str) -> Took:
        """What a command takes; it must succeed."""
        begun, before = time.monotonic(), _processor()
        self._done(command, *arguments, **environ)
        return Took(time.monotonic() - begun, _processor() - before)

    def exported(self, stack: str) -> Any:
        """The state of a stack, with its secrets."""
        return json.loads(self._done("pulumi", "stack", "export", "--show-secrets", "--stack", stack))

    def size(self, stack: str) -> int:
        """How many bytes the state of a stack takes as it is stored."""
        return (self.folder / "state" / ".pulumi" / "stacks" / "t4" / f"{stack}.json").stat().st_size

    def _done(self, command: str, *arguments: str, **environ: str) -> str:
        quiet = ["--non-interactive"] if command == "pulumi" else []
        done = subprocess.run(
            [command, *arguments, *quiet],
            cwd=self.folder,
            env=self._environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{command} {' '.join(arguments)} failed: {done.stdout}")
        return done.stdout


def _processor() -> float:
    """Processor time of all commands so far, with what they started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def up(stack: str) -> Sequence[str]:
    return ("up", "--yes", "--skip-preview", "--stack", stack)
