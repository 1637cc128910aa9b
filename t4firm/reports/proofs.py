"""What the firm's set-up rests on, fact by fact: T4 showed it, a person signed for it, or nobody did.

A fact is a sentence about a user or an account. Its evidence is what the state records
(t4firm/evidence.py): a newer look at T4 that changed nothing is not recorded, so that a refresh which finds
everything as it was leaves the state as it is.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from t4firm.reports.facts import fact
from t4firm.yaml_files.mistakes import counted as number

Source = Literal["proved", "signed off", "not shown"]
SOURCES: tuple[Source, ...] = ("proved", "signed off", "not shown")

SOCKET = "read over T4's WebSocket"
"""How evidence begins that a login over the WebSocket showed."""


@dataclass(frozen=True, order=True)
class Proof:
    """`about`: the user or the account. `evidence`: T4's answer or read, or the line of the attested file; of
    a fact that is not shown the tasks that settle it, "" where there is none, with `why` and the
    `remedy` (parts of a sentence)."""

    about: str
    fact: str
    source: Source
    evidence: str = ""
    why: str = ""
    remedy: str = ""

    @property
    def words(self) -> str:
        """The fact as a line of a list: who shows it; or why nobody does, and what would."""
        said = f"{self.about} {self.fact}"
        if self.source == "not shown":
            return f"{said}: not shown. Why: {self.why}. To see it: {self.remedy}"
        return f"{said}: {self.source} ({self.shortly})"

    @property
    def shortly(self) -> str:
        """By what or by whom, and when: `T4's WebSocket, 2026-11-28`, `A. Admin, 2026-11-20`."""
        if self.source == "not shown":
            return self.evidence
        by = "T4's WebSocket" if SOCKET in self.evidence else "T4's answer"
        shown = fact(self.fact, "plain", self.evidence, by)
        return ", ".join(filter(None, (shown.by, shown.since)))


def unproved(proofs: Iterable[Proof]) -> list[Proof]:
    """The facts that nobody has shown, and then those that only a person has signed off."""
    return sorted(
        (proof for proof in proofs if proof.source != "proved"),
        key=lambda proof: (-SOURCES.index(proof.source), proof),
    )


def counts(proofs: Iterable[Proof]) -> dict[Source, int]:
    """How many facts each has shown."""
    found = Counter(proof.source for proof in proofs)
    return {source: found[source] for source in SOURCES}


def counted(found: dict[Source, int]) -> str:
    """`14 facts proved by T4, 2 signed off, 1 not shown`."""
    proved, signed, unshown = (found[source] for source in SOURCES)
    facts = number(proved, "fact")
    return f"{facts} proved by T4, {signed:,} signed off, {unshown:,} not shown"
