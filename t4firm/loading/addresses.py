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


def has_words(loc: Loc, defaults: Mapping[str, Any]) -> bool:
    """Whether there is more to say of a missing field than that."""
    return bool(loc) and (loc[-1] in MAY_BE_NONE or is_part_of_defaults(loc, defaults))


def words_for_missing(loc: Loc, defaults: Mapping[str, Any], example: object) -> tuple[str, str]:
    """What is wrong with an address that lacks the part at a path, and what would be right."""
    name = str(loc[-1])
    none = f", or {name}: {NO_PLACE} if the country has none" if name in MAY_BE_NONE else ""
    if is_part_of_defaults(loc, defaults):
        return (
            "is missing: an address from defaults.user is used only as a whole, and only in the same country",
            f"add it{none}",
        )
    return "is missing", f"add it, for example {name}: {example}{none}"
