"""A whole study in a real Chromium: four judges, one on a phone, one without a mouse."""

from __future__ import annotations

import re
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, Route, expect
from tests.api.served import application
from tests.evaluation.made_studies import study
from tests.web.browsing import PHONE, WIDE, axe, press_tab_to, serving, shot, soon, visit
from tests.web.judges_at_work import READY, finish, invited

from simulacra.evaluation.observer import Study
from simulacra.settings import Settings
from simulacra.storage import Studies

pytestmark = pytest.mark.xdist_group("browser of studies")

KINDS = {
    *("consent", "overview", "instructions", "practice", "story", "chapter"),
    *("text", "score", "finish", "waiting", "thanks"),
}
"""Of a judge's pages."""


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    made = application(settings)
    made.state.studies = Studies.kept_in(settings.data)
    return made


@pytest.fixture
def studies(app: FastAPI) -> Studies:
    return app.state.studies


@pytest.fixture
def made(studies: Studies) -> Study:
    """A study whose responses were stored before: two methods, two scenarios."""
    of = study(2, ("prompt", "macm"))
    studies.create(of)
    return of


def saved(page: Page, state: str = "saved") -> None:
    """Wait for what the page says of its words."""
    page.locator(f'#saved[data-state="{state}"]').wait_for(state="attached")


def press(page: Page, name: str | re.Pattern[str], keyboard: bool) -> None:
    """Press a button or follow a link; by keyboard, go there with Tab."""
    there = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first
    if not keyboard:
        there.click()
        return
    there.wait_for()
    press_tab_to(page, there)
    page.keyboard.press("Enter")


def answer(page: Page, what: str | float, keyboard: bool) -> None:
    """Write a text, or choose a score."""
    place = page.locator("#value") if isinstance(what, str) else page.get_by_role("radio").first
    if keyboard:
        press_tab_to(page, place)
        if isinstance(what, str):
            page.keyboard.type(what)
        else:
            page.keyboard.press("Space")
            for _ in range(round(2 * what)):
                page.keyboard.press("ArrowRight")
    elif isinstance(what, str):
        place.fill(what)
    else:
        page.get_by_role("radio", name=f"{what:g}", exact=True).check(force=True)


def arrived(page: Page, heading: str) -> None:
    soon(page, "h1", heading)


@dataclass
class Examined:
    """Every kind of page is examined with axe where it is first met."""

    kinds: set[str] = field(default_factory=set[str])

    def fine(self, page: Page, kind: str) -> None:
        if kind not in self.kinds:
            self.kinds.add(kind)
            assert not axe(page), kind


def go_through(
    page: Page, what: list[str] | list[float], keyboard: bool, reads: bool, seen: Examined
) -> None:
    """Do a stage from its overview to its end."""
    kind = "text" if isinstance(what[0], str) else "score"
    seen.fine(page, "overview")
    press(page, "Read the instructions", keyboard)
    page.get_by_text("An example, from no task of yours").wait_for()
    seen.fine(page, "instructions")
    press(page, re.compile("Try one"), keyboard)
    arrived(page, "Try one")
    seen.fine(page, "practice")
    press(page, "I'm ready", keyboard)
    if reads:
        arrived(page, "The life of Bo Lind")
        seen.fine(page, "story")
        press(page, "Begin to read", keyboard)
        arrived(page, "Ferry")
        seen.fine(page, "chapter")
        press(page, "Next chapter", keyboard)
        arrived(page, "Winter")
        press(page, "To the tasks", keyboard)
    for number, one in enumerate(what, 1):
        arrived(page, f"Task {number} of {len(what)}")
        answer(page, one, keyboard)
        if number == 1:
            if kind not in seen.kinds or keyboard:
                saved(page)  # by itself; the others are by the button
            seen.fine(page, kind)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        press(page, re.compile("^Save"), keyboard)
    arrived(page, f"All {len(what)} tasks are done")
    seen.fine(page, "finish")
    press(page, re.compile("^Finish stage"), keyboard)


