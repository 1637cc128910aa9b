"""The administrator's steps are done in T4, and the next refresh closes them by what two logins see; nobody
signs anything off."""

import json
import shutil
from typing import Any

import httpx
import pytest

from providers.t4.session import lookups
from providers.t4.session.socket_reads import FillUser
from t4firm.evidence import NotSeen, Seen
from tests.goals.firms import firm_of
from tests.providers.operations import without
from tests.providers.portal import Portal
from tests.providers.stack import FULL, Stack, today
from tests.socket.portal import OWN, SocketPortal

FILL = "WhenTechFillUser"
READER = "t4firm.reader"


def firm(**more: Any) -> dict[str, Any]:
    """Two traders; trader.a has two accounts, the first of them enabled."""
    made = firm_of(trader_a={"accounts": ["11111", "22222"]}, trader_b={"accounts": ["33333"]})
    made["accounts"] = {"11111": {"enabled": True}, "22222": {"displayName": "Ann's second"}}
    return made | more


def the_administrator_does_all(hands: Portal, socket: SocketPortal) -> None:
    hands.make_account("trader.a", "22222", "Ann's second")
    for number in ("11111", "22222", "33333"):
        hands.assign(FILL, number)
    hands.change_account("11111", enabled="Enabled", preTradeDisabled=False)
    socket.ready(FILL)


def evidence(stack: Stack, key: str, task: str) -> str:
    return str(stack.record(key)["tasks"][task].get("closed"))


