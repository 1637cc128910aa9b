"""The simulator's portal, with the hands of its administrator: what a task says, in the browser."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from t4firm.tasks.ids import kind_of, parts_of
from tests.browser.conftest import Scheme, new_page

About = Mapping[str, str]


@contextmanager
def portal(browser: Browser, endpoint: str, scheme: Scheme = "light") -> Iterator[Page]:
    """The first page of the portal. What the console says fails the test, and so does a request to anywhere
    else."""
    said: list[str] = []
    page = new_page(browser, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(asked.url) if not asked.url.startswith(endpoint) else None)
    page.goto(f"{endpoint}/portal")
    yield page
    page.close()
    assert [words for words in said if words != "data:,"] == []


class Hands:
    """Goes through the portal's menu as the tasks describe it: Users > trader.a > setup > Roles. Each step
    waits until the browser has the page that follows."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def does(self, task: str) -> None:
        IN_THE_BROWSER[kind_of(task)](self, parts_of(task))

    def presses(self, button: str) -> None:
        """The button of a form, on a page that tells nothing yet."""
        self.page.get_by_role("button", name=button).click()
        said = self.page.locator(".notice").inner_text()
        assert said.startswith("Done. "), self.page.locator("main").inner_text()

    def user(self, username: str) -> None:
        self._opened("Users", "users", username)

    def account(self, number: str) -> None:
        self._opened("Accounts", "accounts", number)

    def _opened(self, menu: str, what: str, name: str) -> None:
        self.page.get_by_label("Portal").get_by_role("link", name=menu, exact=True).click()
        self.page.wait_for_url(re.compile(rf"/portal/{what}$"))
        self.page.get_by_label("Search").fill(name)
        self.page.get_by_role("button", name=f"Search {what}").click()
        self.page.wait_for_url(re.compile(r"\?search="))
        self.page.get_by_role("rowheader").get_by_role("link", name=name, exact=True).click()
        self.page.wait_for_url(re.compile(rf"/portal/{what}/"))

    def adds(self, what: str, name: str) -> None:
        self.page.get_by_label(f"Add {what}", exact=True).select_option(name)
        self.presses(f"Add {what}")

    def creates_account(self, number: str, owner: str) -> None:
        self.page.get_by_label("Portal").get_by_role("link", name="Accounts").click()
        self.page.get_by_role("link", name="New Account").click()
        self.page.locator("#create-account-account").fill(number)
        self.page.get_by_label("Name", exact=True).fill(number)
        self.presses("Save the new account")
        self.user(owner)
        self.adds("account", number)

    def enables_account(self, about: About) -> None:
        self.account(about["account"])
        self.page.get_by_label("Enabled").select_option("Enabled")
        self.page.get_by_label("Pre-trade disabled").uncheck()
        self.presses("Save the account")

    def assigns_account(self, about: About) -> None:
        self.user(about["username"])
        self.adds("account", about["account"])

    def assigns_application(self, about: About) -> None:
        self.user(about["username"])
        self.adds("application", about["application"])

    def sees_that_the_password_never_expires(self, about: About) -> None:
        self.user(about["username"])
        self.page.get_by_label("Password Never Expires").check()
        self.presses("Save the set-up")

    def signs(self, about: About) -> None:
        self.user(about["username"])
        self.presses("Log in as this user and sign")


IN_THE_BROWSER: Mapping[str, Callable[[Hands, About], None]] = {
    "enable-account": Hands.enables_account,
    "assign-account": Hands.assigns_account,
    "assign-application": Hands.assigns_application,
    "password-never-expires": Hands.sees_that_the_password_never_expires,
    "sign-eula": Hands.signs,
}
"""Kind of task -> what is clicked for it."""
