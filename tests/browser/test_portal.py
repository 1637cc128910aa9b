"""The simulator's portal in a browser: in light and dark, with the keyboard alone, for a screen reader."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Scheme
from tests.browser.portal import Hands, portal
from tests.engine.project import Simulator


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(browser: Browser, simulator: Simulator, scheme: Scheme) -> None:
    simulator.onboard("trader.a", "11111")
    with portal(browser, simulator.endpoint, scheme) as page:
        for place in (
            *("users", "new-user", "users/trader.a", "users?search=nobody"),
            *("accounts", "new-account", "accounts/11111", "templates"),
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
        assert page.title() == "Done: \u2068trader.a\u2069 - Users - T4 simulator"
        assert page.get_by_role("status").inner_text() == "Done. trader.a does not have the role Trading."
    assert "Trading" not in simulator.users()["trader.a"]["roles"]


def test_what_is_wrong_is_told_at_its_field(browser: Browser, simulator: Simulator) -> None:
    simulator.onboard("trader.a", "11111")
    with portal(browser, simulator.endpoint) as page:
        page.goto(f"{simulator.endpoint}/portal/new-account")
        page.locator("#create-account-account").fill("1111-1")
        page.get_by_label("Name", exact=True).fill("Ann's")
        page.get_by_role("button", name="Save the new account").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.title().startswith("Not done: New Account")
        field = page.locator("#create-account-account")
        assert field.get_attribute("aria-invalid") == "true"
        described = page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
        assert described == "account must be 1 to 26 letters and digits"
        assert page.get_by_label("Name", exact=True).input_value() == "Ann's"
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_an_old_tab_takes_nothing_back(browser: Browser, simulator: Simulator) -> None:
    simulator.onboard("trader.a", "11111")
    with portal(browser, simulator.endpoint) as old, portal(browser, simulator.endpoint) as other:
        for page in (old, other):
            page.goto(f"{simulator.endpoint}/portal/users/trader.a")
        other.get_by_label("Phone").fill("555-999-0000")
        Hands(other).presses("Save the set-up")
        old.get_by_label("City").fill("Reno")
        old.get_by_role("button", name="Save the set-up").click()
        expect(old.get_by_role("alert")).to_contain_text("Nothing was saved.")
        expect(old.get_by_label("Phone")).to_have_value("555-999-0000")
        assert simulator.users()["trader.a"]["city"] != "Reno"
        old.get_by_label("City").fill("Reno")
        old.get_by_role("button", name="Save the set-up").click()
        expect(old.get_by_role("status")).to_contain_text("The set-up of trader.a is saved.")
    user = simulator.users()["trader.a"]
    assert (user["city"], user["phone"]) == ("Reno", "555-999-0000")


def test_no_script_runs_on_any_page(browser: Browser, simulator: Simulator) -> None:
    hostile = "<img src=x onerror='document.title = 1'>"
    simulator.onboard(hostile, "11111", firstname=hostile)
    with portal(browser, simulator.endpoint) as page:
        Hands(page).user(hostile)
        expect(page.get_by_role("heading", level=1)).to_have_text(hostile)
        assert page.locator("img, script").count() == 0
