"""The files of a stack as commits have them, and what each says otherwise than the one before."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from t4firm.history.file_changes import (
    ENTRIES,
    FileChange,
    attested_changes,
    firm_changes,
    part_of,
    unreadable,
)
from t4firm.history.whole_entries import folded
from t4firm.loading.attested_file import ATTESTED
from t4firm.yaml_files.document import FileError, read_on
from t4firm_cli.project.git import git, text_of

LINK: Final = "120000"
"""The mode of a symbolic link in git."""

MOST_LINKS: Final = 5


class Unreadable(Exception):
    """There is a version, and nobody can read what it says; a sentence."""


@dataclass(frozen=True)
class Versions:
    """Files as commits have them. They hold personal details, so each is there only while it is read, in a
    folder of this user's alone. `prefix`: the project's folder in its repository; `older`: how each file was
    called before; `is_cut`: git's history does not begin with the first commit here."""

    repository: Path
    prefix: str
    folder: Path
    older: Mapping[str, Sequence[str]]
    is_cut: bool = False

    def changes(self, parents: Sequence[str], commit: str, names: Sequence[str]) -> tuple[FileChange, ...]:
        """What a commit says otherwise than each of its parents. A version that cannot be read is skipped:
        what it changed is told of the next one that can be."""
        first, *others = [[*self._since(parent, commit, names)] for parent in parents or ("",)]
        also = [{change.key for change in found} for found in others]
        return folded(change for change in first if all(change.key in keys for keys in also))

    def _since(self, parent: str, commit: str, names: Sequence[str]) -> Iterator[FileChange]:
        for name in names:
            try:
                after = self._whole(commit, name)
            except Unreadable as error:
                yield unreadable(name, str(error))
                continue
            before = self._last_readable(parent, name)
            if before is None or before == after:
                continue
            if name.endswith(ATTESTED):
                yield from attested_changes(_lines(before), _lines(after))
            else:
                yield from firm_changes(before, after)

    def _last_readable(self, commit: str, name: str) -> Mapping[str, Any] | None:
        """The file as a commit has it, or as the last one before it has it that can be read. None where that
        would be one that git does not have here."""
        try:
            return self._whole(commit, name)
        except Unreadable:
            pass
        listed = text_of(git(self.repository, "rev-list", "--first-parent", commit)).split()
        for earlier in listed[1:]:
            try:
                return self._whole(earlier, name)
            except Unreadable:
                continue
        return None if self.is_cut else {}

    def _whole(self, commit: str, name: str) -> Mapping[str, Any]:
        """What a file says together with those that it includes: an entry that moves to another file has not
        left."""
        data = self._data(commit, name) or {}
        included = data.get("include")
        if included is None:
            return data
        if not isinstance(included, list):
            raise Unreadable("include is no list")
        whole = {key: value for key, value in data.items() if key != "include"}
        for each in included:
            other = os.path.normpath(os.path.join(os.path.dirname(name), str(each)))
            found = self._data(commit, other)
            if found is None:
                raise Unreadable(f"it includes {other}, which is not there")
            whole |= {part: {**part_of(whole, part), **part_of(found, part)} for part in ENTRIES}
        return whole

    def _data(self, commit: str, name: str) -> Mapping[str, Any] | None:
        """What a file says; None where there was none. Raises Unreadable."""
        names = (name, *self.older.get(name, ())) if commit else ()
        content = next((found for each in names if (found := self._content(commit, each)) is not None), None)
        if content is None:
            return None
        file = self.folder / "version.yaml"
        file.write_bytes(content)
        try:
            list_as = "attested" if name.endswith(ATTESTED) else None
            data = read_on(file, list_as=list_as)[0].data
        except FileError as error:
            first = error.mistakes[0]
            raise Unreadable(f"{f'line {first.line}: ' if first.line else ''}{first.wrong}") from None
        finally:
            file.unlink()
        if odd := [part for part in ENTRIES if not isinstance(data.get(part) or {}, Mapping)]:
            raise Unreadable(f"{odd[0]} is no group of entries")
        if not isinstance(data.get("attested") or [], list):
            raise Unreadable("attested is no list")
        return data

    def _content(self, commit: str, name: str, links: int = 0) -> bytes | None:
        """A file as a commit has it, through links; None where it has none. Raises Unreadable."""
        place = os.path.normpath(self.prefix + name)
        listed = git(self.repository, "ls-tree", "-z", "--full-tree", commit, "--", place)
        if listed.returncode:
            raise Unreadable("git does not have the folder of this version here")
        if not listed.stdout:
            return None
        mode, _, rest = text_of(listed).partition(" ")
        blob = git(self.repository, "cat-file", "blob", rest.partition("\t")[0].rpartition(" ")[2])
        if blob.returncode:
            raise Unreadable("git does not have the content of this version here")
        if mode != LINK:
            return blob.stdout
        target = os.path.join(os.path.dirname(name), os.fsdecode(blob.stdout))
        inside = os.path.normpath(self.prefix + target)
        if links == MOST_LINKS or os.path.isabs(target) or inside.startswith(os.pardir):
            raise Unreadable("it is a link to a file that git does not have")
        return self._content(commit, os.path.normpath(target), links + 1)


def _lines(data: Mapping[str, Any]) -> list[Any]:
    return data.get("attested") or []
