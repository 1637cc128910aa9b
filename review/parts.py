"""Parts of a comment, and how a comment that is too long for its host is cut.

A host refuses a comment above its limit as a whole, so the tool cuts, and says what it cut: rows at the end
of the least important parts first. The top (marker, headline, refusals) is always there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LIMIT = 65_536
"""Characters of a comment on GitHub. Counted in bytes of UTF-8, which are never fewer."""

LEAST = 4_000
"""Below, not even the top has its place."""


@dataclass(frozen=True)
class Part:
    """A part of a comment: its title, lines before the rows, the rows, and lines after them. `what`: the rows
    in words, for the line that says how many were cut. `folded`: under a title that opens."""

    title: str
    rows: tuple[str, ...]
    what: str
    before: tuple[str, ...] = ()
    folded: bool = False

    def text(self, rows: int) -> str:
        """The part with its first `rows` rows."""
        kept = list(self.rows[:rows])
        cut = len(self.rows) - rows
        note = [f"*… and {cut} more {self.what}: the comment would be too long for its host.*"] if cut else []
        # a table must not have the note as its last row
        lines = [*self.before, *kept, *(["", *note] if note else [])]
        if self.folded:
            return "\n".join(
                [f"<details><summary>{self.title} ({len(self.rows)})</summary>", "", *lines, "", "</details>"]
            )
        return "\n".join([f"### {self.title}", "", *lines])


def joined(top: str, parts: Sequence[Part], bottom: str, limit: int) -> str:
    """The whole comment, within `limit`: what is not there has been cut from the end of the later parts."""
    rows = [len(part.rows) for part in parts]
    if _size(_assembled(top, parts, rows, bottom)) > limit:
        rows = [0] * len(parts)
        for at in range(len(parts)):
            rows[at] = _most(top, parts, rows, at, bottom, limit)
    return _assembled(top, parts, rows, bottom)


def _most(top: str, parts: Sequence[Part], rows: list[int], at: int, bottom: str, limit: int) -> int:
    """How many rows of one part fit, with those that earlier parts have already."""
    low, high = 0, len(parts[at].rows)
    while low < high:
        middle = (low + high + 1) // 2
        tried = [*rows[:at], middle, *rows[at + 1 :]]
        if _size(_assembled(top, parts, tried, bottom)) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _assembled(top: str, parts: Sequence[Part], rows: Sequence[int], bottom: str) -> str:
    texts = (part.text(count) for part, count in zip(parts, rows, strict=True) if part.rows)
    return "\n\n".join(filter(None, [top, *texts, bottom])) + "\n"


def _size(text: str) -> int:
    return len(text.encode())
