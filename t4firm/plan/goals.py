"""Goals: what a firm file asks for, one for each fact that T4 itself has; each becomes a resource."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from t4firm.model.firm import Account
from t4firm.model.users import PERSONAL, FillUser, User
from t4firm.plan.adoptions import Adoption
from t4firm.plan.expectations import Expected
from t4firm.plan.limits import LimitUse
from t4firm.plan.said import AccountSaid, AssignmentSaid, FirmSaid, Said, UserSaid
from t4firm.tasks.ids import task_id

OURS = "pulumi-python:dynamic/t4:"
"""What the types of the product's resources begin with in a state; the engine's own (the stack) are
bookkeeping."""

FIRM_NAME = "firm"
"""The name of the firm's resource: one that stays when the firm is renamed, because the roster must not be
lost with it."""

Key = tuple[str, str]
"""Type and name of a resource in a state."""

Subject = Literal["", "new", "adopted"]
"""What a goal is about: T4 has it by the records, this run creates it, or the file adopts it."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What every goal has. `how`: kind of step -> `api` or `administrator`; `attested`: task id -> who and
    when; `accepted`: task id -> the last day on which the file accepts that the step is not taken; `planned`:
    the ids of the steps that the administrator will have to take, as far as the file alone tells. `subject`:
    a sign-off is not older than what it is about. `earlier`: those of `attested` that were about nothing in
    the last run."""

    KIND: ClassVar[str]

    how: Mapping[str, str]
    subject: Subject = ""
    attested: Mapping[str, str] = field(default_factory=dict)
    earlier: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    planned: tuple[str, ...] = ()

    @property
    def routes(self) -> dict[str, Any]:
        """Who takes which step, as a resource's inputs: `how`, and `attested` and `accepted` where a step is
        signed off, or left alone for a time, with `earlier` and `subject`, which sign-offs must know."""
        more = {"attested": self.attested, "earlier": self.earlier, "accepted": self.accepted}
        written = {name: dict(tasks) for name, tasks in more.items() if tasks}
        return {"how": dict(self.how), **written, **({"subject": self.subject} if self.subject else {})}

    @property
    def name(self) -> str:
        """The name of its resource."""
        raise NotImplementedError

    @property
    def key(self) -> Key:
        """Type and name of its resource."""
        return f"{OURS}{self.KIND}", self.name

    @property
    def said(self) -> Said:
        """What decides what a change of it brings."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class FirmGoal(Goal):
    """The firm: its roster (username -> `active` or `departed`), and what the next run does of what is
    limited, which says nothing of what is wanted. `gone`: whom the last run recorded, and the file no longer
    has; `history`: of each of these, the tasks that are signed off. `idle`: the lines of the attested file
    that are about nothing in the firm file; `strange`: those of them that no run ever had for a task.
    `firm_id`: the stack's firm in T4, "" while that is not known."""

    KIND = "Firm"

    firm: str
    firm_id: str = ""
    roster: Mapping[str, str]
    gone: tuple[str, ...]
    history: Mapping[str, tuple[str, ...]]
    idle: Mapping[str, str] = field(default_factory=dict)
    strange: tuple[str, ...] = ()
    limits: tuple[LimitUse, ...] = field(compare=False)

    @property
    def name(self) -> str:
        return FIRM_NAME

    @property
    def said(self) -> FirmSaid:
        return FirmSaid(roster=self.roster, gone=self.gone, history=self.history, limits=self.limits)


@dataclass(frozen=True, kw_only=True)
class AccountGoal(Goal):
    """A trading account. `enabled`: whether it is to be traded, None where nobody has decided; never the fill
    user's own. `first`: made by its owner's onboarding call. `findable`: an operation lists accounts.
    `revoked_from`: who loses it, by the file; `given_up`: and nobody else has it. `assigned`: its owner
    got it by an assignment, which is a resource of its own. `with_adopted`: it comes with a user who is
    adopted."""

    KIND = "Account"

    account: Account
    enabled: bool | None
    first: bool
    findable: bool
    revoked_from: tuple[str, ...]
    given_up: bool
    assigned: bool
    with_adopted: bool

    @property
    def name(self) -> str:
        return self.account.account

    @property
    def said(self) -> AccountSaid:
        return AccountSaid(
            account=self.name,
            owner=self.account.owner,
            names=self.account.names,
            enabled=self.enabled,
            revoked_from=self.revoked_from,
        )


