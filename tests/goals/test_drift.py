"""Differences in words and groups; what a file accepts; which accounts a user is known to have."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from t4firm.model.firm import Accepted
from t4firm.operations import load_operations
from t4firm.plan.desired import desired
from t4firm.reports.drift import (
    SENTENCES,
    Difference,
    Drift,
    Reading,
    Tolerated,
    Unseen,
    Unverified,
    sentence,
    sorted_out,
    warnings,
)
from t4firm.tasks.kinds import KINDS, STANDING
from t4firm_cli.drift import lines
from t4firm_cli.json_form import json_form
from tests.goals.firms import FULL, ROOT, firm_of, goals, load

FILL = "WhenTechFillUser"
PHONE = "update-user/trader.a/phone"
NOTHING_TO_SEE = {"request-whentech", "enable-whentech", "sign-eula", *STANDING}
"""Steps that T4 shows no difference of: words of CTS support, evidence that is never withdrawn, what no
operation reads."""


def test_each_kind_of_step_that_t4_can_show_has_its_sentence() -> None:
    assert SENTENCES.keys() >= KINDS.keys() - NOTHING_TO_SEE
    for kind, words in SENTENCES.items():
        assert words.format(**{part: "x" for part in KINDS[kind].parts})


def test_an_account_that_is_not_captured_is_called_so() -> None:
    task = f"assign-account/{FILL}/33333"
    assert sentence(task, captures=True) == "account 33333 is not captured"
    assert sentence(task) == f"{FILL} lost account 33333 in T4"


def record(status: str = "open", *, new: bool = True, how: str = "api", **entry: Any) -> Reading:
    """What a read left of a resource with one task, trader.a's phone."""
    drift = {PHONE: sentence(PHONE)} if new else {}
    return Reading({"update-user": how}, {PHONE: {"status": status, **entry}}, drift, {})


DIFFERS = Difference(PHONE, "phone of trader.a differs")
SIGNED = "2026-11-20, by A. Administrator"
AGREED = Accepted(reason="number is being moved", until=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("left", "drift"),
    [
        (record(), Drift(api=(DIFFERS,))),
        (record(how="administrator"), Drift(administrator=(DIFFERS,))),
        (record(lacks="userID"), Drift(administrator=(DIFFERS,))),
        (record(new=False), Drift(still_open=(PHONE,))),
        (record("done", new=False), Drift()),
        (record("attested", new=False), Drift()),
        (
            record("accepted", new=False),
            Drift(accepted=(Tolerated(PHONE, DIFFERS.words, AGREED.reason, AGREED.until),)),
        ),
        (
            record(new=False, contradicted=SIGNED),
            Drift(
                contradicted=(
                    Difference(PHONE, f"phone of trader.a differs, although it was signed off ({SIGNED})"),
                )
            ),
        ),
    ],
)
def test_each_difference_is_told_in_one_group(left: Reading, drift: Drift) -> None:
    told = sorted_out([left], {PHONE: AGREED})
    assert told == drift
    assert told.differs is bool(drift.api or drift.administrator or drift.contradicted)


@pytest.mark.parametrize(
    ("how", "entry", "remedy"),
    [
        ("api", {}, "To correct it through the API: t4firm up --refresh"),
        (
            "administrator",
            {},
            f"The administrator must correct it ({PHONE}): t4firm up --refresh, then t4firm tasks",
        ),
        ("api", {"lacks": "userID"}, f"({PHONE}): t4firm up --refresh, then t4firm tasks"),
    ],
)
def test_a_refresh_warns_of_each_difference_with_the_command_that_mends_it(
    how: str, entry: dict[str, Any], remedy: str
) -> None:
    left = record(how=how, **entry)
    (said,) = warnings(left)
    assert said.startswith("phone of trader.a differs. ")
    assert said.endswith(remedy)
    assert warnings(replace(left, drift={})) == []
    assert warnings(replace(left, violations={PHONE: "x"})) == [], "a violation is told as such"


def test_a_violation_is_told_as_such_alone() -> None:
    task = f"remove-role/{FILL}/Trading"
    left = Reading(
        how={"remove-role": "api"},
        tasks={task: {"status": "open", "contradicted": SIGNED}},
        drift={task: f"{FILL} has Trading"},
        violations={task: "the fill user has the role Trading"},
    )
    told = sorted_out([left], {})
    words = f"{FILL} has Trading, although it was signed off ({SIGNED})"
    assert told == Drift(violations=(Difference(task, words),))
    assert told.differs


