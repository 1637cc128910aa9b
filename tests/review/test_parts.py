"""A comment never grows above what its host takes; what is cut is said, and the top is always there."""

import copy
import re
from pathlib import Path

import pytest

from t4firm.review.comment import comment_of
from t4firm.review.model import Field, Person, Review, Step
from t4firm.review.parts import LEAST, LIMIT, Part, joined
from t4firm.tasks.ids import Task
from tests.goals.firms import firm_of
from tests.review.changes import reviewed
from tests.review.rendered import rendered
from tests.review.test_safe import whole


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


def one(*fields: Field) -> Review:
    """The review of a change of one person."""
    changed = Person("trader.a", "changes", False, fields)
    return Review(stack="live", firm="A", headline="x", previewed=True, people=(changed,))


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


def test_a_row_that_is_too_long_hides_no_other() -> None:
    part = Part("T", ("a", "b" * 5_000, "c", "d"), "rows")
    assert joined("top", [part], "", LEAST) == (
        "top\n\n### T\n\na\nc\nd\n\n*… and 1 more rows: the comment would be too long for its host.*\n"
    )


def test_one_persons_many_fields_hide_nobody(tmp_path: Path) -> None:
    before = firm_of(
        trader_a={
            "accounts": ["11111"],
            "applications": ["WhenTech", "Charting"],
            "marketData": {"ICE": "TOB", "ZCE": "TOB"},
        },
        trader_b={"accounts": ["33333"]},
    )
    after = copy.deepcopy(before)
    after["limits"] = {"marketData": 5_000}
    after["users"]["trader.a"]["marketData"] = {f"EXCHANGE{number:04}": "Depth" for number in range(2_500)}
    after["users"]["trader.a"]["marketData"]["ZCE"] = "Depth"
    after["users"]["trader.a"]["applications"] = ["WhenTech"]
    after["users"]["trader.b"]["apptype"] = "NonProfessional"
    said = comment_of(reviewed(tmp_path, before, after))
    assert "| `trader.a` | changes | market data ZCE: `TOB` → `Depth`<br>market data EXCHANGE0000: " in said
    assert "<br>market data ICE: `TOB` → none |" in said
    assert "market data EXCHANGE0009: `Depth`<br>market data: 2490 more<br>applications: - `Charting`" in said
    assert "| `trader.b` | changes | type: `Professional` → `NonProfessional` |" in said


def test_long_values_push_no_short_field_out_of_a_row() -> None:
    long = tuple(Field(f"market data {number}", (), ("|" * 200,)) for number in range(12))
    lost = Field("applications", ("WhenTech",), (), listed=True)
    [row] = [line for line in comment_of(one(*long, lost)).splitlines() if line.startswith("| `trader.a`")]
    assert row.endswith("<br>applications: - `WhenTech`<br>and 3 more, too long for this table |")
    assert len(row) < 13_000


def test_what_goes_is_told_before_what_comes() -> None:
    field = Field("accounts", ("1", "2"), ("1", *(f"9{number}" for number in range(12))), listed=True)
    assert "accounts: - `2`, + `90`, + `91`" in comment_of(one(field))


@pytest.mark.parametrize("text", ["@" * 1_000, "\u202e" * 1_000, "|" * 1_000, "<x>" * 400])
def test_what_grows_by_being_made_safe_is_cut_by_its_size(text: str) -> None:
    for limit in (LEAST, 10_000, LIMIT):
        comment = comment_of(whole(text), "sha256:x", limit)
        assert len(comment.encode()) <= limit
        assert rendered(comment).attributes == []
        assert "`sha256:x`</sub>" in comment


def test_a_table_does_not_take_the_note_for_a_row() -> None:
    page = rendered(comment_of(large(5_000), "sha256:x"))
    assert set(page.rows) == {3}
