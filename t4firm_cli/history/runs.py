"""The engine's runs of a stack, the oldest first, and what each had recorded, where the backend keeps it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from providers.t4.outputs import key_of
from providers.t4.records.stored import Stored, stored
from t4firm.history.events import BY_HAND, Run
from t4firm.plan.goals import Key
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.engine.past_runs import PastRun, every_run
from t4firm_cli.unlock import file_backend

BUILD = ("ci.build.url", "ci.build.number", "ci.build.id")
"""What the engine notes of a CI system's build, the most telling first."""


@dataclass(frozen=True)
class Runs:
    """The runs, and the states of those that changed something, a file each. `kept`: whether the backend
    keeps states that can be read from here."""

    runs: tuple[Run, ...] = ()
    states: tuple[Path, ...] = ()
    kept: bool = True

    def past(self) -> Iterator[Mapping[Key, Stored]]:
        """What each of these runs had recorded when it ended, the newest first."""
        yield from map(_recorded, reversed(self.states))


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
        tuple(file for file, entry in pairs if entry.changed),
        kept,
    )


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


def _recorded(file: Path) -> dict[Key, Stored]:
    try:
        resources = json.loads(file.read_bytes())["checkpoint"]["latest"].get("resources") or []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {key_of(each["urn"]): stored(each.get("outputs")) for each in resources}
