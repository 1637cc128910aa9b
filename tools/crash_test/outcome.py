"""What a round came to, and what many came to together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.crash_test.ways import Ways


@dataclass
class Outcome:
    """A round. `wrong`: sentences; `forced`: locks that only `unlock --force` took; `log`: each command
    with its output."""

    number: int
    firm: str
    kills: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    runs: int = 0
    doubled: int = 0
    stray: int = 0
    lost: int = 0
    by_hand: int = 0
    forced: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        killed = f"killed {len(self.kills)} ({', '.join(self.kills)})" if self.kills else "never killed"
        adopted = f", adopted {', '.join(self.adopted)}" if self.adopted else ""
        verdict = "fine" if not self.wrong else "WRONG: " + "; ".join(self.wrong)
        return (
            f"round {self.number:3}: {self.firm}; {killed}, {self.runs} runs{adopted}, {self.seconds:.0f} s: "
            f"{verdict}"
        )


def total(outcomes: Sequence[Outcome], seed: str, ways: Ways, seconds: float) -> str:
    """The figures of a test, and for each round that went wrong how to play it again."""

    def added(name: str) -> int:
        return sum(getattr(outcome, name) for outcome in outcomes)

    wrong = sorted(outcome.number for outcome in outcomes if outcome.wrong)
    adopted = f", {sum(len(each.adopted) for each in outcomes)} adopted" if ways.no_login else ""
    lines = [
        f"{len(outcomes)} rounds ({ways}), seed {seed}: {sum(len(each.kills) for each in outcomes)} kills in "
        f"{added('runs')} runs; {added('doubled')} doubled, {added('stray')} stray, {added('lost')} lost, "
        f"{added('by_hand')} by hand, {added('forced')} locks removed by force{adopted}; "
        f"{len(wrong)} rounds wrong; {seconds:.0f} s"
    ]
    lines += [f"again: {ways.repeated(seed, number)}" for number in wrong]
    return "\n".join(lines)
