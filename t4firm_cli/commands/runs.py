"""How the commands are called that hand work to the engine: `up`, `preview`."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from t4firm_cli.options import Stack
from t4firm_cli.project.layout import find_project
from t4firm_cli.terminal import complain

if TYPE_CHECKING:
    from t4firm_cli.engine.command import Pulumi

OnSimulator = Annotated[
    bool,
    typer.Option(
        "--simulator", help="Put the stack on the embedded simulator. Its settings file keeps that."
    ),
]
Live = Annotated[
    bool,
    typer.Option(
        "--live", help="Take the stack off the simulator: from now on it calls the LIVE T4 (real trading)."
    ),
]
EngineOutput = Annotated[
    bool,
    typer.Option(
        "--engine-output", help="Show everything that the engine prints, instead of progress and changes."
    ),
]


def up(
    context: typer.Context,
    stack: Stack = None,
    on_simulator: OnSimulator = False,
    live: Live = False,
    quick: Annotated[
        bool | None,
        typer.Option(
            "--quick/--no-quick",
            help="Write the state once, at the end of the run, or after each step. If you say neither: once "
            "for a large firm whose journal stays.",
        ),
    ] = None,
    engine_output: EngineOutput = False,
    reviewed: Annotated[
        str | None,
        typer.Option(
            "--reviewed", help="Do only what was reviewed: the file of `review --save`, or its digest."
        ),
    ] = None,
) -> None:
    """Make T4 what the firm file says (`pulumi up`). If one resource fails, the others go on. On a terminal
    it shows what it would do, asks, and does exactly that. Without a terminal it needs --yes. Other options
    are passed to pulumi. Exit code 1 if something failed; 2 if everything was done, and T4 shows a violation
    or denies a sign-off.

    Example: t4firm up --stack demo
    """
    from t4firm_cli.administrator import simulated_templates
    from t4firm_cli.engine import watched_run
    from t4firm_cli.runs import checkpoints, confirmed_run, order_of_runs, reviewed_run, unlock

    if reviewed is None:
        confirmed_run.refuse_unasked(context.args)
    pulumi = _pulumi(stack, on_simulator=on_simulator, live=live)
    for done in unlock.free(pulumi):
        complain(done)
    total = watched_run.resources_of(pulumi)
    checkpoints.settle(pulumi, total, quick=quick)
    run = partial(watched_run.run, pulumi, total=total, engine_output=engine_output)
    words = ["--stack", pulumi.stack, *(word for word in context.args if word not in confirmed_run.AGREED)]

    def apply(*more: str) -> int:
        if prepared := simulated_templates.prepare(pulumi.project, pulumi.stack):
            complain(prepared)
        return run("up", "--continue-on-error", "--yes", "--skip-preview", *words, *more)

    if reviewed is not None:
        raise typer.Exit(reviewed_run.run(pulumi, reviewed, apply))
    for said in order_of_runs.unreviewed(pulumi):
        complain(said, "warning")
    if not confirmed_run.AGREED.intersection(context.args):
        raise typer.Exit(confirmed_run.run(pulumi, partial(run, "preview", *words), apply))
    raise typer.Exit(apply())


def preview(
    context: typer.Context,
    stack: Stack = None,
    on_simulator: OnSimulator = False,
    live: Live = False,
    engine_output: EngineOutput = False,
) -> None:
    """Show what `up` would do, without doing it (`pulumi preview`). --diff shows every field. Other options
    are passed to pulumi. Exit code 2 with --expect-no-changes if something would change.

    Example: t4firm preview --stack demo --diff
    """
    from t4firm_cli.engine import watched_run

    pulumi = _pulumi(stack, on_simulator=on_simulator, live=live)
    total = watched_run.resources_of(pulumi)
    words = ("--stack", pulumi.stack, *context.args)
    raise typer.Exit(watched_run.run(pulumi, "preview", *words, total=total, engine_output=engine_output))


def _pulumi(stack: str | None, *, on_simulator: bool, live: bool) -> "Pulumi":
    from t4firm_cli.destination import say_destination
    from t4firm_cli.engine.command import Pulumi
    from t4firm_cli.firm_files.validate import require_firm_file
    from t4firm_cli.project.endpoint_setting import put_on_simulator, take_off_simulator
    from t4firm_cli.project.layout import ProjectError
    from t4firm_cli.runs import unlock

    project = find_project()
    name = project.stack(stack)
    require_firm_file(project, name)
    if on_simulator and live:
        raise ProjectError("use either --simulator or --live, not both")
    wrote = put_on_simulator(project, name) if on_simulator else ""
    wrote = take_off_simulator(project, name) if live else wrote
    if wrote:  # before anything that may fail: it stays
        complain(wrote)
    pulumi = Pulumi(project, name)
    say_destination(pulumi)
    try:
        pulumi.make()
    except ProjectError:
        if not (mended := unlock.mend(pulumi)):
            raise
        for done in mended:
            complain(done)
        pulumi.make()
    return pulumi
