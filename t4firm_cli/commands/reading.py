"""How the commands are called that look at T4 and change nothing: `drift`, `watch`, `doctor`."""

from typing import Annotated

import typer

from t4firm_cli.options import AsJson, Stack
from t4firm_cli.project.layout import find_project


def drift(
    stack: Stack = None,
    applied: Annotated[
        bool,
        typer.Option(
            "--applied", help="Compare with the commit that was applied last, not with the files here."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read T4 now and show how it differs from the firm file. It changes nothing, neither in T4 nor in the
    state. Exit code 2 if T4 differs; 3 if nothing differs in what was read, but the fill user's roles or
    accounts could not be read.

    Example: t4firm drift --stack demo
    """
    from t4firm_cli import drift as differences

    project = find_project()
    raise typer.Exit(differences.run(project, project.stack(stack), as_json=as_json, applied=applied))


def watch(
    stack: Stack = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each line.")] = False,
    fill_every: Annotated[
        int, typer.Option("--fill-every", min=60, help="Seconds between two reads of the fill user.")
    ] = 900,
) -> None:
    """Stay connected to T4's WebSocket, and show within seconds what changes: an account's state, a new
    account, the fill user's roles. Ctrl-C or SIGTERM ends it. Exit code 1 if T4 refuses the login.

    Example: t4firm watch --stack demo
    """
    from t4firm_cli import watch as watching

    project = find_project()
    name = project.stack(stack)
    raise typer.Exit(watching.run(project, name, as_json=as_json, fill_every=float(fill_every)))


def doctor(stack: Stack = None, as_json: AsJson = False) -> None:
    """Check everything that a run needs: engine, libraries, settings, files, journal, state, T4, credentials,
    clock. Says what to do about each problem. Exit code 1 if a run would fail, 2 if there are only warnings.

    Example: t4firm doctor --stack demo
    """
    from t4firm_cli.doctor import examination

    project = find_project()
    raise typer.Exit(examination.run(project, project.stack(stack), as_json=as_json))
