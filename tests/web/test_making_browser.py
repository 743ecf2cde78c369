"""From a draw to a person in the making, in a real browser."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.api.served import application
from tests.web.browsing import PHONE, axe, serving, shot, visit
from tests.web.lives_to_review import nora

from simulacra.settings import Settings

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("width", [PHONE, 1440])
def test_from_a_draw_to_a_person_in_the_making(
    chromium: Browser, settings: Settings, width: int
) -> None:
    assert settings.workspace is not None
    nora(settings.workspace)
    with serving(application(settings)) as address, visit(chromium, address, width) as page:
        sound = partial(_sound, width)
        narrow = "document.documentElement.scrollWidth <= window.innerWidth"
        page.goto("/make")
        page.get_by_label("How many").fill("8")
        page.get_by_label("Seed").fill("7")
        page.get_by_text("Give attributes instead").click()
        page.get_by_label("Occupation").fill("nurse")
        assert page.evaluate(narrow)
        shot(page, f"make-{width}")
        sound(page)
        page.get_by_role("button", name="Draw candidates").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("8 candidates")
        page.get_by_role("spinbutton", name="How many").fill("3")
        page.get_by_role("button", name="Propose").click()
        expect(page.get_by_role("heading", name="Proposed")).to_be_visible()
        page.get_by_role("button", name="Accept").first.click()
        expect(page.get_by_role("heading", name="Proposed")).to_contain_text("1 of 3 accepted")
        assert page.evaluate(narrow)
        shot(page, f"draw-{width}")
        sound(page)
        page.get_by_role("rowheader").first.get_by_role("link").click()
        name = page.get_by_role("heading", level=1).inner_text()
        assert page.evaluate(narrow)
        shot(page, f"candidate-{width}")
        sound(page)
        page.get_by_role("button", name="Make this person").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{name} in the making")
        expect(page.get_by_role("button", name="Write the biography")).to_be_enabled()
        expect(page.get_by_role("button", name="Begin the life story")).to_be_disabled()
        assert page.evaluate(narrow)
        shot(page, f"person-{width}")
        sound(page)
        page.goto("/desk")
        expect(page.get_by_role("link", name="Review Nora Vale")).to_be_visible()
        shot(page, f"desks-{width}")
        sound(page)
        page.goto("/make/people/nora-vale")
        shot(page, f"nora-{width}")
        assert page.evaluate(narrow)
        page.goto("/make/pools")
        sound(page)


def _sound(width: int, page: Page) -> None:
    """Once is enough: the two widths have the same parts."""
    if width == PHONE:
        assert not axe(page)


def test_a_biography_being_edited_survives_a_reload(chromium: Browser, settings: Settings) -> None:
    assert settings.workspace is not None
    character = nora(settings.workspace)
    with serving(application(settings)) as address, visit(chromium, address) as page:
        page.goto("/make/people/nora-vale")
        page.get_by_text("Read and edit").click()
        page.get_by_role("textbox", name="Biography").fill("Nora Vale bakes.")
        expect(page.locator("#saved")).to_have_text("Draft saved.")
        page.reload()
        expect(page.get_by_role("textbox", name="Biography")).to_have_value("Nora Vale bakes.")
        page.get_by_role("button", name="Keep it").click()
        expect(page.locator("#saved")).to_have_text("")
    assert (character.folder / "biography.md").read_text(encoding="utf-8") == "Nora Vale bakes.\n"
    assert (character.folder / "biography.old-1.md").read_text(encoding="utf-8").startswith("Nora")
