"""The simulator's WebSocket, as the client sees it: two readings of one document, made apart."""

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from providers.t4.api.socket.conversation import open_conversation
from providers.t4.api.socket.errors import LoginRefused, SocketFailed
from providers.t4.api.socket.messages import AccountDetails, LoginFields, subscribe_all_accounts
from providers.t4.api.socket.reading import accounts, log_in
from t4simulator.api.requests import NewAccount
from t4simulator.firm.accounts import Accounts
from t4simulator.firm.store import Store
from t4simulator.service import process
from t4simulator.socket.faults import FAULTS
from tests.clock import PATIENCE
from tests.engine.project import Simulator
from tests.providers.portal import Portal
from tests.socket.portal import PASSWORD, SocketPortal


@pytest.fixture
def portal(simulator: Simulator) -> SocketPortal:
    """A firm with a fill user, a trader and three accounts; the fill user has 11111 and 22222."""
    simulator.onboard("trader.a", "11111", templateUser="WhenTechTrader")
    simulator.onboard("fill.user", "FILL1", templateUser="FillService")
    Portal(simulator).make_account("trader.a", "22222", "Second")
    portal = SocketPortal(simulator)
    for number in ("11111", "22222"):
        Portal(simulator).assign("fill.user", number)
    return portal


def numbers(portal: SocketPortal, **settings: float) -> tuple[set[str], str]:
    _, accounts = portal.read(portal.as_reader(), **settings)
    return {details.number for details in accounts.details.values()}, accounts.incomplete


def test_a_reader_sees_the_firm(portal: SocketPortal, simulator: Simulator) -> None:
    shown, accounts = portal.read(portal.as_reader())
    state = simulator.state()
    assert shown.roles == ("Administrator",)
    assert shown.firm_id == state["firmID"]
    assert shown.server == "SIMULATOR"
    assert accounts.incomplete == ""
    seen = {details.number: details for details in accounts.details.values()}
    assert seen.keys() == {"11111", "22222", "FILL1"}
    assert seen["22222"].account_id == state["accounts"]["22222"]["accountID"]
    assert seen["22222"].display_name == "Second"
    assert seen["22222"].enabled == "Disabled"
    assert seen["22222"].pre_trade_disabled
    assert portal.logins() == [("t4firm.reader", 0)]
    assert portal.sessions() == [], "it has logged off"


def test_a_reader_with_an_api_key(portal: SocketPortal, simulator: Simulator) -> None:
    login = replace(portal.as_reader(), fields=LoginFields(api_key=simulator.api_key))
    assert portal.log_in(login).username == "t4firm.reader"
    with pytest.raises(LoginRefused, match="UNAUTHORIZED"):
        portal.log_in(replace(login, fields=LoginFields(api_key="no-key")))


def test_the_fill_user_sees_its_own_roles_and_accounts(portal: SocketPortal) -> None:
    portal.ready("fill.user")
    shown = portal.log_in(portal.as_user("fill.user"))
    assert shown.roles == ()
    assert {account.number for account in shown.accounts} == {"11111", "22222", "FILL1"}


def test_a_reader_without_all_accounts_sees_less_and_looks_complete(portal: SocketPortal) -> None:
    portal.reader(allAccounts=False)
    assert numbers(portal) == (set(), "")
    portal.reader(allAccounts=True, roles=["Charting"])
    assert numbers(portal) == (set(), "")


def test_every_result_of_a_login(portal: SocketPortal, simulator: Simulator) -> None:
    def result(**fields: str) -> int:
        with pytest.raises(LoginRefused) as caught:
            portal.log_in(portal.as_user("fill.user", **fields))
        return caught.value.result

    assert result(appLicense="wrong") == 2
    assert result(appName="Unknown") == 2
    assert result(appName="WhenTechFills") == 2, "its licence is WhenTech's"
    assert result(firm="Other") == 3
    assert result() == 4, "the firm's application is not assigned to it"
    Portal(simulator).give_application("fill.user", "T4Firm")
    assert result() == 20, "the EULA is not signed"
    portal.ready("fill.user")
    portal.user("fill.user", twoFactor=True)
    assert result() == 24
    portal.user("fill.user", twoFactor=False, passwordExpired=True)
    assert result() == 14
    portal.user("fill.user", passwordExpired=False)
    assert [result(password="Wr0ng!") for _ in range(5)] == [1] * 5
    assert result() == 18, "five failures lock the user"
    portal.user("fill.user", locked=False)
    assert portal.log_in(portal.as_user("fill.user")).user_id


def test_the_newest_login_of_a_user_with_an_application_wins(portal: SocketPortal) -> None:
    login, settings = portal.as_reader(), portal.settings(login_timeout=30.0, deadline=30.0)
    with open_conversation(settings, login) as first:
        shown = log_in(first)
        assert shown.user_id
        with open_conversation(settings, login) as second:
            log_in(second)
            with pytest.raises(LoginRefused, match="another run reads with this login"):
                accounts(first, shown)
            assert len(portal.sessions()) == 1


def test_another_application_or_user_disturbs_nobody(portal: SocketPortal) -> None:
    portal.ready("fill.user")
    with ExitStack() as stack:
        for login in (portal.as_reader(), portal.as_user("fill.user")):
            conversation = stack.enter_context(open_conversation(portal.settings(), login))
            log_in(conversation)
        assert len(portal.sessions()) == 2


