"""How the commands are called that read files alone: `validate`, `schema`, `review`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from t4firm.review.parts import LIMIT
from t4firm_cli.options import AsJson, Stack
from t4firm_cli.project.layout import find_project

Kind = Literal["firm", "users", "attested", "stack", "operations"]  # as t4firm.schemas has them
Details = Literal["none", "changed", "all"]  # as t4firm.review.model has them


def validate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Firm files or operations files. Default: all in stacks/."),
    ] = None,
    stack: Annotated[str | None, typer.Option("--stack", "-s", help="Check the files of this stack.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check firm files with their attested and operations files. Shows every mistake at once. Exit code 1
    if there is a mistake.

    Example: t4firm validate stacks/demo.firm.yaml
    """
    from t4firm_cli.firm_files import validate as validation

    raise typer.Exit(validation.run(find_project(), files or [], stack, as_json=as_json))


def schema(
    kind: Annotated[Kind, typer.Argument(help="The kind of file.")] = "firm",
) -> None:
    """Print the JSON schema of a kind of file, for an editor.

    Example: t4firm schema attested > attested.schema.json
    """
    from t4firm.schemas import as_text

    typer.echo(as_text(kind), nl=False)


def review(
    base: Annotated[
        str, typer.Option("--base", help="Compare with this: a git revision, or a firm file (.yaml).")
    ],
    stack: Stack = None,
    run_preview: Annotated[
        bool, typer.Option("--run-preview", help="Let the engine preview the change, after a read of T4.")
    ] = False,
    state_copy: Annotated[
        Path | None,
        typer.Option(
            "--state-copy",
            help="Preview on this copy (`t4firm copy-state`). Needs T4_REVIEW_KEY, but not the state.",
        ),
    ] = None,
    no_read: Annotated[
        bool, typer.Option("--no-read", help="Do not read T4 before the preview. Needs no credentials.")
    ] = False,
    preview: Annotated[
        Path | None, typer.Option("--preview", help="Use this output of `pulumi preview --json`.")
    ] = None,
    details: Annotated[
        Details,
        typer.Option("--details", help="Of personal details show: nothing, which changed, or the values."),
    ] = "changed",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the comment to this file.")
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", help="Write the list of steps and calls for `t4firm up --reviewed`."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", help="The longest comment that the host accepts, in characters.")
    ] = LIMIT,
    as_json: AsJson = False,
) -> None:
    """Say what a change of the firm files means, as one comment for a pull request. Without a preview it
    compares only the files and needs no secret. Exit code 2 if something would change; 1 if the files have
    mistakes, or a run would be refused.

    Example: t4firm review --stack demo --base origin/main --run-preview --save reviewed.json
    """
    from t4firm_cli.firm_files import review as comparison

    project = find_project()
    asked = comparison.Asked(
        base,
        preview,
        run_preview,
        state_copy,
        not no_read,
        details=details,
        limit=limit,
        as_json=as_json,
        output=output,
        save=save,
    )
    raise typer.Exit(comparison.run(project, project.stack(stack), asked))
