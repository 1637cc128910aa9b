"""`t4firm validate`: firm files with what belongs to them, without network and without Pulumi."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from providers.t4.configuration.settings import SettingsError, file_settings
from providers.t4.configuration.stack_files import FirmStack, load_files
from providers.t4.session.place import normal
from t4firm.loading.attested_file import attested_path
from t4firm.loading.included import read_firm
from t4firm.loading.other_stacks import Read, claimed_twice
from t4firm.model.firm import Firm
from t4firm.operations import PLACEHOLDERS, load_operations
from t4firm.yaml_files.document import FileError, read
from t4firm.yaml_files.mistakes import Mistake, counted, listed
from t4firm_cli.project.layout import FIRM_FILE, Project, ProjectError, UnreadableSettings
from t4firm_cli.terminal import complain, say, say_json

OPERATIONS_FILE = ".operations.yaml"


@dataclass(frozen=True)
class Checked:
    """One file: what it holds, in words and numbers, or every mistake in it and in what belongs to it.
    `stack`: whose file it is, where the file's name does not say it."""

    file: str
    stack: str = ""
    holds: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    firm: Firm | None = None


def load(project: Project, stack: str, firm_file: Path | None = None) -> FirmStack:
    """A stack's firm, attested and operations files, as its settings name them. Raises FileError with every
    mistake."""
    files = file_settings(project.settings(stack).get, os.environ, stack)
    return load_files(files, project.folder, firm_file)


def require_firm_file(project: Project, stack: str) -> None:
    """Raises ProjectError for a stack that has no firm file: before anything is asked of the engine."""
    file = file_settings(project.settings(stack).get, os.environ, stack).firm_file
    if not (project.folder / file).is_file():
        there = ", ".join(project.stacks()) or "none"
        raise ProjectError(f"stack {stack} has no firm file: there is no {file}. Stacks with one: {there}")


def run(project: Project, files: list[Path], stack: str | None = None, *, as_json: bool = False) -> int:
    """Print what each file holds, or every mistake in it; 0 when all are fine, else 1."""
    if stack and files:
        raise ProjectError("name either files or a stack, not both: a stack's settings name its files")
    checked = [_file(project, file) for file in files] or [*_stacks(project, stack)]
    mistakes = list(dict.fromkeys(mistake for each in checked for mistake in each.mistakes))
    if as_json:
        say_json({"files": [_for_a_machine(each) for each in checked], "mistakes": len(mistakes)})
        return 1 if mistakes else 0
    for each in checked:
        name = f"{each.file} (stack {each.stack})" if each.stack else each.file
        if not each.mistakes:
            say(f"{name}: fine ({each.holds})", "good")
        for words in each.warnings:
            complain(f"{name}: warning: {words}", "warning")
    for mistake in mistakes:
        complain(str(mistake), "bad")
    if mistakes:
        complain(counted(len(mistakes), "mistake"))
    return 1 if mistakes else 0


def _stacks(project: Project, stack: str | None) -> Iterator[Checked]:
    stacks = [stack] if stack else project.stacks()
    if not stacks:
        raise ProjectError(
            f"there is no firm file in {project.folder / 'stacks'}: it is named <stack>{FIRM_FILE}"
        )
    checked = {}
    for name in stacks:
        try:
            checked[name] = _firm(project, name, None)
        except UnreadableSettings as error:  # nobody knows which files are its own
            yield Checked(error.mistake.file, name, mistakes=(error.mistake,))
        except SettingsError as error:
            file = _shown(project.settings_files(name)[1])
            yield Checked(file, mistakes=tuple(Mistake(file, 0, "", each, "") for each in error.problems))
    yield from checked.values()
    yield from _signed_together(project, checked)
    yield from _owned_together(project, checked)


def _signed_together(project: Project, stacks: Iterable[str]) -> Iterator[Checked]:
    """Attested files that count for more than one stack: what is done in one T4 is not done in the other."""
    signed: dict[Path, list[str]] = defaultdict(list)
    for name in stacks:
        files = file_settings(project.settings(name).get, os.environ, name)
        path = attested_path(project.folder / files.firm_file, project.folder / files.stack_file)
        signed[path.resolve()].append(name)
    for path, names in signed.items():
        if len(names) > 1 and path.exists():
            wrong = f"counts for the stacks {listed(names)} at once, which are each a T4 of their own"
            right = f"give them stack files (stacks/{names[0]}.stack.yaml; {{}} will do) and attested files"
            yield Checked(_shown(path), mistakes=(Mistake(_shown(path), 0, "", wrong, right),))


def _owned_together(project: Project, checked: Mapping[str, Checked]) -> Iterator[Checked]:
    """Users and accounts that several stacks set up at one T4. Only settings say where a stack's T4 is: an
    environment variable says it of a single run."""
    together: dict[str, dict[str, Read]] = defaultdict(dict)
    for name, each in checked.items():
        settings = project.settings(name).get
        endpoint = settings("t4:endpoint")
        if each.firm and isinstance(endpoint, str):
            path = project.folder / file_settings(settings, os.environ, name).firm_file
            together[normal(endpoint)][name] = Read(read_firm(path)[0], each.firm)
    for files in together.values():
        by_file: dict[str, list[Mistake]] = defaultdict(list)
        for mistake in claimed_twice(files):
            by_file[mistake.file].append(mistake)
        yield from (Checked(file, mistakes=tuple(mistakes)) for file, mistakes in by_file.items())


def _file(project: Project, file: Path) -> Checked:
    if _holds_operations(file):
        return _operations(file)
    return _firm(project, file.name.removesuffix(FIRM_FILE), file)


def _holds_operations(file: Path) -> bool:
    """Whether a file is meant as one of operations: by its name, else by what stands in it."""
    if file.name.endswith((FIRM_FILE, OPERATIONS_FILE)):
        return file.name.endswith(OPERATIONS_FILE)
    try:
        return not PLACEHOLDERS.keys().isdisjoint(read(file).data)
    except FileError:
        return False


def _operations(file: Path) -> Checked:
    try:
        known = load_operations(str(file.absolute()), file.parent)
    except FileError as error:
        return Checked(_shown(file), mistakes=error.mistakes)
    names = ", ".join(known) or "none"
    return Checked(_shown(file), "", f"operations: {names}", {"operations": len(known)})


def _firm(project: Project, stack: str, file: Path | None) -> Checked:
    """A firm file with its attested and operations files; the one that the stack's settings name, if none is
    given."""
    named = file or project.folder / file_settings(project.settings(stack).get, os.environ, stack).firm_file
    try:
        loaded = load(project, stack, file)
    except FileError as error:
        return Checked(_shown(named), mistakes=error.mistakes)
    goals = loaded.desired
    counts = {
        "users": len(goals.users),
        "accounts": len(goals.accounts),
        "assigned": sum(goal.present for goal in goals.access),
    }
    nouns = {"users": "user", "accounts": "account", "assigned": "further assignment"}
    holds = ", ".join(counted(count, nouns[name]) for name, count in counts.items())
    whose = stack if named.name != f"{stack}{FIRM_FILE}" else ""
    return Checked(_shown(named), whose, holds, counts, goals.warnings, firm=loaded.firm)


def _for_a_machine(checked: Checked) -> dict[str, Any]:
    whose = {"stack": checked.stack} if checked.stack else {}
    found = {"file": checked.file, **whose, "fine": not checked.mistakes, **checked.counts}
    return found | {
        "warnings": list(checked.warnings),
        "mistakes": list(checked.mistakes),
    }


def _shown(file: Path) -> str:
    return os.path.relpath(file)
