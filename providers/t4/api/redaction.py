"""What may be shown to a person of what T4 says: no control characters, no secrets, no personal details, not
too long."""

from __future__ import annotations

import base64
import html
import re
import unicodedata
from collections.abc import Iterable, Mapping

SECRET = "***"  # noqa: S105 - what is shown in a secret's place
LONGEST = 300  # characters of T4's words in an error


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
    (also as .NET writes it, `\\u002B`), percent-encoding, HTML entities, Base64 at any alignment.
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
        given = {value.strip(): shown for value, shown in (personal or {}).items() if len(value.strip()) > 2}
        kept = {name: None for name in public if name}
        longest_first = sorted({**given, **kept}.items(), key=lambda pair: len(pair[0]), reverse=True)
        self._in_their_place = [shown for _, shown in longest_first]
        groups = "|".join(f"({_escaped(value)})" for value, _ in longest_first)
        self._names = re.compile(rf"(?<!\w)(?:{groups})(?!\w)", re.IGNORECASE) if groups else None

    def hide(self, text: str, longest: int = LONGEST) -> str:
        """`text` as it may be shown, in one line. Secrets go before and after control characters do: neither
        can hide the other."""
        return cut(self._without(cut(self._without(text), longest=20 * longest)), longest)

    def _without(self, text: str) -> str:
        for secret in self._secrets:
            text = re.sub(_spellings(secret), SECRET, text)
        return self._names.sub(self._instead, text) if self._names else text

    def _instead(self, found: re.Match[str]) -> str:
        shown = self._in_their_place[(found.lastindex or 1) - 1]
        return found[0] if shown is None else shown


def _spellings(secret: str) -> str:
    found = [_escaped(secret)]
    encoded = secret.encode("utf-8", "replace")
    # Of less, hardly a character of the Base64 text is the secret's own: it would hide words by chance.
    if len(encoded) > 5:
        found += map(re.escape, _base64_forms(encoded))
    return "|".join(found)


def _escaped(text: str) -> str:
    """A pattern for a text, each character as itself or as JSON, percent-encoding or HTML write it."""
    return "".join(map(_character, text))


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
