"""What the engine has recorded of a stack, as the goals of the next run need it."""

from collections.abc import Mapping
from typing import Any

from pulumi.runtime.rpc import is_rpc_secret

from providers.t4.lifecycle.task_records import open_tasks
from t4firm.plan.goals import OURS
from t4firm.plan.prior_state import Recorded, RecordedAccount, RecordedAssignment, RecordedUser
from t4firm.tasks.ids import kind_of

Key = tuple[str, str]
Outputs = Mapping[str, Any]

IDENTITY = ("firstname", "lastname", "email")


def recorded_of(resources: Mapping[Key, Outputs]) -> Recorded:
    """From the recorded outputs by (type, name). A field that an older version did not record has the
    meaning that it had then."""
    firm = next(iter(_of_type(resources, "Firm").values()), {})
    return Recorded(
        users={name: _user(found) for name, found in _of_type(resources, "User").items()},
        accounts={name: _account(found) for name, found in _of_type(resources, "Account").items()},
        applications={
            (found["username"], found["application"]): _assignment(found)
            for found in _of_type(resources, "ApplicationAssignment").values()
        },
        access={
            (found["username"], found["account"]): _assignment(found)
            for found in _of_type(resources, "AccountAssignment").values()
        },
        signed=frozenset(task for found in resources.values() for task in found.get("attested") or ()),
        idle=firm.get("idle"),
        strange=frozenset(firm.get("strange") or ()),
    )


def _of_type(resources: Mapping[Key, Outputs], kind: str) -> dict[str, Outputs]:
    return {name: found for (type_, name), found in resources.items() if type_ == f"{OURS}{kind}"}


def _user(found: Outputs) -> RecordedUser:
    expected, person, roles = found["expected"], _seen(found.get("person")), found.get("roles")
    owed = open_tasks(found.get("tasks") or {})
    # an older version recorded the number with the account's secret names alone
    first = (found.get("firstAccount") or {}).get("account") or _seen(found["account"]).get("account", "")
    return RecordedUser(
        departed=bool(found["departed"]),
        fill=bool(expected["exactly"]),
        first=str(first),
        roles=tuple(roles) if roles is not None else None,
        allowed=(*expected["roles"], *(found.get("retiring") or ())),
        firm_id=str(found.get("firmID") or ""),
        firm_doubt=next((task for task in owed if kind_of(task) == "verify-firm"), ""),
        person=tuple(str(person.get(name, "")) for name in IDENTITY),
        market_data=dict(found.get("marketData") or {}),
        applications=tuple(found.get("applications") or ()),
    )


def _seen(value: Any) -> Mapping[str, Any]:
    """A value that is secret in the state; nothing where the state was exported without its secrets."""
    if is_rpc_secret(value):
        value = value.get("value")
    return value or {}


def _account(found: Outputs) -> RecordedAccount:
    return RecordedAccount(
        owner=str(found["owner"]),
        made=bool(found["made"]),
        asked=any(kind_of(task) == "create-account" for task in open_tasks(found.get("tasks") or {})),
        revoked_from=tuple(found.get("revokedFrom") or ()),
    )


def _assignment(found: Outputs) -> RecordedAssignment:
    return RecordedAssignment(
        present=bool(found.get("present", True)),
        has=bool(found["assigned"]),
        open=tuple(open_tasks(found.get("tasks") or {})),
        stack=str(found.get("stack") or ""),
    )
