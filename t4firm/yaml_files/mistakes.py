"""A mistake in a file that a person wrote: where it is, what is wrong, what would be right.

These are plain words for somebody who may never have seen YAML. Nothing in here prints a character that a
terminal would obey.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# What never belongs into a file that people review: control characters (terminal escapes among them), the
# line separators of YAML 1.1, marks that turn the direction of writing (a reviewer would read another text
# than the machine), characters without width, letters and patterns that are blank, tags (a hidden alphabet),
# halves of characters, and what is no character at all. Not the joiners (U+200C, U+200D) nor the variation
# selectors: people's names are written with them, in Persian, Hindi or Japanese.
FORBIDDEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\xad\u034f\u180e\u200b\u2060-\u2065\ufeff\ufff9-\ufffb"
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    "\U000e0000-\U000e007f\ud800-\udfff\ufffe\uffff"
)
UNSEEN = re.compile(f"[{FORBIDDEN}]")
UNPRINTABLE = re.compile(f"[\t\n\r{FORBIDDEN}]")
_LONGEST = 60


def codepoint(character: str) -> str:
    """A character that cannot be shown, in the way that people can look it up: `U+001B`."""
    return f"U+{ord(character):04X}"


def shown(text: str, longest: int = _LONGEST) -> str:
    """`text` as it may be printed: what cannot be seen is written as U+…, and it is cut after `longest`."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return UNPRINTABLE.sub(lambda found: f"<{codepoint(found.group())}>", cut)


def ordinal(index: int) -> str:
    """The place in a list as people count: 0 is `1st`."""
    number = index + 1
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things: `1 account`, `2,000 accounts`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names as a sentence has them: `a, b and c`."""
    words = list(names)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def some(names: Iterable[str], most: int = 3) -> str:
    """Names as a line bears them: `trader.a, trader.b, trader.c and 40 more`."""
    words = list(names)
    more = len(words) - most
    return f"{', '.join(words[:most])} and {more} more" if more > 0 else ", ".join(words)


def field_path(loc: Iterable[str | int]) -> str:
    """The path of a field as people say it: `users.trader.a.accounts (2nd)`."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f" ({ordinal(part)})"
        else:
            path += f".{shown(part)}" if path else shown(part)
    return path.strip()


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake. `line` counts from 1; 0 means the file as a whole. `field` and `right` may be empty.

    `str()`: `stacks/demo.firm.yaml:23: users.trader.a.postCode: 43004 is a number; write "43004"`.
    """

    file: str
    line: int
    field: str
    wrong: str
    right: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        named = f"{place}: {self.field}" if self.field else place
        return f"{named}: {self.wrong}; {self.right}" if self.right else f"{named}: {self.wrong}"


class FileError(ValueError):
    """All that is wrong with a file, at once, in the order of its lines. `str()`: one mistake a line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class Wrong(ValueError):
    """Raised by a model's own check, with the words for the person: what is wrong, what would be right."""

    def __init__(self, wrong: str, right: str = "") -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.right = right