@pytest.mark.parametrize("fault", ["emptyLogin", "noSession", "otherUser", "blankRoles"])
def test_a_login_that_proves_nothing(portal: SocketPortal, fault: str) -> None:
    portal.fault(fault)
    with pytest.raises(SocketFailed, match="could not be read"):
        portal.log_in(portal.as_reader())
    assert portal.log_in(portal.as_reader()).roles == ("Administrator",)


def test_blanks_and_capitals_in_roles(portal: SocketPortal) -> None:
    portal.fault("blankRole")
    portal.fault("roleCase", times=2)
    assert portal.log_in(portal.as_reader()).roles == ("ADMINISTRATOR",)
    assert portal.log_in(portal.as_reader()).roles == ("ADMINISTRATOR",)
    assert portal.log_in(portal.as_reader()).roles == ("Administrator",)


@pytest.mark.parametrize(
    ("fault", "seen", "incomplete"),
    [
        ("detailsFirst", "all", ""),
        ("detailsAlone", "all", ""),
        ("beyondList", "all", ""),
        ("childFirm", "all", ""),
        ("deleted", "all", ""),
        ("missing", "lacks", "1 account of the login showed nothing"),
        ("errors", "lacks", ""),
        ("largeSnapshot", "all", ""),
        ("fragmented", "all", ""),
        ("unknownMessage", "all", ""),
        ("unknownState", "all", ""),
        ("text", "one", "sent text"),
        ("garbage", "one", "what cannot be read"),
        ("cut", "one", "the connection broke"),
        ("close1008", "one", "closed the connection with 1008"),
        ("close1011", "one", "closed the connection with 1011"),
        ("silence", "none", "did not answer the subscription"),
    ],
)
def test_what_goes_wrong_is_told(portal: SocketPortal, fault: str, seen: str, incomplete: str) -> None:
    portal.fault(fault)
    late = fault in ("missing", "silence")
    got, told = numbers(portal, deadline=0.5 if late else 60.0)
    everything = {"11111", "22222", "FILL1"}
    expected = {"all": everything, "lacks": everything - {"FILL1"}, "one": {"11111"}, "none": set()}
    assert got == expected[seen]
    assert told.find(incomplete) >= 0
    assert bool(told) == bool(incomplete)


def test_a_session_that_ends_at_once(portal: SocketPortal) -> None:
    portal.fault("elsewhere")
    with pytest.raises(LoginRefused, match="another run reads with this login"):
        portal.read(portal.as_reader())


def test_a_login_without_an_answer(portal: SocketPortal) -> None:
    portal.fault("silentLogin")
    with pytest.raises(SocketFailed, match="did not answer the login"):
        portal.read(portal.as_reader(), login_timeout=0.3)


def test_every_fault_is_tried() -> None:
    text = Path(__file__).read_text()
    assert [fault for fault in FAULTS if f'"{fault}"' not in text] == []


def test_a_change_is_told_while_somebody_listens(portal: SocketPortal, simulator: Simulator) -> None:
    with open_conversation(portal.settings(), portal.as_reader()) as conversation:
        shown = log_in(conversation)
        conversation.send(subscribe_all_accounts())
        until = conversation.timing.monotonic() + PATIENCE
        heard: list[AccountDetails] = []

        def listen(count: int) -> None:
            while len(heard) < count:
                got = conversation.receive(until)
                assert got is not None
                heard.extend(event for event in got if isinstance(event, AccountDetails))

        listen(3)
        assert shown.user_id
        Portal(simulator).change_account("11111", enabled="Enabled")
        listen(4)
        Portal(simulator).make_account("trader.a", "33333")
        listen(5)
    assert (heard[3].number, heard[3].enabled) == ("11111", "Enabled")
    assert heard[4].number == "33333"


def test_only_this_machine_is_served(simulator: Simulator) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for more in ({"Origin": "https://example.com"}, {"Host": "example.com"}):
        answer = httpx.get(f"{simulator.endpoint}/v1", headers=upgrade | more, timeout=PATIENCE)
        assert answer.status_code == 403
    assert httpx.get(f"{simulator.endpoint}/v3", headers=upgrade, timeout=PATIENCE).status_code == 403


def test_nothing_of_a_login_is_in_the_record(portal: SocketPortal, simulator: Simulator) -> None:
    portal.log_in(portal.as_reader())
    text = str(simulator.requests())
    secrets = [simulator.reader["password"], simulator.reader["appLicense"], PASSWORD]
    assert not [secret for secret in secrets if secret in text]


def test_both_paths_are_served(portal: SocketPortal, simulator: Simulator) -> None:
    settings = replace(portal.settings(), url=simulator.socket.removesuffix("1") + "2")
    with open_conversation(settings, portal.as_reader()) as conversation:
        assert log_in(conversation).roles == ("Administrator",)


def test_two_thousand_accounts_are_read_with_one_login(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.transaction():
        for number in range(2_000):
            name = f"A{number:05}"
            asked = NewAccount(account=name, accountName=name, templateAccount="DefaultTemplate")
            Accounts(store).insert(asked)
    store.close()
    run = process.start(tmp_path)
    try:
        portal = SocketPortal(Simulator(run.endpoint, run.api_key, run.login, run.socket, run.reader))
        before = time.process_time()
        shown, seen = portal.read(portal.as_reader(), login_timeout=60.0)
        spent = time.process_time() - before
        assert portal.logins() == [("t4firm.reader", 0)]
    finally:
        process.stop(tmp_path)
    assert len(shown.accounts) == len(seen.details) == 2_000
    assert seen.incomplete == ""
    assert spent < 10
