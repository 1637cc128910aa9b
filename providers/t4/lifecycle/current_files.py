"""What the firm file says now, for a read of T4.

A refresh runs no program, and a resource that does not change keeps its old outputs: what a read holds T4
against, and what is no change of the resource, comes from the files themselves.
"""

from collections.abc import Mapping

from providers.t4.session.session import session
from providers.t4.stack_files import load_stack
from t4firm.yaml_files.document import FileError


def accounts(username: str) -> Mapping[str, str] | None:
    """The accounts of which the file says anything for this user, each with its owner or the other stack
    whose it is; None where the files can't be read or do not have the user."""
    return session().once("filed accounts", _accounts).get(username)


def _accounts() -> dict[str, Mapping[str, str]]:
    files, folder = session().files, session().folder
    try:
        stack = load_stack(folder / files.firm_file, files.operations, folder, folder / files.stack_file)
    except FileError:
        return {}
    return {goal.user.username: goal.accounts for goal in stack.desired.users}
