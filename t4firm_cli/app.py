"""The commands of `t4firm`. Exit codes: 0 fine, 1 error, 2 there is something to do."""

import errno
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Annotated, Final, cast

import typer

from t4firm_cli.command_group import show_help_alone
from t4firm_cli.commands import (
    edits,
    files,
    fleet,
    imports,
    reading,
    reports,
    repository,
    runs,
    simulator,
    tasks,
    upkeep,
)
from t4firm_cli.github import command as github
from t4firm_cli.own_repository.hand_over import hand_over
from t4firm_cli.terminal import complain, say

COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "init": repository.init,
    "setup": repository.setup,
    "validate": files.validate,
    "depart": edits.depart,
    "move-account": edits.move_account,
    "revoke": edits.revoke,
    "up": runs.up,
    "preview": runs.preview,
    "review": files.review,
    "drift": reading.drift,
    "watch": reading.watch,
    "tasks": tasks.list_tasks,
    "attest": tasks.sign_off,
    "report": reports.report,
    "history": reports.history,
    "request": tasks.request_whentech,
    "unlock": upkeep.unlock,
    "password": upkeep.password,
    "copy-state": upkeep.copy_state,
    "doctor": reading.doctor,
    "schema": files.schema,
}
"""In the order in which help lists them."""

GROUPS: Final[Mapping[str, typer.Typer]] = {
    "import": imports.app,
    "new": edits.new,
    "fleet": fleet.app,
    "simulator": simulator.app,
    "github": github.app,
}

TO_PULUMI: Final = ("up", "preview")
"""What these commands do not know is an option of pulumi."""

app = typer.Typer(
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Set up a brokerage firm on T4 from a file. "
    "Exit codes: 0 fine, 1 error, 2 there is something to do.",
)
for name, command in COMMANDS.items():
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True} if name in TO_PULUMI else {}
    app.command(name, context_settings=passed_on)(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)

# What click raises for a call that it does not understand; typer exports only what derives from it. Its own
# exit code is 2, which here means that there is something to do.
WRONG_CALL = cast(type[typer.BadParameter], typer.BadParameter.__mro__[1])


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"t4firm {version('t4-firm')}")
        raise typer.Exit()


@app.callback(invoke_without_command=True)
def t4firm(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    show_help_alone(context)


def _foreseen() -> tuple[type[Exception], ...]:
    """Errors that are a sentence for the user; asked for only where there is one."""
    from providers.t4.configuration.settings import SettingsError
    from t4firm.edits.firm_files import NotInTheFile
    from t4firm.yaml_files.atomic_files import NotWritten
    from t4firm.yaml_files.document import FileError
    from t4firm.yaml_files.edits import NotEditable
    from t4firm_cli.project.layout import ProjectError
    from t4simulator.service.process import SimulatorError

    return (FileError, NotEditable, NotInTheFile, NotWritten, ProjectError, SettingsError, SimulatorError)


_OF_THE_SYSTEM: Final = (
    *(errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT),
    *(errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ELOOP, errno.ENAMETOOLONG),
)
"""Why a system refuses a file: nothing is wrong with the product. Any other error of a file is a mistake of
ours, and shows where it is."""


def _of_a_file(error: OSError) -> str:
    """What a refused file is called and why, a sentence; "" where it is a mistake of ours."""
    if error.errno not in _OF_THE_SYSTEM:
        return ""
    return (
        f"{error.filename or 'A file'} cannot be read or written: {error.strerror}. The command stopped there"
    )


def _end(number: int, _: object) -> None:
    """Asked to end: what was begun ends as it does after an error, so that no temporary folder with personal
    details stays. A second time ends it at once."""
    signal.signal(number, signal.SIG_DFL)
    sys.exit(128 + number)


def main() -> None:
    """The console script: a foreseen error is a sentence on standard error, and exit code 1."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # As a shell starts what it puts into the background; the engine's plugins would inherit it, and a
        # provider could no longer be asked to finish its calls and end.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        hand_over(sys.argv[1:])
        code = app(standalone_mode=False)
    except WRONG_CALL as error:
        error.show()  # how it is called, and what is wrong
    except typer.Abort:
        complain("Nothing was done.")
    except _foreseen() as error:
        complain(str(error), "bad")
    except OSError as error:
        if not (words := _of_a_file(error)):
            raise
        complain(words, "bad")
    else:
        sys.exit(code)
    sys.exit(1)
