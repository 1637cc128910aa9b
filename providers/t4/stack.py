"""A firm file with what belongs to it, and its goals declared as resources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pulumi

from firm.attested import Attestation, load_attested
from firm.desired import USER_STEPS, Desired, desired
from firm.environment import in_environment
from firm.load import load_firm
from firm.model import Firm
from firm.operations import load_operations
from firm.source import FileError, Mistake
from firm.tasks import STANDING, kind_of, parts_of
from providers.t4 import last_run
from providers.t4.account import Account
from providers.t4.account_assignment import AccountAssignment
from providers.t4.application_assignment import ApplicationAssignment
from providers.t4.firm import FirmResource
from providers.t4.outputs import export
from providers.t4.user import User

T = TypeVar("T")

LEAVING = {*USER_STEPS, "unassign-account"} - {*STANDING}
"""Tasks that must be closed before whom they are about may leave the file. Those that come with a user go
with the user's departure."""


@dataclass(frozen=True)
class FirmStack:
    """A firm, and the goals that follow from its file, its attestations and its operations."""

    firm: Firm
    desired: Desired
    attested: Mapping[str, Attestation]


def load_stack(firm_file: Path, operations: str, folder: Path, stack_file: Path | None = None) -> FirmStack:
    """Raises FileError with every mistake of the firm file, or of the stack, attested or operations file."""
    mistakes: list[Mistake] = []
    firm = _or_mistakes(mistakes, lambda: load_firm(firm_file))
    if firm is not None and stack_file:
        written = firm
        firm = _or_mistakes(mistakes, lambda: in_environment(written, stack_file))
    attested = _or_mistakes(mistakes, lambda: load_attested(firm_file, firm, stack_file))
    known = _or_mistakes(mistakes, lambda: load_operations(operations, folder))
    if firm is None or attested is None or known is None:
        raise FileError(mistakes)
    return FirmStack(firm, desired(firm, known, attested), attested)


def _or_mistakes(mistakes: list[Mistake], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except FileError as error:
        mistakes += error.mistakes
        return None


def declare(stack: FirmStack) -> None:
    """Declare every resource of the firm, and export what the stack puts out.

    Raises RunError, before anything is declared, where somebody left the file with tasks still open.
    """
    goals = stack.desired
    _refuse_unfinished_departures(stack.firm)
    firm = FirmResource(goals.firm)
    needs_firm = pulumi.ResourceOptions(depends_on=[firm])
    users = {
        goal.user.username: User(goal, pulumi.ResourceOptions(depends_on=[firm], protect=not goal.departed))
        for goal in goals.users
    }
    accounts = {
        goal.account.account: Account(goal, users[goal.account.owner], needs_firm) for goal in goals.accounts
    }
    applications = [
        ApplicationAssignment(goal, users[goal.username], needs_firm) for goal in goals.applications
    ]
    access = [
        AccountAssignment(goal, users[goal.username], accounts[goal.account], needs_firm)
        for goal in goals.access
    ]
    export(goals, stack.firm, [firm, *users.values(), *accounts.values(), *applications, *access])


def _refuse_unfinished_departures(firm: Firm) -> None:
    here = {*firm.users, *firm.accounts, *([firm.fillService.user.username] if firm.fillService else [])}
    tasks = last_run.outputs().get("administratorTasks") or ()
    still_open = [task["id"] for task in tasks if task["status"] == "open"]
    owed = [task for task in still_open if kind_of(task) in LEAVING and not _about(task) <= here]
    if owed:
        raise pulumi.RunError(
            "the firm file no longer has whom these open tasks are about, and T4 still owes them: put the "
            f"entry back, close the tasks, then remove it. Nothing was changed. The tasks: {', '.join(owed)}"
        )


def _about(task: str) -> set[str]:
    parts = parts_of(task)
    return {parts[name] for name in ("username", "account") if name in parts}
