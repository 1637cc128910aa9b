"""How `t4firm` is called. Exit codes: 0 fine, 1 error, 2 there is something to do."""

import json
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from t4firm.review.parts import LIMIT
from t4firm_cli import simulator, task_commands
from t4firm_cli.command_group import show_help_alone
from t4firm_cli.github import command as github
from t4firm_cli.options import AsJson, Stack
from t4firm_cli.project.layout import find_project
from t4firm_cli.terminal import complain, say, say_json

if TYPE_CHECKING:
    from t4firm_cli.engine.command import Pulumi

# Each command imports what it needs when it is called: the engine's SDK, the HTTP library and the models take
# longer to load than --help takes to read.
app = typer.Typer(
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Declarative set-up of a T4 brokerage firm. "
    "Exit codes: 0 fine, 1 error, 2 there is something to do.",
)
app.add_typer(simulator.app, name="simulator")
app.add_typer(github.app, name="github")
task_commands.add_to(app)

# What click raises for a call that it does not understand; typer exports only what derives from it. Its own
# exit code is 2, which here means that there is something to do.
WRONG_CALL = cast(type[typer.BadParameter], typer.BadParameter.__mro__[1])


Details = Literal["none", "changed", "all"]  # as t4firm.review.model has them

OnSimulator = Annotated[
    bool,
    typer.Option(
        "--simulator", help="Put the stack on the embedded simulator; its settings file keeps that."
    ),
]
Live = Annotated[
    bool, typer.Option("--live", help="Take the stack off the simulator: it calls the live T4 from now on.")
]
EngineOutput = Annotated[
    bool, typer.Option("--engine-output", help="All that the engine prints, instead of progress and changes.")
]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"t4firm {version('t4-firm')}")
        raise typer.Exit()


