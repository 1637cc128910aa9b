"""Files that a command makes, a report or a list: whatever was there before is replaced.

    keep(path, text)                # raises NotWritten

Written whole or not at all, where the folder lets a new file take the old one's place. Else written as any
program does it, in place: one file mounted into a container, a writable file in a folder that is not. So is a
file that would not stay its group's.
"""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from t4firm.yaml_files.atomic_files import NotWritten, Refused, file_of, locked, write

IN_PLACE: Final = {errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS}
"""What the system says where a new file cannot be made, or cannot take the place: the old one may be
writable all the same."""


def keep(path: Path, text: str, *, private: bool = False) -> None:
    """Write what a command makes; into a pipe or a device as it comes. `private`: for this user alone, and
    never into a file that others may read. Raises NotWritten."""
    content = text.encode()
    if _is_no_file(path):
        _write_into(path, content)
        return
    try:
        with locked(path):
            write(path, content, private=private)
    except Refused as refused:
        if refused.number not in IN_PLACE:
            raise
        if private and not _is_private(file_of(path)):
            raise NotWritten(f"{refused}. Only a file that others cannot read is written in place") from None
        _write_into(path, content)


def _is_no_file(path: Path) -> bool:
    """Also /dev/stdout, whatever the shell made of it; the files in /dev/shm are files."""
    parts = path.absolute().parts
    if parts[:2] in (("/", "dev"), ("/", "proc")) and parts[:3] != ("/", "dev", "shm"):
        return True
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:  # nothing is there, or nobody can tell
        return False


def _is_private(file: Path) -> bool:
    """Whether it is there, and for this user alone: a new one would be as this user makes files."""
    try:
        about = file.stat()
    except OSError:
        return False
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _write_into(path: Path, content: bytes) -> None:
    try:
        opened = path.open("wb", buffering=0)
    except OSError as error:
        raise Refused(path, error) from None
    try:
        with opened:
            left = memoryview(content)
            while left:
                left = left[opened.write(left) :]
    except OSError as error:
        raise NotWritten(f"{path}: writing failed: {error.strerror}. It may hold a part only") from None
