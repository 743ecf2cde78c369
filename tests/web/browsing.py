"""Looking at pages as people do: a real Chromium, a real server, and axe for accessibility.

    pytestmark = pytest.mark.xdist_group("browser")

    def test_it(chromium: Browser, settings: Settings) -> None:
        with serving(application(settings)) as address, visit(chromium, address) as page:
            page.goto("/people")
            assert not axe(page)

Such modules have no ``async def`` tests: Playwright keeps a loop of its own in their thread.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect
from playwright.sync_api import TimeoutError as LateError
from tests.api.served import serving

__all__ = [
    "PHONE",
    "WIDE",
    "axe",
    "find_chromium",
    "press_tab_to",
    "serving",
    "shot",
    "soon",
    "visit",
]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REQUIRED = os.environ.get(
    "SIMULACRA_BROWSER_TESTS", "required" if os.environ.get("CI") else "optional"
)
NAMED = os.environ.get("SIMULACRA_CHROMIUM", "")
SHOTS = os.environ.get("SIMULACRA_SHOTS", "")
PHONE, WIDE = 390, 1440
"""Widths of windows, in pixels."""
OFTEN = 25
"""Milliseconds between looks."""
STEPS = """it => {
  const may = "a[href], button, input:not([type=radio]), select, textarea, summary, [tabindex]";
  const at = document.activeElement;
  const after = (one, other) => one.compareDocumentPosition(other) & 4;  // FOLLOWING
  const ahead = (one) => at === document.body || after(at, one);
  if (!ahead(it)) return 0;
  return [...document.querySelectorAll(may)].filter((one) => one !== it && ahead(one)
    && after(one, it) && one.tabIndex >= 0 && !one.disabled && one.checkVisibility()).length;
}"""
"""How many places there are between the focus and an element; a group of radio buttons counts as
none, so that Tab never goes too far."""


def find_chromium(playwright: Playwright) -> str:
    """The path of a Chromium: the one that is named, a system's, or Playwright's own.

    Skips where there is none, and fails where browser tests are required.
    """
    found = [NAMED, *(shutil.which(name) or "" for name in NAMES)]
    found.append(playwright.chromium.executable_path)
    for path in found:
        if path and Path(path).is_file():
            return path
    word = "No Chromium here (on Debian: apt-get install chromium; else set SIMULACRA_CHROMIUM)."
    if REQUIRED == "required":
        pytest.fail(word)
    pytest.skip(word)


@contextmanager
def visit(
    chromium: Browser, address: str, width: int = WIDE, *, dark: bool = False, **options: Any
) -> Generator[Page]:
    """A new visitor's page: no cookie yet, ``page.goto("/people")`` goes to this address.

    Afterwards nothing may have gone wrong in it: no script failed, and nothing was refused by the
    content security policy.
    """
    context = chromium.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(10_000)
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None,
    )
    try:
        yield page
        assert not wrong, wrong
    finally:
        context.close()


def axe(page: Page) -> list[str]:
    """What axe finds on a page that is serious or critical: rule, help, and where; best none."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['id']}: {fault['help']} {[node['target'] for node in fault['nodes']]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


def soon(page: Page, selector: str, words: str) -> None:
    """Wait until an element has this text, looking often.

    ``expect`` looks after 100, 350, 850 and 1850 ms: what takes half a second waits for the last.
    """
    has = "([at, text]) => document.querySelector(at)?.textContent.trim() === text"
    try:
        page.wait_for_function(has, arg=[selector, words], polling=OFTEN)
    except LateError:
        expect(page.locator(selector).first).to_have_text(words, timeout=1)  # says what is there


def press_tab_to(page: Page, there: Locator) -> None:
    """Go to an element by Tab alone: as often as the order of the page says, then step by step."""
    for _ in range(there.evaluate(STEPS)):
        page.keyboard.press("Tab")
    for _ in range(60):
        if there.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {there}")


def shot(page: Page, name: str) -> None:
    """Keep a picture of the whole page as ``NAME.png`` in $SIMULACRA_SHOTS, where that is set."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@cache
def _axe() -> str:
    return (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
