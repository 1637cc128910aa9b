"""What the engine has recorded of a stack, as the goals of the next run need it."""

from collections.abc import Mapping
from typing import Any

from pulumi.runtime.rpc import is_rpc_secret

from providers.t4.records.accounts import AccountRecord
from providers.t4.records.assignments import AccessRecord, ApplicationRecord, AssignmentRecord
from providers.t4.records.firm import FirmInputs, FirmRecord
from providers.t4.records.kinds import RECORDS, record_of
from providers.t4.records.task_records import open_tasks, was_called
from providers.t4.records.users import UserRecord
from t4firm.plan.goals import Key
from t4firm.plan.limits import SUBSCRIBING
from t4firm.plan.prior_state import (
    IDENTITY,
    Recorded,
    RecordedAccount,
    RecordedAssignment,
    RecordedUser,
)
from t4firm.tasks.ids import kind_of, parts_of

Outputs = Mapping[str, Any]


def recorded_of(resources: Mapping[Key, Outputs]) -> Recorded:
    """From the recorded outputs by (type, name). A field that an older version did not record has the
    meaning that it had then."""
    records = [record_of(kind, opened(found)) for (kind, _), found in resources.items() if kind in RECORDS]
    firm = next((each.inputs for each in records if isinstance(each, FirmRecord)), FirmInputs(firm=""))
    return Recorded(
        users={each.inputs.name: _user(each) for each in records if isinstance(each, UserRecord)},
        accounts={each.inputs.name: _account(each) for each in records if isinstance(each, AccountRecord)},
        applications={
            (each.inputs.username, each.inputs.what): _assignment(each)
            for each in records
            if isinstance(each, ApplicationRecord)
        },
        access={
            (each.inputs.username, each.inputs.what): _assignment(each)
            for each in records
            if isinstance(each, AccessRecord)
        },
        signed=frozenset(task for found in resources.values() for task in found.get("attested") or ()),
        idle=firm.idle,
        strange=frozenset(firm.strange),
    )


def _user(record: UserRecord) -> RecordedUser:
    inputs, owed = record.inputs, open_tasks(record.tasks)
    return RecordedUser(
        departed=inputs.departed,
        fill=inputs.is_fill_user,
        first=record.firstAccount.account or inputs.account.account,
        roles=record.roles,
        allowed=(*inputs.expected.roles, *inputs.retiring),
        firm_id=record.firmID,
        firm_doubt=next((task for task in owed if kind_of(task) == "verify-firm"), ""),
        applications=record.applications or (),
        person=tuple(inputs.person.get(name, "") for name in IDENTITY),
        market_data=inputs.marketData,
        to_subscribe=_to_subscribe(record),
    )


def _to_subscribe(record: UserRecord) -> frozenset[str]:
    """The exchanges that are open tasks: a run whose API takes them asks T4, which bills them."""
    tasks = [task for task in open_tasks(record.tasks) if kind_of(task) == SUBSCRIBING]
    return frozenset(parts_of(task)["exchange"] for task in tasks if not was_called(record.tasks, task))


def opened(value: Any) -> Any:
    """Recorded outputs without the envelopes of what is secret in them: empty where the state was exported
    without its secrets."""
    if is_rpc_secret(value):
        return opened(value.get("value") or {})
    if isinstance(value, Mapping):
        return {name: opened(inner) for name, inner in value.items()}
    return value


def _account(record: AccountRecord) -> RecordedAccount:
    return RecordedAccount(
        owner=record.inputs.owner,
        made=record.made,
        asked=any(kind_of(task) == "create-account" for task in open_tasks(record.tasks)),
        revoked_from=record.inputs.revokedFrom,
    )


def _assignment(record: AssignmentRecord) -> RecordedAssignment:
    return RecordedAssignment(
        present=record.inputs.present,
        has=record.assigned,
        open=tuple(open_tasks(record.tasks)),
        stack=record.inputs.stack if isinstance(record, AccessRecord) else "",
    )
