"""What of an address an entry takes from the defaults: all of it or nothing, and only in the same country.

A county of Ohio under a street in Oslo is an address that nobody has, and T4 would take it.
"""

from collections.abc import Mapping
from typing import Any, Final

from t4firm.model.values import NO_PLACE
from t4firm.yaml_files.document import Loc

COUNTRY: Final = "country"
PARTS: Final = ("street", "city", "county", "state", "postCode")
"""The parts that belong together. The country may be taken alone: most people of a firm live in one."""

MAY_BE_NONE: Final = ("county", "state")
"""What a country may not have."""


def inheritable(defaults: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults that an entry takes beside what is written in it."""
    elsewhere = written.get(COUNTRY, defaults.get(COUNTRY)) != defaults.get(COUNTRY)
    if not elsewhere and written.keys().isdisjoint(PARTS):
        return dict(defaults)
    return {name: value for name, value in defaults.items() if name not in PARTS}


def is_part_of_defaults(loc: Loc, defaults: Mapping[str, Any]) -> bool:
    """Whether a path leads to a part of an address that the defaults have: somebody may expect it there."""
    return bool(loc) and loc[-1] in PARTS and loc[-1] in defaults


def words_for_missing(name: str) -> tuple[str, str]:
    """What is wrong with an address that lacks a part, and what would be right."""
    none = f", or {name}: {NO_PLACE} where the country has none" if name in MAY_BE_NONE else ""
    return (
        "is missing: an address is taken from defaults.user as a whole, and only in the country that stands "
        "there",
        f"add it{none}",
    )
