"""Reading YAML: values without the traps of YAML 1.1, and the line of everything."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from pydantic import BaseModel, Field

from t4firm.yaml_files import parser
from t4firm.yaml_files.document import Document, read, read_on, validated
from t4firm.yaml_files.mistakes import FileError, Mistake, Wrong, field_path, listed, ordinal, shown
from tests.firm.firms import written


@pytest.fixture(params=["C", "Python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = yaml.CSafeLoader if request.param == "C" else yaml.SafeLoader
    monkeypatch.setattr(parser, "PARSER", chosen)


def value_of(folder: Path, text: str) -> object:
    return read(written(folder, f"it: {text}\n")).data["it"]


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, word) for word in ("NO", "no", "ON", "on", "Yes", "y", "True", "FALSE", "Null", "NULL")),
        *(
            (text, text)
            for text in ("2026-11-02", "2025-05-01T10:30:15", "12:30:45", "1_000", "0x1F", "0o17")
        ),
        *((text, text) for text in ("1e5", ".inf", ".nan", "+", ".", "1.2.3", "555-123-4567", "=")),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("17", 17),
        ("-017", -17),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1.5e3", 1500.0),
        ('"17"', "17"),
        ("'true'", "true"),
        ('""', ""),
        ("'it''s'", "it's"),
        ('"a\\u00e9\\\\"', "aé\\"),
        ("[a, [b], {c: d}]", ["a", ["b"], {"c": "d"}]),
        ("|\n  one\n  two\n", "one\ntwo\n"),
        (">\n  one\n  two\n", "one two\n"),
        ("José Ñandú 東京", "José Ñandú 東京"),
        ("a # comment", "a"),
        ("a#b", "a#b"),
    ],
)
def test_values(tmp_path: Path, text: str, value: object) -> None:
    found = value_of(tmp_path, text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.usefixtures("loader")
def test_a_huge_number_stays_what_it_is(tmp_path: Path) -> None:
    digits = "9" * 3_000
    document = read(written(tmp_path, f"it: {digits}\n"))
    assert document.written(("it",)) == digits
    with pytest.raises(FileError, match="the number is too large; check it"):
        read(written(tmp_path, f"it: {digits}.0\n"))


@pytest.mark.usefixtures("loader")
def test_aliases_repeat_values(tmp_path: Path) -> None:
    document = read(written(tmp_path, "a: &x {b: [1, 2]}\nc: *x\nd:\n  - *x\n"))
    assert document.data == {"a": {"b": [1, 2]}, "c": {"b": [1, 2]}, "d": [{"b": [1, 2]}]}
    assert document.line(("c",)) == 2
    assert document.line(("d", 0)) == 4
    assert document.line(("d", 0, "b", 1)) == 1  # there it can be changed


@pytest.mark.usefixtures("loader")
def test_one_address_may_serve_a_large_firm(tmp_path: Path) -> None:
    """The limit is for what would fill the memory, and not for how often something is used."""
    address = "&office {street: 1 Main Street, city: Columbus, county: Franklin, state: OH}"
    users = "".join(f"  user{number}: *office\n" for number in range(5_000))
    users_of = read(written(tmp_path, f"office: {address}\nusers:\n{users}")).data["users"]
    assert isinstance(users_of, dict)
    assert len(users_of) == 5_000


TEXT = """\
# a comment

users:
  trader.a:
    accounts: ["1",
               002]
    city:
      Columbus
