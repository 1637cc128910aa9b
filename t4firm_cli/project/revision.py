"""A project as it was at a revision of git, and where a branch began."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from t4firm_cli.project.git import git, words_of
from t4firm_cli.project.layout import Project, ProjectError

UNKNOWN_REVISION = "Needed a single revision"
"""What git says of a revision that it does not have."""

FETCH = (
    "In a pipeline, fetch the base branch first (a shallow checkout has the head alone). Name a file with "
    "its ending, .yaml"
)


NOT_JOINED = (
    "git cannot tell here where this branch began: it finds no commit that both {} and HEAD come from. A "
    "shallow checkout may lack it: `git fetch --unshallow`"
)


def beginning_of_branch(project: Project, base: str) -> str:
    """The newest commit that a revision and what is checked out have in common: what HEAD has beyond it is
    the change. Raises ProjectError where there is no such revision, or no such commit."""
    common = git(project.folder, "merge-base", commit_of(project, base), "HEAD")
    if common.returncode:
        raise ProjectError(NOT_JOINED.format(base))
    return common.stdout.decode().strip()


def commits_since(project: Project, commit: str, base: str) -> int:
    """How many commits a revision has beyond one of its ancestors."""
    counted = git(project.folder, "rev-list", "--count", f"{commit}..{commit_of(project, base)}")
    return int(counted.stdout) if counted.returncode == 0 else 0


def commit_of(project: Project, revision: str) -> str:
    """The commit that a revision names. Raises ProjectError where there is none."""
    found = git(project.folder, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        said = words_of(found)
        remedy = f". {FETCH}" if UNKNOWN_REVISION in said else ""
        raise ProjectError(f"git does not find the revision {revision!r} here: {said}{remedy}")
    return found.stdout.decode().strip()


@contextmanager
def project_at(project: Project, revision: str) -> Iterator[Project]:
    """The project as git would check it out at a revision: links, line ends and encodings are what they are
    in the folder of somebody who works on it.

    Firm files hold personal details, so the folder is this user's alone and is removed at the end. Raises
    ProjectError where there is no such revision, or no git.
    """
    commit = commit_of(project, revision)
    below, folder_of_git = (
        git(project.folder, "rev-parse", *words).stdout.decode().rstrip("\n")
        for words in (("--show-prefix",), ("--absolute-git-dir",))
    )
    with TemporaryDirectory(prefix="t4firm-") as folder:
        tree = Path(folder) / "tree"
        tree.mkdir()
        its_own = {
            "GIT_DIR": folder_of_git,
            "GIT_WORK_TREE": str(tree),
            "GIT_INDEX_FILE": str(Path(folder) / "index"),
        }
        done = git(tree, "read-tree", "--reset", "-u", commit, environ=its_own)
        if done.returncode:
            raise ProjectError(
                f"git cannot check out {revision!r}: {words_of(done)}. In a partial clone, fetch the base "
                "branch whole"
            )
        yield Project(tree / below)


def is_tracked(project: Project, file: Path) -> bool:
    """Whether a file here is under version control: so that a revision without it did not have it."""
    return git(project.folder, "ls-files", "--error-unmatch", "--", str(file)).returncode == 0


def commit_here(project: Project) -> str:
    """The commit that is checked out; "" where there is no repository, or no git."""
    if shutil.which("git") is None:
        return ""
    found = git(project.folder, "rev-parse", "--verify", "--quiet", "HEAD")
    return found.stdout.decode().strip() if found.returncode == 0 else ""


def is_before(project: Project, commit: str, other: str) -> bool:
    """Whether a commit is an ancestor of another one. False also where git cannot tell: in a shallow
    checkout, which has the head alone."""
    if not commit or commit == other:
        return False
    return git(project.folder, "merge-base", "--is-ancestor", commit, other).returncode == 0
