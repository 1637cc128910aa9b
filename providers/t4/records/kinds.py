"""The records of all types of resources."""

from collections.abc import Mapping
from typing import Any, Final

from providers.t4.records.accounts import AccountRecord
from providers.t4.records.assignments import AccessRecord, ApplicationRecord
from providers.t4.records.firm import FirmRecord
from providers.t4.records.record import Recorded
from providers.t4.records.users import UserRecord
from t4firm.plan.goals import OURS

RECORDS: Final[Mapping[str, type[Recorded]]] = {
    f"{OURS}Firm": FirmRecord,
    f"{OURS}User": UserRecord,
    f"{OURS}Account": AccountRecord,
    f"{OURS}ApplicationAssignment": ApplicationRecord,
    f"{OURS}AccountAssignment": AccessRecord,
}
"""Type as in a URN -> its record."""


def record_of(kind: str, outputs: Mapping[str, Any]) -> Recorded:
    """What a state holds of a resource of this type."""
    return RECORDS[kind].from_props(outputs)
