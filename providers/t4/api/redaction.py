"""What may be shown to a person of what T4 says: no control characters, no secrets, no personal details, not
too long."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property

SECRET = "***"  # noqa: S105 - what is shown in a secret's place
LONGEST = 300  # characters of T4's words in an error

SHORTEST_NUMBER = 5
"""So many digits are a number of somebody's (a postal code), and are found without what is between them."""
WITH_A_CODE = 7
"""So many digits, or more, may begin with the code of a country, or lack it."""
LONGEST_CODE = 3
"""So many digits the code of a country has at most (ITU-T E.164)."""
ESCAPING = frozenset("\\%&")
"""With these begins what stands for another character."""
BETWEEN = r"(?:[^\w]|%2[0-9A-F]){0,3}"
"""What may be between two digits of a number; a space may be percent-encoded."""


def printable(text: str) -> str:
    """`text` without characters that a terminal obeys or that hide what is written: controls (a line break
    becomes a space), marks that turn the direction of writing, zero widths, lone surrogates and characters
    without a meaning."""
    if text.isprintable():
        return text
    return "".join(
        " " if character in "\t\n\v\f\r\x85\u2028\u2029" else character
        for character in text
        if character in "\t\n\v\f\r\x85\u2028\u2029" or unicodedata.category(character)[0] != "C"
    )


