"""T4 shows users and accounts of other firms too: none is taken for one of the stack's, whatever looks it
up, and what only another firm's list lacks is not absent."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from providers.t4 import session as package
from providers.t4.reports.drift_scan import InState, introduce
from providers.t4.session import lookups
from providers.t4.session import session as sessions
from t4firm.evidence import Gone, NotSeen, Seen
from tests.api.scripted import Reply, ScriptedT4
from tests.engine.project import SEED
from tests.goals.firms import firm_of
from tests.providers.operations import only, without
from tests.providers.stack import FULL, PROVIDERS, Stack, crossed

OURS, THEIRS = "F1", "F9"


def user_row(name: str, firm: str, user_id: str, *accounts: str) -> dict[str, Any]:
    listed = [{"account": number} for number in accounts]
    return {"userID": user_id, "userName": name, "firmID": firm, "roles": [], "accounts": listed}


def account_row(number: str, firm: str, account_id: str) -> dict[str, Any]:
    return {"accountID": account_id, "account": number, "firmID": firm, "enabled": "Enabled"}


LISTS: dict[str, Any] = {
    "listUsers": "users[].{userID: userID, username: userName, firmID: firmID, roles: roles, "
    "accounts: accounts[].account}",
    "listAccounts": "accounts[].{accountID: accountID, account: account, firmID: firmID, enabled: enabled}",
}


@pytest.fixture(scope="module")
def one_t4() -> Iterator[ScriptedT4]:
    with ScriptedT4() as made:
        yield made


@pytest.fixture
def t4(one_t4: ScriptedT4, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedT4]:
    """A T4 that has one user and one account, each at this stack's firm and at another one, the other one
    last: an index by name or number alone would have that."""
    one_t4.heard.clear()
    rows = {
        "/admin/v1/users": {
            "users": [user_row("trader.a", OURS, "U1", "11111"), user_row("trader.b", THEIRS, "U9", "22222")]
        },
        "/admin/v1/accounts": {
            "accounts": [
                account_row("11111", OURS, "A1"),
                account_row("11111", THEIRS, "A9"),
                account_row("22222", THEIRS, "A8"),
            ]
        },
        "/admin/v1/users/U9": user_row("trader.b", THEIRS, "U9", "22222"),
        "/admin/v1/accounts/A8": account_row("22222", THEIRS, "A8"),
    }
    for listed in ("users", "accounts"):
        rows[f"/admin/v1/{listed}"]["totalCount"] = len(rows[f"/admin/v1/{listed}"][listed])
    one_t4.by_path = {path: _answering(body) for path, body in rows.items()}
    one_t4.script = [Reply(404, {})]
    operations = only(stack, "listUsers", "readUser", "listAccounts", "readAccount", **LISTS)
    settings = {
        **{"t4:endpoint": one_t4.endpoint, "t4:apiKey": "a-key", "t4:passwordSeed": SEED},
        **{"t4:journal": str(stack.folder / "journal"), "t4:operations": operations, "t4:repeatFor": "0"},
    }
    made = sessions.Session(settings.get, "test")
    made.firm.introduce(OURS)
    monkeypatch.setattr(sessions, "_session", made)
    yield one_t4
    one_t4.by_path = {}
    made.client.close()  # type: ignore[union-attr]  # no rehearsal


def _answering(body: Any) -> Callable[[Any], Reply]:
    return lambda heard: Reply(200, {"data": body})


def test_no_look_up_finds_a_user_of_another_firm(t4: ScriptedT4) -> None:
    assert isinstance(lookups.user(None, "trader.a"), Seen)
    shown = lookups.user(None, "trader.b")
    assert isinstance(shown, NotSeen)
    assert "T4 shows one of firm F9" in shown.why
    assert lookups.user_named("trader.b") is None
    assert lookups.user_named("trader.a") is not None
    assert isinstance(lookups.user_before(None, "trader.b"), NotSeen)
    listed = lookups.users()
    assert listed
    assert [*listed.rows] == ["trader.a"]
    for user_id in ("U9", None):
        assert isinstance(lookups.user_fact(user_id, "trader.b", "roles"), NotSeen)


def test_no_look_up_finds_an_account_of_another_firm(t4: ScriptedT4) -> None:
    found = lookups.account_numbered("11111")
    assert found
    assert found["accountID"] == "A1"
    assert lookups.account_numbered("22222") is None
    assert lookups.account_before("22222") is None
    assert lookups.account_id_elsewhere("11111") == "A1"
    assert lookups.account_id_elsewhere("22222") == ""
    assert isinstance(lookups.account(None, "22222"), NotSeen)
    assert isinstance(lookups.account("A8", "22222"), NotSeen)
    assert isinstance(lookups.account_fact("A8", "22222", "enabled"), NotSeen)
    listed = lookups.accounts()
    assert listed
    assert [*listed.rows] == ["11111"]


def test_a_list_with_other_firms_beside_this_one_can_be_complete(t4: ScriptedT4) -> None:
    listed = lookups.accounts()
    assert listed
    assert listed.complete
    t4.by_path["/admin/v1/accounts/A1"] = _answering(account_row("11111", OURS, "A1"))
    assert isinstance(lookups.account("A1", "11111"), Seen)
    assert isinstance(lookups.account("A3", "33333"), Gone)


def test_the_list_of_another_firm_lacks_nobody(t4: ScriptedT4) -> None:
    """The key is another firm's: its list is complete, does not have the user, and its reads work."""
    sessions.session().firm._recorded = "F2"
    for listed in (lookups.users(), lookups.accounts()):
        assert listed
        assert not listed.rows
        assert not listed.complete
    assert isinstance(lookups.user("U9", "trader.b"), NotSeen)
    assert isinstance(lookups.user("U3", "trader.c"), NotSeen)
    assert isinstance(lookups.account("A3", "33333"), NotSeen)


