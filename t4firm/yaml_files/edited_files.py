"""Files that people edit: written whole or not at all, and only over what was seen.

    seen = Seen.of(path)            # read, shown to somebody
    write_over({seen: new})         # raises NotWritten where somebody else saved it meanwhile
    change(path, edit)              # read, changed and written in one go

Several files are written one after the other: where one fails, those before it are put back; only a death
between two leaves some written, each of them whole. A file is also left where the change would not reach all
who use it: where it has a second name, or could not stay its group's.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from t4firm.yaml_files.atomic_files import NotWritten, Refused, file_of, locked, write, written_beside


@dataclass(frozen=True)
class Seen:
    """A file as it was when somebody looked. `content`: None where there was none."""

    path: Path
    content: bytes | None

    @classmethod
    def of(cls, path: Path) -> Seen:
        """The file as it is now."""
        return cls(path, path.read_bytes() if path.exists() else None)


def write_over(changes: Mapping[Seen, bytes]) -> None:
    """Write all of the files, where each still is as it was seen. Raises NotWritten."""
    with _to_write(*(seen.path for seen in changes)), ExitStack() as scratch:
        for seen in changes:
            if Seen.of(seen.path) != seen:
                raise NotWritten(
                    f"{seen.path.name} was changed by somebody else meanwhile. Nothing was written: look at "
                    "the file, and call the command again"
                )
        ready = [
            (scratch.enter_context(written_beside(seen.path, content)), seen)
            for seen, content in changes.items()
        ]
        written: list[Seen] = []
        for new, seen in ready:
            try:
                new.replace(file_of(seen.path))
            except OSError as error:
                raise NotWritten(_not_replaced(seen, error, _put_back(written))) from None
            written.append(seen)


def change(path: Path, edit: Callable[[bytes | None], bytes]) -> None:
    """Write what `edit` makes of a file's content. Two commands that do so at the same time do it one after
    the other. Raises NotWritten, and what `edit` raises."""
    with _to_write(path):
        write(path, edit(Seen.of(path).content))


@contextmanager
def _to_write(*paths: Path) -> Iterator[None]:
    """Locked, and each with one name only. A refusal says that nothing is written, of any of them."""
    try:
        with locked(*paths):
            for path in paths:
                if path.exists() and path.stat().st_nlink > 1:
                    second = "it has a second name (a hard link), which would keep the old text"
                    raise Refused(path, OSError(errno.EMLINK, second))
            yield
    except Refused as error:
        raise NotWritten(f"{error}. Nothing was written") from None


def _put_back(written: list[Seen]) -> list[str]:
    """Undo what was written before another file failed; the names of those where that failed too."""
    left = []
    for seen in written:
        try:
            if seen.content is None:
                file_of(seen.path).unlink()
            else:
                write(seen.path, seen.content)
        except (OSError, NotWritten):
            left.append(seen.path.name)
    return left


def _not_replaced(seen: Seen, error: OSError, left: list[str]) -> str:
    what = f"{seen.path} cannot be written: {error.strerror}."
    if left:
        return f"{what} It is unchanged, but {' and '.join(left)} could not be put back: look at them"
    return f"{what} Nothing was changed"
