"""Files that people edit or keep: written whole or not at all, and the former only over what was seen.

    seen = Seen.of(path)            # read, shown to somebody
    write_over({seen: new})         # raises NotWritten where somebody else saved it meanwhile
    change(path, edit)              # read, changed and written in one go
    keep(path, text)                # a report: whatever was there before

A link stays a link: the file that it names is written. Several files are written one after the other: where
one fails, those before it are put back; only a death between two leaves some written, each of them whole.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


class NotWritten(Exception):
    """A file could not be written, and is as it was; a sentence."""


class _Refused(NotWritten):
    """The system does not let us write it, and nothing of anything is written yet."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path} cannot be written: {error.strerror}")


@dataclass(frozen=True)
class Seen:
    """A file as it was when somebody looked. `content`: None where there was none."""

    path: Path
    content: bytes | None

    @classmethod
    def of(cls, path: Path) -> Seen:
        """The file as it is now."""
        return cls(path, path.read_bytes() if path.exists() else None)

    @property
    def file(self) -> Path:
        """The file itself, through links. Raises NotWritten for links that lead in a circle."""
        try:
            return self.path.resolve()
        except (OSError, RuntimeError):
            raise NotWritten(f"{self.path} is a link that leads to no file. Nothing was written") from None


def write_over(changes: Mapping[Seen, bytes]) -> None:
    """Write all of the files, where each still is as it was seen. Raises NotWritten."""
    with _nothing_written(), _locked(*changes), ExitStack() as scratch:
        for seen in changes:
            if Seen.of(seen.path) != seen:
                raise NotWritten(
                    f"{seen.path.name} was changed by somebody else meanwhile. Nothing was written: look at "
                    "the file, and call the command again"
                )
        ready = [
            (scratch.enter_context(_written_beside(seen, content)), seen) for seen, content in changes.items()
        ]
        written: list[Seen] = []
        for new, seen in ready:
            try:
                new.replace(seen.file)
            except OSError as error:
                raise NotWritten(_not_replaced(seen, error, _put_back(written))) from None
            written.append(seen)


def change(path: Path, edit: Callable[[bytes | None], bytes]) -> None:
    """Write what `edit` makes of a file's content. Two commands that do so at the same time do it one after
    the other. Raises NotWritten, and what `edit` raises."""
    with _nothing_written(), _locked(Seen(path, None)):
        seen = Seen.of(path)
        _write(seen, edit(seen.content))


def keep(path: Path, text: str, *, private: bool = False) -> None:
    """Write what a command makes, whatever was there before; into a pipe or a device as it comes. `private`:
    for this user alone. Raises NotWritten."""
    if path.absolute().parts[:2] in (("/", "dev"), ("/", "proc")) or (path.exists() and not path.is_file()):
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise _Refused(path, error) from None
    else:
        whatever = Seen(path, None)
        with _locked(whatever):
            _write(whatever, text.encode(), private=private)


def _write(seen: Seen, content: bytes, *, private: bool = False) -> None:
    with _written_beside(seen, content, private=private) as new:
        try:
            new.replace(seen.file)
        except OSError as error:
            raise NotWritten(_not_replaced(seen, error, [])) from None


@contextmanager
def _nothing_written() -> Iterator[None]:
    """Says so of files that are written together, or that hold more than what is written."""
    try:
        yield
    except _Refused as error:
        raise NotWritten(f"{error}. Nothing was written") from None


def _put_back(written: list[Seen]) -> list[str]:
    """Undo what was written before another file failed; the names of those where that failed too."""
    left = []
    for seen in written:
        try:
            if seen.content is None:
                seen.file.unlink()
            else:
                with _written_beside(seen, seen.content) as old:
                    old.replace(seen.file)
        except (OSError, NotWritten):
            left.append(seen.path.name)
    return left


def _not_replaced(seen: Seen, error: OSError, left: list[str]) -> str:
    what = f"{seen.path} cannot be written: {error.strerror}."
    if left:
        return f"{what} It is as it was, but {' and '.join(left)} could not be put back: look at them"
    return f"{what} Nothing was changed"


@contextmanager
def _written_beside(seen: Seen, content: bytes, *, private: bool = False) -> Iterator[Path]:
    """The new content in a file of its own, in the same folder and with the same rights, or for this user
    alone. Whoever dies now leaves it there (.gitignore)."""
    file = seen.file
    try:
        if file.exists() and not os.access(file, os.W_OK):
            raise PermissionError(errno.EACCES, "it may only be read")
        if file.exists() and file.stat().st_nlink > 1:
            raise OSError(errno.EMLINK, "it has a second name (a hard link), which would keep the old text")
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".new", dir=file.parent)
    except OSError as error:
        raise _Refused(seen.path, error) from None
    new = Path(name)
    try:
        try:
            with os.fdopen(handle, "wb") as opened:
                if not private:  # as it is made
                    _as_before(opened.fileno(), file)
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
        except OSError as error:
            raise _Refused(seen.path, error) from None
        yield new
    finally:
        new.unlink(missing_ok=True)


def _as_before(descriptor: int, file: Path) -> None:
    """Rights and group of the file that is replaced; of a new one, as this user makes files."""
    if not file.exists():
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, 0o666 & ~mask)
        return
    about = file.stat()
    if os.fstat(descriptor).st_gid != about.st_gid:  # else its rights would be another group's
        try:
            os.fchown(descriptor, -1, about.st_gid)
        except PermissionError:
            raise PermissionError(errno.EPERM, "it would no longer belong to its group") from None
    with suppress(PermissionError):  # of somebody else: then it is ours from now on
        os.fchown(descriptor, about.st_uid, -1)
    os.fchmod(descriptor, stat.S_IMODE(about.st_mode))


@contextmanager
def _locked(*files: Seen) -> Iterator[None]:
    """While it lasts, no other command writes files of their folders in this way."""
    folders = {seen.file.parent: seen.path for seen in files}
    with ExitStack() as held:
        for folder, path in sorted(folders.items()):
            try:
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            except OSError as error:
                raise _Refused(path, error) from None
            held.callback(os.close, descriptor)
            with suppress(OSError):  # a network's file system may have no locks for folders
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            held.callback(_kept, descriptor)
        yield


def _kept(folder: int) -> None:
    """What was written there survives a loss of power."""
    with suppress(OSError):  # some file systems sync no folders
        os.fsync(folder)
