"""A preview on paper says what the engine previews for a stack set up from the first of the two files."""

import copy
from typing import Any

import pytest

from providers.t4.configuration.stack_files import load_stack
from t4firm.plan.changes import Changes
from t4firm_cli.project.sides import sides_of
from tests.goals.firms import firm_of
from tests.providers.stack import ROOT, Stack

Change = dict[str, Any]

BASE = firm_of(
    trader_a={"accounts": ["11111", "22222"], "marketData": {"CME": "TOB", "ICE": "TOB"}},
    trader_b={"accounts": ["33333"]},
)


def changed(**users: Change | None) -> Change:
    """The firm with some entries changed; None: without the entry."""
    firm = copy.deepcopy(BASE)
    for name, entry in users.items():
        username = name.replace("_", ".")
        firm["users"][username] = {**firm["users"].get(username, {}), **(entry or {})}
        if entry is None:
            del firm["users"][username]
    return firm


CHANGES = {
    "nothing": BASE,
    "a hire": changed(trader_c=firm_of(x={"accounts": ["55555", "66666"]})["users"]["x"]),
    "details": changed(trader_a={"phone": "555-999-0000", "apptype": "NonProfessional"}),
    "market data": changed(trader_a={"marketData": {"CME": "Depth"}}),
    "a departure": changed(trader_a={"departed": True}),
    "a password": changed(trader_b={"passwordVersion": 2}),
    "an account's name": BASE | {"accounts": {"22222": {"displayName": "second", "enabled": True}}},
    "an exclusion": BASE | {"fillService": BASE["fillService"] | {"exclude": {"22222": "paper"}}},
    "an account revoked": changed(trader_a={"accounts": ["11111"], "revoke": {"accounts": ["22222"]}}),
    "WhenTech revoked": changed(trader_b={"applications": [], "revoke": {"applications": ["WhenTech"]}}),
    "the Risk Manager role": BASE
    | {
        "fillService": BASE["fillService"]
        | {
            "capture": "riskManager",
            "user": BASE["fillService"]["user"] | {"templateUser": "FillServiceRiskManager"},
        }
    },
    "the service ends": BASE | {"fillService": BASE["fillService"] | {"capture": "none"}},
    "not asked yet": BASE | {"whentech": {}},
}
REFUSED = {
    "gone without departing": changed(trader_b=None),
    "another first account": changed(trader_b={"accounts": ["44444", "33333"]}),
    "an account gone": changed(trader_a={"accounts": ["11111"]}),
    "over a limit": changed(trader_a={"departed": True}) | {"limits": {"departures": 0}},
}


def paper(stack: Stack, after: Change) -> Changes:
    before, now = (load_stack(stack._write(firm), stack.operations, ROOT) for firm in (BASE, after))
    return sides_of(before, now)[2]


@pytest.mark.parametrize("operations", ["onboarding", "walkthrough"])
@pytest.mark.parametrize("change", CHANGES)
def test_it_knows_the_tasks_that_a_preview_knows(stack: Stack, change: str, operations: str) -> None:
    stack.operations = operations
    assert not stack.up(BASE).failed
    open_before = {task for task, status in stack.tasks(BASE).items() if status == "open"}
    planned = {task for task, status in stack.preview(CHANGES[change]).tasks.items() if status == "planned"}
    said = paper(stack, CHANGES[change])
    assert said.refusals == ()
    stack.up(CHANGES[change])
    opened = {task for task, status in stack.tasks(CHANGES[change]).items() if status == "open"}
    # a role that the fill user lacks is opened by the run, and only the file's own words tell it before
    assert planned - open_before <= set(said.tasks) <= (planned | opened) - open_before


@pytest.mark.parametrize("change", REFUSED)
def test_it_refuses_what_a_preview_refuses_with_the_same_words(stack: Stack, change: str) -> None:
    assert not stack.up(BASE).failed
    [words] = stack.preview(REFUSED[change]).failed.values()
    reasons = tuple(line for line in words.split("\n") if line != "Nothing was changed.")
    assert paper(stack, REFUSED[change]).refusals == reasons
