"""What of a file could not be read, and which findings it puts in doubt.

A mistake in one entry must not bring up others that are none, and must not hide those that are: a finding is
left out only where the field that it is about, or one that it follows from, could not be read.

    unread.is_among(("users.accounts",))                a search of all lists is in doubt if one is unread
    unread.leaves_open(finding, ("users.accounts",))    what follows from one list only if that is unread
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from t4firm.rules.context import Finding, Loc

ENTRIES: tuple[Loc, ...] = (("users",), ("accounts",), ("accepted",), ("templates", "users"))
"""Groups whose names are those of entries, and no fields."""

DEEP: tuple[Loc, ...] = (("fillService", "user"), ("defaults", "user"), ("defaults", "account"))
"""Groups inside a group that rules look into."""


def field_of(loc: Loc) -> tuple[str, str]:
    """The field at a path as rules name it, and the entry it is in: ("users.accounts", "trader.a"). Where
    there are no entries, the top group serves for one."""
    for group in ENTRIES:
        if loc[: len(group)] == group and len(loc) > len(group):
            rest = loc[len(group) + 1 :][:1]
            return ".".join(map(str, (*group, *rest))), str(loc[len(group)])
    depth = 3 if loc[:2] in DEEP else 2
    return ".".join(map(str, loc[:depth])), str(loc[0])


@dataclass(frozen=True)
class Unread:
    """`merged`: paths of the merged data that could not be read; `written`: the same in the file, where one
    default is in many entries; `place`: where in the file a path of a finding is."""

    merged: Collection[Loc] = ()
    written: Collection[Loc] = ()
    place: Callable[[Loc], Loc] = lambda loc: loc
    _fields: dict[str, set[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for loc in self.merged:
            name, entry = field_of(loc)
            self._fields.setdefault(name, set()).add(entry)

    def is_among(self, fields: Iterable[str]) -> bool:
        """Whether one of these fields, of whatever entry, could not be read."""
        return any(self._entries(name) for name in fields)

    def leaves_open(self, finding: Finding, reads: Iterable[str]) -> bool:
        """Whether a finding may be none. `reads`: the fields that it follows from, of the entries that it is
        about."""
        if not self.merged:
            return False
        loc, about = self.place(finding.loc), {field_of(finding.loc)[1], *finding.about}
        return any(_holds(loc, other) for other in self.written) or any(
            about & self._entries(name) for name in reads
        )

    def _entries(self, name: str) -> set[str]:
        """The entries in which a field, or what holds it, could not be read."""
        parts = name.split(".")
        return set().union(
            *(self._fields.get(".".join(parts[:length]), ()) for length in range(1, len(parts) + 1))
        )


ALL_READ = Unread()


def _holds(loc: Loc, other: Loc) -> bool:
    """Whether one of two places in a file holds the other: an unread one that of the finding, or the field of
    the finding an unread part of it. An entry as a whole stands by its name alone."""
    if loc[: len(other)] == other:
        return True
    is_entry = any(len(loc) <= len(group) + 1 and loc[: len(group)] == group for group in ENTRIES)
    return not is_entry and other[: len(loc)] == loc
