"""The YAML files of a project as they were at a revision, laid out in a folder of their own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from t4firm_cli.project.layout import Project, ProjectError

ORDINARY = ("100644", "100755")
"""Modes of ordinary files: what is a link in a revision stays out of it."""

UNKNOWN_REVISION = "Needed a single revision"
"""What git says of a revision that it does not have."""

FETCH = (
    "In a pipeline, fetch the base branch first (a shallow checkout has the head alone). Name a file with "
    "its ending, .yaml"
)


@contextmanager
def project_at(project: Project, revision: str) -> Iterator[Project]:
    """The project with the files of one revision: those that the product reads, so its YAML files.

    Firm files hold personal details, so the folder is this user's alone and is removed at the end. Raises
    ProjectError where there is no such revision, or no git.
    """
    found = _git(project, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        said = _words(found)
        remedy = f". {FETCH}" if UNKNOWN_REVISION in said else ""
        raise ProjectError(f"git does not find the revision {revision!r} here: {said}{remedy}")
    files = _files(project, found.stdout.decode().strip())
    with TemporaryDirectory(prefix="t4firm-") as folder:
        for path, content in zip(files, _contents(project, [*files.values()]), strict=True):
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        yield Project(Path(folder))


def is_tracked(project: Project, file: Path) -> bool:
    """Whether a file here is under version control: so that a revision without it did not have it."""
    return _git(project, "ls-files", "--error-unmatch", "--", str(file)).returncode == 0


def commit_here(project: Project) -> str:
    """The commit that is checked out; "" where there is no repository, or no git."""
    if shutil.which("git") is None:
        return ""
    found = _git(project, "rev-parse", "--verify", "--quiet", "HEAD")
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def is_before(project: Project, commit: str, other: str) -> bool:
    """Whether a commit is an ancestor of another one. False also where git cannot tell: in a shallow
    checkout, which has the head alone."""
    if not commit or commit == other:
        return False
    return _git(project, "merge-base", "--is-ancestor", commit, other).returncode == 0


def _files(project: Project, commit: str) -> dict[PurePosixPath, str]:
    """Path below the project's folder -> id of the content."""
    listed = _git(project, "ls-tree", "-r", "-z", commit)
    if listed.returncode:
        raise ProjectError(f"git cannot list the files of {commit}: {_words(listed)}")
    files = {}
    for line in filter(None, listed.stdout.split(b"\0")):
        about, _, name = line.decode(errors="surrogateescape").partition("\t")
        mode, _, content = about.split()
        path = PurePosixPath(name)
        if mode in ORDINARY and path.suffix == ".yaml":
            files[path] = content
    return files


def _contents(project: Project, ids: list[str]) -> Iterator[bytes]:
    """The contents of these ids, in their order. git says `<id> blob <size>`, the content and a line break
    for each."""
    printed = _git(project, "cat-file", "--batch", stdin="".join(f"{each}\n" for each in ids).encode())
    rest = printed.stdout
    for each in ids:
        about, _, rest = rest.partition(b"\n")
        words = about.split()
        if len(words) != 3:
            said = _words(printed) or about.decode(errors="replace")
            raise ProjectError(
                f"git cannot read {each}: {said}. In a partial clone, fetch the base branch whole"
            )
        size = int(words[2])
        yield rest[:size]
        rest = rest[size + 1 :]


def _git(project: Project, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """What git prints, and how it ended."""
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=project.folder,
            env={**os.environ, "LC_ALL": "C"},  # its words are looked at
            capture_output=True,
            check=False,
            input=stdin,
        )
    except FileNotFoundError:
        raise ProjectError("there is no `git` here, and --base names a revision; name a file") from None


def _words(done: "subprocess.CompletedProcess[bytes]") -> str:
    """What git said."""
    return done.stderr.decode(errors="replace").strip()
