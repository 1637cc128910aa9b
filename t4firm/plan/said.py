"""What a file says of one resource, as far as that decides what a change of it brings.

Both sides of a change have this form: the goals of two files, where a pull request is reviewed; the inputs
that the last run recorded and those of this one, where the engine checks them (`records/`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from t4firm.plan.limits import LimitUse


@dataclass(frozen=True, kw_only=True)
class FirmSaid:
    """The firm. `roster`: username -> `active` or `departed`; `gone`: whom the last run recorded, and who is
    no longer in the file; `history`: of each of these, the tasks that are signed off; `limits`: what the run
    would do of each; `identity`: what passwords and journal are bound to, "" where nobody says."""

    roster: Mapping[str, str]
    gone: tuple[str, ...]
    history: Mapping[str, tuple[str, ...]]
    limits: tuple[LimitUse, ...]
    identity: str = ""


@dataclass(frozen=True, kw_only=True)
class UserSaid:
    """A person, or the fill service's user. `first`: the account that the onboarding call makes with it;
    `first_taken`: that one was revoked since; `details`: every personal detail, the country and the
    apptype; `eula`: its version and signatures, empty where the user signs at the first login; `revoked`: the
    accounts that the file takes from the user."""

    username: str
    first: str
    first_taken: bool = False
    details: Mapping[str, str | None] = field(repr=False)
    password_version: int
    market_data: Mapping[str, str]
    eula: Mapping[str, object]
    is_fill_user: bool
    departed: bool
    revoked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AccountSaid:
    """A trading account. `names`: its name and display name; `enabled`: None where nobody has decided;
    `revoked_from`: who loses it; `departed`: its owner leaves."""

    account: str
    owner: str
    names: Mapping[str, str] = field(repr=False)
    enabled: bool | None
    revoked_from: tuple[str, ...]
    departed: bool = False


@dataclass(frozen=True, kw_only=True)
class AssignmentSaid:
    """An application or an account that a user is assigned. `present` False: revoked, by the task
    `unassign`."""

    present: bool
    unassign: str


Said = FirmSaid | UserSaid | AccountSaid | AssignmentSaid
