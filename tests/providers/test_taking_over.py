"""A 409 says that somebody has the name, not who: a user is ours by the journal, by proof, or by the file's
word."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.t4.session.password import password_for
from tests.engine.project import BOUND_SEED
from tests.goals.firms import PERSON, firm_of
from tests.providers.operations import only
from tests.providers.portal import Portal
from tests.providers.stack import FULL, Stack, today

EULA = {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}
LISTS = ("listUsers", "listAccounts")


def one(**entry: Any) -> dict[str, Any]:
    firm = firm_of(trader_a={"accounts": ["11111"], **entry})
    del firm["fillService"]
    return firm


@pytest.fixture
def logins(stack: Stack) -> Stack:
    """A stack with a login beside its API key, with which a user can be proved."""
    stack.settings["t4:login"] = json.dumps(stack.simulator.login)
    return stack


def lost_answer(stack: Stack) -> None:
    """T4 onboards the next user, and the connection breaks before it can say so; the call is made once."""
    stack.settings["t4:repeatFor"] = "0"
    stack.simulator.fault(
        {"match": {"path": "/admin/v1/onboarding"}, "when": "after", "do": {"drop": "reset"}}
    )


def ours_but_unknown(stack: Stack, firm: dict[str, Any]) -> None:
    """This stack made the user, and nothing of it was recorded: the answer was lost, the run was killed."""
    lost_answer(stack)
    done = stack.up(firm)
    assert "may have" in done.failed["User trader.a"] or "lost" in done.failed["User trader.a"]
    assert "User trader.a" not in stack.state
    stack.settings["t4:repeatFor"] = "1"


def test_a_user_whose_answer_was_lost_is_proved_by_one_login(logins: Stack) -> None:
    firm = one(eula=EULA)
    ours_but_unknown(logins, firm)
    done = logins.settled(firm)
    user = logins.simulator.users()["trader.a"]
    assert user["logins"] == {"successful": 1, "failed": 0}
    assert user["onboardings"] == 1
    record = logins.record("User trader.a")
    assert "logged in as trader.a with this stack's password" in record["evidence"]
    assert done.outputs["users"] == {"trader.a": user["userID"]}
    assert logins.record("Account 11111")["accountID"] == logins.simulator.accounts()["11111"]["accountID"]
    assert password_for(BOUND_SEED, "trader.a", 1) not in json.dumps(logins.record("User trader.a"))


def test_a_proved_user_that_nothing_can_show_has_its_account_all_the_same(logins: Stack) -> None:
    """Who can log in has an account (seed 002, User Login Requirements)."""
    logins.operations = "onboarding"
    firm = one(eula=EULA)
    ours_but_unknown(logins, firm)
    done = logins.settled(firm)
    assert done.outputs["users"] == {"trader.a": ""}
    assert done.tasks == {"assign-application/trader.a/WhenTech": "open"}
    assert logins.record("Account 11111")["made"] is True
    logins.operations = FULL
    done = logins.settled(firm)
    assert done.outputs["users"] == {"trader.a": logins.simulator.users()["trader.a"]["userID"]}
    assert logins.record("Account 11111")["accountID"] == logins.simulator.accounts()["11111"]["accountID"]
    assert "assign-application/trader.a/WhenTech" not in done.tasks


@pytest.mark.parametrize("why", ["no EULA", "disabled", "other password", "no login"])
def test_a_login_that_fails_proves_nothing(logins: Stack, why: str) -> None:
    firm = one() if why == "no EULA" else one(eula=EULA)
    if why == "no login":
        del logins.settings["t4:login"]
    ours_but_unknown(logins, firm)
    user = logins.simulator.users()["trader.a"]["userID"]
    if why == "disabled":
        logins.simulator.admin("PATCH", f"/admin/v1/users/{user}", {"enabled": False})
    if why == "other password":
        logins.simulator.admin("PATCH", f"/admin/v1/users/{user}", {"password": "Zq7-Wx9!Vk2"})
    said = logins.up(firm).failed["User trader.a"]
    assert "T4 already has a user trader.a" in said
    assert "write `adopt: true` under trader.a" in said
    assert "This stack tried to create it at 20" in said
    tried = logins.simulator.users()["trader.a"]["logins"]
    assert tried == {"successful": 0, "failed": 0 if why == "no login" else 1}
    for secret in (
        password_for(BOUND_SEED, "trader.a", 1),
        PERSON["email"],
        PERSON["phone"],
    ):
        assert secret not in said


def test_somebody_elses_user_is_refused_and_left_alone(logins: Stack) -> None:
    logins.simulator.onboard("trader.a", "77777")
    before = logins.simulator.users()
    said = logins.up(one()).failed["User trader.a"]
    assert "This stack has no record of an attempt to create it" in said
    after = logins.simulator.users()
    assert after["trader.a"].pop("logins") == {"successful": 0, "failed": 1}
    before["trader.a"].pop("logins")
    assert after == before


def test_a_refusal_is_said_again_and_leaves_no_attempt_behind(stack: Stack) -> None:
    stack.simulator.onboard("trader.a", "77777")
    for _ in range(2):
        assert "no record of an attempt" in stack.up(one()).failed["User trader.a"]


def test_a_doubtful_conflict_within_one_run_goes_the_way_of_proof(logins: Stack) -> None:
    """The answer is lost, the call repeated, and T4 says 409: it may be our own work of a second ago."""
    logins.settings["t4:repeatFor"] = "5"
    logins.simulator.fault(
        {"match": {"path": "/admin/v1/onboarding"}, "when": "after", "do": {"status": 500}}
    )
    logins.settled(one(eula=EULA))
    assert logins.simulator.users()["trader.a"]["logins"]["successful"] == 1
    assert logins.simulator.users()["trader.a"]["onboardings"] == 1


def test_a_doubtful_conflict_that_nothing_proves_says_that_it_may_be_our_work(stack: Stack) -> None:
    stack.settings["t4:repeatFor"] = "5"
    stack.simulator.fault({"match": {"path": "/admin/v1/onboarding"}, "when": "after", "do": {"status": 503}})
    said = stack.up(one()).failed["User trader.a"]
    assert "It may have created it: nothing proves it" in said
    assert "This stack tried to create it at 20" in said


def test_an_answer_that_a_killed_run_wrote_down_is_used_without_a_call(stack: Stack) -> None:
    stack.settled(one())
    stack.state.clear()
    stack.simulator.forget_requests()
    done = stack.settled(one())
    assert stack.simulator.requests() == []
    assert done.outputs["users"] == {"trader.a": stack.simulator.users()["trader.a"]["userID"]}


def test_an_answer_for_another_account_than_the_files_is_not_mistaken_for_it(stack: Stack) -> None:
    stack.settled(one())
    stack.state.clear()
    said = stack.up(one(accounts=["77777"])).failed["User trader.a"]
    assert "a run created trader.a with account 11111 at" in said
    assert "List 11111 as the first of trader.a's accounts, and 77777 after it" in said
    assert "77777" not in stack.simulator.accounts()


def test_a_call_that_t4_refused_leaves_no_attempt_behind(stack: Stack) -> None:
    stack.simulator.fault({"match": {"path": "/admin/v1/onboarding"}, "do": {"status": 400, "body": "No."}})
    assert "400" in stack.up(one()).failed["User trader.a"]
    stack.simulator.onboard("trader.a", "77777")
    assert "no record of an attempt" in stack.up(one()).failed["User trader.a"]


@pytest.mark.parametrize("why", ["taken", "refused"])
def test_who_was_never_made_gets_another_username_without_departing(stack: Stack, why: str) -> None:
    if why == "taken":
        stack.simulator.onboard("trader.a", "77777")
    else:
        fault = {"match": {"path": "/admin/v1/onboarding"}, "do": {"status": 400, "body": "No."}}
        stack.simulator.fault(fault)
    assert stack.up(one()).failed
    renamed = one()
    renamed["users"]["trader.aa"] = renamed["users"].pop("trader.a")
    stack.settled(renamed)
    assert stack.simulator.users()["trader.aa"]["accounts"] == ["11111"]


def test_whom_a_killed_run_may_have_made_is_not_given_another_username(stack: Stack) -> None:
    ours_but_unknown(stack, one())
    renamed = one(accounts=["22222"])
    renamed["users"]["trader.aa"] = renamed["users"].pop("trader.a")
    said = stack.preview(renamed).failed["Firm firm"]
    assert "trader.a was removed from the firm file, but T4 may have the user" in said
    file = Path(said.rpartition("delete ")[2])
    assert "trader.a" in file.read_text()
    file.unlink()  # somebody has looked
    stack.settled(renamed)


def test_a_taken_first_account_is_told_apart_from_a_taken_user(stack: Stack) -> None:
    stack.simulator.onboard("somebody", "11111")
    said = stack.up(one()).failed["User trader.a"]
    assert "trader.a was not created, because T4 already has the account 11111" in said
    assert "give trader.a another first account" in said
    assert "trader.a" not in stack.simulator.users()
    assert "T4 does not show a user of this name" in stack.up(one(adopt=True)).failed["User trader.a"]


def test_a_user_is_taken_over_where_the_file_says_so_with_what_the_listings_show(stack: Stack) -> None:
    stack.simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader", **PERSON)
    done = stack.settled(one(adopt=True))
    record = stack.record("User trader.a")
    user = stack.simulator.users()["trader.a"]
    assert record["userID"] == user["userID"]
    assert record["roles"] == sorted(user["roles"])
    assert "adopted as the firm file says" in record["evidence"]
    assert stack.record("Account 11111")["made"] is True
    assert done.tasks == {}
    assert stack.refresh() == []


def test_without_listings_a_user_is_taken_over_unseen_and_found_later(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader", **PERSON)
    firm = one(adopt=True)
    done = stack.settled(firm)
    assert done.outputs["users"] == {"trader.a": ""}
    assert done.tasks == {
        "assign-application/trader.a/WhenTech": "open",
        "verify-account/11111": "open",
        "verify-user/trader.a": "open",
    }
    stack.operations = only(stack, *LISTS)
    done = stack.settled(firm)
    user = stack.simulator.users()["trader.a"]
    assert done.outputs["users"] == {"trader.a": user["userID"]}
    assert stack.record("User trader.a")["roles"] == sorted(user["roles"])
    assert "assign-application/trader.a/WhenTech" not in done.tasks


UNSEEN = {"update-market-data/trader.a/CME", "sign-eula/trader.a", "verify-user/trader.a"}
"""What nobody knows of a user who was taken over, where nothing can be read."""


def adopted(stack: Stack) -> dict[str, Any]:
    """A user that somebody else made, taken over on the seeds' operations alone."""
    stack.operations = "onboarding"
    stack.simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader", **PERSON)
    return one(adopt=True, marketData={"CME": "Depth"}, eula=EULA)


