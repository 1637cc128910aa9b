"""The firm's T4 administrator, played: does in T4 exactly what each task says, and signs for it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from t4firm.tasks.ids import kind_of, parts_of
from tests.engine.project import Simulator
from tests.providers.portal import Portal

Firm = Mapping[str, Any]
Act = Callable[["Administrator", Firm, Mapping[str, str]], None]
"""What one kind of task comes to: with the firm file and the parts of the task's id."""


class Administrator:
    """Works in the portal of one simulated T4."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.portal = Portal(simulator)

    def does(self, tasks: Iterable[str], firm: Firm) -> None:
        """Each task, as the firm file says."""
        for task in tasks:
            IN_THE_PORTAL[kind_of(task)](self, firm, parts_of(task))

    def makes_account(self, firm: Firm, about: Mapping[str, str]) -> None:
        """What is there already under its owner is only looked at."""
        number = about["account"]
        owner = next(name for name, user in firm["users"].items() if number in user["accounts"])
        if number not in self.simulator.users()[owner]["accounts"]:
            names = firm.get("accounts", {}).get(number, {})
            self.portal.make_account(owner, number, names.get("displayName", ""))

    def changes_market_data(self, firm: Firm, about: Mapping[str, str]) -> None:
        wanted = firm["users"][about["username"]]["marketData"]
        self.portal.subscribe(about["username"], about["exchange"], wanted[about["exchange"]])

    def changes_user(self, firm: Firm, about: Mapping[str, str]) -> None:
        wanted = firm["users"][about["username"]][about["field"]]
        self.portal.change_user(about["username"], **{about["field"]: wanted})


def nothing_in_t4(_by: Administrator, _firm: Firm, _about: Mapping[str, str]) -> None:
    """A talk with somebody, or a setting that the simulated T4 does not have."""


IN_THE_PORTAL: Mapping[str, Act] = {
    "create-account": Administrator.makes_account,
    "enable-account": lambda by, _, about: by.portal.change_account(
        about["account"], enabled="Enabled", preTradeDisabled=False
    ),
    "assign-account": lambda by, _, about: by.portal.assign(**about),
    "unassign-account": lambda by, _, about: by.portal.unassign(**about),
    "assign-application": lambda by, _, about: by.portal.give_application(**about),
    "update-user": Administrator.changes_user,
    "update-market-data": Administrator.changes_market_data,
    "end-market-data": lambda by, _, about: by.portal.end_subscription(**about),
    "disable-user": lambda by, _, about: by.portal.change_user(about["username"], enabled=False),
    "confirm-trial": nothing_in_t4,
    "hand-over-credentials": nothing_in_t4,
    "password-never-expires": nothing_in_t4,
}
"""Kind of task -> what is done for it."""
