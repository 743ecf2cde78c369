"""Pages of people: everybody, a person, her life story, her days, her memories."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from simulacra.api.people import People
from simulacra.biography import Story
from simulacra.dataset import portrait_svg
from simulacra.memory import MemoryRecord
from simulacra.web import taking
from simulacra.web.everybody import people_page
from simulacra.web.rendering import page
from simulacra.web.tendencies import ranking_svg
from simulacra.web.timeline import timeline, written

router = APIRouter()
router.include_router(taking.router)
BODIES = taking.BODIES

Slug = Annotated[str, Path(max_length=200)]


@dataclass(frozen=True)
class Chapter:
    """A chapter for reading: its number, from 1 on, and its paragraphs with their ids.

    What stands before the first heading has no title and the number 0.
    """

    number: int
    title: str
    paragraphs: tuple[tuple[int, str], ...]


def people_of(request: Request) -> People:
    """The service of this application."""
    return request.app.state.people


@router.get("/")
async def home() -> Response:
    """Everybody is where one begins."""
    return RedirectResponse("/people")


@router.get("/people")
async def everybody(request: Request) -> Response:
    """Everybody who fits what the address asks."""
    return await people_page(request)


@router.get("/people/{slug}")
async def person(request: Request, slug: Slug) -> Response:
    """Who somebody is."""
    people = people_of(request)
    character = await people.cast.get(slug)
    story = people.cast.story(character)
    sessions = await asyncio.to_thread(people.sessions.list, character.slug)
    ranking = character.profile.traits.ranking
    return page(
        request,
        "person/about.html",
        at="about",
        character=character,
        profile=character.profile,
        born=written(character.profile.date_of_birth.isoformat()),
        as_of=written(character.sheet.as_of.isoformat()),
        picture=ranking_svg(ranking) if ranking else None,
        biography=Story.parse(character.biography).paragraphs,
        story=story,
        chapters=chapters_of(story),
        memories=len(await people.cast.memories(character)),
        sessions=sessions,
        downloads=taking.downloads(),
        shadowing=people.cast.workspace.shadowed(character.slug),
    )


@router.get("/people/{slug}/portrait.svg")
async def portrait(request: Request, slug: Slug) -> Response:
    """The drawing that stands for somebody; it changes with the program alone."""
    character = await people_of(request).cast.get(slug)
    image = portrait_svg(character.slug)
    tag = f'"{sha256(image.encode()).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=3600"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(image, media_type="image/svg+xml", headers=headers)


@router.get("/people/{slug}/story")
async def life_story(request: Request, slug: Slug) -> Response:
    """The life story, every chapter and paragraph with an address."""
    cast = people_of(request).cast
    character = await cast.get(slug)
    story = cast.story(character)
    return page(
        request,
        "person/story.html",
        at="story",
        character=character,
        story=story,
        chapters=chapters_of(story),
    )


@router.get("/people/{slug}/timeline")
async def days(request: Request, slug: Slug) -> Response:
    """The dated events of a life."""
    cast = people_of(request).cast
    character = await cast.get(slug)
    events = (await cast.ledger(character)).events
    decades = timeline(events)
    return page(
        request,
        "person/timeline.html",
        at="timeline",
        character=character,
        decades=decades,
        undated=sum(event.span is None for event in events),
    )


@router.get("/people/{slug}/memories")
async def memories(request: Request, slug: Slug) -> Response:
    """What somebody remembers, in the order of her life or, with ``q``, the nearest by words."""
    cast = people_of(request).cast
    character = await cast.get(slug)
    records = await cast.memories(character)
    words = request.query_params.get("q", "").strip()[:400]
    found: list[MemoryRecord] = list(records)
    if words:
        likeness = (await cast.words(character)).likeness(words)
        order = sorted(range(len(records)), key=lambda i: -likeness[i])
        found = [records[i] for i in order if likeness[i] > 0]
    return page(
        request,
        "person/memories.html",
        at="memories",
        character=character,
        words=words,
        found=found,
        total=len(records),
    )


def chapters_of(story: Story) -> list[Chapter]:
    """The chapters with their paragraphs; a story without headings is one without a title."""
    numbered = list(enumerate(story.paragraphs))
    first = story.chapters[0].start if story.chapters else len(numbered)
    opening = [Chapter(0, "", tuple(numbered[:first]))] if first else []
    return opening + [
        Chapter(number, chapter.title, tuple(numbered[chapter.start : chapter.end]))
        for number, chapter in enumerate(story.chapters, start=1)
    ]
