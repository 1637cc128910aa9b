"""The doctor reads once, and says what each login sees and what it lacks."""

from providers.t4.reports.drift_scan import InState
from t4firm_cli.doctor import reading
from t4firm_cli.doctor.finding import Finding
from tests.providers.portal import Portal
from tests.providers.stack import Stack, crossed
from tests.socket.portal import OWN, SocketPortal
from tests.socket.test_seen import FILL, READER, firm, the_administrator_does_all


def examined(stack: Stack) -> list[Finding]:
    resources = [
        InState(f"pulumi-python:dynamic/t4:{kind}", name, crossed(each.outputs), "2026-11-01")
        for key, each in stack.state.items()
        for kind, name in [key.split(" ", 1)]
    ]
    with stack.session():
        return list(reading.logins(resources))


def test_two_logins_that_see_what_they_should(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    seen.simulator.forget_requests()
    assert examined(seen) == [
        Finding("reader", "fine", f"{READER} sees 4 accounts of the firm (roles: Administrator)"),
        Finding("fill user", "fine", f"{FILL} sees 4 accounts (roles: none)"),
    ]
    assert sorted(socket.logins()) == [(FILL, 0), (READER, 0)]


def test_what_the_logins_lack(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    socket.reader(roles=["Trading"], allAccounts=False)
    found = examined(seen)
    assert {finding.status for finding in found if finding.about == "fill user"} == {"warning"}
    assert any("USER_NOT_ALLOWED (4)" in finding.says for finding in found)
    reader = [finding.says for finding in found if finding.about == "reader" and finding.status == "warning"]
    assert any("does not see 11111" in says for says in reader)
    assert any("has Trading" in says for says in reader)
    assert any("neither Administrator nor Risk Manager" in says for says in reader)
    assert all(finding.remedy for finding in found if finding.status == "warning")


def test_a_fill_user_that_could_trade(seen: Stack, hands: Portal, socket: SocketPortal) -> None:
    seen.up(firm())
    the_administrator_does_all(hands, socket)
    hands.give_role(FILL, "Trading")
    (warned,) = [finding for finding in examined(seen) if finding.status == "warning"]
    assert warned.says == f"{FILL} has Trading, but must not: this user may only capture fills"
    assert warned.remedy


def test_nothing_is_said_where_reading_is_off(seen: Stack) -> None:
    seen.up(firm())
    del seen.settings["t4:socket"]
    assert examined(seen) == []


def test_an_address_without_a_login_reads_nothing(seen: Stack, socket: SocketPortal) -> None:
    seen.up(firm())
    for key in ("t4:reader", "t4:fillReader"):
        del seen.settings[key]
    seen.simulator.forget_requests()
    (found,) = examined(seen)
    assert "nobody logs in" in found.says
    assert socket.logins() == []
    assert OWN not in found.says
