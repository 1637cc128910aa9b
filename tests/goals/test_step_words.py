"""Words of a step come from its goal: never "create account 2003 assigned to zoe.om" for a removal."""

from typing import Any

import pytest

from t4firm.plan.step_words import VERBS, step_words

Inputs = dict[str, Any]

CASES: list[tuple[str, str, str, Inputs | None, Inputs | None, str]] = [
    ("User", "hannah.b", "create", None, {"adopt": True}, "+ adopt hannah.b"),
    ("User", "hannah.b", "create", None, {"adopt": False}, "+ create hannah.b"),
    (
        "User",
        "leo.gar",
        "update",
        {"departed": False},
        {"departed": True},
        "~ begin the departure of leo.gar",
    ),
    ("User", "leo.gar", "update", {"departed": True}, {"departed": True}, "~ update leo.gar"),
    ("User", "leo.gar", "delete", {"departed": True}, None, "- forget leo.gar (departed, all steps closed)"),
    ("Account", "2003", "create", None, {"owner": "zoe.om"}, "+ create account 2003 of zoe.om"),
    (
        "Account",
        "2003",
        "create",
        None,
        {"owner": "zoe.om", "adopt": True},
        "+ adopt account 2003 of zoe.om",
    ),
    (
        "Account",
        "2003",
        "create",
        None,
        {"owner": "zoe.om", "withAdopted": True},
        "+ adopt account 2003 of zoe.om",
    ),
    ("Account", "2003", "update", {"enabled": ""}, {"enabled": "Enabled"}, "~ enable account 2003"),
    ("Account", "2003", "update", {"enabled": "Enabled"}, {"enabled": "Disabled"}, "~ disable account 2003"),
    ("Account", "2003", "update", {"enabled": "Enabled"}, {"enabled": "Enabled"}, "~ update account 2003"),
    ("Account", "2003", "delete", {}, None, "- forget account 2003"),
    (
        "AccountAssignment",
        "Fills/2003",
        "create",
        None,
        {"captures": True, "present": True},
        "+ assign account 2003 to Fills for its fills",
    ),
    (
        "AccountAssignment",
        "Fills/2003",
        "update",
        {"captures": True, "present": True},
        {"captures": True, "present": False},
        "- stop capturing 2003",
    ),
    (
        "AccountAssignment",
        "zoe.om/2003",
        "create",
        None,
        {"captures": False, "present": False},
        "- revoke account 2003 from zoe.om",
    ),
    (
        "AccountAssignment",
        "zoe.om/2003",
        "create",
        None,
        {"captures": False, "present": True},
        "+ assign account 2003 to zoe.om",
    ),
    (
        "AccountAssignment",
        "Fills/2003",
        "update",
        {"captures": True, "present": True},
        {"captures": True, "present": True},
        "~ update the capture of 2003",
    ),
    ("AccountAssignment", "Fills/2003", "delete", {"captures": True}, None, "- forget the capture of 2003"),
    ("ApplicationAssignment", "a/WhenTech", "create", None, {"present": True}, "+ assign WhenTech to a"),
    (
        "ApplicationAssignment",
        "a/WhenTech",
        "update",
        {"present": True},
        {"present": False},
        "- revoke WhenTech from a",
    ),
    ("Firm", "firm", "create", None, {}, "+ record the firm"),
    ("Another", "one", "create", None, {}, "~ update Another one"),
]


@pytest.mark.parametrize(("kind", "name", "does", "old", "new", "words"), CASES)
def test_a_step(kind: str, name: str, does: str, old: Inputs | None, new: Inputs | None, words: str) -> None:
    step = step_words(kind, name, does, old, new)
    assert f"{step.sign} {step.to_do}" == words
    assert step.done.partition(" ")[2] == step.to_do.partition(" ")[2]


def test_every_verb_is_used() -> None:
    used = {step_words(*case[:5]).to_do.partition(" ")[0] for case in CASES}
    assert used == VERBS.keys()


def test_what_is_done_is_told_in_the_past() -> None:
    step = step_words(
        "AccountAssignment",
        "Fills/2003",
        "update",
        {"captures": True, "present": True},
        {"captures": True, "present": False},
    )
    assert (step.to_do, step.done) == ("stop capturing 2003", "stopped capturing 2003")


@pytest.mark.parametrize(
    ("kind", "name", "task", "done"),
    [
        ("Account", "2003", "create-account/2003", "asked the administrator to create account 2003"),
        ("Account", "2003", "enable-account/2003", "created account 2003"),
        (
            "AccountAssignment",
            "fill.user/2003",
            "assign-account/fill.user/2003",
            "asked the administrator to assign account 2003 to fill.user",
        ),
        ("ApplicationAssignment", "zoe.om/WhenTech", "", "assigned WhenTech to zoe.om"),
        ("User", "fill.user", "assign-application/fill.user/T4Firm", "created fill.user"),
    ],
)
def test_what_is_left_to_people_is_not_called_done(kind: str, name: str, task: str, done: str) -> None:
    """No operation may create an account: then the step recorded a task, and T4 has no account."""
    words = step_words(kind, name, "create", None, {})
    left = words.left_open([task] if task else [])
    assert left.done == done
    assert left.is_asked is done.startswith("asked the administrator to ")
    assert left.to_do == (f"ask the administrator to {words.to_do}" if left.is_asked else words.to_do)


def test_an_update_beside_an_open_task_is_an_update() -> None:
    words = step_words("Account", "2003", "update", {"accountName": "a"}, {"accountName": "b"})
    assert words.left_open(["create-account/2003"]).done == "updated account 2003"
