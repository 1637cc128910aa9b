"""Every kind of error that pydantic can report for a model of ours has its own words."""
# ruff: noqa: E501 - a row of the table is one line: kind, type, value, words

from __future__ import annotations

import json
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    ValidationError,
    create_model,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from t4firm.yaml_files import model_errors
from t4firm.yaml_files.model_errors import WORDS, as_written, example_at, names_at, nearest_name, words_for


class Colour(Enum):
    RED = "red"


class Inside(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str


def _assert_never(value: str) -> str:
    raise AssertionError("it is no good")


def _refuse(value: str) -> str:
    raise ValueError("it is no good either")


Lax = Field(strict=False)
# kind of error -> the type of a field, a value that is refused in that way, the words
PRODUCED: dict[str, tuple[Any, object, tuple[str, str]]] = {
    "assertion_error": (Annotated[str, AfterValidator(_assert_never)], "x", ("it is no good", "")),
    "value_error": (Annotated[str, AfterValidator(_refuse)], "x", ("it is no good either", "")),
    "bool_parsing": (Annotated[bool, Lax], "maybe", ("is a text", "write true or false")),
    "bool_type": (bool, "Off", ('"Off" is not true or false', "write false, without quotes")),
    "date_from_datetime_inexact": (Annotated[date, Lax], "2026-11-02T10:00:00", ("is not a date", "write year-month-day, for example 2026-11-02")),
    "date_from_datetime_parsing": (Annotated[date, Lax], "x", ("is not a date", "write year-month-day, for example 2026-11-02")),
    "date_parsing": (date, "x", ("is not a date", "write year-month-day, for example 2026-11-02")),
    "date_type": (date, None, ("is empty", "write year-month-day, for example 2026-11-02")),
    "datetime_from_date_parsing": (Annotated[datetime, Lax], "x", ("is not a date and time", "write one like 2025-05-01T10:30:15")),
    "datetime_parsing": (datetime, "x", ("is not a date and time", "write one like 2025-05-01T10:30:15")),
    "datetime_type": (datetime, None, ("is empty", "write one like 2025-05-01T10:30:15")),
    "timezone_aware": (AwareDatetime, "2025-05-01T10:30:15", ("is not a date and time", "write one like 2025-05-01T10:30:15")),
    "timezone_naive": (NaiveDatetime, "2025-05-01T10:30:15Z", ("is not a date and time", "write one like 2025-05-01T10:30:15")),
    "dict_type": (dict[str, str], [], ("is an empty list", 'write "name: value" lines below it')),
    "enum": (Colour, "blue", ('"blue" is not known here', "write red")),
    "literal_error": (Literal["a", "b"], "c", ('"c" is not known here', "write a or b")),
    "finite_number": (Annotated[int, Lax], 1e400, ("inf is not a number", "write a number")),
    "float_parsing": (Annotated[float, Lax], "x", ("is a text", "write a number without quotes")),
    "float_type": (float, True, ("true is not a number", "write a number")),
    "frozen_set_type": (frozenset[str], {}, ("is a group of fields", "write a list")),
    "set_type": (set[str], None, ("is empty", "write a list")),
    "list_type": (list[str], "x", ("is a single text", "put it in square brackets: […]")),
    "tuple_type": (tuple[str, ...], 7, ("7 is not a list", 'write ["7"]')),
    "greater_than": (Annotated[int, Field(gt=2)], 1, ("1 is out of range", "write a number above 2")),
    "greater_than_equal": (Annotated[int, Field(ge=2)], 1, ("1 is out of range", "write a number from 2")),
    "less_than": (Annotated[int, Field(lt=2)], 3, ("3 is out of range", "write a number below 2")),
    "less_than_equal": (Annotated[int, Field(le=2)], 3, ("3 is out of range", "write a number up to 2")),
    "int_from_float": (Annotated[int, Lax], 1.5, ("1.5 is not a whole number", "write a whole number")),
    "int_parsing": (Annotated[int, Lax], "x", ("is a text", "write a whole number without quotes")),
    "int_type": (int, [], ("is an empty list", "write a whole number")),
    "missing": (str, ..., ("is missing", "add it")),
    "extra_forbidden": (Inside, {"name": "x", "nme": 1}, ("there is no such field", 'did you mean "name"? known here: name')),
    "model_type": (Inside, 3, ("3 is a number", 'write "name: value" lines below it (name)')),
    "model_attributes_type": (Annotated[Inside, Field(strict=False)], 3, ("3 is a number", 'write "name: value" lines below it (name)')),
    "none_required": (None, 1, ("must stay empty", "remove the value")),
    "string_pattern_mismatch": (Annotated[str, Field(pattern="^a$")], "b", ("is not of the expected form", "correct it")),
    "string_too_long": (Annotated[str, Field(max_length=1)], "bb", ("is too long", "write at most 1 characters")),
    "string_too_short": (Annotated[str, Field(min_length=2)], "b", ("is too short", "write at least 2 characters")),
    "string_type": (str, 7, ("7 is a number", 'write "7"')),
    "too_long": (Annotated[list[str], Field(max_length=1)], ["a", "b"], ("has too many entries", "write at most 1")),
    "too_short of a group": (Annotated[dict[str, str], Field(min_length=2)], {"a": "b"}, ("has too few lines", "write at least 2")),
    "too_short of nothing": (Annotated[list[str], Field(min_length=1)], [], ("is an empty list", "write at least 1")),
    "string_too_short of nothing": (Annotated[str, Field(min_length=1)], "", ("is an empty text", "write a text")),
    "float_type of a text": (float, "x", ("is a text", "write a number without quotes")),
    "float_type of nothing": (float, None, ("is empty", "write a number")),
    "too_short": (Annotated[list[str], Field(min_length=2)], ["a"], ("has too few entries", "write at least 2")),
}  # fmt: skip

# Kinds that pydantic reports for Python values only, never for what came from a file: made by hand below.
BY_HAND = WORDS.keys() - {kind.partition(" of ")[0] for kind in PRODUCED}


def details(annotation: Any, value: object) -> tuple[ErrorDetails, type[BaseModel]]:
    model = create_model("Made", __config__=ConfigDict(strict=True), it=(annotation, ...))
    given = {} if value is ... else {"it": value}
    text = json.dumps(given).replace("Infinity", "1e400")
    with pytest.raises(ValidationError) as raised:
        model.model_validate_json(text)
    return raised.value.errors()[0], model


@pytest.mark.parametrize("kind", PRODUCED)
def test_the_words_for_each_kind_of_error(kind: str) -> None:
    annotation, value, words = PRODUCED[kind]
    kind = kind.partition(" of ")[0]
    detail, model = details(annotation, value)
    detail = {**detail, "type": kind} if detail["type"] in SIBLINGS.get(kind, ()) else detail
    assert detail["type"] == kind
    assert words_for(detail, None, model) == words


# Which kind is reported for a value depends on pydantic's version here; the words are the same for each of
# them.
SIBLINGS = {
    "date_parsing": ("date_from_datetime_parsing",),
    "date_from_datetime_parsing": ("date_parsing",),
    "datetime_parsing": ("datetime_from_date_parsing",),
    "datetime_from_date_parsing": ("datetime_parsing",),
    "model_attributes_type": ("model_type",),
}


@pytest.mark.parametrize("kind", sorted(BY_HAND))
def test_kinds_that_files_cannot_bring_about_have_words_too(kind: str) -> None:
    wrong, right = words_for(
        {"type": kind, "loc": ("it",), "msg": "Input should be", "input": []}, None, Inside
    )
    assert (wrong, right) in (
        ("is an empty list", "write a single text"),
        ("is an empty list", 'write "name: value" lines below it'),
        ("is an empty list", "write a whole number"),
        ("is not a date and time", "write one like 2025-05-01T10:30:15"),
    )


def test_the_table_has_kinds_that_exist() -> None:
    assert set(get_args(ErrorType)) >= WORDS.keys()


def test_no_kind_of_the_table_falls_back() -> None:
    assert model_errors._name_of_model not in WORDS.values()


def test_an_unknown_kind_has_words_without_pydantics_own() -> None:
    error = PydanticCustomError("of_tomorrow", "Input should be a valid tomorrow")
    detail: ErrorDetails = {"type": error.type, "loc": ("it",), "msg": error.message(), "input": "x"}
    assert words_for(detail, None, Inside) == ("is not of the expected form", "correct it")


class Outside(BaseModel):
    group: dict[str, Inside] = Field(default_factory=dict, examples=[{"a": {"name": "x"}}])
    many: tuple[Annotated[str, Field(description="One.")], ...] = Field((), examples=[["a", "b"]])
    maybe: Annotated[str, Field(examples=["e"])] | None = None
    choice: Inside | list[Inside] | None = None
    bare: Any = None


def test_names_and_examples_are_found_along_a_path() -> None:
    assert names_at(Outside, ("group", "any")) == ("name",)
    assert names_at(Outside, ("choice", 3)) == ("name",)
    assert names_at(Outside, ("choice",)) == ("name",)
    assert (
        names_at(Outside, ("many", 1, "x"))
        == names_at(Outside, ("bare", "x"))
        == names_at(Outside, ("no",))
        == ()
    )
    assert example_at(Outside, ("many",)) == ["a", "b"]
    assert example_at(Outside, ("many", 1)) == "a"
    assert example_at(Outside, ("maybe",)) == "e"
    assert example_at(Outside, ("bare",)) is example_at(Outside, ("no",)) is example_at(Outside, ()) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ohio", "Ohio"),
        ("43004", '"43004"'),
        ("1 Main Street", '"1 Main Street"'),
        ("a: b", '"a: b"'),
        ("-x", '"-x"'),
        ("true", '"true"'),
        ("", '""'),
        (True, "true"),
        (3, "3"),
        (("a", "1"), '[a, "1"]'),
        ({"22222": "why not"}, '{"22222": why not}'),
    ],
)
def test_examples_are_written_as_in_the_file(value: object, text: str) -> None:
    assert as_written(value) == text


def test_the_nearest_name_is_the_one_that_was_meant() -> None:
    known = ("firstname", "lastname", "postCode")
    assert [nearest_name(name, known) for name in ("FIRSTNAME", "postcod", "lstname", "zzz")] == [
        "firstname",
        "postCode",
        "lastname",
        None,
    ]
