"""What follows from a firm file: who does which step is known before anything is called."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from t4firm.loading.attested_file import Attestation
from t4firm.operations import load_operations
from t4firm.plan.desired import desired
from t4firm.plan.goals import Desired
from t4firm.yaml_files.document import FileError
from tests.goals.firms import FULL, ROOT, every_planned, firm_of, goals, load, planned
from tests.growth import growth

TWO = {"trader_a": {"accounts": ["11111", "22222"]}, "trader_b": {"accounts": ["33333", "44444"]}}


def test_with_the_seeds_operations_the_administrator_does_all_but_onboarding(tmp_path: Path) -> None:
    assert planned(goals(tmp_path, firm_of(**TWO))) == [
        "assign-account/WhenTechFillUser/11111",
        "assign-account/WhenTechFillUser/22222",
        "assign-account/WhenTechFillUser/33333",
        "assign-account/WhenTechFillUser/44444",
        "create-account/22222",
        "create-account/44444",
    ]


def test_with_the_full_operations_nothing_is_left_for_the_administrator(tmp_path: Path) -> None:
    assert planned(goals(tmp_path, firm_of(**TWO), FULL)) == []


def test_around_the_fill_service_there_are_tasks_whatever_the_api_can_do(tmp_path: Path) -> None:
    for operations in ("onboarding", FULL):
        planned_ones = set(every_planned(goals(tmp_path, firm_of(**TWO), operations)))
        assert {
            "hand-over-credentials/WhenTechFillUser",
            "password-never-expires/WhenTechFillUser",
        } <= planned_ones
    without = firm_of(**TWO)
    del without["fillService"]
    assert every_planned(goals(tmp_path, without, FULL)) == []


def test_an_application_that_the_template_does_not_give_is_a_task(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    firm["templates"]["users"]["WhenTechTrader"]["applications"] = []
    assert "assign-application/trader.a/WhenTech" in planned(goals(tmp_path, firm))


def test_an_account_to_be_enabled_is_a_task_and_an_undecided_one_is_not(tmp_path: Path) -> None:
    firm = firm_of(**TWO) | {"accounts": {"11111": {"enabled": True}}}
    tasks = planned(goals(tmp_path, firm))
    assert "enable-account/11111" in tasks
    assert "enable-account/33333" not in tasks


def test_what_the_firm_has_not_asked_for_yet_is_a_task_of_the_firm(tmp_path: Path) -> None:
    firm = firm_of(**TWO) | {"whentech": {}}
    assert {"request-whentech", "enable-whentech"} <= set(planned(goals(tmp_path, firm)))


def test_a_shared_account_is_made_by_its_owner_and_assigned_to_the_other(tmp_path: Path) -> None:
    firm = firm_of(trader_a={"accounts": ["11111", "99999"]}, trader_b={"accounts": ["33333", "99999"]})
    firm["accounts"] = {"99999": {"owner": "trader.a"}}
    found = goals(tmp_path, firm)
    assert [goal.account.account for goal in found.users] == ["FILL0001", "11111", "33333"]
    assert "assign-account/trader.b/99999" in planned(found)
    assert planned(found).count("assign-account/WhenTechFillUser/99999") == 1


def test_accounts_of_which_nobody_has_decided_are_counted_in_one_warning(tmp_path: Path) -> None:
    firm = firm_of(
        trader_a={"accounts": ["11111", "22222"]},
        trader_b={"accounts": ["33333", "44444"]},
        trader_c={"accounts": ["55555"], "departed": True},
    )
    firm["accounts"] = {"11111": {"enabled": True}, "44444": {"enabled": False}}
    (warning,) = goals(tmp_path, firm).warnings
    assert warning.startswith(
        "the firm file does not say whether 2 accounts may be traded (22222, 33333). T4 creates"
    )
    firm["defaults"]["account"]["enabled"] = True
    assert goals(tmp_path, firm).warnings == ()


@pytest.mark.parametrize(
    ("entry", "warning"),
    [
        (
            {"marketData": {"CME": "Depht"}},
            'market data "Depht" (trader.a CME): did you mean Depth?',
        ),
        (
            {"marketData": {"CME": "depth"}},
            'market data "depth" (trader.a CME): did you mean Depth?',
        ),
        ({"applications": ["WhenTec"]}, 'application "WhenTec" (trader.a): did you mean WhenTech?'),
        ({"marketData": {"CME": "Depth", "ICE": "TOB", "EEX": "Level2"}}, ""),
        ({"applications": ["WhenTech", "Charts"]}, ""),
    ],
)
def test_a_name_that_is_close_to_one_of_t4s_is_doubtful(
    tmp_path: Path, entry: dict[str, object], warning: str
) -> None:
    firm = firm_of(trader_a={"accounts": ["11111"], **entry})
    said = [words for words in goals(tmp_path, firm).warnings if "did you mean" in words]
    assert len(said) == bool(warning)
    assert all(words.startswith(warning) for words in said)


def test_with_the_risk_manager_role_no_account_is_assigned_and_a_warning_says_what_whentech_sees(
    tmp_path: Path,
) -> None:
    firm = firm_of(**TWO)
    firm["fillService"] |= {"capture": "riskManager"}
    firm["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    found = goals(tmp_path, firm)
    assert found.access == ()
    assert "WhenTech receives the fills of ALL accounts" in found.warnings[0]


@pytest.mark.parametrize(
    ("entry", "warned"),
    [
        ({"applications": []}, True),
        ({"applications": ["WhenTech"]}, False),
        ({"applications": [], "revoke": {"applications": ["WhenTech"]}}, False),
        ({"applications": [], "departed": True}, False),
        ({"applications": [], "templateUser": "Trader"}, False),
    ],
)
def test_whentech_that_only_a_template_gives_is_a_warning(
    tmp_path: Path, entry: dict[str, object], warned: bool
) -> None:
    firm = firm_of(trader_a={"accounts": ["11111", "22222"], **entry}, trader_b={"accounts": ["33333"]})
    warnings = goals(tmp_path, firm).warnings
    assert any("nobody captures the fills of 11111, 22222" in each for each in warnings) is warned


def test_an_excluded_account_is_kept_in_sight_but_not_assigned(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    firm["fillService"]["exclude"] = {"22222": "paper trading, agreed 2026-11-03"}
    found = goals(tmp_path, firm)
    assert {goal.account: goal.present for goal in found.access} == {
        "11111": True,
        "22222": False,
        "33333": True,
        "44444": True,
    }


def test_who_departs_is_disabled_loses_market_data_and_is_no_longer_captured(tmp_path: Path) -> None:
    firm = firm_of(**TWO)
    firm["users"]["trader.b"] |= {"departed": True, "marketData": {"CME": "Depth"}}
    found = goals(tmp_path, firm)
    assert {"disable-user/trader.b", "end-market-data/trader.b/CME"} <= set(planned(found))
    assert {goal.account for goal in found.access if not goal.present} == {"33333", "44444"}
    assert found.firm.roster == {"trader.a": "active", "trader.b": "departed", "WhenTechFillUser": "active"}


def test_a_signature_reaches_the_goal_that_it_is_about_and_no_other(tmp_path: Path) -> None:
    lines = [{"task": "assign-account/WhenTechFillUser/11111", "by": "A. Admin", "on": "2026-11-20"}]
    (tmp_path / "test.attested.yaml").write_text(yaml.safe_dump(lines))
    found = goals(tmp_path, firm_of(**TWO))
    signed = {(goal.username, goal.account): dict(goal.attested) for goal in found.access if goal.attested}
    assert signed == {
        ("WhenTechFillUser", "11111"): {"assign-account/WhenTechFillUser/11111": "2026-11-20, by A. Admin"}
    }


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"task": "assign-acount/x/1", "by": "A", "on": "2026-11-20"}, "is no kind of task"),
        (
            {"task": "assign-account/WhenTechFillUser", "by": "A", "on": "2026-11-20"},
            "assign-account/<username>/<account>",
        ),
        ({"task": "disable-user/trader.b", "by": "A", "on": "2999-01-01"}, "is in the future"),
        ({"task": "disable-user/trader.b", "by": "", "on": "2026-11-20"}, "by"),
        ({"task": "disable-user/trader.b", "on": "2026-11-20"}, "by"),
        ({"task": "disable-user/trader.b", "by": "A", "on": "2026-11-20", "who": "B"}, "who"),
        (
            {"task": "update-user/trader.a/fone", "by": "A", "on": "2026-11-20"},
            "the field fone (known: firstname, lastname, phone",
        ),
        (
            {"task": "disable-user/trader.b", "by": "A", "on": "2026-11-20", "note": "ok\n0 to do."},
            "note: has more than one line; write it on one line",
        ),
        (
            {"task": "disable-user/trader.b", "by": "A\nB", "on": "2026-11-20"},
            "by: has more than one line; write it on one line",
        ),
        (
            {"task": "enable-whentech", "by": "A", "on": "2026-11-20"},
            "whentech.enabledOn in the firm file closes it",
        ),
    ],
)
def test_an_attested_file_says_what_is_wrong_with_it(
    tmp_path: Path, line: dict[str, str], words: str
) -> None:
    load(tmp_path, firm_of(**TWO))
    (tmp_path / "test.attested.yaml").write_text(yaml.safe_dump([line]))
    with pytest.raises(FileError) as raised:
        goals(tmp_path, firm_of(**TWO))
    assert words in str(raised.value)
    assert re.search(r"test\.attested\.yaml:[1-4]: \(1st\)\.", str(raised.value))


@pytest.mark.parametrize(
    ("task", "nothing"),
    [
        ("assign-account/trader.a/33333", "the account 33333 of trader.a"),
        ("unassign-account/trader.a/33333", "the account 33333 of trader.a"),
        ("assign-application/trader.a/Charting", "the application Charting of trader.a"),
        ("disable-user/trader.x", "the user trader.x"),
        ("enable-account/99999", "the account 99999"),
    ],
)
def test_a_line_about_nothing_is_told_as_it_may_be_misspelled(
    tmp_path: Path, task: str, nothing: str
) -> None:
    load(tmp_path, firm_of(**TWO))
    (tmp_path / "test.attested.yaml").write_text(
        yaml.safe_dump([{"task": task, "by": "A", "on": "2026-11-20"}])
    )
    (told,) = [words for words in goals(tmp_path, firm_of(**TWO)).warnings if "attested" in words]
    assert told.startswith(
        f"1 line of the attested file closes no task: {task} ({nothing} is not in the firm file). "
    )
    assert "If there was this task once, the line may stay." in told, "as docs/administrators.md has it"


def test_several_lines_about_nothing_are_one_warning(tmp_path: Path) -> None:
    """Sorted by what is not there: who left has many lines."""
    load(tmp_path, firm_of(**TWO))
    gone = [f"disable-user/trader.{name}" for name in "stuvwxyz"]
    tasks = [*gone, *(f"end-market-data/trader.z/{exchange}" for exchange in ("CME", "ICE", "EUREX", "CBOT"))]
    lines = [{"task": task, "by": "A", "on": "2026-11-20"} for task in tasks]
    (tmp_path / "test.attested.yaml").write_text(yaml.safe_dump(lines))
    (told,) = [words for words in goals(tmp_path, firm_of(**TWO)).warnings if "attested" in words]
    assert told.startswith(
        "12 lines of the attested file close no task: disable-user/trader.s (the user trader.s is not in the "
        "firm file); disable-user/trader.t (the user trader.t"
    )
    assert "; and lines about 3 more. If a line is misspelled, correct it." in told


def test_what_is_said_of_several_users_or_differences_is_one_warning(tmp_path: Path) -> None:
    people = {f"trader_{n}": {"accounts": [f"1111{n}"], "applications": []} for n in range(4)}
    firm = firm_of(**people)
    until = {"reason": "agreed", "until": "2026-11-01"}
    firm["accepted"] = {f"update-user/trader.{n}/phone": until for n in range(4)}
    whentech, _, accepted = goals(tmp_path, firm).warnings
    assert whentech.startswith(
        "template WhenTechTrader gives trader.0, trader.1, trader.2 and 1 more WhenTech, but the entries do "
    )
    assert accepted.startswith("the firm file accepted update-user/trader.0/phone until 2026-11-01, update-")
    assert "and 1 more: the differences count again. Remove the entries" in accepted


@pytest.mark.parametrize(("ahead", "fine"), [(timedelta(hours=14), True), (timedelta(days=2), False)])
def test_the_day_of_a_signature_is_the_signers(tmp_path: Path, ahead: timedelta, fine: bool) -> None:
    """It may have begun where they are, and not yet at Greenwich."""
    day = (datetime.now(UTC) + ahead).date().isoformat()
    lines = [{"task": "disable-user/trader.b", "by": "A", "on": day}]
    (tmp_path / "test.attested.yaml").write_text(yaml.safe_dump(lines))
    if fine:
        assert goals(tmp_path, firm_of(**TWO)).users
    else:
        with pytest.raises(FileError, match="is in the future"):
            goals(tmp_path, firm_of(**TWO))


def test_every_mistake_of_an_attested_file_is_said_at_once(tmp_path: Path) -> None:
    lines = [
        {"task": "disable-user/trader.b", "by": "A"},
        {"task": "disable-user/trader.x", "by": "A", "on": "2026-11-20"},
        {"task": "disable-user/trader.a", "by": "A", "on": "2999-01-01"},
        {"task": "no-such-kind/x", "by": "A", "on": "2026-11-20"},
    ]
    (tmp_path / "test.attested.yaml").write_text(yaml.safe_dump(lines, sort_keys=False))
    with pytest.raises(FileError) as raised:
        goals(tmp_path, firm_of(**TWO))
    said = [(mistake.line, mistake.field) for mistake in raised.value.mistakes]
    assert said == [(1, "(1st).on"), (8, "(3rd).on"), (9, "(4th).task")], "who left is no mistake"


def test_an_attested_file_that_is_no_list_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "test.attested.yaml").write_text("attested: disable-user/trader.b\n")
    with pytest.raises(FileError, match="attested"):
        goals(tmp_path, firm_of(**TWO))


def test_a_signature_is_recorded_with_its_note(tmp_path: Path) -> None:
    task = "assign-account/WhenTechFillUser/11111"
    line = {"task": task, "by": "A. Admin", "on": "2026-11-20", "note": "ticket 4711"}
    (tmp_path / "test.attested.yaml").write_text(yaml.safe_dump([line]))
    (signed,) = [goal.attested for goal in goals(tmp_path, firm_of(**TWO)).access if goal.attested]
    assert signed == {task: "2026-11-20, by A. Admin (ticket 4711)"}


def test_a_task_signed_off_twice_is_a_mistake(tmp_path: Path) -> None:
    line = {"task": "disable-user/trader.b", "by": "A", "on": "2026-11-20"}
    (tmp_path / "test.attested.yaml").write_text(yaml.safe_dump([line, dict(line)]))
    with pytest.raises(FileError, match="signed off twice"):
        goals(tmp_path, firm_of(**TWO))


@pytest.mark.slow
def test_the_time_to_plan_grows_with_the_firm_also_where_everything_is_signed_off(tmp_path: Path) -> None:
    plans = {size: signed_off(tmp_path / str(size), size) for size in (125, 1_000)}
    everything = [task for goal in plans[1_000]().goals for task in goal.attested]
    assert len(everything) == 3_000
    assert growth(lambda size: plans[size]()) < 24


def signed_off(folder: Path, size: int) -> Callable[[], Desired]:
    """Plans a firm of so many traders with two accounts each, every task signed off."""
    folder.mkdir()
    numbers = {f"trader_{index:04}": (f"A{index:05}", f"B{index:05}") for index in range(size)}
    firm = load(folder, firm_of(**{name: {"accounts": [*both]} for name, both in numbers.items()}))
    tasks = [f"create-account/{second}" for _, second in numbers.values()]
    tasks += [f"assign-account/WhenTechFillUser/{number}" for both in numbers.values() for number in both]
    signed = {task: Attestation(task=task, by="A", on=date(2026, 11, 20)) for task in tasks}
    operations = load_operations("onboarding", ROOT)
    return lambda: desired(firm, operations, signed)
