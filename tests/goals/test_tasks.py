"""The words of administrator tasks: each can be followed in the portal, and says why."""

from pathlib import Path

import pytest

from firm.tasks import KINDS, describe, parts_of
from tests.goals.firms import firm_of, load

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
    assert "{" not in task.what + task.why
    assert task.page in {"Users", "Accounts", "CTS support", "the user"}


def test_creating_an_account_names_its_template_and_the_user_that_gets_it(tmp_path: Path) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111", "22222"]}))
    words = describe("create-account/22222", firm).what
    assert "Accounts > New Account: account 22222" in words
    assert '"Copy from Account" DefaultTemplate' in words
    assert "Users > trader.a > setup > Accounts: assign 22222" in words


def test_what_is_done_to_the_fill_user_needs_whentechs_session_to_start_again(tmp_path: Path) -> None:
    firm = load(tmp_path, firm_of(trader_a={"accounts": ["11111", "22222"]}))
    assert "tell WhenTech" in describe("assign-account/WhenTechFillUser/11111", firm).what
    assert "tell WhenTech" not in describe("assign-application/trader.a/WhenTech", firm).what


@pytest.mark.parametrize(
    "wrong", ["", "x", "assign-account", "assign-account/a", "assign-account/a/b/c", "disable-user/"]
)
def test_an_id_that_no_task_can_have_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"kind of task|is written"):
        parts_of(wrong)


def test_a_task_without_parts_is_its_kind() -> None:
    assert parts_of("request-whentech") == {}
