"""What counts as evidence, and for what (docs/evidence.md). Rules without network: who looked, and at what,
the providers know.

What was looked for in T4 is one of three things, and nothing can mistake one for another::

    match lookups.user(user_id, username):
        case Seen(user, evidence): ...  # T4 shows it
        case Gone(evidence): ...        # a complete list, a 404, and a read that works for others
        case NotSeen(why): ...          # no evidence of anything
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar
from unicodedata import normalize

T = TypeVar("T")


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