def test_the_next_refresh_closes_what_is_done(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    before = seen.tasks(firm())
    assert before["create-account/22222"] == "open"
    assert before["enable-account/11111"] == "open"
    assert before[f"assign-account/{FILL}/33333"] == "open"
    the_administrator_does_all(hands, socket)
    seen.simulator.forget_requests()
    seen.refresh()
    after = seen.tasks(firm())
    assert {task for task, status in after.items() if status == "open"} == set()
    proof = f"T4 shows it: read over T4's WebSocket as {READER} at 20"
    assert evidence(seen, "Account 22222", "create-account/22222").startswith(proof)
    assert evidence(seen, "Account 11111", "enable-account/11111").startswith(proof)
    assigned = evidence(seen, f"AccountAssignment {FILL}/33333", f"assign-account/{FILL}/33333")
    assert assigned.startswith(f"T4 shows it: read over T4's WebSocket as {FILL} at 20")
    assert seen.simulator.socket in assigned
    assert sorted(set(socket.logins())) == [(FILL, 0), (READER, 0)]
    assert len(socket.logins()) == 2, "each login once"
    assert seen.settled(firm()).outputs["summary"]["fillAccounts"]["assigned"] == 3


def test_what_was_changed_in_the_portal_is_seen(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    seen.refresh()
    assert not seen.drift(firm()).differs
    hands.unassign(FILL, "33333")
    hands.change_account("11111", enabled="Disabled")
    hands.make_account("trader.b", "99999")
    hands.assign(FILL, "99999")
    drift = seen.drift(firm())
    assert {difference.task: difference.words for difference in drift.administrator} == {
        f"assign-account/{FILL}/33333": "account 33333 is not captured",
        "enable-account/11111": "account 11111 is disabled in T4",
        f"declare-account/{FILL}/99999": f"T4 lists account 99999 under {FILL}, but the firm file does not",
    }
    assert drift.unmanaged == ("account 99999 (Disabled) is in T4, but the firm file does not have it",)
    assert not drift.violations


def test_an_account_that_is_there_is_not_asked_for(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    before = firm()
    before["users"]["trader.a"]["accounts"] = ["11111"]
    before["accounts"] = {}
    seen.up(before)
    hands.make_account("trader.a", "22222", "Ann's")
    seen.simulator.forget_requests()
    seen.up(firm())
    tasks = seen.tasks(firm())
    assert tasks["create-account/22222"] == "done"
    assert tasks["verify-account/22222"] == "open", "no login shows whose it is"
    assert tasks["update-account/22222/displayName"] == "open"
    proof = f"T4 shows it: read over T4's WebSocket as {READER} at 20"
    assert evidence(seen, "Account 22222", "create-account/22222").startswith(proof)
    assert seen.record("Account 22222")["accountID"] == seen.simulator.accounts()["22222"]["accountID"]
    assert socket.logins() == [(READER, 0)]
    assert not seen.preview(firm()).changed


def test_the_api_does_not_create_what_the_reader_shows(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    before = firm()
    before["users"]["trader.a"]["accounts"] = ["11111"]
    before["accounts"] = {}
    seen.up(before)
    hands.make_account("trader.a", "22222", "Ann's second")
    seen.simulator.forget_requests()
    seen.operations = FULL
    seen.operations = without(seen, "listUsers", "readUser", "listAccounts", "readAccount")
    done = seen.up(firm())
    assert "write `adopt: true` for 22222" in done.failed["Account 22222"]
    assert seen.simulator.requests("POST", "/admin/v1/accounts") == []


def test_an_account_of_another_firm_counts_as_not_there(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    before = firm()
    before["users"]["trader.a"]["accounts"] = ["11111"]
    before["accounts"] = {}
    seen.up(before)
    hands.make_account("trader.b", "22222")
    socket.account("22222", firmID="11111111-2222-3333-4444-555555555555")
    seen.up(firm())
    assert seen.tasks(firm())["create-account/22222"] == "open"


def test_what_the_fill_user_saw_before_a_change_names_nobody_after_it(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    """Its login is made by the first who asks, and once."""
    seen.up(firm())
    socket.ready(FILL)
    with seen.session() as made:
        row = lookups.user_named(FILL)
        assert row is not None
        assert row["userID"] == seen.simulator.users()[FILL]["userID"]
        made.client._count_change()  # type: ignore[union-attr]  # no rehearsal
        assert lookups.user_named(FILL) is None
        assert lookups.user("", FILL) == NotSeen()


def test_an_account_of_the_same_number_with_another_id_is_another_one(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    its = seen.simulator.accounts()["11111"]["accountID"]
    with seen.session():
        assert isinstance(lookups.account(its, "11111"), Seen)
        assert isinstance(lookups.account("", "11111"), Seen)
        assert lookups.account("00000000-0000-4000-8000-000000000009", "11111") == NotSeen()


def test_what_nobody_can_see_has_its_reason(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    seen.refresh()
    facts = seen.drift(firm()).unverified
    assert {fact.remedy for fact in facts} == {"add listUsers or readUser to t4:operations"}
    of_traders = {fact.what for fact in facts if fact.why.endswith("t4-firm never logs in as a trader")}
    by_nobody = {fact.what for fact in facts if fact.why.endswith("no login over T4's WebSocket shows it")}
    assert of_traders == {"roles of users", "further accounts of users", "enabled or not of users"}
    assert by_nobody == {
        *("further applications of users", "further applications of the fill user", "applications"),
        "details of users",
    }
    assert {*of_traders, *by_nobody} == {fact.what for fact in facts}
    assert not any(fact.decisive for fact in facts)
    (roles,) = [fact for fact in facts if fact.what == "roles of users"]
    assert [fact.name for fact in roles.facts] == ["trader.a", "trader.b"]


def test_what_the_fills_rest_on_is_proved_signed_off_or_nobodys(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    roles = (FILL, "has the roles that it may have, and no other")
    before = seen.proofs(firm())
    assert before[roles].shortly == f"T4's answer, {today()}", "it named the roles"
    assert before["22222", "is in T4"].source == "not shown"
    assert before["33333", f"is assigned to {FILL}"].evidence == f"assign-account/{FILL}/33333"
    assert ("33333", "is enabled") not in before, "nobody has decided"
    the_administrator_does_all(hands, socket)
    seen.refresh()
    whose = seen.proofs(firm())["22222", "is trader.a's"]
    assert whose.source == "not shown", "a reader sees an account, and not whose it is"
    assert whose.remedy == "run `t4firm up --refresh` with listUsers or readUser in t4:operations"
    seen.attest(f"hand-over-credentials/{FILL}", on=today())
    seen.settled(firm())
    after = seen.proofs(firm())
    for fact in (("22222", "is in T4"), ("33333", f"is assigned to {FILL}")):
        assert after[fact].source == "proved"
        assert after[fact].shortly == f"T4's WebSocket, {today()}"
    assert after["11111", "is enabled"].source == "proved"
    handed = after[FILL, "has credentials that WhenTech knows"]
    assert (handed.source, handed.shortly) == ("signed off", f"A. Administrator, {today()}")
    assert {key: proof.remedy for key, proof in after.items() if proof.source == "not shown"} == {
        (FILL, "has a password that never expires"): f"close password-never-expires/{FILL}",
        ("22222", "is trader.a's"): whose.remedy,
    }
    hands.give_role(FILL, "Trading")
    seen.refresh()
    assert seen.proofs(firm())[roles].evidence == f"remove-role/{FILL}/Trading"


def test_why_the_logins_do_not_show_it(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    hands.change_account("11111", enabled="Enabled", preTradeDisabled=False)
    socket.reader(allAccounts=False)
    why = {fact.what: fact.why for fact in seen.live(firm()).unverified}
    assert "USER_NOT_ALLOWED (4)" in why["roles of the fill user"]
    assert why["state of accounts"] == "no operation in use reads accounts; the reader does not see it"
    del seen.settings["t4:fillReader"]
    unseen = {fact.what: fact for fact in seen.live(firm()).unverified}
    roles = unseen["roles of the fill user"]
    assert roles.why.endswith("; t4:fillReader is not set")
    assert roles.remedy == ("add listUsers or readUser to t4:operations; or set t4:socket and t4:fillReader")
    assert "settle what its login lacks" in unseen["state of accounts"].remedy


def test_a_login_that_is_expected_to_fail_is_said_to_be(
    seen: Stack, hands: Portal, socket: SocketPortal, caplog: pytest.LogCaptureFixture
) -> None:
    """Until the administrator has given the application and somebody has signed; both are tasks."""
    unsigned = firm()
    del unsigned["fillService"]["user"]["eula"]
    seen.up(unsigned)
    seen.refresh()
    task = f"assign-application/{FILL}/T4Firm"
    assert (
        f"{FILL} cannot log in to T4, so nothing was read with its login: it does not have the application "
        f"T4Firm. This is expected while {task} is open. "
    ) in caplog.text
    assert "(T4's WebSocket refused the login of WhenTechFillUser with USER_NOT_ALLOWED (4) at" in caplog.text
    hands.give_application(FILL, "T4Firm")
    caplog.clear()
    seen.refresh()
    assert f"This is expected while sign-eula/{FILL} is open." in caplog.text
    socket.ready(FILL)
    caplog.clear()
    seen.refresh()
    assert "cannot log in" not in caplog.text


def test_a_role_given_to_the_fill_user_is_a_violation_at_once(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    hands.give_role(FILL, "Trading")
    drift = seen.drift(firm())
    assert [each.task for each in drift.violations] == [f"remove-role/{FILL}/Trading"]
    assert not [fact.what for fact in drift.unverified if "captured" in fact.what]
    seen.refresh()
    assert f"remove-role/{FILL}/Trading" in seen.record(f"User {FILL}")["violations"]
    hands.take_role(FILL, "Trading")
    seen.refresh()
    assert seen.record(f"User {FILL}")["violations"] == {}
    assert "read over T4's WebSocket" in evidence(seen, f"User {FILL}", f"remove-role/{FILL}/Trading")


def test_a_role_that_no_document_names_is_a_violation_too(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    hands.give_role(FILL, "Charting")
    socket.fault("roleCase", username=FILL)
    assert [each.task for each in seen.drift(firm()).violations] == [f"remove-role/{FILL}/CHARTING"]


@pytest.mark.parametrize("fault", ["emptyLogin", "noSession", "otherUser", "blankRoles", "silentLogin"])
def test_a_login_that_proves_nothing_changes_nothing(
    seen: Stack, hands: Portal, socket: SocketPortal, fault: str
) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    hands.give_role(FILL, "Trading")
    before = {key: dict(each.outputs) for key, each in seen.state.items()}
    socket.fault(fault, username=FILL)
    live = seen.live(firm())
    assert any(FILL in words for words in live.failed)
    socket.fault(fault, username=FILL)
    seen.refresh()
    for key in (f"User {FILL}", f"AccountAssignment {FILL}/33333"):
        assert seen.record(key) == before[key]


def test_the_application_that_the_login_needs_is_a_task(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    task = f"assign-application/{FILL}/{OWN}"
    assert seen.tasks(firm())[task] == "open", "known from T4's answer to the onboarding"
    drift = seen.drift(firm())
    assert task in drift.still_open
    assert not drift.violations
    hands.give_application(FILL, OWN)
    seen.refresh()
    assert seen.tasks(firm())[task] == "done"
    hands.take_application(FILL, OWN)
    assert [each.words for each in seen.drift(firm()).administrator] == [
        f"{FILL} does not have {OWN}, with which t4-firm reads what it sees"
    ]
    hands.give_application(FILL, OWN)
    seen.refresh()
    assert evidence(seen, f"User {FILL}", task).startswith("T4 shows it: read over T4's WebSocket as")


def test_the_eula_that_the_login_needs_is_a_task(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    made = firm()
    made["fillService"]["user"].pop("eula", None)
    seen.up(made)
    hands.give_application(FILL, OWN)
    seen.refresh()
    assert seen.every_task(made)[f"sign-eula/{FILL}"] == "open"
    assert seen.live(made).failed == ()
    socket.ready(FILL)
    seen.refresh()
    assert seen.every_task(made)[f"sign-eula/{FILL}"] == "done"


def test_no_login_where_the_password_is_not_known(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    rotated = firm()
    rotated["fillService"]["user"]["passwordVersion"] = 2
    assert not seen.live(rotated).failed, "the state knows that T4 has the first one"
    assert (FILL, 0) in socket.logins()
    seen.up(rotated)
    count = len(socket.logins())
    live = seen.live(rotated)
    assert any("its password is being changed" in words for words in live.notes)
    assert live.failed == (), "nothing went wrong"
    assert seen.drift(rotated).fill_user_unread
    seen.refresh()
    assert [name for name, _ in socket.logins()[count:]] == [READER, READER, READER]
    seen.attest(f"update-user/{FILL}/password", on=today())
    seen.up(rotated)
    live = seen.live(rotated)
    assert any("FAILED (1)" in words for words in live.failed), "nobody has changed it in T4"
    assert socket.logins().count((FILL, 1)) == 1
    live = seen.live(rotated)
    assert any("it is not tried again" in words for words in live.failed)
    seen.refresh()
    assert socket.logins().count((FILL, 1)) == 1, "T4 locks users out"
    with seen.session() as session:
        password = session.password(FILL, 2)
    hands.change_user(FILL, password=password)
    with seen.session() as session:
        doctor = session.socket
        assert doctor
        doctor.introduce(FillUser(FILL, version=2))
        doctor.logins.again = True
        assert doctor.fill()
    assert seen.live(rotated).failed == ()


def test_a_fill_user_that_an_older_version_recorded_is_asked_also_after_an_update(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    """That version recorded no mark: T4 has the password that the stack derived then."""
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    del seen.record(f"User {FILL}")["passwordInT4"]
    moved = firm()
    moved["fillService"]["user"]["phone"] = "555-000-9999"
    seen.up(moved)
    assert seen.record(f"User {FILL}").get("passwordInT4") is None
    count = len(socket.logins())
    assert seen.live(moved).failed == ()
    assert (FILL, 0) in socket.logins()[count:]


def test_an_adopted_fill_user_of_an_older_version_is_not_asked_without_its_adopt_line_either(
    seen: Stack, socket: SocketPortal
) -> None:
    seen.simulator.onboard(FILL, "FILL0001", templateUser="FillService")
    made = firm()
    user = made["fillService"]["user"]
    user["adopt"] = True
    seen.up(made)
    del seen.record(f"User {FILL}")["passwordInT4"]
    del user["adopt"]
    user["phone"] = "555-000-9999"
    seen.up(made)
    live = seen.live(made)
    assert any("its password in T4 is not known" in words for words in live.notes)
    assert FILL not in {name for name, _ in socket.logins()}


def test_a_run_with_another_seed_does_not_try_the_login(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    """A look for drift has a seed of its own, so that it cannot derive a password (docs/pipeline.md)."""
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    seen.simulator.forget_requests()
    seen.settings["t4:passwordSeed"] = "another-seed-Vn3kqZr8TyPw5LcHx2mJd9Gf7b"
    live = seen.live(firm())
    assert any("derived from another password seed" in words for words in live.notes), live.notes
    assert socket.logins() == [(READER, 0)]


def test_a_password_of_the_reader_that_t4_refused_is_not_tried_again(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    right = seen.settings["t4:reader"]
    seen.settings["t4:reader"] = json.dumps({**json.loads(right), "password": "Wrong-Pass-1"})
    assert any("FAILED (1)" in words for words in seen.live(firm()).failed)
    assert any("it is not tried again" in words for words in seen.live(firm()).failed)
    seen.refresh()
    assert socket.logins().count((READER, 1)) == 1, "T4 locks users out"
    seen.settings["t4:reader"] = right
    assert seen.live(firm()).failed == (), "another password is another try"


def test_an_adopted_fill_user_is_not_asked(seen: Stack, socket: SocketPortal) -> None:
    seen.simulator.onboard(FILL, "FILL0001", templateUser="FillService")
    adopting = firm()
    adopting["fillService"]["user"]["adopt"] = True
    seen.up(adopting)
    live = seen.live(adopting)
    assert any("its password in T4 is not known" in words for words in live.notes)
    seen.refresh()
    assert {name for name, _ in socket.logins()} == {READER}


def test_a_reader_that_does_not_see_the_firm_is_a_fault_of_its_set_up(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    seen.refresh()
    socket.reader(allAccounts=False)
    live = seen.live(firm())
    assert any("does not see 11111, 22222, 33333" in words for words in live.failed), live.failed
    assert any("All Accounts" in words for words in live.failed)
    assert live.unmanaged == ()


def test_an_incomplete_list_proves_what_it_showed(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    hands.make_account("trader.b", "99999")
    socket.fault("close1011", username=READER)
    live = seen.live(firm())
    assert any("was not shown everything" in words for words in live.failed), "no green run without a word"
    assert live.unmanaged == ()


def test_an_account_that_t4_would_not_show_is_no_fault_of_the_readers_rights(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    seen.refresh()
    socket.fault("errors", username=READER)
    live = seen.live(firm())
    [words] = live.failed
    assert words.startswith(f"T4 did not let {READER} subscribe to ")
    assert "All Accounts" not in words
    [state] = [fact for fact in live.unverified if fact.what == "state of accounts"]
    assert state.why.endswith("T4 did not let the reader subscribe to it")


def test_a_state_that_is_neither_enabled_nor_disabled_is_called_by_its_name(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    seen.refresh()
    socket.fault("unknownState", username=READER)
    assert [found.words for found in seen.drift(firm()).administrator] == [
        f"account {number} is neither enabled nor disabled in T4: its state there is 17 (which no document "
        "names)"
        for number in ("FILL0001", "11111")
    ]


def test_a_deleted_account_is_gone(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    seen.refresh()
    socket.account("11111", deleted=True)
    assert "restore-account/11111" in [each.task for each in seen.drift(firm()).administrator]
    seen.refresh()
    socket.account("11111", deleted=False)
    seen.refresh()
    assert seen.tasks(firm())["restore-account/11111"] == "done"


def test_accounts_of_other_firms_and_ignored_ones_are_nobodys(
    seen: Stack, hands: Portal, socket: SocketPortal
) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    hands.make_account("trader.b", "88888")
    hands.make_account("trader.b", "77777")
    socket.account("88888", firmID="11111111-2222-3333-4444-555555555555")
    seen.settings["t4:ignoreAccounts"] = "777*"
    socket.fault("childFirm", username=READER)
    assert seen.drift(firm()).unmanaged == ()


def test_another_run_is_told_apart_from_a_failure(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    socket.fault("elsewhere", username=READER)
    live = seen.live(firm())
    assert live.failed
    assert all("another run reads with this login" in words for words in live.failed)


def test_each_login_works_alone(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    reader = seen.settings.pop("t4:reader")
    seen.refresh()
    assert seen.tasks(firm())[f"assign-account/{FILL}/33333"] == "done"
    assert seen.tasks(firm())["create-account/22222"] == "open"
    seen.settings["t4:reader"] = reader
    del seen.settings["t4:fillReader"]
    seen.refresh()
    assert seen.tasks(firm())["create-account/22222"] == "done"
    assert {name for name, _ in socket.logins()} == {FILL, READER}


def test_where_two_sources_differ_it_is_said(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.operations = FULL
    seen.up(firm())
    socket.ready(FILL)
    hands.give_role(FILL, "Trading")
    socket.fault("roleCase", username=FILL)
    assert not [words for words in seen.live(firm()).notes if "two things" in words], "case is nothing"
    socket.account("11111", firmID="11111111-2222-3333-4444-555555555555")
    assert any("accounts of the firm: read over" in words for words in seen.live(firm()).notes)
    socket.account("33333", deleted=True)
    live = seen.live(firm())
    assert any("T4 shows account 33333 in one place and not in the other" in words for words in live.notes)


def test_an_operation_gives_the_application(seen: Stack) -> None:
    seen.operations = FULL
    assert not seen.up(firm()).failed
    assert OWN in seen.simulator.users()[FILL]["applications"]
    assert f"assign-application/{FILL}/{OWN}" not in seen.tasks(firm())
    assert seen.settled(firm()).outputs["summary"]["violations"] == []


def test_the_lost_answer_of_the_fill_users_onboarding_is_proved_by_its_login(
    seen: Stack,
) -> None:
    gives_ours = {"applications": ["WhenTechFills", OWN], "roles": []}
    httpx.put(f"{seen.simulator.endpoint}/simulator/templates/users/FillService", json=gives_ours, timeout=60)
    made = firm()
    made["templates"]["users"]["FillService"]["applications"] += [OWN]
    seen.up(made)
    user_id = seen.simulator.users()[FILL]["userID"]
    for key in [key for key in seen.state if FILL in key or "FILL" in key]:
        del seen.state[key]
    shutil.rmtree(seen.folder / "journal")
    assert not seen.up(made).failed
    record = seen.record(f"User {FILL}")
    assert (record["userID"], record["roles"], record["violations"]) == (user_id, [], {})
    assert "read over T4's WebSocket" in record["evidence"]
    assert seen.simulator.users()[FILL]["onboardings"] == 1
