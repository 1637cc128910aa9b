"""Passwords of T4 users, derived instead of kept: the stack's secret seed, the username and a version give
them.

The only rules that T4 publishes are those of simulator self-registration (t4.md section 5): 8 or more
characters with upper case, lower case, digit and symbol, and no run of 3 characters of the username.
"""

from __future__ import annotations

import json
from typing import Final

from providers.t4.configuration.password_seed import stretched
from t4firm.model.names import folded

LENGTH: Final = 24  # about 142 bits
# People type these: nothing that looks like something else (I l 1, O 0).
_UPPER: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_LOWER: Final = "abcdefghijkmnopqrstuvwxyz"
_DIGITS: Final = "23456789"
# Symbols in the view of every rule book (an underscore is a letter to many), none special in JSON, CSV, XML
# or HTML.
_SYMBOLS: Final = "!#$%*+?@"
_CLASSES: Final = (_UPPER, _LOWER, _DIGITS, _SYMBOLS)
_LETTERS: Final = _UPPER + _LOWER  # a first character that no spreadsheet takes for a formula
_ALL: Final = "".join(_CLASSES)
_TRIES: Final = 1000


def password_for(seed: str, username: str, version: int) -> str:
    """The password of `username`: 24 characters that meet the published rules, always the same for the same
    three.

    HKDF-SHA256 of the stretched seed, bound to the username (as names are compared) and the version. Raises
    ValueError for an empty seed or username, a version below 1, and for a username of tens of thousands of
    characters, next to which no password can meet the rules.
    """
    if not seed or not username or version < 1:
        raise ValueError("a password needs a seed, a username and a version of 1 or more")
    name = folded(username)
    runs = {name[at : at + 3] for at in range(len(name) - 2)}
    for attempt in range(_TRIES):
        candidate = _candidate(_derived(seed, json.dumps([name, version, attempt])))
        if _meets_the_rules(candidate, runs):
            return candidate
    raise ValueError("no password can avoid every run of 3 characters of this username")


def _derived(seed: str, purpose: str) -> bytes:
    # Imported here: 30 ms that only a run which makes a user has to pay.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = b"t4-firm password 2\0" + purpose.encode()
    return HKDF(algorithm=SHA256(), length=128, salt=None, info=info).derive(stretched(seed))


def _candidate(material: bytes) -> str:
    """24 characters, each as likely as the other: bytes beyond the last whole multiple of an alphabet are
    skipped."""
    characters: list[str] = []
    for byte in material:
        alphabet = _ALL if characters else _LETTERS
        if byte < 256 - 256 % len(alphabet):
            characters.append(alphabet[byte % len(alphabet)])
    return "".join(characters[:LENGTH])


def _meets_the_rules(password: str, runs: set[str]) -> bool:
    lower = password.lower()
    has_each = all(any(character in group for character in password) for group in _CLASSES)
    return (
        len(password) == LENGTH
        and has_each
        and not any(lower[at : at + 3] in runs for at in range(LENGTH - 2))
    )
