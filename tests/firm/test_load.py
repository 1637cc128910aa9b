"""What loading makes of a firm file: defaults merged in, an entry for every account, and what follows from
it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from pydantic import ValidationError

from t4firm.loading.firm_file import load_firm
from t4firm.model.firm import Limits, WhenTech
from t4firm.model.users import TRADING, WHENTECH, WHENTECH_FILLS, Eula
from tests.firm.firms import FIRM, changed, loaded, said, written
from tests.growth import growth

DEMO = Path(__file__).parents[2] / "stacks" / "demo.firm.yaml"
SEVEN_DOCUMENTS = [
    "LegalEULA",
    "LegalPP",
    "LegalMDSA",
    "LegalUSA",
    "LegalNPSCF",
    "CMEInformationLicenseAgreement",
    "ICESubscriberAgreement",
]


def test_the_demo_is_the_example_of_the_seeds() -> None:
    firm = load_firm(DEMO)
    assert {name: (user.state, user.accounts) for name, user in firm.users.items()} == {
        "trader.a": ("OH", ("11111", "22222")),
        "trader.b": ("ID", ("33333", "44444")),
    }
    assert {name: user.applications for name, user in firm.users.items()} == dict.fromkeys(
        firm.users, (WHENTECH,)
    )
    assert firm.to_capture == ("11111", "22222", "33333", "44444")
    assert firm.fillService is not None
    assert firm.fillService.user.username == "WhenTechFillUser"
    template = firm.templates.users[firm.fillService.user.templateUser or ""]
    assert (template.applications, template.roles) == ((WHENTECH_FILLS,), ())
    assert TRADING in firm.templates.users["WhenTechTrader"].roles
    assert firm.whentech.requestedOn == date(2026, 11, 2)
    eula = firm.users["trader.a"].eula
    assert eula is not None
    assert list(eula.signatures) == SEVEN_DOCUMENTS
    assert all(user.email.endswith("@example.com") for user in firm.users.values())


def test_defaults_stand_in_and_entries_win(tmp_path: Path) -> None:
    text = changed(("    lastname: Ohio", "    lastname: Ohio\n    phone: 555-1\n    templateUser: null"))
    firm = loaded(tmp_path, text)
    assert [firm.users[name].phone for name in ("trader.a", "trader.b")] == ["555-1", "555-123-4567"]
    assert [firm.users[name].templateUser for name in ("trader.a", "trader.b")] == [None, "WhenTechTrader"]
    assert firm.users["trader.a"].username == "trader.a"


def test_the_fill_user_takes_no_template_market_data_or_applications_from_the_defaults(
    tmp_path: Path,
) -> None:
    more = (
        "    country: US\n    marketData: {CME: Depth}\n    applications: [WhenTech]\n    passwordVersion: 2"
    )
    firm = loaded(tmp_path, changed(("    country: US", more)))
    assert firm.fillService is not None
    user = firm.fillService.user
    assert (user.templateUser, user.marketData, user.eula) == ("FillService", {}, None)
    assert (user.street, user.country, user.passwordVersion) == ("1 Main Street", "US", 2)
    assert firm.users["trader.a"].marketData == {"CME": "Depth"}
    assert said(written(tmp_path, changed(("    templateUser: FillService\n", "")))) == [
        "33: fillService.user.templateUser: is missing: T4 would use the firm's default user template, "
        "which may give "
        "Trading; name a template that gives WhenTechFills and never Trading"
    ]


def test_the_fill_user_may_have_its_own_market_data_and_eula(tmp_path: Path) -> None:
    eula = "    eula: {eulaVersion: '2', signatures: {A: 2025-05-01T10:30:15}}"
    own = f"    account: FILL0001\n    marketData: {{CME: Depth}}\n{eula}"
    firm = loaded(tmp_path, changed(("    account: FILL0001", own)))
    assert firm.fillService is not None
    assert firm.fillService.user.marketData == {"CME": "Depth"}


def test_every_account_has_an_entry(tmp_path: Path) -> None:
    entry = (
        "accounts:\n"
        "  '22222': {displayName: Second, enabled: true, accountName: Ohio 2, templateAccount: Margin}\n"
    )
    firm = loaded(
        tmp_path,
        changed(("fillService:", entry + "fillService:"), ("[DefaultTemplate]", "[DefaultTemplate, Margin]")),
    )
    assert {number: account.owner for number, account in firm.accounts.items()} == {
        "11111": "trader.a",
        "22222": "trader.a",
        "33333": "trader.b",
        "44444": "trader.b",
        "FILL0001": "WhenTechFillUser",
    }
    plain, own = firm.accounts["11111"], firm.accounts["22222"]
    assert (plain.account, plain.accountName, plain.displayName, plain.templateAccount, plain.enabled) == (
        "11111",
        "11111",
        None,
        "DefaultTemplate",
        None,
    )
    assert (own.accountName, own.displayName, own.templateAccount, own.enabled) == (
        "Ohio 2",
        "Second",
        "Margin",
        True,
    )


def test_the_fill_account_is_not_enabled_by_a_default(tmp_path: Path) -> None:
    firm = loaded(tmp_path, changed(("  account:\n", "  account:\n    enabled: true\n")))
    assert [firm.accounts[number].enabled for number in ("11111", "FILL0001")] == [True, None]


def test_an_empty_account_entry_is_one_without_differences(tmp_path: Path) -> None:
    assert (
        loaded(tmp_path, changed(("fillService:", 'accounts:\n  "22222":\nfillService:')))
        .accounts["22222"]
        .enabled
        is None
    )


def test_what_is_captured(tmp_path: Path) -> None:
    assert loaded(tmp_path, FIRM).to_capture == ("11111", "22222", "33333", "44444")
    text = FIRM + '  exclude: {"22222": "paper trading, agreed 2026-11-03"}\n'
    assert loaded(tmp_path, text).to_capture == ("11111", "33333", "44444")
    assert loaded(tmp_path, text).excluded == ("22222",)
    departed = changed(("    lastname: Ohio", "    lastname: Ohio\n    departed: true"))
    assert loaded(tmp_path, departed).to_capture == ("33333", "44444")
    assert [user.username for user in loaded(tmp_path, departed).whentech_users] == ["trader.a", "trader.b"]
    without = changed(("    applications: [WhenTech]\n", "    templateUser: null\n"))
    assert loaded(tmp_path, without).to_capture == ("33333", "44444")
    chosen = FIRM + '  accounts: ["44444", "33333", "22222"]\n  exclude: {"11111": paper}\n'
    assert loaded(tmp_path, chosen).to_capture == ("22222", "33333", "44444")


def test_users_are_sorted_by_name_and_not_as_written(tmp_path: Path) -> None:
    text = changed(("  trader.a:", "  zoe.ohio:"))
    assert [user.username for user in loaded(tmp_path, text).whentech_users] == ["trader.b", "zoe.ohio"]


def test_a_shared_account_is_captured_while_one_of_its_users_stays(tmp_path: Path) -> None:
    text = changed(
        ('["33333", "44444"]', '["33333", "44444", "22222"]'),
        ("    lastname: Ohio", "    lastname: Ohio\n    departed: true"),
        ("fillService:", 'accounts:\n  "22222": {owner: trader.a}\nfillService:'),
    )
    assert loaded(tmp_path, text).to_capture == ("22222", "33333", "44444")


@pytest.mark.parametrize(
    ("limit", "size", "allowed"),
    [
        (25, 0, 25),
        (25, 1_000, 25),
        (0, 1_000, 0),
        ("10%", 9, 25),
        ("10%", 10, 1),
        ("10%", 11, 2),
        ("10%", 1_000, 100),
        ("0%", 10, 0),
        ("1%", 10, 1),
        ("100%", 37, 37),
        ("7%", 100, 7),
    ],
)
def test_limits(limit: int | str, size: int, allowed: int) -> None:
    assert Limits(newUsers=limit).allowed("newUsers", size) == allowed


@pytest.mark.parametrize(("what", "default"), [("newUsers", 25), ("departures", 3), ("marketData", 50)])
def test_a_small_firm_has_the_default_instead_of_a_percentage(
    what: Literal["newUsers", "departures", "marketData"], default: int
) -> None:
    assert Limits(newUsers="5%", departures="5%", marketData="5%").allowed(what, 9) == default
    assert Limits().allowed(what, 9) == default


def test_a_firm_cannot_be_changed(tmp_path: Path) -> None:
    firm = loaded(tmp_path, FIRM)
    with pytest.raises(ValidationError):
        firm.users["trader.a"].departed = True  # type: ignore[misc]


@pytest.mark.parametrize(
    "when",
    [
        "2025-05-01T10:30:15",
        "2025-05-01T10:30:15Z",
        "2025-05-01T10:30:15.5-05:00",
        "2025-05-15T21:58:44.5038392Z",
    ],
)
def test_signatures_are_kept_as_written(tmp_path: Path, when: str) -> None:
    eula = f"    eula: {{eulaVersion: '2', signatures: {{LegalEULA: {when}}}}}"
    text = changed(("    lastname: Ohio", "    lastname: Ohio\n" + eula.replace(when, f'"{when}"')))
    found = loaded(tmp_path, text).users["trader.a"].eula
    assert found is not None
    assert found.signatures == {"LegalEULA": when}


def test_a_signature_of_a_moment_ago_is_fine_wherever_it_was_given(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    in_auckland = (now + timedelta(hours=13)).strftime("%Y-%m-%dT%H:%M:%S")
    for when in (now.strftime("%Y-%m-%dT%H:%M:%SZ"), in_auckland):
        eula = f"    eula: {{eulaVersion: '2', signatures: {{LegalEULA: \"{when}\"}}}}"
        loaded(tmp_path, changed(("    lastname: Ohio", "    lastname: Ohio\n" + eula)))
    tomorrow = f"{in_auckland}Z"
    eula = f"    eula: {{eulaVersion: '2', signatures: {{LegalEULA: \"{tomorrow}\"}}}}"
    (words,) = said(written(tmp_path, changed(("    lastname: Ohio", "    lastname: Ohio\n" + eula))))
    assert "is in the future" in words


def test_models_check_what_code_gives_them_too() -> None:
    assert WhenTech(requestedOn=date(2026, 11, 2)).requestedOn == date(2026, 11, 2)
    for requested in (date(1999, 1, 1), datetime(2026, 11, 2, tzinfo=UTC)):
        with pytest.raises(ValidationError):
            WhenTech(requestedOn=requested)
    with pytest.raises(ValidationError, match="has an invisible character"):
        Eula(eulaVersion="\x1b[31m2", signatures={"LegalEULA": "2025-05-01T10:30:15"})


def test_countries_and_states_that_yaml_takes_for_booleans(tmp_path: Path) -> None:
    firm = loaded(tmp_path, changed(("country: US", "country: NO"), ("state: OH", "state: ON")))
    assert (firm.users["trader.a"].country, firm.users["trader.a"].state) == ("NO", "ON")


def crowd(folder: Path, size: int) -> Path:
    people = "".join(
        f"  person.{number:04}:\n"
        "    firstname: Bob\n    lastname: Idaho\n    phone: 555-765-4321\n    email: bob@example.com\n"
        "    street: 2 River Road\n    city: Boise\n    county: Ada\n    state: ID\n    postCode: '83702'\n"
        f"    accounts: ['A{number:04}', 'B{number:04}']\n    applications: [WhenTech]\n"
        "    marketData:\n      CME: Depth\n"
        "    eula:\n      eulaVersion: '2'\n      signatures:\n        LegalEULA: 2025-05-01T10:30:15\n"
        for number in range(size)
    )
    return written(folder, changed(("fillService:", people + "fillService:")))


@pytest.mark.slow
def test_the_time_to_load_grows_with_the_firm(tmp_path: Path) -> None:
    paths = {}
    for size in (125, 1_000):
        (tmp_path / str(size)).mkdir()
        paths[size] = crowd(tmp_path / str(size), size)
    assert len(load_firm(paths[1_000]).to_capture) == 2_004
    assert growth(lambda size: load_firm(paths[size])) < 24


@pytest.mark.slow
def test_the_time_to_tell_mistakes_grows_with_their_number(tmp_path: Path) -> None:
    paths = {}
    for size in (125, 1_000):
        (tmp_path / str(size)).mkdir()
        text = crowd(tmp_path / str(size), size).read_text()
        paths[size] = written(tmp_path / str(size), text.replace("'83702'", "83702").replace("'A0", "'A-"))
    assert len(said(paths[1_000])) == 2_000
    assert growth(lambda size: said(paths[size])) < 24


def test_a_file_that_is_wrong_throughout_is_told_in_part(tmp_path: Path) -> None:
    people = "".join(f"  person.{number:05}: {{}}\n" for number in range(5_000))
    words = said(written(tmp_path, changed(("fillService:", people + "fillService:"))))
    assert len(words) == 5_001
    assert words[0] == "there are many mistakes; these are the first 5000; correct them, then check again"


def test_importing_brings_in_neither_the_engine_nor_the_network() -> None:
    code = (
        "import sys, t4firm.loading.firm_file; "
        "print(sorted({'pulumi', 'httpx', 'asyncio', 'grpc'} & sys.modules.keys()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=DEMO.parents[1]
    )
    assert run.stdout.strip() == "[]"
