"""A change of the firm's files that a command has made: shown, asked for, written."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import typer

from providers.t4.configuration.settings import file_settings
from t4firm.edits.firm_files import FirmFiles
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.terminal import complain, say


@dataclass(frozen=True)
class Consent:
    """How far a command goes: `yes` without asking, `dry_run` not at all."""

    yes: bool = False
    dry_run: bool = False

    def needs_a_terminal(self) -> None:
        """Raises ProjectError where nobody has agreed and nobody can be asked."""
        if not self.yes and not self.dry_run and not sys.stdin.isatty():
            raise ProjectError(
                "there is no terminal, so nobody can be asked: --yes writes without asking, --dry-run only "
                "shows. Nothing was written"
            )


def files_of(project: Project, stack: str) -> FirmFiles:
    """The stack's firm file, with what it includes. Raises ProjectError, FileError."""
    settings = file_settings(project.settings(stack).get, os.environ, stack)
    path = project.folder / settings.firm_file
    if not path.is_file():
        raise ProjectError(f"stack {stack} has no firm file: there is no {settings.firm_file}")
    return FirmFiles(path, settings.risk_manager)


def named_file(project: Project, files: FirmFiles, into: Path | None) -> Path | None:
    """The included file that --into names, by its name or with a path."""
    if into is None:
        return None
    for path in files.values:
        if into.name == path.name:
            return path
    raise ProjectError(f"--into {into}: it is not included by {files.firm_file.name}")


def write(files: FirmFiles, consent: Consent, afterwards: Iterable[str] = ()) -> int:
    """Show the change, ask, write. 0: written, or nothing changes; 2: a dry run that would write."""
    difference = files.difference()
    if not difference:
        say("Nothing changes: the firm file says all of it.", "good")
        return 0
    for line in difference.split("\n"):
        style = {"+": "good", "-": "bad", "@": "aside"}.get(line[:1], "plain")
        say(line, style if line[:3] not in ("+++", "---") else "heading")
    if consent.dry_run:
        complain("Nothing was written: --dry-run.")
        return 2
    if not consent.yes:
        typer.confirm("Write this?", abort=True)
    for path in files.write():
        say(f"Written: {path.name}", "good")
    for line in afterwards:
        say(line)
    return 0
