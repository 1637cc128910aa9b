"""What a model refuses, in plain words: for each kind of error that pydantic can report, what is wrong and
what is right.

Values are not repeated, for they may be personal details; the exceptions are numbers and true/false (which
need quotes, and are shown as they were written), and words that should have been one of a few.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from t4firm.yaml_files.mistakes import Wrong, listed, shown

Loc = tuple[str | int, ...]

_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]*")
_CONSTANTS = ("true", "false", "null")


@dataclass(frozen=True)
class FilledIn:
    """Marks a field that loading fills in: it is never written in the file, so it is never suggested
    either."""


@dataclass(frozen=True)
class Found:
    """One refused value: what it is, how it was written (numbers, true/false, null), and the model's field
    for it."""

    value: object
    written: str | None
    details: Mapping[str, Any]
    name: str
    sample: object  # an example of what belongs there, or None
    known: tuple[str, ...]  # the fields that there are beside it

    @property
    def is_empty(self) -> bool:
        return self.value is None

    @property
    def number(self) -> str | None:
        """A number (or true/false) as it was written."""
        if isinstance(self.value, bool):
            return self.written or str(self.value).lower()
        if isinstance(self.value, int | float):
            return shown(self.written or str(self.value))
        return None

    @property
    def kind(self) -> str:
        if self.value is None:
            return "is empty"
        if isinstance(self.value, bool):
            return f"{self.number} is not a text"
        if isinstance(self.value, int | float):
            return f"{self.number} is a number"
        if isinstance(self.value, list):
            return "is a list" if self.value else "is an empty list"
        if isinstance(self.value, dict):
            return "is a group of fields"
        return "is a text"

    @property
    def example(self) -> str | None:
        """The field's example as it would be written in the file."""
        return None if self.sample is None else as_written(self.sample)

    def such_as(self, what: str) -> str:
        return f"{what}, for example {self.example}" if self.example else what


Words = tuple[str, str]


