"""What the pages of a conversation show of it: turns, the answer in the making, mood, ways.

The same parts stand in a conversation's page, in a comparison's columns, in the answers to htmx
and in the events of a stream, so that all of them show the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from simulacra.api.answers import Answer, Answers
from simulacra.api.people import People, Talk
from simulacra.characters import Character
from simulacra.cognition import DISCLOSURE, METHODS, Mood, Turn
from simulacra.cognition.simulacrum import INTERRUPTED
from simulacra.errors import SettingsError, SimulacraError
from simulacra.storage import Session, Unanswered
from simulacra.web.mood import mood_curve
from simulacra.web.rendering import page

SHOWN = 20
"""How many turns a page has at first; older ones come when they are asked for."""
BREATH = 0.04
"""The seconds between two events of a stream: words that come faster come together."""

DOING: Mapping[str, str] = {
    "": "is about to answer",
    "recall": "is remembering",
    "reflect": "is reflecting on your words",
    "think": "is thinking and feeling",
    "respond": "is finding words",
}
WAYS: Mapping[str, str] = {
    "macm": "the four agents: reflection, memories, thought and emotion before each answer",
    "rag": "profile, biography and the passages of the life story nearest to your words",
    "prompt": "profile and biography alone",
    "none": "the bare model, which knows nothing of the person",
}
"""What stands behind an answer, by method."""


def people_of(request: Request) -> People:
    """The service of this application."""
    return request.app.state.people


def answers_of(request: Request) -> Answers:
    """The answers that are being given in this application."""
    return request.app.state.answers


def by_htmx(request: Request) -> bool:
    """Whether a part of a page is asked for, and not a page."""
    return "hx-request" in request.headers


@dataclass(frozen=True)
class Shown:
    """A turn as it is shown; what it does not have yet is ``None``.

    ``before`` is the turn before it, which tells what has changed since. ``failed`` is a message
    that has no answer: the turn's own, or one that was to take its place.
    """

    number: int
    turn: Turn | None = None
    before: Turn | None = None
    answer: Answer | None = None
    failed: Unanswered | None = None

    @property
    def text(self) -> str:
        """What the partner said."""
        if self.answer:
            return self.answer.text
        return self.turn.stimulus if self.turn else self.failed.text if self.failed else ""

    @property
    def from_here(self) -> str:
        """What is otherwise from this turn on, in words; empty if nothing is."""
        now, then = self.turn, self.before
        if not now or not then or self.answer:
            return ""
        if now.method != then.method:
            on = f" on {now.model}" if now.model != then.model else ""
            return f"From here on: {now.method}{on} – {WAYS[now.method]}."
        return f"From here on: {now.model}." if now.model != then.model else ""

    @property
    def interrupted(self) -> bool:
        """Whether the partner broke in."""
        return self.turn is not None and INTERRUPTED in self.turn.trace.notes


@dataclass(frozen=True)
class Conversation:
    """A session with what its page shows."""

    session: Session
    character: Character
    shown: tuple[Shown, ...]
    moods: tuple[tuple[int, Mood], ...]

    @classmethod
    async def of(
        cls,
        request: Request,
        id: str,  # noqa: A002
        *,
        start: int | None = None,
        end: int | None = None,
    ) -> Conversation:
        """Read a session and its last turns, or those from ``start`` to ``end``.

        Raises:
            SessionNotFoundError, CharacterNotFoundError: there is none, or the person is gone.
        """
        people, answer = people_of(request), answers_of(request).of(id)
        session = await people.session(id)
        first = max(session.turns - SHOWN, 0) if start is None else max(start, 0)

        def read() -> tuple[list[Turn], list[tuple[int, Mood]], Unanswered | None]:
            stored = people.sessions
            turns = stored.turns(session, max(first - 1, 0), end)
            return turns, stored.moods(session), stored.unanswered(session)

        turns, moods, waiting = await asyncio.to_thread(read)
        by_number = {turn.number: turn for turn in turns}
        shown = [
            Shown(
                turn.number,
                turn,
                by_number.get(turn.number - 1),
                answer if answer and answer.number == turn.number else None,
                waiting if waiting and waiting.number == turn.number else None,
            )
            for turn in turns
            if turn.number >= first
        ]
        following = first + len(shown)
        if (end is None or following < end) and following not in by_number:
            if answer and answer.number == following:
                shown.append(Shown(following, answer=answer))
            elif waiting and waiting.number == following and not answer:
                shown.append(Shown(following, failed=waiting))
        character = await people.cast.get(session.character)
        return cls(session, character, tuple(shown), tuple(moods))

    def context(self) -> dict[str, Any]:
        """What templates know of it."""
        name = self.character.name.split()[0]
        return {
            "session": self.session,
            "character": self.character,
            "name": name,
            "shown": self.shown,
            "mood": self.moods[-1][1] if self.moods else None,
            "curve": mood_curve(self.moods, name),
            "fiction": in_sight(self.character),
            "disclosure": DISCLOSURE.format(name=self.character.name),
            "ways": WAYS,
            "methods": tuple(reversed(METHODS)),
            "doing": DOING,
        }


def in_sight(character: Character) -> str:
    """What stands over a conversation, wherever one is in it."""
    name = character.name
    return f"You are talking with a fiction: {name} is computer-generated, not a real person."


async def part(
    request: Request, template: str, conversation: Conversation, **more: Any
) -> HTMLResponse:
    """A part of a conversation's page."""
    return page(request, template, **conversation.context(), **more)


