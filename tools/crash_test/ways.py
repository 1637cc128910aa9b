"""How the rounds of a test are run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Size:
    """How large a made-up firm is at most, and how often its runs are killed."""

    traders: int
    accounts: int  # of one trader
    kills: int  # in a round; then a run is left alone
    latency: float  # of one call, in seconds


LARGE: Final = Size(traders=8, accounts=3, kills=5, latency=0.3)
SMALL: Final = Size(traders=3, accounts=2, kills=3, latency=0.1)
"""For every change of the code: a round takes 10 s of processor time."""


@dataclass(frozen=True)
class Ways:
    """What is left to a run of what the one before it did.

    skip_checkpoints   the engine writes its state at the end only
    delete_journal     a new runner each time: no journal
    no_login           no login is configured that could prove whose user it is
    """

    skip_checkpoints: bool = False
    delete_journal: bool = False
    no_login: bool = False
    size: Size = LARGE

    def __str__(self) -> str:
        words = ["checkpoints skipped"] * self.skip_checkpoints
        words += ["journal deleted"] * self.delete_journal
        words += ["no login"] * self.no_login
        return ", ".join(words) or "checkpoints, journal and login"

    def repeated(self, seed: str, number: int) -> str:
        """The command that plays one round again."""
        words = [f"make crash-test SEED={seed} ONLY={number}"]
        words += ["SIZE=small"] * (self.size == SMALL)
        words += ["CHECKPOINTS=skip"] * self.skip_checkpoints
        words += ["JOURNAL=delete"] * self.delete_journal
        words += ["LOGIN=none"] * self.no_login
        return " ".join(words)
