"""How the commands are called that are about what people have to do: `tasks`, `attest`, `request`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from t4firm_cli.options import AsJson, Stack, one_line, refuse_together
from t4firm_cli.project.layout import find_project
from t4firm_cli.terminal import complain, say, say_json


def list_tasks(
    stack: Stack = None,
    as_json: AsJson = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a ticket or a comment.")
    ] = False,
    short: Annotated[bool, typer.Option("--short", help="A checklist: one line for each task.")] = False,
    closed: Annotated[
        bool, typer.Option("--all", help="Also closed tasks and captured accounts, with their evidence.")
    ] = False,
    show_secrets: Annotated[
        bool | None,
        typer.Option(
            "--show-secrets/--hide-secrets",
            help="Old and new values of personal details. Default: only on a terminal.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show what the firm's T4 administrator has to do in the portal, and whose fills are captured. Exit code
    2 while there is something to do.

    Example: t4firm tasks --stack demo --all
    """
    from t4firm_cli.administrator import tasks

    if as_json:
        refuse_together("--json", ("--markdown", markdown), ("--short", short))
    if short:
        shown = ("--show-secrets or --hide-secrets", show_secrets is not None)
        refuse_together("--short", ("--markdown", markdown), ("--all", closed), shown)
    project = find_project()
    form: tasks.Form = "terminal"
    if as_json or markdown or short:
        form = "json" if as_json else "markdown" if markdown else "short"
    name = project.stack(stack)
    raise typer.Exit(tasks.run(project, name, form, closed=closed, show_secrets=show_secrets))


def request_whentech(
    name: Annotated[
        str,
        typer.Option(
            "--name", help="Who asks: the firm's T4 administrator or an officer.", callback=one_line
        ),
    ],
    title: Annotated[
        str, typer.Option("--title", help="Their title at the firm.", callback=one_line)
    ] = "T4 administrator",
    environment: Annotated[
        str, typer.Option("--environment", help="T4's environment.", callback=one_line)
    ] = "Live",
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Print the mail that asks CTS support for the applications WhenTech and WhenTechFills. When you have
    sent it, write the day into the firm file.

    Example: t4firm request --name "Ann Ohio" --title "Chief Operating Officer" --stack demo
    """
    from t4firm.whentech_request import mail, next_step
    from t4firm_cli.firm_files import validate

    project = find_project()
    firm = validate.load(project, project.stack(stack)).firm
    text, step = mail(firm.firm, name, title, environment), next_step(firm.whentech)
    if as_json:
        say_json({"mail": text, "next": step})
        return
    say(text)
    complain(step)


def sign_off(
    by: Annotated[str, typer.Option("--by", help="Who did it, or saw that it was done.", callback=one_line)],
    tasks: Annotated[list[str] | None, typer.Argument(help="The ids of open tasks.")] = None,
    stack: Stack = None,
    note: Annotated[
        str, typer.Option("--note", help="Anything that a later reader should know.", callback=one_line)
    ] = "",
    on: Annotated[
        datetime | None,
        typer.Option(
            "--on",
            formats=["%Y-%m-%d"],
            help="The day on which it was done. Default: today.",
            show_default=False,
        ),
    ] = None,
    all_open: Annotated[
        bool,
        typer.Option(
            "--all-open", help="Every open task that need not wait. Use it only if you did all of them."
        ),
    ] = False,
    page: Annotated[
        str, typer.Option("--page", help="With --all-open: only the tasks of this page, for example Users.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Sign off tasks that are done: write a line for each into the attested file. The next `up` closes them.

    Example: t4firm attest sign-eula/WhenTechFillUser --by "A. Administrator" --stack demo
    """
    from t4firm_cli.administrator import attest

    project = find_project()
    name = project.stack(stack)
    day = (on or datetime.now(UTC)).date()
    signed = attest.run(project, name, attest.SignOff(tasks or [], by, day, note, all_open, page))
    if as_json:
        say_json({"stack": name, "signed": signed})
        return
    for task in signed:
        say(f"{task}: signed off by {by} on {day}")
    complain(
        "Next: commit the attested file, and run `t4firm up`. It closes the tasks, or says why "
        "a line does not count."
    )
