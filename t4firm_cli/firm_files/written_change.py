"""A change of the firm's files that a command has made: shown, asked for, written."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from providers.t4.configuration.settings import file_settings
from t4firm.edits.firm_files import FirmFiles
from t4firm.yaml_files.edited_files import Seen
from t4firm.yaml_files.mistakes import Mistake
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.terminal import complain, confirm, say, say_json


@dataclass(frozen=True)
class Consent:
    """How far a command goes: `yes` without asking, `dry_run` not at all. `as_json`: one object says what
    came of it, and all else is told on standard error."""

    yes: bool = False
    dry_run: bool = False
    as_json: bool = False

    def needs_a_terminal(self) -> None:
        """Raises ProjectError where nobody has agreed and nobody can be asked."""
        if self.yes or self.dry_run:
            return
        if self.as_json:
            raise ProjectError("--json cannot ask: add --yes or --dry-run. Nothing was written")
        if not sys.stdin.isatty():
            raise ProjectError(
                "there is no terminal to ask on: --yes writes without asking, --dry-run only shows. Nothing "
                "was written"
            )

    def say(self, text: str, style: str = "plain") -> None:
        """A line for a person."""
        (complain if self.as_json else say)(text, style)


@dataclass(frozen=True)
class Outcome:
    """What a command did with the firm's files. `files`: their names; `difference`: as `diff -u` shows it;
    `written`: whether it is in them now; `mistakes`: why it cannot be; `questions`: for the administrator;
    `next`: what to do then."""

    stack: str
    written: bool = False
    files: tuple[str, ...] = ()
    difference: str = ""
    mistakes: tuple[Mistake, ...] = ()
    questions: tuple[str, ...] = ()
    next: str = ""


def files_of(project: Project, stack: str) -> FirmFiles:
    """The stack's firm file, with what it includes. Raises ProjectError, FileError."""
    settings = file_settings(project.settings(stack).get, os.environ, stack)
    path = project.folder / settings.firm_file
    if not path.exists():
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


def refuse(stack: str, mistakes: Iterable[Mistake], consent: Consent, words: Iterable[str]) -> int:
    """Say why nothing was written: the mistakes, in these words."""
    for line in words:
        complain(line, "bad")
    complain("Nothing was written into the firm file.")
    if consent.as_json:
        say_json(vars(Outcome(stack, mistakes=tuple(mistakes))))
    return 1


def write(
    files: FirmFiles, consent: Consent, told: Outcome, beside: Mapping[Seen, bytes] = MappingProxyType({})
) -> int:
    """Show the change, ask, write. `told`: what is known of it already; `beside`: other files that are
    written with it. 0: written, or nothing changes; 2: a dry run that would write."""
    difference, code = files.difference(), 0
    names = [path.name for path in (*files.changed(), *(seen.path for seen in beside if difference))]
    outcome = replace(told, difference=difference, files=tuple(names))
    if not difference:
        consent.say("Nothing changes: the firm file already says all of it.", "good")
    elif not _agreed(difference, consent):
        complain("Nothing was written: --dry-run.")
        code = 2
    else:
        for path in files.write(beside):
            consent.say(f"Written: {path.name}", "good")
        outcome = replace(outcome, written=True)
        consent.say(told.next)
    if consent.as_json:
        say_json(vars(outcome))
    return code


def _agreed(difference: str, consent: Consent) -> bool:
    """Shows it, and asks where nobody has answered yet. Raises Abort for a no."""
    for line in () if consent.as_json else difference.split("\n"):
        style = {"+": "good", "-": "bad", "@": "aside"}.get(line[:1], "plain")
        say(line, style if line[:3] not in ("+++", "---") else "heading")
    if consent.dry_run:
        return False
    if not consent.yes:
        confirm("Write this?")
    return True
