"""The pages of judges: what they show and take, and above all what they do not."""

from __future__ import annotations

import re
import sqlite3

import pytest
from fastapi import FastAPI
from tests.api.served import application
from tests.evaluation.made_studies import STORY, study
from tests.web.judges_at_work import READY, Visitor, finish, invited, token_of, words

from simulacra.evaluation.observer import Study, tasks_of
from simulacra.settings import Settings
from simulacra.storage import Studies
from simulacra.web.limits import Rate

BLIND, STORYTELLER = 0, 2
"""Places of a judge of each role among four."""
NAMES = re.compile(r"\b(macm|rag|openai|gpt-secret|gpt-inner)\b", re.IGNORECASE)
SAID = re.compile(r"\b(prompt|method|model)s?\b", re.IGNORECASE)


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
    of = study(2, ("prompt", "rag", "macm"))
    studies.create(of)
    return of


@pytest.fixture
def tokens(studies: Studies, made: Study) -> list[str]:
    return invited(studies, made, 4, *READY)


def first(studies: Studies, token: str, stage: int = 1) -> str:
    """The path of a judge's first task."""
    return f"/{stage}/{studies.desk(token).tasks(2 if stage == 2 else 1)[0].id}"


# --- what may be seen ----------------------------------------------------------------------------


def everything(app: FastAPI, token: str) -> dict[str, str]:
    """All pages that lead on from a judge's link, and nowhere else, with headers."""
    visitor, seen, left = Visitor.of(app, token), dict[str, str](), [f"/j/{token}"]
    while left:
        path = left.pop()
        answer = visitor.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        seen[path] = f"{dict(answer.headers)}{answer.text}"
        assert len(answer.content) < 200_000
        for address in re.findall(r'(?:href|src|action|hx-get|data-\w+)="(/[^"]*)"', answer.text):
            if address.startswith("/static/"):
                continue
            assert address.startswith(f"/j/{token}"), f"{path} leads to {address}"
            plain = address.partition("?")[0]
            if not plain.endswith("/consent") and plain not in seen and plain not in left:
                left.append(plain)
    return seen


@pytest.mark.parametrize("stage", [1, 2, 3])
@pytest.mark.parametrize("who", [BLIND, STORYTELLER])
def test_no_page_shows_what_its_judge_must_not_know(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str], who: int, stage: int
) -> None:
    """Stage 3: all is finished, and can still be looked at."""
    everybody = studies.standing(made).judges
    if stage > 1:
        finish(studies, tokens, 1)
    if stage > 2:
        finish(studies, tokens, 2)
    me = everybody[who]
    pages = everything(app, tokens[who])
    shown = {t.id for s in (1, 2) for t in tasks_of(made, everybody, me, s)}
    assert len([path for path in pages if path.rsplit("/", 1)[-1] in shown]) >= 2
    whole = "\n".join(pages.values())
    fixed = re.sub(r"[\w.-]{16,}", "", whole)  # without what is drawn: links, tokens, ids
    assert not NAMES.findall(fixed)
    assert not SAID.findall(re.sub(r"<[^>]*>", " ", fixed))
    assert made.id not in fixed
    for other in everybody:
        theirs = tasks_of(made, everybody, other, 1) + tasks_of(made, everybody, other, 2)
        if other == me:
            continue
        assert not [task.id for task in theirs if task.id in whole]
        written = {words(other.number, t) for t in tasks_of(made, everybody, other, 1)}
        seen = {text for text in written if text in whole}
        assert seen == (written if stage > 1 and other.role != me.role else set())
    told = [w for w in ("Bo Lind", "bo-lind", "Ferry", "bees", "elk") if w in fixed]
    assert bool(told) == (me.role == "story"), told
    assert ("I want peace" in whole) == (me.role == "blind")
    if me.role == "story" and stage < 3:
        assert "keeps bees" in whole


