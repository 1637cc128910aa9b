"""Whose fills reach WhenTech, account by account: a pure function of the firm file and of what is recorded.

The fill service captures each account that its user is assigned, and no other; or, where the firm chose that,
everything through the Risk Manager role (WhenTech Fill Service page). An account is `captured` when the fill
user is assigned it and nothing known stands against the fill service running; until then it is `assigned`.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from t4firm.model.firm import FillService, Firm
from t4firm.model.users import WHENTECH, WHENTECH_FILLS
from t4firm.plan.capture import captured_by_role, to_capture, until_enabled
from t4firm.plan.goals import Desired
from t4firm.tasks.ids import task_id

State = Literal["captured", "assigned", "open", "excluded", "unmanaged"]

NEEDED: tuple[tuple[str, ...], ...] = (
    ("assign-application", WHENTECH_FILLS),
    ("verify-user",),
    ("enable-user",),
    ("sign-eula",),
    ("update-user", "password"),
    ("hand-over-credentials",),
    ("password-never-expires",),
)
"""What must be closed before the fill service runs, in the order in which it can be done: the kind of a task
of the fill user, and what follows the username in its id.

The service logs in with this user, these credentials and this application (WhenTech Fill Service page), and
T4 lets in who is enabled and has signed the agreements (Onboarding API page, User Login Requirements). With
`password-never-expires` somebody also sees that no change of the password is required, which no service can
make.
"""


@dataclass(frozen=True)
class Known:
    """What is recorded. `assigned`: account -> evidence, for each that the fill user is assigned. `role`: the
    evidence that it has the role that stands for all accounts, "" where none is. `unmanaged`: account -> its
    user, for each that somebody has in T4 and the firm file does not have. `unsaid`: the same for accounts of
    the file whose user has WhenTech in T4, and not by the file. `missing`: the tasks without which the fill
    service does not run."""

    assigned: Mapping[str, str] = field(default_factory=dict)
    role: str = ""
    unmanaged: Mapping[str, str] = field(default_factory=dict)
    unsaid: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Coverage:
    """One account. `because`: the evidence, the open tasks, the reason in the file, or whose it is. `listed`:
    the firm file has the account."""

    account: str
    state: State
    because: str
    listed: bool = True


def coverage(goals: Desired, firm: Firm, known: Known) -> tuple[Coverage, ...]:
    """Every account whose fills matter, sorted: those of WhenTech users, and those that are left out."""
    service = firm.fillService
    return tuple(sorted(_accounts(goals, firm, service, known))) if service else ()


def counts(accounts: Iterable[Coverage]) -> dict[str, int]:
    """How many accounts are to be captured (`wanted`); of these, how many are `assigned`, how many of the
    assigned are `captured`, and how many are still `open`. Beside them, how many are `excluded` with a
    reason, and how many are `unmanaged`: T4 has them, or the WhenTech of their users, and the file does
    not."""
    found = Counter(each.state for each in accounts)
    assigned = found["captured"] + found["assigned"]
    return {
        "wanted": assigned + found["open"],
        "assigned": assigned,
        "captured": found["captured"],
        "open": found["open"],
        "excluded": found["excluded"],
        "unmanaged": found["unmanaged"],
    }


def counted(found: Mapping[str, int]) -> str:
    """Counts in words: `0 of 4 accounts captured, 3 assigned, 1 open`."""
    said = f"{found['captured']} of {found['wanted']} accounts captured"
    if waiting := found["assigned"] - found["captured"]:
        said += f", {waiting} assigned"
    said += f", {found['open']} open"
    return said + (f", {found['excluded']} excluded" if found["excluded"] else "")


def missing(firm: Firm, still_open: Container[str], *, trial_over: bool = False) -> tuple[str, ...]:
    """The tasks without which the fill service does not run, of those that are `still_open`, in the order in
    which they can be done. `trial_over`: T4 said that the fill user's trial ends on a day that has passed."""
    if firm.fillService is None:
        return ()
    fill = firm.fillService.user.username
    tasks = [*until_enabled(firm)]
    tasks += [task for kind, *more in NEEDED if (task := task_id(kind, fill, *more)) in still_open]
    confirm = task_id("confirm-trial", fill)
    return (*tasks, confirm) if trial_over and confirm in still_open else tuple(tasks)


def _accounts(goals: Desired, firm: Firm, service: FillService, known: Known) -> Iterator[Coverage]:
    fill, by_role = service.user.username, captured_by_role(firm)
    wanted = to_capture(goals, firm)
    for number in wanted:
        evidence = known.role if by_role else known.assigned.get(number, "")
        if not evidence:
            lacks = f"{fill} does not have the role" if by_role else task_id("assign-account", fill, number)
            yield Coverage(number, "open", lacks)
        elif known.missing:
            yield Coverage(number, "assigned", ", ".join(known.missing))
        else:
            yield Coverage(number, "captured", evidence)
    for number, reason in service.exclude.items():
        yield Coverage(number, "excluded", reason)
    if not known.role and service.capture != "none":
        of = [(known.unmanaged, "has it in T4, but the firm file does not list it", False)]
        of += [(known.unsaid, f"has {WHENTECH} in T4, but not in the firm file", True)]
        behind = {
            number: Coverage(number, "unmanaged", f"{user} {words}", listed)
            for whose, words, listed in of
            for number, user in whose.items()
        }
        yield from (behind[number] for number in behind.keys() - wanted - service.exclude.keys())
