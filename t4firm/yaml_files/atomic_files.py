"""How a file is written whole or not at all: the new text is written beside it, and then takes its place.

    with locked(path):               # no other command writes in this folder meanwhile
        write(path, content)         # raises NotWritten
        with written_beside(path, content) as new:  # the same in two steps, for several files together
            new.replace(file_of(path))

A link stays a link: the file that it names is written.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


class NotWritten(Exception):
    """A file could not be written; a sentence. It is as it was, unless the sentence says otherwise."""


class Refused(NotWritten):
    """The system does not let us write it, for the reason `number` (`errno`), and nothing is written yet."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(f"{path} cannot be written: {error.strerror}")
        self.number = error.errno


def file_of(path: Path) -> Path:
    """The file itself, through links. Raises NotWritten for links that lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        raise NotWritten(f"{path} is a link that leads to no file. Nothing was written") from None


def write(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write the file, as `written_beside` makes it. Raises Refused, NotWritten."""
    with written_beside(path, content, private=private) as new:
        try:
            new.replace(file_of(path))
        except OSError as error:
            raise Refused(path, error) from None


@contextmanager
def written_beside(path: Path, content: bytes, *, private: bool = False) -> Iterator[Path]:
    """The new content in a file of its own, in the same folder and with the same rights, or for this user
    alone. Whoever dies now leaves it there (.gitignore). Raises Refused, NotWritten."""
    file = file_of(path)
    try:
        if file.exists() and not os.access(file, os.W_OK):
            raise PermissionError(errno.EACCES, "it may only be read")
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".new", dir=file.parent)
    except OSError as error:
        raise Refused(path, error) from None
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
            raise Refused(path, error) from None
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
        except OSError:  # EPERM; EINVAL for a group that has no number in this container
            raise PermissionError(errno.EPERM, "it would no longer belong to its group") from None
    with suppress(OSError):  # of somebody else: then it is ours from now on
        os.fchown(descriptor, about.st_uid, -1)
    os.fchmod(descriptor, stat.S_IMODE(about.st_mode))


@contextmanager
def locked(*paths: Path) -> Iterator[None]:
    """While it lasts, no other command writes files of their folders in this way. Raises Refused,
    NotWritten."""
    folders = {file_of(path).parent: path for path in paths}
    with ExitStack() as held:
        for folder, path in sorted(folders.items()):
            try:
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            except OSError as error:
                raise Refused(path, error) from None
            held.callback(os.close, descriptor)
            with suppress(OSError):  # a network's file system may have no locks for folders
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            held.callback(_kept, descriptor)
        yield


def _kept(folder: int) -> None:
    """What was written there survives a loss of power."""
    with suppress(OSError):  # some file systems sync no folders
        os.fsync(folder)
