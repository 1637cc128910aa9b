"""The simulator's portal in a browser: in light and dark, with the keyboard alone, for a screen reader."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.browser.conftest import Scheme
from tests.browser.portal import Hands, portal
from tests.engine.project import Simulator


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(browser: Browser, simulator: Simulator, scheme: Scheme) -> None:
    simulator.onboard("trader.a", "11111")
    with portal(browser, simulator.endpoint, scheme) as page:
        for place in (
            *("users", "users/new", "users/trader.a", "users?search=nobody"),
            *("accounts", "accounts/new", "accounts/11111", "templates"),
        ):
            page.goto(f"{simulator.endpoint}/portal/{place}")
            found = Axe().run(page)
            assert found.violations_count == 0, f"{place}: {found.generate_report()}"
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            for width in (1280, 400):
                page.set_viewport_size({"width": width, "height": 800})
                assert not page.evaluate(wide), f"{place} is too wide for {width} pixels"
            assert "This is not T4" in page.locator(".label").inner_text()


def test_the_keyboard_is_enough(browser: Browser, simulator: Simulator) -> None:
    simulator.onboard("trader.a", "11111")
    with portal(browser, simulator.endpoint) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
        page.keyboard.press("Enter")
        page.goto(f"{simulator.endpoint}/portal/users/trader.a#roles")
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "Remove role Trading":
                break
        page.keyboard.press("Enter")
        page.wait_for_selector(".notice")
        assert page.title().startswith("Done: trader.a")
        assert page.get_by_role("status").inner_text() == "Done. trader.a does not have the role Trading."
    assert "Trading" not in simulator.users()["trader.a"]["roles"]


def test_what_is_wrong_is_told_at_its_field(browser: Browser, simulator: Simulator) -> None:
    simulator.onboard("trader.a", "11111")
    with portal(browser, simulator.endpoint) as page:
        page.goto(f"{simulator.endpoint}/portal/accounts/new")
        page.locator("#create-account-account").fill("1111-1")
        page.get_by_label("Name", exact=True).fill("Ann's")
        page.get_by_role("button", name="Save the new account").click()
        assert page.get_by_role("alert").is_visible()
        assert page.title().startswith("Not done: New Account")
        field = page.locator("#create-account-account")
        assert field.get_attribute("aria-invalid") == "true"
        described = page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
        assert described == "account must be 1 to 26 letters and digits"
        assert page.get_by_label("Name", exact=True).input_value() == "Ann's"
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_no_script_runs_on_any_page(browser: Browser, simulator: Simulator) -> None:
    hostile = "<img src=x onerror='document.title = 1'>"
    simulator.onboard(hostile, "11111", firstname=hostile)
    with portal(browser, simulator.endpoint) as page:
        Hands(page).user(hostile)
        assert page.get_by_role("heading", level=1).inner_text() == hostile
        assert page.locator("img, script").count() == 0