def cut(text: str, longest: int = LONGEST) -> str:
    """`text` in one line of at most `longest` characters."""
    line = " ".join(printable(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


class Curtain:
    """Replaces secrets and personal details in a text that is about to be shown.

    Secrets are found as they are and in the spellings in which a server or a gateway may repeat them: JSON
    (also as .NET writes it, `\\u002B`), percent-encoding, HTML entities, Base64 at any alignment. Personal
    details are found in these too, but for Base64, and as a person or another system may spell them: with
    other capitals, with accents as marks of their own or without them, a number as its digits.
    """

    def __init__(
        self,
        secrets: Iterable[str | None],
        personal: Mapping[str, str] | None = None,
        public: Iterable[str | None] = (),
    ) -> None:
        """`personal`: value -> what is shown in its place, like `[phone]`. `public`: usernames and account
        numbers, which stay whole even where a part of them is somebody's name."""
        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        # A short value (a state, a flat number) stands in too many words that are not about it.
        self._given = {
            value.strip(): shown for value, shown in (personal or {}).items() if len(value.strip()) > 2
        }
        self._kept = {name: None for name in public if name}

    @cached_property
    def _patterns(self) -> list[tuple[str, str | None]]:
        both = {**self._given, **self._kept}.items()
        longest_first = sorted(both, key=lambda pair: len(pair[0]), reverse=True)
        numbers = [(digits, shown) for value, shown in self._given.items() if (digits := _number(value))]
        return [*((_as_spelled(value), shown) for value, shown in longest_first), *numbers]

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        """One group for each spelling; put together when T4 says something for the first time."""
        groups = "|".join(f"({pattern})" for pattern, _ in self._patterns)
        return re.compile(rf"(?<!\w)(?:{groups})(?!\w)", re.IGNORECASE) if groups else None

    def hide(self, text: str, longest: int = LONGEST) -> str:
        """`text` as it may be shown, in one line. Secrets go before and after control characters do: neither
        can hide the other."""
        return cut(self._without(cut(self._without(text), longest=20 * longest)), longest)

    def _without(self, text: str) -> str:
        return text if self._is_clear(text) else self._replaced(text)

    def _is_clear(self, text: str) -> bool:
        """Whether there is certainly nothing to hide. Most texts are the id of a request, and to put the
        patterns together takes longer than all else that a call needs."""
        if not text.isascii() or not ESCAPING.isdisjoint(text):
            return False
        bare, digits = _bare(text), _digits(text)
        return not (
            any(_spaced(secret) in _spaced(text) for secret in self._secrets)
            or any(form in text for secret in self._secrets for form in _in_base64(secret))
            or any(_bare(value) in bare for value in self._given)
            or any(number in digits for value in self._given if (number := _own_digits(value)))
        )

    def _replaced(self, text: str) -> str:
        for secret in self._secrets:
            text = re.sub(_spellings(secret), SECRET, text)
        return self._names.sub(self._instead, text) if self._names else text

    def _instead(self, found: re.Match[str]) -> str:
        _, shown = self._patterns[(found.lastindex or 1) - 1]
        return found[0] if shown is None else shown


def _spellings(secret: str) -> str:
    return "|".join((_escaped(secret), *map(re.escape, _in_base64(secret))))


def _spaced(text: str) -> str:
    """A space may be written as a plus."""
    return text.replace("+", " ")


def _in_base64(secret: str) -> set[str]:
    encoded = secret.encode("utf-8", "replace")
    # Of less, hardly a character of the Base64 text is the secret's own: it would hide words by chance.
    return _base64_forms(encoded) if len(encoded) > 5 else set()


def _bare(text: str) -> str:
    """Its letters and digits, without marks and capitals: what no plain spelling of it lacks."""
    apart = unicodedata.normalize("NFD", text)
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    return "".join(filter(str.isalnum, letters.upper().lower()))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _own_digits(value: str) -> str:
    """The digits that each spelling of a number has, the country's code or not; "" for another value."""
    digits = _digits(value)
    if len(digits) < SHORTEST_NUMBER or any(map(str.isalpha, value)):
        return ""
    return digits[_in_code(len(digits)) :]


def _in_code(digits: int) -> int:
    """How many of so many digits may be the code of a country."""
    return 0 if digits < WITH_A_CODE else min(LONGEST_CODE, digits - SHORTEST_NUMBER)


def _escaped(text: str) -> str:
    """A pattern for a text, each character as itself or as JSON, percent-encoding or HTML write it."""
    return "".join(map(_character, text))


def _as_spelled(value: str) -> str:
    """A pattern for a personal value: each character composed, as a letter with its marks, or as the letter
    alone; in capitals also where these are more than one (ß, SS)."""
    return "".join(map(_spelled, unicodedata.normalize("NFC", value)))


def _spelled(character: str) -> str:
    marked = unicodedata.normalize("NFD", character)
    bare = "".join(each for each in marked if not unicodedata.combining(each))
    forms = {character, marked, bare or character, character.upper()}
    return f"(?:{'|'.join(map(_escaped, sorted(forms, key=len, reverse=True)))})"


def _number(value: str) -> str:
    """A pattern for the digits of a value that is a number, whatever is between them; "" for another value.
    Of a longer one (a telephone number), the code of the country may be there or not."""
    if not _own_digits(value):
        return ""
    digits = [_escaped(character) for character in _digits(value)]
    if len(digits) < WITH_A_CODE:
        return BETWEEN.join(digits)
    first, code = _in_code(len(digits)), ""
    for digit in digits[:first]:
        code = f"(?:{code}{digit}{BETWEEN})?"
    return rf"(?:\d{{1,4}}{BETWEEN})?{code}{BETWEEN.join(digits[first:])}"


def _character(character: str) -> str:
    literal = re.escape(character)
    units = character.encode("utf-16-be", "surrogatepass").hex()
    json_form = "".join(rf"\\+u(?i:{units[at : at + 4]})" for at in range(0, len(units), 4))
    percent = "".join(f"%(?i:{byte:02x})" for byte in character.encode("utf-8", "surrogatepass"))
    number = ord(character)
    entity = rf"&(?:amp;)*#(?:0*{number}|[xX]0*(?i:{number:x}));"
    forms = [rf"\\*{literal}", json_form, percent, entity]
    if html.escape(character) != character:
        forms.append(rf"&(?:amp;)*{re.escape(html.escape(character)[1:])}")
    if character == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"


def _base64_forms(secret: bytes) -> set[str]:
    """The part of a Base64 text that depends on the secret alone, for each place at which it can begin."""
    forms = set()
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret)
        first = -(-before * 8 // 6)
        last = (before + len(secret)) * 8 // 6
        part = encoded[first:last].decode("ascii")
        forms |= {part, part.replace("+", "-").replace("/", "_")}
    return forms
