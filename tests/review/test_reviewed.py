"""The list of what was reviewed: it says how a later list differs, notices a change, and tells nobody."""

import json
from dataclasses import replace

import pytest

from t4firm.review.model import ChangingCall, Step
from t4firm.review.reviewed import NotReviewed, Reviewed, digest_of, loaded

LIST = Reviewed(
    "live",
    True,
    {"firm": digest_of(b"users: a"), "operations": digest_of(b"readUser: b")},
    (
        Step("User", "trader.c", "create"),
        Step("Account", "55555", "create"),
        Step("User", "trader.a", "update", ("apptype",)),
    ),
    (
        ChangingCall("onboarding", "trader.c", "aa"),
        ChangingCall("updateUser", "trader.a", "bb"),
        ChangingCall("createAccount", "trader.c/55555", "cc"),
    ),
)


def test_it_survives_a_file() -> None:
    again = loaded(LIST.dumped())
    assert again.digest == LIST.digest
    assert list(LIST.differences(again)) == []


def test_the_order_does_not_count() -> None:
    assert replace(LIST, calls=tuple(reversed(LIST.calls))).digest == LIST.digest
    assert replace(LIST, steps=tuple(reversed(LIST.steps))).digest == LIST.digest


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (replace(LIST, stack="simulation"), ["the list is of stack live, not of simulation"]),
        (replace(LIST, refreshed=False), ["the reviewed preview did read T4, this one did not"]),
        (
            replace(LIST, files={**LIST.files, "firm": digest_of(b"other")}),
            ["the firm file is not the file that was reviewed"],
        ),
        (
            replace(LIST, files={**LIST.files, "attested": digest_of(b"other")}),
            ["the attested file is not the file that was reviewed"],
        ),
        (
            replace(LIST, steps=(*LIST.steps, Step("AccountAssignment", "fill/11111", "update"))),
            ["not reviewed: change account 11111 of fill"],
        ),
        (
            replace(LIST, steps=LIST.steps[1:]),
            ["reviewed, but no longer needed: begin with user trader.c"],
        ),
        (
            replace(LIST, steps=(*LIST.steps[:2], Step("User", "trader.a", "update", ("departed",)))),
            ["reviewed: change user trader.a (apptype); now: change user trader.a (departed)"],
        ),
        (
            replace(LIST, calls=(*LIST.calls, ChangingCall("enableAccount", "11111", "dd"))),
            ["not reviewed: the call enableAccount for 11111"],
        ),
        (
            replace(LIST, calls=LIST.calls[1:]),
            ["reviewed, but no longer needed: the call onboarding for trader.c"],
        ),
        (
            replace(LIST, calls=(*LIST.calls[::2], ChangingCall("updateUser", "trader.a", "dd"))),
            ["the call updateUser for trader.a would send something different from what was reviewed"],
        ),
    ],
)
def test_it_says_how_another_list_differs(now: Reviewed, words: list[str]) -> None:
    assert list(LIST.differences(now)) == words
    assert now.digest != LIST.digest


def test_what_a_run_left_to_do_continues_the_list() -> None:
    assert LIST.is_continued_by(replace(LIST, calls=LIST.calls[1:]))
    assert not LIST.is_continued_by(replace(LIST, calls=(ChangingCall("onboarding", "trader.c", "dd"),)))
    assert LIST.is_continued_by(replace(LIST, steps=LIST.steps[1:]))
    more = Step("User", "trader.d", "create")
    assert not LIST.is_continued_by(replace(LIST, steps=(*LIST.steps[1:], more)))
    assert not LIST.is_continued_by(replace(LIST, steps=LIST.steps[1:], files={}))


def test_a_list_that_was_edited_is_refused() -> None:
    edited = json.loads(LIST.dumped())
    edited["steps"].pop()
    with pytest.raises(NotReviewed, match="its digest does not fit"):
        loaded(json.dumps(edited))
    edited = json.loads(LIST.dumped())
    edited["calls"][0]["mark"] = "ee"
    with pytest.raises(NotReviewed, match="its digest does not fit"):
        loaded(json.dumps(edited))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"stack": "live"}', "sha256:00"])
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(NotReviewed, match="it is not a list"):
        loaded(text)


def test_line_endings_do_not_count() -> None:
    assert digest_of(b"a\r\nb\r\n") == digest_of(b"a\nb\n")
    assert digest_of(b"a\n") != digest_of(b"a\n\n")


def test_a_name_that_would_paint_on_the_terminal_is_shown_as_text() -> None:
    now = replace(LIST, steps=(*LIST.steps, Step("User", "x\x1b[31m\ny", "create")))
    [words] = LIST.differences(now)
    assert words == "not reviewed: begin with user x<U+001B>[31m<U+000A>y"
