"""Whose fills the fill user is to capture, and in which order it stops: no fill may be missed on the way.

A new way of capturing comes first, then the old one goes. An account is let go when nobody can trade it any
more whose fills WhenTech should see (docs/leaving.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from t4firm.model.firm import FillService, Firm
from t4firm.model.users import WHENTECH
from t4firm.plan.goals import Desired
from t4firm.plan.prior_state import Recorded
from t4firm.tasks.ids import task_id
from t4firm.yaml_files.mistakes import some


def captured_by_role(firm: Firm) -> bool:
    """Whether the fill user sees every account of the firm through the Risk Manager role (seed 000, option
    b)."""
    return firm.fillService is not None and firm.fillService.capture == "riskManager"


def to_capture(goals: Desired, firm: Firm) -> frozenset[str]:
    """Every account whose fills the fill user is to capture, those of other stacks too."""
    if captured_by_role(firm):
        return frozenset(firm.whentech_accounts)
    return frozenset(goal.account for goal in goals.access if goal.captures and goal.present)


def until_enabled(firm: Firm) -> tuple[str, ...]:
    """What is to be done before the firm has WhenTech's applications."""
    days = firm.whentech
    waiting = {"request-whentech": days.requestedOn, "enable-whentech": days.enabledOn}
    return tuple(task_id(kind) for kind, day in waiting.items() if day is None)


@dataclass(frozen=True)
class Captures:
    """What one fill service captures. `elsewhere`: account -> stack, the accounts of other stacks."""

    firm: Firm
    service: FillService
    recorded: Recorded
    elsewhere: Mapping[str, str]

    @property
    def username(self) -> str:
        return self.service.user.username

    @property
    def template_roles(self) -> tuple[str, ...]:
        template = self.firm.templates.users.get(self.service.user.templateUser or "")
        return template.roles if template else ()

    @property
    def ends(self) -> bool:
        """Whether single accounts are captured no longer: by a role instead, or not at all."""
        return self.service.capture != "accounts"

    def wanted(self) -> set[str]:
        """Every account that the fill user is to be assigned, of this stack and of others."""
        if self.ends:
            return set()
        return {*self.firm.to_capture, *(self.elsewhere.keys() - set(self.firm.excluded))}

    def given_up(self) -> set[str]:
        """Accounts that are captured no longer: by the file, or because the last run still knew them."""
        numbers = set(self.service.user.revoke.accounts)
        if self.service.capture == "accounts":
            numbers |= self.service.exclude.keys()
            for user in self.firm.users.values():
                lost = WHENTECH in user.revoke.applications
                if user.departed or lost:
                    numbers |= set(user.accounts)
                if user.is_whentech or lost:
                    numbers |= set(user.revoke.accounts)
        for (username, number), known in self.recorded.access.items():
            here = number in self.firm.accounts or number in self.elsewhere
            if username == self.username and (here or (known.stack and known.matters)):
                numbers.add(number)
        return numbers - self.wanted()

    def before_letting_go(self, number: str) -> tuple[str, ...]:
        """The tasks after which nobody can make fills on the account any more that WhenTech should see.

        With the Risk Manager role instead: after the fill user has it. Excluded, or the service ended: the
        firm wants no more of the fills, and nothing is waited for.
        """
        unwanted = (*self.service.exclude, *self.service.user.revoke.accounts)
        if number in unwanted or self.service.capture == "none":
            return ()
        if self.service.capture == "riskManager":
            roles = (task_id("assign-role", self.username, role) for role in self.template_roles)
            return (*roles, task_id("verify-user", self.username))
        before = []
        for user in self.firm.users.values():
            if number in user.revoke.accounts:
                before.append(task_id("unassign-account", user.username, number))
            elif number in user.accounts and user.departed:
                before.append(task_id("disable-user", user.username))
            elif number in user.accounts and WHENTECH in user.revoke.applications:
                before.append(task_id("unassign-application", user.username, WHENTECH))
        return tuple(before)

    def stack_of(self, number: str) -> str:
        """The other stack whose account it is; empty for this stack's."""
        known = self.recorded.access.get((self.username, number))
        return self.elsewhere.get(number, known.stack if known else "")

    def retiring(self) -> dict[str, str]:
        """The roles that served to capture, that T4 still shows and that no longer serve, each with the tasks
        that its removal waits for."""
        known = self.recorded.users.get(self.username)
        if known is None:
            return {}
        allowed = set(known.allowed)
        if self.service.capture == "none":
            roles, waits = allowed | set(self.template_roles), ""
        else:
            roles = allowed - set(self.template_roles)
            open_now = (number for number in sorted(self.wanted()) if not self._is_assigned(number))
            waits = some([task_id("assign-account", self.username, number) for number in open_now])
        return dict.fromkeys(sorted(roles & set(known.roles or ())), waits)

    def _is_assigned(self, number: str) -> bool:
        known = self.recorded.access.get((self.username, number))
        return known is not None and known.has
