"""What subscriptions cost, as T4's market data answers say it.

Each exchange lists its options with type, description and currency; the vendor says that a fee stands beside
them, and shows a fourth key whose name nobody outside has seen (t4-details.md section 1.5). So the fee is the
number in the subscribed option, under whatever name; one whose name speaks of a fee comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from providers.t4.api.redaction import printable

_NO_FEE = frozenset({"type", "description", "currency"})


def fees(rows: object) -> dict[str, str]:
    """clearingExchange -> fee and currency of what is subscribed there: `12.5 USD`. Left out where T4 says
    none."""
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else ():
        exchange = row.get("clearingExchange") if isinstance(row, dict) else None
        option = _subscribed(row) if isinstance(exchange, str) else None
        if isinstance(exchange, str) and option and (fee := _fee(option)) is not None:
            currency = option.get("currency")
            found[exchange] = f"{fee:f} {printable(currency)}" if isinstance(currency, str) else f"{fee:f}"
    return found


def _subscribed(row: Mapping[str, object]) -> Mapping[str, object] | None:
    options, kind = row.get("options"), row.get("marketDataType")
    listed = options if isinstance(options, list) else ()
    return next((each for each in listed if isinstance(each, dict) and each.get("type") == kind), None)


def _fee(option: Mapping[str, object]) -> Decimal | None:
    numbers = {name: _number(value) for name, value in option.items() if name not in _NO_FEE}
    named = sorted(numbers, key=lambda name: "fee" not in name.lower())
    return next((number for name in named if (number := numbers[name]) is not None), None)


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number.normalize() if number.is_finite() and abs(number) < 1_000_000 else None