"""


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("loc", "line"),
    [
        ((), 3),
        (("users",), 3),
        (("users", "trader.a"), 4),
        (("users", "trader.a", "accounts", 0), 5),
        (("users", "trader.a", "accounts", 1), 6),
        (("users", "trader.a", "city"), 7),
        (("users", "trader.a", "phone"), 4),
        (("users", "trader.b", "phone"), 3),
        (("limits", "newUsers"), 3),
        (("users", "trader.a", "accounts", 7), 5),
        (("users", "trader.a", "city", "deeper"), 7),
    ],
)
def test_every_path_has_a_line(tmp_path: Path, loc: tuple[str | int, ...], line: int) -> None:
    assert read(written(tmp_path, TEXT)).line(loc) == line


def test_windows_and_byte_order_marks_do_not_matter(tmp_path: Path) -> None:
    document = read(written(tmp_path, b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()))
    assert document.line(("users", "trader.a", "accounts", 1)) == 6


def test_numbers_are_known_as_they_were_written(tmp_path: Path) -> None:
    document = read(written(tmp_path, TEXT))
    assert document.written(("users", "trader.a", "accounts", 1)) == "002"
    assert document.written(("users", "trader.a", "accounts", 0)) is None
    assert document.written(("users", "trader.a", "phone")) is None
    assert document.written(("nothing",)) is None


def test_a_mistake_reads_like_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stacks").mkdir()
    document = read(written(tmp_path / "stacks", TEXT, "demo.firm.yaml"))
    mistake = document.mistake(("users", "trader.a", "accounts", 1), "002 is a number", 'write "002"')
    assert (
        str(mistake) == 'stacks/demo.firm.yaml:6: users.trader.a.accounts (2nd): 002 is a number; write "002"'
    )
    assert str(Mistake("a.yaml", 0, "", "it is gone", "")) == "a.yaml: it is gone"
    assert str(document.mistake((), "it is odd", "")) == "stacks/demo.firm.yaml:3: it is odd"


def test_a_file_elsewhere_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, TEXT)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert read(path).file == str(path)
    monkeypatch.chdir(tmp_path)
    assert read(path).file == path.name
    assert read(Path(path.name)).file == path.name


def test_a_file_name_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(FileError) as raised:
        read(tmp_path / "a\x1b[31m.yaml")
    assert "\x1b" not in str(raised.value)
    assert "<U+001B>[31m.yaml: there is no such file" in str(raised.value)


def test_values_from_elsewhere_point_there(tmp_path: Path) -> None:
    document = read(written(tmp_path, TEXT)).with_origins({("users", "b"): ("users", "trader.a")})
    mistake = document.mistake(("users", "b", "city"), "is wrong", "")
    assert (mistake.line, mistake.field) == (7, "users.trader.a.city")
    assert document.mistake(("users", "c"), "is wrong", "").field == "users.c"


def test_a_list_may_stand_for_one_field(tmp_path: Path) -> None:
    document = read(written(tmp_path, "- task: x\n- task: y\n"), list_as="attested")
    assert document.data == {"attested": [{"task": "x"}, {"task": "y"}]}
    mistake = document.mistake(("attested", 1, "task"), "is unknown", "")
    assert (mistake.line, mistake.field) == (2, "(2nd).task")
    assert read(written(tmp_path, "# nothing yet\n"), list_as="attested").data == {"attested": []}
    assert read(written(tmp_path, "attested: [x]\n"), list_as="attested").data == {"attested": ["x"]}
    with pytest.raises(FileError, match="the file holds a single value"):
        read(written(tmp_path, "x\n"), list_as="attested")


def test_all_that_reading_finds_comes_at_once(tmp_path: Path) -> None:
    text = "1: a\nb: !x c\nb: d\nc: *nowhere\n"
    with pytest.raises(FileError) as raised:
        read(written(tmp_path, text))
    assert [mistake.line for mistake in raised.value.mistakes] == [1, 2, 3, 4]
    unseen = "a: \u200b\nb: c\nd:\te\nf: g # \x07\n"
    with pytest.raises(FileError) as raised:
        read(written(tmp_path, unseen))
    assert [mistake.line for mistake in raised.value.mistakes] == [1, 3, 4]
    read(written(tmp_path, "a: b\n# a tab \t in a comment\nc: d # \t and here\n"))


def test_reading_goes_on_where_it_can(tmp_path: Path) -> None:
    document, mistakes = read_on(written(tmp_path, "1: a\nb: c\nb: d\n<<: {e: f}\n"))
    assert document.data == {"1": "a", "b": "c"}
    assert [mistake.line for mistake in mistakes] == [1, 3, 4]


def test_mistakes_sort_by_line_and_come_once() -> None:
    late, early = Mistake("a", 10, "x", "w", "r"), Mistake("a", 9, "y", "w", "r")
    assert FileError([late, early, late]).mistakes == (early, late)


class Step(BaseModel):
    method: Literal["GET", "POST"]
    body: dict[str, str] | list[str] | None = None
    on: date | None = Field(None, strict=False)


class Steps(BaseModel, extra="forbid"):
    steps: tuple[Step, ...] = ()
    most: Annotated[int, Field(le=9)] = 1


def steps(folder: Path, text: str) -> list[str]:
    document = read(written(folder, text))
    try:
        validated(document, Steps)
    except FileError as error:
        return [str(mistake).removeprefix(f"{mistake.file}:") for mistake in error.mistakes]
    return []


def test_other_files_are_checked_in_the_same_words(tmp_path: Path) -> None:
    assert steps(tmp_path, "steps:\n  - method: get\n  - {}\n  - x\nmost: 10\nstep: 1\n") == [
        '2: steps (1st).method: "get" is not known here; write GET or POST',
        "3: steps (2nd).method: is missing; add it",
        '4: steps (3rd): is a single text; write "name: value" lines below it (method, body and on)',
        "5: most: 10 is out of range; write a number up to 9",
        '6: step: there is no such field; did you mean "steps"? known here: steps, most',
    ]


def test_a_choice_of_kinds_makes_one_mistake_without_the_names_of_its_branches(tmp_path: Path) -> None:
    assert steps(tmp_path, "steps: [{method: GET, body: 5}]") == [
        '1: steps (1st).body: 5 is a number; write "name: value" lines below it'
    ]
    assert steps(tmp_path, "steps: [{method: GET, body: {a: 5}}]") == [
        "1: steps (1st).body: is a group of fields; write a list",
        '1: steps (1st).body.a: 5 is a number; write "5"',
    ]


def test_dates_and_tuples_are_read_as_from_json(tmp_path: Path) -> None:
    document = read(written(tmp_path, "steps: [{method: GET, on: 2026-11-02}]"))
    assert validated(document, Steps).steps[0].on == date(2026, 11, 2)
    assert steps(tmp_path, "steps: [{method: GET, on: yesterday}]") == [
        "1: steps (1st).on: is not a date; write year-month-day, for example 2026-11-02"
    ]
    assert validated(document, Steps, {"most": 3}).most == 3


def test_documents_do_not_show_their_contents_twice(tmp_path: Path) -> None:
    document = read(written(tmp_path, TEXT))
    assert isinstance(document, Document)
    assert "Place" not in repr(document)


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (0, "1st"),
        (1, "2nd"),
        (2, "3rd"),
        (3, "4th"),
        (10, "11th"),
        (12, "13th"),
        (20, "21st"),
        (110, "111th"),
    ],
)
def test_places_are_counted_as_people_do(number: int, word: str) -> None:
    assert ordinal(number) == word


def test_words_for_lists_paths_and_what_cannot_be_seen() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")] == [
        "",
        "a",
        "a and b",
        "a, b or c",
    ]
    assert field_path(("users", "a\nb", 2, "x")) == "users.a<U+000A>b (3rd).x"
    assert shown("x" * 100) == "x" * 59 + "…"
    assert (Wrong("a").right, str(Wrong("a", "b"))) == ("", "a")
