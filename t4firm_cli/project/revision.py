"""The YAML files of a project as they were at a revision, laid out in a folder of their own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from t4firm_cli.project.layout import Project, ProjectError

ORDINARY = ("100644", "100755")
"""Modes of ordinary files: what is a link in a revision stays out of it."""


@contextmanager
def project_at(project: Project, revision: str) -> Iterator[Project]:
    """The project with the files of one revision: those that the product reads, so its YAML files.

    Firm files hold personal details, so the folder is this user's alone and is removed at the end. Raises
    ProjectError where there is no such revision, or no git.
    """
    commit = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise ProjectError(
            f"git knows no revision {revision!r} here: in a pipeline, fetch the base branch first (a shallow "
            "checkout has the head alone); a file is named with its ending, .yaml"
        )
    files = _files(project, commit.decode().strip())
    with TemporaryDirectory(prefix="t4firm-") as folder:
        for path, content in zip(files, _contents(project, [*files.values()]), strict=True):
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        yield Project(Path(folder))


def is_tracked(project: Project, file: Path) -> bool:
    """Whether a file here is under version control: so that a revision without it did not have it."""
    return _git(project, "ls-files", "--error-unmatch", "--", str(file)) is not None


def _files(project: Project, commit: str) -> dict[PurePosixPath, str]:
    """Path below the project's folder -> id of the content."""
    listed = _git(project, "ls-tree", "-r", "-z", commit)
    if listed is None:
        raise ProjectError(f"git cannot list the files of {commit}")
    files = {}
    for line in filter(None, listed.split(b"\0")):
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
    rest = printed or b""
    for each in ids:
        about, _, rest = rest.partition(b"\n")
        words = about.split()
        if len(words) != 3:
            raise ProjectError(f"git cannot read {each} (a partial clone?): fetch the base branch as a whole")
        size = int(words[2])
        yield rest[:size]
        rest = rest[size + 1 :]


def _git(project: Project, *arguments: str, stdin: bytes = b"") -> bytes | None:
    """What git prints; None where it fails."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=project.folder, capture_output=True, check=False, input=stdin
        )
    except FileNotFoundError:
        raise ProjectError("there is no `git` here, and --base names a revision; name a file") from None
    return done.stdout if done.returncode == 0 else None
