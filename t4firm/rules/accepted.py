"""The checks of the rules about accepted differences. See t4firm/rules/table.py."""

from __future__ import annotations

from collections.abc import Iterator

from t4firm.rules.context import Facts, Finding, Loc
from t4firm.tasks.ids import about_nothing, kind_of, parts_of
from t4firm.tasks.kinds import KINDS
from t4firm.yaml_files.mistakes import listed, shown

ACCEPTABLE = (
    "assign-account",
    "assign-application",
    "disable-account",
    "enable-account",
    "enable-user",
    "end-market-data",
    "declare-account",
    "declare-application",
    "restore-account",
    "unassign-account",
    "update-account",
    "update-market-data",
    "update-user",
)
"""Kinds of task whose difference may be left alone: no rule of WhenTech or of the product is broken by it."""

NEVER_FOR_THE_FILL_USER = ("assign-application", "assign-account", "enable-user")


def _entries(facts: Facts) -> Iterator[tuple[Loc, str, dict[str, str]]]:
    """The place, the task and its parts, for each accepted task that there can be."""
    for task in facts.firm.accepted:
        try:
            yield ("accepted", task), task, parts_of(task)
        except ValueError:
            continue


def accepted_task_is_one(facts: Facts) -> Iterator[Finding]:
    for task in facts.firm.accepted:
        try:
            parts_of(task)
        except ValueError as error:
            known = kind_of(task) in KINDS
            right = f"correct it: {error}" if known else f"kinds that can be accepted: {listed(ACCEPTABLE)}"
            yield Finding(("accepted", task), f'"{shown(task)}" is not the id of a task', right)


def accepted_task_may_be_left_alone(facts: Facts) -> Iterator[Finding]:
    for loc, task, _ in _entries(facts):
        if kind_of(task) not in ACCEPTABLE:
            wrong = f"a {kind_of(task)} task cannot be accepted"
            yield Finding(loc, wrong, f"have the task done; kinds that can be accepted: {listed(ACCEPTABLE)}")


def accepted_task_is_about_somebody(facts: Facts) -> Iterator[Finding]:
    for loc, task, _ in _entries(facts):
        if nobody := about_nothing(task, facts.firm):
            yield Finding(
                loc,
                f"this is about {shown(nobody)}, which is not in the firm file",
                "correct it, or remove it",
            )


def nothing_of_the_fill_user_is_accepted(facts: Facts) -> Iterator[Finding]:
    if not facts.fill:
        return
    user = facts.fill.user
    for loc, task, parts in _entries(facts):
        if parts.get("username") == user.username and kind_of(task) in NEVER_FOR_THE_FILL_USER:
            wrong = (
                "the fill user must be enabled, and have its application and the accounts that it captures"
            )
            yield Finding(
                loc,
                wrong,
                "have the task done, or list the account under fillService.exclude with the reason",
            )
        if parts.get("account") == user.account and kind_of(task) == "disable-account":
            yield Finding(loc, "the fill user's own account is never enabled", "have the task done")
