"""One fact about a firm: who says so, and since when.

fact("in T4", "good", "2026-11-20, by A. Admin")    # Fact(..., by="A. Admin", since="2026-11-20")
"""

import re
from dataclasses import dataclass
from typing import Literal

from t4firm.reports.hidden import Hidden

Tone = Literal["good", "open", "bad", "unknown", "plain"]
"""How a fact is to be taken: as it should be; somebody has something to do; it breaks a rule or differs from
the file; nobody can see it; none of these."""

T4, SENT, FILE, STATE = "T4", "sent to T4", "firm file", "last run"
"""Who says something, where it is no person: T4's own answer; T4's answer to the request with which it was
sent, and no answer shows it; only the firm file; the engine's state, because the run that recorded it kept no
answer."""

_SIGNED = re.compile(r"(\d{4}-\d{2}-\d{2}), by (.+)", re.DOTALL)
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Fact:
    """One fact. `by`: who says so ("" where nobody does); `since`: the day ("" where it is not known);
    `evidence`: the answer or sign-off in full; `tasks`: what is to be done about it; `unseen`: what of it
    nobody can see."""

    text: str
    tone: Tone = "plain"
    by: str = ""
    since: str = ""
    evidence: str = ""
    tasks: tuple[str, ...] = ()
    unseen: tuple[Hidden, ...] = ()

    @property
    def is_signed_off(self) -> bool:
        """Whether a person says so, and nobody else."""
        return bool(_SIGNED.fullmatch(self.evidence))


def fact(text: str, tone: Tone, evidence: str, by: str = T4) -> Fact:
    """A fact with its evidence: who said it and when stands in there. `by`: who, where it is no sign-off;
    an evidence without a day is no answer of anybody's."""
    if signed := _SIGNED.fullmatch(evidence):
        return Fact(text, tone, signed[2], signed[1], evidence)
    day = _DAY.search(evidence)
    if day is None:
        return Fact(text, tone, STATE if evidence else "", evidence=evidence)
    return Fact(text, tone, by, day[0], evidence)
