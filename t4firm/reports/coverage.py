"""Whose fills reach WhenTech, account by account: a pure function of the firm file and of what is recorded.

The fill service captures each account that its user is assigned, and no other; or, where the firm chose that,
everything through the Risk Manager role (seed 000, options a and b).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from t4firm.model.firm import FillService, Firm
from t4firm.model.users import WHENTECH
from t4firm.tasks.ids import task_id
from t4firm.yaml_files.mistakes import some

State = Literal["captured", "open", "excluded", "unmanaged"]


@dataclass(frozen=True)
class Known:
    """What is recorded. `assigned`: account -> evidence, for each that the fill user is assigned. `role`: the
    evidence that it has the role that stands for all accounts, "" where none is. `unmanaged`: account -> its
    user, for each that somebody has in T4 and the firm file does not have. `unsaid`: the same for accounts of
    the file whose user has WhenTech in T4, and not by the file. `elsewhere`: accounts of other stacks that
    are captured too. `stopped`: the open tasks without which the fill service captures nothing at all."""

    assigned: Mapping[str, str] = field(default_factory=dict)
    role: str = ""
    unmanaged: Mapping[str, str] = field(default_factory=dict)
    unsaid: Mapping[str, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Coverage:
    """One account. `because`: the evidence, the open task, the reason in the file, or whose it is."""

    account: str
    state: State
    because: str


def coverage(firm: Firm, known: Known) -> tuple[Coverage, ...]:
    """Every account whose fills matter, sorted: those of WhenTech users, and those that are left out."""
    service = firm.fillService
    return tuple(sorted(_accounts(firm, service, known))) if service else ()


def counts(accounts: Iterable[Coverage]) -> dict[str, int]:
    """How many accounts are to be captured (`wanted`), are captured (`assigned`), are still `open`, are
    `excluded` with a reason, and are `unmanaged`: uncovered behind the file's back."""
    found = Counter(each.state for each in accounts)
    return {
        "wanted": found["captured"] + found["open"],
        "assigned": found["captured"],
        "open": found["open"],
        "excluded": found["excluded"],
        "unmanaged": found["unmanaged"],
    }


def _accounts(firm: Firm, service: FillService, known: Known) -> Iterator[Coverage]:
    fill, by_role = service.user.username, service.capture == "riskManager"
    chosen = firm.whentech_accounts if by_role else (*firm.captured, *known.elsewhere)
    wanted = {*chosen} - service.exclude.keys()
    for number in wanted:
        evidence = known.role if by_role else known.assigned.get(number, "")
        missing = f"{fill} does not have the role" if by_role else task_id("assign-account", fill, number)
        if known.stopped or not evidence:
            yield Coverage(number, "open", some(known.stopped) or missing)
        else:
            yield Coverage(number, "captured", evidence)
    for number, reason in service.exclude.items():
        yield Coverage(number, "excluded", reason)
    if (known.stopped or not known.role) and service.capture != "none":
        of = [(known.unmanaged, "has it in T4, and the firm file does not")]
        of += [(known.unsaid, f"has {WHENTECH} in T4, and not by the firm file")]
        behind = {number: f"{user} {words}" for whose, words in of for number, user in whose.items()}
        for number in behind.keys() - wanted - service.exclude.keys():
            yield Coverage(number, "unmanaged", behind[number])
