"""People, memories, sessions and runs as JSON."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from simulacra.api import runs
from simulacra.api.people import People
from simulacra.api.views import (
    Failed,
    MemoryView,
    PersonRow,
    PersonView,
    RunRow,
    RunView,
    SessionRow,
    SessionView,
)

_FAILURES: dict[int | str, dict[str, Any]] = {
    400: {"model": Failed, "description": "it makes no sense"},
    401: {"model": Failed, "description": "the server's key is missing"},
    404: {"model": Failed, "description": "there is no such thing"},
    413: {"model": Failed, "description": "more than 1 MiB"},
    421: {"model": Failed, "description": "the server does not go by this name"},
    422: {"model": Failed, "description": "a parameter or a file does not validate"},
    429: {"model": Failed, "description": "too many requests; see Retry-After"},
    503: {"model": Failed, "description": "a model or the storage can't be had just now"},
}

router = APIRouter(prefix="/api", tags=["data"], responses=_FAILURES)

Slug = Annotated[str, Path(max_length=200, description="a character's slug or full name")]
Id = Annotated[str, Path(max_length=200, description="as the list has it")]


def people_of(request: Request) -> People:
    """The service of this application."""
    return request.app.state.people


@router.get("/people")
async def list_people(request: Request) -> list[PersonRow]:
    """Everybody: the shipped ones and those of the workspace."""
    people = people_of(request)
    everybody = (await people.cast.everybody()).people
    return [await PersonRow.of(people.cast, character) for character in everybody]


@router.get("/people/{slug}")
async def get_person(request: Request, slug: Slug) -> PersonView:
    """A person: profile, traits, biography, chapters of the life story."""
    people = people_of(request)
    return await PersonView.whole(people.cast, await people.cast.get(slug))


@router.get("/people/{slug}/memories")
async def list_memories(
    request: Request,
    slug: Slug,
    q: Annotated[str, Query(max_length=2000, description="what to look for, in words")] = "",
    k: Annotated[int, Query(ge=1, le=100, description="how many are found")] = 10,
) -> list[MemoryView]:
    """A person's long-term memories in the order of her life; with `q` the nearest, best first."""
    people = people_of(request)
    character = await people.cast.get(slug)
    if q.strip():
        found = await people.recall(character, q, k)
        return [MemoryView.of(recalled.record, recalled.score) for recalled in found]
    return [MemoryView.of(record) for record in await people.cast.memories(character)]


@router.get("/sessions")
async def list_sessions(
    request: Request,
    character: Annotated[str | None, Query(max_length=200, description="only this slug's")] = None,
) -> list[SessionRow]:
    """The stored conversations, the latest first."""
    sessions = people_of(request).sessions
    return [SessionRow.of(s) for s in await asyncio.to_thread(sessions.list, character)]


@router.get("/sessions/{id}")
async def get_session(request: Request, id: Id) -> SessionView:  # noqa: A002
    """A conversation: every turn with its trace."""
    people = people_of(request)
    session = await people.session(id)
    return SessionView.whole(session, await people.turns(session))


@router.delete("/sessions/{id}", status_code=204)
async def delete_session(request: Request, id: Id) -> None:  # noqa: A002
    """Delete a conversation for good."""
    await people_of(request).forget(id)


@router.get("/runs")
async def list_runs(request: Request) -> list[RunRow]:
    """The runs of evaluations in the user's data, the latest first."""
    return await asyncio.to_thread(runs.every, people_of(request).settings)


@router.get("/runs/{id}")
async def get_run(request: Request, id: Id) -> RunView:  # noqa: A002
    """A run: how it asked, and every answer with its score."""
    return await asyncio.to_thread(runs.one, people_of(request).settings, id)
