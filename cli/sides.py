"""The two sides of a review: the stack's files as they stand here, and as they stood before."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cli.project import Project, ProjectError
from cli.revision import project_at
from firm.attested import attested_path
from firm.desired import desired
from firm.model import Firm
from firm.operations import BUILT_IN, load_operations
from firm.source import FileError
from providers.t4.settings import FileSettings, file_settings
from providers.t4.stack import load_stack
from review.model import Side
from review.reviewed import digest_of


class BaseUnreadable(FileError):
    """The file before the change has mistakes."""


def head_of(project: Project, stack: str) -> Side:
    """The stack as its files stand here. Raises FileError with every mistake."""
    files = settings_of(project, stack)
    return _side(project.folder / files.firm_file, files.operations, project.folder, files.stack_file)


def base_of(project: Project, stack: str, base: str, head: Side) -> Side:
    """The stack before the change: another firm file (a name that ends in .yaml), or a git revision; there,
    no file is a firm of nobody. Raises BaseUnreadable with every mistake, ProjectError where there is no such
    thing."""
    if base.endswith(".yaml"):
        if not Path(base).is_file():
            raise ProjectError(f"there is no file {base}: --base is a firm file or a git revision")
        files = settings_of(project, stack)
        try:
            return _side(Path(base), files.operations, project.folder, files.stack_file)
        except FileError as error:
            raise BaseUnreadable(error.mistakes) from None
    with project_at(project, base) as before:
        # settings that are not under version control were, as far as anybody knows, the same
        kept = before if (before.folder / "stacks" / f"Pulumi.{stack}.yaml").exists() else project
        files = settings_of(kept, stack)
        file = before.folder / files.firm_file
        theirs = files.operations in BUILT_IN or (before.folder / files.operations).exists()
        folder = before.folder if theirs else project.folder
        if not file.exists():
            nobody = Firm(firm=head.firm.firm, users={})
            goals = desired(nobody, load_operations(files.operations, folder), {})
            return Side(nobody, goals, {}, exists=False)
        try:
            return _side(file, files.operations, folder, before.folder / files.stack_file)
        except FileError as error:
            named = (replace(each, file=_at(base, each.file, before.folder)) for each in error.mistakes)
            raise BaseUnreadable(named) from None


def settings_of(project: Project, stack: str) -> FileSettings:
    """Which files are the stack's."""
    return file_settings(project.settings(stack).get, os.environ, stack)


def digests(project: Project, stack: str) -> Mapping[str, str]:
    """Role -> digest, of each file that decides what a run does."""
    files = settings_of(project, stack)
    firm_file = project.folder / files.firm_file
    named = {
        "firm": firm_file,
        "attested": attested_path(firm_file, project.folder / files.stack_file),
        "stack": project.folder / files.stack_file,
        "operations": project.folder / files.operations,
    }
    return {role: digest_of(file.read_bytes()) for role, file in named.items() if file.is_file()}


def _side(file: Path, operations: str, folder: Path, stack_file: Path) -> Side:
    stack = load_stack(file, operations, folder, folder / stack_file)
    return Side(stack.firm, stack.desired, stack.attested)


def _at(revision: str, file: str, folder: Path) -> str:
    """A file that was laid out in `folder`, as git names it: `main:stacks/live.firm.yaml`."""
    path = Path(file).absolute()
    return f"{revision}:{path.relative_to(folder).as_posix()}" if path.is_relative_to(folder) else file
