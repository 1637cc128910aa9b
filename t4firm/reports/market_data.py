"""What a firm's market data comes to: how many subscriptions of which kind, and what T4 said that they
cost.

Subscriptions are billed by what is chosen (seed 002, Market Data Billing). What period a fee is for, T4's
answer does not say, so neither does this.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from t4firm.model.firm import Firm

Fees = Mapping[str, str]
"""Clearing exchange -> fee and currency as T4 said them: `12.5 USD`."""


def subscriptions(firm: Firm) -> dict[str, list[str]]:
    """`CME Depth` -> the usernames that the file gives it, of all who have not departed; sorted."""
    found: dict[str, list[str]] = defaultdict(list)
    for user in (user for user in firm.people if not user.departed):
        for exchange, kind in user.marketData.items():
            found[f"{exchange} {kind}"].append(user.username)
    return {name: sorted(users) for name, users in sorted(found.items())}


def costs(subscribed: Mapping[str, Iterable[str]], fees: Mapping[str, Fees]) -> dict[str, str]:
    """`CME Depth` -> `37.5 USD for 3 of 4`, from each user's fees; without those of which T4 said none."""
    found = {}
    for name, users in subscribed.items():
        exchange = name.partition(" ")[0]
        whose = list(users)
        said = [fees[user][exchange] for user in whose if exchange in fees.get(user, {})]
        if said:
            found[name] = f"{_sum(said)} for {len(said)} of {len(whose)}"
    return found


def _sum(fees: Iterable[str]) -> str:
    """Fees added up, each currency for itself: `37.5 USD and 8 EUR`."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for fee in fees:
        number, _, currency = fee.partition(" ")
        sums[currency] += Decimal(number)
    return " and ".join(f"{sums[currency].normalize():f} {currency}".rstrip() for currency in sorted(sums))
