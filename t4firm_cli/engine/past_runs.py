"""The runs of a stack before this one, as the engine's history has them: so it is known on every machine what
was applied, from which commit, and of which review."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from t4firm.history.events import UP
from t4firm_cli.engine.command import Pulumi

PAGE: Final = 100

REVIEWED: Final = "t4firm up --reviewed "
"""How the message of a reviewed run begins; the digest of its list follows."""

SHA: Final = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True)
class PastRun:
    """One entry of the engine's history. `kind`: `update`, `refresh`, `destroy`, ...; `at`, `ended`: as the
    engine writes them; `commit`: "" where the folder was no repository; `environment`: what the engine noted
    of git and of a CI system; `changed`: whether the state was changed."""

    kind: str
    at: str
    ended: str
    commit: str
    message: str
    succeeded: bool
    environment: Mapping[str, str]
    changed: bool

    @property
    def day(self) -> str:
        return self.at[:10]

    @property
    def digest(self) -> str:
        """The digest of the reviewed list that it followed; "" for none."""
        return self.message.removeprefix(REVIEWED) if self.message.startswith(REVIEWED) else ""


def past_runs(pulumi: Pulumi) -> tuple[PastRun, ...]:
    """Every `up` of the stack, the last one first: nothing else applies a commit."""
    return tuple(run for run in every_run(pulumi) if run.kind == UP)


def every_run(pulumi: Pulumi) -> Iterator[PastRun]:
    """Every entry of the engine's history, the last one first, page by page: without being asked for more, it
    prints the last ten."""
    for page in count(1):
        words = ("--page-size", str(PAGE), "--page", str(page))
        entries = json.loads(pulumi.read("stack", "history", "--json", "--stack", pulumi.stack, *words)) or []
        yield from map(_run, entries)
        if len(entries) < PAGE:
            return


def message_of(digest: str) -> str:
    """The message of the run of a reviewed list."""
    return f"{REVIEWED}{digest}"


def _run(entry: Mapping[str, Any]) -> PastRun:
    environment: Mapping[str, str] = entry.get("environment") or {}
    began = str(entry.get("startTime") or "")
    return PastRun(
        kind=entry["kind"],
        at=began,
        ended=str(entry.get("endTime") or began),
        commit=found[0] if (found := SHA.fullmatch(environment.get("git.head", ""))) else "",
        message=str(entry.get("message") or ""),
        succeeded=entry.get("result") == "succeeded",
        environment=environment,
        changed=bool((entry.get("resourceChanges") or {}).keys() - {"same"}),
    )