def as_written(value: object) -> str:
    """A value as somebody would write it in the file, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value if _NEEDS_NO_QUOTES.fullmatch(value) and value not in _CONSTANTS else f'"{value}"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(as_written(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{as_written(key)}: {as_written(item)}' for key, item in value.items())}}}"
    return str(value)


def _text(found: Found) -> Words:
    if found.number is not None:
        return found.kind, f'write "{found.number}"'
    if isinstance(found.value, list | dict):
        return found.kind, found.such_as("write a single text")
    return found.kind, found.such_as("write a text")


def _whole_number(found: Found) -> Words:
    if isinstance(found.value, str):
        return "is a text", "write a whole number without quotes"
    if found.number is not None:
        return f"{found.number} is not a whole number", found.such_as("write a whole number")
    return found.kind, found.such_as("write a whole number")


def _any_number(found: Found) -> Words:
    if isinstance(found.value, str):
        return "is a text", "write a number without quotes"
    if found.number is not None:
        return f"{found.number} is not a number", "write a number"
    return found.kind, found.such_as("write a number")


_YES = {"yes", "y", "on", "true", "t"}
_NO = {"no", "n", "off", "false", "f"}


def _true_or_false(found: Found) -> Words:
    if isinstance(found.value, str) and found.value.lower() in _YES | _NO:
        right = "true" if found.value.lower() in _YES else "false"
        return f'"{found.value}" is not true or false', f"write {right}, without quotes"
    return found.kind, "write true or false"


def _list(found: Found) -> Words:
    if found.number is not None:
        return f"{found.number} is not a list", f'write ["{found.number}"]'
    right = found.such_as("write a list")
    if isinstance(found.value, str):
        return "is a single text", f"put it in square brackets: {found.example or '[…]'}"
    return found.kind, right


def _group(found: Found) -> Words:
    names = f" ({listed(found.known[:4])}{' …' if len(found.known) > 4 else ''})" if found.known else ""
    right = f'write "name: value" lines below it{names}'
    if found.example and not names:
        right = f'write "name: value" lines below it, for example {found.example}'
    return ("is a single text" if isinstance(found.value, str) else found.kind), right


def _missing(found: Found) -> Words:
    if found.example:
        return "is missing", f"add it, for example {found.name}: {found.example}"
    return "is missing", "add it"


def _unknown(found: Found) -> Words:
    nearest = nearest_name(found.name, found.known)
    known = f"known here: {', '.join(found.known)}"
    return (
        "there is no such field",
        f'did you mean "{nearest}"? {known}' if nearest else f"remove it; {known}",
    )


def _one_of(found: Found) -> Words:
    words = [
        part.strip("' ") for part in str(found.details.get("expected", "")).replace(" or ", ",").split(",")
    ]
    right = f"write {listed(words, 'or')}"
    if isinstance(found.value, str) and found.value:
        return f'"{shown(found.value, 30)}" is not known here', right
    return ("is an empty text" if found.value == "" else found.kind), right


def _too_few(found: Found) -> Words:
    least = found.details.get("min_length", 1)
    if isinstance(found.value, dict):
        return "has no lines below it" if not found.value else "has too few lines", f"write at least {least}"
    if isinstance(found.value, list) and not found.value:
        return "is an empty list", found.such_as(f"write at least {least}")
    return "has too few entries", f"write at least {least}"


def _too_many(found: Found) -> Words:
    return "has too many entries", f"write at most {found.details.get('max_length')}"


def _too_short(found: Found) -> Words:
    if found.value == "":
        return "is an empty text", found.such_as("write a text")
    return "is too short", f"write at least {found.details.get('min_length')} characters"


def _too_long(found: Found) -> Words:
    return "is too long", f"write at most {found.details.get('max_length')} characters"


def _pattern(found: Found) -> Words:
    return "is not of the expected form", found.such_as("correct it")


def _bound(words: str, detail: str) -> Callable[[Found], Words]:
    def of(found: Found) -> Words:
        limit = found.details.get(detail)
        return f"{found.number or 'the value'} is out of range", f"write a number {words} {limit}"

    return of


def _day(found: Found) -> Words:
    return ("is empty" if found.is_empty else "is not a date"), "write year-month-day, for example 2026-11-02"


def _time(found: Found) -> Words:
    wrong = "is empty" if found.is_empty else "is not a date and time"
    return wrong, "write one like 2025-05-01T10:30:15"


def _own(found: Found) -> Words:
    """A check of our own: it brought its words along."""
    error = found.details.get("error")
    if isinstance(error, Wrong):
        blank = isinstance(found.value, str) and not found.value.strip()
        return error.wrong, error.right or found.such_as("fill it in" if blank else "correct it")
    return shown(str(error), 300), ""


def _null(found: Found) -> Words:
    return "must stay empty", "remove the value"


def _name_of_model(found: Found) -> Words:
    return "is not of the expected form", found.such_as("correct it")


# Every kind of error that models of texts, numbers, dates, choices, lists and groups produce (pydantic 2,
# https://docs.pydantic.dev/latest/errors/validation_errors/) -> the words.
WORDS: Mapping[str, Callable[[Found], Words]] = {
    "assertion_error": _own,
    "bool_parsing": _true_or_false,
    "bool_type": _true_or_false,
    "date_from_datetime_inexact": _day,
    "date_from_datetime_parsing": _day,
    "date_parsing": _day,
    "date_type": _day,
    "datetime_from_date_parsing": _time,
    "datetime_object_invalid": _time,
    "datetime_parsing": _time,
    "datetime_type": _time,
    "dict_type": _group,
    "enum": _one_of,
    "extra_forbidden": _unknown,
    "finite_number": _any_number,
    "float_parsing": _any_number,
    "float_type": _any_number,
    "frozen_set_type": _list,
    "greater_than": _bound("above", "gt"),
    "greater_than_equal": _bound("from", "ge"),
    "int_from_float": _whole_number,
    "int_parsing": _whole_number,
    "int_parsing_size": _whole_number,
    "int_type": _whole_number,
    "less_than": _bound("below", "lt"),
    "less_than_equal": _bound("up to", "le"),
    "list_type": _list,
    "literal_error": _one_of,
    "mapping_type": _group,
    "missing": _missing,
    "model_attributes_type": _group,
    "model_type": _group,
    "none_required": _null,
    "set_type": _list,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _too_long,
    "string_too_short": _too_short,
    "string_type": _text,
    "string_unicode": _text,
    "timezone_aware": _time,
    "timezone_naive": _time,
    "too_long": _too_many,
    "too_short": _too_few,
    "tuple_type": _list,
    "value_error": _own,
}


def words_for(detail: ErrorDetails, written: str | None, model: type[BaseModel]) -> Words:
    """What is wrong and what would be right, for one error that pydantic reports."""
    loc = detail["loc"]
    fields = tuple(_fields_at(model, loc))
    found = Found(
        value=detail["input"],
        written=written,
        details=detail.get("ctx", {}),
        name=shown(str(loc[-1])) if loc else "",
        sample=example_at(model, loc),
        known=tuple(_fields_at(model, loc[:-1])) if detail["type"] == "extra_forbidden" else fields,
    )
    return WORDS.get(detail["type"], _name_of_model)(found)


def nearest_name(name: str, known: tuple[str, ...]) -> str | None:
    """The known name that somebody most likely meant: the same but for case, else the most similar."""
    by_case = {other.lower(): other for other in known}
    close = difflib.get_close_matches(name.lower(), by_case, n=1, cutoff=0.6)
    return by_case[close[0]] if close else None


def names_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The names of the fields that may be written at a path of a model."""
    return tuple(_fields_at(model, loc))


