"""How `t4firm github` is called."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from t4firm_cli.command_group import command_group
from t4firm_cli.project.layout import find_project

if TYPE_CHECKING:
    from t4firm_cli.github.workflows import Workflows

app = command_group("What the workflows in .github/workflows do, with GitHub's command `gh`.")

Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack.")]
ReadCopy = Annotated[
    Path | None,
    typer.Option("--state-copy", help="Preview on this copy of the state, not on the state itself."),
]
LeaveCopy = Annotated[
    Path | None, typer.Option("--leave-copy", help="Write a copy of the state here, for previews.")
]
Base = Annotated[str, typer.Option("--base", help="Compare the change with this revision.")]


def _workflows() -> "Workflows":
    from t4firm_cli.github.gh import Gh
    from t4firm_cli.github.workflows import Workflows

    return Workflows(find_project(), Gh())


@app.command()
def check(base: Base = "origin/main") -> None:
    """Check every stack's files and show what the change means, from files only: no secret, no network.

    Example: t4firm github check --base origin/main
    """
    raise typer.Exit(_workflows().check(base))


@app.command()
def preview(
    stack: Stack,
    pull_request: Annotated[int, typer.Option("--pull-request", help="Its number.")],
    base: Base = "origin/main",
    commit: Annotated[
        str, typer.Option("--commit", help="The pull request's last commit, for the comment to name.")
    ] = "",
    save: Annotated[Path, typer.Option("--save", help="The file for the list of what was reviewed.")] = Path(
        "reviewed.json"
    ),
    state_copy: ReadCopy = None,
) -> None:
    """Preview a change and say what it does in one comment on its pull request.

    Example: t4firm github preview --stack live --pull-request 12
    """
    from t4firm_cli.github.workflows import PullRequest

    change = PullRequest(pull_request, base, commit)
    raise typer.Exit(_workflows().preview(stack, change, save, state_copy))


@app.command()
def up(
    stack: Stack,
    commit: Annotated[str, typer.Option("--commit", help="The commit on the main branch.")],
    by_hand: Annotated[
        bool,
        typer.Option("--by-hand", help="Apply it without a review, if the preview of the merge is gone."),
    ] = False,
    leave_copy: LeaveCopy = None,
) -> None:
    """Apply what was reviewed in the pull request that a commit merged; stop where T4 has changed since, or
    where the commit is not the newest any more.

    Example: t4firm github up --stack live --commit 3f2a91c
    """
    raise typer.Exit(_workflows().up(stack, commit, by_hand=by_hand, state_copy=leave_copy))


@app.command()
def drift(stack: Stack, leave_copy: LeaveCopy = None) -> None:
    """Look for drift, and keep one issue about it. The issue is closed when there is no drift any more.

    Example: t4firm github drift --stack live
    """
    raise typer.Exit(_workflows().drift(stack, leave_copy))
