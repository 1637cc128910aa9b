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
        help="The stack. Optional if there is only one firm file.",
        autocompletion=_stacks,
    ),
]


def refuse_together(first: str, *others: tuple[str, object]) -> None:
    """Raises BadParameter where an option was given beside one that it means nothing with. `others`: its name
    and what was given."""
    for name, given in others:
        if given:
            raise typer.BadParameter(f"{first} does not go with {name}: leave one of them out")


def one_line(text: str) -> str:
    """The callback of an option whose text lands in a file, a page or a mail."""
    from t4firm.model.values import one_line as checked
    from t4firm.yaml_files.mistakes import Wrong

    try:
        return checked(text) if text else text
    except Wrong as error:
        raise typer.BadParameter("; ".join(filter(None, (error.wrong, error.right)))) from None


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
