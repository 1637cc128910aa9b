"""What the engine's preview adds to the files: its steps, what it found on the way, why it stopped."""

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.rpc import UNKNOWN

from t4firm.reports.proofs import Proof
from t4firm.review.comment import comment_of
from t4firm.review.model import Step
from t4firm.review.steps import NoPreview, Preview, preview_of
from tests.goals.firms import firm_of
from tests.review.changes import reviewed, told

ONE = {"trader_a": {"accounts": ["11111"]}}
FILL = "AccountAssignment::WhenTechFillUser/11111"


def urn(resource: str) -> str:
    return f"urn:pulumi:live::t4::pulumi-python:dynamic/t4:{resource}"


def step(
    op: str,
    resource: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    outputs: dict[str, Any] | None = None,
    after_: tuple[str, ...] = (),
) -> dict[str, Any]:
    """One step as `pulumi preview --json` prints it; `after_`: the resources that it depends on."""
    return {
        "op": op,
        "urn": urn(resource),
        "oldState": {"inputs": before, "outputs": outputs} if op != "create" else None,
        "newState": {"inputs": after or {}, "dependencies": [urn("Firm::firm"), *map(urn, after_)]},
        "detailedDiff": None,
    }


def preview(*steps: dict[str, Any], last: dict[str, Any] | None = None, **more: Any) -> Preview:
    stack = {
        "op": "same",
        "urn": "urn:pulumi:live::t4::pulumi:pulumi:Stack::t4-live",
        "oldState": {"outputs": last or {}},
        "newState": {},
    }
    return preview_of(json.dumps({"config": {}, "steps": [stack, *steps], **more}))


def test_steps_are_sorted_and_say_which_properties_change() -> None:
    seen = preview(
        step("update", "User::trader.b", before={"a": 1, "x": 1}, after={"a": 2, "x": UNKNOWN, "__p": 3}),
        step("create", "User::trader.a", after={"a": 1}),
    )
    assert seen.steps == (Step("User", "trader.a", "create"), Step("User", "trader.b", "update", ("a",)))
    assert not seen.refreshed


def test_resources_that_stay_are_no_steps() -> None:
    assert preview(step("same", "User::trader.a"), step("refresh", "User::trader.a")).steps == ()


def test_what_the_files_do_not_explain_is_found(tmp_path: Path) -> None:
    found = step("update", FILL, before={"present": True}, after={"present": True})
    review = reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE), preview=preview(found))
    assert review.headline == "1 unexpected difference"
    assert review.changes_something
    how = "both files say the same, but what is set up is different"
    assert f"account 11111 of WhenTechFillUser: {how}" in told(review)


def test_what_t4_shows_otherwise_is_found_with_its_name(tmp_path: Path) -> None:
    """The engine prints a refresh before T4 has answered; what it found shows in the step that follows."""
    recorded = step("refresh", FILL, outputs={"assigned": True, "tasks": {}})
    mends = step("update", FILL, outputs={"assigned": False, "tasks": {"assign-account/x/1": {}}})
    seen = preview(recorded, mends)
    assert seen.refreshed
    review = reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE), preview=seen)
    [found] = review.found
    assert (found.what, found.properties) == ("account 11111 of WhenTechFillUser", ("assigned",))
    assert found.how == "T4 shows something else than what was set up"


@pytest.mark.parametrize("refreshed", [True, False])
def test_what_was_found_is_said_in_its_own_words(tmp_path: Path, refreshed: bool) -> None:
    drift = {"assign-account/WhenTechFillUser/11111": "account 11111 is not captured"}
    recorded = step("refresh", FILL, outputs={"assigned": True})
    seen = {"assigned": False, "drift": drift}
    mends = step("update", FILL, before=seen, after={"assigned": True}, outputs=seen)
    shown = preview(recorded, mends) if refreshed else preview(mends)
    [found] = reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE), preview=shown).found
    assert (found.how, found.properties) == ("account 11111 is not captured", ())
    assert shown.steps[0].properties == ("assigned",)


def test_what_follows_from_a_change_of_the_files_is_explained(tmp_path: Path) -> None:
    """The accounts of somebody who departs change with the user, though their own entries do not."""
    after = firm_of(trader_a={"accounts": ["11111"], "departed": True})
    account = step("update", "Account::11111", after_=("User::trader.a",))
    further = step("update", "Further::x", after_=("Account::11111",))
    review = reviewed(tmp_path, firm_of(**ONE), after, preview=preview(account, further))
    assert review.found == ()


def test_everybody_depends_on_the_firm_and_is_not_explained_by_it(tmp_path: Path) -> None:
    after = firm_of(**ONE, trader_b={"accounts": ["33333"]})
    stray = step("update", "User::trader.a")
    review = reviewed(tmp_path, firm_of(**ONE), after, preview=preview(stray))
    assert [found.what for found in review.found] == ["user trader.a"]


@pytest.mark.parametrize(
    ("op", "resource", "words"),
    [
        ("create", "User::trader.a", "both files have it, but it is not set up yet"),
        ("delete", "User::trader.z", "it is set up, but neither file has it"),
        ("replace", "User::trader.a", "it would replace"),
    ],
)
def test_words_for_what_is_found(tmp_path: Path, op: str, resource: str, words: str) -> None:
    review = reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE), preview=preview(step(op, resource)))
    assert [found.how for found in review.found] == [words]


