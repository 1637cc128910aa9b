"""The firm on one page in a browser: accessible in light and dark, searchable, printable, and deaf to hostile
words."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect

from t4firm.history.audit import Audit
from t4firm.reports.one_page import OnePage
from tests.browser.conftest import Open, Scheme, new_page
from tests.browser.pages import HOSTILE, changes, firm, hostile, well, written

WIDTHS = (1440, 1200, 1024, 768, 420)
"""Pixels of a screen, from a desk to a telephone."""

CUT = """[...document.querySelectorAll("main *")].filter((each) => {
  const box = each.getBoundingClientRect();
  const isCut = each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== "visible";
  return box.width > 1 && (isCut || box.right > document.documentElement.clientWidth + 1);
}).map((each) => each.outerHTML.slice(0, 200))"""
"""What is cut, or reaches over the edge, as a list; not what only a screen reader reads."""

PRINTED = {"A4": 1032, "Letter": 965}
"""Pixels of a line on paper, landscape, within the page's own margins."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_of", [firm, hostile, changes])
def test_nothing_stands_in_the_way_of_anybody(
    opened: Open, scheme: Scheme, page_of: Callable[[], OnePage | Audit]
) -> None:
    page = opened(written(page_of()), scheme)
    for details in page.locator("details").all():
        details.evaluate("each => each.open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page_of", [firm, hostile, changes])
def test_nothing_is_cut_on_any_screen(
    opened: Open, scheme: Scheme, page_of: Callable[[], OnePage | Audit]
) -> None:
    text = written(page_of())
    for width in WIDTHS:
        page = opened(text, scheme, width)
        assert page.evaluate(CUT) == [], width
    if page_of is firm:
        shown = page.locator("#users td.of-account").nth(2)
        label = shown.evaluate("each => getComputedStyle(each, '::before').content")
        assert label == '"Fills"', "on a telephone, each fact says what it is"


@pytest.mark.parametrize(("told", "code"), [(firm(3), "eula"), (changes(), "t4firm history --check")])
def test_what_is_typed_is_shown_as_code(opened: Open, told: OnePage | Audit, code: str) -> None:
    page = opened(written(told))
    assert "`" not in page.locator("body").inner_text()
    assert code in page.locator("code").all_inner_texts()


def test_hostile_words_are_words(opened: Open) -> None:
    page = opened(written(hostile()))
    assert page.evaluate("window.hacked") is None
    assert page.locator("body script").count() == 1
    shown = page.locator("#users").inner_text()
    assert HOSTILE[0] in shown
    assert "{{ 7 * 7 }}" in shown
    assert "<U+202E>txet" in shown
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_no_script_but_its_own_runs(browser: Browser, tmp_path: Path) -> None:
    """Also where a word were not escaped: the policy names style and script by their digests."""
    file = tmp_path / "page.html"
    file.write_text(written(firm()).replace("</main>", "<script>window.hacked = 1</script></main>"))
    page = new_page(browser)
    with page.expect_console_message() as said:
        page.goto(file.as_uri())
    assert page.evaluate("window.hacked") is None
    assert "Content Security Policy" in said.value.text
    page.close()


def test_a_search_finds_users_by_every_word_of_theirs(opened: Open) -> None:
    page = opened(written(firm(1000)))
    search, rows = page.get_by_label("Search"), page.locator("#users > tbody:not([hidden])")
    expect(rows).to_have_count(100)
    search.fill("TRADER.0042")
    expect(rows).to_have_count(1)
    expect(page.locator("#count")).to_have_text("1 of 1001")
    search.fill("00421")
    expect(rows.locator(".name")).to_have_text(["trader.0042"])
    search.fill("trader. assign-account/WhenTechFillUser/09991")
    expect(rows.locator(".name")).to_have_text(["trader.0999"])
    search.fill("")
    expect(page.locator("#count")).to_have_text("1001 of 1001, the first 100 shown")
    page.get_by_role("button", name="Show all").click()
    expect(rows).to_have_count(1001)
    search.fill("trader.1")
    expect(rows).to_have_count(1)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == 1, "what is printed is what was looked for"


def test_only_those_with_something_to_do_are_left_on_request(opened: Open) -> None:
    page = opened(written(replace(firm(2), users=(*firm(2).users, well("well.off", "1")))))
    page.get_by_label("Only with something to do").check()
    rows = page.locator("#users > tbody:not([hidden]) .name")
    expect(rows).to_have_text(["trader.0001", "trader.0002"])


def test_the_keyboard_is_enough(opened: Open) -> None:
    page = opened(written(firm()))
    page.get_by_label("Search").focus()
    page.keyboard.type("trader.0002")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#users details[open]")).to_have_count(1)
    assert "ticket 4711" in page.locator("#users details[open]").inner_text()


def test_without_a_script_everything_is_there(opened: Open) -> None:
    html = written(firm(3)).replace("<script>", "<script type='text/plain'>")
    page = opened(html)
    assert page.locator("#users > tbody").count() == 4
    assert not page.locator("#controls").is_visible()


@pytest.mark.parametrize("paper", PRINTED)
def test_it_prints(opened: Open, paper: str) -> None:
    page = opened(written(firm(30)), "dark", PRINTED[paper])
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("#controls").is_visible()
    assert page.pdf(format=paper, landscape=True, print_background=False).startswith(b"%PDF")
