"""What the set-up of a stack rests on, as its records show it (t4firm/reports/proofs.py)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from providers.t4.records.stored import Stored
from providers.t4.records.task_records import UNDONE, TaskRecord
from t4firm.model.firm import Firm
from t4firm.model.names import among
from t4firm.plan.capture import captured_by_role, to_capture
from t4firm.plan.goals import AccessGoal, AccountGoal, ApplicationGoal, Desired, UserGoal
from t4firm.reports.coverage import NEEDED
from t4firm.reports.proofs import Proof
from t4firm.tasks.ids import kind_of, task_id

ABOUT_ROLES = ("verify-user", "remove-role", "assign-role")
FACTS: Mapping[str, str] = {
    "enable-user": "is enabled",
    "sign-eula": "has signed the EULA",
    "update-user": "has the password of this version",
    "hand-over-credentials": "has credentials that WhenTech knows",
    "password-never-expires": "has a password that never expires",
}
"""Kind of a task of the fill user without which the fill service does not run -> what is so once it is
closed. One that no task is about, nothing stands against."""


def proofs(goals: Desired, firm: Firm, records: Sequence[Stored | None]) -> tuple[Proof, ...]:
    """The facts that the capture of fills rests on: of the fill user, and of each account that is to be
    captured. Of what no run has made there is nothing to prove. `records` has one entry a goal."""
    if firm.fillService is None:
        return ()
    made = [(goal, record) for goal, record in zip(goals.goals, records, strict=True) if record]
    wanted = to_capture(goals, firm)
    users = {goal.user.username: record for goal, record in made if isinstance(goal, UserGoal)}
    found: list[Proof] = []
    for goal, record in made:
        if isinstance(goal, UserGoal) and goal.user.username == firm.fillService.user.username:
            found += _of_fill_user(goal.user.username, record)
        elif isinstance(goal, ApplicationGoal) and goal.present:
            found.append(_of_application(goal, record, users.get(goal.username, {})))
        elif isinstance(goal, AccountGoal) and goal.account.account in wanted:
            found += _of_account(goal, record, users.get(goal.account.owner, {}))
        elif isinstance(goal, AccessGoal) and goal.captures and goal.present and not captured_by_role(firm):
            found.append(_of_access(goal, record))
    return tuple(sorted(found))


def _of_fill_user(username: str, record: Stored) -> Iterator[Proof]:
    tasks = [task for task in _tasks(record) if kind_of(task) in ABOUT_ROLES]
    shown = _evidence(record) if record.get("roles") is not None else ""
    yield _proof(username, "has the roles that it may have, and no other", record, tasks, shown)
    for kind, *more in NEEDED:
        task = task_id(kind, username, *more)
        if kind in FACTS and task in _tasks(record):
            yield _proof(username, FACTS[kind], record, [task])


def _of_application(goal: ApplicationGoal, record: Stored, user: Stored) -> Proof:
    """By the answer to the call that assigned it, or to the onboarding of its user where that lists it."""
    task = task_id("assign-application", goal.username, goal.application)
    given = among(goal.application, user.get("applications") or ())
    shown = _evidence(record) or (_evidence(user) if given else "")
    return _proof(
        goal.username, f"has {goal.application}", record, [task], shown if record.get("assigned") else ""
    )


def _of_account(goal: AccountGoal, record: Stored, owner: Stored) -> Iterator[Proof]:
    """By the answer about this very account: the onboarding of its owner made one, and showed one state."""
    number = goal.account.account
    first = owner.get("firstAccount") or {}
    is_first = bool(first) and first.get("account", number if goal.first else "") == number
    onboarded = _evidence(owner) if is_first else ""
    there = [task_id(kind, number) for kind in ("create-account", "verify-account", "restore-account")]
    is_known = record.get("made") and record.get("accountID")
    shown = str(record.get("madeBy") or "") or onboarded
    yield _proof(number, f"is {goal.account.owner}'s account in T4", record, there, shown if is_known else "")
    if goal.enabled is not None:
        kind, state = ("enable-account", "enabled") if goal.enabled else ("disable-account", "disabled")
        was_so = str(first.get("enabled") or "").casefold() == state
        shown = _evidence(record) or (onboarded if was_so else "")
        is_so = str(record.get("state") or "").casefold() == state
        yield _proof(number, f"is {state}", record, [task_id(kind, number)], shown if is_so else "")


def _of_access(goal: AccessGoal, record: Stored) -> Proof:
    task = task_id("assign-account", goal.username, goal.account)
    shown = _evidence(record) if record.get("assigned") else ""
    return _proof(goal.account, f"is assigned to {goal.username}", record, [task], shown)


def _proof(about: str, fact: str, record: Stored, tasks: Iterable[str], shown: str = "") -> Proof:
    """By the tasks that the fact is about: an open one leaves it to nobody, and a person's word is the
    weakest of those that closed one. Where there was none, by what T4 answered (`shown`)."""
    recorded = {task: _tasks(record)[task] for task in tasks if task in _tasks(record)}
    undone = sorted(task for task, entry in recorded.items() if entry["status"] in UNDONE)
    if undone:
        return Proof(about, fact, "nobody's", ", ".join(undone))
    closed = {entry["status"]: str(entry["closed"]) for entry in recorded.values() if "closed" in entry}
    if "attested" in closed:
        return Proof(about, fact, "signed off", closed["attested"])
    evidence = closed.get("done") or shown
    return Proof(about, fact, "proved" if evidence else "nobody's", evidence)


def _evidence(record: Stored) -> str:
    return str(record.get("evidence") or "")


def _tasks(record: Stored) -> Mapping[str, TaskRecord]:
    return record.get("tasks") or {}
