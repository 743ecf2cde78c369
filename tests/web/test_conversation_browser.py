"""Conversations as people have them: in a real Chromium, on a scripted model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.api.served import MARY, application
from tests.web.browsing import PHONE, axe, serving, shot, visit
from tests.web.talking import Halting

from simulacra.settings import Settings

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def model() -> Halting:
    return Halting()


@pytest.fixture
def address(settings: Settings, model: Halting) -> Iterator[str]:
    model.gate.open()
    with serving(application(settings, model=model)) as at:
        yield at
        model.gate.open()


def begin(page: Page, method: str = "macm") -> None:
    page.goto(f"/people/{MARY}/talk")
    page.get_by_label("The best friend").check()
    page.locator(f'input[name="method"][value="{method}"]').check()
    page.get_by_role("button", name="Start talking").click()
    expect(page.get_by_role("note")).to_contain_text("You are talking with a fiction")


def say(page: Page, words: str) -> None:
    expect(page.locator(".answering")).to_have_count(0)
    page.get_by_label("Your words to").fill(words)
    page.keyboard.press("Enter")


def test_three_turns_and_a_memory_is_followed_to_its_paragraph(
    chromium: Browser, address: str, model: Halting
) -> None:
    with visit(chromium, address) as page:
        begin(page)
        box = page.get_by_label("Your words to Mary")
        expect(box).to_be_focused()
        model.gate.close()
        box.press_sequentially("I am")
        page.keyboard.press("Shift+Enter")
        box.press_sequentially("number 1")
        page.keyboard.press("Enter")
        expect(page.locator(".exchange .bubble.you .words")).to_have_text("I am\nnumber 1")
        expect(page.locator(".answering .words")).to_have_text("You ")
        expect(box).to_be_focused()
        expect(box).to_have_value("")
        model.gate.open()
        for number in (1, 2, 3):
            answer = page.locator(".exchange").nth(number - 1).locator(".bubble.them .words")
            expect(answer).to_have_text(f"You said {number}. It is so.")
            if number < 3:
                say(page, f"number {number + 1}")
        expect(page.locator(".mood-curve")).to_be_visible()
        page.locator(".exchange").nth(2).get_by_text("Why", exact=True).click()
        why = page.locator(".exchange").nth(2).locator(".trace")
        expect(why).to_contain_text("They ask about trees.")
        expect(why.get_by_role("table")).to_contain_text("respond")
        assert not axe(page)
        shot(page, "conversation-1440")
        link = why.get_by_role("link", name="paragraph").first
        paragraph = (link.get_attribute("href") or "").rpartition("#")[2]
        link.click()
        expect(page).to_have_url(f"{address}/people/{MARY}/story#{paragraph}")
        expect(page.locator(f"#{paragraph}")).to_be_in_viewport()


def test_a_reload_in_the_middle_of_an_answer_loses_nothing(
    chromium: Browser, address: str, model: Halting
) -> None:
    with visit(chromium, address, PHONE) as page:
        begin(page, "prompt")
        model.gate.close()
        say(page, "number 5")
        expect(page.locator(".answering .words")).to_have_text("You ")
        page.get_by_label("Your words to Mary").press_sequentially("not sent yet")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("An answer is still coming")
        page.reload()
        expect(page.locator(".bubble.you .words")).to_have_text("number 5")
        expect(page.locator(".answering .words")).to_have_text("You ")
        expect(page.get_by_label("Your words to Mary")).to_have_value("not sent yet")
        page.context.set_offline(True)
        page.context.set_offline(False)
        assert not axe(page)
        model.gate.open()
        expect(page.locator(".bubble.them .words")).to_have_text("You said 5. It is so.")
        assert model.streams == ["You said 5. It is so."]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_stop_answer_anew_and_edit(chromium: Browser, address: str, model: Halting) -> None:
    with visit(chromium, address) as page:
        begin(page, "prompt")
        model.gate.close()
        say(page, "number 1")
        expect(page.locator(".answering .words")).to_have_text("You ")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".exchange")).to_contain_text("You stopped Mary here.")
        expect(page.locator(".bubble.them .words")).to_have_text("You")
        model.gate.open()
        page.get_by_role("button", name="Answer anew").click()
        expect(page.locator(".bubble.them .words")).to_have_text("You said 1. It is so.")
        page.get_by_role("link", name="Edit your words").click()
        edit = page.get_by_label("Your words, said otherwise")
        expect(edit).to_be_focused()
        expect(edit).to_have_value("number 1")
        edit.fill("number 2")
        page.keyboard.press("Enter")
        expect(page.locator(".bubble.them .words")).to_have_text("You said 2. It is so.")
        expect(page.locator(".exchange")).to_have_count(1)
        say(page, "number 3")
        expect(page.locator(".exchange").nth(1)).to_contain_text("You said 3. It is so.")


def test_another_tab_is_told_and_another_method_is_said(chromium: Browser, address: str) -> None:
    with visit(chromium, address) as page:
        begin(page, "prompt")
        other = page.context.new_page()
        other.goto(page.url)
        say(page, "number 1")
        expect(page.locator(".exchange")).to_contain_text("You said 1. It is so.")
        say(other, "number 2")
        expect(other.get_by_role("alert")).to_contain_text("went on elsewhere")
        expect(other.get_by_label("Your words to Mary")).to_have_value("number 2")
        other.close()
        page.get_by_text("Change from here on").click()
        page.get_by_label("Method").select_option("none")
        page.get_by_role("button", name="Change", exact=True).click()
        expect(page.locator("#way")).to_contain_text("From the next answer on: none on scripted")
        say(page, "number 3")
        expect(page.locator(".exchange").nth(1)).to_contain_text("From here on: none")


def test_two_methods_side_by_side(chromium: Browser, address: str, model: Halting) -> None:
    with visit(chromium, address) as page:
        page.goto(f"/compare?people={MARY}")
        page.get_by_role("button", name="Compare").click()
        model.gate.close()
        say(page, "number 1")
        expect(page.locator(".answering .words")).to_have_text(["You ", "You "])
        model.gate.open()
        expect(page.locator(".bubble.them .words")).to_have_text(["You said 1. It is so."] * 2)
        say(page, "number 2")
        expect(page.get_by_text("You said 2. It is so.")).to_have_count(2)
        expect(page.get_by_label("Your words to both")).to_be_focused()
        assert not axe(page)
        shot(page, "compare-1440")
