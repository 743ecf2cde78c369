"""Pages of results: runs, their tables and figures, and every answer with why it lost points."""

from __future__ import annotations

import asyncio
import html
import json
import re

import httpx
import pytest
from tests.api.served import application, client
from tests.evaluation.made_runs import answer, made, sitting, statements
from tests.evaluation.made_studies import study

from simulacra.evaluation.readings import Reading
from simulacra.evaluation.records import AnswerRecord
from simulacra.settings import Settings
from simulacra.storage.studies import Studies
from simulacra.web.answers import ON_A_PAGE, REASONS, told, why


def run(settings: Settings, name: str = "grid", *, repeats: int = 1) -> None:
    """A run of two methods in the user's data, not all of it right."""
    records = [
        record
        for method, points in (("prompt", (0, 2, 4)), ("macm", (2, 2, 6)))
        for repeat in range(repeats)
        for record in sitting(points, method=method, repeat=repeat)
    ]
    made(settings.data / "runs" / name, records)


async def got(settings: Settings, *paths: str) -> list[httpx.Response]:
    async with client(application(settings)) as http:
        return [await http.get(path) for path in paths]


async def seen(settings: Settings, path: str) -> str:
    response = (await got(settings, path))[0]
    assert response.status_code == 200, response.text
    return html.unescape(response.text)


async def test_without_results_the_commands_are_named(settings: Settings) -> None:
    text = await seen(settings, "/results")
    assert "simulacra evaluate self-report" in text
    assert "simulacra study create" in text
    assert not (settings.data / "studies.db").exists()


async def test_runs_and_studies_are_listed(settings: Settings) -> None:
    run(settings)
    made_study = study()
    Studies.kept_in(settings.data).create(made_study)
    text = await seen(settings, "/results")
    assert 'href="/results/runs/grid"' in text
    assert f'href="/studies/{made_study.id}"' in text


async def test_a_damaged_run_is_named_and_hides_no_other(settings: Settings) -> None:
    run(settings)
    run(settings, "damaged")
    (settings.data / "runs" / "damaged" / "answers.jsonl").write_text("{}\n")
    text = await seen(settings, "/results")
    assert "damaged/answers.jsonl" in text
    assert 'href="/results/runs/grid"' in text


async def test_a_run_says_how_it_asked_at_once_and_its_tables_follow(settings: Settings) -> None:
    run(settings)
    async with client(application(settings)) as http:
        first = (await http.get("/results/runs/grid")).text
        assert "<table" in first
        assert 'hx-get="/results/report?run=grid&amp;part=1"' in first
        part = (await http.get("/results/report?run=grid&part=1")).text
        assert "Self report, free answers: points of 10" in part
        assert "<html" not in part
        assert "points of 10" in (await http.get("/results/runs/grid")).text


async def test_a_new_answer_changes_the_tables(settings: Settings) -> None:
    made(settings.data / "runs" / "grid", sitting((0, 0, 0)))
    async with client(application(settings)) as http:
        before = (await http.get("/results/report?run=grid")).text
        made(settings.data / "runs" / "grid", sitting((2, 2, 6), repeat=1))
        after = (await http.get("/results/report?run=grid")).text
    assert "5.00" not in before
    assert "5.00" in after


async def test_runs_that_contradict_each_other_are_in_no_table(settings: Settings) -> None:
    run(settings, "one")
    run(settings, "other")
    response = (await got(settings, "/results/report?run=one&run=other"))[0]
    assert response.status_code == 409
    assert "both answer item" in response.text
    assert "Report them one by one" in response.text


async def test_what_is_not_there_is_not_found(settings: Settings) -> None:
    run(settings)
    paths = ("runs/nope", "runs/nope/answers", "report?run=nope", "report.exe?run=grid")
    for response in await got(settings, *(f"/results/{path}" for path in paths)):
        assert response.status_code == 404, response.url


