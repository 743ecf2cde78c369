"""Conversations: begun, talked, looked into, changed in their ways, exported, deleted.

A message is stored and its answer begun by one request; another one, a stream of events, brings the
words. Both may be lost: ``simulacra.api.answers`` has what goes on. Every form works without
scripts, too; then the page comes anew.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from simulacra.api.chat import LONGEST_MESSAGE
from simulacra.api.errors import status_of
from simulacra.api.people import People, Talk
from simulacra.characters import Character
from simulacra.cognition import METHODS
from simulacra.cognition.simulacrum import STRANGER
from simulacra.errors import SessionNotFoundError, SettingsError, SimulacraError
from simulacra.storage import transcript
from simulacra.web import comparing
from simulacra.web.rendering import page
from simulacra.web.turns import (
    SHOWN,
    WAYS,
    Conversation,
    answers_of,
    by_htmx,
    events,
    part,
    people_of,
    problem,
    said,
    talk_of,
    turn_part,
)

router = APIRouter()
router.include_router(comparing.router)

PARTNERS = (
    (STRANGER, "A stranger"),
    ("A friend of mine", "A friend"),
    ("My best friend", "The best friend"),
)
"""Who one may be to a person: as the person sees it, and as the form has it."""

Text = Annotated[str, Form(max_length=LONGEST_MESSAGE)]


# --- begin ---------------------------------------------------------------------------------------


@router.get("/people/{slug}/talk")
async def choose(request: Request, slug: str) -> Response:
    """Ask who talks with the person, and by which method."""
    return await _choose(request, await people_of(request).cast.get(slug))


@router.post("/people/{slug}/talk")
async def begin(
    request: Request,
    slug: str,
    partner: Annotated[str, Form(max_length=300)] = STRANGER,
    own: Annotated[str, Form(max_length=200)] = "",
    method: Annotated[str, Form(max_length=20)] = "macm",
    model: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Begin a session, and go to it; memories are loaded meanwhile."""
    people = people_of(request)
    character = await people.cast.get(slug)
    who = " ".join(own.split()) if partner == "own" else partner
    try:
        if not who:
            raise SettingsError("Who are you to them?", "Say it in your own words.")
        known = await _offered(people, model)
        session = await people.begin(slug, method=method, partner=who, model=known)
    except SimulacraError as error:
        chosen = {"partner": partner, "own": own, "method": method, "model": model}
        return await _choose(request, character, error, **chosen)

    async def warm() -> None:
        with suppress(SimulacraError):  # it is told at the turn
            await people.simulacrum(character, session.method, Talk(model=known))

    people.beside(warm())
    return RedirectResponse(f"/sessions/{session.id}", 303)


async def _choose(
    request: Request, character: Character, error: SimulacraError | None = None, **chosen: str
) -> Response:
    return page(
        request,
        "conversation/begin.html",
        status_code=status_of(error) if error else 200,
        character=character,
        name=character.name.split()[0],
        partners=PARTNERS,
        ways=WAYS,
        methods=tuple(reversed(METHODS)),
        models=await people_of(request).engines.offered(),
        error=error,
        chosen={"partner": STRANGER, "own": "", "method": "macm", "model": ""} | chosen,
        sessions=await asyncio.to_thread(people_of(request).sessions.list, character.slug),
    )


async def _offered(people: People, model: str) -> str | None:
    """A model that is configured here, or ``None`` for the service's own."""
    if model and model not in await people.engines.offered():
        raise SettingsError(f"The model {model!r} is not configured here.", "Choose another.")
    return model or None


# --- talk ----------------------------------------------------------------------------------------


@router.get("/sessions/{id}")
async def show(request: Request, id: str) -> Response:  # noqa: A002
    """A conversation: its last turns, and the box for the next words."""
    conversation = await Conversation.of(request, id)
    return await part(
        request,
        "conversation/session.html",
        conversation,
        longest=LONGEST_MESSAGE,
        models=await people_of(request).engines.offered(),
        switched="",
    )