def test_a_blind_judge_gets_no_word_of_the_story_by_its_address(
    app: FastAPI, tokens: list[str]
) -> None:
    visitor = Visitor.of(app, tokens[BLIND])
    for path in ("/story", "/story/1", "/story/2"):
        said = visitor.get(path, 409)
        assert not [line for line in STORY.split("\n\n") if line.strip("# \n") in said]
    visitor.post("/story/1", {"seconds": "5"}, 409)


def test_what_judges_write_is_shown_as_text(
    app: FastAPI, studies: Studies, tokens: list[str]
) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)> & \"' {{ 7*7 }}"
    path = first(studies, tokens[BLIND])
    writer = Visitor.of(app, tokens[BLIND])
    writer.post(path, {"value": evil}, 200, script=True)
    seen = [writer.get(path)]
    finish(studies, tokens, 1)
    reader = Visitor.of(app, tokens[STORYTELLER])
    seen += [reader.get(f"/2/{t.id}") for t in studies.desk(tokens[STORYTELLER]).tasks(2)]
    assert sum("&lt;script&gt;alert(1)" in page for page in seen) == 2
    for page in seen:
        assert "<script>" not in page
        assert "<img" not in page


# --- who may come in -----------------------------------------------------------------------------


def routes(studies: Studies, token: str) -> list[tuple[str, str]]:
    """Every address that a judge's pages have."""
    path = first(studies, token)
    gets = ("", "/1/instructions", "/1/practice", "/1/finish", "/story", "/story/1", path)
    posts = ("/consent", "/1/practice", "/1/finish", "/story/1", path)
    return [("GET", p) for p in gets] + [("POST", p) for p in posts]


