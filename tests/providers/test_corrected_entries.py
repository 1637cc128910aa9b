"""A run dies after T4 has done what it asked for, and the entry is corrected before the next one: what T4 has
is what was sent, and each field that differs now is a step. Nothing of one person's answer is taken for
another's.
"""

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.goals.firms import firm_of
from tests.providers.operations import only, without
from tests.providers.stack import Stack

EULA = {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}
ENTRY = {"accounts": ["11111"], "marketData": {"CME": "TOB"}, "eula": EULA}


def one(**entry: Any) -> dict[str, Any]:
    firm = firm_of(trader_a={**ENTRY, **entry})
    del firm["fillService"]
    return firm


def with_account(**account: Any) -> dict[str, Any]:
    return {**one(), "accounts": {"11111": account}}


def killed(stack: Stack, firm: dict[str, Any]) -> None:
    """T4 answers, the journal has the answer, and the run is killed before the engine records anything."""
    assert not stack.up(firm).failed
    stack.state.clear()
    stack.simulator.forget_requests()


CORRECTED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing": (one(), set()),
    "email": (one(email="ann.ohio@example.com"), {"update-user/trader.a/email"}),
    "person": (
        one(firstname="Bea", lastname="Idaho"),
        {"update-user/trader.a/firstname", "update-user/trader.a/lastname"},
    ),
    "apptype": (one(apptype="NonProfessional"), {"update-user/trader.a/apptype"}),
    "country": (one(country="CA"), {"update-user/trader.a/country"}),
    "market data": (one(marketData={"CME": "Depth"}), {"update-market-data/trader.a/CME"}),
    "market data ended": (one(marketData={}), {"end-market-data/trader.a/CME"}),
    "another exchange": (
        one(marketData={"CBOT": "TOB"}),
        {"update-market-data/trader.a/CBOT", "end-market-data/trader.a/CME"},
    ),
    "EULA version": (one(eula={**EULA, "eulaVersion": "3"}), {"sign-eula/trader.a"}),
    "password": (one(passwordVersion=2), {"update-user/trader.a/password"}),
    "template": (one(templateUser="Trader"), {"verify-user/trader.a"}),
    "account name": (with_account(accountName="Ann's first"), {"update-account/11111/accountName"}),
    "display name": (with_account(displayName="Ann"), {"update-account/11111/displayName"}),
    "account template": (with_account(templateAccount="Margin"), {"apply-template/11111"}),
}


@pytest.mark.parametrize("what", CORRECTED)
def test_what_was_corrected_since_is_a_task(stack: Stack, what: str) -> None:
    corrected, tasks = CORRECTED[what]
    corrected["templates"]["accounts"].append("Margin")
    stack.operations = "onboarding"
    killed(stack, one())
    done = stack.settled(corrected)
    assert stack.simulator.requests() == [], "the user is there already"
    assert done.tasks == dict.fromkeys(tasks, "open")


def test_where_the_api_can_change_it_the_next_run_does(stack: Stack) -> None:
    killed(stack, one())
    corrected = one(email="other@example.com", passwordVersion=2, marketData={"CME": "Depth"})
    assert not stack.up(corrected).failed
    assert stack.simulator.users()["trader.a"]["email"] == "ann@example.com"
    stack.settled(corrected)
    user = stack.simulator.users()["trader.a"]
    assert (user["email"], user["marketData"]) == ("other@example.com", {"CME": "Depth"})
    with stack.session() as session:
        assert stack.simulator.can_log_in("trader.a", session.password("trader.a", 2))


def test_the_record_says_which_password_t4_has(stack: Stack) -> None:
    killed(stack, one())
    stack.up(one(passwordVersion=2))
    assert stack.record("User trader.a")["passwordInT4"] == {"known": "unknown"}, (
        "T4 has version 1, and the file derives 2"
    )
    stack.settled(one(passwordVersion=2))
    with stack.session() as session:
        mark = session.mark_of_password("trader.a", 2)
    assert stack.record("User trader.a")["passwordInT4"] == {"known": "derived", "mark": mark}


def test_with_another_password_seed_nothing_is_known_of_what_was_sent(stack: Stack) -> None:
    """Marks are keyed with the seed."""
    stack.operations = "onboarding"
    killed(stack, one())
    stack.settings["t4:passwordSeed"] = secrets.token_urlsafe(32)
    done = stack.settled(one())
    assert stack.simulator.requests() == []
    assert done.tasks == {"update-user/trader.a/password": "open", "verify-user/trader.a": "open"}


