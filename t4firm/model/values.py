"""The kinds of values in a firm file, each with its check and the words for what does not pass it.

Personal details are never repeated in the words; usernames, account numbers and names of things are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeGuard

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
)

from t4firm.model.countries import COUNTRIES
from t4firm.model.names import repeated
from t4firm.yaml_files.mistakes import UNSEEN, Wrong, codepoint, listed, shown

Json = dict[str, Any]

EARLIEST = date(2000, 1, 1)  # nobody signed for T4 or asked for WhenTech before
SHORTEST_USERNAME = 6  # t4.md section 3: "login name at least 6 characters"
NO_PLACE = "none"  # what the file says where a country has no state or county; T4 gets an empty text
LONGEST_ACCOUNT = 26  # t4.md section 3: "at most 26 alphanumeric characters"

_UNPRINTABLE = re.compile(f"[\r\n\t]|{UNSEEN.pattern}")
_ACCOUNT = re.compile(rf"[A-Za-z0-9]{{1,{LONGEST_ACCOUNT}}}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_PERCENTAGE = re.compile(r"(100|[1-9]?[0-9])%")


def _now() -> datetime:
    return datetime.now(UTC)


def one_line(value: str) -> str:
    """A text that people can see on one line. Raises Wrong."""
    if not value:
        raise Wrong("is an empty text")
    unprintable = _UNPRINTABLE.search(value)
    if unprintable and unprintable.group() in "\r\n":
        raise Wrong("has more than one line", "write it on one line")
    if unprintable:
        raise Wrong(f"has an invisible character ({codepoint(unprintable.group())})", "remove it")
    if not value.strip():
        raise Wrong("has only spaces")
    if value != value.strip():
        raise Wrong("begins or ends with a space", "remove the space")
    return value


def _place(value: str) -> str:
    return "" if value == NO_PLACE else value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise Wrong("is not an e-mail address")
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise Wrong(
            "is not a country code of ISO 3166",
            "write two capital letters, for example US (the United Kingdom is GB)",
        )
    return value


def _username(value: str) -> str:
    """A login name. T4 says no more than its length; white space in a name could not be told from its
    absence."""
    if re.search(r"\s", value) or not value.isprintable():
        raise Wrong(f'the username "{shown(value)}" has a space or an invisible character', "remove it")
    if "/" in value:
        # names of resources (trader.a/11111) are taken apart at the slash
        raise Wrong(f'the username "{shown(value)}" has a slash', "write it without")
    if len(value) < SHORTEST_USERNAME:
        raise Wrong(
            f'the username "{value}" is shorter than {SHORTEST_USERNAME} characters',
            f"write a longer one: T4 takes {SHORTEST_USERNAME} characters or more",
        )
    return value


def is_account_number(value: object) -> TypeGuard[str]:
    """Whether T4 takes this as an account number: 1 to 26 letters and digits (t4.md section 3)."""
    return isinstance(value, str) and _ACCOUNT.fullmatch(value) is not None


def _account_number(value: str) -> str:
    if not is_account_number(value):
        raise Wrong(
            f'"{shown(value, LONGEST_ACCOUNT + 10)}" is not an account number',
            f"write 1 to {LONGEST_ACCOUNT} letters and digits (a to z, 0 to 9), without spaces or dashes",
        )
    return value


def _once(values: Sequence[str]) -> Sequence[str]:
    if twice := repeated(values):
        names = listed(f'"{shown(value)}"' for value in twice)
        raise Wrong(f"{names} {'is' if len(twice) == 1 else 'are'} listed twice", "keep one")
    return values


def _day(value: object) -> date:
    day = _any_day(value)
    if day > _now().date() + timedelta(days=1):  # a day ahead: it is tomorrow already east of Greenwich
        raise Wrong(f"{day} is in the future", "write the day on which it happened")
    return day


def _any_day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        day = value
    else:
        try:
            if not isinstance(value, str) or not _DAY.fullmatch(value):
                raise ValueError
            day = date.fromisoformat(value)
        except ValueError:
            raise Wrong(
                "is empty" if value is None else "is not a date",
                "write year-month-day, for example 2026-11-02",
            ) from None
    if day < EARLIEST:
        raise Wrong(f"{day} is before {EARLIEST.year}", "check the year")
    return day


def _signed(value: str) -> str:
    example = "write one like 2025-05-01T10:30:15"
    if _DAY.fullmatch(value):
        raise Wrong("has no time of day", example)
    if not _TIME.fullmatch(value):
        raise Wrong("is not a date and time", example)
    try:
        # T4's own clock counts tenths of a microsecond (seed 002, metadata), Python's does not
        when = datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d?", r"\1", value))
    except ValueError:
        raise Wrong("is a date or time that does not exist", example) from None
    if when.year < EARLIEST.year:
        raise Wrong(f"is before {EARLIEST.year}", "write when the person signed")
    # seed 002 shows no zone: such a time may be that of any place, up to 14 hours ahead of Greenwich
    ahead = timedelta(minutes=5) if when.tzinfo else timedelta(hours=14)
    if when.replace(tzinfo=when.tzinfo or UTC) > _now() + ahead:
        raise Wrong("is in the future", "write when the person signed; it cannot be later than now")
    return value


def _limit(value: object) -> int | str:
    right = 'write a number such as 25, or a percentage of the firm such as "10%"'
    if isinstance(value, float):
        raise Wrong(f"{value} is not a whole number", right)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Wrong("is empty" if value is None else "is not a number", right)
    if isinstance(value, int):
        if value < 0:
            raise Wrong(f"{value} is below 0", right)
        return value
    if not _PERCENTAGE.fullmatch(value):
        raise Wrong("is neither a number nor a percentage from 0% to 100%", right)
    return value


def _capture_list(value: object) -> object:
    if isinstance(value, list | tuple):
        return tuple(value)  # what a check has had in its hands, pydantic no longer takes as JSON's list
    if value == "whentech":
        return value
    example = "write whentech (every account of every WhenTech user), or a list such as"
    if isinstance(value, int) and not isinstance(value, bool):
        raise Wrong(f"{value} is not a list", f'{example} ["{value}"]')
    raise Wrong(
        "is neither whentech nor a list" if value is not None else "is empty", f'{example} ["11111", "22222"]'
    )


def _branch(value: object) -> str:
    return "list" if isinstance(value, list | tuple) else "word"


_TEXT_SCHEMA: Json = {"minLength": 1, "pattern": r"^\S(.*\S)?$"}
_COUNTRY_SCHEMA: Json = {"enum": sorted(COUNTRIES)}

Text = Annotated[str, AfterValidator(one_line), Field(json_schema_extra=_TEXT_SCHEMA)]
Place = Annotated[Text, AfterValidator(_place)]
"""A part of an address that a country may not have; empty where the file says that it has none."""
Email = Annotated[Text, AfterValidator(_email), Field(json_schema_extra={"pattern": r"^[^@\s]+@[^@\s]+$"})]
Country = Annotated[Text, AfterValidator(_country), Field(json_schema_extra=_COUNTRY_SCHEMA)]
Username = Annotated[
    Text,
    AfterValidator(_username),
    Field(json_schema_extra={"minLength": SHORTEST_USERNAME, "pattern": r"^[^\s/]+$"}),
]
AccountNumber = Annotated[
    str,
    AfterValidator(_account_number),
    Field(json_schema_extra={"pattern": rf"^[A-Za-z0-9]{{1,{LONGEST_ACCOUNT}}}$"}),
]
Names = Annotated[tuple[Text, ...], AfterValidator(_once), Field(json_schema_extra={"uniqueItems": True})]
AccountNumbers = Annotated[
    tuple[AccountNumber, ...], AfterValidator(_once), Field(json_schema_extra={"uniqueItems": True})
]
Day = Annotated[date, BeforeValidator(_day)]
DayToCome = Annotated[date, BeforeValidator(_any_day)]
"""A day that may also be in the future."""
Signed = Annotated[Text, AfterValidator(_signed), Field(json_schema_extra={"pattern": f"^{_TIME.pattern}$"})]
Limit = Annotated[
    int | str,
    PlainValidator(_limit),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": f"^{_PERCENTAGE.pattern}$"},
            ]
        }
    ),
]
CapturedAccounts = Annotated[
    Annotated[Literal["whentech"], Tag("word")] | Annotated[AccountNumbers, Tag("list")],
    Discriminator(_branch),
    BeforeValidator(_capture_list),
]
