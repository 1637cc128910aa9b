"""`t4firm validate`: firm files with what belongs to them, without network and without Pulumi."""

import os
from pathlib import Path

import typer

from cli.project import FIRM_FILE, Project, ProjectError
from firm.source import FileError
from providers.t4.settings import file_settings
from providers.t4.stack import FirmStack, load_stack


def load(project: Project, stack: str, firm_file: Path | None = None) -> FirmStack:
    """A stack's firm, attested and operations files, as its settings name them. Raises FileError with every
    mistake."""
    files = file_settings(project.settings(stack).get, os.environ, stack)
    return load_stack(firm_file or project.folder / files.firm_file, files.operations, project.folder)


def run(project: Project, files: list[Path]) -> int:
    """Print what each file holds, or every mistake in it; 0 when all are fine, else 1."""
    chosen = files or [project.folder / "stacks" / f"{stack}{FIRM_FILE}" for stack in project.stacks()]
    if not chosen:
        raise ProjectError(
            f"there is no firm file in {project.folder / 'stacks'}: it is named <stack>{FIRM_FILE}"
        )
    mistakes: list[str] = []
    for file in chosen:
        try:
            stack = load(project, file.name.removesuffix(FIRM_FILE), file)
        except FileError as error:
            mistakes += [str(mistake) for mistake in error.mistakes]
        else:
            typer.echo(f"{_shown(file)}: fine ({_counts(stack)})")
            for words in stack.desired.warnings:
                typer.echo(f"{_shown(file)}: warning: {words}", err=True)
    for words in dict.fromkeys(mistakes):
        typer.echo(words, err=True)
    if mistakes:
        typer.echo(f"{len(set(mistakes))} mistake{'s' if len(set(mistakes)) > 1 else ''}", err=True)
    return 1 if mistakes else 0


def _shown(file: Path) -> str:
    return os.path.relpath(file)


def _counts(stack: FirmStack) -> str:
    goals = stack.desired
    captured = sum(goal.present for goal in goals.access)
    return (
        f"{len(goals.users)} users, {len(goals.accounts)} accounts, {captured} assigned beside their owner's"
    )