def test_what_nobody_can_see_of_a_user_who_was_taken_over_is_the_administrators(stack: Stack) -> None:
    firm = adopted(stack)
    done = stack.settled(firm)
    assert {task for task in done.tasks if task in UNSEEN} == UNSEEN
    assert done.outputs["summary"]["violations"] == []
    stack.attest(*UNSEEN, on=today())
    stack.settled(firm)
    assert {stack.tasks(firm)[task] for task in UNSEEN} == {"attested"}
    stack.attest()
    stack.settled(firm)
    assert {stack.tasks(firm)[task] for task in UNSEEN} == {"open"}, "the signatures are gone"


def test_what_can_be_read_of_the_user_later_closes_what_the_administrator_was_to_see(stack: Stack) -> None:
    firm = adopted(stack)
    stack.settled(firm)
    stack.operations = FULL
    stack.up(firm)
    stack.refresh()
    stack.up(firm)
    done = stack.settled(firm)
    assert set(done.tasks.values()) <= {"done"}
    user = stack.simulator.users()["trader.a"]
    assert user["marketData"] == {"CME": "Depth"}
    assert user["eula"]["signatures"] == [{"documentName": "LegalEULA", "signed": "2025-05-01T10:30:15"}]


def test_who_was_taken_over_and_leaves_need_not_be_verified(stack: Stack) -> None:
    firm = adopted(stack)
    stack.settled(firm)
    firm["users"]["trader.a"]["departed"] = True
    stack.settled(firm)
    assert "verify-user/trader.a" not in stack.tasks(firm)


