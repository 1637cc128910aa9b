"""A comment never grows above what its host takes; what is cut is said, and the top is always there."""

import re

import pytest

from firm.tasks import Task
from review.comment import comment_of
from review.model import Field, Person, Review, Step
from review.parts import LEAST, LIMIT, Part, joined
from tests.review.rendered import rendered


def large(people: int, warnings: int = 3) -> Review:
    """The review of a firm's first set-up."""
    names = [f"trader.{number:05}" for number in range(people)]
    return Review(
        stack="live",
        firm="Example Trading LLC",
        headline=f"{people} new users",
        previewed=True,
        warnings=tuple(f"warning {number} of many, which is a sentence" for number in range(warnings)),
        people=tuple(Person(name, "new", False, (Field("accounts", (), (name,)),)) for name in names),
        tasks=tuple(
            Task(f"create-account/{name}", "Accounts", f"make {name}", "so it is", "", "", "")
            for name in names
        ),
        steps=tuple(Step("User", name, "create") for name in names),
    )


def test_a_firm_of_thousands_fits_and_says_what_was_cut() -> None:
    comment = comment_of(large(5_000), "sha256:x")
    assert LIMIT - 400 < len(comment.encode()) <= LIMIT
    assert "**Example Trading LLC: 5000 new users**" in comment
    assert "warning 2 of many" in comment
    assert "more people: the comment would be too long for its host" in comment
    assert "*… and 5000 more tasks" in comment
    assert re.search(r"\*… and [45]\d{3} more steps", comment)
    assert comment.endswith("`sha256:x`</sub>\n")
    assert rendered(comment).tags["details"] == 1


def test_a_small_one_is_not_cut() -> None:
    comment = comment_of(large(3), "sha256:x")
    assert "more" not in comment.replace("sha256", "")
    assert comment.count("trader.00002") == 5


@pytest.mark.parametrize("limit", [LEAST, 4_500, 9_999, 20_000])
@pytest.mark.parametrize("warnings", [0, 3, 500])
def test_any_limit_is_kept(limit: int, warnings: int) -> None:
    comment = comment_of(large(400, warnings), "sha256:x", limit)
    assert len(comment.encode()) <= limit
    assert "**Example Trading LLC: 400 new users**" in comment
    assert rendered(comment).comments == [" t4firm:review:live "]


def test_warnings_come_before_everything_else() -> None:
    comment = comment_of(large(400, 60), "sha256:x", 6_000)
    assert "warning 59 of many" in comment
    assert "more people" in comment


def test_letters_of_many_bytes_count_as_such() -> None:
    part = Part("T", tuple("ü" * 50 for _ in range(200)), "rows")
    assert len(joined("top", [part], "", 5_000).encode()) <= 5_000


def test_a_table_does_not_take_the_note_for_a_row() -> None:
    page = rendered(comment_of(large(5_000), "sha256:x"))
    assert set(page.rows) == {3}
