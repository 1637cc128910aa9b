"""What establishes that T4 has somebody no longer (design.md, Evidence): all three together, and no less."""

import itertools

import pytest

from t4firm.evidence import Gone, NotSeen, Search, same_but_for_form

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
