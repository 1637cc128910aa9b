"""`t4firm simulator do`: what the administrator does in the simulator's portal for the tasks of a stack, from
the shell. Whether a task is closed is the next run's to see, as with the real T4.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from providers.t4.configuration.settings import SettingsError
from providers.t4.configuration.stack_files import FirmStack
from t4firm.tasks.ids import kind_of
from t4firm.tasks.kinds import KINDS
from t4firm.yaml_files.mistakes import counted
from t4firm_cli.administrator.simulated_portal import (
    NOT_IN_THE_PORTAL,
    SAID_IN_THE_FILE,
    STEPS,
    Administrator,
)
from t4firm_cli.administrator.tasks import Listed, recorded, report_of
from t4firm_cli.destination import destination
from t4firm_cli.drift import read_now
from t4firm_cli.engine.command import Pulumi
from t4firm_cli.firm_files.validate import load
from t4firm_cli.project.layout import Project, ProjectError
from t4firm_cli.terminal import complain, confirm, say, say_json
from t4simulator.service import process
from t4simulator.service.process import NoAnswer, SimulatorError


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


IN_DOUBT: Final = "A step may be done or not: its answer did not come. Look in the portal."
"""Of a task whose form may have been sent when the command was ended, or that was not answered."""

ALREADY: Final = "the simulator has it so already, and nothing was done."

PLANNED: Final = "planned: the next run opens it, or the API does it"


@dataclass(frozen=True)
class Outcome:
    """What came of the tasks, and why. `done`, `begun`: what is so in the simulator, of a whole task and of
    one with steps that were not done, or may not be; `already`: done before; `left`: why only people can do
    it; `too_early`: why not yet; `refused`: the error."""

    stack: str
    too_early: Mapping[str, str]
    done: dict[str, str] = field(default_factory=dict)
    begun: dict[str, str] = field(default_factory=dict)
    already: dict[str, str] = field(default_factory=dict)
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
        except NoAnswer as error:  # what is begun stays in doubt
            self.refused[task] = str(error)
        except (ProjectError, SettingsError, SimulatorError) as error:
            self.refused[task] = str(error)
            if said:
                self.begun[task] = " ".join(said)
            else:
                del self.begun[task]
        else:
            self._ended(task, said)

    def _ended(self, task: str, said: Sequence[str]) -> None:
        del self.begun[task]
        if said:
            self.done[task] = " ".join(said)
        else:
            self.already[task] = ALREADY

    @property
    def code(self) -> int:
        """1 where something is not done that could be, else 2 where something is left."""
        return 1 if self.refused else 2 if self.left or self.too_early else 0


@dataclass(frozen=True)
class Work:
    """The tasks that are asked for, who does them and with which firm file; and of all open tasks, those that
    are not to be done yet, with the reason."""

    pulumi: Pulumi
    firm: FirmStack
    administrator: Administrator
    tasks: Sequence[str]
    too_early: Mapping[str, str]


def run(project: Project, stack: str, asked: Asked, *, as_json: bool) -> int:
    """Do the tasks, each for itself; the exit code. Whatever ends it, what was done is told."""
    asked.check(as_json=as_json)
    work = _prepared(project, stack, asked)
    outcome = Outcome(stack, work.too_early)
    try:
        for task in sorted(work.tasks, key=_order):
            outcome.attempt(task, work.administrator)
    except KeyboardInterrupt:
        complain("Interrupted: a task that is not named here was not begun.")
        raise
    finally:
        _tell(outcome, as_json=as_json)
    if not as_json:
        if not (work.tasks or work.too_early):
            say(f"No task of stack {stack} is open.", "good")
        _tell_what_closes_it(work, (*outcome.done, *outcome.already), outcome.left)
    return outcome.code


def _order(task: str) -> tuple[int, str]:
    """An account is there before somebody is assigned it, and captured before anybody can trade it."""
    return {"create-account": 0, "enable-account": 2}.get(kind_of(task), 1), task


def _prepared(project: Project, stack: str, asked: Asked) -> Work:
    """What to do. Raises ProjectError where the stack is not on the simulator, a task is not to be done, or
    nobody agrees."""
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
    first = {task.said["id"]: task.said["after"] for task in listed if "after" in task.said}
    too_early |= {task: f"first {before}" for task, before in first.items() if before in too_early}
    if others := [task for task in asked.tasks if task not in to_do]:
        raise ProjectError(
            f"not open, so there is nothing to do: {', '.join(others)}. Nothing was done. "
            f"`t4firm tasks --stack {stack} --short` lists what is open"
        )
    if early := [f"{task} ({too_early[task]})" for task in asked.tasks if task in too_early]:
        raise ProjectError(f"not to be done yet: {'; '.join(early)}. Nothing was done")
    administrator = Administrator(project, stack, loaded.firm, running)
    if not asked.all_open:
        return Work(pulumi, loaded, administrator, list(dict.fromkeys(asked.tasks)), {})
    ready = [task for task in to_do if task not in too_early]
    if not asked.agreed:
        _agree([task for task in ready if _has_steps_left(task, administrator)])
    return Work(pulumi, loaded, administrator, ready, too_early)


def _too_early(task: Listed) -> str:
    """Why the administrator does not do a task yet; "" where it is to be done (docs/administrators.md)."""
    if task.said["status"] == "planned":
        return PLANNED
    waits = task.said.get("waits", "")
    return f"it waits {waits}" if waits else ""


def _has_steps_left(task: str, administrator: Administrator) -> bool:
    """Whether there is something to do in the portal, or to be told why not."""
    if kind_of(task) not in STEPS:
        return False
    try:
        return any(True for _ in administrator.left(task))
    except (ProjectError, SettingsError, SimulatorError):
        return True


def _agree(tasks: Sequence[str]) -> None:
    if not tasks:
        return
    if not sys.stdin.isatty():
        raise ProjectError(
            "there is no terminal, so nobody can be asked: `--all --yes` goes ahead without asking. Nothing "
            "was done"
        )
    for task in tasks:
        complain(task)
    confirm(f"Do {counted(len(tasks), 'task')} in the simulator?")


def _tell(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        told = {name: getattr(outcome, name) for name in ("stack", "done", "begun", "already", "refused")}
        say_json({**told, "left": {**outcome.left, **outcome.too_early}})
        return
    for task, words in outcome.done.items():
        say(f"{task}: {words}", "good")
    for task, words in outcome.already.items():
        say(f"{task}: {words}")
    for task, words in outcome.left.items():
        say(f"{task}: not in the portal: {words}.")
    for task, words in outcome.begun.items():
        say(f"{task}: begun: {words}")
    for task, words in outcome.refused.items():
        complain(f"{task}: {_not_done(outcome.begun.get(task))}{words}", "bad")
    for task, words in outcome.too_early.items():
        say(f"{task}: not yet: {words}.")


def _not_done(begun: str | None) -> str:
    """What of a refused task is known not to be done, before the reason."""
    if begun is None:
        return "not done: "
    return "" if begun.endswith(IN_DOUBT) else "the rest is not done: "


def _tell_what_closes_it(work: Work, done: Sequence[str], left: Mapping[str, str]) -> None:
    """Of tasks that are `done`, and of those that are `left` to people: which T4 shows, and which somebody
    signs off."""
    shown = _shown(work, done)
    if shown:
        complain(f"`t4firm up --refresh --stack {work.pulumi.stack}` closes what T4 shows.")
    signed = [task for task in (*done, *left) if task not in shown and kind_of(task) not in SAID_IN_THE_FILE]
    if signed:
        complain("T4 does not show these. When they are done, sign them off with `t4firm attest`:")
        for task in signed:
            complain(f"  {task}")


def _shown(work: Work, done: Sequence[str]) -> set[str]:
    """The tasks that T4 shows to be done, to the reads and logins of this stack: those that a refresh would
    close. Nothing is recorded."""
    if not any(KINDS[kind_of(task)].reads for task in done):
        return set()
    readings = read_now(work.pulumi, work.firm).live.readings
    entries = {task: entry for reading in readings for task, entry in reading.tasks.items()}
    return {task for task in done if task in entries and entries[task]["status"] != "open"}
