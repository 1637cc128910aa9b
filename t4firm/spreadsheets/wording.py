"""What a cell says, in the words of the firm file.

Nothing here decides whether a value is right: the model of the firm file does. What is not known here goes to
it as it is.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pycountry

from t4firm.model.countries import COUNTRIES

YES: Final = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "si", "sí"})
NO: Final = frozenset({"no", "n", "false", "0", "nein", "non"})

_APPTYPES: Final = {
    **dict.fromkeys(("professional", "pro", "p"), "Professional"),
    **dict.fromkeys(("nonprofessional", "nonpro", "np", "retail", "private"), "NonProfessional"),
}
_COLLOQUIAL: Final = {"uk": "GB", "great britain": "GB", "england": "GB", "u.s.": "US", "u.s.a.": "US"}
_SEVERAL = re.compile(r"\s*[,;|\n]\s*")
_OF_A_FLOAT = re.compile(r"(\d+)\.0")


def number(text: str) -> str:
    """A code of digits; what a program wrote as 11111.0 is 11111."""
    found = _OF_A_FLOAT.fullmatch(text)
    return found[1] if found else text


def several(text: str) -> list[str]:
    """What a cell lists, separated by commas, semicolons, bars or line breaks."""
    return [each for each in _SEVERAL.split(text.strip()) if each]


def yes_or_no(text: str) -> bool | None:
    """None where it is neither."""
    word = text.lower()
    return True if word in YES else False if word in NO else None


def apptype(text: str) -> str:
    return _APPTYPES.get(re.sub(r"[^a-z]", "", text.lower()), text)


def country(text: str) -> str:
    """The code of a country that is written by its name or its code of three letters (ISO 3166-1)."""
    if text in COUNTRIES:
        return text
    if code := _COLLOQUIAL.get(text.lower()):
        return code
    known: Any = pycountry.countries
    for field in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
        if found := known.get(**{field: text}):
            return str(found.alpha_2)
    return text


def state(text: str, of_country: str) -> str:
    """The code of a state or province that is written by its name (ISO 3166-2)."""
    known: Any = pycountry.subdivisions
    for each in known.get(country_code=of_country) or ():
        code = str(each.code).partition("-")[2]
        if text.lower() in (code.lower(), str(each.name).lower()):
            return code
    return text


def exchanges(text: str) -> dict[str, str] | None:
    """Market data: `CME: Depth; ICE: TOB`; None where it is not written so."""
    pairs = [tuple(part.strip() for part in re.split(r"[:=]", each)) for each in several(text)]
    return (
        {pair[0]: pair[1] for pair in pairs} if all(len(pair) == 2 and all(pair) for pair in pairs) else None
    )


def full_name(text: str) -> tuple[str, str] | None:
    """First and last name of `Ohio, Ann`. None for `Ann Ohio`: not everywhere the last name comes last."""
    last, comma, first = (part.strip() for part in text.partition(","))
    return (first, last) if comma and first and last else None
