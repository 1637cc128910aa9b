"""`keep`, for what a command makes: a report, a list of calls."""

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from t4firm.yaml_files.atomic_files import NotWritten
from t4firm.yaml_files.output_files import keep
from tests.needed import NAMESPACES, missing

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of a user without the rights of root, who works in it here: root may write everywhere."""
    user, group = os.geteuid(), os.getegid()
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        if user == 0:
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        own = Path(name) / "own"
        own.mkdir()
        try:
            yield own
        finally:
            own.chmod(0o700)
            os.seteuid(user)
            os.setegid(group)


def test_it_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.html"
    keep(file, "the first")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotWritten) as refused:
        keep(file, "the second")
    assert str(refused.value) == f"{file} cannot be written: No space left on device"
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("report.html", "the first")]


def test_a_link_stays_a_link_and_rights_stay(tmp_path: Path) -> None:
    file, link = tmp_path / "report.html", tmp_path / "latest.html"
    file.write_text("the first")
    file.chmod(0o600)
    link.symlink_to(file)
    keep(link, "the second")
    assert (link.is_symlink(), file.read_text(), file.stat().st_mode & 0o777) == (
        True,
        "the second",
        0o600,
    )


def test_a_pipe_or_a_device_is_written_as_it_comes(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    keep(pipe, "through a pipe")
    assert os.read(reader, 100) == b"through a pipe"
    os.close(reader)
    behind, before = os.pipe()
    keep(Path(f"/dev/fd/{before}"), "to a shell")
    assert os.read(behind, 100) == b"to a shell"
    os.close(behind)
    os.close(before)
    with pytest.raises(NotWritten, match="cannot be written: Is a directory"):
        keep(tmp_path, "no folder is")


def test_a_private_one_is_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    keep(file, "the first", private=True)
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    keep(file, "the second", private=True)
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("the second", 0o600)


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="there is no memory to write to")
def test_a_private_one_in_memory_is_for_this_user_alone_too() -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        file = Path(folder) / "state.json"
        keep(file, "the first", private=True)
        assert (file.read_text(), file.stat().st_mode & 0o777) == ("the first", 0o600)


def test_a_file_with_a_second_name_is_replaced(tmp_path: Path) -> None:
    """After `cp -al`, as backups do: the copy keeps what it holds."""
    file, copy = tmp_path / "reviewed-run", tmp_path / "copy"
    file.write_text("the first")
    copy.hardlink_to(file)
    keep(file, "the second")
    assert (file.read_text(), copy.read_text()) == ("the second", "the first")


def test_a_file_in_a_folder_that_takes_no_other_is_written_in_place(folder: Path) -> None:
    file = folder / "report.html"
    file.write_text("the first one, which is longer")
    folder.chmod(0o555)
    keep(file, "the second")
    assert file.read_text() == "the second"
    with pytest.raises(NotWritten, match="cannot be written: Permission denied"):
        keep(folder / "new.html", "the first")
    folder.chmod(0o111)
    keep(file, "the third")
    assert file.read_text() == "the third"


def test_a_private_one_goes_into_no_file_that_others_may_read(folder: Path) -> None:
    file = folder / "state.json"
    file.write_text("the first")
    file.chmod(0o644)
    folder.chmod(0o555)
    with pytest.raises(NotWritten, match=r"denied\. Only a file that others cannot read is written in place"):
        keep(file, "the second", private=True)
    assert file.read_text() == "the first"
    file.chmod(0o600)
    keep(file, "the second", private=True)
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("the second", 0o600)
    folder.chmod(0o333)
    with pytest.raises(NotWritten):
        keep(folder / "new.json", "the first", private=True)
    assert not (folder / "new.json").exists()


@pytest.mark.parametrize("number", [errno.EPERM, errno.EINVAL])
def test_a_file_of_another_group_stays_with_its_readers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """EINVAL: a container that runs as an ordinary user has no number for the group."""
    file, fstat = tmp_path / "report.html", os.fstat
    file.write_text("the first")
    file.chmod(0o640)
    before = file.stat()

    def refused(*_: int) -> None:
        raise OSError(number, os.strerror(number))

    def of_mine(descriptor: int) -> os.stat_result:
        about = list(fstat(descriptor))
        about[5] += 1  # st_gid
        return os.stat_result(about)

    monkeypatch.setattr(os, "fchown", refused)
    monkeypatch.setattr(os, "fstat", of_mine)
    keep(file, "the second")
    after = file.stat()
    assert file.read_text() == "the second"
    assert (after.st_ino, after.st_gid, after.st_mode) == (before.st_ino, before.st_gid, before.st_mode)
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_a_file_that_is_mounted_alone_is_written_in_place(tmp_path: Path) -> None:
    """As into a container: nothing can take its place."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.write_text("the first one, which is longer")
    inside.touch()
    program = (
        "import sys; from pathlib import Path; from t4firm.yaml_files.output_files import keep; "
        "keep(Path(sys.argv[1]), 'the second')"
    )
    mounted = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
    mounting = 'mount --bind "$0" "$1" || exit 99; exec "$2" -c "$3" "$1"'
    try:
        done = subprocess.run(
            [*mounted, mounting, str(outside), str(inside), sys.executable, program],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        missing("there is no `unshare` here", NAMESPACES)
    if done.stderr.startswith("unshare:") or done.returncode == 99:
        missing(f"nothing can be mounted here: {done.stderr.strip()}", NAMESPACES)
    assert (done.returncode, done.stderr) == (0, "")
    assert outside.read_text() == "the second"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["inside", "outside"]


def test_a_full_disk_in_the_midst_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"/dev/full: writing failed: No space left on device\. It may hold"):
        keep(Path("/dev/full"), "more than fits")
    assert not [*tmp_path.iterdir()]
