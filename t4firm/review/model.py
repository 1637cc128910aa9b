"""A change of a firm as people review it: frozen, made by `compare`, shown by `comment`.

Everything in here is sorted, and holds no time of its making: an unchanged plan is an equal `Review`.
Personal values that the chosen details leave out are not in it at all, so nothing that shows it tells them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from t4firm.loading.attested_file import Attestation
from t4firm.model.firm import Firm
from t4firm.operations import Operation
from t4firm.plan.goals import Desired
from t4firm.plan.limits import LimitUse
from t4firm.reports.proofs import Proof
from t4firm.tasks.ids import Task
from t4firm.yaml_files.mistakes import Mistake

Details = Literal["none", "changed", "all"]
"""How much of personal details is shown: not even which changed, which changed, or their values too."""

Happens = Literal[
    "new", "adopted", "new, departed already", "changes", "departs", "comes back", "leaves the file"
]

Value = tuple[str, ...]
"""What a field says: nothing, one text, or a list."""


@dataclass(frozen=True, order=True)
class ChangingCall:
    """A call that changes something in T4, as a reviewed list names it. `operation`: `onboarding`, or one of
    the operations file; `about`: the user, the account, or both (`trader.a/11111`); `mark`: tells what is
    sent from anything else, and not what it is."""

    operation: str
    about: str
    mark: str


@dataclass(frozen=True)
class Setting:
    """One setting of a stack, as its files say it. `hidden`: it is a secret, or not known to be none, and
    `text` is only a digest."""

    text: str
    hidden: bool = False


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a firm file with its attestations, and what follows from them; the operations
    that the API is known to have, and the stack's settings, by name. `exists` False: there is no such file,
    so it stands for a firm of nobody."""

    firm: Firm
    goals: Desired
    attested: Mapping[str, Attestation]
    operations: Mapping[str, Operation]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    exists: bool = True


@dataclass(frozen=True)
class Field:
    """One field of somebody's entry that the change touches. `hidden`: its values are left out, because they
    are personal details. `listed`: its values come and go one by one."""

    name: str
    before: Value = ()
    after: Value = ()
    hidden: bool = False
    listed: bool = False


@dataclass(frozen=True)
class Person:
    """What happens to one user: a trader, or the fill service's user."""

    username: str
    happens: Happens
    is_fill_user: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Covered:
    """An account, the users who trade it, and why its fills are not to be captured. One that comes to be
    captured has no reason, and is captured when the task `once` is closed, or "" after the run."""

    account: str
    users: tuple[str, ...]
    reason: str = ""
    once: str = ""


@dataclass(frozen=True)
class CaptureChange:
    """Whose fills the fill user is to capture. Counts are None where it sees every account through its role.
    `missing`: the tasks without which the fill service does not run."""

    fill_user: str
    before: int | None
    after: int | None
    gained: tuple[Covered, ...]
    lost: tuple[Covered, ...]
    excluded: tuple[Covered, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class MarketData:
    """Subscriptions, which are billed: how many come, end, and change their type."""

    added: int = 0
    ended: int = 0
    changed: int = 0


@dataclass(frozen=True)
class Signature:
    """A task that the change signs off."""

    task: str
    by: str
    on: str
    note: str


@dataclass(frozen=True, order=True)
class Step:
    """One step of the engine's preview: `does` (create, update, delete, …) to the resource of this kind and
    name; the names of the properties that change, as far as they can be seen. `words`: what that means for
    the firm, where the preview tells it."""

    kind: str
    name: str
    does: str
    properties: tuple[str, ...] = ()
    words: str = field(default="", compare=False)


@dataclass(frozen=True)
class Found:
    """Something that the preview changes although the files do not: in words, and the properties."""

    what: str
    how: str
    properties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Review:
    """All that a reviewer is told. `previewed` False: only the files were compared, not T4 or the state.
    `read` False: the preview did not read T4. `differs`: the files ask for something else than before.
    `facts`: what the change rests on, as the last run recorded it."""

    stack: str
    firm: str
    headline: str
    previewed: bool
    read: bool = True
    differs: bool = False
    refusals: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    coverage: CaptureChange | None = None
    tasks: tuple[Task, ...] = ()
    open_before: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    withdrawn: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()
    others: tuple[Field, ...] = ()
    limits: tuple[LimitUse, ...] = ()
    market_data: MarketData = field(default_factory=MarketData)
    steps: tuple[Step, ...] = ()
    calls: tuple[ChangingCall, ...] = ()
    facts: tuple[Proof, ...] = ()

    @property
    def changes_something(self) -> bool:
        """Whether anything would happen, or is different, once this is merged."""
        return self.differs or any((self.people, self.signatures, self.withdrawn, self.others, self.steps))


@dataclass(frozen=True)
class Unreadable:
    """A change that cannot be reviewed, because a file has mistakes. `base`: it is the file before the
    change."""

    stack: str
    mistakes: tuple[Mistake, ...]
    base: bool = False