async def test_nothing_ticked_leads_back(settings: Settings) -> None:
    response = (await got(settings, "/results/report"))[0]
    assert (response.status_code, response.headers["location"]) == (303, "/results")


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("csv?run=grid", "source,way,model"),
        ("csv?run=grid&subject=answers", "character,method"),
        ("md?run=grid", "### Self report"),
        ("tex?run=grid", "% needs"),
        ("json?run=grid", "{"),
    ],
)
async def test_results_can_be_taken_along(settings: Settings, path: str, begins: str) -> None:
    run(settings)
    response = (await got(settings, f"/results/report.{path}"))[0]
    assert response.text.startswith(begins)
    assert "attachment" in response.headers["content-disposition"]


async def test_the_json_has_the_scores(settings: Settings) -> None:
    run(settings)
    response = (await got(settings, "/results/report.json?run=grid&paper=false"))[0]
    scores = json.loads(response.text)["results"][0]["scores"]
    assert {one["method"]: one["total"]["mean"] for one in scores} == {"prompt": 6, "macm": 10}


async def test_figures_are_drawn_beside_the_loop_and_kept(settings: Settings) -> None:
    run(settings)
    async with client(application(settings)) as http:
        drawing = asyncio.create_task(http.get("/results/report.png?run=grid"))
        await asyncio.sleep(0)
        assert (await http.get("/sign-in")).status_code == 200
        first, again = await drawing, await http.get("/results/report.png?run=grid")
        svg = await http.get("/results/report.svg?run=grid")
    assert first.content.startswith(b"\x89PNG")
    assert first.content == again.content
    assert "<svg" in svg.text


async def test_answers_begin_with_those_that_lost_points(settings: Settings) -> None:
    run(settings)
    text = await seen(settings, "/results/runs/grid/answers")
    assert "2 of 6 answers" in text
    assert "0 of 2. Another answer" not in text  # this made-up item has no right answer to name
    assert "6 of 6 answers" in await seen(settings, "/results/runs/grid/answers?show=all")
    assert "3 of 6" in await seen(settings, "/results/runs/grid/answers?show=all&method=macm")


async def test_many_answers_come_page_by_page(settings: Settings) -> None:
    run(settings, repeats=12)
    response = (await got(settings, "/results/runs/grid/answers?show=all&page=2"))[0]
    assert len(re.findall("<article", response.text)) == ON_A_PAGE
    assert "page 2 of 3" in response.text
    assert 'href="/results/runs/grid/answers?show=all&amp;page=3"' in response.text
    assert len(response.content) < 200_000


async def test_what_a_model_wrote_is_text(settings: Settings) -> None:
    wrong = answer("cloze-1", 0).model_copy(update={"answer": "<script>alert(1)</script>"})
    made(settings.data / "runs" / "grid", [wrong])
    response = (await got(settings, "/results/runs/grid/answers"))[0]
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script>alert" not in response.text


async def test_statements_say_what_they_stand_for(settings: Settings) -> None:
    made(settings.data / "runs" / "traits", statements())
    text = await seen(settings, "/results/runs/traits/answers?show=all")
    assert "extraverted intuition at rank 1, in the character's own prompt" in text


# --- the parts ----------------------------------------------------------------------------------


def multiple(said: tuple[str, ...], score: float, reading: Reading | None = None) -> AnswerRecord:
    record = answer("multiple-1", score, reading=reading or Reading(said=said))
    return record.model_copy(update={"expected": ("a", "b", "c")})


def test_a_multiple_choice_names_what_was_wrong_and_what_was_missed() -> None:
    assert why(multiple(("a", "x"), 0)) == ("Chosen and wrong: x.", "Right and not chosen: b; c.")


def test_a_whole_answer_lost_nothing() -> None:
    assert why(multiple(("a", "b", "c"), 6)) == ()


@pytest.mark.parametrize("reason", REASONS)
def test_an_unparsed_answer_says_why(reason: str) -> None:
    reading = Reading(unparsed=reason)  # pyright: ignore[reportArgumentType]
    (said,) = why(multiple((), 0, reading))
    assert said.startswith("It could not be read: ")


def test_a_page_too_far_is_the_last() -> None:
    some, pages = told([multiple((), 0)] * (ON_A_PAGE + 1), 99)
    assert (len(some), pages) == (1, 2)
