"""The ground that pages stand on, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from tests.api.served import application
from tests.web.browsing import PHONE, axe, serving, visit

from simulacra.settings import Settings

pytestmark = pytest.mark.xdist_group("browser")


def test_a_page_of_the_frame_has_no_fault(chromium: Browser, settings: Settings) -> None:
    with serving(application(settings)) as address, visit(chromium, address, PHONE) as page:
        page.goto("/sign-in")
        expect(page.get_by_role("note")).to_have_text(
            "Everyone here is a computer-generated fiction."
        )
        assert not axe(page)


def test_axe_finds_a_fault(chromium: Browser) -> None:
    with visit(chromium, "http://localhost") as page:
        page.set_content("<html lang=en><title>x</title><main><input></main>")
        assert [fault.split(":")[0] for fault in axe(page)] == ["label"]
