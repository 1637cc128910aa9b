"""A YAML text is changed in the places that are asked for, and in no other."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t4firm.yaml_files.edits import NotEditable, edited, values_of
from t4firm.yaml_files.writing import inline, scalar

DEMO = (Path(__file__).parents[2] / "stacks" / "demo.firm.yaml").read_text()


def after(text: str, change: Callable[[Any], object]) -> str:
    values = values_of(text)
    change(values)
    return edited(text, values)


def lines_that_differ(one: str, other: str) -> tuple[set[str], set[str]]:
    before, now = one.splitlines(), other.splitlines()
    return {line for line in before if line not in now}, {line for line in now if line not in before}


def test_a_field_is_written_behind_the_last_of_its_entry() -> None:
    text = after(DEMO, lambda firm: firm["users"]["trader.b"].update(departed=True))
    assert text == DEMO.replace(
        "      CME: Depth\n\n# Only what", "      CME: Depth\n    departed: true\n\n# Only what"
    )


def test_a_list_keeps_its_comment_and_a_value_its_neighbours() -> None:
    text = after(DEMO, lambda firm: firm["users"]["trader.a"]["accounts"].remove("22222"))
    assert text == DEMO.replace('["11111", "22222"] # the first', '["11111"] # the first')
    text = after(DEMO, lambda firm: firm["users"]["trader.b"]["accounts"].append("55555"))
    assert text == DEMO.replace('["33333", "44444"]', '["33333", "44444", "55555"]')
    text = after(DEMO, lambda firm: firm["limits"].update(newUsers=40))
    assert text == DEMO.replace("newUsers: 25", "newUsers: 40")


def test_a_new_entry_stands_behind_the_last_one_as_the_others_do() -> None:
    entry = {"firstname": "Jörg", "lastname": "O'Brien", "postCode": "04103", "accounts": ["55555"]}
    text = after(DEMO, lambda firm: firm["users"].update({"joerg.o": entry}))
    lost, new = lines_that_differ(DEMO, text)
    assert not lost
    assert new == {
        "  joerg.o:",
        "    firstname: Jörg",
        "    lastname: O'Brien",
        '    postCode: "04103"',
        '    accounts: ["55555"]',
    }
    assert "      CME: Depth\n\n  joerg.o:\n" in text


@pytest.mark.parametrize(
    ("text", "change", "wanted"),
    [
        ("users: {}\nfirm: x", lambda it: it["users"].update(a={"x": "1"}), 'users:\n  a: {x: "1"}\nfirm: x'),
        ("users:\nfirm: x", lambda it: it.update(users={"a": "b"}), "users:\n  a: b\nfirm: x"),
        ("a: [1, 2]\nb: {x: 1, y: 2}", lambda it: (it["a"].remove(1), it["b"].pop("x")), "a: [2]\nb: {y: 2}"),
        ("a:\n- 1\n- 2 # c\nb: 1\n", lambda it: it["a"].append(3), "a:\n- 1\n- 2 # c\n- 3\nb: 1\n"),
        ("a:\n  - 1\n  - 2\nb: 1\n", lambda it: it["a"].remove(2), "a:\n  - 1\nb: 1\n"),
        ("a: 1\r\nb: 2\r\n", lambda it: it.update(c="x"), "a: 1\r\nb: 2\r\nc: x\r\n"),
        ("a: |\n  one\n  two\nb: 2\n", lambda it: it.update(a="x"), "a: x\nb: 2\n"),
        ("\ufeffa: 1", lambda it: it.update(a=2), "\ufeffa: 2"),
        ("a: ['1']  # one\n", lambda it: it.update(a=[]), "a: []  # one\n"),
        ("a: [1, 2, 3, 4]", lambda it: it.update(a=[4]), "a: [4]"),
        ("a: [1, 2, 3, 4]", lambda it: it.update(a=[1, 4]), "a: [1, 4]"),
        ("a: [1, 2, 3, 4]", lambda it: it.update(a=[2, 5]), "a: [2, 5]"),
        ("a: [1, # one, the first\n  2, 3] # all", lambda it: it.update(a=[1]), "a: [1] # all"),
        ("a: [1,\n  2, # two\n  3]", lambda it: it.update(a=[1, 2]), "a: [1,\n  2]"),
        ("a: {x: 1, y: 2, z: 3}", lambda it: (it["a"].pop("x"), it["a"].pop("y")), "a: {z: 3}"),
        ("a: {x: 1, y: 2, z: 3}", lambda it: (it["a"].pop("z"), it["a"].pop("y")), "a: {x: 1}"),
        ("a: [2, 3]", lambda it: it["a"].insert(0, 1), "a: [1, 2, 3]"),
        (
            "a:\n  - 2 # c\n  - 4\n",
            lambda it: it.update(a=[1, 2, 3, 4]),
            "a:\n  - 1\n  - 2 # c\n  - 3\n  - 4\n",
        ),
        ("a:\n- 1 # c\n- 2\n- 3 # d\n", lambda it: it.update(a=[3]), "a:\n- 3 # d\n"),
        ("a: [1, true]", lambda it: it.update(a=[True, True]), "a: [true, true]"),
        ("a: [] # c\nb: 1\n", lambda it: it["a"].append({"x": 1}), "a: # c\n  - {x: 1}\nb: 1\n"),
        ("- 1 # c\n- 2\n", lambda it: it.insert(0, 0), "- 0\n- 1 # c\n- 2\n"),
        (
            "# c\n- {x: 1}\n",
            lambda it: it.append({"x": date(2026, 11, 28)}),
            "# c\n- {x: 1}\n- {x: 2026-11-28}\n",
        ),
        ("# c\n- x: 1 # d\n  y: 2\n", lambda it: it[0].update(y=3), "# c\n- x: 1 # d\n  y: 3\n"),
        (
            "a:\n  # all\n  b: 1 # b\n  # more\n  c: 2\n",
            lambda it: it["a"].clear(),
            "a: {}\n  # all\n  # more\n",
        ),
    ],
)
def test_texts_of_many_forms(text: str, change: Callable[[Any], object], wanted: str) -> None:
    assert after(text, change) == wanted


def test_a_text_that_says_it_already_is_not_looked_into() -> None:
    """Also one that could not be changed."""
    for text in ("{a: 1}", "a: &x {b: 1}\nc: *x\n", "[1, 2]"):
        assert edited(text, values_of(text)) == text


LISTS = st.lists(st.integers(0, 5) | st.booleans(), max_size=6)


@given(LISTS, LISTS, st.booleans())
def test_any_list_becomes_any_other(before: list[Any], wanted: list[Any], in_lines: bool) -> None:
    lines = "".join(f"\n  - {inline(each)} # {at}" for at, each in enumerate(before))
    text = f"a:{lines}\n" if in_lines else f"a: {inline(before)} # c\n"
    assert values_of(after(text, lambda it: it.update(a=wanted))) == {"a": wanted}


@given(LISTS, LISTS.filter(bool))
def test_any_file_that_is_a_list_becomes_any_other(before: list[Any], wanted: list[Any]) -> None:
    text = "# c\n" + "".join(f"- {inline(each)}\n" for each in before)
    changed = edited(text, wanted)
    assert values_of(changed) == wanted
    assert changed.startswith("# c\n")


def test_what_cannot_be_cut_is_refused() -> None:
    text = "a: &x {b: 1}\nc: *x\n"
    with pytest.raises(NotEditable, match="by hand"):
        after(text, lambda it: it["c"].update(b=2) or it.update(a={"b": 1}))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=30))
def test_a_text_is_read_as_it_was_meant(text: str) -> None:
    assert values_of(f"a: {scalar(text)}")["a"] == text
    assert values_of(f"a: {inline([text, text])}")["a"] == [text, text]


FIELDS = st.dictionaries(
    st.sampled_from(["firstname", "accounts", "phone", "departed", "marketData"]),
    st.one_of(
        st.booleans(),
        st.sampled_from(["Ann", "04103", "a: b", "x # y", "none"]),
        st.lists(st.sampled_from(["1", "2", "3"]), unique=True),
    ),
)


@given(st.dictionaries(st.sampled_from(["trader.a", "trader.b", "trader.c"]), FIELDS, max_size=3))
def test_any_wanted_users_come_out_and_the_rest_stays(users: dict[str, Any]) -> None:
    def change(firm: Any) -> None:
        for name in set(firm["users"]) - users.keys():
            del firm["users"][name]
        for name, fields in users.items():
            firm["users"].setdefault(name, {}).update(fields)

    text = after(DEMO, change)
    start, end = "\nusers:", "\n# Only what differs"
    assert text.split(start)[0] == DEMO.split(start)[0]
    assert text.split(end)[1] == DEMO.split(end)[1]


@pytest.mark.parametrize(
    ("text", "code"),
    [("A\x7fB", "U+007F"), ("\u202e", "U+202E"), ("\udcff", "U+DCFF"), ("two\nlines", "U+000A")],
)
def test_a_character_that_no_name_in_a_file_may_have_is_named(text: str, code: str) -> None:
    with pytest.raises(NotEditable, match=re.escape(f"has a character that a file must not have ({code})")):
        after("a: 1\n", lambda it: it.update({text: 1}))
