"""A trading account, as the program says it and as it is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from providers.t4.records.record import Inputs, Recorded
from t4firm.plan.said import AccountSaid
from t4firm.tasks.ids import kind_of, parts_of

ENABLED, DISABLED = "Enabled", "Disabled"
"""`enabled` in T4's answers (seed 002, response sample; t4-details.md section 4)."""


@dataclass(frozen=True, kw_only=True)
class FirstAccount:
    """What a user's onboarding made, as T4 showed it: `enabled` is "", and `preTradeDisabled` None, where it
    did not. `open`: the steps that make it what the file says now."""

    account: str = ""
    accountID: str = ""
    enabled: str = ""
    preTradeDisabled: bool | None = None
    open: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is known of it."""
        return self != NOTHING


NOTHING = FirstAccount()


@dataclass(frozen=True, kw_only=True)
class AccountInputs(Inputs):
    """An account. `enabled`: the state that is wanted, "" where nobody has decided. `onboarded`: what its
    owner's onboarding made, nothing where that is no account of this number. `findable`: an operation lists
    accounts. `withAdopted`: it comes with a user who is adopted. `assigned`: its owner got it by an
    assignment. `revokedFrom`: who loses it. `departed` and `owed`: whether the owner leaves, and which of its
    tasks are open. `userID`: the owner's."""

    SECRET = (("names",),)  # they may tell who the owner is

    account: str
    names: Mapping[str, str]
    templateAccount: str
    owner: str
    enabled: str = ""
    findable: bool = False
    adopt: bool = False
    withAdopted: bool = False
    assigned: bool = False
    revokedFrom: tuple[str, ...] = ()
    departed: bool = False
    owed: tuple[str, ...] = ()
    userID: str = ""
    onboarded: FirstAccount = NOTHING

    @property
    def name(self) -> str:
        return self.account

    @property
    def words(self) -> str:
        return f"account {self.account}"

    @property
    def said(self) -> AccountSaid:
        return AccountSaid(
            account=self.account,
            owner=self.owner,
            names=self.names,
            enabled={ENABLED: True, DISABLED: False}.get(self.enabled),
            revoked_from=self.revokedFrom,
            departed=self.departed,
        )

    @property
    def ids(self) -> dict[str, str]:
        return {"userID": self.userID, "accountID": ""}

    def assumed(self, an_id: str) -> Self:
        return replace(
            super().assumed(an_id),
            userID=an_id if "userID" in self.unknown else self.userID,
            onboarded=FirstAccount(accountID=an_id) if "onboarded" in self.unknown else self.onboarded,
        )

    @property
    def owner_values(self) -> dict[str, str]:
        """What the operations need to know of the owner."""
        return {**({"userID": self.userID} if self.userID else {}), "username": self.owner}

    def wanted(self, task: str) -> object:
        match kind_of(task):
            case "create-account":
                return [self.owner, self.templateAccount, dict(self.names)]
            case "verify-account":
                return self.owner
            case "update-account":
                return self.names.get(parts_of(task)["field"])
        return None


@dataclass(frozen=True, kw_only=True)
class AccountRecord(Recorded):
    """`accountID`: "" while unknown. `state`: T4's `enabled`; `evidence`: its answer that showed it. `made`:
    T4 has it; `madeBy`: its answer to the call that created it; `perhaps`: the administrator was asked to
    create it, and nobody knows whether that was done. `unlisted`: T4's list does not have it. `was`: the
    names that T4 had, while their change is open."""

    WRITTEN = ("accountID", "made", "tasks")

    inputs: AccountInputs
    accountID: str = ""
    state: str = ""
    evidence: str = ""
    made: bool = False
    madeBy: str = ""
    perhaps: bool = False
    unlisted: bool = False
    was: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> dict[str, str]:
        return {"userID": self.inputs.userID, "accountID": self.accountID}

    @property
    def may_go(self) -> bool:
        return self.inputs.departed