def test_a_user_who_is_back_after_being_disabled_is_enabled_by_the_administrator(stack: Stack) -> None:
    """Its entry had gone, so that no run knows what became of it."""
    firm = adopted(stack)
    portal = Portal(stack.simulator)
    portal.change_user("trader.a", enabled=False)
    stack.settled(firm)
    assert stack.tasks(firm)["verify-user/trader.a"] == "open"
    (told,) = [each["what"] for each in stack.listed(firm) if each["id"] == "verify-user/trader.a"]
    assert "check that the user is enabled" in told
    stack.operations = only(stack, *LISTS)
    stack.up(firm)
    stack.refresh()
    assert stack.tasks(firm)["enable-user/trader.a"] == "open"


def test_who_is_not_listed_is_not_looked_for_again_and_again(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.onboard("trader.a", "11111", **PERSON)
    firm = one(adopt=True)
    stack.settled(firm)
    stack.operations = only(stack, *LISTS, listUsers="`[]`")
    stack.settled(firm)
    assert stack.record("User trader.a")["unlisted"] is True
    stack.simulator.forget_requests()
    stack.settled(one(adopt=True, phone="555-1"))
    assert [call for call in stack.simulator.requests() if call["path"].endswith("/users")] == []


def test_a_list_that_shows_no_roles_leaves_what_is_known_of_them(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.simulator.onboard("WhenTechFillUser", "FILL0001", templateUser="FillService", **PERSON)
    firm = firm_of(trader_a={"accounts": ["11111"]})
    firm["fillService"]["user"]["adopt"] = True
    assert stack.up(firm).failed
    stack.operations = only(stack, "listUsers", listUsers="users[].{userID: userID, username: userName}")
    done = stack.up(firm)
    assert "verify-user/WhenTechFillUser" in str(done.failed)
    assert stack.record("User WhenTechFillUser")["userID"]
    assert "roles" not in stack.record("User WhenTechFillUser")
    stack.operations = only(stack, "readUser", readUser="{userID: userID, username: userName}")
    stack.refresh()
    assert stack.tasks(firm)["verify-user/WhenTechFillUser"] == "open"


def test_a_fill_user_that_was_verified_by_the_administrator_is_trusted_until_the_signature_is_gone(
    stack: Stack,
) -> None:
    stack.operations = "onboarding"
    stack.simulator.onboard("WhenTechFillUser", "FILL0001", templateUser="FillService", **PERSON)
    firm = firm_of(trader_a={"accounts": ["11111"]})
    firm["fillService"]["user"]["adopt"] = True
    done = stack.up(firm)
    assert "it may have Trading, which it must not have" in " ".join(done.outputs["summary"]["violations"])
    stack.attest("verify-user/WhenTechFillUser", on=today())
    stack.settled(firm)
    stack.attest()
    stack.up(firm)
    assert stack.tasks(firm)["verify-user/WhenTechFillUser"] == "open"
    assert stack.preview(firm).changed == []


def test_the_journal_of_a_user_that_left_is_forgotten(stack: Stack) -> None:
    """Else a user who is made again years later would be taken for the old one."""
    firm = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    del firm["fillService"]
    stack.settled(firm)
    firm["users"]["trader.a"]["departed"] = True
    stack.settled(firm)
    del firm["users"]["trader.a"]
    stack.settled(firm)
    assert "User trader.a" not in stack.state
    back = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    del back["fillService"]
    assert "T4 already has a user trader.a" in stack.up(back).failed["User trader.a"]


def test_a_stack_whose_t4_cannot_be_reached_changes_nothing_and_remembers_nothing(stack: Stack) -> None:
    endpoint = stack.settings["t4:endpoint"]
    with httpx.Client() as _:
        stack.settings["t4:endpoint"] = "http://127.0.0.1:9"
    stack.settings["t4:repeatFor"] = "0"
    assert "Nothing was changed by it" in stack.up(one()).failed["User trader.a"]
    stack.settings["t4:endpoint"] = endpoint
    stack.settled(one())
    assert stack.simulator.users()["trader.a"]["onboardings"] == 1
