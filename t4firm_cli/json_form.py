"""What every command prints with --json: one object, with `version` first and names like `stillOpen`."""

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Final

VERSION: Final = 1
"""Of the objects that the commands print. It changes when a name goes or changes its meaning."""


def versioned(value: Mapping[str, object]) -> dict[str, object]:
    """An object as a command prints it."""
    return {"version": VERSION, **json_form(value)}


def json_form(value: object) -> Any:
    """A value as JSON has it. Names of fields of ours become `stillOpen`; the keys of a mapping are data."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name_of(each.name): json_form(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): json_form(each) for key, each in value.items()}
    if isinstance(value, Collection) and not isinstance(value, str | bytes):
        return [json_form(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


def name_of(field: str) -> str:
    """The name of a field of ours, as JSON has it."""
    first, *others = field.split("_")
    return first + "".join(word.capitalize() for word in others)
