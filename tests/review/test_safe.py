"""Names of strangers do no harm in a comment: no markup, no link, no mention, nothing hidden."""

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t4firm.plan.limits import LimitUse
from t4firm.review.comment import comment_of
from t4firm.review.model import (
    CaptureChange,
    Covered,
    Field,
    Found,
    Person,
    Review,
    Signature,
    Step,
    Unreadable,
)
from t4firm.review.safe import EMPTY, code, prose, visible
from t4firm.tasks.ids import Task
from t4firm.yaml_files.mistakes import UNSEEN, Mistake
from tests.review.rendered import rendered

ATTACKS = (
    "@everyone",
    "hey @octocat and @org/team",
    "#12 org/repo#3 GH-4",
    "https://evil.example/x http://evil.example www.evil.example WWW.evil.example",
    "someone@evil.example mailto:someone@evil.example",
    "[click](https://evil.example) ![x](https://evil.example/x.png) [x]: https://evil.example",
    "<img src=x onerror=alert(1)><script>alert(1)</script></details><!-- --> <b>",
    "*bold* _slanted_ **x** __x__ ~~x~~ `code` ``x`` ```x``` $x$ $$x$$",
    "| a | b |\n|---|---|\n| c | d |",
    "a | b \\| c \\\\| d `|` `",
    "# heading\n## x\n- list\n1. x\n> quote\n---\n===",
    "--> <!-- t4firm:review:live -->",
    "\x1b[31mred\x1b[0m \x07 \x9b31m \r overwritten",
    "\u202egnp.exe \u2066x\u2069 \u200b \ufeff \u2028 \u00ad \U000e0041",
    "\u061c \u3164 \u115f\u1160 \u2800 \uffa0 \u034f",
    "&lt;b&gt; &#64;everyone &amp;",
    "{0.__class__} {} {1} %s",
    "1", "1) x", "123456. x", "+ x", "- x", ":tada: x",
    " ", "", "`", "``", "\\", "|", "\\|", "x`", "`x", "a\\",
    "x" * 5000,
)  # fmt: skip

HOSTILE = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(alphabet="`|\\<>&@#*_[]()!~$-+=.:/w123 \n\r\t\"'ab", max_size=60),
    st.text(max_size=60),
    st.lists(st.sampled_from(ATTACKS), min_size=2, max_size=4).map("".join),
)


def whole(text: str) -> Review:
    """A review in which every text that could be a stranger's is this one."""
    return Review(
        stack=text,
        firm=text,
        headline=text,
        previewed=True,
        refusals=(text,),
        warnings=(text,),
        people=(Person(text, "changes", True, (Field(text, (text,), (text, text), False, True),)),) * 2,
        coverage=CaptureChange(
            text, 1, 2, (Covered(text, (text,), once=text),), (Covered(text, (), text),), (), (text,)
        ),
        tasks=(Task(text, text, text, text, text, text, text),),
        open_before=(text,),
        signatures=(Signature(text, text, "2026-11-20", text),),
        withdrawn=(text,),
        found=(Found(text, text, (text,)),),
        others=(Field(text, (text,), (text,)),),
        limits=(LimitUse("newUsers", 1, 2),),
        steps=(Step(text, text, text, (text,)),),
    )


PLAIN = rendered(comment_of(whole("plain"), "sha256:x"))


@given(HOSTILE)
def test_a_hostile_text_has_no_effect_wherever_it_stands(text: str) -> None:
    harmless(comment_of(whole(text), "sha256:x"))


@pytest.mark.parametrize("text", ATTACKS)
def test_each_known_attack(text: str) -> None:
    harmless(comment_of(whole(text), "sha256:x"))


def harmless(comment: str) -> None:
    page = rendered(comment)
    expected = {tag: count for tag, count in PLAIN.tags.items() if tag != "code"}
    assert {tag: count for tag, count in page.tags.items() if tag != "code"} == expected
    assert page.attributes == []
    assert page.rows == PLAIN.rows
    assert len(page.comments) == 1
    assert page.comments[0].startswith(" t4firm:review:")
    outside = page.outside_code.lower()
    for mention in ("@", "#", "://", "www."):
        assert mention not in outside
    assert not re.search(r"gh-\d", outside)
    assert all(each.isprintable() or each == "\n" for each in comment)
    assert not UNSEEN.search(comment)
    assert not any(unicodedata.category(each) in ("Cf", "Cc", "Cs", "Co") for each in comment if each != "\n")


@given(HOSTILE)
def test_a_value_is_shown_as_it_is(text: str) -> None:
    page = rendered(f"| {code(text)} |\n|---|\n| x |")
    assert page.text.split() == [*(visible(text).split() or [EMPTY]), "x"]
    assert page.rows == [1, 1]


@given(HOSTILE)
def test_a_sentence_is_shown_as_it_is(text: str) -> None:
    page = rendered(f"- x: {prose(text)}")
    assert " ".join(page.text.split()) == " ".join(f"x: {visible(text, 1_000).strip() or EMPTY}".split())


@given(HOSTILE, st.booleans())
def test_mistakes_of_a_hostile_file(text: str, base: bool) -> None:
    mistakes = (Mistake(text, 3, text, text, text), Mistake(text, 0, "", text, ""))
    comment = comment_of(Unreadable(text, mistakes, base))
    plain = (Mistake("x", 3, "x", "x", "x"), Mistake("x", 0, "", "x", ""))
    expected = rendered(comment_of(Unreadable("x", plain, base)))
    page = rendered(comment)
    assert {**page.tags, "code": 0} == {**expected.tags, "code": 0}
    assert "@" not in page.outside_code


def test_a_bare_name_is_easy_to_read_in_the_source_too() -> None:
    assert code("trader.a") == "`trader.a`"
    assert prose("Users > trader.a > setup: set phone (billed)") == (
        "Users > trader.a > setup: set phone (billed)"
    )
    assert code("a|b") == "<code>a&#124;b</code>"
    assert prose("ask @everyone") == "ask <code>&#64;</code>everyone"


def test_the_stack_cannot_break_out_of_the_marker() -> None:
    review = replace(whole("x"), stack="live --> <img src=x>")
    assert comment_of(review).splitlines()[0] == "<!-- t4firm:review:live_--___img_src_x_ -->"
