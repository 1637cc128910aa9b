"""What is read of T4 is read once, by whoever asks first, and again after a change."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest

from providers.t4.session import lookups
from providers.t4.session.read_cache import Kept
from providers.t4.steps.journaled_calls import called
from providers.t4.steps.task_ledger import Steps
from t4firm.evidence import Gone, NotSeen, Seen
from t4firm.tasks.ids import task_id
from tests.api.scripted import Reply, ScriptedT4, Together
from tests.clock import PATIENCE
from tests.goals.firms import firm_of
from tests.providers.operations import only, without
from tests.providers.portal import Portal
from tests.providers.stack import Stack

FILL = "WhenTechFillUser"


def firm() -> dict[str, Any]:
    return firm_of(
        trader_a={"accounts": ["11111", "22222"], "marketData": {"CME": "Depth"}},
        trader_b={"accounts": ["33333"]},
    )


def read_by(stack: Stack, firm: dict[str, Any]) -> list[str]:
    """The paths that a refresh of an unchanged firm asks for, sorted, with names in the place of ids."""
    stack.settled(firm)
    stack.simulator.forget_requests()
    assert stack.refresh() == []
    called = stack.simulator.requests()
    assert {call["method"] for call in called} <= {"GET"}
    names = {user["userID"]: name for name, user in stack.simulator.users().items()}
    names |= {account["accountID"]: number for number, account in stack.simulator.accounts().items()}
    paths = [call["path"].removeprefix("/admin/v1/") for call in called]
    return sorted("/".join(names.get(part, part) for part in path.split("/")) for path in paths)


def test_a_refresh_reads_each_list_once_and_one_thing_a_user(stack: Stack) -> None:
    people = [FILL, "trader.a", "trader.b"]
    assert read_by(stack, firm()) == ["accounts", "users", *(f"users/{name}/marketdata" for name in people)]


def test_without_lists_it_reads_each_user_and_account_once(stack: Stack) -> None:
    stack.operations = without(stack, "listUsers", "listAccounts", "readMarketData")
    assert read_by(stack, firm()) == [
        *(f"accounts/{number}" for number in ("11111", "22222", "33333", "FILL0001")),
        *(f"users/{name}" for name in (FILL, "trader.a", "trader.b")),
    ]


def test_where_a_list_shows_less_the_user_is_read_too(stack: Stack) -> None:
    names = "users[].{userID: userID, username: userName}"
    stack.operations = without(stack, "listAccounts", "readAccount", "readMarketData", listUsers=names)
    assert read_by(stack, firm()) == ["users", *(f"users/{name}" for name in (FILL, "trader.a", "trader.b"))]


@pytest.mark.parametrize("known", ["onboarding", "walkthrough"])
def test_what_the_vendor_documents_reads_market_data_or_nothing(stack: Stack, known: str) -> None:
    stack.operations = known
    people = [FILL, "trader.a", "trader.b"] if known == "walkthrough" else []
    assert read_by(stack, firm()) == [f"users/{name}/marketdata" for name in people]


def test_a_signature_is_looked_for_only_where_one_is_waited_for(stack: Stack) -> None:
    signed = firm()
    signed["users"]["trader.a"]["eula"] = {
        "eulaVersion": "2",
        "signatures": {"LegalEULA": "2025-05-01T10:30:15"},
    }
    stack.operations = without(stack, "acceptEula")
    stack.settled(firm())
    stack.settled(signed)
    assert stack.tasks(signed) == {"sign-eula/trader.a": "open"}
    user = stack.simulator.users()["trader.a"]["userID"]
    eula = {"collectedBy": "", "eulaVersion": "2"}
    signatures = [{"documentName": "LegalEULA", "signed": "2025-05-01T10:30:15"}]
    stack.simulator.admin("POST", f"/admin/v1/users/{user}/eula", {**eula, "signatures": signatures})
    stack.simulator.forget_requests()
    stack.refresh()
    assert len([call for call in stack.simulator.requests() if call["path"].endswith("/eula")]) == 1
    assert stack.tasks(signed) == {"sign-eula/trader.a": "done"}
    assert "(request " in stack.record("User trader.a")["tasks"]["sign-eula/trader.a"]["closed"]


def test_after_a_change_it_is_read_again(stack: Stack) -> None:
    stack.settled(firm())
    user_id = stack.simulator.users()["trader.a"]["userID"]
    with stack.session() as made:
        for applications in (["WhenTech"], ["WhenTech", "WhenTechFills"]):
            seen = lookups.user(user_id.lower(), "trader.a")
            assert isinstance(seen, Seen)
            assert seen.value["applications"] == applications
            values = {"userID": user_id, "username": "trader.a", "application": "WhenTechFills"}
            made.client.call("assignApplication", values)


NOBODY = ("00000000-0000-0000-0000-000000000000", "trader.x")


def test_who_is_in_no_complete_list_and_is_not_found_alone_is_gone(stack: Stack) -> None:
    stack.settled(firm())
    with stack.session():
        gone = lookups.user(*NOBODY)
    assert isinstance(gone, Gone)
    assert gone.evidence.count("200") == 2
    assert gone.evidence.count("404") == 1


@pytest.mark.parametrize("names", [("listUsers",), ("readUser",), ()])
def test_a_list_alone_or_a_404_alone_is_evidence_of_nothing(stack: Stack, names: tuple[str, ...]) -> None:
    stack.settled(firm())
    stack.operations = only(stack, *names)
    with stack.session():
        seen = lookups.user(*NOBODY)
    assert isinstance(seen, NotSeen)
    assert bool(seen.why) is bool(names)


def test_who_asks_while_the_answer_is_on_its_way_waits_for_it() -> None:
    kept, asked, answered, calls = Kept(lambda: 0), Barrier(5), Event(), list[int]()

    def read() -> str:
        calls.append(1)
        answered.wait(PATIENCE)
        return "the answer"

    def ask() -> str:
        asked.wait(PATIENCE)
        return kept.ask("users", read)

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask) for _ in range(4)]
        asked.wait(PATIENCE)
        answered.set()
        assert {each.result() for each in asking} == {"the answer"}
    assert len(calls) == 1


def test_a_failure_is_everybodys_until_something_changes() -> None:
    changes, calls = [0], list[int]()
    kept = Kept(lambda: changes[0])

    def fails() -> str:
        calls.append(1)
        raise OSError("T4 is away")

    for _ in range(2):
        with pytest.raises(OSError, match="T4 is away"):
            kept.ask("users", fails)
    changes[0] += 1
    assert kept.ask("users", lambda: "there again") == "there again"
    assert len(calls) == 1


def test_what_a_change_overtook_is_not_kept() -> None:
    """The change began after the read did: what was read may be from before it."""
    changes = [0]
    kept = Kept(lambda: changes[0])

    def overtaken() -> str:
        changes[0] += 1
        return "from before"

    assert kept.ask("users", overtaken) == "from before"
    assert kept.ask("users", lambda: "from after") == "from after"


def test_one_read_serves_all_whose_changes_had_ended_when_it_began() -> None:
    """The fill user is assigned many accounts at once, and each assignment is read back."""
    changes, began, ended, calls = [0], Event(), Event(), list[int]()
    kept = Kept(lambda: changes[0])

    def read() -> int:
        calls.append(changes[0])
        began.set()
        ended.wait(PATIENCE)
        return changes[0]

    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(kept.ask, "the fill user", read)
        began.wait(PATIENCE)
        changes[0] = 8
        others = [threads.submit(kept.ask, "the fill user", read) for _ in range(8)]
        ended.set()
        assert first.result() in (0, 8)
        assert {other.result() for other in others} == {8}
    assert calls == [0, 8]


def test_a_read_after_ones_own_call_is_new_enough_whatever_others_change() -> None:
    changes, calls = [5], list[int]()
    kept = Kept(lambda: changes[0])

    def read() -> int:
        calls.append(changes[0])
        return changes[0]

    for now in (5, 9):
        changes[0] = now
        with kept.as_of(5):
            assert kept.ask("the fill user", read) == 5
    assert kept.ask("the fill user", read) == 9
    assert calls == [5, 9]


def test_many_assignments_at_once_are_one_read_of_the_fill_user(stack: Stack) -> None:
    """Each is read back: by one read, after all of them."""
    numbers = [str(number) for number in range(10001, 10041)]
    stack.operations = only(stack, "readUser", "assignAccount")
    all_there = Barrier(len(numbers))
    user = {"userID": "U1", "userName": FILL, "accounts": [{"account": number} for number in numbers]}

    def assign(number: str) -> bool:
        values = {"userID": "U1", "username": FILL, "accountID": number, "account": number}
        steps = Steps({"assign-account": "api"}, {}, ids={"userID": "U1"})
        return steps.take(task_id("assign-account", FILL, number), lambda: called("assignAccount", values))

    with ScriptedT4(Together(all_there, Reply(200, {}))) as t4:
        t4.by_path["/admin/v1/users/U1"] = lambda _: Reply(200, {"data": user})
        stack.settings |= {"t4:maxInFlight": str(len(numbers)), "t4:endpoint": t4.endpoint}
        with stack.session(), ThreadPoolExecutor(len(numbers)) as threads:
            assert all(threads.map(assign, numbers))
    assert [call.method for call in t4.heard].count("POST") == len(numbers)
    assert [call.method for call in t4.heard].count("GET") == 1


def test_market_data_that_is_offered_and_not_subscribed_is_none(stack: Stack) -> None:
    stack.operations = "walkthrough"
    stack.settled(firm())
    with stack.session():
        for name, subscribed in (("trader.a", "Depth"), ("trader.b", "")):
            seen = lookups.market_data(stack.simulator.users()[name]["userID"], name)
            assert seen is not None
            assert seen.value["CME"] == subscribed
            assert not any(kind for exchange, kind in seen.value.items() if exchange != "CME")
    Portal(stack.simulator).subscribe("trader.b", "CME", "TOB")
    assert stack.drift(firm()).administrator[0].task == "end-market-data/trader.b/CME"