def test_a_revoked_link_is_dead_at_every_address_also_where_a_page_is_open(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    token = tokens[STORYTELLER]
    visitor = Visitor.of(app, token)
    csrf = token_of(visitor.get())
    every = routes(studies, token)
    studies.revoke(made, 3)
    tried: list[int] = []
    for method, path in every:
        data = {"csrf": csrf, "value": "Late.", "seconds": "3"}
        said = visitor.http.request(
            method, visitor.at + path, data=data if method == "POST" else None
        )
        tried.append(said.status_code)
        assert "Bo Lind" not in said.text
    assert set(tried) == {404, 429}
    assert studies.history(made) == []


def test_forged_links_lead_nowhere_and_soon_are_not_looked_at(
    app: FastAPI, tokens: list[str]
) -> None:
    visitor = Visitor.of(app)
    wrong = [tokens[0][:-1], tokens[0].swapcase(), "x", "%00", "..%2f..", "'%20or%201=1", "é" * 9]
    answers = [visitor.http.get(f"/j/{one}").status_code for one in wrong + ["y"] * 6]
    assert answers[:7] == [404] * 7
    assert answers[-1] == 429
    assert Visitor.of(app, tokens[0]).get()


def test_judges_need_no_key_and_every_other_page_does(
    settings: Settings, studies: Studies, tokens: list[str]
) -> None:
    app = application(settings, api_key="k" * 20)
    judge = Visitor.of(app, tokens[0])
    assert "Overview" in judge.get()
    for path in ("/studies", "/studies/new", "/studies/0123abcd", "/people", "/results"):
        assert judge.http.get(path).status_code == 401
    keyed = Visitor.of(app, authorization=f"Bearer {'k' * 20}")
    assert keyed.http.get("/studies").status_code == 200
    assert keyed.http.get("/j/forged").status_code == 404


def test_judges_behind_one_address_do_not_slow_each_other_down(
    settings: Settings, studies: Studies, tokens: list[str]
) -> None:
    app = application(settings, rate=Rate(per_second=0.001, at_once=5))
    busy, other = Visitor.of(app, tokens[0]), Visitor.of(app, tokens[1])
    assert [busy.http.get(busy.at).status_code for _ in range(6)] == [200] * 5 + [429]
    assert other.http.get(other.at).status_code == 200


def test_a_form_without_the_token_of_its_page_changes_nothing(
    app: FastAPI, studies: Studies, made: Study
) -> None:
    (token, *_) = invited(studies, made)
    visitor = Visitor.of(app, token)
    visitor.get()
    for forged in ({}, {"csrf": "x.y"}, {"csrf": Visitor.of(app, token).csrf()}):
        assert visitor.http.post(f"/j/{token}/consent", data=forged).status_code == 403
    assert studies.desk(token).marks == frozenset()
    visitor.post("/consent")
    path = first(studies, token)
    assert visitor.http.post(visitor.at + path, data={"value": "Calm."}).status_code == 403
    assert studies.history(made) == []


def test_tasks_come_after_consent_and_practice(app: FastAPI, studies: Studies, made: Study) -> None:
    (token, *_) = invited(studies, made)
    visitor, path = Visitor.of(app, token), first(studies, token)
    assert "I agree" in visitor.get()
    for ahead in (path, "/1/instructions", "/1/finish", "/story"):
        assert visitor.http.get(visitor.at + ahead).headers["location"] == visitor.at
    visitor.post(path, {"value": "Calm."}, 409)
    went = visitor.post("/consent").headers["location"]
    assert went == f"{visitor.at}/1/instructions"
    assert visitor.http.get(visitor.at + path).status_code == 303
    visitor.post(path, {"value": "Calm."}, 409)
    went = visitor.post("/1/practice", {"value": "Only tried."}).headers["location"]
    assert went == visitor.at + path
    assert studies.history(made) == []
    visitor.post(path, {"value": "Calm."})
    assert [one.value for one in studies.history(made)] == ["Calm."]


@pytest.mark.parametrize("stage", [1, 2])
def test_a_task_of_another_judge_is_none_of_mine(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str], stage: int
) -> None:
    if stage == 2:
        finish(studies, tokens, 1)
    before = len(studies.history(made))
    for mine, theirs in ((BLIND, STORYTELLER), (STORYTELLER, BLIND), (BLIND, 1)):
        path, visitor = first(studies, tokens[theirs], stage), Visitor.of(app, tokens[mine])
        visitor.get(path, 404)
        visitor.post(path, {"value": "3"}, 404)
        visitor.post(path, {"value": "3"}, 404, script=True)
    assert len(studies.history(made)) == before


@pytest.mark.parametrize("path", ["/1/forged", "/3/x", "/0/x", "/1/%00", "/99999999999999999999/x"])
def test_forged_names_of_tasks_lead_nowhere(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str], path: str
) -> None:
    visitor = Visitor.of(app, tokens[0])
    visitor.get(path, 404)
    visitor.post(path, {"value": "Calm."}, 404)
    assert visitor.http.get(f"{visitor.at}/one/x").status_code == 404
    assert studies.history(made) == []