async def turn_part(request: Request, id: str, number: int, **more: Any) -> HTMLResponse:  # noqa: A002
    """One turn as it is now, with the mood, and where the conversation is."""
    conversation = await Conversation.of(request, id, start=number, end=number + 1)
    more = {"instead": False, "number": number} | more
    return await part(request, "conversation/told.html", conversation, **more)


async def said(
    request: Request,
    id: str,  # noqa: A002
    number: int,
    text: str,
    *,
    again: bool = False,
) -> Answer | Turn:
    """Begin to answer a message of a session, by its own method and model.

    Raises:
        SimulacraError: there is nothing to answer, or as ``Answers.say`` does.
    """
    if not text.strip():
        raise SettingsError("There is nothing to answer.", "Write something.")
    talk = await talk_of(request, id)
    words = text.strip().replace("\r\n", "\n")
    return await answers_of(request).say(id, words, number, talk, again=again)


async def talk_of(request: Request, id: str) -> Talk:  # noqa: A002
    """How a session goes on: with its own model if that is configured here, else the service's."""
    people = people_of(request)
    session = await people.session(id)
    known = session.model in await people.engines.offered()
    return Talk(model=session.model if known else None)


def problem(request: Request, error: SimulacraError) -> HTMLResponse:
    """What went wrong, for the place that a page has for it; nothing else of the page changes."""
    answer = page(request, "conversation/problem.html", what=error.what, mend=error.mend)
    answer.headers["HX-Reswap"] = "none"
    return answer


async def events(request: Request, id: str, number: int) -> AsyncGenerator[str]:  # noqa: A002
    """The stream of a turn: what the person does, all words so far, and last the whole turn.

    Each event has all that there is: whoever comes later, or again, has missed nothing.
    """
    yield "retry: 1000\n\n"
    answer = answers_of(request).of(id)
    if answer and answer.number == number:
        name = (await _character(request, id)).name.split()[0]
        phase = words = None
        async with aclosing(answer.changes()) as changes:
            async for _ in changes:
                if answer.finished:
                    break
                if (answer.phase, answer.words) == (phase, words):
                    yield ": still there\n\n"
                if answer.phase != phase:
                    phase = answer.phase
                    yield _event("phase", escape(f"{name} {DOING.get(phase, '')} …"))
                if answer.words != words:
                    words = answer.words
                    yield _event("words", escape(words))
                await asyncio.sleep(BREATH)
    try:
        whole = await turn_part(request, id, number)
    except SimulacraError as error:  # such as a session that was deleted meanwhile
        whole = page(request, "conversation/problem.html", what=error.what, mend=error.mend)
    yield _event("done", Markup(bytes(whole.body).decode()))


async def _character(request: Request, id: str) -> Character:  # noqa: A002
    people = people_of(request)
    return await people.cast.get((await people.session(id)).character)


def _event(name: str, data: Markup) -> str:
    lines = "".join(f"data: {line}\n" for line in data.replace("\r", "\n").split("\n"))
    return f"event: {name}\n{lines}\n"
