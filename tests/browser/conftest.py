"""Debian's chromium, driven by Playwright. Whatever the console says of a page fails its test, and so does a
request for anything but the page."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.clock import PATIENCE
from tests.needed import missing

expect.set_options(timeout=PATIENCE * 1000)

NAMES = ("chromium", "chromium-browser", "google-chrome")
NEEDED = "T4_TESTS_NEED_BROWSER"
"""Set where these tests must run: `.ci/run` does, and installs what is missing."""

NONE_HERE = "there is no chromium on PATH: apt-get install -y chromium (or run .ci/run, which installs it)"

Scheme = Literal["light", "dark"]
Open = Callable[..., Page]


@contextmanager
def running() -> Iterator[Browser]:
    """While it is there, nothing else can run an event loop of its own."""
    chromium = next((found for name in NAMES if (found := shutil.which(name))), None)
    if chromium is None:
        missing(NONE_HERE, NEEDED, "CI")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=as_root, timeout=PATIENCE * 1000)
        yield started
        started.close()


def new_page(browser: Browser, **options: Any) -> Page:
    """A tab, in which nothing depends on how busy the machine is."""
    page = browser.new_page(**options)
    page.set_default_timeout(PATIENCE * 1000)
    return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """No longer than a module."""
    with running() as started:
        yield started


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the text of a page as a file."""
    said: list[str] = []
    pages: list[Page] = []

    def show(html: str, scheme: Scheme = "light", width: int = 1440) -> Page:
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        page = new_page(browser, color_scheme=scheme, viewport={"width": width, "height": 900})
        pages.append(page)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda asked: said.append(asked.url) if asked.url != file.as_uri() else None)
        page.goto(file.as_uri())
        return page

    yield show
    for page in pages:
        page.close()
    assert said == []
