"""Reviewing a life story in a real browser, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect
from tests.api.served import application
from tests.web.browsing import PHONE, axe, serving, shot, soon, visit
from tests.web.lives_to_review import ADDED, NORA, nora

from simulacra.biography import Story, read_history
from simulacra.characters import read_character
from simulacra.settings import Settings

pytestmark = pytest.mark.xdist_group("browser")


def test_five_expansions_are_reviewed_by_keyboard(chromium: Browser, settings: Settings) -> None:
    assert settings.workspace is not None
    character = nora(settings.workspace)
    with serving(application(settings)) as address, visit(chromium, address) as page:
        page.goto(f"/desk/{NORA}")
        loads: list[str] = []
        page.on("load", lambda _: loads.append(page.url))
        press = page.keyboard.press
        soon(page, "#shown-title", "1 of 5 r0005")
        expect(page.locator("ins")).to_contain_text("The bees came in a crate")
        assert not axe(page)
        shot(page, "desk-1440")
        press("a")
        soon(page, "#shown-title", "2 of 5 r0004")
        press("e")
        expect(page.locator("#text")).to_be_focused()
        press("Control+a")
        page.keyboard.type("She kept her figures in a shoe box, and the bank laughed.")
        soon(page, "#saved", "Draft saved.")
        press("Control+Enter")
        soon(page, "#shown-title", "3 of 5 r0003")
        press("r")
        expect(page.locator("#why")).to_be_focused()
        page.keyboard.type("a saying that she would not use")
        press("Enter")
        soon(page, "#shown-title", "4 of 5 r0002")
        expect(page.locator(".why")).to_contain_text("Against the rest of the life")
        press("u")  # the rejection was rash
        soon(page, "#shown-title", "3 of 5 r0003")
        press("a")
        soon(page, "#shown-title", "4 of 5 r0002")
        press("r")
        expect(page.locator("#why")).to_be_focused()
        page.keyboard.type("she was six then")
        press("Enter")
        soon(page, "#shown-title", "5 of 5 r0001")
        press("?")
        expect(page.get_by_text("undo the last decision")).to_be_visible()
        press("a")
        soon(page, "#shown-title", "All read")
        assert not loads
        assert not axe(page)
    history = read_history(read_character(character.folder))
    found = {entry.id: (entry.status, entry.reviewed) for entry in history.entries.values()}
    assert found == {
        "r0001": ("accepted", True),
        "r0002": ("rejected", True),
        "r0003": ("accepted", True),
        "r0004": ("accepted", True),
        "r0005": ("accepted", True),
    }
    story = Story.parse((character.folder / "story.md").read_text(encoding="utf-8"))
    text = story.render()
    assert ADDED[0] in text
    assert ADDED[1] not in text
    assert ADDED[2] in text
    assert ADDED[3] not in text
    assert story.paragraphs[3] == "She kept her figures in a shoe box, and the bank laughed."


def test_a_draft_and_the_place_survive_a_reload(chromium: Browser, settings: Settings) -> None:
    assert settings.workspace is not None
    nora(settings.workspace)
    with serving(application(settings)) as address, visit(chromium, address, PHONE) as page:
        page.goto(f"/desk/{NORA}")
        page.keyboard.press("a")
        soon(page, "#shown-title", "2 of 5 r0004")
        page.keyboard.press("e")
        expect(page.locator("#text")).to_be_focused()
        page.keyboard.press("Control+Home")
        page.keyboard.type("Half a thought. ")
        soon(page, "#saved", "Draft saved.")
        page.reload()
        soon(page, "#shown-title", "2 of 5 r0004")
        expect(page.locator("#text")).to_have_value(re.compile("^Half a thought. In 2010"))
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        shot(page, "desk-390")


def test_a_lost_connection_brings_back_what_was_shown(
    chromium: Browser, settings: Settings
) -> None:
    assert settings.workspace is not None
    nora(settings.workspace)
    with serving(application(settings)) as address, visit(chromium, address) as page:
        page.goto(f"/desk/{NORA}")
        page.context.set_offline(True)
        page.keyboard.press("a")
        soon(page, "#said", "The server can't be reached.")
        soon(page, "#shown-title", "1 of 5 r0005")
        page.context.set_offline(False)
        page.keyboard.press("a")
        soon(page, "#shown-title", "2 of 5 r0004")


def test_keys_typed_ahead_are_heard_in_turn(chromium: Browser, settings: Settings) -> None:
    assert settings.workspace is not None
    nora(settings.workspace)
    with serving(application(settings)) as address, visit(chromium, address) as page:
        page.goto(f"/desk/{NORA}")
        page.keyboard.press("a")
        page.keyboard.press("a")
        soon(page, "#shown-title", "3 of 5 r0003")
        page.keyboard.press("?")
        page.uncheck("#keys")
        page.keyboard.press("a")
        soon(page, "#shown-title", "3 of 5 r0003")
