"""How `t4firm fleet` is called: one command for all stacks of the repository."""

import os
from typing import Annotated

import typer

from t4firm_cli.options import AsJson
from t4firm_cli.project.layout import find_project

app = typer.Typer(help="Run one command for all stacks, several at a time. A failure stops no other stack.")

Stacks = Annotated[
    str, typer.Option("--stacks", help="Only these stacks, separated by commas: --stacks east,west.")
]
AtOnce = Annotated[
    int, typer.Option("--at-once", min=1, help="How many stacks run at a time. Default: one for each core.")
]
CORES = os.cpu_count() or 1


@app.command("list")
def list_stacks(stacks: Stacks = "", as_json: AsJson = False) -> None:
    """List the stacks, with the number of users and accounts. With --json it also serves a pipeline that runs
    one job for each stack.

    Example: t4firm fleet list --json
    """
    from t4firm_cli.fleet import command

    raise typer.Exit(command.show(find_project(), _named(stacks), as_json=as_json))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def preview(
    context: typer.Context, stacks: Stacks = "", at_once: AtOnce = CORES, as_json: AsJson = False
) -> None:
    """Show what `up` would do, stack by stack. Other options are passed to `t4firm preview`.

    Example: t4firm fleet preview --at-once 4
    """
    from t4firm_cli.fleet import command

    words = ["preview", *_passed_on(context)]
    raise typer.Exit(command.run(find_project(), words, _named(stacks), at_once=at_once, as_json=as_json))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def up(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Run without asking. Required.")] = False,
    stacks: Stacks = "",
    at_once: AtOnce = CORES,
    as_json: AsJson = False,
) -> None:
    """Make T4 what the firm file says, for every stack. A stack whose fill user captures accounts of other
    stacks comes after them. A failure stops no other stack. Other options are passed to `t4firm up`.

    Example: t4firm fleet up --yes --at-once 4
    """
    from t4firm_cli.fleet import command
    from t4firm_cli.project.layout import ProjectError

    if not yes:
        raise ProjectError(
            "several runs at a time cannot ask. First look at `t4firm fleet preview`, then run `t4firm fleet "
            "up --yes`"
        )
    words = ["up", "--yes", *_passed_on(context)]
    raise typer.Exit(
        command.run(find_project(), words, _named(stacks), at_once=at_once, ordered=True, as_json=as_json)
    )


@app.command()
def drift(stacks: Stacks = "", at_once: AtOnce = CORES, as_json: AsJson = False) -> None:
    """Show how T4 differs from the firm files. Exit codes as for `t4firm drift`; 1 if a stack failed.

    Example: t4firm fleet drift
    """
    _reading("drift", stacks, at_once, as_json=as_json)


@app.command()
def tasks(stacks: Stacks = "", at_once: AtOnce = CORES, as_json: AsJson = False) -> None:
    """Show what the administrator has to do, stack by stack. Exit code 2 while there is something to do.

    Example: t4firm fleet tasks --stacks east,west
    """
    _reading("tasks", stacks, at_once, as_json=as_json)


def _reading(name: str, stacks: str, at_once: int, *, as_json: bool) -> None:
    from t4firm_cli.fleet import command

    raise typer.Exit(
        command.run(find_project(), [name], _named(stacks), at_once=at_once, as_json=as_json, machine=True)
    )


def _passed_on(context: typer.Context) -> list[str]:
    """What is not an option of the fleet is one of each run; but a stack, each run has already."""
    for word in context.args:
        if word in ("-s", "--stack") or word.startswith("--stack="):
            raise typer.BadParameter("a fleet is of several stacks: name them with --stacks east,west")
    return context.args


def _named(stacks: str) -> list[str]:
    return [name.strip() for name in stacks.split(",") if name.strip()]
