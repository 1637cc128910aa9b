"""The words of administrator tasks: each can be followed in the portal, and says why."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t4firm.operations import PLACEHOLDERS, READS
from t4firm.tasks.ids import about, beginning, beginnings, describe, detail_of, parts_of, task_id
from t4firm.tasks.kinds import KINDS, LISTED
from tests.goals.firms import firm_of, load

ROOT = Path(__file__).parents[2]
DETAILS = {
    "username": "trader.a",
    "account": "22222",
    "application": "WhenTech",
    "role": "Trading",
    "field": "phone",
    "exchange": "CME",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_task_has_words_that_name_what_it_is_about(tmp_path: Path, kind: str) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111", "22222"]}))
    parts = [DETAILS[name] for name in KINDS[kind].parts]
    task = describe("/".join((kind, *parts)), firm)
    for part in parts:
        assert part in task.what + task.why
    assert "{" not in task.what + task.why + task.closes + task.effective
    assert task.page in {"Users", "Accounts", "CTS support", "the user", "WhenTech"}
    assert about(task.id) in {"trader.a", "22222", ""}


def test_creating_an_account_names_its_template_and_the_user_that_gets_it(tmp_path: Path) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111", "22222"]}))
    words = describe("create-account/22222", firm).what
    assert "Accounts > New Account: account 22222" in words
    assert '"Copy from Account" DefaultTemplate' in words
    assert "Users > trader.a > setup > Accounts: assign 22222" in words


def test_an_account_is_enabled_when_it_is_captured_and_not_before(tmp_path: Path) -> None:
    made = firm_of(trader_a={"accounts": ["11111", "22222"]})
    made["fillService"]["exclude"] = {"22222": "paper trading"}
    firm = load(tmp_path, made)
    waits = ". Not before assign-account/WhenTechFillUser/11111 is closed, or its fills are missed"
    assert describe("enable-account/11111", firm).what.endswith(waits)
    assert "Not before" not in describe("enable-account/22222", firm).what


def test_what_is_done_to_the_fill_user_needs_whentechs_session_to_start_again(tmp_path: Path) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111", "22222"]}))
    captured = describe("assign-account/WhenTechFillUser/11111", firm)
    assert captured.effective.startswith("when WhenTechFillUser logs off and on again")
    assert "tell WhenTech" in captured.effective
    application = describe("assign-application/trader.a/WhenTech", firm)
    assert application.effective == "when trader.a logs off and on again"


def test_a_task_says_what_closes_it(tmp_path: Path) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111"]}))
    known = ("updateUser", "assignAccount", "readUser")
    closes = {kind: each.closed_by(known) for kind, each in KINDS.items()}
    assert closes["request-whentech"] == "whentech.requestedOn in the firm file"
    assert closes["update-user"] == "T4's answer to updateUser or readUser, or a line in the attested file"
    assert closes["hand-over-credentials"] == "a line in the attested file"
    assert KINDS["update-user"].closed_by(()) == "a line in the attested file"
    assert describe("assign-account/WhenTechFillUser/11111", firm, operations=known).closes == (
        "T4's answer to assignAccount or readUser, or a line in the attested file"
    )
    assert KINDS["assign-account"].closed_by(("listUsers",)) == (
        "T4's answer to listUsers, or a line in the attested file"
    )
    read = {name for each in KINDS.values() for name in each.reads}
    assert {each.operation for each in KINDS.values() if each.operation} <= PLACEHOLDERS.keys()
    assert read | {LISTED[name] for name in read & LISTED.keys()} <= READS


@pytest.mark.parametrize(
    ("was", "words"),
    [
        ({"was": "TOB"}, "change CME from TOB to Depth (this is billed)"),
        ({"was": ""}, "subscribe CME Depth (this is billed)"),
        ({}, "set CME to Depth (this is billed)"),
    ],
)
def test_market_data_is_told_with_what_it_was_and_that_it_is_billed(
    tmp_path: Path, was: dict[str, str], words: str
) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111"], "marketData": {"CME": "Depth"}}))
    assert words in describe("update-market-data/trader.a/CME", firm, was).what


def test_a_detail_is_told_without_what_is_personal(tmp_path: Path) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111"], "apptype": "NonProfessional"}))
    assert "set apptype to NonProfessional" in describe("update-user/trader.a/apptype", firm).what
    assert "set phone to what the firm file says" in describe("update-user/trader.a/phone", firm).what
    assert "`t4firm password trader.a`" in describe("update-user/trader.a/password", firm).what


def test_the_day_of_a_trial_stands_in_its_task_where_it_is_known(tmp_path: Path) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111"]}))
    known = describe("confirm-trial/trader.a", firm, {"trial": "2026-12-05"})
    assert "trader.a loses access when the trial, which ends on 2026-12-05, is over" in known.what
    assert "trader.a loses access when the trial is over" in describe("confirm-trial/trader.a", firm).what


@pytest.mark.parametrize(
    ("whentech", "waits"),
    [
        ({}, "request-whentech, then enable-whentech"),
        ({"requestedOn": "2026-11-02"}, "firm's applications: enable-whentech"),
        ({"requestedOn": "2026-11-02", "enabledOn": "2026-11-04"}, ""),
    ],
)
def test_whentechs_applications_wait_for_cts_support(
    tmp_path: Path, whentech: dict[str, str], waits: str
) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111"]}) | {"whentech": whentech})
    for task in ("trader.a/WhenTech", "WhenTechFillUser/WhenTechFills"):
        said = describe(f"assign-application/{task}", firm).waits
        assert waits in said
        assert bool(said) is bool(waits)
    assert describe("assign-application/trader.a/Another", firm).waits == ""


@pytest.mark.parametrize(
    "wrong", ["", "x", "assign-account", "assign-account/a", "assign-account/a/b/c", "disable-user/"]
)
def test_an_id_that_no_task_can_have_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"kind of task|is written"):
        parts_of(wrong)


def test_a_task_without_parts_is_its_kind() -> None:
    assert parts_of("request-whentech") == {}


ANYTHING = st.text() | st.text(st.sampled_from("/% \n\té\u0301\u200b\ud800x"), max_size=6)


@given(ANYTHING, ANYTHING)
def test_an_id_carries_any_text(username: str, role: str) -> None:
    task = task_id("remove-role", username, role)
    assert parts_of(task) == {"username": username, "role": role}
    assert detail_of(task) == role
    assert task.isprintable()
    assert task == task.strip()
    assert list(beginnings(task))[1] == beginning("remove-role", username)


def test_a_usual_id_is_written_as_it_is_read() -> None:
    assert task_id("remove-role", "WhenTechFillUser", "Trading") == "remove-role/WhenTechFillUser/Trading"
    assert task_id("remove-role", "josé.ruiz", "Risk Manager") == "remove-role/josé.ruiz/Risk Manager"
    assert task_id("assign-role", "trader.a", "Order/Desk 50%") == "assign-role/trader.a/Order%2FDesk 50%25"


def test_an_id_has_one_spelling() -> None:
    for wrong in ("assign-role/trader.a/Order%2fDesk", "assign-role/trader.a/50%"):
        with pytest.raises(ValueError, match=r"write it as 'assign-role/trader\.a/"):
            parts_of(wrong)


def test_an_id_with_other_parts_is_none() -> None:
    with pytest.raises(ValueError, match="is written assign-role/<username>/<role>"):
        task_id("assign-role", "trader.a")


def test_no_other_code_puts_ids_together() -> None:
    """An id in an f-string forgets that a name may hold a slash."""
    glued = re.compile(rf"""["'](?:{"|".join(KINDS)}|\{{kind\}}|\{{verb\}}-[a-z]+)/\{{""")
    code = [path for part in ("t4firm", "providers", "t4firm_cli") for path in (ROOT / part).rglob("*.py")]
    assert len(code) > 100
    assert [str(path) for path in code if glued.search(path.read_text())] == []
