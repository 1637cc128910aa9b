"""The runs of a stack before this one, as the engine's history has them: so it is known on every machine what
was applied, from which commit, and of which review."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from t4firm_cli.engine.command import Pulumi

PAGE: Final = 100

REVIEWED: Final = "t4firm up --reviewed "
"""How the message of a reviewed run begins; the digest of its list follows."""


@dataclass(frozen=True)
class PastRun:
    """One `up`. `at`: when it began, as the engine writes it; `commit`: "" where the folder was no
    repository."""

    at: str
    commit: str
    message: str
    succeeded: bool

    @property
    def day(self) -> str:
        return self.at[:10]

    @property
    def digest(self) -> str:
        """The digest of the reviewed list that it followed; "" for none."""
        return self.message.removeprefix(REVIEWED) if self.message.startswith(REVIEWED) else ""


def past_runs(pulumi: Pulumi) -> tuple[PastRun, ...]:
    """Every `up` of the stack, the last one first."""
    return tuple(_run(entry) for entry in history(pulumi) if entry["kind"] == "update")


def history(pulumi: Pulumi) -> Iterator[dict[str, Any]]:
    """Every entry of the engine's history, the last one first, page by page: without being asked for more, it
    prints the last ten."""
    for page in count(1):
        words = ("--page-size", str(PAGE), "--page", str(page))
        entries = json.loads(pulumi.read("stack", "history", "--json", "--stack", pulumi.stack, *words)) or []
        yield from entries
        if len(entries) < PAGE:
            return


def message_of(digest: str) -> str:
    """The message of the run of a reviewed list."""
    return f"{REVIEWED}{digest}"


def _run(entry: dict[str, Any]) -> PastRun:
    commit = (entry.get("environment") or {}).get("git.head", "")
    return PastRun(entry["startTime"], commit, entry.get("message", ""), entry.get("result") == "succeeded")
