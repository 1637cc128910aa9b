"""A firm that is in T4 already, some of it set up by hand in the portal: drafted by `t4firm import t4`, and
recorded by a run that changes nothing in T4."""

import json
from typing import Any

import pytest
import yaml

from t4simulator.service import process
from tests.cli.conftest import Folder
from tests.engine.project import Simulator
from tests.providers.stack import Stack

FILL = "WhenTechFillUser"
TRADERS = 200
BY_HAND = 5
"""Each fifth trader was set up in the portal, without the onboarding call."""

PREPARED = """\
firm: Example Trading LLC
whentech: {requestedOn: 2026-11-02, enabledOn: 2026-11-04}
templates:
  users:
    WhenTechTrader: {applications: [WhenTech]}
    FillService: {applications: [WhenTechFills], roles: []}
  accounts: [DefaultTemplate]
defaults:
  user: {templateUser: WhenTechTrader, apptype: Professional, country: US}
  account: {templateAccount: DefaultTemplate}
users: {}
"""

OHIO = {
    "phone": "555-010-0100",
    "street": "1 Main Street",
    "city": "Columbus",
    "county": "Franklin",
    "state": "OH",
    "postCode": "43004",
    "country": "US",
    "apptype": "Professional",
}
KÖLN = {"city": "Köln", "county": "", "state": "", "postCode": "50667", "country": "DE"}


def populate(run: process.Run, t4: Simulator) -> None:
    """Traders with one account or two, enabled or not, in the United States or not; all captured."""

    def act(name: str, **values: str) -> None:
        process.act(run, name, values)

    t4.onboard(FILL, "FILL0001", templateUser="FillService")
    act("sign-agreements", username=FILL)
    for number in range(1, TRADERS + 1):
        username, account = f"trader.{number:03}", f"{1000 + number}1"
        person = {**OHIO, **(KÖLN if number % 7 == 0 else {}), "email": f"{username}@example.com"}
        person |= {"firstname": f"First{number}", "lastname": "O'Häkkinen", "templateUser": "WhenTechTrader"}
        if number % BY_HAND:
            t4.onboard(username, account, **person)
        else:
            act("create-user", username=username, password="Zq7-Wx9!Vk2", **person)
            names = {"accountName": f"Account {number}", "displayName": "By hand"}
            act("create-account", account=account, templateAccount="DefaultTemplate", **names)
            act("assign-account", username=username, account=account)
            act("set-market-data", username=username, exchange="CME", marketDataType="TOB")
        accounts = [account]
        if number % 3 == 0:
            accounts.append(f"{1000 + number}2")
            act("create-account", account=accounts[1], accountName="Two", templateAccount="DefaultTemplate")
            act("assign-account", username=username, account=accounts[1])
        if number % 2:
            act("change-account", account=account, enabled="Enabled", preTradeDisabled="off")
        for each in accounts:
            act("assign-account", username=FILL, account=each)
    t4.forget_requests()


def test_a_firm_of_200_is_adopted_without_a_changing_call(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = process.start(folder.path / ".t4" / "simulator")
    t4 = Simulator(run.endpoint, run.api_key, run.login, run.socket, run.reader)
    populate(run, t4)
    folder.firm_file.write_text(PREPARED)
    drafted = folder.t4firm("import", "t4", "--yes")
    assert drafted.code == 0, drafted.out + drafted.err
    checked = folder.t4firm("validate")
    assert checked.code == 0, checked.out + checked.err
    assert f"{TRADERS + 1} users, 267 accounts, 266 further assignments" in checked.out

    stack = Stack(folder.path / "stacks", t4, monkeypatch, "demo")
    own = t4.reader
    stack.settings |= {
        "t4:socket": t4.socket,
        "t4:socketQuiet": "1",
        "t4:reader": json.dumps(own),
        "t4:fillReader": json.dumps({name: own[name] for name in ("firm", "appName", "appLicense")}),
    }
    firm: dict[str, Any] = yaml.safe_load(folder.firm_file.read_text())
    adopted = stack.settled(firm)
    assert [call["path"] for call in t4.changes() if call["method"] != "SOCKET"] == []
    assert adopted.tasks == {}, "what T4 shows needs nobody to look"
    assert [words for words in adopted.said if words.startswith("This run adopts")] == [
        "This run adopts 201 users (`adopt: true`) and creates nothing: T4's list must show each of them, or "
        f"nothing is recorded: {FILL}, trader.001, trader.002 and 198 more",
        "This run adopts 267 accounts (`adopt: true`) and creates nothing: T4's list must show each of them, "
        "or nothing is recorded: 10011, 10021, 10031 and 264 more",
    ]
    assert adopted.outputs["summary"]["fillAccounts"]["assigned"] == 266
