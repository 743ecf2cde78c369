"""The researcher's pages: a study made, its judges invited, and what comes of it."""

from __future__ import annotations

import asyncio
import html
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.api.served import HERE, application, usual
from tests.evaluation.made_studies import study
from tests.web.judges_at_work import READY, Visitor, finish, invited

from simulacra.evaluation.observer import Study
from simulacra.inference import ScriptedCall, ScriptedModel
from simulacra.settings import Settings
from simulacra.storage import Studies
from simulacra.web.study_results import results_of


def answering(call: ScriptedCall) -> Any:
    """Fill in the form of a scenario's answer, each differently; the rest as usual."""
    if call.schema is None or "motive" not in call.schema.model_fields:
        return usual(call)
    mark = len(call.user)
    return {
        part: f"I say {part} {mark}." for part in ("motive", "emotion", "approach", "behaviour")
    }


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    made = application(settings, model=ScriptedModel(answering, name="scripted"))
    made.state.studies = Studies.kept_in(settings.data)
    return made


@pytest.fixture
def studies(app: FastAPI) -> Studies:
    return app.state.studies


@pytest.fixture
def made(studies: Studies) -> Study:
    of = study(2, ("prompt", "macm"))
    studies.create(of)
    return of


@pytest.fixture
def me(app: FastAPI) -> Visitor:
    return Visitor.of(app)


@pytest.fixture
def living(app: FastAPI) -> Iterator[Visitor]:
    """A visitor of a server whose work goes on between requests."""
    with TestClient(app, base_url=HERE, follow_redirects=False) as http:
        yield Visitor(http)


PLAN = {"character": "mary-jones", "methods": ["prompt", "rag"], "scenarios": "2", "seed": "3"}


def made_by(living: Visitor, plan: dict[str, Any]) -> str:
    """Make a study, and give the address that its making ends at."""
    return ended(living, living.post("/studies", plan).headers["location"])


def ended(living: Visitor, at: str) -> str:
    """Wait for a study that is being made, and give its address."""
    for _ in range(400):
        answer = living.http.get(at)
        if answer.status_code == 303:
            return answer.headers["location"]
        assert answer.status_code == 200
        assert "alert" not in answer.text, answer.text
        asyncio.run(asyncio.sleep(0.02))
    raise AssertionError("the study was not made")


def test_a_study_is_made_on_a_page_and_looked_at_again_meanwhile(
    living: Visitor, studies: Studies
) -> None:
    at = made_by(living, PLAN)
    (of,) = studies.list()
    assert at == f"/studies/{of.id}"
    assert (of.character, of.methods, of.seed, of.model) == (
        "mary-jones",
        ("prompt", "rag"),
        3,
        "scripted",
    )
    assert all(one.parts for one in of.responses)
    assert len(studies.traces(of)) == 4
    assert of.id in living.get("/studies")


def test_a_form_sent_twice_makes_one_study(settings: Settings) -> None:
    go_on = threading.Event()

    async def slow(call: ScriptedCall) -> Any:
        await asyncio.to_thread(go_on.wait, 30)
        return answering(call)

    app = application(settings, model=ScriptedModel(slow, name="scripted"))
    with TestClient(app, base_url=HERE, follow_redirects=False) as http:
        me = Visitor(http)
        first, second = me.post("/studies", PLAN), me.post("/studies", PLAN)
        assert first.headers["location"] == second.headers["location"]
        assert "0 of 4 responses" in me.get(first.headers["location"])
        assert "0 of 4 responses" in me.get("/studies")
        go_on.set()
        ended(me, first.headers["location"])
    assert len(Studies.kept_in(settings.data).list()) == 1


def test_what_fails_on_the_way_says_why_and_goes_on(settings: Settings) -> None:
    calls: list[str] = []

    def broken(call: ScriptedCall) -> Any:
        calls.append(call.user)
        if len(calls) == 2:
            raise ConnectionError("gone")
        return answering(call)

    app = application(settings, model=ScriptedModel(broken, name="scripted", concurrency=1))
    plan = PLAN | {"methods": ["prompt"]}
    with TestClient(app, base_url=HERE, follow_redirects=False) as http:
        me = Visitor(http)
        at = me.post("/studies", plan).headers["location"]
        page = ""
        while 'role="alert"' not in page:
            page = me.get(at)
        assert "Go on" in page
        made_by(me, plan)
    (of,) = Studies.kept_in(settings.data).list()
    assert all(one.parts for one in of.responses)
    assert len(calls) == 3  # the first answer was kept


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"character": "nobody"}, "nobody"),
        ({"methods": []}, "No method is chosen"),
        ({"methods": ["magic"]}, "magic"),
        ({"scenarios": "99"}, "99 scenarios"),
        ({"scenarios": "0"}, "0 scenarios"),
        ({"model": "openai:gpt-dear"}, "not set up here"),
    ],
)
def test_what_cannot_be_made_is_said_on_the_form(
    me: Visitor, studies: Studies, change: dict[str, Any], said: str
) -> None:
    page = me.post("/studies", PLAN | change, 422).text
    assert said in page
    assert 'name="seed" type="number" value="3"' in page
    assert studies.list() == []


def links_in(page: str) -> list[str]:
    return re.findall(rf'value="{HERE}(/j/[\w-]+)"', page)


def test_links_are_shown_once_and_work(me: Visitor, app: FastAPI, made: Study) -> None:
    answer = me.post(f"/studies/{made.id}/invite", {"judges": "4", "known": "0"}, 200)
    found = links_in(answer.text)
    assert len(set(found)) == 4
    assert answer.headers["cache-control"] == "no-store"
    assert "asks nobody for a key" in answer.text
    assert links_in(me.get(f"/studies/{made.id}")) == []
    for link in found:
        assert "I agree" in Visitor.of(app).get(link)


