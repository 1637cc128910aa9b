"""The two sides of a review: the stack's files as they stand here, and as they stood before."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from providers.t4.configuration.settings import FileSettings, file_settings
from providers.t4.configuration.stack_files import FirmStack, load_files
from t4firm.loading.attested_file import attested_path
from t4firm.loading.included import parts_of
from t4firm.model.firm import Firm
from t4firm.operations import BUILT_IN
from t4firm.plan.as_if_set_up import as_if_set_up
from t4firm.plan.changes import Changes, changes_between
from t4firm.plan.goals import Desired
from t4firm.review.model import Setting, Side
from t4firm.review.reviewed import digest_of
from t4firm.yaml_files.document import FileError
from t4firm_cli.project.layout import Project, ProjectError, configuration_in, plain
from t4firm_cli.project.revision import beginning_of_branch, commits_since, is_tracked, project_at
from t4firm_cli.project.settings_file import digest_of_settings, settings_in
from t4firm_cli.terminal import complain

Settings = Mapping[str, Setting]


MOVED_ON = (
    "{} has moved on by {} commit{} since this branch began. The review is of this branch alone: merge or "
    "rebase first to see what the merge makes"
)


class BaseUnreadable(FileError):
    """The file before the change has mistakes."""


def head_of(project: Project, stack: str) -> FirmStack:
    """The stack as its files stand here. Raises FileError with every mistake, ProjectError where one of them
    is a link out of the project."""
    files = settings_of(project, stack)
    _refuse_links_out(project, files)
    return load_files(files, project.folder)


def base_of(project: Project, stack: str, base: str) -> tuple[FirmStack | None, Settings]:
    """The stack and its settings before the change: another firm file (a name that ends in .yaml), or a git
    revision: there, what this branch began from. No stack where the revision has no such file. Raises
    BaseUnreadable with every mistake, ProjectError where there is no such thing."""
    if not base.endswith(".yaml"):
        began = beginning_of_branch(project, base)
        if ahead := commits_since(project, began, base):
            complain(MOVED_ON.format(base, ahead, "s" if ahead > 1 else ""), "warning")
        return _at_revision(project, stack, base, began)
    if not Path(base).is_file():
        raise ProjectError(f"there is no file {base}: --base is a firm file or a git revision")
    files = settings_of(project, stack)
    try:
        before = load_files(files, project.folder, Path(base))
    except FileError as error:
        raise BaseUnreadable(error.mistakes) from None
    return before, written_settings(project, stack)


def _at_revision(project: Project, stack: str, base: str, began: str) -> tuple[FirmStack | None, Settings]:
    with project_at(project, began) as before:
        ours, theirs = project.settings_files(stack), before.settings_files(stack)
        # settings that are not under version control were, as far as anybody knows, the same
        of_project, of_stack = (
            there if there.exists() or is_tracked(project, here) else here
            for here, there in zip(ours, theirs, strict=True)
        )
        settings = settings_in(of_project, of_stack)
        files = file_settings(plain(configuration_in(of_project, of_stack)).get, os.environ, stack)
        _refuse_links_out(before, files, f" at {base}")
        file = before.folder / files.firm_file
        if not file.exists():
            return None, settings
        known = files.operations in BUILT_IN or (before.folder / files.operations).exists()
        folder = before.folder if known else project.folder
        try:
            return load_files(files, before.folder, operations_folder=folder), settings
        except FileError as error:
            named = (replace(each, file=_at(base, each.file, before.folder)) for each in error.mistakes)
            raise BaseUnreadable(named) from None


def sides_of(
    base: FirmStack | None, head: FirmStack, settings: tuple[Settings, Settings] = ({}, {})
) -> tuple[Side, Side, Changes]:
    """Both sides with their goals, and what the change brings by the files alone. The goals of both follow on
    what the base, all done, would have left: so they differ in nothing but what the files ask for.
    `settings`: those of both."""
    before, after = settings
    if base is None:
        nobody = FirmStack(Firm(firm=head.firm.firm, users={}), head.operations, {})
        empty = Side(nobody.firm, nobody.desired, {}, nobody.operations.known, before, exists=False)
        return empty, _side(head, head.desired, after), changes_between(None, head.desired, head.firm)
    left = as_if_set_up(base.desired)
    staying, following = base.following(left), head.following(left)
    brings = changes_between(staying, following, head.firm)
    return _side(base, staying, before), _side(head, following, after), brings


def written_settings(project: Project, stack: str) -> Settings:
    """What the files here say of the stack's settings."""
    return settings_in(*project.settings_files(stack))


def settings_of(project: Project, stack: str) -> FileSettings:
    """Which files are the stack's."""
    return file_settings(project.settings(stack).get, os.environ, stack)


def digests(project: Project, stack: str) -> Mapping[str, str]:
    """Role -> digest, of each file that decides what a run does, and of the settings."""
    named = _named(project, settings_of(project, stack))
    there = {role: digest_of(file.read_bytes()) for role, file in named.items() if file.is_file()}
    return {**there, "settings": digest_of_settings(written_settings(project, stack))}


def _named(project: Project, files: FileSettings) -> dict[str, Path]:
    """Role -> file, whether it is there or not."""
    firm_file = project.folder / files.firm_file
    named = {
        "firm": firm_file,
        "attested": attested_path(firm_file, project.folder / files.stack_file),
        "stack": project.folder / files.stack_file,
        "operations": project.folder / files.operations,
    }
    return named | {f"firm, {part.name}": part for part in parts_of(firm_file)[1:]}


def _refuse_links_out(project: Project, files: FileSettings, where: str = "") -> None:
    """What a link out of the project leads to is in no commit, so no review of a commit can show it."""
    inside = project.folder.resolve()
    for file in _named(project, files).values():
        if (
            file.absolute().is_relative_to(project.folder)
            and ".." not in file.parts
            and not file.resolve().is_relative_to(inside)
        ):
            raise ProjectError(
                f"{file.relative_to(project.folder)}{where} is a link that leads out of the project. Its "
                "content is in no commit, so it cannot be reviewed. Put the file itself in its place"
            )


def _side(stack: FirmStack, goals: Desired, settings: Settings) -> Side:
    return Side(stack.firm, goals, stack.attested, stack.operations.known, settings)


def _at(revision: str, file: str, folder: Path) -> str:
    """A file that was laid out in `folder`, as git names it: `main:stacks/live.firm.yaml`."""
    path = Path(file).absolute()
    return f"{revision}:{path.relative_to(folder).as_posix()}" if path.is_relative_to(folder) else file
