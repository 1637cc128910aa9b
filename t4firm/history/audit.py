"""All changes of a period for somebody who was not there: who came, what changed, who left, who signed what
off, what T4 answered, and everything that was out of the ordinary."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from t4firm.history.events import Event
from t4firm.history.file_changes import UNREADABLE

LET_PASS = ("exception", UNREADABLE)
"""Changes of a file at which a reviewer looks first."""


@dataclass(frozen=True)
class Section:
    """One part of an audit, in the order of time."""

    title: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Audit:
    """The changes of a firm's stack from a day to a day, both included (UTC). `incomplete`: what of them
    nobody can know here."""

    firm: str
    stack: str
    first: date
    last: date
    sections: tuple[Section, ...]
    incomplete: tuple[str, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event, once."""
        return tuple(dict.fromkeys(event for section in self.sections for event in section.events))


def audit(firm: str, stack: str, events: Iterable[Event], first: date, last: date) -> Audit:
    """The events of the period, sorted into its sections; an exception is in its own section too."""
    chosen = [event for event in events if first.isoformat() <= event.at[:10] <= last.isoformat()]
    sections = {
        "Exceptions": [event for event in chosen if is_exception(event)],
        "Came": [event for event in chosen if event.change == "came"],
        "Changed": [event for event in chosen if event.change in ("changed", *LET_PASS)],
        "Left": [event for event in chosen if event.change == "left"],
        "Signed off": [event for event in chosen if event.kind in ("signed off", "withdrawn")],
        "Tasks that were opened": [event for event in chosen if event.kind == "opened"],
        "What T4 answered": [event for event in chosen if event.kind in ("shown", "contradicted")],
        "Runs": [event for event in chosen if event.kind == "run"],
    }
    told = tuple(Section(title, tuple(found)) for title, found in sections.items())
    return Audit(firm, stack, first, last, told)


def is_exception(event: Event) -> bool:
    """Whether somebody let something pass, took a sign-off back, or ran something out of the ordinary; or T4
    contradicted a sign-off; or a version of a file cannot be read."""
    if event.kind == "run":
        return bool(event.change)
    return event.change in LET_PASS or event.kind in ("withdrawn", "contradicted")