def test_a_stage_that_is_not_open_shows_and_takes_nothing(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    everybody = studies.standing(made).judges
    ahead = f"/2/{tasks_of(made, everybody, everybody[0], 2)[0].id}"
    visitor = Visitor.of(app, tokens[0])
    for path in (ahead, "/2/instructions", "/2/practice", "/2/finish"):
        visitor.get(path, 409)
    visitor.post(ahead, {"value": "3"}, 409)
    visitor.post("/2/finish", status=409)
    assert studies.history(made) == []
    finish(studies, tokens[:1], 1)
    assert "Waiting for the others" in visitor.get()
    finish(studies, tokens[1:], 1)
    assert "Stage 2 of 2" in visitor.get()
    visitor.post(ahead, {"value": "3"})


def test_a_finished_stage_can_be_read_and_not_changed(
    app: FastAPI, studies: Studies, tokens: list[str]
) -> None:
    finish(studies, tokens, 1)
    visitor, path = Visitor.of(app, tokens[0]), first(studies, tokens[0])
    page = visitor.get(path)
    assert words(1, studies.desk(tokens[0]).tasks(1)[0]) in page
    assert "readonly" in page
    visitor.post(path, {"value": "Other.", "version": "1"}, 409)


def test_a_closed_study_takes_nothing_and_says_so(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    visitor, path = Visitor.of(app, tokens[0]), first(studies, tokens[0])
    visitor.post(path, {"value": "In time."})
    studies.close(made)
    assert "closed" in visitor.get(status=410)
    for page in (path, "/1/instructions"):
        assert "closed" in visitor.get(page, 410)
    assert "closed" in visitor.post(path, {"value": "Late.", "version": "1"}, 410).text
    told = visitor.post(path, {"value": "Late.", "version": "1"}, 410, script=True)
    assert "closed" in told["what"]
    assert [one.value for one in studies.history(made)] == ["In time."]


# --- what is kept --------------------------------------------------------------------------------


def test_every_change_is_kept_and_the_page_hears_how_far_it_is(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    visitor, path = Visitor.of(app, tokens[0]), first(studies, tokens[0])
    told = visitor.post(path, {"value": "Calm."}, 200, script=True)
    assert told == {"version": 1, "done": 1, "of": 6}
    told = visitor.post(path, {"value": "Calm\r\nand kind.", "version": "1"}, 200, script=True)
    assert told["version"] == 2
    assert "Calm\nand kind." in visitor.get(path)
    told = visitor.post(path, {"value": "", "version": "2"}, 200, script=True)
    assert told == {"version": 3, "done": 0, "of": 6}
    assert [one.value for one in studies.history(made)] == ["Calm.", "Calm\nand kind.", ""]


def test_a_form_without_a_script_leads_to_the_next_task_and_to_the_end(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    visitor, ids = Visitor.of(app, tokens[0]), [t.id for t in studies.desk(tokens[0]).tasks(1)]
    for number, task in enumerate(ids):
        answer = visitor.post(f"/1/{task}", {"value": f"Text {number}."})
        follows = ids[number + 1] if number + 1 < len(ids) else "finish"
        assert answer.headers["location"] == f"{visitor.at}/1/{follows}"
    visitor.post("/1/finish")
    assert studies.standing(made).state(studies.desk(tokens[0]).judge, 1) == "finished"


def test_going_on_with_nothing_written_keeps_nothing(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    Visitor.of(app, tokens[0]).post(first(studies, tokens[0]), {"value": ""})
    assert studies.history(made) == []


def test_a_stage_with_tasks_left_is_not_finished(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    visitor = Visitor.of(app, tokens[0])
    assert "6 tasks are left" in visitor.get("/1/finish")
    visitor.post("/1/finish", status=409)
    assert studies.standing(made).state(studies.desk(tokens[0]).judge, 1) == "open"


def test_the_second_of_two_tabs_chooses_between_both(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    path = first(studies, tokens[0])
    one, two = Visitor.of(app, tokens[0]), Visitor.of(app, tokens[0])
    one.post(path, {"value": "From one <b>."})
    told = two.post(path, {"value": "From two."}, 409, script=True)
    assert (told["stands"], told["version"]) == ("From one <b>.", 1)
    page = two.post(path, {"value": "From two."}, 409).text
    assert "There are two versions" in page
    assert "From one &lt;b&gt;." in page
    assert page.count("From two.") >= 3  # in the field, beside the other, and in the form
    two.post(path, {"value": "From two.", "version": "1"})
    assert [text.value for text in studies.history(made)] == ["From one <b>.", "From two."]


def test_an_answer_that_was_lost_on_its_way_is_no_second_tab(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    visitor, path = Visitor.of(app, tokens[0]), first(studies, tokens[0])
    visitor.post(path, {"value": "Cal"}, 200, script=True)  # and the page never hears of it
    change = {"value": "Calm.", "version": "0", "replaces": "Cal"}
    assert visitor.post(path, change, 200, script=True)["version"] == 2
    visitor.post(path, {"value": "No.", "version": "0", "replaces": "Ca"}, 409, script=True)
    assert [one.value for one in studies.history(made)] == ["Cal", "Calm."]


@pytest.mark.parametrize("size", [1_000_000, 4_001])
def test_a_text_that_is_too_long_is_refused_kindly(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str], size: int
) -> None:
    visitor, path = Visitor.of(app, tokens[0]), first(studies, tokens[0])
    page = visitor.post(path, {"value": "x" * size}, 422).text
    assert f"{size:,} characters; 4,000 are the most" in page
    assert ("x" * size in page) == (size < 10_000)  # it is there to be shortened
    told = visitor.post(path, {"value": "x" * size}, 422, script=True)
    assert "Shorten it" in told["mend"]
    assert studies.history(made) == []


def test_more_than_a_mebibyte_is_not_even_read_and_the_page_leads_back(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    visitor, path = Visitor.of(app, tokens[0]), first(studies, tokens[0])
    page = visitor.post(path, {"value": "x" * 1_100_000}, 413).text
    assert f'href="/j/{tokens[0]}"' in page
    assert "/people" not in page
    assert studies.history(made) == []


@pytest.mark.parametrize("value", ["", "5.5", "-1", "3.7", "nan", "1e99", "True", "calm", "<b>"])
def test_what_is_no_score_is_refused(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str], value: str
) -> None:
    finish(studies, tokens, 1)
    before = len(studies.history(made))
    for token in (tokens[BLIND], tokens[STORYTELLER]):
        path = first(studies, token, 2)
        told = Visitor.of(app, token).post(path, {"value": value}, 422, script=True)
        assert "0 to 5" in told["what"]
        if value:
            Visitor.of(app, token).post(path, {"value": value}, 422)
    assert len(studies.history(made)) == before


def test_a_score_is_kept_in_halves(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    finish(studies, tokens, 1)
    path = first(studies, tokens[STORYTELLER], 2)
    visitor = Visitor.of(app, tokens[STORYTELLER])
    visitor.post(path, {"value": "3.5"})
    assert 'value="3.5" checked' in visitor.get(path)
    assert studies.history(made)[-1].value == 3.5


def test_reading_is_counted_for_whoever_may_read(
    app: FastAPI, studies: Studies, made: Study, tokens: list[str]
) -> None:
    visitor = Visitor.of(app, tokens[STORYTELLER])
    assert "Bo keeps bees." in visitor.get("/story/1")
    visitor.get("/story/3", 404)
    visitor.post("/story/1", {"seconds": "12.5"}, 204)
    visitor.post("/story/2", {"seconds": "7"}, 204)
    for wrong in ("-1", "nan"):
        visitor.post("/story/1", {"seconds": wrong}, 400)
    assert studies.reading_seconds(made) == {3: 19.5}


def test_nothing_of_a_judges_pages_stays_in_the_browser(
    app: FastAPI, studies: Studies, tokens: list[str]
) -> None:
    visitor = Visitor.of(app, tokens[0])
    answer = visitor.http.get(visitor.at + first(studies, tokens[0]))
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert set(visitor.http.cookies) == {"simulacra"}
    assert tokens[0] not in str(dict(visitor.http.cookies))


def test_the_database_holds_no_link_and_no_cookie(
    app: FastAPI, studies: Studies, tokens: list[str]
) -> None:
    visitor = Visitor.of(app, tokens[0])
    visitor.post(first(studies, tokens[0]), {"value": "Calm."})
    with sqlite3.connect(studies.path) as connection:
        dump = "\n".join(connection.iterdump())
    assert "Calm." in dump
    assert tokens[0] not in dump
    assert visitor.http.cookies["simulacra"] not in dump
