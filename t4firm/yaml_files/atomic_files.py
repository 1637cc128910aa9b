"""Files that people edit too: written whole or not at all, and only over what was seen.

    seen = Seen.of(path)            # read, shown to somebody
    write_over({seen: new})         # raises NotWritten where somebody else saved it meanwhile
    change(path, edit)              # read, changed and written in one go

A link stays a link: the file that it names is written.
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
        """The file itself, through links."""
        return self.path.resolve()


def write_over(changes: Mapping[Seen, bytes]) -> None:
    """Write all of the files, where each still is as it was seen. Raises NotWritten."""
    with _locked({seen.file.parent for seen in changes}), ExitStack() as scratch:
        for seen in changes:
            if Seen.of(seen.path) != seen:
                raise NotWritten(
                    f"{seen.path.name} was changed by somebody else meanwhile. Nothing was written: look at "
                    "the file, and call the command again"
                )
        ready = [
            (scratch.enter_context(_written_beside(seen, content)), seen) for seen, content in changes.items()
        ]
        for new, seen in ready:
            new.replace(seen.file)


def change(path: Path, edit: Callable[[bytes | None], bytes]) -> None:
    """Write what `edit` makes of a file's content. Two commands that do so at the same time do it one after
    the other. Raises NotWritten, and what `edit` raises."""
    with _locked({path.resolve().parent}):
        seen = Seen.of(path)
        content = edit(seen.content)
        with _written_beside(seen, content) as new:
            new.replace(seen.file)


@contextmanager
def _written_beside(seen: Seen, content: bytes) -> Iterator[Path]:
    """The new content in a file of its own, in the same folder and with the same rights."""
    file = seen.file
    try:
        if file.exists() and not os.access(file, os.W_OK):
            raise PermissionError(errno.EACCES, "it may only be read")
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".new", dir=file.parent)
    except OSError as error:
        raise NotWritten(f"{seen.path} cannot be written: {error.strerror}. It is as it was") from None
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            _as_before(opened.fileno(), file)
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        yield new
    except OSError as error:
        raise NotWritten(f"{seen.path} cannot be written: {error.strerror}. It is as it was") from None
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
    with suppress(PermissionError):  # of somebody else: then it is ours from now on
        os.fchown(descriptor, about.st_uid, about.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(about.st_mode))


@contextmanager
def _locked(folders: set[Path]) -> Iterator[None]:
    """While it lasts, no other command writes files of these folders in this way."""
    with ExitStack() as held:
        for folder in sorted(folders):
            try:
                descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            except OSError as error:
                raise NotWritten(f"{folder} cannot be written: {error.strerror}. Nothing was") from None
            held.callback(os.close, descriptor)
            with suppress(OSError):  # a network's file system may have no locks for folders
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
