"""Values as a person writes them in a YAML file: lists on one line, texts without quotes where nobody can
read them as something else.

    scalar("43004")                              "43004", with its quotes: it is a text
    inline(["11111", "22222"])                   ["11111", "22222"]
    block({"city": "Bonn", "accounts": ["1"]})   city: Bonn
                                                 accounts: ["1"]
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from t4firm.yaml_files.mistakes import UNSEEN

WIDEST: Final = 100
"""Characters of a line, above which a group or a list is written over several lines."""

MOST_INLINE: Final = 3
"""Fields of a group, above which it is written over several lines."""

# Starts with a letter, or with a number that a word follows (1 Main Street); has no character that means
# something to YAML. A colon within an address (https://...) does not.
_PLAIN = re.compile(r"(?:[^\W\d_]|\d+ +[^\W\d_])(?:[\w .'@/&()+-]|:(?=[\w/]))*")
# What YAML 1.1, or 1.2, or an editor reads as something else than a text.
_NO_TEXTS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
# A field of the attested file, which people write without quotes too.
_NAMES = frozenset({"on"})


def scalar(value: object) -> str:
    """One value, on one line."""
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value == value.strip() and value.lower() not in _NO_TEXTS
        return value if plain else UNSEEN.sub(_escaped, json.dumps(value, ensure_ascii=False))
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value)


def _escaped(found: re.Match[str]) -> str:
    """A character that nobody can see, so that people see it in the file."""
    code = ord(found.group())
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def name_of(name: str) -> str:
    """The name of a field or an entry."""
    return name if name in _NAMES else scalar(name)


def inline(value: object) -> str:
    """A value on one line, with its groups and lists in brackets."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name_of(name)}: {inline(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    return scalar(value)


def block(group: Mapping[str, object], indent: str = "", step: str = "  ") -> list[str]:
    """A group, one line a field; what is large inside it is written over several lines."""
    return [line for name, value in group.items() for line in field(name, value, indent, step)]


def field(name: str, value: object, indent: str = "", step: str = "  ") -> list[str]:
    """One field of a group, as the lines that it takes."""
    line = f"{indent}{name_of(name)}: {inline(value)}"
    if not value or not isinstance(value, Mapping | list | tuple):
        return [line]
    if len(line) <= WIDEST and not (isinstance(value, Mapping) and _is_large(value)):
        return [line]
    if isinstance(value, Mapping):
        return [f"{indent}{name_of(name)}:", *block(value, indent + step, step)]
    return [f"{indent}{name_of(name)}:", *_items(value, indent + step)]


def _is_large(group: Mapping[str, object]) -> bool:
    return len(group) > MOST_INLINE or any(isinstance(each, Mapping) for each in group.values())


def _items(values: list[object] | tuple[object, ...], indent: str) -> Iterator[str]:
    yield from (f"{indent}- {inline(value)}" for value in values)
