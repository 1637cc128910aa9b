"""An application or an account that a user is assigned, as the program says it and as it is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from providers.t4.records.record import Inputs, Recorded
from t4firm.plan.said import AssignmentSaid
from t4firm.tasks.ids import task_id


@dataclass(frozen=True, kw_only=True)
class AssignmentInputs(Inputs):
    """What is assigned to whom. `present` False: revoked. `given`: T4's onboarding answer lists it. `held`:
    the user has it, and no assignment recorded that. `violations`: the user's. `departed` and `owed`: whether
    the user leaves, and which of its tasks are open."""

    NOUN: ClassVar[str] = ""

    username: str
    present: bool = True
    userID: str = ""
    given: bool = False
    held: bool = False
    findable: bool = False
    captures: bool = False
    violations: Mapping[str, str] = field(default_factory=dict)
    departed: bool = False
    owed: tuple[str, ...] = ()

    def assumed(self, an_id: str) -> Self:
        return replace(
            super().assumed(an_id),
            userID=an_id if "userID" in self.unknown else self.userID,
            held=not self.present if "held" in self.unknown else self.held,
        )

    @property
    def what(self) -> str:
        """The application, or the number of the account."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        return f"{self.username}/{self.what}"

    @property
    def ids(self) -> dict[str, str]:
        return {"userID": self.userID}

    @property
    def assign(self) -> str:
        """The task that assigns it."""
        return task_id(f"assign-{self.NOUN}", self.username, self.what)

    @property
    def unassign(self) -> str:
        """The task that takes it from the user."""
        return task_id(f"unassign-{self.NOUN}", self.username, self.what)

    @property
    def said(self) -> AssignmentSaid:
        return AssignmentSaid(present=self.present, unassign=self.unassign)

    @property
    def task(self) -> str:
        """The task that brings what the file says."""
        return self.assign if self.present else self.unassign

    @property
    def values(self) -> dict[str, str]:
        """What the operations need to know."""
        values = {**self.ids, "username": self.username, self.NOUN: self.what}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, kw_only=True)
class AssignmentRecord(Recorded):
    """`assigned`: T4 has it, as far as known. `evidence`: T4's answer to the call that assigned it."""

    WRITTEN = ("assigned", "tasks")

    inputs: AssignmentInputs
    assigned: bool = False
    evidence: str = ""

    @property
    def captures(self) -> bool:
        return self.inputs.captures


@dataclass(frozen=True, kw_only=True)
class ApplicationInputs(AssignmentInputs):
    """WhenTech on a trader, WhenTechFills on the fill user; or one that is revoked."""

    NOUN = "application"

    application: str

    @property
    def what(self) -> str:
        return self.application

    @property
    def words(self) -> str:
        return f"{self.application} of {self.username}"


@dataclass(frozen=True, kw_only=True)
class ApplicationRecord(AssignmentRecord):
    """An application of a user."""

    inputs: ApplicationInputs

    @property
    def may_go(self) -> bool:
        return self.inputs.departed


@dataclass(frozen=True, kw_only=True)
class AccessInputs(AssignmentInputs):
    """An account beside the user's own: captured by the fill user (`captures`), or shared with a second user.
    `stack`: whose account it is, where it is another stack's. `findable`: an operation may find its id.
    `adopted`: the user was in T4 before this stack knew it, and may have the account already."""

    NOUN = "account"

    account: str
    accountID: str = ""
    stack: str = ""
    adopted: bool = False

    def assumed(self, an_id: str) -> Self:
        known = super().assumed(an_id)
        return replace(known, accountID=an_id) if "accountID" in self.unknown else known

    @property
    def what(self) -> str:
        return self.account

    @property
    def words(self) -> str:
        return f"the assignment of account {self.account} to {self.username}"

    @property
    def ids(self) -> dict[str, str]:
        return {"userID": self.userID, "accountID": self.accountID}


@dataclass(frozen=True, kw_only=True)
class AccessRecord(AssignmentRecord):
    """An account that a user is assigned."""

    inputs: AccessInputs

    @property
    def may_go(self) -> bool:
        return self.inputs.departed or not self.inputs.present
