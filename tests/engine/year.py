"""A firm's file, its T4 and its administrator, one step of the year after the other."""

import json
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from t4firm.tasks.ids import kind_of
from t4firm.tasks.kinds import KINDS, STANDING
from t4firm_cli.administrator.tasks_report import PAGES
from t4firm_cli.engine.events import Told
from tests.engine.administrator import Administrator
from tests.engine.filed import as_filed, as_in_t4
from tests.engine.project import Done, Project, Simulator
from tests.engine.repository import begin, commit
from tests.goals.firms import comes_with_a_user

FILL = "WhenTechFillUser"
FULL = "stacks/full.operations.yaml"

BY_API: Mapping[str, frozenset[str]] = {
    "onboarding": frozenset(),
    "walkthrough": frozenset({"update-market-data"}),
    FULL: frozenset(KINDS)
    - {*STANDING, "request-whentech", "enable-whentech", "end-market-data", "declare-account"},
}
"""`t4:operations` -> the kinds of steps that T4's API takes; every other one is the administrator's."""

Json = dict[str, Any]


class Year:
    """`known`: what `t4:operations` names. `firm`: the file as it is being edited. `signed`: the tasks in the
    attested file, each with its note, and `merged` those that a run has seen there; `told` is what `t4firm
    tasks` says after the last run: `tasks` by id, and `fills`, the number of accounts by state. `every_task`
    and `every_name`: the tasks, users and accounts that any run has had. Each run is of a commit."""

    def __init__(self, project: Project, simulator: Simulator, known: str, firm: Json) -> None:
        project.environ["T4_OPERATIONS"] = known
        self.project, self.simulator, self.known, self.firm = project, simulator, known, firm
        self.administrator = Administrator(simulator)
        self.portal = self.administrator.portal
        self.signed: dict[str, str] = {}
        self.merged: dict[str, str] = {}
        self.lines, self.steps = count(1), count(1)
        self.told: Json = {}
        self.every_task: set[str] = set()
        self.every_name: set[str] = set()
        begin(project)

    @property
    def users(self) -> Json:
        """The people of the file."""
        users: Json = self.firm["users"]
        return users

    def by_hand(self, *steps: str) -> set[str]:
        """Which of these steps are the administrator's here."""
        return {task for task in steps if kind_of(task) not in BY_API[self.known]}

    # --- what somebody does -------------------------------------------------------------------------------

    def up(self, *arguments: str) -> Done:
        """The file as it is now, and the signatures, are merged and run."""
        self._write()
        commit(self.project, f"Step {next(self.steps)}")
        done = self.project.up(*arguments)
        assert done.code == 0, done.text
        self.merged, self.told = dict(self.signed), self._told()
        self.every_task |= {task for task, said in self.told["tasks"].items() if said["status"] != "planned"}
        self.every_name |= {
            *self.users,
            *(number for user in self.users.values() for number in user["accounts"]),
        }
        return done

    def administrator_works(self, only_signs: Iterable[str] = ()) -> None:
        """Every open task whose turn it is, page by page of the portal; then the signatures. `only_signs`:
        forgotten, and signed all the same."""
        tasks = self.open_tasks()
        turn = [
            task
            for task in sorted(tasks, key=lambda task: (PAGES.index(tasks[task]["page"]), task))
            if "waits" not in tasks[task] and not KINDS[kind_of(task)].field
        ]
        self.administrator.does([task for task in turn if task not in only_signs], self.firm)
        self.signed |= {task: f"line {next(self.lines)}" for task in turn}  # no two lines are alike

    def brings(self, *steps: str) -> None:
        """One change from the file to T4: whoever takes which of these steps, then it is so."""
        self.up()
        self.asks(*steps)
        self.administrator_works()
        self.t4_is_as_filed()

    # --- what the product says ----------------------------------------------------------------------------

    def foresees(self, resources: Mapping[str, list[str]], *steps: str) -> None:
        """The preview of the file as it is now: what it does to which resources, and which of these steps
        will be the administrator's. New signatures change the resources that they are about."""
        self._write()
        log, told = self.project.folder / "preview.events", Told()
        done = self.project.preview("--event-log", str(log), PULUMI_DEBUG_COMMANDS="true")
        assert done.code == 0, done.text
        for line in log.read_text().splitlines():
            told.take(line)
        log.unlink()
        wanted = {name: does for does, names in resources.items() for name in names}
        changes = {name: step.does for name, step in told.changes.items()}
        more = {name: does for name, does in changes.items() if name not in wanted}
        assert {name: changes.get(name) for name in wanted} == wanted
        assert set(more.values()) <= ({"update"} if self.signed != self.merged else set()), more
        to_come = [each["id"] for each in told.outputs["administratorTasks"] if each["status"] == "planned"]
        assert among_others(to_come) == self.by_hand(*steps)

    def asks(self, *steps: str, later: Iterable[str] = ()) -> None:
        """`t4firm tasks` lists those of these steps that are the administrator's, those whose turn comes
        `later`, and no other, beside what comes with every user; and nothing else in T4 differs."""
        tasks = self.open_tasks()
        assert among_others(tasks) == {*self.by_hand(*steps), *later}
        assert {task for task in tasks if "waits" in tasks[task]} == set(later)
        drift = self.drift()
        assert not drift["differs"], drift
        assert bool(drift["unverified"]) is (self.known != FULL), "what nobody can read is not called fine"

    def open_tasks(self) -> dict[str, Json]:
        """The open tasks of `t4firm tasks` by id."""
        return {task: said for task, said in self.told["tasks"].items() if said["status"] == "open"}

    def drift(self) -> Json:
        """What `t4firm drift` finds."""
        done = self._t4firm("drift")
        drift: Json = json.loads(done.text)
        assert done.code == (2 if drift["differs"] else 3 if drift["fillUserUnread"] else 0), done.all
        return drift

    def history(self) -> list[Json]:
        """Every event of `t4firm history`."""
        done = self._t4firm("history")
        assert done.code == 0, done.text
        events: list[Json] = json.loads(done.text)["events"]
        return events

    # --- what is so ---------------------------------------------------------------------------------------

    def t4_is_as_filed(self) -> None:
        """T4 has what the file says, and nothing else but who has left: nothing in T4 is deleted."""
        shown, filed = as_in_t4(self.simulator.state()), as_filed(self.firm)
        left = {name: user for name, user in shown["users"].items() if name not in filed["users"]}
        theirs = {number for user in left.values() for number in user["accounts"]}
        for what in ("users", "accounts"):
            assert {
                name: entry for name, entry in shown[what].items() if name not in {*left, *theirs}
            } == filed[what]
        assert all(not user["enabled"] and not user["marketData"] for user in left.values()), left

    def _write(self) -> None:
        self.project.write(self.firm)
        self.project.attest(*sorted(self.signed), notes=self.signed)

    def _told(self) -> Json:
        done = self._t4firm("tasks")
        told = json.loads(done.text)
        tasks, fills = {task["id"]: task for task in told["tasks"]}, told["fillCoverage"]["counts"]
        to_do = fills["unmanaged"] or any(task["status"] in ("open", "planned") for task in tasks.values())
        assert done.code == (2 if to_do else 0), done.all
        return {"tasks": tasks, "fills": fills}

    def _t4firm(self, command: str) -> Done:
        return self.project.t4firm(command, "--stack", self.project.stack, "--json")


def among_others(tasks: Iterable[str]) -> set[str]:
    """These tasks without those that come with every user."""
    return {task for task in tasks if not comes_with_a_user(task)}


def named(differences: Iterable[Json]) -> list[str]:
    """The tasks that would mend these differences of `t4firm drift`."""
    return [each["task"] for each in differences]
