"""What the firm file says now, where no program tells it: for a read of T4 and for `pulumi destroy`.

A refresh runs no program, and a resource that does not change keeps its old outputs: what a read holds T4
against, and what is no change of the resource, comes from the files themselves.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from providers.t4.configuration.setting_values import SIMULATOR, is_loopback
from providers.t4.configuration.stack_files import load_files
from providers.t4.session.place import normal
from providers.t4.session.session import session
from t4firm.loading.other_stacks import stacks_with
from t4firm.plan.goals import Goal, UserGoal
from t4firm.yaml_files.document import FileError, read


def accounts(username: str) -> Mapping[str, str] | None:
    """The accounts of which the file says anything for this user, each with its owner or the other stack
    whose it is; None where the files can't be read or do not have the user."""
    goal = _users().get(username)
    return goal.accounts if goal else None


def stack_that_has(username: str) -> str:
    """Another stack of the repository whose firm file has this username, or cannot be read; "" for none. A
    stack whose settings name another T4 has other users."""
    firm_file = session().folder / session().files.firm_file

    def found() -> str:
        stacks = stacks_with(firm_file, username)
        return next((stack for stack in stacks if not _is_elsewhere(firm_file.parent, stack)), "")

    return session().once(f"stack with {username}", found)


def _is_elsewhere(folder: Path, stack: str) -> bool:
    """Whether the settings of a stack, which lie beside the firm files, name another T4 than ours."""
    try:
        settings = read(folder / f"Pulumi.{stack}.yaml").data.get("config")
    except FileError:
        return False
    named = settings.get("t4:endpoint") if isinstance(settings, dict) else None
    own = session().settings.endpoint
    if named == SIMULATOR:
        return not is_loopback(own)
    return isinstance(named, str) and normal(named) != normal(own)


def staying() -> list[str]:
    """Who has not departed, sorted, the fill user too; nobody where the files can't be read."""
    return sorted(name for name, goal in _users().items() if not goal.departed)


def sign_offs() -> Mapping[str, str]:
    """Task id -> line, of the attested file; empty where the files can't be read."""

    def lines() -> Mapping[str, str]:
        return {task: line for goal in _goals() for task, line in goal.attested.items()}

    return session().once("sign-offs", lines)


def _users() -> Mapping[str, UserGoal]:
    def users() -> Mapping[str, UserGoal]:
        return {goal.user.username: goal for goal in _goals() if isinstance(goal, UserGoal)}

    return session().once("users of the firm file", users)


def _goals() -> Sequence[Goal]:
    return session().once("goals of the firm file", _read)


def _read() -> Sequence[Goal]:
    files, folder = session().files, session().folder
    try:
        return tuple(load_files(files, folder).desired.goals)
    except FileError:
        return ()
