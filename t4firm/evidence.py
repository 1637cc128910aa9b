"""What counts as evidence, and for what (docs/evidence.md). Rules without network: who looked, and at what,
the providers know.

What was looked for in T4 is one of three things, and nothing can mistake one for another::

    match lookups.user(user_id, username):
        case Seen(user, evidence): ...  # T4 shows it
        case Gone(evidence): ...        # a complete list, a 404, and a read that works for others
        case NotSeen(why): ...          # no evidence of anything

A sign-off counts for a task as it was asked when the line came::

    doubt("2026-11-20, by A. Admin", Asked(at="2026-11-21T09:00:00.000+00:00"))  # why it does not count
    doubt("2026-11-21, by A. Admin", Asked(at="2026-11-21T09:00:00.000+00:00"))  # "": it counts
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Literal, TypeVar
from unicodedata import normalize

T = TypeVar("T")

WESTERNMOST = timedelta(hours=12)
"""How long a day lasts somewhere on earth after it has ended in UTC."""


@dataclass(frozen=True)
class Seen(Generic[T]):
    """What T4 showed, and which call showed it, and when."""

    value: T
    evidence: str


@dataclass(frozen=True)
class Gone:
    """T4 has it no longer, as `search` defines it; the calls that established that."""

    evidence: str


@dataclass(frozen=True)
class NotSeen:
    """T4 did not show it, which is evidence of nothing. `why`: a sentence about what was tried in vain; ""
    where no operation could be asked."""

    why: str = ""


@dataclass(frozen=True)
class Search:
    """Where one user or account was looked for in vain: each a call and its answer in words, "" where there
    was none.

    `listed`: a list that lacks it; `complete`: whether that list says that it is complete; `not_found`: a
    read of it that T4 answered with 404; `other_shown`: the same read of another one, which T4 showed.
    """

    listed: str = ""
    complete: bool = False
    not_found: str = ""
    other_shown: str = ""

    @property
    def result(self) -> Gone | NotSeen:
        """Gone only where all three agree; any one of them alone is a list that broke off, a wrong path, or
        somebody who may not see it."""
        if self.listed and self.complete and self.not_found and self.other_shown:
            return Gone(
                f"gone: it is not in the complete list ({self.listed}), and T4 did not find it "
                f"({self.not_found}) with a read that shows others ({self.other_shown})"
            )
        return self.in_vain

    @property
    def in_vain(self) -> NotSeen:
        """That it was looked for and not shown, which is evidence of nothing."""
        return NotSeen(" ".join(self._reasons()))

    def _reasons(self) -> list[str]:
        reasons = []
        if self.listed:
            partly = "" if self.complete else ", and that list does not say that it is complete"
            reasons.append(f"It is not in T4's list ({self.listed}){partly}.")
        if self.not_found:
            alone = "" if self.other_shown else ", and found nobody else that way: is the path right?"
            reasons.append(f"T4 did not find it ({self.not_found}){alone or '.'}")
        return reasons


def same_but_for_form(one: str, other: str) -> bool:
    """Whether two texts have the same letters and digits in the same order, whatever stands between them, in
    whatever case: "555-123-4567" and "(555) 123 4567". T4 may keep a text in a form of its own."""
    return bool(_letters(one)) and _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return "".join(character for character in normalize("NFKC", text).casefold() if character.isalnum())


Because = Literal["opened", "created", "value", "shown", "accepted", "withdrawn"]
"""Why a task is asked: it was opened; this stack created what it is about; the firm file wants another value;
T4 showed that it is not done; the firm file no longer accepts that it is not done; its sign-off was taken out
of the attested file."""

WHEN: Mapping[Because, str] = {
    "opened": "the task was opened",
    "created": "this stack created what the task is about",
    "value": "the firm file changed what the task asks for",
    "shown": "T4 showed that it is not done",
    "accepted": "the firm file stopped accepting that it is not done",
    "withdrawn": "the line that had closed the task was removed from the attested file",
}

REPLACE_IT = (
    "If the task is done now, replace the line: write as `on` the day on which somebody did it or saw that "
    "it is done. If that is the day of the old line, write another `note`"
)
"""What to write instead of a sign-off that does not count."""


@dataclass(frozen=True)
class Asked:
    """A task as it is asked. `at`: since when (ISO 8601, UTC); `because`: why since then; `stood`: the line
    that was in the attested file at that time, or had closed the task before, "" for none; `adopted`: what
    the task is about is older than the task, and was adopted when the task was opened."""

    at: str
    because: Because = "opened"
    stood: str = ""
    adopted: bool = False


def doubt(line: str, asked: Asked) -> str:
    """Why this sign-off does not count for the task, in words; "" where it counts.

    `line` begins with the day that the signer wrote: a day of the signer's calendar, while `asked.at` is a
    time in UTC. So the day before counts too, as long as it was still that day somewhere on earth.
    """
    signed, at = line[:10], datetime.fromisoformat(asked.at)
    when = f"{at.date().isoformat()}, when {WHEN[asked.because]}"
    if line == asked.stood:
        return f"it was already in the file on {when}"
    is_old = signed < (at - WESTERNMOST).date().isoformat()
    if is_old and not (asked.adopted and asked.because == "opened"):
        return f"its day is before {when}"
    return ""


def doubted(line: str, reason: str) -> str:
    """What is said of a sign-off that does not count."""
    return f"{line}, does not count: {reason}. {REPLACE_IT}"
