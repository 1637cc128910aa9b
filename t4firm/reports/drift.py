"""What T4 shows otherwise than the firm file says: one sentence for each difference, and the groups in which
they are told.

A difference is known by the id of the task that mends it (t4firm/tasks/ids.py). No sentence has the value
of a personal detail.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from t4firm.model.firm import Accepted
from t4firm.tasks.ids import kind_of, parts_of

SENTENCES: Mapping[str, str] = {
    "create-account": "account {account} is not in T4",
    "verify-account": "T4 does not show whose account {account} is",
    "apply-template": "account {account} was created from another template account",
    "restore-account": "T4 no longer shows account {account}",
    "declare-account": "T4 lists account {account} under {username}, but the firm file does not",
    "declare-application": "{username} has {application} in T4, but not in the firm file",
    "enable-account": "account {account} is disabled in T4",
    "disable-account": "account {account} is enabled in T4",
    "update-account": "{field} of account {account} differs",
    "assign-application": "{username} lost {application} in T4",
    "unassign-application": "{username} has {application}",
    "assign-account": "{username} lost account {account} in T4",
    "unassign-account": "{username} has account {account} in T4, but should not",
    "assign-role": "{username} lost the role {role} in T4",
    "remove-role": "{username} has {role}",
    "verify-user": "T4 does not show which roles {username} has",
    "verify-firm": "{username} belongs to another firm in T4",
    "update-user": "{field} of {username} differs",
    "update-market-data": "market data of {username} for {exchange} differs",
    "end-market-data": "{username} still has market data of {exchange}. It is billed",
    "disable-user": "{username} has departed, but is enabled in T4",
    "enable-user": "{username} is disabled in T4",
}
"""Kind of step -> what T4 shows where it was not taken, or was undone."""

MENDS = "t4firm up --refresh"
"""The command that reads T4 and then brings it to what the file says."""

NOT_CAPTURED = "account {account} is not captured"


def sentence(task: str, *, captures: bool = False) -> str:
    """The difference that a task mends, in the domain's words. `captures`: it is about an account whose fills
    are to be captured."""
    kind = kind_of(task)
    words = NOT_CAPTURED if captures and kind == "assign-account" else SENTENCES[kind]
    return words.format(**parts_of(task))


@dataclass(frozen=True, order=True)
class Difference:
    """One difference: the task that mends it, and a sentence."""

    task: str
    words: str


@dataclass(frozen=True, order=True)
class Tolerated(Difference):
    """A difference that the firm file accepts, with the reason, until a day."""

    reason: str
    until: date


@dataclass(frozen=True, order=True)
class Unseen:
    """One fact that T4 did not show: of whom or what, the newest evidence that is recorded of it, and the day
    of that ("" where there is none)."""

    name: str
    evidence: str = ""
    day: str = ""


@dataclass(frozen=True, order=True)
class Unverified:
    """Facts of one kind that nobody can see, for one reason (`why`), with what would show them (`remedy`),
    each a part of a sentence. `decisive`: they are about the fill
    user's roles or its accounts, without which nobody knows whether WhenTech gets the right fills."""

    what: str
    why: str
    remedy: str
    facts: tuple[Unseen, ...]
    decisive: bool = False

    @property
    def count(self) -> int:
        """How many facts."""
        return len(self.facts)

    @property
    def oldest(self) -> Unseen:
        """The fact whose evidence is the oldest; one without any comes first."""
        return min(self.facts, key=lambda fact: (fact.day, fact.name))


@dataclass(frozen=True)
class Drift:
    """How T4 differs from the firm file, each group sorted. `unmanaged`: what T4 has and the file does not,
    a sentence each. `still_open`: tasks that were open before, and are."""

    violations: tuple[Difference, ...] = ()
    contradicted: tuple[Difference, ...] = ()
    api: tuple[Difference, ...] = ()
    administrator: tuple[Difference, ...] = ()
    accepted: tuple[Tolerated, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    unmanaged: tuple[str, ...] = ()
    still_open: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether T4 is not what the file says: violations too, what the file accepts not."""
        found = (self.violations, self.contradicted, self.api, self.administrator, self.unmanaged)
        return any(found)

    @property
    def fill_user_unread(self) -> bool:
        """Whether the fill user's roles or its accounts could not be compared."""
        return any(fact.decisive for fact in self.unverified)


@dataclass(frozen=True)
class Reading:
    """What a read left in the record of one resource: `how` (kind of step -> `api` or `administrator`),
    `tasks` (id -> record), `drift` (task -> sentence: what was found since the last update), `violations`
    (task -> sentence). `captures`: it is what makes the fills of an account reach WhenTech."""

    how: Mapping[str, str]
    tasks: Mapping[str, Mapping[str, Any]]
    drift: Mapping[str, str]
    violations: Mapping[str, str]
    captures: bool = False

    def is_for_the_api(self, task: str) -> bool:
        """Whether the next run can take the step by itself."""
        return self.how.get(kind_of(task)) == "api" and not (
            self.tasks[task].keys() & {"lacks", "unconfirmed"}
        )

    def words(self, task: str) -> str:
        """The difference that a task mends, as it was found."""
        words = self.drift.get(task) or sentence(task, captures=self.captures)
        signed = self.tasks.get(task, {}).get("contradicted")
        return f"{words}, although it was signed off ({signed})" if signed else words


def sorted_out(
    readings: Iterable[Reading],
    accepted: Mapping[str, Accepted],
    unverified: Iterable[Unverified] = (),
    unmanaged: Iterable[str] = (),
) -> Drift:
    """The groups of what a read left in the records of the resources."""
    groups: dict[str, set[Any]] = {field.name: set() for field in fields(Drift)}
    for reading in readings:
        groups["violations"] |= {Difference(task, reading.words(task)) for task in reading.violations}
        for task, entry in reading.tasks.items():
            if entry["status"] == "accepted" and task in accepted:
                told = (accepted[task].reason, accepted[task].until)
                groups["accepted"].add(Tolerated(task, reading.words(task), *told))
            elif entry["status"] == "open" and task not in reading.violations:
                group, difference = _of_open(task, entry, reading)
                groups[group].add(difference)
    groups["unverified"] |= set(unverified)
    groups["unmanaged"] |= set(unmanaged)
    return Drift(**{name: tuple(sorted(group)) for name, group in groups.items()})


def _of_open(task: str, entry: Mapping[str, Any], reading: Reading) -> tuple[str, Difference | str]:
    """The group of an open task, and how it is told there."""
    if task not in reading.drift and "contradicted" not in entry:
        return "still_open", task
    difference = Difference(task, reading.words(task))
    if "contradicted" in entry:
        return "contradicted", difference
    return "api" if reading.is_for_the_api(task) else "administrator", difference


def warnings(reading: Reading) -> list[str]:
    """A sentence for each difference that a read found since the last update, with what to do; without those
    that are told as violations or contradicted sign-offs."""
    return [
        f"{words}. {_remedy(task, reading)}"
        for task, words in reading.drift.items()
        if task not in reading.violations and "contradicted" not in reading.tasks[task]
    ]


def _remedy(task: str, reading: Reading) -> str:
    if reading.is_for_the_api(task):
        return f"To correct it through the API: {MENDS}"
    return f"The administrator must correct it ({task}): {MENDS}, then t4firm tasks"
