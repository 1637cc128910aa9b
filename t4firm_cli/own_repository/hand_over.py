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
    """Starts the repository's own `t4firm` in the place of this one, where there is another."""
    if arguments[:1] and arguments[0] not in NOT_HANDED_OVER and (command := pinned_command()):
        os.execv(command, [str(command), *arguments])  # noqa: S606 - no shell is wanted