@dataclass(frozen=True, kw_only=True)
class UserGoal(Goal):
    """A person, or the fill service's user, with the account that the onboarding call makes. `accounts`: all
    that the file says anything about for this user, each with its owner or the other stack whose it is.
    `findable`: an operation lists users, so that one who was adopted can be looked up. `retiring`: the roles
    that the fill user no longer needs, each with the tasks that its removal waits for. `ends`: it captures
    nothing any more. Of a user who is not recorded yet, `firm_id`: the stack's firm in T4, "" while that is
    not known; `firm_doubts`: the open tasks about users of another firm."""

    KIND = "User"

    user: User | FillUser
    account: Account
    accounts: Mapping[str, str]
    departed: bool
    expected: Expected
    findable: bool
    retiring: Mapping[str, str]
    ends: bool
    firm_id: str = ""
    firm_doubts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.user.username

    @property
    def said(self) -> UserSaid:
        user = self.user
        return UserSaid(
            username=user.username,
            first=self.account.account,
            details={name: getattr(user, name) for name in (*PERSONAL, "country", "apptype")},
            password_version=user.passwordVersion,
            market_data=user.marketData,
            eula=user.eula.model_dump() if user.eula else {},
            is_fill_user=self.expected.exactly,
            departed=self.departed,
            revoked=user.revoke.accounts if isinstance(user, User) else (),
        )


@dataclass(frozen=True, kw_only=True)
class ApplicationGoal(Goal):
    """An application of a user. `present` False: revoked. `after`: what must be closed before, because the
    firm itself does not have the application yet."""

    KIND = "ApplicationAssignment"

    username: str
    application: str
    present: bool
    after: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.username}/{self.application}"

    @property
    def said(self) -> AssignmentSaid:
        task = task_id("unassign-application", self.username, self.application)
        return AssignmentSaid(present=self.present, unassign=task)


@dataclass(frozen=True, kw_only=True)
class AccessGoal(Goal):
    """An account that a user is assigned beside its own: captured by the fill user, or shared. `present`
    False: revoked, `after` these tasks are closed. `captures`: by the fill user, so that its fills reach
    WhenTech. `held`: the user has it, and no assignment recorded that: it was made with it, or the file says
    so. `own`: the user is its owner, and goes with it. `stack`: whose account it is, where it is another
    stack's. `adopted`: the user was in T4 before, and may have it."""

    KIND = "AccountAssignment"

    username: str
    account: str
    present: bool
    captures: bool
    findable: bool
    held: bool = False
    own: bool = False
    after: tuple[str, ...] = ()
    stack: str = ""
    adopted: bool = False

    @property
    def name(self) -> str:
        return f"{self.username}/{self.account}"

    @property
    def said(self) -> AssignmentSaid:
        task = task_id("unassign-account", self.username, self.account)
        return AssignmentSaid(present=self.present, unassign=task)


@dataclass(frozen=True)
class Desired:
    """Everything a firm file asks for, each part sorted. `operations`: those that the stack knows.
    `adoptions`: what of it is to be adopted."""

    firm: FirmGoal
    users: tuple[UserGoal, ...]
    accounts: tuple[AccountGoal, ...]
    applications: tuple[ApplicationGoal, ...]
    access: tuple[AccessGoal, ...]
    warnings: tuple[str, ...]
    operations: tuple[str, ...] = ()
    adoptions: tuple[Adoption, ...] = ()

    @property
    def goals(self) -> Iterable[Goal]:
        """Every goal, in the order in which its resources are declared."""
        return (self.firm, *self.users, *self.accounts, *self.applications, *self.access)
