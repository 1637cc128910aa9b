"""What the set-up of a stack rests on, as its records show it (t4firm/reports/proofs.py)."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from providers.t4.records.stored import Stored, task_in
from providers.t4.records.task_records import UNDONE, TaskRecord
from t4firm.model.firm import Firm
from t4firm.model.names import among
from t4firm.plan.capture import captured_by_role, to_capture
from t4firm.plan.goals import AccessGoal, AccountGoal, ApplicationGoal, Desired, UserGoal
from t4firm.reports.coverage import NEEDED
from t4firm.reports.hidden import ACCOUNTS, FILL_USER, NOTHING, SIGNATURES, TRADERS, Shows
from t4firm.reports.proofs import SOCKET, Proof
from t4firm.tasks.ids import kind_of, task_id

LOOK = "have somebody look in the portal"
ABOUT_ROLES = ("verify-user", "remove-role", "assign-role")
FACTS: Mapping[str, tuple[str, Shows]] = {
    "enable-user": ("is enabled", FILL_USER),
    "sign-eula": ("has signed the EULA", SIGNATURES),
    "update-user": ("has the password of this version", NOTHING),
    "hand-over-credentials": ("has credentials that WhenTech knows", NOTHING),
    "password-never-expires": ("has a password that never expires", NOTHING),
}
"""Kind of a task of the fill user without which the fill service does not run -> what is so once it is
closed, and what shows it. One that no task is about, nothing stands against."""


def proofs(goals: Desired, firm: Firm, records: Sequence[Stored | None]) -> tuple[Proof, ...]:
    """The facts that the capture of fills rests on: of the fill user, and of each account that is to be
    captured. Of what no run has made there is nothing to prove. `records` has one entry a goal."""
    if firm.fillService is None:
        return ()
    made = [(goal, record) for goal, record in zip(goals.goals, records, strict=True) if record]
    wanted = to_capture(goals, firm)
    users = {goal.user.username: record for goal, record in made if isinstance(goal, UserGoal)}
    found: list[_Found] = []
    for goal, record in made:
        if isinstance(goal, UserGoal) and goal.user.username == firm.fillService.user.username:
            found += _of_fill_user(goal.user.username, record)
        elif isinstance(goal, ApplicationGoal) and goal.present:
            found.append(_of_application(goal, record, users.get(goal.username, {})))
        elif isinstance(goal, AccountGoal) and goal.account.account in wanted:
            found += _of_account(goal, record, users.get(goal.account.owner, {}))
        elif isinstance(goal, AccessGoal) and goal.captures and goal.present and not captured_by_role(firm):
            found.append(_of_access(goal, record))
    return tuple(sorted(each.proof(goals.operations) for each in found))


@dataclass(frozen=True)
class _Found:
    """A fact, and what is recorded of it: by the tasks that it is about, an open one leaves it to nobody, and
    a person's word is the weakest of those that closed one. Where there was none, by what T4 answered
    (`answer`). `shown_by`: what else would show it."""

    about: str
    fact: str
    record: Stored
    tasks: Iterable[str]
    shown_by: Shows
    answer: str = ""

    def proof(self, operations: Container[str]) -> Proof:
        recorded = {task: _tasks(self.record)[task] for task in self.tasks if task in _tasks(self.record)}
        undone = sorted(task for task, entry in recorded.items() if entry["status"] in UNDONE)
        closed = {entry["status"]: str(entry["closed"]) for entry in recorded.values() if "closed" in entry}
        if "attested" in closed and not undone:
            return Proof(self.about, self.fact, "signed off", closed["attested"])
        if not undone and (evidence := closed.get("done") or self.answer):
            return Proof(self.about, self.fact, "proved", evidence)
        why = f"open: {', '.join(undone)}" if undone else "no run has kept an answer of T4 that shows it"
        ways = [f"close {', '.join(undone)}"] if undone else []
        ways += filter(None, [self.shown_by.by_refresh(operations)])
        return Proof(self.about, self.fact, "not shown", ", ".join(undone), why, "; or ".join(ways) or LOOK)


def _of_fill_user(username: str, record: Stored) -> Iterator[_Found]:
    tasks = [task for task in _tasks(record) if kind_of(task) in ABOUT_ROLES]
    shown = _evidence(record) if record.get("roles") is not None else ""
    yield _Found(username, "has the roles that it may have, and no other", record, tasks, FILL_USER, shown)
    for kind, *more in NEEDED:
        task = task_id(kind, username, *more)
        if kind in FACTS and task in _tasks(record):
            yield _Found(username, FACTS[kind][0], record, [task], FACTS[kind][1])


def _of_application(goal: ApplicationGoal, record: Stored, user: Stored) -> _Found:
    """By the answer to the call that assigned it, or to the onboarding of its user where that lists it."""
    task = task_id("assign-application", goal.username, goal.application)
    given = among(goal.application, user.get("applications") or ())
    shown = (_evidence(record) or (_evidence(user) if given else "")) if record.get("assigned") else ""
    return _Found(goal.username, f"has {goal.application}", record, [task], TRADERS, shown)


def _of_account(goal: AccountGoal, record: Stored, owner: Stored) -> Iterator[_Found]:
    """By the answer about this very account: the onboarding of its owner made one, and showed one state. That
    a reader sees it shows that it is there, and not whose it is."""
    number, owned = goal.account.account, goal.account.owner
    first = owner.get("firstAccount") or {}
    is_first = bool(first) and first.get("account", number if goal.first else "") == number
    onboarded = _evidence(owner) if is_first else ""
    create, restore = task_id("create-account", number), task_id("restore-account", number)
    is_known = record.get("made") and record.get("accountID")
    made = (str(record.get("madeBy") or "") or onboarded) if is_known else ""
    yield _Found(number, "is in T4", record, [create, restore], ACCOUNTS, made or _evidence(record))
    theirs = [task_id("verify-account", number), task_id("assign-account", owned, number)]
    created = task_in(record, create)
    if not created or SOCKET not in created.get("closed", ""):
        theirs.append(create)  # which the administrator takes with the assignment, and the API for its owner
    yield _Found(number, f"is {owned}'s", record, theirs, TRADERS, made)
    if goal.enabled is not None:
        kind, state = ("enable-account", "enabled") if goal.enabled else ("disable-account", "disabled")
        was_so = str(first.get("enabled") or "").casefold() == state
        shown = _evidence(record) or (onboarded if was_so else "")
        is_so = str(record.get("state") or "").casefold() == state
        tasks = [task_id(kind, number)]
        yield _Found(number, f"is {state}", record, tasks, ACCOUNTS, shown if is_so else "")


def _of_access(goal: AccessGoal, record: Stored) -> _Found:
    task = task_id("assign-account", goal.username, goal.account)
    shown = _evidence(record) if record.get("assigned") else ""
    return _Found(goal.account, f"is assigned to {goal.username}", record, [task], FILL_USER, shown)


def _evidence(record: Stored) -> str:
    return str(record.get("evidence") or "")


def _tasks(record: Stored) -> Mapping[str, TaskRecord]:
    return record.get("tasks") or {}
