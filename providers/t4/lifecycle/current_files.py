"""What the firm file says now, where no program tells it: for a read of T4 and for `pulumi destroy`.

A refresh runs no program, and a resource that does not change keeps its old outputs: what a read holds T4
against, and what is no change of the resource, comes from the files themselves.
"""

from collections.abc import Mapping

from providers.t4.session.session import session
from providers.t4.stack_files import load_files
from t4firm.loading.other_stacks import stack_with
from t4firm.plan.goals import UserGoal
from t4firm.yaml_files.document import FileError


def accounts(username: str) -> Mapping[str, str] | None:
    """The accounts of which the file says anything for this user, each with its owner or the other stack
    whose it is; None where the files can't be read or do not have the user."""
    goal = _users().get(username)
    return goal.accounts if goal else None


def stack_that_has(username: str) -> str:
    """Another stack of the repository whose firm file has this username, or cannot be read; "" for none."""
    firm_file = session().folder / session().files.firm_file
    return session().once(f"stack with {username}", lambda: stack_with(firm_file, username))


def staying() -> list[str]:
    """Who has not departed, sorted, the fill user too; nobody where the files can't be read."""
    return sorted(name for name, goal in _users().items() if not goal.departed)


def _users() -> Mapping[str, UserGoal]:
    return session().once("users of the firm file", _read)


def _read() -> Mapping[str, UserGoal]:
    files, folder = session().files, session().folder
    try:
        stack = load_files(files, folder)
    except FileError:
        return {}
    return {goal.user.username: goal for goal in stack.desired.users}
