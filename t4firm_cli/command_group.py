"""A group of commands: called alone it shows its help, which is no error."""

import typer

from t4firm_cli.terminal import say


def show_help_alone(context: typer.Context) -> None:
    """The callback of a group."""
    if context.invoked_subcommand is None:
        say(context.get_help())


def command_group(help_: str) -> typer.Typer:
    """A group below `t4firm`."""
    return typer.Typer(callback=show_help_alone, invoke_without_command=True, help=help_)
