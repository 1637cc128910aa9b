"""What market data comes to: subscriptions by kind, and what T4 said that they cost."""

from pathlib import Path

from t4firm.reports.market_data import costs, subscriptions
from tests.goals.firms import firm_of, load


def test_subscriptions_are_counted_by_exchange_and_type_for_whoever_has_not_departed(tmp_path: Path) -> None:
    firm = firm_of(
        trader_a={"accounts": ["11111"], "marketData": {"CME": "Depth", "ICE": "TOB"}},
        trader_b={"accounts": ["33333"], "marketData": {"CME": "Depth"}},
        trader_c={"accounts": ["55555"], "marketData": {"CME": "TOB"}, "departed": True},
    )
    firm["fillService"]["user"]["marketData"] = {"CME": "Delayed"}
    assert subscriptions(load(tmp_path, firm)) == {
        "CME Delayed": ["WhenTechFillUser"],
        "CME Depth": ["trader.a", "trader.b"],
        "ICE TOB": ["trader.a"],
    }


def test_fees_are_added_up_where_t4_said_them_each_currency_for_itself() -> None:
    subscribed = {"CME Depth": ["a", "b", "c"], "ICE TOB": ["a"], "CBOT TOB": ["a", "b"]}
    fees = {
        "a": {"CME": "12.5 USD", "CBOT": "3 USD"},
        "b": {"CME": "25 USD", "CBOT": "8.25 EUR"},
        "c": {"ICE": "1 USD"},
    }
    assert costs(subscribed, fees) == {
        "CME Depth": "37.5 USD for 2 of 3",
        "CBOT TOB": "8.25 EUR and 3 USD for 2 of 2",
    }


def test_a_fee_without_a_currency_stays_a_number() -> None:
    assert costs({"CME Depth": ["a"]}, {"a": {"CME": "12"}}) == {"CME Depth": "12 for 1 of 1"}