def test_links_bear_the_name_that_browsers_know_the_server_by(
    settings: Settings, made: Study
) -> None:
    app = application(settings, origin="https://judges.example", api_key="k" * 20)
    headers = {"host": "judges.example", "authorization": f"Bearer {'k' * 20}"}
    me = Visitor.of(app, **headers)
    me.http.base_url = "https://judges.example"
    page = me.post(f"/studies/{made.id}/invite", {"judges": "1", "known": "0"}, 200).text
    assert 'value="https://judges.example/j/' in page
    assert "asks nobody for a key" not in page


def test_an_invitation_sent_twice_invites_nobody_twice(
    me: Visitor, studies: Studies, made: Study
) -> None:
    form = {"judges": "2", "known": "0", "role": "story"}
    me.post(f"/studies/{made.id}/invite", form, 200)
    assert "invited meanwhile" in me.post(f"/studies/{made.id}/invite", form, 409).text
    assert [judge.role for judge in studies.standing(made).judges] == ["story"] * 2


def test_a_judge_gets_another_link_or_is_revoked(
    me: Visitor, app: FastAPI, studies: Studies, made: Study
) -> None:
    old, gone, *_ = invited(studies, made)
    (new,) = links_in(me.post(f"/studies/{made.id}/judges/1/link", status=200).text)
    me.post(f"/studies/{made.id}/judges/2/revoke")
    Visitor.of(app, old).get(status=404)
    Visitor.of(app, gone).get(status=404)
    assert Visitor.of(app).get(new)
    assert "revoked" in me.get(f"/studies/{made.id}")
    me.post(f"/studies/{made.id}/judges/2/link", status=409)
    me.post(f"/studies/{made.id}/judges/99/revoke", status=400)


def test_a_closed_study_stays_readable_and_invites_nobody(
    me: Visitor, studies: Studies, made: Study
) -> None:
    page = me.get(f"/studies/{made.id}")
    assert "Make links" in page
    me.post(f"/studies/{made.id}/close")
    page = me.get(f"/studies/{made.id}")
    assert "closed" in page
    assert "Make links" not in page
    me.post(f"/studies/{made.id}/invite", {"judges": "4", "known": "0"}, 410)
    assert studies.standing(made).judges == ()


def test_the_report_is_that_of_the_command(me: Visitor, studies: Studies, made: Study) -> None:
    at = f"/studies/{made.id}"
    assert "Nobody judges this study yet" in me.get(f"{at}/report")
    me.get(f"{at}/report.md", 400)
    tokens = invited(studies, made, 4, *READY)
    finish(studies, tokens, 1)
    assert "missing" in me.get(f"{at}/report")
    finish(studies, tokens, 2)
    page = html.unescape(me.get(f"{at}/report"))
    (people,) = results_of(studies, made)
    for points in people.points:
        assert points.final is not None
        assert f'<td class="number">{points.final:.2f}</td>' in page
    for words in ("Description Matching", "Judge 3", "ICC(2,k)", "methods compared"):
        assert words in page
    assert "Description Matching: Judge 3" in me.get(f"{at}/report.md")
    assert r"\toprule" in me.get(f"{at}/report.tex")
    assert me.get(f"{at}/report.csv").startswith("source,study")
    assert made.id in me.get(f"{at}/report.json")
    assert "<svg" in me.get(f"{at}/scenarios.svg")


def test_every_judgement_can_be_taken_along(me: Visitor, studies: Studies, made: Study) -> None:
    at = f"/studies/{made.id}/judgements"
    assert me.http.get(f"{at}.json").json()["judgements"] == []
    me.get(f"{at}.csv", 400)
    finish(studies, invited(studies, made, 4, *READY), 1)
    answer = me.http.get(f"{at}.csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert len(answer.text.splitlines()) == 1 + 2 * 4 + 2 * 2
    assert me.http.get(f"{at}.parquet").content[:4] == b"PAR1"
    me.get(f"{at}.exe", 404)


@pytest.mark.parametrize("id_", ["0123", "zzz", "é", "0123abcd%00"])
@pytest.mark.parametrize("rest", ["", "/report", "/judgements.csv", "/scenarios.svg"])
def test_an_unknown_study_is_not_found(me: Visitor, made: Study, id_: str, rest: str) -> None:
    me.get(f"/studies/{id_}{rest}", 404)


def test_nothing_changes_without_the_token_of_a_page(
    me: Visitor, studies: Studies, made: Study
) -> None:
    invited(studies, made)
    for path in ("/invite", "/close", "/judges/1/revoke", "/judges/1/link"):
        answer = me.http.post(f"/studies/{made.id}{path}", data={"judges": 1, "known": 4})
        assert answer.status_code == 403
    standing = studies.standing(made)
    assert len(standing.judges) == 4
    assert not standing.closed
    assert not any(judge.revoked for judge in standing.judges)


def test_an_empty_place_says_how_a_study_is_made(me: Visitor) -> None:
    assert "simulacra study create" in me.get("/studies")
    assert "Mary Jones" in me.get("/studies/new")


def test_pages_are_light(me: Visitor, studies: Studies, made: Study) -> None:
    invited(studies, made, 200)
    for path in ("/studies", "/studies/new", f"/studies/{made.id}"):
        assert len(me.get(path).encode()) < 200_000, path
