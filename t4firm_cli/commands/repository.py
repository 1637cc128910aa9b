"""How the commands are called that make a firm's own repository ready: `init`, `setup`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from t4firm_cli.options import AsJson, one_line
from t4firm_cli.project.layout import find_project
from t4firm_cli.terminal import say_json


def init(
    name: Annotated[str, typer.Argument(help="The firm's short name: its folder, and its first stack.")],
    firm: Annotated[str, typer.Option("--firm", help="The firm's full name.", callback=one_line)] = "",
    wheel: Annotated[
        Path | None,
        typer.Option("--wheel", help="The product's wheel, if t4firm was not installed from one."),
    ] = None,
    here: Annotated[
        bool, typer.Option("--here", help="Write into this folder, not into one below it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a firm's own repository: its firm file, the pinned product, the pipeline, a README. It overwrites
    nothing.

    Example: t4firm init acme --firm "Acme Trading LLC"
    """
    from t4firm_cli.own_repository.init import Asked, run

    folder = Path.cwd() if here else Path.cwd() / name
    raise typer.Exit(run(Asked(folder, name, firm or name, wheel), as_json=as_json))


def setup(
    with_tests: Annotated[
        bool, typer.Option("--with-tests", help="In a clone of the product: also what its tests need.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the environment .venv with the pinned libraries and the Pulumi engine. Takes no time if it is
    already there.

    Example: t4firm setup
    """
    from t4firm_cli.project.layout import ProjectError
    from t4firm_setup.errors import SetupError
    from t4firm_setup.phases import set_up
    from t4firm_setup.report import Report

    folder = find_project().folder
    try:
        set_up(folder, Report(sys.stderr if as_json else sys.stdout), with_tests=with_tests)
    except SetupError as error:
        raise ProjectError(f"Set-up stopped. {error}") from None
    if as_json:
        say_json({"folder": str(folder), "environment": str(folder / ".venv")})
