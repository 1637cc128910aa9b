"""The password seed of a stack: how a good one is made, why a weak one is refused, and how it is stretched.

Whoever guesses the seed knows every password, and can try as often as they like against one password or one
mark that they know. So a seed is made by a machine, and each guess is made dear.
"""

import re
import secrets
from functools import cache
from math import log2
from threading import Lock
from typing import Final

SHORTEST: Final = 22
"""Characters: 128 bits need as many in base64."""
LEAST_BITS: Final = 64
WORD_BITS: Final = 10
"""What a guesser pays for a word: one of the 1,000 that people think of."""

_ONE_ANOTHER = re.compile(r"(.+?)\1+", re.DOTALL)
_WORD = re.compile(r"[A-Z]?(?=[a-z]*[aeiouy])[a-z]{2,}|(?=[A-Z]*[AEIOUY])[A-Z]{4,}")
_ROWS: Final = (
    *("abcdefghijklmnopqrstuvwxyz", "0123456789", "1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    *("qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm"),
)
_RUN: Final = 4
"""As many neighbours in a row are no chance."""
_WELL_KNOWN = re.compile(
    r"correct|horse|battery|staple|pass(?:word|phrase|wort)?|secret|changeme|letmein|welcome|admin|default|"
    r"(?:19|20)\d\d|example|simulator|simulation|whentech|t4firm|t4|test|seed|trading|live|demo",
    re.IGNORECASE,
)
# scrypt (RFC 7914): 32 MiB and about 0.1 s, which a process pays once
_COST: Final = 2**15
_BLOCKS: Final = 8
_SALT: Final = b"t4-firm password seed 2"
_one_at_a_time = Lock()


def new_seed() -> str:
    """256 bits from the operating system, as 43 letters, digits, - and _."""
    return secrets.token_urlsafe(32)


def bound(seed: str, identity: str) -> str:
    """The seed of one stack of one firm: with one seed, two of them have no password in common."""
    return f"{seed}\0{identity}"


def problem(seed: str) -> str:
    """Why this is no good seed, a sentence for the user without anything of it; "" for a good one."""
    make = (
        "Make one with `t4firm password --new-seed`, keep a copy in a safe place, and set it with `pulumi "
        "config set --secret t4:passwordSeed` or in T4_PASSWORD_SEED."
    )
    if not seed:
        return f"t4:passwordSeed is not set. Every user's password is derived from it. {make}"
    if len(seed) < SHORTEST:
        return (
            f"t4:passwordSeed is too short: it has {len(seed)} characters and needs {SHORTEST} or more. "
            f"Anybody who guesses it knows every password. {make}"
        )
    if bits(seed) < LEAST_BITS:
        return (
            "t4:passwordSeed can be guessed: it is made of words, repetitions or neighbours on a keyboard. "
            f"Anybody who guesses it knows every password. {make}"
        )
    return ""


def bits(seed: str) -> float:
    """How many bits a guesser has to find, by a cautious estimate: what is repeated counts once, a separator
    not at all, a run or a well-known word like one character, any other word like one of 1,000."""
    text = seed[:256]
    each = log2(max(len(set(text)), 1))
    for separator in {char for char in text if not char.isalnum() and text.count(char) > 2}:
        text = text.replace(separator, "")
    text = _WELL_KNOWN.sub("·", _without_runs(_ONE_ANOTHER.sub(r"\1", text)))
    words = sum(min(WORD_BITS, len(word) * each) for word in _WORD.findall(text))
    return words + len(_WORD.sub("", text)) * each


def _without_runs(text: str) -> str:
    """A text in which each run (`abcd`, `4321`, `qwert`) is one character."""
    left, at = "", 0
    while at < len(text):
        left += text[at]
        at += _run_at(text.lower(), at)
    return left


def _run_at(text: str, at: int) -> int:
    """How many characters from here on are a run; 1 where there is none."""
    for row in _ROWS:
        for line in (row, row[::-1]):
            length = 1
            while at + length < len(text) and text[at : at + length + 1] in line:
                length += 1
            if length >= _RUN:
                return length
    return 1


def stretched(seed: str) -> bytes:
    """The key that everything is derived from: 32 bytes, for which each guess at the seed costs as much as
    one call of this. Computed once in a process."""
    with _one_at_a_time:
        return _stretched(seed)


@cache
def _stretched(seed: str) -> bytes:
    # Imported here: 30 ms that only a run which derives something has to pay.
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=_SALT, length=32, n=_COST, r=_BLOCKS, p=1).derive(seed.encode())
