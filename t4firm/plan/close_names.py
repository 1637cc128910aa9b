"""Names that are perhaps misspelled. T4 may know others than these, so a name that is close to one is
doubtful, and no mistake."""

from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from t4firm.model.firm import Firm
from t4firm.model.users import WHENTECH, WHENTECH_FILLS
from t4firm.yaml_files.mistakes import some

MARKET_DATA: Final = ("Depth", "TOB", "Delayed")
"""The types of market data that the Onboarding API page names."""
APPLICATIONS: Final = (WHENTECH, WHENTECH_FILLS)
CLOSE: Final = 0.75
"""How alike two names are that are taken for one: 1 is the same."""


def misspelled(firm: Firm) -> Iterable[str]:
    """One warning for all users with the same name."""
    types: dict[str, list[str]] = defaultdict(list)
    applications: dict[str, list[str]] = defaultdict(list)
    for username, user in sorted(firm.users.items()):
        for exchange, kind in user.marketData.items():
            types[kind].append(f"{username} {exchange}")
        for application in user.applications:
            applications[application].append(username)
    for kind, where in types.items():
        if meant := _meant(kind, MARKET_DATA):
            yield (
                f'market data "{kind}" ({some(where)}): did you mean {meant}? T4 bills what it is asked for '
                "(Onboarding API page)"
            )
    for application, where in applications.items():
        if meant := _meant(application, APPLICATIONS):
            yield f'application "{application}" ({some(where)}): did you mean {meant}?'


def _meant(name: str, known: Iterable[str]) -> str:
    """The known name that is close to this one, which is none of them; "" for none."""
    by_case = {each.casefold(): each for each in known}
    close = get_close_matches(name.casefold(), by_case, n=1, cutoff=CLOSE)
    return by_case[close[0]] if close and by_case[close[0]] != name else ""
