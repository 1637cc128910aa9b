"""A change of the firm file that a command makes: checked as the file is, shown, asked for, written."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from t4firm.edits.firm_files import FirmFiles, in_words
from t4firm.yaml_files.document import FileError
from t4firm_cli.firm_files import questions
from t4firm_cli.firm_files.written_change import Consent, Outcome, files_of, named_file, refuse, write
from t4firm_cli.project.layout import Project


def run(
    project: Project,
    stack: str,
    change: Callable[[FirmFiles, Path | None], str],
    into: Path | None,
    consent: Consent,
) -> int:
    """`change` changes the files' values, and says what to do next. 1 with what would be wrong afterwards."""
    consent.needs_a_terminal()
    files = files_of(project, stack)
    afterwards = change(files, named_file(project, files, into))
    try:
        files.checked()
    except FileError as error:
        return refuse(stack, error.mistakes, consent, in_words(error))
    return write(files, consent, Outcome(stack, next=afterwards))


def asked_for(files: FirmFiles, username: str, known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a new user; on a terminal those too that no option says."""
    if not sys.stdin.isatty() or files.has_user(username):
        return known
    if wrong := questions.is_wrong("username", username):
        raise typer.BadParameter(wrong)
    return questions.ask_user(files.firm, known)


def pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """`CME=Depth`, as often as it is given."""
    found = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not (name and sign and value):
            raise typer.BadParameter(f"{option} is written as CME=Depth, not {text}")
        found[name] = value
    return found
