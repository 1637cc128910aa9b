"""A user, as the program says it and as it is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from providers.t4.records.accounts import NOTHING, FirstAccount
from providers.t4.records.passwords import UNKNOWN, UNRECORDED, PasswordInT4
from providers.t4.records.record import Inputs, Props, Recorded
from providers.t4.records.task_records import CLOSED
from t4firm.plan.said import UserSaid
from t4firm.tasks.ids import kind_of, parts_of, task_id

IN_T4 = "inT4"
"""In the property of a person: what a read found in T4 in fields that the file says otherwise, until an
update has seen it. It is written there because that whole property is secret."""


@dataclass(frozen=True, kw_only=True)
class MadeWith:
    """The account that the onboarding call makes with a user."""

    account: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    templateAccount: str = ""


@dataclass(frozen=True, kw_only=True)
class SignedEula:
    """When which document was signed: evidence from the file, nothing where the user signs at the first
    login."""

    eulaVersion: str = ""
    signatures: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.signatures)

    @property
    def said(self) -> dict[str, object]:
        """As marks and requests have it."""
        return {"eulaVersion": self.eulaVersion, "signatures": dict(self.signatures)} if self else {}


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What the file expects T4 to give. `exactly`: nothing more (the fill user)."""

    roles: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    exactly: bool = False


@dataclass(frozen=True, kw_only=True)
class Revoked:
    """What the file takes from a user who stays."""

    applications: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UserInputs(Inputs):
    """A person, or the fill service's user. `account`: the one that is made with it; `firstTaken`: it was
    revoked since. `accounts`: all of which the file says anything for this user, each with its owner or the
    other stack whose it is; None where an older version did not say. `findable`: an operation lists users.
    `ends`: the fill user captures nothing any more. `firmDoubts`: the open tasks about users of another firm.
    `retiring`: the roles that the fill user no longer needs. `inT4`: what a read found in T4 in fields that
    the file says otherwise."""

    SECRET = (("person",), ("account", "names"))

    username: str
    person: Mapping[str, str] = field(default_factory=dict, repr=False)
    country: str = ""
    apptype: str = ""
    templateUser: str = ""
    account: MadeWith = MadeWith()
    firstTaken: bool = False
    accounts: Mapping[str, str] | None = None
    marketData: Mapping[str, str] = field(default_factory=dict)
    eula: SignedEula = SignedEula()
    expected: Expectation = Expectation()
    passwordVersion: int = 1
    adopt: bool = False
    departed: bool = False
    findable: bool = False
    ends: bool = False
    firmDoubts: tuple[str, ...] = ()
    revoke: Revoked = Revoked()
    retiring: tuple[str, ...] = ()
    inT4: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_props(cls, props: Props) -> Self:
        person = props.get("person")
        if isinstance(person, Mapping) and IN_T4 in person:
            said = {name: value for name, value in person.items() if name != IN_T4}
            props = {**props, "person": said, IN_T4: person[IN_T4]}
        return super().from_props(props)

    def to_props(self) -> dict[str, Any]:
        written = super().to_props()
        if found := written.pop(IN_T4, None):
            written["person"] = {**written.get("person", {}), IN_T4: found}
        return written

    @property
    def name(self) -> str:
        return self.username

    @property
    def words(self) -> str:
        return f"the user {self.username}"

    @property
    def ids(self) -> dict[str, str]:
        return {"userID": ""}

    @property
    def is_fill_user(self) -> bool:
        """Whether it is the fill service's user: nothing more than expected may be given to it."""
        return self.expected.exactly

    @property
    def sees_all(self) -> bool:
        """Whether it is a fill user that sees every account through its role."""
        return self.is_fill_user and bool(self.expected.roles)

    @property
    def details(self) -> dict[str, str]:
        """What an operation can change of the person."""
        return {**self.person, "country": self.country, "apptype": self.apptype}

    @property
    def said(self) -> UserSaid:
        return UserSaid(
            username=self.username,
            first=self.account.account,
            first_taken=self.firstTaken,
            details=self.details,
            password_version=self.passwordVersion,
            market_data=self.marketData,
            eula=self.eula.said,
            is_fill_user=self.is_fill_user,
            departed=self.departed,
            revoked=self.revoke.accounts,
        )

    @property
    def managed(self) -> Mapping[str, str]:
        """The accounts of which the file says anything."""
        return self.accounts or {}

    def task(self, kind: str, *detail: str) -> str:
        """The id of a task about this user."""
        return task_id(kind, self.username, *detail)

    def wanted(self, task: str) -> object:
        match kind_of(task):
            case "update-user":
                changed = parts_of(task)["field"]
                return self.passwordVersion if changed == "password" else self.details.get(changed)
            case "update-market-data":
                return self.marketData.get(parts_of(task)["exchange"])
            case "sign-eula":
                return self.eula.said
            case "verify-user":
                return [list(self.expected.roles), list(self.expected.applications)]
            case "hand-over-credentials":
                return self.passwordVersion
        return None


@dataclass(frozen=True, kw_only=True)
class UserRecord(Recorded):
    """`userID`: "" while unknown. `roles`, `applications`: what T4 gave, None where nothing shows it; judged
    in `violations` (task -> sentence), `warnings` and `notices`. `firstAccount`: what was made with the user.
    `fees`: exchange -> what its market data costs. `unmanaged`: accounts in T4 that the file does not have.
    `was`: what T4 had in fields whose change is open. `evidence`: the answer that made the user. `unlisted`:
    T4's list does not have it. `firmID`: the stack's firm in T4; `otherFirm`: the one that T4 shows for the
    user, where it is another. `passwordInT4`: which password T4 has."""

    WRITTEN = ("userID", "tasks", "violations")

    inputs: UserInputs
    userID: str = ""
    roles: tuple[str, ...] | None = None
    applications: tuple[str, ...] | None = None
    violations: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    firstAccount: FirstAccount = NOTHING
    trialExpires: str = ""
    fees: Mapping[str, str] = field(default_factory=dict)
    unmanaged: tuple[str, ...] = ()
    was: Mapping[str, str] = field(default_factory=dict, repr=False)
    evidence: str = ""
    unlisted: bool = False
    firmID: str = ""
    otherFirm: str = ""
    passwordInT4: PasswordInT4 = UNRECORDED

    @property
    def ids(self) -> dict[str, str]:
        return {"userID": self.userID}

    @property
    def firm(self) -> str:
        return self.firmID or self.inputs.ofFirm

    @property
    def may_go(self) -> bool:
        return self.inputs.departed

    @classmethod
    def from_props(cls, props: Props) -> Self:
        """What an older version recorded of the first account lacks its number. Of who was adopted nobody
        knew the password, until a task changed it."""
        if "passwordInT4" not in props and props.get("adopt") and not _was_changed(props):
            props = {**props, "passwordInT4": UNKNOWN}
        first = props.get("firstAccount")
        if first and "account" not in first:
            number = (props.get("account") or {}).get("account", "")
            props = {**props, "firstAccount": {**first, "account": number}}
        return super().from_props(props)

    def to_props(self) -> dict[str, Any]:
        return {"firstAccount": {}, **super().to_props()}

    @property
    def broken(self) -> Mapping[str, str]:
        return self.violations


def _was_changed(props: Props) -> bool:
    """Whether the task that gives T4 a password of this stack is closed."""
    task = task_id("update-user", props["username"], "password")
    return (props.get("tasks") or {}).get(task, {}).get("status") in CLOSED
