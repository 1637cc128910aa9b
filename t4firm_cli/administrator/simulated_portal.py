"""What the firm's T4 administrator does in the simulator's portal for each kind of task, as a table: the
forms, filled in from the firm file.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from t4firm.model.firm import Account, Firm
from t4firm.model.users import Person
from t4firm.tasks.ids import kind_of, parts_of
from t4firm_cli.password import password_of
from t4firm_cli.project.layout import Project, ProjectError
from t4simulator.service import process

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Step:
    """One form of the portal, filled in (`t4simulator.portal.acts`)."""

    act: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Administrator:
    """Who works in the portal of one simulator, with the firm file of one stack beside it."""

    project: Project
    stack: str
    firm: Firm
    run: process.Run

    def left(self, task: str) -> Iterator[Step]:
        """The steps of a task that has some, without those of which the simulator has it so already: looked
        up one by one, when the one before is done. Raises SimulatorError; ProjectError and SettingsError
        where nobody can tell what to enter."""
        for step in STEPS[kind_of(task)](self, parts_of(task)):
            if not process.is_so(self.run, step.act, step.values):
                yield step

    def does(self, task: str) -> Iterator[str]:
        """What is left of a task, one step after the other; what is so after each. Raises as `left`."""
        for step in self.left(task):
            yield process.act(self.run, step.act, step.values)

    def user(self, username: str) -> Person:
        """As the firm file has it. Raises ProjectError for a user who has left it with open tasks."""
        return _still_there(self.firm.person(username), f"the user {username}")

    def account(self, number: str) -> Account:
        """The same for an account."""
        return _still_there(self.firm.accounts.get(number), f"the account {number}")

    def create_account(self, about: Mapping[str, str]) -> list[Step]:
        """What is there already, perhaps under somebody else, is only assigned to its owner (`left`)."""
        account = self.account(about["account"])
        names = {"accountName": account.accountName, "displayName": account.displayName or ""}
        form = {"account": account.account, "templateAccount": account.templateAccount, **names}
        assign = Step("assign-account", {"username": account.owner, "account": account.account})
        return [Step("create-account", form), assign]

    def update_user(self, about: Mapping[str, str]) -> list[Step]:
        username, field = about["username"], about["field"]
        if field == "password":
            password = password_of(self.project, self.stack, username).password
            return [Step("set-password", {"username": username, "password": password})]
        value = str(getattr(self.user(username), field))
        return [Step("change-user", {"username": username, field: value})]

    def update_account(self, about: Mapping[str, str]) -> list[Step]:
        value = getattr(self.account(about["account"]), about["field"]) or ""
        return [Step("change-account", {"account": about["account"], about["field"]: value})]

    def update_market_data(self, about: Mapping[str, str]) -> list[Step]:
        subscribed = self.user(about["username"]).marketData.get(about["exchange"])
        wanted = _still_there(subscribed, f"the market data {about['exchange']} of {about['username']}")
        return [Step("set-market-data", {**about, "marketDataType": wanted})]

    def change_role(self, about: Mapping[str, str], act: str) -> list[Step]:
        """Also in the template user, where the firm file names one."""
        user = self.firm.person(about["username"])
        steps = [Step(f"{act}-role", about)]
        if user and user.templateUser:
            of_template = "add-template-role" if act == "assign" else "remove-template-role"
            steps.append(Step(of_template, {"template": user.templateUser, "role": about["role"]}))
        return steps


def _still_there(entry: Entry | None, name: str) -> Entry:
    if entry is None:
        raise ProjectError(f"the firm file no longer has {name}: run `t4firm up` first")
    return entry


Steps = Callable[[Administrator, Mapping[str, str]], Sequence[Step]]
"""What is done for a kind of task, from the parts of its id."""


def _same(act: str, **more: str) -> Steps:
    """One form that asks for the parts of the id, and for something that is always the same."""
    return lambda _, about: [Step(act, {**about, **more})]


STEPS: Final[Mapping[str, Steps]] = {
    "create-account": Administrator.create_account,
    "restore-account": _same("restore-account"),
    "enable-account": _same("change-account", enabled="Enabled", preTradeDisabled="off"),
    "disable-account": _same("change-account", enabled="Disabled"),
    "update-account": Administrator.update_account,
    "assign-application": _same("assign-application"),
    "unassign-application": _same("remove-application"),
    "assign-account": _same("assign-account"),
    "unassign-account": _same("unassign-account"),
    "assign-role": lambda by, about: by.change_role(about, "assign"),
    "remove-role": lambda by, about: by.change_role(about, "remove"),
    "update-user": Administrator.update_user,
    "update-market-data": Administrator.update_market_data,
    "end-market-data": _same("end-market-data"),
    "sign-eula": _same("sign-agreements"),
    "disable-user": _same("change-user", enabled="off"),
    "enable-user": _same("change-user", enabled="on"),
    "password-never-expires": _same("change-user", passwordNeverExpires="on", passwordExpired="off"),
}
"""Kind of task -> its steps in the portal. Accounts are created before anything is done with them."""

NOT_IN_THE_PORTAL: Final[Mapping[str, str]] = {
    "request-whentech": "CTS support is asked by mail (`t4firm request`). Then write the day into the firm "
    "file",
    "enable-whentech": "it waits for CTS support's word. Then write the day into the firm file",
    "verify-account": "somebody must look at it. There is nothing to change",
    "verify-user": "somebody must look at it. There is nothing to change",
    "verify-firm": "T4.APISupport is asked, and the simulator has one firm only",
    "apply-template": "the simulator keeps none of the settings that a template account gives",
    "declare-account": "the firm decides it, and writes it into the firm file",
    "declare-application": "the firm decides it, and writes it into the firm file",
    "hand-over-credentials": "WhenTech is given the password, outside T4",
    "confirm-trial": "CTS support is asked, outside T4",
}
"""Kind of task -> why there is nothing to do in the portal."""

SAID_IN_THE_FILE: Final = frozenset(
    {"request-whentech", "enable-whentech", "declare-account", "declare-application"}
)
"""Of these: what the firm file answers. Nobody signs it off."""
