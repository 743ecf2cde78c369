"""Make a person, second half: biography, life story, memories, and then a talk."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from simulacra.api.errors import status_of
from simulacra.api.people import People
from simulacra.biography import (
    Estimate,
    Plan,
    Story,
    StoryDesk,
    check_biography,
    due,
    estimate,
    expansions,
    read_history,
)
from simulacra.biography.keeping import change_biography, draft_of, keep_biography
from simulacra.biography.planning import plan_of
from simulacra.characters import Character
from simulacra.errors import CharacterExistsError, SimulacraError, StoryError
from simulacra.inference import price
from simulacra.jobs.works import Asked
from simulacra.memory import memories_of
from simulacra.settings import Settings
from simulacra.web.drafts import Drafts
from simulacra.web.rendering import page
from simulacra.web.works import works_of

router = APIRouter()

Slug = Annotated[str, Path(max_length=100)]
Short = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=100_000)]


@dataclass(frozen=True)
class Steps:
    """How far a person is."""

    biography: int
    story: int
    memories: bool

    @property
    def next(self) -> str:
        """What is to be done next."""
        if not self.biography:
            return "biography"
        if not self.story:
            return "life story"
        return "talk" if self.memories else "memories"


def steps_of(character: Character) -> Steps:
    """How far a person is, by the folder alone; words of biography and story."""
    return Steps(
        len(character.biography.split()),
        Story.parse(character.story_text).words,
        character.memories_path.exists() and character.memories_path.stat().st_size > 0,
    )


async def model_name(request: Request, wanted: str) -> str:
    """The name of the model that writes: the one that is wanted, else the service's own.

    Raises:
        ModelError: it can't be had.
    """
    people: People = request.app.state.people
    return wanted.strip() or (await people.engines.model()).name


@router.get("/make/people/{slug}")
async def person(request: Request, slug: Slug) -> Response:
    """A person in the making: what is done, what is under way, what comes next."""
    return await _person_page(request, slug)


@router.get("/make/people/{slug}/progress")
async def progress(request: Request, slug: Slug) -> Response:
    """How far the work on a person is."""
    character = await _own(request, slug)
    return await progress_of(request, _subject(character), f"/make/people/{slug}")


async def progress_of(request: Request, subject: str, page_address: str) -> Response:
    """The part of a page that says how far long work is; once it has ended, the page anew."""
    now = await works_of(request).now(subject)
    answer = page(request, "make/progress.html", now=now, going=page_address)
    if now is None or not now.running:
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("/make/people/{slug}/biography")
async def write(
    request: Request,
    slug: Slug,
    attempts: Annotated[int, Form(ge=1, le=20)] = 3,
    seed: Annotated[int, Form(ge=0)] = 0,
    model: Short = "",
    replace: Annotated[bool, Form()] = False,
) -> Response:
    """Have a biography written."""
    character = await _own(request, slug)
    try:
        if character.biography.strip() and not replace:
            raise CharacterExistsError(
                f"{character.name} has a biography already.",
                "Say that another shall take its place; the old one is then kept beside it.",
            )
        await _begin(request, character, "biography", Plan(seed=seed), model, attempts)
    except SimulacraError as error:
        return await _person_page(request, slug, error)
    return _back(slug)


@router.post("/make/people/{slug}/biography/text")
async def edit(
    request: Request,
    slug: Slug,
    text: Text = "",
    before: Text = "",
    draft: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a biography as somebody wrote it; ``draft`` takes the one that waits."""
    character = await _own(request, slug)
    drafts = Drafts(request.app.state.settings)
    try:
        if not text.strip():
            raise StoryError("Nothing was left of the biography; it is as it was.", "Write some.")
        if draft:
            await asyncio.to_thread(keep_biography, character, text)
        else:
            await asyncio.to_thread(change_biography, character, text, before)
    except SimulacraError as error:
        await asyncio.to_thread(drafts.keep, text, *_about(character))
        return await _person_page(request, slug, error)
    await asyncio.to_thread(drafts.forget, *_about(character))
    return _back(slug)


@router.post("/make/people/{slug}/biography/draft")
async def keep_text(request: Request, slug: Slug, text: Text = "") -> Response:
    """Keep what somebody is writing of a biography."""
    character = await _own(request, slug)
    drafts = Drafts(request.app.state.settings)
    await asyncio.to_thread(drafts.keep, text, *_about(character))
    return page(request, "desk/saved.html", saved=True)


