"""How the commands are called that tell of a firm what is known: `report`, `history`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from t4firm_cli.options import AsJson, Stack, refuse_together
from t4firm_cli.project.layout import find_project

DAY: Final = ["%Y-%m-%d"]

FromGithub = Annotated[
    bool, typer.Option("--github", help="Ask GitHub who approved each pull request, through `gh`.")
]


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
    audit: Annotated[
        bool,
        typer.Option("--audit", help="All changes of a period instead: who came, changed, left, and why."),
    ] = False,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help="The first day of the audit (UTC).", show_default=False),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=DAY, help="Its last day (UTC); default: today.", show_default=False),
    ] = None,
    github: FromGithub = False,
) -> None:
    """The firm on one page: is everything captured, can everybody trade, what is open, what can nobody see;
    then each user and account, for each fact who says so and since when. As recorded by the last run. Exit
    code 2 while there is something to do.

    Example: t4firm report --stack demo --html firm.html
    """
    from t4firm_cli.report import command, period
    from t4firm_cli.report.output import Asked

    if not audit and (first or last or github):
        raise typer.BadParameter("--from, --to and --github belong to --audit")
    if audit:
        refuse_together("--audit", ("--read", read))
    project = find_project()
    name, asked = project.stack(stack), Asked(html, csv, as_json, read, github)
    if audit:
        days = [day.date() if day else None for day in (first, last)]
        raise typer.Exit(period.run(project, name, asked, *days))
    raise typer.Exit(command.run(project, name, asked))


def history(
    subject: Annotated[
        str, typer.Argument(help="A user, an account or a task; without it, everything.", show_default=False)
    ] = "",
    stack: Stack = None,
    as_json: AsJson = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write a line for each event to this file.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Verify what can be verified of all of it, and name what cannot."),
    ] = False,
    github: FromGithub = False,
) -> None:
    """Who asked for it, who approved, which run applied it and when, what T4 answered, who signed off what:
    joined from git, the engine's history and the records. What left the file is found too. Exit code 2 where
    --check finds something that does not hold.

    Example: t4firm history trader.a --stack demo
    """
    from t4firm_cli.history import command

    project = find_project()
    asked = command.Asked(subject, as_json, csv, check, github)
    raise typer.Exit(command.run(project, project.stack(stack), asked))
