"""The desired state that follows from a firm file: one goal for each fact that T4 itself has.

A pure function of firm file, operations and attestations, so that a preview knows everything that an `up`
will do: which steps the API takes (`how`), and which remain for the administrator (`planned`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from firm.attested import Attestation
from firm.expectations import Expected
from firm.model import WHENTECH_FILLS, Account, FillUser, Firm, User
from firm.operations import Operations
from firm.tasks import AROUND_THE_FILL_SERVICE, STANDING, kind_of, parts_of, ways

USER_STEPS = (
    "assign-role",
    "remove-role",
    "unassign-application",
    "verify-user",
    "update-user",
    "update-market-data",
    "end-market-data",
    "sign-eula",
    "disable-user",
    "enable-user",
    *STANDING,
)
FIRM_STEPS = ("request-whentech", "enable-whentech")
ACCOUNT_STEPS = ("create-account", "enable-account", "disable-account", "update-account")
ACCESS_STEPS = ("assign-account", "unassign-account")


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What every goal has. `how`: kind of step -> `api` or `administrator`; `attested`: task id -> who and
    when; `planned`: the ids of the steps that the administrator will have to take, as far as the file alone
    tells."""

    how: Mapping[str, str]
    attested: Mapping[str, str] = field(default_factory=dict)
    planned: tuple[str, ...] = ()

    @property
    def routes(self) -> dict[str, dict[str, str]]:
        """Who takes which step, as a resource's inputs: `how`, and `attested` where a step is signed off."""
        signed = {"attested": dict(self.attested)} if self.attested else {}
        return {"how": dict(self.how), **signed}


@dataclass(frozen=True, kw_only=True)
class FirmGoal(Goal):
    """The firm: its roster (username -> `active` or `departed`), market data (username -> exchange -> type)
    and limits."""

    firm: str
    roster: Mapping[str, str]
    market_data: Mapping[str, Mapping[str, str]]
    limits: Mapping[str, int | str]


@dataclass(frozen=True, kw_only=True)
class AccountGoal(Goal):
    """A trading account. `first`: made by its owner's onboarding call. `findable`: an operation lists
    accounts."""

    account: Account
    first: bool
    findable: bool


@dataclass(frozen=True, kw_only=True)
class UserGoal(Goal):
    """A person, or the fill service's user, with the account that the onboarding call makes. `findable`: an
    operation lists users, so that one taken over can be looked up."""

    user: User | FillUser
    account: Account
    departed: bool
    expected: Expected
    findable: bool


@dataclass(frozen=True, kw_only=True)
class ApplicationGoal(Goal):
    """An application that a user must have."""

    username: str
    application: str


@dataclass(frozen=True, kw_only=True)
class AccessGoal(Goal):
    """An account that a user is assigned beside its own: captured by the fill user, or shared. `present`
    False: taken away. `captures`: by the fill user, so that its fills reach WhenTech."""

    username: str
    account: str
    present: bool
    captures: bool


@dataclass(frozen=True)
class Desired:
    """Everything a firm file asks for, each part sorted."""

    firm: FirmGoal
    users: tuple[UserGoal, ...]
    accounts: tuple[AccountGoal, ...]
    applications: tuple[ApplicationGoal, ...]
    access: tuple[AccessGoal, ...]
    warnings: tuple[str, ...]

    @property
    def goals(self) -> Iterable[Goal]:
        """Every goal, in the order in which its resources are declared."""
        return (self.firm, *self.users, *self.accounts, *self.applications, *self.access)


def desired(firm: Firm, operations: Operations, attested: Mapping[str, Attestation]) -> Desired:
    """The goals of one firm file with what the API can do and what the administrator has signed off."""
    plan = _Plan(firm, operations, attested)
    people = [plan.user(user, user.departed) for user in firm.users.values()]
    if firm.fillService:
        people.append(plan.user(firm.fillService.user, departed=False))
    return Desired(
        firm=plan.firm_goal(),
        users=tuple(sorted(people, key=lambda goal: goal.user.username)),
        accounts=tuple(plan.account(firm.accounts[number]) for number in sorted(firm.accounts)),
        applications=tuple(sorted(plan.applications(), key=lambda goal: (goal.username, goal.application))),
        access=tuple(
            sorted((*plan.shared(), *plan.captured()), key=lambda goal: (goal.username, goal.account))
        ),
        warnings=tuple(_warnings(firm)),
    )


def first_account(firm: Firm, user: User | FillUser) -> Account:
    """The account that the user's onboarding call makes: the fill user's own, or the first of a person's
    list."""
    return firm.accounts[user.account if isinstance(user, FillUser) else user.accounts[0]]


def captured_by_role(firm: Firm) -> bool:
    """Whether the fill user sees every account of the firm through the Risk Manager role (seed 000, option
    b)."""
    return firm.fillService is not None and firm.fillService.capture == "riskManager"


def _warnings(firm: Firm) -> Iterable[str]:
    if firm.fillService and captured_by_role(firm):
        yield (
            f"{firm.fillService.user.username} gets the Risk Manager role: WhenTech receives the fills of "
            "ALL accounts of "
            f"{firm.firm}, also of those that do not use WhenTech, and discards what it does not need (seed "
            "000)"
        )


