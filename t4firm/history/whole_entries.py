"""Whoever comes or leaves is one change: told once, with what the entry says.

folded(changes)     users.dan.acme came, with accounts 70003; applications WhenTech; marketData.CME Depth
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from t4firm.history.file_changes import FileChange, Path

AS_A_WHOLE = {"came": "with", "left": "which had"}
"""Kind of a change of a whole entry -> the word before what the entry says."""


def folded(changes: Iterable[FileChange]) -> tuple[FileChange, ...]:
    """The changes that one commit made, with each field of an entry that came or left told with the entry."""
    listed = [*changes]
    whole = {each.entry: each for each in listed if each.kind in AS_A_WHOLE}
    parts: dict[Path, list[FileChange]] = {key: [] for key in whole}
    rest = [each for each in listed if each.kind not in AS_A_WHOLE]
    for each in rest:
        if _is_part(each, parts):
            parts[each.entry].append(each)
    alone = [each for each in rest if not _is_part(each, parts)]
    return (*(_with(each, parts[key]) for key, each in whole.items()), *alone)


def _is_part(change: FileChange, parts: dict[Path, list[FileChange]]) -> bool:
    return change.kind == "changed" and change.entry in parts


def _with(entry: FileChange, parts: Sequence[FileChange]) -> FileChange:
    """The change of an entry with what its fields say."""
    fields: dict[str, list[str]] = {}
    for name, value in (each.says for each in parts):
        fields.setdefault(name, []).append(value)
    if not fields:
        return entry
    said = "; ".join(f"{name} {', '.join(values)}".strip() for name, values in fields.items())
    about = dict.fromkeys(name for each in (entry, *parts) for name in each.about)
    return replace(entry, what=f"{entry.what}, {AS_A_WHOLE[entry.kind]} {said}", about=tuple(about))
