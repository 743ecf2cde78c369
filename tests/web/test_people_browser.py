"""Mary is found, read, and remembered in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.api.served import MARY, application
from tests.evaluation.made_runs import made, sitting
from tests.web.browsing import PHONE, WIDE, axe, press_tab_to, serving, shot, visit

from simulacra.settings import Settings

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for all: nothing here changes what it shows."""
    folder = tmp_path_factory.mktemp("people")
    settings = Settings(workspace=folder / "workspace", data=folder, cache=folder / "cache")
    records = [r for m in ("prompt", "macm") for r in sitting((0, 2, 4), method=m)]
    made(folder / "runs" / "grid", records)
    with serving(application(settings)) as at:
        yield at


def test_mary_is_found_and_read(chromium: Browser, address: str) -> None:
    with visit(chromium, address) as page:
        page.goto("/")
        page.get_by_role("searchbox", name="Search").type("mary")
        expect(page.get_by_role("status").first).to_contain_text(re.compile(r"1 of \d+ people"))
        expect(page).to_have_url(re.compile(r"/people\?q=mary$"))
        page.reload()
        page.get_by_role("link", name="Mary Jones").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mary Jones")
        assert not axe(page)

        page.get_by_role("link", name="The Log", exact=True).click()
        chapter = page.locator("#chapter-3")
        expect(chapter).to_be_in_viewport()
        chapter.get_by_role("link", name="Orville's Letters →").click()
        expect(page.locator("#chapter-4 h2")).to_be_in_viewport()
        assert not axe(page)


def test_a_memory_leads_to_its_paragraph(chromium: Browser, address: str) -> None:
    with visit(chromium, address) as page:
        page.goto(f"/people/{MARY}/memories")
        page.get_by_role("searchbox").type("first trout")
        expect(page.get_by_role("status").first).to_contain_text("share a word")
        memory = page.get_by_role("article").first
        expect(memory).to_contain_text("cutthroat")
        assert not axe(page)
        link = memory.locator(".sources a").first
        number = link.inner_text()
        link.click()
        paragraph = page.locator(f"#p{number}")
        expect(paragraph).to_be_in_viewport()
        ground = "element => getComputedStyle(element).backgroundColor"
        assert paragraph.evaluate(ground) != page.locator("#p0").evaluate(ground)


def test_people_are_found_by_keyboard_alone(chromium: Browser, address: str) -> None:
    with visit(chromium, address) as page:
        page.goto("/people")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("tami")
        expect(page.get_by_role("status").first).to_contain_text("1 of ")
        press_tab_to(page, page.locator(".person a"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Tami Clark")


def test_without_scripts_the_form_finds_her_too(chromium: Browser, address: str) -> None:
    with visit(chromium, address, java_script_enabled=False) as page:
        page.goto("/people")
        page.get_by_label("Occupation").select_option("forestry worker")
        page.get_by_role("button", name="Search").click()
        expect(page.locator(".person")).to_have_count(1)


def test_a_file_that_is_no_person_is_told_beside_the_form(chromium: Browser, address: str) -> None:
    with visit(chromium, address, PHONE) as page:
        page.goto("/people")
        page.get_by_text("Bring people in from a file").click()
        file = {"name": "no.json", "mimeType": "application/json", "buffer": b"[]"}
        page.get_by_label(re.compile("A character card")).set_input_files(file)  # pyright: ignore[reportArgumentType]
        page.get_by_role("button", name="Bring in").click()
        expect(page.get_by_role("alert")).to_contain_text("no.json")
        assert not axe(page)


def test_no_page_scrolls_sideways_or_has_a_fault(chromium: Browser, address: str) -> None:
    pages = {
        "people": "/people",
        "timeline": "/people/erica-walker/timeline",
        "results": "/results",
        "run": "/results/runs/grid",
        "answers": "/results/runs/grid/answers",
    }
    with visit(chromium, address, PHONE, dark=True) as page:
        for name, path in pages.items():
            page.set_viewport_size({"width": WIDE, "height": 900})
            page.goto(path)
            if name == "run":
                expect(page.get_by_role("heading", name="points of 10")).to_be_visible()
            for width in (WIDE, PHONE):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name
                shot(page, f"{name}-dark-{width}")
            assert not axe(page), name