def test_four_judges_go_through_a_study_to_the_report(
    chromium: Browser, app: FastAPI, studies: Studies
) -> None:
    made, seen = study(1, ("prompt", "macm")), Examined()
    studies.create(made)
    with serving(app) as address, ExitStack() as stack:
        me = stack.enter_context(visit(chromium, address))
        me.goto("/studies")
        assert not axe(me)
        me.get_by_role("link", name="Bo Lind").click()
        me.get_by_role("button", name="Make links").click()
        fields = me.get_by_role("textbox", name=re.compile("Judge"))
        expect(fields).to_have_count(4)
        assert not axe(me)
        shot(me, "study-links-1440")
        links = [field.input_value() for field in fields.all()]
        pages: list[tuple[Page, bool]] = []
        for number, link in enumerate(links):
            width, keyboard = PHONE if number == 0 else WIDE, number == 2
            page = stack.enter_context(visit(chromium, address, width, has_touch=number == 0))
            page.goto(link)
            seen.fine(page, "consent")
            press(page, "I agree to take part", keyboard)
            page.get_by_text("An example, from no task of yours").wait_for()
            page.goto(link)
            pages.append((page, keyboard))
        for number, (page, keyboard) in enumerate(pages):
            count = 2 if number < 2 else 1
            texts = [f"Text {number}-{i}: calm <b>&amp;</b> kind." for i in range(count)]
            go_through(page, texts, keyboard, reads=number > 1, seen=seen)
            waits = "Waiting for the others" if number < 3 else "Score descriptions"
            arrived(page, waits)
            if number < 3:
                seen.fine(page, "waiting")
        for number, (page, keyboard) in enumerate(pages):
            page.reload()
            count = 2 if number < 2 else 4
            scores = [(number + i) % 11 / 2 for i in range(count)]
            go_through(page, scores, keyboard, reads=False, seen=seen)
            arrived(page, "Thank you: all is done")
            seen.fine(page, "thanks")
        me.get_by_role("link", name="Studies").first.click()
        me.get_by_role("link", name="Bo Lind").click()
        expect(me.get_by_text("finished")).to_have_count(8)
        assert not axe(me)
        shot(me, "study-judges-1440")
        me.get_by_role("link", name="Report").click()
        arrived(me, "Observer report of Bo Lind")
        assert me.get_by_role("img").evaluate("it => it.decode().then(() => it.naturalWidth)") > 100
        assert not axe(me)
        shot(me, "study-report-1440")
    texts = [str(one.value) for one in studies.history(made) if one.stage == 1 and one.latest]
    assert sorted(texts)[0] == "Text 0-0: calm <b>&amp;</b> kind."
    scores = [one for one in studies.history(made) if one.stage == 2 and one.latest]
    assert len(scores) == 2 * 2 + 2 * 4
    assert {one.value for one in scores if one.judge == 2} == {0.5, 1.0}
    assert {one.value for one in scores if one.judge == 3} == {1.0, 1.5, 2.0, 2.5}
    assert set(studies.reading_seconds(made)) <= {3, 4}
    assert seen.kinds == KINDS


@contextmanager
def at_a_task(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study
) -> Generator[tuple[Page, Study, str]]:
    """A judge at the first task of stage 1."""
    (token, *_) = invited(studies, made, 4, *READY)
    task = studies.desk(token).tasks(1)[0].id
    with serving(app) as address, visit(chromium, address) as page:
        page.goto(f"/j/{token}/1/{task}")
        yield page, made, token


def values(studies: Studies, made: Study) -> list[str | float]:
    return [one.value for one in studies.history(made)]


def test_a_closed_browser_loses_nothing(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study
) -> None:
    with at_a_task(chromium, app, studies, made) as (page, _, _token):
        page.locator("#value").press_sequentially("Half a wo", delay=5)
        page.close()  # at once: what was typed leaves with the page
        for _ in range(200):
            if values(studies, made)[-1:] == ["Half a wo"]:
                break
            time.sleep(0.02)
    assert values(studies, made)[-1] == "Half a wo"


def test_words_that_could_not_be_saved_stay_and_are_sent_again(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study
) -> None:
    with at_a_task(chromium, app, studies, made) as (page, _, _token):
        lost: list[str] = []

        def away(route: Route) -> None:
            if route.request.method == "POST":
                lost.append(route.request.url)
                route.abort()
            else:
                route.continue_()

        page.add_init_script("navigator.sendBeacon = () => false")
        page.reload()
        page.route("**/j/**", away)
        page.locator("#value").fill("Written while the server was away.")
        saved(page, "failed")
        expect(page.locator("#saved")).to_contain_text("can't be reached")
        assert lost
        page.reload()
        expect(page.locator("#value")).to_have_value("Written while the server was away.")
        assert values(studies, made) == []
        page.unroute("**/j/**")
        page.reload()
        saved(page)
        assert values(studies, made) == ["Written while the server was away."]
        assert page.evaluate("localStorage.length") == 0


