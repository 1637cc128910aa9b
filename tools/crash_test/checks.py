"""What must hold when a round is over: T4 against the firm file and the engine's record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.crash_test.firms import wanted

Recorded = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Found:
    """Names of users, accounts and tasks with which something is wrong."""

    doubled: set[str]  # onboarded more than once
    stray: set[str]  # in T4 and not in the engine's record
    lost: set[str]  # not in T4, not in the record, or with other accounts than the file says
    disabled: set[str]  # accounts that should be enabled
    unfinished: set[str]  # open tasks that an operation takes; the administrator's may be open

    def sentences(self) -> list[str]:
        kinds = {
            "doubled": self.doubled,
            "in T4 but not in the state": self.stray,
            "lost": self.lost,
            "not enabled": self.disabled,
            "open tasks": self.unfinished,
        }
        return [f"{kind}: {', '.join(sorted(names))}" for kind, names in kinds.items() if names]


def compared(
    firm: dict[str, Any], state: dict[str, Any], calls: list[dict[str, Any]], recorded: Recorded
) -> Found:
    """`state` and `calls` as the simulator shows them, `recorded` as in `recorded_in`."""
    users, accounts = state["users"], state["accounts"]
    people = wanted(firm)
    numbers = set().union(*people.values())
    onboarded = [
        call["body"]["User"]["username"]
        for call in calls
        if call["path"] == "/admin/v1/onboarding" and call["status"] == 200
    ]
    doubled = {name for name in onboarded if onboarded.count(name) > 1}
    doubled |= {name for name, user in users.items() if user["onboardings"] != 1}
    lost = {*people} - {*users} | numbers - {*accounts}
    lost |= {name for name in people if name in users and {*users[name]["accounts"]} != people[name]}
    lost |= {*people} - recorded.get("User", {}).keys()
    return Found(
        doubled=doubled,
        stray={*users} - recorded.get("User", {}).keys() | {*accounts} - recorded.get("Account", {}).keys(),
        lost=lost,
        disabled={
            number
            for number, account in firm["accounts"].items()
            if account.get("enabled") and accounts.get(number, {}).get("enabled") != "Enabled"
        },
        unfinished={
            task
            for named in recorded.values()
            for outputs in named.values()
            for task, record in (outputs.get("tasks") or {}).items()
            if record["status"] == "open" and task.partition("/")[0] in outputs.get("api", ())
        },
    )


def recorded_in(file: Path) -> Recorded:
    """The engine's record in a file backend's state: type -> name -> outputs."""
    latest = json.loads(file.read_text())["checkpoint"].get("latest") or {}
    found: Recorded = {}
    for resource in latest.get("resources") or []:
        kind, name = resource["urn"].split("::", 3)[2:]
        found.setdefault(kind.rpartition(":")[2], {})[name] = resource.get("outputs") or {}
    return found
