"""What a run does of each thing of which a firm file limits how much one run may do."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from t4firm.model.firm import Firm, Limited
from t4firm.plan.prior_state import Recorded
from t4firm.tasks.ids import task_id
from t4firm.tasks.kinds import KINDS

SUBSCRIBING = "update-market-data"
"""The kind of step that T4 bills."""

_WORDS: Mapping[Limited, tuple[str, str]] = {
    "newUsers": ("onboard", "new users"),
    "departures": ("let", "users depart"),
    "marketData": ("add", "market data subscriptions (these are billed)"),
}


@dataclass(frozen=True)
class LimitUse:
    """How much a run would do of what is limited, and how much one run may do."""

    name: Limited
    count: int
    allowed: int

    @property
    def refusal(self) -> str:
        """Why the run is refused, "" where it may do that much."""
        verb, what = _WORDS[self.name]
        if self.count <= self.allowed:
            return ""
        return (
            f"this run would {verb} {self.count} {what}, but limits.{self.name} allows {self.allowed} in one "
            f"run. No call was made. If this number is right, write `limits: {{{self.name}: {self.count}}}` "
            f"into the firm file and have it reviewed. If not, make the change in several smaller ones"
        )


def limit_uses(
    firm: Firm, recorded: Recorded, operations: Container[str], accepted: Container[str]
) -> Iterator[LimitUse]:
    """What the next run does of each thing that is limited: all that the file asks for and that no run has
    recorded yet, so that what failed in the last run counts again in this one; and market data that is an
    open task, where the API takes it now. Who is adopted does not count: nothing is changed. `accepted`: the
    tasks that are left alone for now."""
    subscribes = KINDS[SUBSCRIBING].operation in operations
    known = recorded.users
    adopted = {person.username for person in firm.people if person.adopt} - known.keys()
    not_new = known.keys() | adopted
    counts: dict[Limited, int] = {
        "newUsers": sum(person.username not in not_new for person in firm.people),
        "departures": sum(
            person.departed and person.username in known and not known[person.username].departed
            for person in firm.people
        ),
        "marketData": sum(
            _had(recorded, person.username).get(exchange) != kind
            or (subscribes and _is_to_ask(recorded, person.username, exchange, accepted))
            for person in firm.people
            if not person.departed and person.username not in adopted
            for exchange, kind in person.marketData.items()
        ),
    }
    size = len(known or firm.people)
    for name, count in counts.items():
        yield LimitUse(name, count, firm.limits.allowed(name, size))


def _had(recorded: Recorded, username: str) -> Mapping[str, str]:
    """The market data that the file had; of somebody who has departed it has ended."""
    known = recorded.users.get(username)
    return known.market_data if known and not known.departed else {}


def _is_to_ask(recorded: Recorded, username: str, exchange: str, accepted: Container[str]) -> bool:
    known = recorded.users.get(username)
    return (
        known is not None
        and exchange in known.to_subscribe
        and task_id(SUBSCRIBING, username, exchange) not in accepted
    )
