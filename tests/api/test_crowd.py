"""Many at once: nobody hears what was said to another; a model gets no more than it can take."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx
import pytest
from fastapi import FastAPI
from served import MARY, application, body, client, usual

from simulacra.api.kept import Kept, Locks
from simulacra.api.people import People
from simulacra.cognition import Phase, Said, Turn
from simulacra.errors import SessionNotFoundError, SettingsError
from simulacra.inference import ScriptedCall, ScriptedModel
from simulacra.inference.scripted import ScriptedAnswer
from simulacra.settings import Settings

CROWD = 100
TURNS = 2
CHAT = "/v1/chat/completions"


async def whole(events: AsyncGenerator[Phase | Said | Turn]) -> Turn:
    """The turn at the end of a stream."""
    last = [event async for event in events][-1]
    assert isinstance(last, Turn)
    return last


class Watched:
    """Answers with all numbers it hears, after a breath, and counts the calls in flight."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def __call__(self, call: ScriptedCall) -> ScriptedAnswer:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.002)
        self.now -= 1
        if call.schema is not None or "Task:" in call.user:
            return usual(call)
        return "I heard " + " and ".join(dict.fromkeys(re.findall(r"number (\d+)", call.user)))


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def app(settings: Settings, watched: Watched) -> FastAPI:
    model = ScriptedModel(watched, name="scripted", concurrency=8)
    return application(settings, model=model)


async def test_a_hundred_conversations_at_once_and_none_mixed_up(
    app: FastAPI, watched: Watched
) -> None:
    async def talk(http: httpx.AsyncClient, number: int) -> None:
        asked = (body(f"I am number {number}", user=f"user-{number}"), "number")
        for turn in range(TURNS):
            words = body("And now?", user=f"user-{number}") if turn else asked[0]
            answer = await http.post(CHAT, json=words | {"stream": number % 2 == 0})
            assert answer.status_code == 200, answer.text
            said = "".join(re.findall(r'"content": ?"([^"]*)"', answer.text))
            assert said == f"I heard {number}"

    async with client(app, timeout=60) as http:
        await asyncio.gather(*(talk(http, number) for number in range(CROWD)))
    people: People = app.state.people
    sessions = people.sessions.list()
    assert [session.turns for session in sessions] == [TURNS] * CROWD
    for session in sessions:
        heard = {n for turn in people.sessions.turns(session) for n in turn.response.split()[2:]}
        assert len(heard) == 1
    assert 1 < watched.most <= 8


async def test_turns_of_one_session_wait_for_each_other(app: FastAPI) -> None:
    people: People = app.state.people
    session = await people.begin(MARY, method="prompt")

    said = (whole(people.turn(session.id, f"number {n}")) for n in range(8))
    turns = await asyncio.gather(*said)
    assert sorted(turn.number for turn in turns) == list(range(8))


async def test_a_turn_that_is_left_is_not_kept_and_the_session_goes_on(app: FastAPI) -> None:
    people: People = app.state.people
    session = await people.begin(MARY, method="prompt")
    async with aclosing(people.turn(session.id, "number 1")) as events:
        async for event in events:
            if isinstance(event, Said):
                break
    assert (await people.session(session.id)).turns == 0
    stopped = asyncio.create_task(anext(people.turn(session.id, "number 2")))
    await asyncio.sleep(0)
    stopped.cancel()
    await asyncio.gather(stopped, return_exceptions=True)
    turn = await whole(people.turn(session.id, "number 3"))
    assert turn.response == "I heard 3"


async def test_the_last_words_can_be_taken_back_and_said_otherwise(app: FastAPI) -> None:
    people: People = app.state.people
    session = await people.begin(MARY)
    for number in (1, 2, 3):
        await whole(people.turn(session.id, f"number {number}"))
    before = (await people.turns(session))[1].trace.mood
    assert (await people.rewind(session.id, 2)).turns == 2
    assert (await people.state(session)).mood == before
    turn = await whole(people.turn(session.id, "number 4"))
    assert turn.number == 2
    assert "4" in turn.response
    assert "3" not in turn.response
    with pytest.raises(SettingsError):
        await people.rewind(session.id, 9)


async def test_what_was_rehearsed_is_gained_by_its_session_alone(app: FastAPI) -> None:
    people: People = app.state.people
    forms: dict[str, dict[str, object]] = {
        "ContentMemory": {"participants": [], "scene": "", "content": "Walter's purple kite hung "
                          "in the elm.", "thought": "", "summary": "The purple kite."},
        "EmotionalMemory": {"emotion": "glad", "feelings": []},
    }  # fmt: skip

    def play(call: ScriptedCall) -> ScriptedAnswer:
        if call.schema and call.schema.__name__ in forms:
            return forms[call.schema.__name__]
        return usual(call) if call.schema or "Task:" in call.user else "Well."

    model = ScriptedModel(play, name="scripted")
    people = People(people.settings.model_copy(), model)
    one, two = await people.begin(MARY), await people.begin(MARY)

    async def say(id: str, text: str) -> Turn:  # noqa: A002
        turn = await whole(people.turn(id, text))
        await people.close()
        return turn

    await say(one.id, "The red kite of my cousin Walter is caught in the elm.")
    for number in range(8):
        await say(one.id, " ".join(f"{word}{number}" for word in ("ba", "du", "ki", "lo", "mu")))
    for _ in range(4):
        await say(one.id, "The kite of cousin Walter, was it caught in the elm?")
    assert (await people.state(one)).gained
    ids = {g.id for g in (await people.state(one)).gained}
    turn = await say(one.id, "What of the purple kite?")
    assert ids & {memory.id for memory in turn.trace.memories}
    other = await say(two.id, "What of the purple kite?")
    assert not ids & {memory.id for memory in other.trace.memories}


async def test_part_of_an_id_opens_no_session(app: FastAPI) -> None:
    people: People = app.state.people
    session = await people.begin(MARY)
    with pytest.raises(SessionNotFoundError):
        await people.session(session.id[:4])


async def test_what_is_made_is_made_once_and_what_failed_is_made_again() -> None:
    kept, made = Kept[int](2), list[int]()

    async def make() -> int:
        made.append(1)
        await asyncio.sleep(0)
        if len(made) == 1:
            raise ValueError("not today")
        return len(made)

    first = await asyncio.gather(*(kept.get("a", make) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(error, ValueError) for error in first)
    assert await asyncio.gather(*(kept.get("a", make) for _ in range(5))) == [2] * 5
    for key in ("b", "c"):
        await kept.get(key, make)
    assert await kept.get("a", make) == 5


async def test_a_lock_is_gone_when_nobody_holds_it_or_waits() -> None:
    locks, inside = Locks(), 0

    async def enter() -> None:
        nonlocal inside
        async with locks.of("door"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    tasks = [asyncio.create_task(enter()) for _ in range(5)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not locks
