"""The two sides of a review: the stack's files as they stand here, and as they stood before."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cli.project import Project, ProjectError
from cli.revision import project_at
from firm.attested import attested_path
from firm.goals import Desired
from firm.model import Firm
from firm.operations import BUILT_IN
from firm.source import FileError
from providers.t4.files import FirmStack, load_stack
from providers.t4.on_paper import as_if_set_up
from providers.t4.settings import FileSettings, file_settings
from review.model import Side
from review.reviewed import digest_of


class BaseUnreadable(FileError):
    """The file before the change has mistakes."""


def head_of(project: Project, stack: str) -> FirmStack:
    """The stack as its files stand here. Raises FileError with every mistake."""
    files = settings_of(project, stack)
    return _stack(project.folder / files.firm_file, files.operations, project.folder, files.stack_file)


def base_of(project: Project, stack: str, base: str) -> FirmStack | None:
    """The stack before the change: another firm file (a name that ends in .yaml), or a git revision; None
    where the revision has no such file. Raises BaseUnreadable with every mistake, ProjectError where there is
    no such thing."""
    if base.endswith(".yaml"):
        if not Path(base).is_file():
            raise ProjectError(f"there is no file {base}: --base is a firm file or a git revision")
        files = settings_of(project, stack)
        try:
            return _stack(Path(base), files.operations, project.folder, files.stack_file)
        except FileError as error:
            raise BaseUnreadable(error.mistakes) from None
    with project_at(project, base) as before:
        # settings that are not under version control were, as far as anybody knows, the same
        kept = before if (before.folder / "stacks" / f"Pulumi.{stack}.yaml").exists() else project
        files = settings_of(kept, stack)
        file = before.folder / files.firm_file
        if not file.exists():
            return None
        theirs = files.operations in BUILT_IN or (before.folder / files.operations).exists()
        folder = before.folder if theirs else project.folder
        try:
            return _stack(file, files.operations, folder, before.folder / files.stack_file)
        except FileError as error:
            named = (replace(each, file=_at(base, each.file, before.folder)) for each in error.mistakes)
            raise BaseUnreadable(named) from None


def sides_of(base: FirmStack | None, head: FirmStack) -> tuple[Side, Side]:
    """Both sides with their goals: those of the head follow on what the base, all done, would have left."""
    if base is None:
        nobody = FirmStack(Firm(firm=head.firm.firm, users={}), head.operations, {})
        return Side(nobody.firm, nobody.desired, {}, exists=False), _side(head, head.desired)
    return _side(base, base.desired), _side(head, head.following(as_if_set_up(base.desired)))


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


def _stack(file: Path, operations: str, folder: Path, stack_file: Path) -> FirmStack:
    return load_stack(file, operations, folder, folder / stack_file)


def _side(stack: FirmStack, goals: Desired) -> Side:
    return Side(stack.firm, goals, stack.attested)


def _at(revision: str, file: str, folder: Path) -> str:
    """A file that was laid out in `folder`, as git names it: `main:stacks/live.firm.yaml`."""
    path = Path(file).absolute()
    return f"{revision}:{path.relative_to(folder).as_posix()}" if path.is_relative_to(folder) else file