class _Plan:
    """Builds the goals of one firm; holds what every goal needs to know."""

    def __init__(self, firm: Firm, operations: Operations, attested: Mapping[str, Attestation]) -> None:
        self.firm = firm
        self.operations = operations
        self.attested = attested

    def firm_goal(self) -> FirmGoal:
        firm, fill = self.firm, self.firm.fillService
        roster = {user.username: "departed" if user.departed else "active" for user in firm.users.values()}
        market_data = {
            user.username: dict(user.marketData) for user in firm.users.values() if user.marketData
        }
        if fill:
            roster[fill.user.username] = "active"
            if fill.user.marketData:
                market_data[fill.user.username] = dict(fill.user.marketData)
        asks = bool(fill or firm.whentech_users)
        waiting = {"request-whentech": firm.whentech.requestedOn, "enable-whentech": firm.whentech.enabledOn}
        return FirmGoal(
            **self._steps(FIRM_STEPS),
            planned=tuple(task for task, day in waiting.items() if asks and day is None),
            firm=firm.firm,
            roster=roster,
            market_data=market_data,
            limits=firm.limits.model_dump(),
        )

    def user(self, user: User | FillUser, departed: bool) -> UserGoal:
        template = self.firm.templates.users.get(user.templateUser or "")
        is_fill_user = isinstance(user, FillUser)
        own = () if isinstance(user, FillUser) else user.applications
        expected = Expected(
            user.username,
            user.templateUser,
            template.roles if template else (),
            tuple(sorted({*template.applications, *own})) if template else (),
            exactly=is_fill_user,
        )
        steps = self._steps(USER_STEPS, username=user.username)
        leaving = [f"disable-user/{user.username}"] if steps["how"]["disable-user"] == "administrator" else []
        leaving += [f"end-market-data/{user.username}/{exchange}" for exchange in user.marketData]
        coming = [f"{kind}/{user.username}" for kind in AROUND_THE_FILL_SERVICE] if is_fill_user else []
        return UserGoal(
            user=user,
            account=first_account(self.firm, user),
            departed=departed,
            expected=expected,
            findable="listUsers" in self.operations,
            **steps,
            planned=tuple(sorted(leaving if departed else coming)),
        )

    def account(self, account: Account) -> AccountGoal:
        owner = self._user(account.owner)
        first = first_account(self.firm, owner).account == account.account
        steps = self._steps(ACCOUNT_STEPS, account=account.account)
        wanted = [] if first else [f"create-account/{account.account}"]
        wanted += [f"enable-account/{account.account}"] if account.enabled else []
        return AccountGoal(
            account=account,
            first=first,
            findable="listAccounts" in self.operations,
            **steps,
            planned=tuple(task for task in wanted if steps["how"][kind_of(task)] == "administrator"),
        )

    def applications(self) -> Iterable[ApplicationGoal]:
        for user in self.firm.users.values():
            for application in user.applications:
                yield self._application(user, application)
        if self.firm.fillService:
            yield self._application(self.firm.fillService.user, WHENTECH_FILLS)

    def _application(self, user: User | FillUser, application: str) -> ApplicationGoal:
        template = self.firm.templates.users.get(user.templateUser or "")
        steps = self._steps(("assign-application",), username=user.username, application=application)
        given = template is not None and application in template.applications
        by_hand = steps["how"]["assign-application"] == "administrator" and not given
        return ApplicationGoal(
            username=user.username,
            application=application,
            **steps,
            planned=(f"assign-application/{user.username}/{application}",) if by_hand else (),
        )

    def shared(self) -> Iterable[AccessGoal]:
        for user in self.firm.users.values():
            for number in user.accounts:
                if self.firm.accounts[number].owner != user.username:
                    yield self._access(user.username, number, present=not user.departed)

    def captured(self) -> Iterable[AccessGoal]:
        fill = self.firm.fillService
        if fill is None or captured_by_role(self.firm):
            return
        captured = set(self.firm.captured)
        given_up = {number for user in self.firm.users.values() if user.departed for number in user.accounts}
        for number in captured | given_up | set(fill.exclude):
            yield self._access(fill.user.username, number, present=number in captured)

    def _access(self, username: str, account: str, *, present: bool) -> AccessGoal:
        steps = self._steps(ACCESS_STEPS, username=username, account=account)
        by_hand = present and steps["how"]["assign-account"] == "administrator"
        return AccessGoal(
            username=username,
            account=account,
            present=present,
            captures=username not in self.firm.users,
            **steps,
            planned=(f"assign-account/{username}/{account}",) if by_hand else (),
        )

    def _user(self, username: str) -> User | FillUser:
        fill = self.firm.fillService
        return fill.user if fill and fill.user.username == username else self.firm.users[username]

    def _steps(self, kinds: tuple[str, ...], **about: str) -> dict[str, Any]:
        """What a goal says of its steps: who takes them, and which are signed off."""
        attested = {
            task: str(entry)
            for task, entry in sorted(self.attested.items())
            if kind_of(task) in kinds and about.items() <= parts_of(task).items()
        }
        return {"how": ways(kinds, self.operations), "attested": attested}