@app.callback(invoke_without_command=True)
def t4firm(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    show_help_alone(context)


@app.command("validate")
def validate_files(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Firm files or operations files; all of stacks/ if none is named."),
    ] = None,
    stack: Annotated[str | None, typer.Option("--stack", "-s", help="The files of this stack.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check firm files with their attested and operations files; every mistake is shown at once. Exit code 1
    when there is one.

    Example: t4firm validate stacks/demo.firm.yaml
    """
    from t4firm_cli import validate

    raise typer.Exit(validate.run(find_project(), files or [], stack, as_json=as_json))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def up(
    context: typer.Context,
    stack: Stack = None,
    on_simulator: OnSimulator = False,
    live: Live = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Write the state once, at the end: for a large first run.")
    ] = False,
    engine_output: EngineOutput = False,
    reviewed: Annotated[
        str | None,
        typer.Option(
            "--reviewed", help="Do this and nothing else: the file of `review --save`, or its digest."
        ),
    ] = None,
) -> None:
    """Bring T4 to what the firm file says: `pulumi up`, going on when one resource fails. Further options
    go to pulumi. On a terminal it shows what it would do, asks, and does that; without a terminal it needs
    --yes. Exit code 1 when something failed.

    Example: t4firm up --stack demo
    """
    from t4firm_cli import confirmed_run, order_of_runs, reviewed_run, unlock
    from t4firm_cli.engine import watched_run
    from t4firm_cli.engine.command import QUICK

    if reviewed is None:
        confirmed_run.refuse_unasked(context.args)
    pulumi = _pulumi(stack, on_simulator=on_simulator, live=live)
    if quick:
        pulumi.environ |= QUICK
    for done in unlock.free(pulumi):
        complain(done)
    run = partial(
        watched_run.run, pulumi, total=watched_run.resources_of(pulumi), engine_output=engine_output
    )
    words = ["--stack", pulumi.stack, *(word for word in context.args if word not in confirmed_run.AGREED)]
    apply = partial(run, "up", "--continue-on-error", "--yes", "--skip-preview", *words)
    if reviewed is not None:
        raise typer.Exit(reviewed_run.run(pulumi, reviewed, apply))
    for said in order_of_runs.unreviewed(pulumi):
        complain(said, "warning")
    if not confirmed_run.AGREED.intersection(context.args):
        raise typer.Exit(confirmed_run.run(pulumi, partial(run, "preview", *words), apply))
    raise typer.Exit(apply())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def preview(
    context: typer.Context,
    stack: Stack = None,
    on_simulator: OnSimulator = False,
    live: Live = False,
    engine_output: EngineOutput = False,
) -> None:
    """Show what `up` would do, without doing it: `pulumi preview`. Further options go to pulumi; --diff shows
    every field. Exit code 2 with --expect-no-changes where there are some.

    Example: t4firm preview --stack demo --diff
    """
    from t4firm_cli.engine import watched_run

    pulumi = _pulumi(stack, on_simulator=on_simulator, live=live)
    total = watched_run.resources_of(pulumi)
    words = ("--stack", pulumi.stack, *context.args)
    raise typer.Exit(watched_run.run(pulumi, "preview", *words, total=total, engine_output=engine_output))


@app.command("review")
def review_change(
    base: Annotated[
        str, typer.Option("--base", help="What it is compared with: a git revision, or a firm file (.yaml).")
    ],
    stack: Stack = None,
    run_preview: Annotated[
        bool, typer.Option("--run-preview", help="Let the engine preview the change, reading T4 first.")
    ] = False,
    preview: Annotated[
        Path | None, typer.Option("--preview", help="A preview made before: `pulumi preview --json`.")
    ] = None,
    details: Annotated[
        Details,
        typer.Option("--details", help="Personal details: not even which changed, which changed, or values."),
    ] = "changed",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")] = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Keep the list of steps for `t4firm up --reviewed`.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", help="Characters that the host takes in a comment.")
    ] = LIMIT,
    as_json: AsJson = False,
) -> None:
    """What a change of the firm files means, as one comment of a pull request. Without a preview only the
    files are compared, which needs no secret. Exit code 2 when something would change; 1 when the files have
    mistakes, or a run would be refused.

    Example: t4firm review --stack demo --base origin/main --run-preview --save reviewed.json
    """
    from t4firm_cli import review

    project = find_project()
    asked = review.Asked(base, preview, run_preview, details, limit, as_json, output, save)
    raise typer.Exit(review.run(project, project.stack(stack), asked))


@app.command("drift")
def show_drift(stack: Stack = None, as_json: AsJson = False) -> None:
    """How T4 differs from the firm file: read now, changing nothing, neither in T4 nor in the state. Exit
    code 2 where it does; 3 where nothing differs in what was read, and the fill user's roles or accounts
    could not be read.

    Example: t4firm drift --stack demo
    """
    from t4firm_cli import drift

    project = find_project()
    raise typer.Exit(drift.run(project, project.stack(stack), as_json=as_json))


@app.command("watch")
def watch_t4(
    stack: Stack = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
    fill_every: Annotated[
        int, typer.Option("--fill-every", min=60, help="Seconds between two reads of the fill user.")
    ] = 900,
) -> None:
    """Stay connected to T4's WebSocket, and say within seconds what changes: an account's state, a new
    account, the fill user's roles. Ctrl-C or SIGTERM ends it. Exit code 1 when T4 refuses the login.

    Example: t4firm watch --stack demo
    """
    from t4firm_cli import watch

    project = find_project()
    name = project.stack(stack)
    raise typer.Exit(watch.run(project, name, as_json=as_json, fill_every=float(fill_every)))


@app.command("unlock")
def free_stack(
    stack: Stack = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Remove a lock also if nobody can know whether its run is over."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before --force.")] = False,
    as_json: AsJson = False,
) -> None:
    """Free a stack after a killed run: remove the engine's lock if its run is certainly over, and end what it
    left behind. Exit code 2 if a lock cannot be seen.

    Example: t4firm unlock --stack demo
    """
    from t4firm_cli import unlock
    from t4firm_cli.engine.command import Pulumi

    project = find_project()
    name = project.stack(stack)
    pulumi = Pulumi(project, name)
    if force:
        complain(unlock.RISK, "warning")
        if sys.stdin.isatty() and not yes:
            typer.confirm(f"Is the run over, and shall the lock of stack {name} be removed?", abort=True)
    done = unlock.free(pulumi, forced=force)
    blind = not force and not unlock.can_see_locks(pulumi)
    if as_json:
        say_json({"stack": name, "done": done, "seen": not blind})
    else:
        for words in done or ([] if blind else ["Nothing to unlock."]):
            say(words)
        if blind:
            complain(unlock.unseen(pulumi))
    raise typer.Exit(2 if blind else 0)


@app.command()
def password(
    username: Annotated[
        str | None, typer.Argument(help="A user of the firm file. Required, except with --new-seed.")
    ] = None,
    stack: Stack = None,
    new_seed: Annotated[
        bool, typer.Option("--new-seed", help="Print a new password seed instead, for t4:passwordSeed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the password that this stack derived for a user, to hand it over. Nothing stores it. Exit code 2
    and a warning where T4 is not known to have it.

    Example: t4firm password trader.a --stack demo
    """
    from t4firm_cli.password import made_seed, password_of

    if new_seed:
        seed = made_seed(username)
        say_json({"seed": seed}) if as_json else say(seed)
        return
    if username is None:
        raise typer.BadParameter("name a user of the firm file, or write --new-seed")

    project = find_project()
    derived = password_of(project, project.stack(stack), username)
    if as_json:
        say_json({"username": username, "password": derived.password, "doubt": derived.doubt})
    else:
        say(derived.password)
        if derived.doubt:
            complain(derived.doubt, "warning")
    raise typer.Exit(2 if derived.doubt else 0)


@app.command("doctor")
def examine(stack: Stack = None, as_json: AsJson = False) -> None:
    """Look at all that a run needs: engine, libraries, settings, files, journal, state, T4, credentials,
    clock; each trouble with its remedy. Exit code 1 when a run would fail, 2 when there are only warnings.

    Example: t4firm doctor --stack demo
    """
    from t4firm_cli.doctor import examination

    project = find_project()
    raise typer.Exit(examination.run(project, project.stack(stack), as_json=as_json))


@app.command()
def schema() -> None:
    """Print the JSON schema of a firm file, for an editor.

    Example: t4firm schema > firm.schema.json
    """
    from t4firm.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


def _pulumi(stack: str | None, *, on_simulator: bool, live: bool) -> "Pulumi":
    from t4firm_cli import unlock
    from t4firm_cli.destination import say_destination
    from t4firm_cli.engine.command import Pulumi
    from t4firm_cli.project.endpoint_setting import put_on_simulator, take_off_simulator
    from t4firm_cli.project.layout import ProjectError
    from t4firm_cli.validate import require_firm_file

    project = find_project()
    name = project.stack(stack)
    require_firm_file(project, name)
    if on_simulator and live:
        raise ProjectError("say either --simulator or --live")
    wrote = put_on_simulator(project, name) if on_simulator else ""
    wrote = take_off_simulator(project, name) if live else wrote
    pulumi = Pulumi(project, name)
    say_destination(pulumi)
    if wrote:
        complain(wrote)
    try:
        pulumi.make()
    except ProjectError:
        if not (mended := unlock.mend(pulumi)):
            raise
        for done in mended:
            complain(done)
        pulumi.make()
    return pulumi


def _foreseen() -> tuple[type[Exception], ...]:
    """Errors that are a sentence for the user; asked for only where there is one."""
    from providers.t4.settings import SettingsError
    from t4firm.yaml_files.document import FileError
    from t4firm_cli.project.layout import ProjectError
    from t4simulator.service.process import SimulatorError

    return (FileError, ProjectError, SettingsError, SimulatorError)


def main() -> None:
    """The console script: a foreseen error is a sentence on standard error, and exit code 1."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # As a shell starts what it puts into the background; the engine's plugins would inherit it, and a
        # provider could no longer be asked to finish its calls and end.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = app(standalone_mode=False)
    except WRONG_CALL as error:
        error.show()  # how it is called, and what is wrong
    except typer.Abort:
        complain("Nothing was done.")
    except _foreseen() as error:
        complain(str(error), "bad")
    else:
        sys.exit(code)
    sys.exit(1)
