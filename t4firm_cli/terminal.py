"""What `t4firm` prints: rich where a person looks, plain in pipes and CI.

Every command prints through here. Files and T4 are other people's words: their control characters are shown
as <U+001B>, so that no name can clear the screen or paint a line of its own.

    say("demo: fine", "good")           a line on standard output, green where colours are wanted
    complain("no such file", "bad")     a line on standard error
    say_json({"running": True})         for a machine: the same bytes on a terminal and in a pipe
    confirm("Remove it?")               a question on standard error; a no ends the command
    is_watched()                        whether lines may be rewritten (progress)
"""

import contextlib
import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Final, TextIO

import typer

from t4firm.yaml_files.mistakes import FORBIDDEN, codepoint
from t4firm_cli.json_form import versioned

STYLES: Final[Mapping[str, Mapping[str, object]]] = {
    "plain": {},
    "good": {"fg": "green"},
    "warning": {"fg": "yellow"},
    "bad": {"fg": "red", "bold": True},
    "heading": {"bold": True},
    "aside": {"dim": True},
}
"""Styles are named for what they say. No meaning is in the colour alone: the words say it too."""

SILENT_PIPELINES: Final = ("TF_BUILD", "TEAMCITY_VERSION", "JENKINS_URL", "CODEBUILD_BUILD_ID")
"""What hosts of pipelines set that do not set CI: Azure, TeamCity, Jenkins, CodeBuild."""

# A line break stays, a carriage return would write over what stands in the line.
_OBEYED: Final = re.compile(f"[\r{FORBIDDEN}]")


def clean(text: str) -> str:
    """`text` as it may be shown: what a terminal would obey, or nobody can see, is written as <U+…>."""
    return _OBEYED.sub(lambda found: f"<{codepoint(found.group())}>", text)


def is_pipeline(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this runs in CI."""
    is_told = environ.get("CI", "").lower() not in ("", "0", "false")
    return is_told or any(environ.get(name) for name in SILENT_PIPELINES)


def is_watched(stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a person looks at this stream (standard output, if none is named), on a terminal that can
    rewrite a line. CI systems hand a terminal to some jobs, and keep what it is sent as a log."""
    if is_pipeline(environ) or environ.get("TERM") == "dumb":
        return False
    return (stream or sys.stdout).isatty()


def is_coloured(stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this stream gets colours: watched, and NO_COLOR (no-color.org) not set to anything."""
    return not environ.get("NO_COLOR") and is_watched(stream, environ)


def styled(text: str, style: str, stream: TextIO | None = None) -> str:
    """`text`, clean, in a style of the table where the stream is to have colours."""
    shown, look = clean(text), STYLES[style]
    return typer.style(shown, **look) if look and is_coloured(stream) else shown  # type: ignore[arg-type]


def say(text: str = "", style: str = "plain") -> None:
    """A line on standard output: what was asked for."""
    typer.echo(styled(text, style, sys.stdout), color=True)


def complain(text: str, style: str = "plain") -> None:
    """A line on standard error: mistakes, warnings, progress."""
    typer.echo(styled(text, style, sys.stderr), err=True, color=True)


def confirm(question: str) -> None:
    """Ask on standard error: a question is no output. Raises Abort where the answer is not yes."""
    with contextlib.redirect_stdout(sys.stderr):  # `err=True` leaves a space on standard output
        typer.confirm(question, abort=True)


def say_json_line(value: object) -> None:
    """One of many, for a machine that reads line by line; escaped as by `say_json`."""
    typer.echo(json.dumps(value))


def say_json(value: Mapping[str, object]) -> None:
    """What a command prints with --json (`json_form`). Everything beyond ASCII is escaped, control characters
    among it."""
    typer.echo(json.dumps(versioned(value), indent=2))