def test_what_is_unverified_is_no_difference_and_the_order_is_stable() -> None:
    facts = [
        Unverified(what, "no operation reads it", "add one", (Unseen(FILL),))
        for what in ("roles", "applications")
    ]
    told = sorted_out([record()], {}, facts)
    assert told == sorted_out([record()], {}, reversed(facts))
    assert not sorted_out([], {}, facts).differs


def test_what_nobody_can_see_is_one_line_a_kind_however_many_there_are() -> None:
    """Each of a thousand traders is in the JSON."""
    facts = tuple(Unseen(f"trader.{number:04}", "POST …", "2026-11-01") for number in range(1000))
    unseen = [
        Unverified(what, why, "look", facts)
        for what, why in (("roles", "one"), ("data", "two"), ("more", "one"))
    ]
    said = [text for text, _ in lines(Drift(unverified=tuple(unseen)))]
    assert [text.partition(";")[0] for text in said[:-1]] == [
        *("Not compared: one", "  more: 1,000", "  roles: 1,000", "  To see it: look"),
        *("Not compared: two", "  data: 1,000", "  To see it: look"),
    ]
    assert said[-1].endswith("3,000 facts not compared.")
    assert len(json_form(Drift(unverified=tuple(unseen)))["unverified"][0]["facts"]) == 1000


def accepted(tmp_path: Path, today: date) -> Any:
    firm = firm_of(trader_a={"accounts": ["11111"]}) | {"accounts": {"11111": {"enabled": True}}}
    firm["accepted"] = {PHONE: {"reason": "number is being moved", "until": "2026-12-31"}}
    return desired(load(tmp_path, firm), load_operations("onboarding", ROOT), {}, today=today)


def test_what_is_accepted_holds_to_the_end_of_its_day(tmp_path: Path) -> None:
    goal = {goal.user.username: goal for goal in accepted(tmp_path, date(2026, 12, 31)).users}
    assert goal["trader.a"].routes["accepted"] == {PHONE: "2026-12-31"}
    assert "accepted" not in goal[FILL].routes
    assert accepted(tmp_path, date(2026, 12, 31)).warnings == ()


def test_after_its_day_a_warning_says_so(tmp_path: Path) -> None:
    over = accepted(tmp_path, date(2027, 1, 1))
    assert all("accepted" not in goal.routes for goal in over.goals)
    (warning,) = over.warnings
    assert warning.startswith(f"the firm file accepted {PHONE} until 2026-12-31: the difference counts again")


def test_the_file_says_of_each_user_which_accounts_it_knows(tmp_path: Path) -> None:
    firm = firm_of(
        trader_a={"accounts": ["11111", "99999"]},
        trader_b={"accounts": ["33333", "99999"]},
        trader_c={"accounts": ["55555"], "applications": [], "templateUser": "Trader"},
    )
    firm["accounts"] = {"99999": {"owner": "trader.a"}}
    firm["fillService"]["exclude"] = {"33333": "paper trading"}
    known = {goal.user.username: dict(goal.accounts) for goal in goals(tmp_path, firm, FULL).users}
    assert known == {
        "trader.a": {"11111": "trader.a", "99999": "trader.a"},
        "trader.b": {"33333": "trader.b", "99999": "trader.a"},
        "trader.c": {"55555": "trader.c"},
        FILL: {"11111": "trader.a", "33333": "trader.b", "99999": "trader.a", "FILL0001": FILL},
    }


def test_the_fill_users_own_account_is_to_stay_disabled(tmp_path: Path) -> None:
    firm = firm_of(trader_a={"accounts": ["11111"]})
    assert {goal.account.account: goal.enabled for goal in goals(tmp_path, firm).accounts} == {
        "11111": None,
        "FILL0001": False,
    }


def test_a_signature_about_an_account_outside_the_file_is_no_mistake_where_the_task_is_about_it(
    tmp_path: Path,
) -> None:
    line = "- {task: declare-account/trader.a/55555, by: A. Administrator, on: 2026-11-20}\n"
    (tmp_path / "test.attested.yaml").write_text(line)
    made = goals(tmp_path, firm_of(trader_a={"accounts": ["11111"]}))
    signed = {goal.user.username: dict(goal.attested) for goal in made.users}
    assert signed == {
        "trader.a": {"declare-account/trader.a/55555": "2026-11-20, by A. Administrator"},
        FILL: {},
    }
