"""In a firm's repository the `t4firm` that it pins does the work, whichever one was called.

A `t4firm` installed for all folders may be of another version than the repository was reviewed with.
"""

import os
import sys
from pathlib import Path
from typing import Final

from t4firm_cli.project.layout import ProjectError, find_project

NOT_HANDED_OVER: Final = ("init", "setup")
"""What makes the repository and its environment ready."""

HANDED_OVER: Final = "T4FIRM_HANDED_OVER"
"""The variable with the command that was started in the place of another one."""

REMEDY: Final = (
    "The folder was probably copied or moved, and its .venv belongs to the old place. Remove .venv, then run "
    "`t4firm setup`"
)


def pinned_command() -> Path | None:
    """The `t4firm` of the repository around this folder, if it is another than this one."""
    try:
        folder = find_project().folder
    except ProjectError:
        return None
    environment = folder / ".venv"
    command = environment / "bin" / "t4firm"
    is_own = (folder / "requirements.txt").is_file() and command.is_file()
    return command if is_own and environment.resolve() != Path(sys.prefix).resolve() else None


def hand_over(arguments: list[str]) -> None:
    """Starts the repository's own `t4firm` in the place of this one, where there is another. Raises
    ProjectError where that one does not start, or is this one after all: then its environment was made for
    another folder."""
    if not arguments or arguments[0] in NOT_HANDED_OVER or not (command := pinned_command()):
        return
    if os.environ.get(HANDED_OVER) == str(command):
        raise ProjectError(f"{command} does not run in the environment that it belongs to. {REMEDY}")
    os.environ[HANDED_OVER] = str(command)
    try:
        os.execv(command, [str(command), *arguments])  # noqa: S606 - no shell is wanted
    except OSError as error:
        raise ProjectError(f"{command} cannot be started: {error.strerror}. {REMEDY}") from None
