"""`t4firm simulator do`: what the administrator does in the simulator's portal for the tasks of a stack, from
the shell. Whether a task is closed is the next run's to see, as with the real T4.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

from providers.t4.configuration.settings import SettingsError
from t4firm.model.firm import Account, Firm
from t4firm.model.users import Person
from t4firm.tasks.ids import kind_of, parts_of
from t4firm.tasks.kinds import KINDS
from t4firm.yaml_files.mistakes import counted
from t4firm_cli.destination import destination
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.password import password_of
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.tasks import Listed, recorded, report_of
from t4firm_cli.terminal import complain, confirm, say, say_json
from t4firm_cli.validate import load
from t4simulator.service import process
from t4simulator.service.process import SimulatorError

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Asked:
    """Which tasks; `all_open`: every open one that waits for nothing, `agreed`: without asking."""

    tasks: Sequence[str]
    all_open: bool
    agreed: bool

    def check(self, *, as_json: bool) -> None:
        """Raises ProjectError where it does not say what to do, or would have to ask in the midst of JSON."""
        if bool(self.tasks) == self.all_open:
            raise ProjectError("name the tasks, or say --all")
        if self.agreed and not self.all_open:
            raise ProjectError("--yes goes with --all: named tasks are done without asking. Leave it out")
        if as_json and self.all_open and not self.agreed:
            raise ProjectError("--json cannot ask: `--all --yes` goes ahead without asking. Nothing was done")


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

    @cached_property
    def accounts(self) -> Mapping[str, Any]:
        """The accounts that are there before anything is done."""
        there: dict[str, Any] = process.state(self.run)["accounts"]
        return there

    def does(self, task: str) -> Iterator[str]:
        """The steps of a task that has some, one after the other; what is so after each. Raises
        SimulatorError; ProjectError and SettingsError where nobody can tell what to enter."""
        for step in STEPS[kind_of(task)](self, parts_of(task)):
            yield process.act(self.run, step.act, step.values)

    def user(self, username: str) -> Person:
        """As the firm file has it. Raises ProjectError for a user who has left it with open tasks."""
        return _still_there(self.firm.person(username), f"the user {username}")

    def account(self, number: str) -> Account:
        """The same for an account."""
        return _still_there(self.firm.accounts.get(number), f"the account {number}")

    def create_account(self, about: Mapping[str, str]) -> list[Step]:
        """What is there already, perhaps under somebody else, is only assigned to its owner."""
        account = self.account(about["account"])
        names = {"accountName": account.accountName, "displayName": account.displayName or ""}
        form = {"account": account.account, "templateAccount": account.templateAccount, **names}
        there = account.account in self.accounts
        assign = Step("assign-account", {"username": account.owner, "account": account.account})
        return [assign] if there else [Step("create-account", form), assign]

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
    "verify-account": "somebody has to look, and nothing is to be changed",
    "verify-user": "somebody has to look, and nothing is to be changed",
    "verify-firm": "T4.APISupport is asked, and the simulator has one firm only",
    "apply-template": "the simulator keeps none of the settings that a template account gives",
    "declare-account": "the firm decides it, and writes it into the firm file",
    "declare-application": "the firm decides it, and writes it into the firm file",
    "hand-over-credentials": "WhenTech is given the password, outside T4",
    "confirm-trial": "CTS support is asked, outside T4",
}
"""Kind of task -> why there is nothing to do in the portal."""


IN_DOUBT: Final = "A step may be done or not: its answer did not come. Look in the portal."
"""Of a task whose form may have been sent when the command was ended."""

PLANNED: Final = "planned: the next run opens it, or the API does it"


@dataclass(frozen=True)
class Outcome:
    """What came of the tasks, and why. `done`, `begun`: what is so in the simulator, of a whole task and of
    one with steps that were not done, or may not be; `left`: why only people can do it; `too_early`: why not
    yet; `refused`: the error."""

    stack: str
    too_early: Mapping[str, str]
    done: dict[str, str] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def attempt(self, task: str, administrator: Administrator) -> None:
        """Do it where the portal can. It is named here from before its first step on, whatever ends it."""
        if (kind := kind_of(task)) in NOT_IN_THE_PORTAL:
            self.left[task] = NOT_IN_THE_PORTAL[kind]
            return
        said: list[str] = []
        self.begun[task] = IN_DOUBT
        try:
            for words in administrator.does(task):
                said.append(words)
                self.begun[task] = " ".join((*said, IN_DOUBT))
        except (ProjectError, SettingsError, SimulatorError) as error:
            self.refused[task] = str(error)
            if said:
                self.begun[task] = " ".join(said)
            else:
                del self.begun[task]
        else:
            self.done[task] = " ".join(said)
            del self.begun[task]

    @property
    def code(self) -> int:
        """1 where something is not done that could be, else 2 where something is left."""
        return 1 if self.refused else 2 if self.left or self.too_early else 0


def run(project: Project, stack: str, asked: Asked, *, as_json: bool) -> int:
    """Do the tasks, each for itself; the exit code. Whatever ends it, what was done is told."""
    asked.check(as_json=as_json)
    administrator, tasks, too_early = _prepared(project, stack, asked)
    outcome = Outcome(stack, too_early)
    try:
        for task in sorted(tasks, key=lambda task: (kind_of(task) != "create-account", task)):
            outcome.attempt(task, administrator)
    except KeyboardInterrupt:
        complain("Interrupted: a task that is not named here was not begun.")
        raise
    finally:
        _tell(outcome, as_json=as_json)
    if not (tasks or too_early or as_json):
        say(f"No task of stack {stack} is open.", "good")
    return outcome.code


def _prepared(
    project: Project, stack: str, asked: Asked
) -> tuple[Administrator, Sequence[str], Mapping[str, str]]:
    """What to do, and what of everything is not done yet, with the reason. Raises ProjectError where the
    stack is not on the simulator, a task is not to be done, or nobody agrees."""
    loaded, pulumi = load(project, stack), Pulumi(project, stack)
    running = process.status(project.simulator)
    if running is None or pulumi.endpoint != running.endpoint:
        raise ProjectError(
            f"stack {stack} is not on the simulator (T4: {destination(pulumi)}). `t4firm simulator do` works "
            "in the simulator only. Nothing was done"
        )
    listed = report_of(stack, loaded, recorded(pulumi)).tasks
    to_do = {task.said["id"]: _too_early(task) for task in listed if task.to_do}
    too_early = {task: why for task, why in to_do.items() if why}
    if others := [task for task in asked.tasks if task not in to_do]:
        raise ProjectError(
            f"not open, so there is nothing to do: {', '.join(others)}. Nothing was done. "
            f"`t4firm tasks --stack {stack} --short` lists what is open"
        )
    if early := [f"{task} ({too_early[task]})" for task in asked.tasks if task in too_early]:
        raise ProjectError(f"not to be done yet: {'; '.join(early)}. Nothing was done")
    administrator = Administrator(project, stack, loaded.firm, running)
    if not asked.all_open:
        return administrator, list(dict.fromkeys(asked.tasks)), {}
    ready = [task for task in to_do if task not in too_early]
    if not asked.agreed:
        _agree(ready)
    return administrator, ready, too_early


def _too_early(task: Listed) -> str:
    """Why the administrator does not do a task yet; "" where it is to be done (docs/administrators.md)."""
    if task.said["status"] == "planned":
        return PLANNED
    waits = task.said.get("waits", "")
    return f"it waits {waits}" if waits else ""


def _agree(tasks: Sequence[str]) -> None:
    doable = [task for task in tasks if kind_of(task) in STEPS]
    if not doable:
        return
    if not sys.stdin.isatty():
        raise ProjectError(
            "there is no terminal, so nobody can be asked: `--all --yes` goes ahead without asking. Nothing "
            "was done"
        )
    for task in doable:
        complain(task)
    confirm(f"Do {counted(len(doable), 'task')} in the simulator?")


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        told = {name: getattr(outcome, name) for name in ("stack", "done", "begun", "refused")}
        say_json({**told, "left": {**outcome.left, **outcome.too_early}})
        return
    for task, words in outcome.done.items():
        say(f"{task}: {words}", "good")
    for task, words in outcome.begun.items():
        say(f"{task}: begun: {words}")
    for task, words in outcome.left.items():
        say(f"{task}: not in the portal: {words}.")
    for task, words in outcome.refused.items():
        complain(f"{task}: not done: {words}", "bad")
    for task, words in outcome.too_early.items():
        say(f"{task}: not yet: {words}.")
    if outcome.done:
        complain(f"`t4firm up --refresh --stack {outcome.stack}` closes what T4 shows.")
    if signed := [task for task in (*outcome.done, *outcome.left) if not _is_shown(task)]:
        complain(
            f"T4 shows nothing of {', '.join(signed)}: when it is done, sign it off with `t4firm attest`."
        )


def _is_shown(task: str) -> bool:
    """Whether an answer of T4, or a line in the firm file, closes it."""
    kind = KINDS[kind_of(task)]
    return bool(kind.operation or kind.reads or kind.field)
