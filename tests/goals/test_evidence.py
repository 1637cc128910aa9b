"""What counts as evidence (design.md, Evidence). That T4 has somebody no longer is established by all three
together, and no less; a sign-off counts for one thing at one time."""

import itertools
from typing import get_args

import pytest

from t4firm.evidence import WHEN, Asked, Because, Gone, NotSeen, Search, doubt, doubted, same_but_for_form

ALL = {
    "listed": "GET /admin/v1/users: 200 at 2026-11-28T10:00:00Z",
    "complete": True,
    "not_found": "GET /admin/v1/users/E: 404 at 2026-11-28T10:00:01Z",
    "other_shown": "GET /admin/v1/users/A: 200 at 2026-11-28T10:00:02Z",
}


def test_a_complete_list_a_404_and_a_read_that_works_for_others_establish_it() -> None:
    gone = Search(**ALL).result  # type: ignore[arg-type]  # a table of strings and one flag
    assert isinstance(gone, Gone)
    assert all(str(call) in gone.evidence for call in ALL.values() if call is not True)


@pytest.mark.parametrize(
    "known", [known for count in range(4) for known in itertools.combinations(ALL, count)]
)
def test_any_less_establishes_nothing(known: tuple[str, ...]) -> None:
    less = Search(**{name: ALL[name] for name in known})  # type: ignore[arg-type]
    assert isinstance(less.result, NotSeen)


def test_it_says_what_was_tried_and_what_is_missing() -> None:
    listed = Search(listed="GET /users: 200").result
    assert isinstance(listed, NotSeen)
    assert "does not say that it is complete" in listed.why
    alone = Search(not_found="GET /users/E: 404").result
    assert isinstance(alone, NotSeen)
    assert "found nobody else that way: is the path right?" in alone.why
    assert Search().result == NotSeen("")


@pytest.mark.parametrize(
    ("one", "other", "form"),
    [
        ("555-123-4567", "(555) 123 4567", True),
        ("Main Street 1", "MAIN STREET 1", True),
        ("José", "Jose\u0301", True),
        ("555-123-4567", "555-123-4568", False),
        ("OH", "Ohio", False),
        ("Smith", "Jones", False),
        ("-", "", False),
    ],
)
def test_another_form_of_a_text_has_the_same_letters_and_digits(one: str, other: str, form: bool) -> None:
    assert same_but_for_form(one, other) is form


OPENED = "2026-11-21T15:00:00.000+00:00"


@pytest.mark.parametrize(
    ("line", "asked", "reason"),
    [
        ("2026-11-21, by A", Asked(OPENED), ""),
        ("2026-12-01, by A", Asked(OPENED), ""),
        ("2026-11-20, by A", Asked(OPENED), "its day is before 2026-11-21, when the task was opened"),
        # 21:00 on the 20th in Chicago, and signed there an hour later
        ("2026-11-20, by A", Asked("2026-11-21T03:00:00.000+00:00"), ""),
        ("2026-11-20, by A", Asked("2026-11-21T11:59:00.000+00:00"), ""),
        ("2026-11-20, by A", Asked("2026-11-21T12:00:00.000+00:00"), "its day is before 2026-11-21"),
        ("2026-11-19, by A", Asked("2026-11-21T03:00:00.000+00:00"), "its day is before 2026-11-21"),
        ("2026-11-21, by A", Asked(OPENED, stood="2026-11-21, by A"), "already in the file on 2026-11-21"),
        ("2026-11-21, by A (note)", Asked(OPENED, stood="2026-11-21, by A"), ""),
        ("2026-01-01, by A", Asked(OPENED, adopted=True), ""),
        ("2026-01-01, by A", Asked(OPENED, "shown", adopted=True), "when T4 showed that it is not done"),
        ("2026-01-01, by A", Asked(OPENED, stood="2026-01-01, by A", adopted=True), "already in the file"),
    ],
)
def test_a_sign_off_counts_for_the_task_as_it_was_asked(line: str, asked: Asked, reason: str) -> None:
    said = doubt(line, asked)
    assert reason in said
    assert bool(said) is bool(reason)


@pytest.mark.parametrize("because", get_args(Because))
def test_every_reason_is_said_with_its_day_and_what_to_write(because: Because) -> None:
    reason = doubt("2026-11-20, by A", Asked(OPENED, because))
    assert WHEN[because] in reason
    words = doubted("2026-11-20, by A", reason)
    assert words.startswith("2026-11-20, by A, does not count: its day is before 2026-11-21, when ")
    assert "replace the line" in words