def test_an_answer_that_never_came_is_no_conflict(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study
) -> None:
    with at_a_task(chromium, app, studies, made) as (page, _, _token):

        def swallow(route: Route) -> None:
            if route.request.method == "POST":
                route.fetch()
                route.abort()
            else:
                route.continue_()

        page.route("**/j/**", swallow, times=1)
        page.locator("#value").fill("Calm")
        saved(page, "failed")
        page.locator("#value").fill("Calm and kind.")
        saved(page)
    assert values(studies, made) == ["Calm", "Calm and kind."]


@pytest.mark.parametrize("choice", ["elsewhere", "here"])
def test_two_tabs_show_both_versions_and_the_judge_chooses(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study, choice: str
) -> None:
    with at_a_task(chromium, app, studies, made) as (page, _, _token):
        other = page.context.new_page()
        other.goto(page.url)
        other.locator("#value").fill("From the other tab <i>.")
        saved(other)
        page.locator("#value").fill("From this tab.")
        both = page.get_by_role("region", name="There are two versions")
        both.wait_for()
        expect(both).to_contain_text("From the other tab <i>.")
        expect(both).to_contain_text("From this tab.")
        if choice == "elsewhere":
            assert not axe(page)
        part = both.locator(".two > div").nth(0 if choice == "elsewhere" else 1)
        part.get_by_text("Take this one").click()
        saved(page)
        wanted = "From the other tab <i>." if choice == "elsewhere" else "From this tab."
        expect(page.locator("#value")).to_have_value(wanted)
        expect(both).to_be_hidden()
        page.reload()
        expect(page.locator("#value")).to_have_value(wanted)
    assert values(studies, made)[-1] == wanted
    assert values(studies, made)[0] == "From the other tab <i>."


def test_a_link_opened_anew_leaves_the_first_tab_at_work(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study
) -> None:
    with at_a_task(chromium, app, studies, made) as (page, _, _token):
        page.context.clear_cookies()  # a browser comes from a mail without them, and gets another
        page.locator("#value").fill("Still saved.")
        saved(page)
    assert values(studies, made) == ["Still saved."]


def test_a_page_works_without_scripts(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study
) -> None:
    (token, *_) = invited(studies, made)
    with (
        serving(app) as address,
        visit(chromium, address, PHONE, java_script_enabled=False) as page,
    ):
        page.goto(f"/j/{token}")
        page.get_by_role("button", name="I agree").click()
        page.get_by_role("link", name="Try one").click()
        page.get_by_role("button", name="I'm ready").click()
        page.locator("#value").fill("No script at all.")
        page.get_by_role("button", name="Save and go on").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Task 2 of 4")
    assert values(studies, made) == ["No script at all."]


def test_reading_counts_what_was_in_sight(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study
) -> None:
    token = invited(studies, made, 4, *READY)[2]
    with serving(app) as address, visit(chromium, address) as page:
        page.goto(f"/j/{token}/story/1")
        page.wait_for_timeout(1100)
        page.get_by_role("link", name="Next chapter").click()
        arrived(page, "Winter")
        for _ in range(200):  # it is told beside the way to the next page
            if 3 in studies.reading_seconds(made):
                break
            time.sleep(0.02)
    seconds = studies.reading_seconds(made)[3]
    assert 1.0 <= seconds < 10


def test_pages_are_good_in_the_dark_and_on_a_phone(
    chromium: Browser, app: FastAPI, studies: Studies, made: Study
) -> None:
    tokens = invited(studies, made, 4, *READY)
    finish(studies, tokens, 1)
    with serving(app) as address, visit(chromium, address, PHONE, dark=True) as page:
        for token in (tokens[0], tokens[2]):
            page.goto(f"/j/{token}/2/{studies.desk(token).tasks(2)[0].id}")
            assert not axe(page)
        for path in ("/studies", "/studies/new", f"/studies/{made.id}"):
            page.goto(path)
            assert not axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
