"""A number and its noun agree: where a text counts, `counted` chooses between one and many."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
COUNTS = re.compile(r"\{len\([^{}]*\)(?::,)?\} (?!of\b)(?!characters\b)(?!digits\b)(?!parts\b)[a-z]+s\b")
"""A length before a word in the plural. Characters, digits and parts are told where their number is wrong."""


def test_no_text_counts_without_looking_whether_it_is_one() -> None:
    wrong = {
        str(file.relative_to(ROOT)): found
        for part in ("t4firm", "providers", "t4firm_cli")
        for file in (ROOT / part).rglob("*.py")
        if (found := COUNTS.findall(file.read_text()))
    }
    assert not wrong
    assert COUNTS.findall('f"{len(found)} warnings"')