def test_tasks_that_only_the_preview_knows_are_told(tmp_path: Path) -> None:
    task = "update-user/trader.a/phone"
    known = step("update", "User::trader.a", before={"x": 1}, after={"x": 1, "planned": {task: "planned"}})
    review = reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE), preview=preview(known))
    assert [each.id for each in review.tasks] == [task]


def test_what_the_last_run_left_open_and_its_violations(tmp_path: Path) -> None:
    tasks = [{"id": "create-account/1", "status": "open"}, {"id": "create-account/2", "status": "done"}]
    last = {"administratorTasks": tasks, "summary": {"violations": ["the fill user has Trading"], "users": 3}}
    review = reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE), preview=preview(last=last))
    assert review.open_before == ("create-account/1",)
    assert "VIOLATION: the fill user has Trading" in review.warnings
    assert "Tasks still open from before (1)" in told(review)


def test_a_preview_that_stopped_would_be_refused(tmp_path: Path) -> None:
    diagnostics = [
        {"severity": "error", "message": "error: one reason\nanother reason\nNothing was changed.\n"},
        {
            "severity": "error",
            "message": "error: an unhandled error occurred: program exited with non-zero exit code: 1\n",
        },
        {"severity": "warning", "message": "warning: something\n"},
    ]
    seen = preview(diagnostics=diagnostics)
    review = reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE), preview=seen)
    assert review.refusals == ("another reason", "one reason")
    assert preview(diagnostics=diagnostics[::-1]).errors == seen.errors
    assert review.headline.startswith("WOULD BE REFUSED")


def test_a_reason_that_the_files_gave_is_not_told_twice(tmp_path: Path) -> None:
    after = firm_of(**ONE) | {"limits": {"newUsers": 0}}
    before = firm_of(trader_b={"accounts": ["33333"]})
    after["users"]["trader.b"] = before["users"]["trader.b"]
    [reason] = reviewed(tmp_path, before, after).refusals
    message = f"error: pulumi-python:dynamic/t4:Firm resource 'firm': {reason}"
    seen = preview(diagnostics=[{"severity": "error", "message": message}])
    assert reviewed(tmp_path, before, after, preview=seen).refusals == (reason,)


@pytest.mark.parametrize(
    "printed",
    ["", "nothing", "{", '{"steps": 3}', '{"steps": [{"op": "x"}]}', '{"steps": [{"op":"x","urn":"x"}]}'],
)
def test_what_is_no_preview(printed: str) -> None:
    with pytest.raises(NoPreview):
        preview_of(printed)


def test_lines_before_the_json_do_no_harm() -> None:
    assert preview_of('warning: something\n{"steps": []}').steps == ()


def test_the_comment_says_whether_t4_was_looked_at(tmp_path: Path) -> None:
    words = "Only the firm files were compared"
    assert words in comment_of(reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE)))
    assert words not in comment_of(reviewed(tmp_path, firm_of(**ONE), firm_of(**ONE), preview=preview()))


def test_what_a_change_rests_on_is_told_of_whom_it_touches(tmp_path: Path) -> None:
    """The weakest comes first; of those whom the change does not touch nothing is told."""
    fill = "WhenTechFillUser"
    proofs = (
        Proof(fill, "has WhenTechFills", "proved", "POST /x: 200 at 2026-11-02T10:00:00Z"),
        Proof(fill, "has a password that never expires", "not shown", f"password-never-expires/{fill}"),
        Proof("11111", "is enabled", "proved", "T4 shows it: read over T4's WebSocket at 2026-11-28T10:20"),
        Proof("22222", "is enabled", "signed off", "2026-11-20, by A. Administrator"),
        Proof("33333", "is enabled", "proved", "POST /x: 200 at 2026-11-02T10:00:00Z"),
    )
    before = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    after = firm_of(trader_a={"accounts": ["11111", "22222"]}, trader_b={"accounts": ["33333"]})
    review = reviewed(tmp_path, before, after, proofs=proofs)
    part = comment_of(review).partition("What this rests on (4)</summary>")[2].partition("</details>")[0]
    assert [line for line in part.splitlines() if line] == [
        f"- `{fill}` has a password that never expires: not shown (password-never-expires/{fill})",
        "- `22222` is enabled: signed off (A. Administrator, 2026-11-20)",
        "- `11111` is enabled: proved (T4's WebSocket, 2026-11-28)",
        f"- `{fill}` has WhenTechFills: proved (T4's answer, 2026-11-02)",
    ]
    assert not reviewed(tmp_path, after, after, proofs=proofs).facts


def test_the_records_are_those_that_the_read_left() -> None:
    """The engine prints a refresh first, with what was recorded, and then the step, with what T4 showed."""
    account = "Account::11111"
    steps = [
        step("refresh", account, before={}, outputs={"state": "Enabled"}),
        step("same", account, before={}, outputs={"state": "Disabled"}),
        step("create", "Account::22222"),
    ]
    preview = preview_of(json.dumps({"steps": steps}))
    assert preview.records == {("pulumi-python:dynamic/t4:Account", "11111"): {"state": "Disabled"}}
