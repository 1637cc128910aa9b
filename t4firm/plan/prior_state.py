"""What the last run of a stack recorded, as far as the goals of the next one depend on it.

A firm file says what is to be. What has been decides how to get there without a gap: who has an account that
is now somebody else's, which accounts the fill user was assigned, which role it had.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from t4firm.model.users import WHENTECH

IDENTITY = ("firstname", "lastname", "email")
"""What tells that two entries are the same person."""


@dataclass(frozen=True)
class RecordedUser:
    """A user as recorded. `fill`: the fill service's. `first`: the account that onboarding made, "" where
    that cannot be seen. `roles`: what T4 gave, None where nothing shows it; `allowed`: the roles that the
    file allowed until now. `firm_id`: the stack's firm in T4, "" where no answer has named it; `firm_doubt`:
    the task about T4 showing another one, "" for none. `market_data`: what the file had; `to_subscribe`: the
    exchanges of which the API was not asked yet. `applications`: what T4 showed."""

    departed: bool
    fill: bool
    first: str
    roles: tuple[str, ...] | None
    allowed: tuple[str, ...]
    firm_id: str = ""
    firm_doubt: str = ""
    person: tuple[str, ...] = field(default=(), repr=False)
    market_data: Mapping[str, str] = field(default_factory=dict)
    to_subscribe: frozenset[str] = frozenset()
    applications: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordedAccount:
    """An account as recorded. `made`: T4 has it. `asked`: the administrator was asked to create it, so T4 may
    have it. `revoked_from`: who was to lose it then."""

    owner: str
    made: bool
    asked: bool = False
    revoked_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordedAssignment:
    """An account or an application of a user. `present`: the file gave it. `has`: T4 has it, as far as known.
    `open`: its open tasks. `stack`: whose account it is, where it is another stack's."""

    present: bool
    has: bool
    open: tuple[str, ...] = ()
    stack: str = ""

    @property
    def matters(self) -> bool:
        """Whether T4 has it, or may have got it since: the administrator has a task about it."""
        return self.has or bool(self.open)


@dataclass(frozen=True)
class Recorded:
    """Users by username, accounts by number, applications and accounts of users by (username, which).

    Of the attested file: `signed` are the tasks whose lines some resource had; `idle` the lines about
    nothing, None where no run, or an older version, recorded that; `strange` those of them that were never
    for a task."""

    users: Mapping[str, RecordedUser] = field(default_factory=dict)
    accounts: Mapping[str, RecordedAccount] = field(default_factory=dict)
    applications: Mapping[tuple[str, str], RecordedAssignment] = field(default_factory=dict)
    access: Mapping[tuple[str, str], RecordedAssignment] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()
    idle: Mapping[str, str] | None = None
    strange: frozenset[str] = frozenset()

    @property
    def firm_id(self) -> str:
        """The stack's firm in T4, as its users are recorded; "" where no answer has named it yet."""
        return next((user.firm_id for _, user in sorted(self.users.items()) if user.firm_id), "")

    @property
    def firm_doubts(self) -> tuple[str, ...]:
        """The open tasks about users whom T4 showed to be of another firm, sorted."""
        return tuple(sorted(user.firm_doubt for user in self.users.values() if user.firm_doubt))

    def had(self, username: str, account: str) -> bool:
        """Whether the user had the account, made with it or assigned, or was to lose it already."""
        known = self.accounts.get(account)
        made_with = known is not None and username in (known.owner, *known.revoked_from)
        return made_with or (username, account) in self.access

    def serves_whentech(self, account: str) -> bool:
        """Whether somebody who has WhenTech, or may have it, has the account."""
        known = self.accounts.get(account)
        if known is None or not known.made:
            return False
        others = {user for (user, number), its in self.access.items() if number == account and its.matters}
        return any(
            (its := self.applications.get((user, WHENTECH))) is not None and its.matters
            for user in {known.owner, *known.revoked_from, *others}
        )


NOTHING = Recorded()
"""A stack that has never run."""
