"""`t4firm import t4`: what T4 shows becomes entries that adopt it; what it does not show, questions."""

from dataclasses import replace
from pathlib import Path

import pytest

from t4firm.edits.draft import NEEDED, Shown, ShownAccount, ShownUser, draft
from t4firm.edits.firm_files import FirmFiles
from t4firm.model.firm import Firm
from t4firm.model.users import WHENTECH, WHENTECH_FILLS
from t4firm_cli.firm_files import t4_import
from tests.firm.firms import FIRM, written

EMPTY = FIRM[: FIRM.index("users:\n  trader.a")] + "users: {}\n"
DETAILS = dict(
    zip(
        NEEDED,
        ("Ann", "Ohio", "1", "a@x", "1 Main", "Bonn", "", "", "053", "DE", "Professional"),
        strict=True,
    )
)


def trader(number: int, **changes: object) -> ShownUser:
    fields = {
        "username": f"trader.{number}",
        "accounts": [f"A{number}"],
        "applications": [WHENTECH],
        "roles": ["Trading"],
        "market_data": {"CME": "Depth"},
        "details": DETAILS,
    }
    return ShownUser(**{**fields, **changes})  # type: ignore[arg-type]


def fill_user(*accounts: str) -> ShownUser:
    return ShownUser("FillUser01", accounts, [WHENTECH_FILLS], [], {}, DETAILS)


def drafted(folder: Path, shown: Shown, text: str = EMPTY) -> tuple[Firm | None, list[str]]:
    files = FirmFiles(written(folder, text))
    questions = draft(files, shown)
    return (None if questions else files.checked()), questions


def test_a_firm_that_t4_shows_is_adopted_whole(tmp_path: Path) -> None:
    users = [*map(trader, range(100, 110)), fill_user("FILL1", *(f"A{number}" for number in range(100, 110)))]
    accounts = [
        ShownAccount(f"A{number}", f"A{number}", "Desk", number % 2 == 0) for number in range(100, 110)
    ]
    firm, questions = drafted(tmp_path, Shown(users, accounts))
    assert questions == []
    assert firm is not None
    assert len(firm.users) == 10
    assert all(user.adopt for user in firm.people)
    assert all(account.adopt for account in firm.accounts.values())
    assert firm.users["trader.100"].county == ""
    assert (firm.accounts["A100"].enabled, firm.accounts["A101"].enabled) == (True, False)
    assert firm.fillService is not None
    assert firm.fillService.user.account == "FILL1"


def test_what_t4_does_not_show_is_asked_and_never_guessed(tmp_path: Path) -> None:
    users = [
        trader(100, details={**DETAILS, "phone": None}),
        trader(101, accounts=[]),
        trader(102, market_data=None),
        trader(103, accounts=["A100", "A103"]),
        fill_user("A100"),
    ]
    _, questions = drafted(
        tmp_path, Shown(users, [ShownAccount("LOST1")]), EMPTY.replace("    phone: 555-123-4567\n", "")
    )
    assert [question.split("?")[0] for question in questions] == [
        "What is trader.100's phone",
        "Does trader.101 belong to the firm",
        "Which market data do trader.102 have",
        'With which user was the account "A100" created: trader.100 or trader.103',
        "Which account was created with the fill user FillUser01",
        "Whose are the accounts LOST1",
    ]


def test_who_is_disabled_in_t4_is_asked_about_and_not_drafted_as_somebody_who_trades(tmp_path: Path) -> None:
    disabled = replace(fill_user("FILL1"), enabled=False)
    users = [trader(100, enabled=True), trader(101, enabled=False), trader(102), disabled]
    files = FirmFiles(written(tmp_path, EMPTY))
    questions = draft(files, Shown(users, [ShownAccount("A101", enabled=True)]))
    assert [question.split("?")[0] for question in questions] == [
        "Should trader.101 be in the firm file",
        "Should FillUser01 be in the firm file",
    ]
    firm = files.checked()
    assert ({*firm.users}, {*firm.accounts}) == ({"trader.100", "trader.102"}, {"A100", "A102"})
    assert firm.fillService is None


@pytest.mark.parametrize("enabled", [True, False, None])
def test_a_user_is_read_with_whether_it_is_enabled(
    enabled: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.t4.session.lookups.market_data", lambda *_: None)
    row = {"userID": "1", "username": "a", "accounts": [], "applications": [], "roles": []}
    assert t4_import._user({**row, "enabled": enabled}).enabled is enabled


def test_who_is_in_the_file_already_and_templates_are_left_alone(tmp_path: Path) -> None:
    users = [trader(100, username="Trader.A"), trader(101, username="whentechtrader")]
    files = FirmFiles(written(tmp_path, FIRM))
    assert draft(files, Shown(users, [])) == []
    assert files.difference() == ""


def test_without_a_list_of_users_the_list_is_asked_for(tmp_path: Path) -> None:
    _, questions = drafted(tmp_path, Shown(None, [ShownAccount("A100")]))
    assert questions[0].startswith("Who are the firm's users? No operation lists them (listUsers).")
    assert questions[1].startswith("Whose are the accounts A100?")
