"""What a change of a firm's files brings: tasks, refusals, and the use of the limits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from t4firm.model.firm import Firm, Limited
from t4firm.plan.prior_state import Recorded

Key = tuple[str, str]
"""Type and name of a resource."""


@dataclass(frozen=True)
class LimitUse:
    """How much a run would do of what is limited, and how much one run may do."""

    name: Limited
    count: int
    allowed: int


@dataclass(frozen=True)
class Changes:
    """What a change of the files means: administrator tasks that it brings (ids, sorted), why a run would be
    refused, what it uses of the limits, and the resources about which the two files differ."""

    tasks: tuple[str, ...]
    refusals: tuple[str, ...]
    limits: tuple[LimitUse, ...]
    changed: frozenset[Key]


def limit_uses(firm: Firm, recorded: Recorded) -> Iterator[LimitUse]:
    """What the next run does of each thing that is limited: all that the file asks for and that no run has
    recorded yet, so that what failed in the last run counts again in this one. Who is adopted does not count:
    nothing is changed."""
    known = recorded.users
    adopted = {person.username for person in firm.people if person.adopt} - known.keys()
    counts: dict[Limited, int] = {
        "newUsers": sum(person.username not in known.keys() | adopted for person in firm.people),
        "departures": sum(
            person.departed and person.username in known and not known[person.username].departed
            for person in firm.people
        ),
        "marketData": sum(
            _had(recorded, person.username).get(exchange) != kind
            for person in firm.people
            if not person.departed and person.username not in adopted
            for exchange, kind in person.marketData.items()
        ),
    }
    size = len(known or firm.people)
    for name, count in counts.items():
        yield LimitUse(name, count, firm.limits.allowed(name, size))


def _had(recorded: Recorded, username: str) -> Mapping[str, str]:
    """The market data that T4 was asked for; of somebody who has departed it has ended."""
    known = recorded.users.get(username)
    return known.market_data if known and not known.departed else {}
