"""The browser of tests of pages; ``tests/web/browsing.py`` says how to use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.web.browsing import find_chromium

OWN_PAGES = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup"
"""A Chromium without the pages of its own that every window loads for its unseen address bar: they
take several times the work of a page that is looked at."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window, for one module: Playwright's loop ends before the next one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(playwright), args=["--disable-dev-shm-usage", OWN_PAGES]
        )
        yield browser
        browser.close()