def example_at(model: type[BaseModel], loc: Loc) -> object:
    """An example of what belongs at a path of a model, or None; inside a list or group, one of its values."""
    for length in range(len(loc), 0, -1):
        for _, field in _at(model, loc[:length]):
            if field is None:
                continue
            example = _example(field)
            for _ in loc[length:]:
                inside = list(example.values()) if isinstance(example, dict) else example
                example = inside[0] if isinstance(inside, list) and inside else None
            return example
    return None


def _example(field: FieldInfo) -> object:
    """A field's example; where the field may be left out, it stands with the type that it otherwise has."""
    inside = [mark for each in get_args(field.annotation) for mark in get_args(each)[1:]]
    for each in (field, *(mark for mark in inside if isinstance(mark, FieldInfo))):
        if each.examples:
            return cast(object, each.examples[0])
    return None


def _candidates(annotation: object) -> Iterator[object]:
    """The types that an annotation may stand for, without Annotated, Optional and unions."""
    if get_origin(annotation) is Annotated:
        yield from _candidates(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for each in get_args(annotation):
            yield from _candidates(each)
    else:
        yield annotation


def _steps(annotation: object, part: str | int) -> Iterator[tuple[object, FieldInfo | None]]:
    """What may lie one step of a path below an annotation: its own annotation, and its field where it has
    one."""
    for each in _candidates(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel):
            field = each.model_fields.get(str(part))
            if field is not None:
                yield field.annotation, field
        elif arguments := get_args(each):
            yield arguments[-1] if get_origin(each) is dict else arguments[0], None


def _at(model: type[BaseModel], loc: Loc) -> list[tuple[object, FieldInfo | None]]:
    reached: list[tuple[object, FieldInfo | None]] = [(model, None)]
    for part in loc:
        reached = [step for annotation, _ in reached for step in _steps(annotation, part)]
    return reached


def _fields_at(model: type[BaseModel], loc: Loc) -> Iterator[str]:
    """The names of the fields that may be written at a path of a model."""
    for annotation, _ in _at(model, loc):
        for each in _candidates(annotation):
            if isinstance(each, type) and issubclass(each, BaseModel):
                for name, field in each.model_fields.items():
                    if not any(isinstance(mark, FilledIn) for mark in field.metadata):
                        yield name