@router.get("/sessions/{id}/earlier")
async def earlier(request: Request, id: str, before: Annotated[int, Query(ge=0)]) -> Response:  # noqa: A002
    """The turns before one."""
    start = max(before - SHOWN, 0)
    conversation = await Conversation.of(request, id, start=start, end=before)
    template = "conversation/turns.html" if by_htmx(request) else "conversation/earlier.html"
    return await part(request, template, conversation)


@router.post("/sessions/{id}/turns")
async def say(request: Request, id: str, text: Text, at: Annotated[str, Form()]) -> Response:  # noqa: A002
    """Say something; ``at`` says as which turn, so that two tabs can't mix."""
    session, number = comparing.place(at)
    if session != id:
        raise SessionNotFoundError("This form is another conversation's.", "Reload the page.")
    return await _begun(request, id, number, text, fresh=True)


@router.post("/sessions/{id}/turns/{number}/again")
async def retry(request: Request, id: str, number: int) -> Response:  # noqa: A002
    """Have the last message answered anew; the answer that is there is kept until then."""
    conversation = await Conversation.of(request, id, start=number, end=number + 1)
    if not conversation.shown:
        raise SettingsError("There is no such turn to be answered anew.", "Reload the page.")
    one = conversation.shown[0]
    text = one.failed.text if one.failed else one.text
    return await _begun(request, id, number, text, again=one.turn is not None)


@router.post("/sessions/{id}/turns/{number}/edit")
async def edit(request: Request, id: str, number: int, text: Text) -> Response:  # noqa: A002
    """Say the last message otherwise."""
    turns = (await people_of(request).session(id)).turns
    return await _begun(request, id, number, text, again=number < turns)


@router.get("/sessions/{id}/turns/{number}/edit")
async def editing(request: Request, id: str, number: int) -> Response:  # noqa: A002
    """The last message in a box."""
    conversation = await Conversation.of(request, id, start=number, end=number + 1)
    template = "conversation/editing.html" if by_htmx(request) else "conversation/edit.html"
    return await part(request, template, conversation, number=number, longest=LONGEST_MESSAGE)


@router.get("/sessions/{id}/turns/{number}")
async def turn(request: Request, id: str, number: int) -> Response:  # noqa: A002
    """One turn as it is now."""
    if not by_htmx(request):
        return RedirectResponse(f"/sessions/{id}#turn-{id}-{number}", 303)
    return await turn_part(request, id, number)


@router.get("/sessions/{id}/turns/{number}/stream")
async def stream(request: Request, id: str, number: int) -> Response:  # noqa: A002
    """The answer as it comes, from its beginning; at its end the whole turn."""
    await people_of(request).session(id)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(
        events(request, id, number), media_type="text/event-stream", headers=headers
    )


@router.post("/sessions/{id}/stop")
async def stop(request: Request, id: str) -> Response:  # noqa: A002
    """Break in: the model's call is cancelled, and what was said is kept."""
    if answer := answers_of(request).of(id):
        answer.stop()
        await answer.end()
    return Response(status_code=204) if by_htmx(request) else _to(id)


async def _begun(
    request: Request,
    id: str,  # noqa: A002
    number: int,
    text: str,
    *,
    again: bool = False,
    fresh: bool = False,
) -> Response:
    """Begin an answer: the turn with a place where it comes, or what is in the way."""
    try:
        there = (await Conversation.of(request, id, start=number, end=number + 1)).shown
        instead = fresh and bool(there)  # of what failed there, or of what the page has already
        await said(request, id, number, text, again=again)
    except SimulacraError as error:
        if by_htmx(request):
            return problem(request, error)
        raise
    if not by_htmx(request):
        return _to(id, number)
    answer = await turn_part(request, id, number, instead=instead)
    if fresh:
        answer.headers["HX-Trigger"] = "said"
    return answer


def _to(id: str, number: int | None = None) -> Response:  # noqa: A002
    place = "" if number is None else f"#turn-{id}-{number}"
    return RedirectResponse(f"/sessions/{id}{place}", 303)


