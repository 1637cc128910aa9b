"""A project's folder as a git repository, as a firm has it."""

import subprocess

from tests.engine.project import Project

IGNORED = "/.venv\n/state/\n/home/\n/.t4/\n/stacks/Pulumi.*.yaml\n"
"""What is of this machine, or of the engine."""


def begin(project: Project) -> None:
    """Make it one."""
    (project.folder / ".gitignore").write_text(IGNORED)
    git(project, "init", "--quiet", "--initial-branch=main")


def git(project: Project, *arguments: str, who: str = "Ann Asker") -> str:
    """What git says."""
    done = subprocess.run(
        ["git", "-c", f"user.name={who}", "-c", "user.email=firm@example.com", *arguments],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def commit(project: Project, message: str, who: str = "Ann Asker") -> str:
    """Commit all that changed, if something did; the commit that is checked out then."""
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--allow-empty", f"--message={message}", who=who)
    return git(project, "rev-parse", "HEAD")
