"""Options that several commands have."""

from typing import Annotated

import typer

from t4firm_cli.project.layout import find_project


def _stacks(incomplete: str) -> list[str]:
    """For a shell that completes the name of a stack."""
    return [name for name in find_project().stacks() if name.startswith(incomplete)]


Stack = Annotated[
    str | None,
    typer.Option(
        "--stack",
        "-s",
        help="The stack; optional if there is only one firm file.",
        autocompletion=_stacks,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
