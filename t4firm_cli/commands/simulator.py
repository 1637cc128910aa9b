"""`t4firm simulator`: the embedded T4, on this machine alone."""

import shlex
import shutil
from typing import TYPE_CHECKING, Annotated

import typer

from t4firm_cli.command_group import command_group
from t4firm_cli.options import Stack
from t4firm_cli.project.layout import find_project
from t4firm_cli.terminal import say, say_json

if TYPE_CHECKING:
    from t4simulator.service.process import Run

app = command_group("The embedded T4, only on this machine.")


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, without credentials.")]


@app.command()
def start(as_json: AsJson = False) -> None:
    """Start it. If it already runs, say where. It uses a free port and keeps its data in .t4/simulator.

    Example: t4firm simulator start
    """
    from t4simulator.service import process

    _tell(process.start(find_project().simulator), as_json=as_json)


@app.command("do")
def do_tasks(
    tasks: Annotated[list[str] | None, typer.Argument(help="The ids of open tasks.")] = None,
    stack: Stack = None,
    all_open: Annotated[
        bool, typer.Option("--all", help="Every open task that can be done there and waits for nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="With --all: do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Do in the simulator what its administrator does in the portal for tasks of a stack. Exit code 2 where a
    task is left: only people can do it, it waits for another, or it is planned.

    Example: t4firm simulator do sign-eula/WhenTechFillUser --stack demo
    """
    from t4firm_cli.administrator import simulated_administrator

    project = find_project()
    asked = simulated_administrator.Asked(tuple(tasks or ()), all_open, yes)
    raise typer.Exit(simulated_administrator.run(project, project.stack(stack), asked, as_json=as_json))


@app.command()
def stop(as_json: AsJson = False) -> None:
    """Stop it. Its data stays.

    Example: t4firm simulator stop
    """
    from t4simulator.service import process

    stopped = process.stop(find_project().simulator)
    if as_json:
        say_json({"running": False, "stopped": stopped})
    else:
        say("The simulator is stopped." if stopped else "The simulator was not running.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say whether it runs, and where. Exit code 2 if it does not.

    Example: t4firm simulator status --json
    """
    from t4simulator.service import process

    run = process.status(find_project().simulator)
    _tell(run, as_json=as_json)
    raise typer.Exit(0 if run else 2)


@app.command()
def reset(
    stacks: Annotated[
        bool, typer.Option("--stacks", help="Also forget all stacks that were set up in it (their state).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove all users and accounts from it; only the templates stay. With --stacks, the stacks that were set
    up in it are forgotten too. If not, they still expect these users and accounts.

    Example: t4firm simulator reset --stacks
    """
    from providers.t4.session.place import folder_for
    from t4simulator.service import process

    project = find_project()
    run = process.status(project.simulator)
    process.reset(project.simulator)
    for journal in project.local.glob(f"*/{folder_for(run.endpoint)}") if run else ():
        shutil.rmtree(journal)  # what it tells is no longer so
    if stacks:
        shutil.rmtree(project.local / "state", ignore_errors=True)
    if as_json:
        say_json({"empty": True, "stacksForgotten": stacks})
    else:
        say("The simulator is empty, and its stacks are forgotten." if stacks else "The simulator is empty.")


@app.command()
def env(stack: str = typer.Option("demo", "--stack", "-s")) -> None:
    """Print what a shell needs for plain `pulumi` commands on a simulator stack. Use a separate shell.

    Example: eval "$(t4firm simulator env)"
    """
    from t4firm_cli.engine.command import environment

    project = find_project()
    for name, value in environment(project, stack).items():
        say(f"export {name}={shlex.quote(value)}")


def _tell(run: "Run | None", *, as_json: bool) -> None:
    if as_json:
        at = {"endpoint": run and run.endpoint, "portal": run and run.portal, "pid": run and run.pid}
        say_json({"running": run is not None, **at})
    elif run:
        say(f"The simulator runs at {run.endpoint} (process {run.pid}). Its portal: {run.portal}")
    else:
        say("The simulator is not running.")
