"""The firm on one page, made of what runs recorded: each fact with who says so."""

from typing import Any

import pytest

from providers.t4.configuration.stack_files import load_stack
from providers.t4.records.stored import stored
from t4firm.reports.facts import FILE, SENT, STATE, T4
from t4firm.reports.one_page import OnePage, UserRow
from t4firm_cli.report.gathering import page_of
from tests.goals.firms import firm_of
from tests.providers.stack import ROOT, Stack, today

FILL = "WhenTechFillUser"
EULA = {"eulaVersion": "2", "signatures": {"LegalEULA": "2025-05-01T10:30:15"}}


def page(stack: Stack, firm: dict[str, Any]) -> OnePage:
    """The page as `t4firm report` makes it after the last run."""
    loaded = load_stack(stack._write(firm), stack.operations, ROOT)
    recorded = {
        (f"pulumi-python:dynamic/t4:{kind}", name): stored(each.outputs)
        for key, each in stack.state.items()
        for kind, name in [key.split(" ", 1)]
    }
    return page_of("test", loaded, recorded, "simulator")


def row(page: OnePage, username: str) -> UserRow:
    return next(user for user in page.users if user.username == username)


def two(**more: Any) -> dict[str, Any]:
    return firm_of(trader_a={"accounts": ["11111", "22222"], "eula": EULA, **more}) | {
        "accounts": {number: {"enabled": True} for number in ("11111", "22222")}
    }


def test_before_any_run_only_the_firm_file_speaks(stack: Stack) -> None:
    seen = row(page(stack, two()), "trader.a")
    assert (seen.stands.text, seen.stands.by, seen.trades.text) == ("not in T4 yet", FILE, "no")
    assert {each.state.text for each in seen.accounts} == {"not in T4 yet"}
    assert {each.fills.text for each in seen.accounts} == {"open"}


def test_after_a_run_t4_says_what_it_answered(stack: Stack) -> None:
    stack.settled(two(marketData={"CME": "Depth"}))
    shown = page(stack, two(marketData={"CME": "Depth"}))
    seen = row(shown, "trader.a")
    for each in (seen.stands, seen.trades, seen.applications, *(row.state for row in seen.accounts)):
        assert (each.tone, each.by, each.since) == ("good", T4, today()), each
        assert "(request " in each.evidence
    assert (seen.apptype.by, seen.template.by, seen.agreements.by) == (SENT, SENT, SENT)
    assert [(each.kind.text, each.kind.tone) for each in seen.market_data] == [("CME Depth", "plain")]
    fills = [each.fills for each in seen.accounts]
    assert {(each.text, each.by) for each in fills} == {("assigned", T4)}
    assert fills[0].tasks == shown.missing
    assert shown.questions[1].answer == "Yes"


def test_the_fill_user_reads_only_and_is_never_traded(stack: Stack) -> None:
    stack.settled(two())
    shown = page(stack, two())
    fill = shown.users[0]
    assert (fill.username, fill.is_fill_user, fill.trades.text, fill.trades.by) == (FILL, True, "yes", T4)
    assert [(each.account, each.fills.text) for each in fill.accounts] == [("FILL0001", "never traded")]


def test_a_fill_user_with_a_role_is_an_alarm(stack: Stack) -> None:
    stack.simulator.template("FillService", ["WhenTechFills"], ["Trading"])
    stack.up(two())
    shown = page(stack, two())
    assert (shown.users[0].trades.text, shown.users[0].trades.tone) == ("no: Trading", "bad")
    assert shown.users[0].trades.tasks == (f"remove-role/{FILL}/Trading",)
    assert shown.alarms[0].startswith("VIOLATION: ")


def test_everything_is_captured_once_the_fill_service_can_run(stack: Stack) -> None:
    stack.up(two())
    missing = page(stack, two()).missing
    stack.attest(*missing)
    stack.settled(two())
    shown = page(stack, two())
    assert shown.questions[0].answer == "Yes"
    assert {each.fills.text for each in row(shown, "trader.a").accounts} == {"captured"}


def test_nobody_can_see_agreements_that_t4_asks_for_at_the_first_login(stack: Stack) -> None:
    firm = firm_of(trader_a={"accounts": ["11111"]}) | {"accounts": {"11111": {"enabled": True}}}
    stack.settled(firm)
    shown = page(stack, firm)
    assert row(shown, "trader.a").trades.text == "not shown"
    assert shown.questions[3].items == (
        "whether the agreements are signed (trader.a): the firm file has no `eula` for them. T4 asks them to "
        "sign at their first login, and has not shown whether they did. To see it: when they have signed, "
        "write `eula` under the user in the firm file.",
    )


