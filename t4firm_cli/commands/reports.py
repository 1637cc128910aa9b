"""How the commands are called that tell of a firm what is known: `report`, `history`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from t4firm_cli.options import AsJson, Stack, refuse_together
from t4firm_cli.project.layout import find_project

DAY: Final = ["%Y-%m-%d"]

FromGithub = Annotated[
    bool, typer.Option("--github", help="Ask GitHub who approved each commit, through `gh`.")
]


def report(
    stack: Stack = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the page to this file, to open, print or mail it.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write a line for each user and account to this file.")
    ] = None,
    as_json: AsJson = False,
    read: Annotated[
        bool, typer.Option("--read", help="Read T4 first, as `drift` does. It changes nothing.")
    ] = False,
    audit: Annotated[
        bool,
        typer.Option(
            "--audit", help="Show all changes of a period instead: who came, changed, left, and why."
        ),
    ] = False,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help="The first day of the audit (UTC).", show_default=False),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option(
            "--to", formats=DAY, help="The last day of the audit (UTC). Default: today.", show_default=False
        ),
    ] = None,
    github: FromGithub = False,
) -> None:
    """Show the firm on one page, as the last run recorded it: is everything captured, can everybody trade,
    what is open, what can nobody see. Then each user and account, with the source and the day of each fact.
    Exit code 2 while there is something to do.

    Example: t4firm report --stack demo --html firm.html
    """
    from t4firm_cli.report import command, period
    from t4firm_cli.report.output import OUTPUT, Asked

    if not audit and (first or last or github):
        raise typer.BadParameter("--from, --to and --github belong to --audit")
    if audit:
        refuse_together("--audit", ("--read", read))
    if as_json:
        refuse_together("--json", ("--html -", html == OUTPUT), ("--csv -", csv == OUTPUT))
    if html == OUTPUT:
        refuse_together("--html -", ("--csv -", csv == OUTPUT))
    project = find_project()
    name, asked = project.stack(stack), Asked(html, csv, as_json, read, github)
    if audit:
        days = [day.date() if day else None for day in (first, last)]
        raise typer.Exit(period.run(project, name, asked, *days))
    raise typer.Exit(command.run(project, name, asked))


def history(
    subject: Annotated[
        str, typer.Argument(help="A user, an account or a task. Default: everything.", show_default=False)
    ] = "",
    stack: Stack = None,
    as_json: AsJson = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write a line for each event to this file.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Verify everything that can be verified, and say what cannot."),
    ] = False,
    github: FromGithub = False,
) -> None:
    """Show who asked for something, who approved it, which run applied it and when, what T4 answered, and who
    signed what off. It joins git, the engine's history and the records, and also finds what is no longer in
    the file. Exit code 2 if --check finds something that does not hold.

    Example: t4firm history trader.a --stack demo
    """
    from t4firm_cli.history import command
    from t4firm_cli.report.output import OUTPUT

    if as_json:
        refuse_together("--json", ("--csv -", csv == OUTPUT))
    project = find_project()
    asked = command.Asked(subject, as_json, csv, check, github)
    raise typer.Exit(command.run(project, project.stack(stack), asked))
