"""People, memories, sessions and runs as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from served import MARY, application, client

from simulacra.api.people import People
from simulacra.evaluation import RunSheet
from simulacra.settings import Settings


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return application(settings)


async def test_everybody_and_each_person_is_told_with_the_disclosure(app: FastAPI) -> None:
    async with client(app) as http:
        rows = (await http.get("/api/people")).json()
        mary = next(row for row in rows if row["slug"] == MARY)
        whole = (await http.get(f"/api/people/{MARY}")).json()
        by_name = (await http.get("/api/people/Mary Jones")).json()
        near = await http.get("/api/people/mary-jnes")
    assert mary == {key: whole[key] for key in mary}
    assert whole == by_name
    assert "fiction" in whole["disclosure"]
    assert whole["chapters"][-1]["end"] == whole["paragraphs"]
    assert near.status_code == 404
    assert "mary-jones" in near.json()["error"]["mend"]


async def test_memories_come_in_order_or_by_what_is_looked_for(app: FastAPI) -> None:
    async with client(app) as http:
        every = (await http.get(f"/api/people/{MARY}/memories")).json()
        words = every[7]["memory"]["content"]
        found = (await http.get(f"/api/people/{MARY}/memories", params={"q": words, "k": 3})).json()
        wrong = await http.get(f"/api/people/{MARY}/memories", params={"q": "x", "k": 0})
    assert [one["score"] for one in every] == [None] * len(every)
    assert len(found) == 3
    assert found[0]["memory"]["id"] == every[7]["memory"]["id"]
    assert [one["score"] for one in found] == sorted((m["score"] for m in found), reverse=True)
    assert wrong.status_code == 422
    assert set(wrong.json()["error"]) == {"what", "mend"}


async def test_a_session_is_listed_told_and_deleted(app: FastAPI) -> None:
    people: People = app.state.people
    session = await people.begin(MARY, method="prompt", partner="My sister")
    async for _ in people.turn(session.id, "number 3"):
        pass
    async with client(app) as http:
        rows = (await http.get("/api/sessions", params={"character": MARY})).json()
        assert [(row["id"], row["partner"], row["turns"]) for row in rows] == [
            (session.id, "My sister", 1)
        ]
        assert (await http.get("/api/sessions", params={"character": "nobody"})).json() == []
        whole = (await http.get(f"/api/sessions/{session.id}")).json()
        assert whole["transcript"][0]["response"] == "I heard 3."
        assert (await http.delete(f"/api/sessions/{session.id}")).status_code == 204
        assert (await http.get(f"/api/sessions/{session.id}")).status_code == 404
        assert (await http.delete(f"/api/sessions/{session.id}")).status_code == 404


async def test_runs_are_told_by_their_folders_and_nothing_else_is(
    app: FastAPI, settings: Settings
) -> None:
    sheet = RunSheet(
        created=datetime(2026, 1, 1, tzinfo=UTC), way="free", seed=0, repeats=1,
        tasks=("self_report",), characters=(MARY,), methods=("macm",), models=("scripted",),
    )  # fmt: skip
    for name, text in (("good", sheet.model_dump_json()), ("damaged", "{")):
        folder = settings.data / "runs" / name
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(text, "utf-8")
    outside(settings.data / "run.json")
    async with client(app) as http:
        rows = (await http.get("/api/runs")).json()
        assert [row["id"] for row in rows] == ["good"]
        assert (await http.get("/api/runs/good")).json()["sheet"]["models"] == ["scripted"]
        for name in ("none", "..", "%2e%2e", "..%2f..", "good%2f.."):
            assert (await http.get(f"/api/runs/{name}")).status_code in (404, 405)
        damaged = await http.get("/api/runs/damaged")
    assert damaged.status_code == 503
    assert "run.json" in damaged.json()["error"]["what"]


def outside(path: Path) -> None:
    """Write a run where none may be found."""
    path.write_text(json.dumps({}), "utf-8")


async def test_the_operations_are_listed_on_a_page_of_our_own(app: FastAPI) -> None:
    async with client(app) as http:
        page = await http.get("/api/docs")
        description = (await http.get("/openapi.json")).json()
    for path in description["paths"]:
        assert path in page.text
    assert "/sign-in" not in description["paths"]
