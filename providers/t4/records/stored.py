"""What a state has of one resource as it stands there: its outputs, any of which may be missing.

The whole-firm reports read thousands of them and take two or three of each, so they read them so; what
decides about T4 reads a record (`records/users.py` and its siblings).
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

from providers.t4.records.task_records import TaskRecord
from providers.t4.records.upgrade import upgraded


class StoredFirst(TypedDict, total=False):
    """The first account of a user."""

    account: str
    accountID: str
    enabled: str


class Stored(TypedDict, total=False):
    """The outputs of a resource, of whichever type. `planned`: in a preview, the tasks to come; `id`: the
    engine's, None for a resource to come."""

    id: str | None
    recorded: str
    tasks: Mapping[str, TaskRecord] | None
    planned: Sequence[str] | Mapping[str, str] | None
    evidence: str | None
    username: str
    account: object
    application: str
    userID: str | None
    roles: Sequence[str] | None
    applications: Sequence[str] | None
    violations: Mapping[str, str] | None
    warnings: Sequence[str] | None
    notices: Sequence[str] | None
    firstAccount: StoredFirst | None
    trialExpires: str | None
    marketData: Mapping[str, str] | None
    fees: Mapping[str, str] | None
    unmanaged: Sequence[str] | None
    assigned: bool | None
    owner: str
    made: bool
    madeBy: str
    accountID: str
    state: str


def stored(outputs: Mapping[str, Any] | None) -> Stored:
    """The outputs of this version or of an older one, as this one reads them."""
    return cast(Stored, upgraded(outputs or {}))


def task_in(outputs: Stored, task: str) -> TaskRecord | None:
    """What is recorded of a task of the resource; None where nothing is."""
    return (outputs.get("tasks") or {}).get(task)
