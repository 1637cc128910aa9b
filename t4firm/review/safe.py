"""Texts of strangers in a Markdown comment: shown as they are, and able to do nothing.

A firm file is written by whoever opens the pull request. On the usual hosts, text in a comment can mention
people (`@everyone`), link, embed pictures, hide text, break out of a table, or turn the direction of writing.
None of these works inside a code span, so every name and value stands in one; what stands in a sentence has
each character that could mean something written as an entity, and mentions and addresses taken apart.
"""

import re
from collections.abc import Callable

from t4firm.yaml_files.mistakes import codepoint, shown

EMPTY = "(empty)"
LONGEST = 200
"""Characters of one value; a sentence may have LONGEST_SENTENCE."""

LONGEST_SENTENCE = 1_000

LARGEST = 4_000
"""Bytes of one value or sentence as it is written in the comment, where a character may take twenty."""

_PLAIN = re.compile(r"[^`|\\]+")
_MEANINGFUL = frozenset("\\`*_[]<&|~$")
_BEGINS_SOMETHING = re.compile(r"[-+>=]|\d+([.)]|$)")  # a list, a quotation, a line under a heading
_TAKEN_APART = re.compile(r"[@#]|(?<=[A-Za-z])://|(?<=[Ww][Ww][Ww])\.|(?<=[Gg][Hh])-(?=\d)")


def visible(text: str, longest: int = LONGEST) -> str:
    """`text` on one line, cut, with everything that cannot be seen written as `<U+…>`."""
    told = shown(text, longest)
    return "".join(each if each.isprintable() else f"<{codepoint(each)}>" for each in told)


def code(text: str, largest: int = LARGEST) -> str:
    """`text` as a code span, fit for a table too."""
    return _within(largest, _code, text, LONGEST)


def prose(text: str, longest: int = LONGEST_SENTENCE, largest: int = LARGEST) -> str:
    """A sentence that may repeat words of the file, as plain text: no markup, no link, no mention."""
    return _within(largest, _prose, text, longest)


def _within(largest: int, written: Callable[[str, int], str], text: str, longest: int) -> str:
    """What `written` makes of the text, cut until it is not larger."""
    while len((made := written(text, longest)).encode()) > largest:
        longest = longest * 3 // 4
    return made


def _code(text: str, longest: int) -> str:
    told = visible(text, longest)
    if not told.strip():
        return EMPTY
    if _PLAIN.fullmatch(told):
        return f"`{told}`"
    return (
        f"<code>{''.join(each if each.isalnum() or each == ' ' else _entity(each) for each in told)}</code>"
    )


def _prose(text: str, longest: int) -> str:
    told = visible(text, longest).strip() or EMPTY
    begins = _BEGINS_SOMETHING.match(told)
    at = begins.end() if begins else 0
    pieces = [*map(_entity, told[:at])]
    for found in _TAKEN_APART.finditer(told, at):
        apart = f"<code>{''.join(map(_entity, found.group()))}</code>"
        pieces += [*map(_plain, told[at : found.start()]), apart]
        at = found.end()
    return "".join([*pieces, *map(_plain, told[at:])])


def _plain(character: str) -> str:
    return _entity(character) if character in _MEANINGFUL else character


def _entity(character: str) -> str:
    return f"&#{ord(character)};"
