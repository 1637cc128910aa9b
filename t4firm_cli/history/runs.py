"""The engine's runs of a stack, the oldest first, and what each had recorded, where the backend keeps it."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from providers.t4.outputs import key_of
from providers.t4.records.stored import Stored, stored
from t4firm.history.events import BY_HAND, Run
from t4firm.plan.goals import Key
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.past_runs import PastRun, every_run
from t4firm_cli.runs.unlock import file_backend

_WRITTEN = re.compile(rb'"manifest":\s*\{"time":\s*"[^"]*"')
"""Where a state says when it was written."""

BUILD = ("ci.build.url", "ci.build.number", "ci.build.id")
"""What the engine notes of a CI system's build, the most telling first."""


@dataclass(frozen=True)
class Runs:
    """The runs, and the states of those that changed something, a file each with its run. `kept`: whether the
    backend keeps states that can be read from here."""

    runs: tuple[Run, ...] = ()
    states: tuple[tuple[Path, Run], ...] = ()
    kept: bool = True

    def past(self) -> Iterator[Mapping[Key, Stored]]:
        """What each of these runs had recorded when it ended, the newest first; without `unreadable`."""
        yield from (state for state in reversed(self._read) if state is not None)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """What of it nobody can read, a sentence each."""
        return tuple(
            f"what the run of {run.at[:16].replace('T', ' ')} recorded is not known: {file} cannot be read"
            for (file, run), state in zip(self.states, self._read, strict=True)
            if state is None
        )

    @cached_property
    def _read(self) -> tuple[Mapping[Key, Stored] | None, ...]:
        return tuple(_recorded(file) for file, _ in self.states)


def runs_of(pulumi: Pulumi) -> Runs:
    """All of it, of a stack that may be new."""
    if not pulumi.exists():
        return Runs()
    listed = [*every_run(pulumi)][::-1]
    states = _states(pulumi)
    kept = len(states) == len(listed)
    pairs = zip(states, listed, strict=True) if kept else ()
    return Runs(
        tuple(_run(entry) for entry in listed if entry.kind != "preview"),
        tuple(_telling(pairs)),
        kept,
    )


def _telling(pairs: Iterable[tuple[Path, PastRun]]) -> Iterator[tuple[Path, Run]]:
    """The states that may tell something new. A run that reads T4 (`--refresh`) records what it saw, and the
    engine counts all resources as the same: its state is then not as the one before it."""
    before = b""
    for file, entry in pairs:
        content = _WRITTEN.sub(b"", file.read_bytes()) if file.is_file() else b""
        if entry.changed or content != before:
            yield file, _run(entry)
        before = content


def _run(entry: PastRun) -> Run:
    return Run(
        at=entry.at,
        ended=entry.ended,
        commit=entry.commit,
        message=entry.message,
        who=_who(entry.environment),
        succeeded=entry.succeeded,
        reviewed=entry.digest,
        clean={"true": False, "false": True}.get(entry.environment.get("git.dirty", "")),
        kind=entry.kind,
    )


def _who(environment: Mapping[str, str]) -> str:
    """GitHub Actions, build https://...; or `by hand`, which no engine says whose hand it was."""
    system = environment.get("ci.system", "")
    if not system:
        return BY_HAND
    build = next((environment[name] for name in BUILD if environment.get(name)), "")
    return f"{system}, build {build}" if build else system


def _states(pulumi: Pulumi) -> Sequence[Path]:
    """The states that a file backend keeps with its history, the oldest first."""
    root = file_backend(pulumi)
    return sorted((root / "history").glob(f"*/{pulumi.stack}/*.checkpoint.json")) if root else ()


def _recorded(file: Path) -> dict[Key, Stored] | None:
    """What a state has; None where nobody can read it. Of an empty stack the engine writes no `latest`."""
    try:
        latest = json.loads(file.read_bytes())["checkpoint"].get("latest") or {}
        resources = latest.get("resources") or []
        return {key_of(each["urn"]): stored(each.get("outputs")) for each in resources}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
