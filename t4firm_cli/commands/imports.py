"""How `t4firm import` is called: `csv`, `xlsx`, `t4`."""

from pathlib import Path
from typing import Annotated

import typer

from t4firm_cli.command_group import show_help_alone
from t4firm_cli.options import AsJson, Stack
from t4firm_cli.project.layout import find_project

app = typer.Typer(help="Bring what a firm already has into its firm file.", rich_markup_mode=None)

Columns = Annotated[
    Path | None,
    typer.Option(
        "--columns", help="Which column is which field. Default: NAME.columns.yaml in the same folder."
    ),
]
Into = Annotated[
    Path | None, typer.Option("--into", help="New users go into this included file. Default: the firm file.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")]


@app.callback(invoke_without_command=True)
def imports(context: typer.Context) -> None:
    show_help_alone(context)


@app.command("csv")
def from_csv(
    file: Annotated[Path, typer.Argument(help="The table, with a row of headers.")],
    stack: Stack = None,
    columns: Columns = None,
    into: Into = None,
    encoding: Annotated[
        str, typer.Option("--encoding", help="Default: UTF-8 if the file is valid UTF-8; if not, cp1252.")
    ] = "",
    separator: Annotated[
        str,
        typer.Option("--separator", help="One character, or tab. Default: the one that fits the headers."),
    ] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Write entries into the firm file from a table of people, one row for each user or account. Shows the
    columns and the change, and asks. Exit code 1 if there are mistakes, shown by row and column; 2 if
    --dry-run would write something.

    Example: t4firm import csv people.csv --stack demo --dry-run
    """
    from t4firm_cli.firm_files.sheet_import import Asked, run
    from t4firm_cli.firm_files.written_change import Consent

    project = find_project()
    asked = Asked(file, columns, into, encoding, separator)
    raise typer.Exit(run(project, project.stack(stack), asked, Consent(yes, dry_run, as_json)))


@app.command("xlsx")
def from_xlsx(
    file: Annotated[Path, typer.Argument(help="The Excel file, with a row of headers.")],
    stack: Stack = None,
    columns: Columns = None,
    into: Into = None,
    sheet: Annotated[str, typer.Option("--sheet", help="Which sheet. Optional if there is only one.")] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """The same from an Excel file.

    Example: t4firm import xlsx people.xlsx --stack demo --dry-run
    """
    from t4firm_cli.firm_files.sheet_import import Asked, run
    from t4firm_cli.firm_files.written_change import Consent

    project = find_project()
    asked = Asked(file, columns, into, sheet=sheet)
    raise typer.Exit(run(project, project.stack(stack), asked, Consent(yes, dry_run, as_json)))


@app.command("t4")
def from_t4(stack: Stack = None, dry_run: DryRun = False, yes: Yes = False, as_json: AsJson = False) -> None:
    """Draft the firm file from T4 as it is. Every entry gets `adopt: true`, so the next run records it and
    changes nothing in T4. What T4 does not show becomes a question. It reads with the stack's operations and
    its reader. Exit code 2 while there are questions.

    Example: t4firm import t4 --stack demo --dry-run
    """
    from t4firm_cli.firm_files.t4_import import run
    from t4firm_cli.firm_files.written_change import Consent

    project = find_project()
    raise typer.Exit(run(project, project.stack(stack), Consent(yes, dry_run, as_json)))
