"""How `t4firm fleet` is called: one command for all stacks of the repository."""

import os
from typing import Annotated

import typer

from t4firm_cli.options import AsJson
from t4firm_cli.project.layout import find_project

app = typer.Typer(help="One command for all stacks, several at the same time; none stops another.")

Stacks = Annotated[str, typer.Option("--stacks", help="These stacks alone, with commas: --stacks east,west.")]
AtOnce = Annotated[
    int, typer.Option("--at-once", min=1, help="How many stacks run at the same time; default: one a core.")
]
CORES = os.cpu_count() or 1


@app.command("list")
def list_stacks(stacks: Stacks = "", as_json: AsJson = False) -> None:
    """The stacks, with what their firm files hold. With --json also for a pipeline that runs one job a
    stack.

    Example: t4firm fleet list --json
    """
    from t4firm_cli.fleet import command

    raise typer.Exit(command.show(find_project(), _named(stacks), as_json=as_json))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def preview(
    context: typer.Context, stacks: Stacks = "", at_once: AtOnce = CORES, as_json: AsJson = False
) -> None:
    """What `up` would do, stack by stack. Further options go to `t4firm preview`.

    Example: t4firm fleet preview --at-once 4
    """
    from t4firm_cli.fleet import command

    words = ["preview", *_passed_on(context)]
    raise typer.Exit(command.run(find_project(), words, _named(stacks), at_once=at_once, as_json=as_json))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def up(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Run without a question: required.")] = False,
    stacks: Stacks = "",
    at_once: AtOnce = CORES,
    as_json: AsJson = False,
) -> None:
    """Bring every stack to what its firm file says. A stack whose fill user captures accounts of other stacks
    comes after them. A failure stops nothing else. Further options go to `t4firm up`.

    Example: t4firm fleet up --yes --at-once 4
    """
    from t4firm_cli.fleet import command
    from t4firm_cli.project.layout import ProjectError

    if not yes:
        raise ProjectError(
            "several runs at once cannot ask. See first what they would do with `t4firm fleet preview`, "
            "then say `t4firm fleet up --yes`"
        )
    words = ["up", "--yes", *_passed_on(context)]
    raise typer.Exit(
        command.run(find_project(), words, _named(stacks), at_once=at_once, ordered=True, as_json=as_json)
    )


@app.command()
def drift(stacks: Stacks = "", at_once: AtOnce = CORES, as_json: AsJson = False) -> None:
    """How T4 differs from the firm files. Exit codes as those of `t4firm drift`; 1 where one failed.

    Example: t4firm fleet drift
    """
    _reading("drift", stacks, at_once, as_json=as_json)


@app.command()
def tasks(stacks: Stacks = "", at_once: AtOnce = CORES, as_json: AsJson = False) -> None:
    """What the administrator has to do, stack by stack. Exit code 2 while there is something to do.

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