@pytest.mark.parametrize(
    ("record", "unseen"),
    [
        ({"trialExpires": "2026-01-01T00:00:00"}, "whether trials that are over lock users out"),
        ({"roles": ["Charting"]}, "whether users without the role Trading can trade"),
    ],
)
def test_what_no_document_settles_is_not_shown(stack: Stack, record: dict[str, Any], unseen: str) -> None:
    stack.settled(two())
    stack.record("User trader.a").update(record)
    shown = page(stack, two())
    trades = row(shown, "trader.a").trades
    assert (trades.text, [each.what for each in trades.unseen]) == ("not shown", [unseen])
    assert shown.questions[1].items == (f"trader.a: {unseen}",)
    assert any(
        item.startswith(f"{unseen} (trader.a): no document of T4 says it. To see it: ")
        for item in shown.questions[3].items
    )


def test_each_thing_that_nobody_can_see_has_its_reason_and_what_would_show_it(stack: Stack) -> None:
    stack.operations = "onboarding"
    firm = two(adopt=True)
    firm["accounts"] = {"11111": {"adopt": True}, "22222": {"adopt": True}}
    firm["fillService"]["user"]["adopt"] = True
    stack.up(firm)
    shown = page(stack, firm)
    assert {item.partition(" (")[0] for item in shown.questions[3].items} == {
        "what T4 has of users who were adopted",
        "which roles the fill user has",
        "whose accounts that were adopted are",
    }
    for item in shown.questions[3].items:
        assert (
            "no operation in use reads users. To see it: run `t4firm up --refresh` with listUsers or" in item
        )
    (roles,) = [item for item in shown.questions[3].items if item.startswith("which roles")]
    assert "in t4:operations, or with t4:socket and t4:fillReader set; or have somebody" in roles
    assert shown.proofs
    for proof in shown.proofs:
        assert proof.source != "not shown" or (proof.why and proof.remedy), proof
        assert proof.source == "not shown" or proof.evidence, proof


def test_an_account_that_is_to_be_enabled_stops_trading_until_a_person_says_that_it_is(stack: Stack) -> None:
    stack.operations = "onboarding"
    stack.up(two())
    seen = row(page(stack, two()), "trader.a")
    first = seen.accounts[0].state
    assert (first.text, first.tone, first.tasks) == ("to be enabled", "open", ("enable-account/11111",))
    assert (seen.trades.text, seen.trades.tone) == ("no", "open")
    assert "create-account/22222" in seen.trades.tasks
    stack.attest("enable-account/11111", "create-account/22222")
    stack.up(two())
    first = row(page(stack, two()), "trader.a").accounts[0].state
    assert (first.text, first.by, first.since) == ("enabled", "A. Administrator", today())


def test_an_account_of_which_nobody_has_decided_is_told_as_such(stack: Stack) -> None:
    firm = firm_of(trader_a={"accounts": ["11111"], "eula": EULA})
    stack.settled(firm)
    state = row(page(stack, firm), "trader.a").accounts[0].state
    assert (state.text, state.tone) == ("disabled, undecided", "open")


def test_who_was_adopted_is_not_known_until_somebody_has_seen_the_user(stack: Stack) -> None:
    stack.operations = "onboarding"
    firm = two(adopt=True)
    stack.up(firm)
    seen = row(page(stack, firm), "trader.a")
    assert (seen.stands.text, seen.stands.tone) == ("adopted, not verified", "unknown")
    assert seen.apptype.by == FILE


def test_who_departs_is_listed_until_disabled(stack: Stack) -> None:
    stack.settled(two())
    stack.operations = "onboarding"
    stack.up(two(departed=True))
    seen = row(page(stack, two(departed=True)), "trader.a")
    assert (seen.departed, seen.stands.text, seen.trades.text) == (
        True,
        "departed, not disabled yet",
        "departed",
    )


def test_excluded_has_its_reason_and_unmanaged_comes_at_the_end(stack: Stack) -> None:
    firm = two()
    firm["fillService"]["exclude"] = {"22222": "paper trading"}
    stack.settled(firm)
    stack.record("User trader.a")["unmanaged"] = ["77777"]
    shown = page(stack, firm)
    second = row(shown, "trader.a").accounts[1].fills
    assert (second.text, second.by, second.evidence) == ("excluded", FILE, "paper trading")
    assert [(each.account, each.fills.text) for each in shown.others] == [("77777", "unmanaged")]
    assert shown.unmanaged


def test_what_an_older_version_recorded_without_evidence_is_of_the_last_run(stack: Stack) -> None:
    stack.settled(two())
    del stack.record("Account 22222")["evidence"]
    state = row(page(stack, two()), "trader.a").accounts[1].state
    assert (state.by, state.since) == (STATE, today())


def test_with_the_risk_manager_role_the_evidence_is_of_the_role(stack: Stack) -> None:
    firm = two()
    firm["fillService"]["capture"] = "riskManager"
    firm["fillService"]["user"]["templateUser"] = "FillServiceRiskManager"
    stack.simulator.template("FillServiceRiskManager", ["WhenTechFills"], ["RiskManager"])
    stack.up(firm)
    stack.attest(*page(stack, firm).missing)
    stack.settled(firm)
    shown = page(stack, firm)
    fills = {each.fills for each in row(shown, "trader.a").accounts}
    assert {(each.text, each.by, each.since) for each in fills} == {("captured", T4, today())}
    assert shown.users[0].trades.text == "yes", "Risk Manager is what it is to have"
