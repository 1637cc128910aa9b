"""How the commands are called that keep a stack usable: `unlock`, `password`, `copy-state`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from t4firm_cli.options import AsJson, Stack
from t4firm_cli.project.layout import find_project
from t4firm_cli.terminal import complain, confirm, say, say_json


def unlock(
    stack: Stack = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Remove the lock even if it is not known whether its run has ended."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before --force.")] = False,
    as_json: AsJson = False,
) -> None:
    """Free a stack after a killed run: remove the engine's lock if its run has certainly ended, and end the
    processes that it left behind. Exit code 2 if a lock cannot be seen.

    Example: t4firm unlock --stack demo
    """
    from t4firm_cli.engine.command import Pulumi
    from t4firm_cli.runs import unlock as locks

    project = find_project()
    name = project.stack(stack)
    pulumi = Pulumi(project, name)
    if force:
        complain(locks.RISK, "warning")
        if sys.stdin.isatty() and not yes:
            confirm(f"Has that run ended? Remove the lock of stack {name}?")
    done = locks.free(pulumi, forced=force)
    blind = not force and not locks.can_see_locks(pulumi)
    if as_json:
        say_json({"stack": name, "done": done, "seen": not blind})
    else:
        for words in done or ([] if blind else ["Nothing to unlock."]):
            say(words)
        if blind:
            complain(locks.unseen(pulumi))
    raise typer.Exit(2 if blind else 0)


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
    and a warning if it is not certain that T4 has this password.

    Example: t4firm password trader.a --stack demo
    """
    from t4firm_cli.password import made_seed, password_of

    if new_seed:
        seed = made_seed(username)
        say_json({"seed": seed}) if as_json else say(seed)
        return
    if username is None:
        raise typer.BadParameter("name a user of the firm file, or use --new-seed")

    project = find_project()
    derived = password_of(project, project.stack(stack), username)
    if as_json:
        say_json({"username": username, "password": derived.password, "doubt": derived.doubt})
    else:
        say(derived.password)
        if derived.doubt:
            complain(derived.doubt, "warning")
    raise typer.Exit(2 if derived.doubt else 0)


def copy_state(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    stack: Stack = None,
    as_json: AsJson = False,
) -> None:
    """Write a copy of the stack's state for previews, encrypted with T4_REVIEW_KEY. With it, `t4firm review
    --state-copy` needs neither the state nor its passphrase.

    Example: t4firm copy-state copy.json --stack demo
    """
    from t4firm_cli.engine import state_copy
    from t4firm_cli.engine.command import Pulumi

    project = find_project()
    name = project.stack(stack)
    state_copy.leave(Pulumi(project, name), file)
    say_json({"stack": name, "file": str(file)}) if as_json else say(f"Wrote {file}.")
