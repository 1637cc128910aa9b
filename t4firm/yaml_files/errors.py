"""What a YAML parser says, in words for somebody who does not know YAML.

The two parsers of PyYAML (libyaml in C, and the one in Python) word the same finding differently; the table
below knows both, so that a file has the same mistake on every machine (tests/firm/test_source.py compares
them).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

_QUOTES = 'put the whole text in quotes, for example "5th Avenue"'
_QUOTE = "the quote that opens here is never closed"
_BRACKET = "the [ that opens here is not closed, or a comma is missing"
_BRACE = "the { that opens here is not closed, or a comma is missing"
_INDENTATION = "give the fields of one entry the same number of spaces at the start of the line"

ESCAPE = (
    'a backslash in "…" is followed by a character that it cannot be used with',
    "write the backslash twice, or use '…' around the text",
)
STAR = ('the value begins with "*" or "&", which YAML does not read as a text', _QUOTES)


@dataclass(frozen=True)
class Finding:
    """Where a file cannot be read (line from 1) and why."""

    line: int
    wrong: str
    right: str


# Words of either parser -> whether the place is where the thing began (its context), what is wrong, what is
# right.
_TABLE: tuple[tuple[str, bool, str, str], ...] = (
    ("could not find expected ':'", True, "this line has a name without a colon", 'write "name: value"'),
    ("found unexpected end of stream", True, _QUOTE, "add the closing quote"),
    ("found unexpected document", True, _QUOTE, "add the closing quote"),
    ("expected ',' or ']'", True, _BRACKET, "write [a, b, c]"),
    ("expected ',' or '}'", True, _BRACE, "write {a: 1, b: 2}"),
    ("sequence entries are not allowed", False, 'there is a "-" where no list can begin',
     "begin the list on a line of its own, or put the text in quotes"),
    ("node content", True, "something is missing in the brackets", "write [a, b, c] or {a: 1, b: 2}"),
    ("expected <document start>", False, "the file has more lines after its end", 'remove the "..." line'),
    ("expected '<document start>'", False, "the file has more lines after its end", 'remove the "..." line'),
    ("undefined tag handle", False, "the value begins with an exclamation mark", _QUOTES),
    ("while scanning a tag", False, "the value begins with an exclamation mark", _QUOTES),
    ("while parsing a tag", False, "the value begins with an exclamation mark", _QUOTES),
    ("directive", False, 'a line that begins with "%" is not understood', "remove the line"),
    ("incompatible", False, 'a line that begins with "%" is not understood', "remove the line"),
    ("while scanning a block scalar", False, 'the value begins with ">" or "|"', _QUOTES),
    ("block collection", False, "this line is not part of the list above it",
     'begin each line of the list with "- ", all with the same number of spaces'),
    ("maximum depth", False, "brackets are nested too deep", "close each [ and { that is opened"),
)  # fmt: skip

_AFTER_QUOTE = re.compile(r"""(?:^|[:\-\[{,]\s+)(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*[^\s,:\]}#]""")


def finding(error: yaml.YAMLError | ValueError | OverflowError, text: str) -> Finding:
    """The words for what a parser raised on `text`. Never repeats a value of the file."""
    lines = text.splitlines() or [""]

    def at(number: int) -> int:
        return min(max(number, 0), len(lines) - 1) + 1

    if not isinstance(error, yaml.MarkedYAMLError):
        # the parser in Python lets an escape such as "\UFFFFFFFF" fail inside it, without saying where
        places = [index for index, line in enumerate(lines) if re.search(r"\\U(?!00(?:0|10))", line)]
        return Finding(at(places[0] if places else 0), *ESCAPE)
    problem = f"{error.problem or ''} {error.context or ''}"
    mark = error.problem_mark or error.context_mark
    here = mark.line if mark else 0
    began = error.context_mark.line if error.context_mark else here
    line = lines[at(here) - 1]

    if "mapping values are not allowed" in problem:
        column = mark.column if mark else 0
        if re.search(r":\s", line[:column]):
            return Finding(
                at(here), "there is a second colon in the line", f"if it is part of the text, {_QUOTES}"
            )
        return Finding(
            at(here),
            "this line does not fit the one above it",
            f"end the line above with a colon if this one belongs to it; {_INDENTATION}",
        )
    if "escape" in problem or "hexdecimal" in problem:
        return Finding(at(here), *ESCAPE)
    if "cannot start any token" in problem:
        return Finding(at(here), "the value begins with a character that needs quotes", _QUOTES)
    if "alphabetic or numeric" in problem:
        return Finding(at(here), *STAR)
    for words, at_beginning, wrong, right in _TABLE:
        if words in problem:
            return Finding(at(began if at_beginning else here), wrong, right)
    if _AFTER_QUOTE.search(line):
        return Finding(
            at(here),
            "the text goes on after its closing quote",
            "put the quotes around all of it; inside '…' write an apostrophe twice, or use \"…\" around "
            "the text",
        )
    return Finding(at(here), "this line does not fit the ones above it", _INDENTATION)
