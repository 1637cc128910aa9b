"""A firm file with what belongs to it, and its goals declared as resources."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pulumi
import yaml

from providers.t4.account import Account
from providers.t4.account_assignment import AccountAssignment
from providers.t4.application_assignment import ApplicationAssignment
from providers.t4.configuration import passphrase
from providers.t4.configuration.settings import file_settings
from providers.t4.configuration.stack_files import FirmStack
from providers.t4.engine import engine_state, lean_sdk
from providers.t4.engine.registration import Registered
from providers.t4.firm import FirmResource
from providers.t4.lifecycle.base import IN_STATE
from providers.t4.outputs import export, key_of
from providers.t4.records.prior_state import Outputs, recorded_of
from providers.t4.records.task_records import open_tasks
from providers.t4.user import User
from t4firm.loading.other_stacks import captured_of
from t4firm.plan.desired import USER_STEPS
from t4firm.plan.goals import Desired, Key
from t4firm.plan.prior_state import Recorded
from t4firm.plan.removals import gone_elsewhere, refusals
from t4firm.tasks.ids import kind_of, parts_of
from t4firm.tasks.kinds import STANDING
from t4firm.yaml_files.mistakes import some

LEAVING = {*USER_STEPS, "unassign-account"} - {*STANDING}
"""Tasks that must be closed before whom they are about may leave the file. Those that come with a user go
with the user's departure."""

WITHOUT_SERVICE: Final = "organization"
"""What the engine calls the organization where files, a bucket or PostgreSQL keep the state."""


def declare(stack: FirmStack) -> None:
    """Declare every resource of the firm, and export what the stack puts out.

    Raises RunError, before anything is declared, where something left the file in a way that would leave it
    behind in T4.
    """
    lean_sdk.spare()
    last = _recorded(pulumi.get_stack())
    recorded = recorded_of(last)
    _refuse(*refusals(stack.firm, recorded), *_unfinished_elsewhere(stack, recorded))
    goals = stack.following(recorded)
    _refuse(*_unfinished(goals, last))
    telling = pulumi.ResourceOptions(transformations=[_in_state(last)])
    settings = file_settings(pulumi.Config("t4").get, os.environ, pulumi.get_stack())
    firm = FirmResource(goals.firm, settings.identity_of(stack.firm.firm), telling)
    users = {goal.user.username: User(goal, firm, telling) for goal in goals.users}
    accounts = {
        goal.account.account: Account(goal, users[goal.account.owner], telling) for goal in goals.accounts
    }
    applications = {
        (goal.username, goal.application): ApplicationAssignment(goal, users[goal.username], telling)
        for goal in goals.applications
    }
    access: dict[tuple[str, str], AccountAssignment] = {}
    for goal in sorted(goals.access, key=lambda goal: (goal.captures, bool(goal.after))):
        before = [_resource_of(task, users, applications, access) for task in goal.after]
        access[goal.username, goal.account] = AccountAssignment(
            goal, users[goal.username], accounts.get(goal.account), before, telling
        )
    of_access = [access[goal.username, goal.account] for goal in goals.access]
    resources = [firm, *users.values(), *accounts.values(), *applications.values(), *of_access]
    export(goals, stack.firm, resources, last.values())


def refuse_empty_passphrase() -> None:
    """Raises RunError for a stack that is encrypted with an empty passphrase."""
    name = pulumi.get_stack()
    file = Path("stacks", f"Pulumi.{name}.yaml")
    settings = yaml.safe_load(file.read_text(encoding="utf-8")) or {} if file.is_file() else {}
    in_service = pulumi.get_organization() != WITHOUT_SERVICE
    if wrong := passphrase.empty_for_the_engine(os.environ, settings, lambda: in_service):
        _refuse(f"{wrong}. {passphrase.SET_IT}.")


def _in_state(last: Mapping[Key, Outputs]) -> pulumi.ResourceTransformation:
    """Tells each provider whether the state has its resource (lifecycle/base.py)."""

    def told(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if (args.type_, args.name) not in last:
            return None
        return pulumi.ResourceTransformationResult({**args.props, IN_STATE: True}, args.opts)

    return told


def _resource_of(
    task: str,
    users: Mapping[str, User],
    applications: Mapping[tuple[str, str], ApplicationAssignment],
    access: Mapping[tuple[str, str], AccountAssignment],
) -> Registered:
    """The resource that a task is about."""
    parts = parts_of(task)
    if "application" in parts:
        return applications[parts["username"], parts["application"]]
    if "account" in parts:
        return access[parts["username"], parts["account"]]
    return users[parts["username"]]


def _refuse(*reasons: str) -> None:
    if reasons:
        raise pulumi.RunError("\n".join((*reasons, "Nothing was changed.")))


def _unfinished(goals: Desired, last: Mapping[Key, Outputs]) -> list[str]:
    """What is about to leave the state with its steps of leaving still open."""
    stays = {goal.key for goal in goals.goals}
    owed = [
        task
        for key, outputs in last.items()
        if key not in stays
        for task in open_tasks(outputs.get("tasks") or {})
        if kind_of(task) in LEAVING
    ]
    return (
        [
            "These tasks are open, but the firm file no longer has the user, account or line that they are "
            "about. Put it back, do the tasks or sign them off, and run `up`. When all are closed, remove "
            f"it. The tasks: {', '.join(sorted(owed))}"
        ]
        if owed
        else []
    )


def _unfinished_elsewhere(stack: FirmStack, recorded: Recorded) -> list[str]:
    """Accounts of other stacks whose files have no WhenTech user of them any more, and those stacks still
    do."""
    reasons = []
    gone = gone_elsewhere(stack.firm, recorded, captured_of(stack.others))
    for name in sorted(set(gone.values())):
        numbers = [number for number, of in gone.items() if of == name]
        try:
            theirs = recorded_of(_recorded(name))
        except Exception as error:  # the SDK raises nothing more precise
            reasons.append(
                f"the firm file of the stack {name} no longer has the captured accounts {some(numbers)}, and "
                f"the state of that stack cannot be read from here ({error}). Put the accounts back. Or, if "
                f"none of its accounts should be captured any more, remove {name} from fillService.stacks"
            )
            continue
        if still := [number for number in numbers if theirs.serves_whentech(number)]:
            reasons.append(
                f"the firm file of the stack {name} no longer has the captured accounts {some(still)}, but "
                f"that stack still has them. Run `up` for {name} first, and do what it says"
            )
    return reasons


def _recorded(stack: str) -> dict[Key, Any]:
    return {key_of(urn): resource["outputs"] for urn, resource in engine_state.resources(stack).items()}