def test_an_account_number_that_another_firm_has_too_is_missing_here(t4: ScriptedT4) -> None:
    listed = lookups.accounts()
    assert listed
    assert listed.complete
    assert "22222" not in listed.rows


def test_a_refresh_that_reads_any_resource_first_knows_the_firm(stack: Stack) -> None:
    stack.settled(firm_of(trader_a={"accounts": ["11111", "22222"]}))
    ours = stack.simulator.state()["firmID"]
    stack.settings["t4:journal"] = str(stack.folder / "of another machine")
    for key, recorded in stack.state.items():
        kind, name = key.split(" ", 1)
        if kind == "Firm":
            continue
        with stack.session() as made:
            PROVIDERS[kind].read(recorded.id, crossed(recorded.outputs))
            assert made.firm.known == ours, key
        with stack.session() as made:
            introduce([InState(f"pulumi-python:dynamic/t4:{kind}", name, crossed(recorded.outputs), "")])
            assert made.firm.known == ours, key


def test_a_run_knows_the_firm_before_it_reads_anything(stack: Stack) -> None:
    firm = firm_of(trader_a={"accounts": ["11111", "22222"]})
    stack.settled(firm)
    stack.settings["t4:journal"] = str(stack.folder / "of another machine")
    stack.preview(firm)
    assert stack.state["Firm firm"].inputs.get("ofFirm", "") == "", "the first run did not know it yet"
    stack.up(firm)
    assert stack.state["Firm firm"].inputs["ofFirm"] == stack.simulator.state()["firmID"]


def test_every_look_up_reads_through_the_one_door() -> None:
    """Nobody but `firm_rows` asks T4 for rows, so that no look-up can forget the firm."""
    providers = Path(package.__path__[0]).parent
    asking = {
        file.relative_to(providers).as_posix()
        for file in providers.glob("**/*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "fill_row" or ast.unparse(node.func).endswith("client.listed")
    }
    assert asking == {"session/firm_rows.py"}
    for file in providers.glob("**/*.py"):
        reads = re.findall(r"client\.call\(\s*\"(?:read|list)", file.read_text())
        assert not reads, file


ITS_FIRM = "firmID: userName == 'trader.b' && 'F9' || firmID"


def test_nothing_is_changed_at_a_user_whom_t4_shows_in_another_firm(stack: Stack) -> None:
    firm = firm_of(trader_a={"accounts": ["11111"]}, trader_b={"accounts": ["33333"]})
    stack.settled(firm)
    full = yaml.safe_load(Path(FULL).read_text())
    shown = {
        name: full[name]["answer"].replace("firmID: firmID", ITS_FIRM) for name in ("listUsers", "readUser")
    }
    stack.operations = without(stack, **shown)
    stack.refresh()
    assert stack.tasks(firm) == {"verify-firm/trader.b": "open"}
    stack.simulator.forget_requests()
    changed = firm_of(
        trader_a={"accounts": ["11111"]},
        trader_b={"accounts": ["33333"], "phone": "555-9", "marketData": {"CME": "Depth"}},
    )
    stack.settled(changed)
    assert stack.simulator.changes() == []
    assert stack.tasks(changed) == {
        "verify-firm/trader.b": "open",
        "update-user/trader.b/phone": "open",
        "update-market-data/trader.b/CME": "open",
    }
    assert stack.reviewed(changed) == ()
    stack.operations = FULL
    stack.attest("verify-firm/trader.b")
    stack.settled(changed)
    assert stack.simulator.users()["trader.b"]["phone"] == "555-9"
