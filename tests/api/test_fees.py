"""What subscriptions cost: the fee's name is known to nobody outside (t4-details.md section 1.5)."""

import copy
from typing import Any

import pytest

from providers.t4.api import OnboardingRequest
from providers.t4.api.fees import fees
from tests.api.calls import ANSWER, REQUEST, client
from tests.api.scripted import Reply, ScriptedT4


def row(kind: object = "Depth", **option: Any) -> dict[str, Any]:
    free = {"type": "Delayed", "description": "Delayed", "currency": "USD"}
    paid = {"type": "Depth", "description": "Depth", "currency": "USD", **option}
    return {"clearingExchange": "CME", "marketDataType": kind, "options": [paid, free]}


@pytest.mark.parametrize(
    ("option", "fee"),
    [
        ({"fee": 12.5}, "12.5 USD"),
        ({"monthlyFee": "85.00"}, "85 USD"),
        ({"price": 100}, "100 USD"),
        ({"rank": 3, "userFee": 0}, "0 USD"),
        ({"fee": 7, "currency": "EUR"}, "7 EUR"),
        ({"fee": 7, "currency": None}, "7"),
        ({"fee": 0.1}, "0.1 USD"),
    ],
)
def test_the_fee_of_what_is_subscribed_is_the_number_in_its_option(option: dict[str, Any], fee: str) -> None:
    assert fees([row(**option)]) == {"CME": fee}


@pytest.mark.parametrize(
    "rows",
    [
        [row()],
        [row("Delayed", fee=12.5)],
        [row(fee=True)],
        [row(fee="free")],
        [row(fee=float("nan"))],
        [row(fee=1e300)],
        [row(None, fee=12.5)],
        [{**row(fee=12.5), "options": "Depth"}],
        [{**row(fee=12.5), "options": [None, 3]}],
        [{**row(fee=12.5), "clearingExchange": None}],
        ["CME"],
        None,
        {},
    ],
)
def test_where_t4_says_no_fee_none_is_made_up(rows: object) -> None:
    assert fees(rows) == {}


def test_the_seeds_answer_names_none_and_one_that_does_is_heard() -> None:
    told: dict[str, Any] = copy.deepcopy(ANSWER)
    exchange = told["result"]["value"]["data"]["marketData"]["exchangeMarketData"][0]
    exchange["options"][0]["fee"] = 12.5
    with ScriptedT4(Reply(body=ANSWER), Reply(body=told)) as t4, client(t4.endpoint) as calls:
        request = OnboardingRequest.model_validate(REQUEST)
        assert calls.onboard(request).data.fees == {}
        assert calls.onboard(request).data.fees == {"DUMMY": "12.5 USD"}
