"""Parts of a comment, and how a comment that is too long for its host is cut.

A host refuses a comment above its limit as a whole, so the tool cuts, and says what it cut: rows at the end
of the least important parts first. A row that is too long for what is left hides none of the rows after it.
The top (marker and headline) is always there.
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

    def text(self, kept: Sequence[str]) -> str:
        """The part with those of its rows that are kept."""
        cut = len(self.rows) - len(kept)
        note = [f"*… and {cut} more {self.what}: the comment would be too long for its host.*"] if cut else []
        # a table must not have the note as its last row
        lines = [*self.before, *kept, *(["", *note] if note else [])]
        if self.folded:
            return "\n".join(
                [f"<details><summary>{self.title} ({len(self.rows)})</summary>", "", *lines, "", "</details>"]
            )
        return "\n".join([f"### {self.title}", "", *lines])


def joined(top: str, parts: Sequence[Part], bottom: str, limit: int) -> str:
    """The whole comment, within `limit`: of the rows, in their order, those for which there is space."""
    whole = _assembled(top, parts, [part.rows for part in parts], bottom)
    if _size(whole) <= limit:
        return whole
    kept: list[list[str]] = [[] for _ in parts]
    left = limit - _size(_assembled(top, parts, kept, bottom))
    for part, rows in zip(parts, kept, strict=True):
        for row in part.rows:
            if _size(row) < left:
                rows.append(row)
                left -= _size(row) + 1  # its line's end
    return _assembled(top, parts, kept, bottom)


def _assembled(top: str, parts: Sequence[Part], kept: Sequence[Sequence[str]], bottom: str) -> str:
    texts = (part.text(rows) for part, rows in zip(parts, kept, strict=True) if part.rows)
    return "\n\n".join(filter(None, [top, *texts, bottom])) + "\n"


def _size(text: str) -> int:
    return len(text.encode())