@router.post("/make/people/{slug}/story")
async def grow(
    request: Request,
    slug: Slug,
    iterations: Annotated[int, Form(ge=1, le=1000)] = 50,
    words: Annotated[str, Form(pattern=r"^\s*\d{0,6}\s*$")] = "",
    review_every: Annotated[int, Form(ge=0, le=1000)] = 10,
    retries: Annotated[int, Form(ge=0, le=9)] = 1,
    seed: Annotated[int, Form(ge=0)] = 0,
    model: Short = "",
    whole: Annotated[bool, Form()] = False,
    reckon: Annotated[bool, Form()] = False,
) -> Response:
    """Have a life story grow, or a whole life made; ``reckon`` only says what it would take."""
    character, settings = await _own(request, slug), request.app.state.settings
    goal = int(words) if words.strip() else None
    plan = plan_of(settings, iterations, goal or None, review_every, retries, seed)
    try:
        if reckon:
            return await _person_page(
                request, slug, reckoned=await _reckoned(request, character, plan, model), plan=plan
            )
        await _begin(request, character, "person" if whole else "story expansion", plan, model)
    except SimulacraError as error:
        return await _person_page(request, slug, error, plan=plan)
    return _back(slug)


@router.post("/make/people/{slug}/memories")
async def remember(request: Request, slug: Slug, model: Short = "") -> Response:
    """Have the memories made that are missing."""
    character = await _own(request, slug)
    try:
        if not character.story_text.strip():
            raise StoryError(f"{character.name} has no life story.", "Have one written first.")
        await _begin(request, character, "memories", Plan(), model)
    except SimulacraError as error:
        return await _person_page(request, slug, error)
    return _back(slug)


@router.post("/make/jobs/{id}/{choice}")
async def job(
    request: Request,
    id: Annotated[str, Path(pattern=r"^[0-9a-f]{8}$")],  # noqa: A002
    choice: Annotated[str, Path(pattern=r"^(go-on|cancel)$")],
    back: Annotated[str, Form(pattern=r"^/make/(people|draws)/[\w-]{1,100}$")],
) -> Response:
    """Go on with a job, or give it up."""
    works = works_of(request)
    await (works.go_on(id) if choice == "go-on" else works.cancel(id))
    return RedirectResponse(back, 303)


async def _begin(
    request: Request,
    character: Character,
    kind: str,
    plan: Plan,
    model: str,
    attempts: int = 3,
) -> None:
    settings: Settings = request.app.state.settings
    asked = Asked.of(character, await model_name(request, model), settings, plan)
    asked = asked.model_copy(update={"attempts": attempts})
    subject = _subject(character)
    await works_of(request).begin(kind, subject, asked.model_dump(mode="json"))


async def _reckoned(
    request: Request, character: Character, plan: Plan, model: str
) -> tuple[Estimate, str, float | None]:
    people: People = request.app.state.people
    chat_model = await people.engines.model(model.strip() or None)

    def reckon() -> Estimate:
        with StoryDesk.open(character) as desk:
            return estimate(desk, chat_model, plan)

    expected = await asyncio.to_thread(reckon)
    return expected, chat_model.name, price(chat_model.name, expected.usage)


async def _person_page(
    request: Request,
    slug: str,
    error: SimulacraError | None = None,
    *,
    reckoned: tuple[Estimate, str, float | None] | None = None,
    plan: Plan | None = None,
) -> Response:
    character = await _own(request, slug)
    now = await works_of(request).now(_subject(character))

    def read() -> dict[str, Any]:
        history = read_history(character)
        draft = draft_of(character)
        story = Story.parse(character.story_text)
        remembered = {
            number for record in memories_of(character) for number in record.source.paragraphs
        }
        return {
            "draft": draft,
            "flags": check_biography(draft or character.biography, character.profile)
            if draft or character.biography.strip()
            else [],
            "expansions": expansions(history),
            "due": len(due(history)),
            "story": story,
            "missing": len(set(range(len(story.paragraphs))) - remembered),
            "text": Drafts(request.app.state.settings).get(*_about(character)),
        }

    found = await asyncio.to_thread(read)
    judged = now.job.result or {} if now and now.job.kind in ("biography", "person") else {}
    return page(
        request,
        "make/person.html",
        status_code=status_of(error) if error else 200,
        error=error,
        character=character,
        profile=character.profile,
        steps=steps_of(character),
        now=now,
        going=f"/make/people/{slug}",
        busy=bool(now and now.job.unfinished),
        judged=[flag["message"] for flag in judged.get("flags", ()) if found["draft"]],
        model=await model_name(request, ""),
        plan=plan or Plan(),
        reckoned=reckoned,
        **found,
    )


async def _own(request: Request, slug: str) -> Character:
    people: People = request.app.state.people
    character = await people.cast.get(slug)
    character.require_own()
    return character


def _subject(character: Character) -> str:
    return str(character.folder.resolve())


def _about(character: Character) -> tuple[str, str]:
    return "biography", _subject(character)


def _back(slug: str) -> Response:
    return RedirectResponse(f"/make/people/{slug}", 303)
