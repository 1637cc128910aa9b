"""All that is known of a firm's set-up, as events in the order of time: asked for in a file, opened, shown by
T4, signed off, applied by a run.

    found = [event for event in events if event.is_about("trader.a")]

Nothing here is kept anywhere: git has the files and who changed them, the engine has the runs, the state has
the evidence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["asked", "signed off", "withdrawn", "opened", "shown", "contradicted", "run"]
"""Somebody wrote it into a file; signed a task off, or took that back; a run made it a task; T4 showed it; T4
showed otherwise than somebody had signed; a run."""

_TIME = re.compile(r"\bat (\d{4}-\d{2}-\d{2}T[0-9:.]+(?:Z|[+-]\d{2}:\d{2}))")
_REQUEST = re.compile(r"\(request ([^)]+)\)")
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}")


BY_HAND = "by hand"
"""Who ran it, where no CI system did."""

UP = "update"
"""The kind of a run that applies a commit, as the engine calls it."""


@dataclass(frozen=True)
class Commit:
    """A commit of a file, and how it came to the main branch. `pull_request`: `#12`, "" where its words name
    none; `approved`: who approved it, as far as its trailers or GitHub say; `on_github`: those whose review
    GitHub has (anybody can type a trailer); `uncounted`: why no approval on GitHub counts, "" where there is
    none or one counts; `signature`: git's word about its signature (G good, N none, B bad, E it cannot be
    checked, ...)."""

    sha: str
    at: str
    author: str
    subject: str
    pull_request: str = ""
    merged_by: str = ""
    approved: tuple[str, ...] = ()
    signature: str = ""
    uncounted: str = ""
    on_github: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        return self.sha[:12]


@dataclass(frozen=True)
class Run:
    """One run of the engine. `who`: the CI system with its build, or `by hand`; `reviewed`: the digest of the
    reviewed list that it followed, "" for none; `clean`: the folder had no change that was not committed;
    None where the engine did not note it; `kind`: `update`, which alone applies its commit, or `refresh`,
    `destroy`, ..., as the engine calls it."""

    at: str
    ended: str
    commit: str
    message: str
    who: str
    succeeded: bool
    reviewed: str = ""
    clean: bool | None = True
    kind: str = UP

    @property
    def has_applied(self) -> bool:
        """Whether what its commit says is in T4 because of it."""
        return self.kind == UP and self.succeeded

    @property
    def short_list(self) -> str:
        """The digest of the reviewed list, with as many digits as are enough to compare two."""
        kind, colon, digits = self.reviewed.rpartition(":")
        return f"{kind}{colon}{digits[:12]}"

    @property
    def exceptions(self) -> tuple[str, ...]:
        """What of it a reviewer would want to know."""
        found = {
            "run by hand": self.who == BY_HAND,
            "followed no reviewed list": not self.reviewed,
            "the folder had changes that were not committed": self.clean is False,
            "failed": not self.succeeded,
        }
        return tuple(words for words, holds in found.items() if holds)


@dataclass(frozen=True)
class Event:
    """One event. `at`: ISO 8601, or a day; `about`: users, accounts and tasks; `who`: who asked, or who says
    so; `applied`: the first run that had it; `request`: T4's id of the request; `change`: what kind of change
    of a file it was, or what is unusual about a run; `gone`: what it is about has left the file."""

    at: str
    kind: Kind
    what: str
    about: tuple[str, ...] = ()
    who: str = ""
    commit: Commit | None = None
    applied: Run | None = None
    evidence: str = ""
    request: str = ""
    change: str = ""
    gone: bool = False

    def is_about(self, subject: str) -> bool:
        """Whether it is about this user, account or task, in whatever case."""
        return subject.casefold() in (each.casefold() for each in self.about)


def time_in(evidence: str) -> str:
    """When: `POST ...: 200 at 2026-11-28T10:30:19Z` and `2026-11-20, by A. Admin` both say it."""
    if found := _TIME.search(evidence):
        return found[1]
    day = _DAY.search(evidence)
    return day[0] if day else ""


def request_in(evidence: str) -> str:
    """T4's id of the request; "" where the evidence has none."""
    found = _REQUEST.search(evidence)
    return found[1] if found else ""


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """By time. What was asked for comes before what came of it on the same day."""
    order: tuple[Kind, ...] = ("asked", "run", "opened", "shown", "contradicted", "signed off", "withdrawn")
    unique = dict.fromkeys(events)
    return tuple(sorted(unique, key=lambda each: (sortable(each.at), order.index(each.kind), each.what)))


def sortable(at: str) -> str:
    """A time or a day, so that both sort: in UTC, as the engine, git and T4 write it here."""
    return at.replace("Z", "+00:00")[:19].ljust(19, "0")


def run_during(at: str, runs: Iterable[Run]) -> Run | None:
    """The run that went on at this time, with a second to spare on either side."""
    if len(at) < 19:
        return None
    moment = sortable(at)
    return next((run for run in runs if sortable(run.at) <= moment <= _later(run.ended)), None)


def _later(at: str) -> str:
    return (datetime.fromisoformat(sortable(at)) + timedelta(seconds=1)).isoformat()