# --- look into -----------------------------------------------------------------------------------


@router.get("/sessions/{id}/turns/{number}/why")
async def why(request: Request, id: str, number: int) -> Response:  # noqa: A002
    """How an answer came about."""
    conversation = await Conversation.of(request, id, start=number, end=number + 1)
    found = conversation.shown[0].turn if conversation.shown else None
    if found is None:
        raise SettingsError(f"There is no turn {number} in this conversation.", "Reload the page.")
    story = people_of(request).cast.story(conversation.character)
    template = "conversation/why.html" if by_htmx(request) else "conversation/why_page.html"
    return await part(request, template, conversation, turn=found, paragraphs=len(story.paragraphs))


@router.get("/sessions/{id}/memories")
async def memories(request: Request, id: str) -> Response:  # noqa: A002
    """What a conversation has become memories of, and what is still fresh."""
    conversation = await Conversation.of(request, id, start=0, end=0)
    state = await people_of(request).state(conversation.session)
    template = (
        "conversation/memories.html" if by_htmx(request) else "conversation/memories_page.html"
    )
    return await part(request, template, conversation, state=state, settled="", error=None)


@router.post("/sessions/{id}/memories/{memory}")
async def settle(
    request: Request,
    id: str,  # noqa: A002
    memory: str,
    what: Annotated[Literal["keep", "forget"], Form()],
) -> Response:
    """Keep a memory for good, or forget it."""
    people, error = people_of(request), None
    try:
        await people.settle(id, memory, keep=what == "keep")
    except SimulacraError as wrong:
        if not by_htmx(request):
            raise
        error = wrong
    if not by_htmx(request):
        return RedirectResponse(f"/sessions/{id}/memories", 303)
    conversation = await Conversation.of(request, id, start=0, end=0)
    state = await people.state(conversation.session)
    name = conversation.character.name
    done = f"{name} keeps it from now on." if what == "keep" else "It is forgotten."
    return await part(
        request,
        "conversation/memories.html",
        conversation,
        state=state,
        settled="" if error else done,
        error=error,
    )


# --- change, take along, delete ------------------------------------------------------------------


@router.post("/sessions/{id}/way")
async def switch(
    request: Request,
    id: str,  # noqa: A002
    method: Annotated[str, Form(max_length=20)],
    model: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Go on by another method or with another model."""
    people = people_of(request)
    try:
        known = await _offered(people, model) or (await talk_of(request, id)).model
        session = await people.switch(id, method, known)
    except SimulacraError as error:
        if by_htmx(request):
            return problem(request, error)
        raise
    if not by_htmx(request):
        return _to(id)
    conversation = await Conversation.of(request, id, start=0, end=0)
    return await part(
        request,
        "conversation/way.html",
        conversation,
        models=await people.engines.offered(),
        switched=f"From the next answer on: {session.method} on {session.model} – "
        f"{WAYS[session.method]}. Memory and mood stay as they are.",
    )


@router.get("/sessions/{id}/export.{kind}")
async def export(request: Request, id: str, kind: Literal["json", "md"]) -> Response:  # noqa: A002
    """The conversation as a file: Markdown, or JSON with every trace."""
    people = people_of(request)
    session = await people.session(id)
    turns = await people.turns(session)
    render, media = {
        "json": (transcript.as_json, "application/json"),
        "md": (transcript.markdown, "text/markdown; charset=utf-8"),
    }[kind]
    name = f"{session.character}-{session.id}.{kind}"
    return Response(
        await asyncio.to_thread(render, session, turns),
        media_type=media,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.post("/sessions/{id}/delete")
async def delete(request: Request, id: str) -> Response:  # noqa: A002
    """Delete a conversation for good."""
    people = people_of(request)
    session = await people.session(id)
    if answer := answers_of(request).of(id):
        answer.stop()
        await answer.end()
    await people.forget(id)
    return RedirectResponse(f"/people/{session.character}", 303)
