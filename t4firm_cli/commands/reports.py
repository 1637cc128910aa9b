"""How the commands are called that tell of a firm what is known: `report`."""

from pathlib import Path
from typing import Annotated

import typer

from t4firm_cli.options import AsJson, Stack
from t4firm_cli.project.layout import find_project


def report(
    stack: Stack = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the page to this file: open it, print it, mail it.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write a line for each user and account to this file.")
    ] = None,
    as_json: AsJson = False,
    read: Annotated[
        bool, typer.Option("--read", help="Read T4 first, as `drift` does, changing nothing.")
    ] = False,
) -> None:
    """The firm on one page: is everything captured, can everybody trade, what is open, what can nobody see;
    then each user and account, for each fact who says so and since when. As recorded by the last run. Exit
    code 2 while there is something to do.

    Example: t4firm report --stack demo --html firm.html
    """
    from t4firm_cli.report import command

    project = find_project()
    asked = command.Asked(html, csv, as_json, read)
    raise typer.Exit(command.run(project, project.stack(stack), asked))