def test_a_proved_user_has_what_the_attempts_sent(stack: Stack) -> None:
    """Its answer was lost, so the journal knows of an attempt and the login proves whose it is."""
    stack.operations = "onboarding"
    stack.settings |= {"t4:login": _login(stack), "t4:repeatFor": "0"}
    stack.simulator.fault({"match": {"path": "/admin/v1/onboarding"}, "when": "after", "do": {"drop": True}})
    assert stack.up(one()).failed
    done = stack.settled(one(email="other@example.com", marketData={"CME": "Depth"}))
    assert stack.simulator.users()["trader.a"]["logins"]["successful"] == 1
    assert {task for task in done.tasks if not task.startswith("assign-")} == {
        "update-user/trader.a/email",
        "update-market-data/trader.a/CME",
    }


def test_a_proved_user_whose_attempts_differed_has_either(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settings |= {"t4:login": _login(stack), "t4:repeatFor": "0"}
    lost = {"match": {"path": "/admin/v1/onboarding"}, "do": {"drop": True}}
    stack.simulator.fault({**lost, "when": "before"}, {**lost, "when": "after"})
    for phone in ("555-1", "555-2"):
        assert stack.up(one(phone=phone)).failed
    done = stack.settled(one(phone="555-2"))
    assert "update-user/trader.a/phone" in done.tasks, "nobody knows which of the two calls T4 did"
    assert "update-user/trader.a/email" not in done.tasks


def test_a_proof_that_a_killed_run_had_is_not_made_again(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.settings |= {"t4:login": _login(stack), "t4:repeatFor": "0"}
    stack.simulator.fault({"match": {"path": "/admin/v1/onboarding"}, "when": "after", "do": {"drop": True}})
    assert stack.up(one()).failed
    killed(stack, one())
    stack.settled(one(email="other@example.com"))
    assert stack.simulator.requests() == []
    assert stack.tasks(one())["update-user/trader.a/email"] == "open"


def test_a_user_proved_without_a_journal_is_verified(stack: Stack) -> None:
    """The login proves that this stack made the user. What it sent, nobody knows any more."""
    stack.operations = "onboarding"
    stack.settings["t4:login"] = _login(stack)
    killed(stack, one())
    _forget_journal(stack)
    done = stack.settled(one())
    assert {task for task in done.tasks if not task.startswith("assign-")} == {
        "verify-user/trader.a",
        "update-market-data/trader.a/CME",
        "sign-eula/trader.a",
    }


def test_an_older_versions_answer_tells_that_the_user_is_ours_and_no_more(stack: Stack) -> None:
    stack.operations = "onboarding"
    killed(stack, one())
    with stack.session() as session:
        entry = session.journal.find("onboard/trader.a")
        assert entry is not None
        old = {name: entry.answer[name] for name in OLD_ANSWER}
        session.journal.answered(entry.key, entry.answered, {**old, "open": []}, {})
    done = stack.settled(one())
    assert stack.simulator.requests() == []
    assert stack.record("User trader.a")["userID"] == stack.simulator.users()["trader.a"]["userID"]
    assert done.tasks == {
        "verify-user/trader.a": "open",
        "update-market-data/trader.a/CME": "open",
        "sign-eula/trader.a": "open",
    }
    assert stack.record("User trader.a")["passwordInT4"] == {"known": "unknown"}


OLD_ANSWER = (
    *("account", "userID", "roles", "applications", "firstAccount", "trialExpires", "evidence", "fees"),
)


# --- an account of its own --------------------------------------------------------------------------------


def second(**account: Any) -> dict[str, Any]:
    return {**one(accounts=["11111", "22222"]), "accounts": {"22222": account} if account else {}}


def test_names_that_were_corrected_since_an_account_was_created_are_steps(stack: Stack) -> None:
    killed(stack, second())
    assert not stack.up(second(accountName="Ann's second")).failed
    assert stack.simulator.requests("POST", "/admin/v1/accounts") == []
    assert stack.tasks(second())["update-account/22222/accountName"] == "open"
    stack.settled(second(accountName="Ann's second"))
    assert stack.simulator.accounts()["22222"]["accountName"] == "Ann's second"


def test_an_account_that_was_created_for_somebody_else_is_not_taken_as_hers(stack: Stack) -> None:
    """22222 was corrected to be another trader's: the answer to the first request is none to this one."""
    stack.operations = without(stack, "listUsers", "readUser")
    both = firm_of(trader_a={"accounts": ["11111", "22222"]}, trader_b={"accounts": ["33333"]})
    del both["fillService"]
    killed(stack, both)
    moved = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333", "22222"]})
    del moved["fillService"]
    run = stack.up(moved)
    assert list(run.failed) == ["Account 22222"]
    assert "T4 has not shown that it is trader.b's" in run.failed["Account 22222"]
    stack.settled({**moved, "accounts": {"22222": {"adopt": True}}})
    assert stack.simulator.requests("POST", "/admin/v1/accounts") == []
    assert stack.tasks(moved)["verify-account/22222"] == "open"


# --- steps of who is there already ------------------------------------------------------------------------


def died_in(stack: Stack, change: Callable[[], object]) -> None:
    """A run whose calls were answered, and of which the engine recorded nothing."""
    kept = {key: (recorded.inputs, recorded.outputs) for key, recorded in stack.state.items()}
    change()
    for key, (inputs, outputs) in kept.items():
        stack.state[key].inputs, stack.state[key].outputs = inputs, outputs
    stack.simulator.forget_requests()


def test_a_step_that_a_dead_run_took_is_not_taken_again(stack: Stack) -> None:
    """Also where the fact has changed in this very run."""
    stack.settled(one())
    changed = one(phone="555-9")
    died_in(stack, lambda: stack.up(changed))
    stack.settled(changed)
    assert stack.simulator.requests("PATCH") == []
    assert stack.simulator.users()["trader.a"]["phone"] == "555-9"


CHANGED_BACK: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = {
    "phone": (one(phone="555-9"), lambda user: user["phone"] == "555-123-4567"),
    "phone and email": (
        one(phone="555-9", email="other@example.com"),
        lambda user: (user["phone"], user["email"]) == ("555-123-4567", "ann@example.com"),
    ),
    "market data": (one(marketData={"CME": "Depth"}), lambda user: user["marketData"] == {"CME": "TOB"}),
}


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("what", CHANGED_BACK)
def test_what_a_dead_run_changed_is_changed_back_with_the_file(
    stack: Stack, what: str, answered: bool
) -> None:
    """File and state say the same, and T4 has another value."""
    changed, is_back = CHANGED_BACK[what]
    stack.settled(one())
    if not answered:
        stack.settings["t4:repeatFor"] = "0"
        stack.simulator.fault({"match": {"method": "PATCH"}, "when": "after", "do": {"drop": True}})
    died_in(stack, lambda: stack.up(changed))
    assert not is_back(stack.simulator.users()["trader.a"])
    stack.settled(one())
    assert is_back(stack.simulator.users()["trader.a"])


def test_market_data_that_a_dead_run_subscribed_is_ended(stack: Stack) -> None:
    stack.settled(one())
    died_in(stack, lambda: stack.up(one(marketData={"CME": "TOB", "ICE": "TOB"})))
    stack.settled(one())
    assert stack.tasks(one()) == {"end-market-data/trader.a/ICE": "open"}


def test_who_departed_in_a_dead_run_and_stays_is_enabled(stack: Stack) -> None:
    stack.settled(one())
    died_in(stack, lambda: stack.up(one(departed=True)))
    assert stack.simulator.users()["trader.a"]["enabled"] is False
    stack.settled(one())
    assert stack.tasks(one()) == {"enable-user/trader.a": "open"}


def test_names_of_an_account_are_changed_back_too(stack: Stack) -> None:
    stack.settled(second())
    died_in(stack, lambda: stack.up(second(accountName="Ann's second")))
    stack.settled(second())
    assert stack.simulator.accounts()["22222"]["accountName"] == "22222"


def test_a_wish_that_is_back_is_called_for_again(stack: Stack) -> None:
    """What an earlier run was answered, and recorded, is no answer to a wish of today."""
    phones = ("555-1", "555-2", "555-1")
    stack.settled(one())
    for phone in phones:
        stack.settled(one(phone=phone))
    sent = [call["body"]["phone"] for call in stack.simulator.requests("PATCH", "/admin/v1/users")]
    assert sent == [*phones]


def test_a_repeated_step_is_written_down_before_its_call(stack: Stack) -> None:
    stack.settled(one())
    stack.settled(one(phone="555-1"))
    stack.settings["t4:repeatFor"] = "0"
    stack.simulator.fault({"match": {"method": "PATCH"}, "when": "after", "do": {"drop": True}})
    assert stack.up(one(phone="555-2")).failed
    with stack.session() as session:
        entry = session.journal.find("update-user/trader.a/phone")
    assert entry is not None
    assert entry.attempts
    assert entry.answered == "", "the answer to 555-1 says nothing any more"


def _login(stack: Stack) -> str:
    return json.dumps(stack.simulator.login)


def _forget_journal(stack: Stack) -> None:
    for file in (stack.folder / "journal").rglob("*.json"):
        file.unlink()


def test_reads_win_over_what_was_sent(stack: Stack) -> None:
    """T4's own showing is newer than any mark."""
    stack.operations = "onboarding"
    stack.settings["t4:login"] = _login(stack)
    killed(stack, one())
    _forget_journal(stack)
    stack.operations = only(stack, "listUsers", "readUser", "listAccounts", "readMarketData", "readEula")
    done = stack.settled(one())
    assert done.tasks == {}
