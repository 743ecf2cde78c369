"""Conversations as the server tells them: nothing is lost, mixed up, or paid twice."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from tests.api.served import MARY, application, client, playing, serving, usual
from tests.web.talking import Halting

from simulacra.api.answers import Answers
from simulacra.api.people import People
from simulacra.characters.workspace import shipped_folder
from simulacra.cognition import Mood, Turn
from simulacra.errors import ModelUnavailableError
from simulacra.inference import ScriptedCall, ScriptedModel
from simulacra.inference.scripted import ScriptedAnswer
from simulacra.memory import MemoryRecord, Source, read_memories
from simulacra.settings import Settings
from simulacra.storage import Session, Unanswered
from simulacra.web.mood import mood_curve

HTMX = {"HX-Request": "true"}


class Visitor:
    """A browser without scripts: it has cookies, and brings back the token of its last page."""

    def __init__(self, http: httpx.AsyncClient, app: FastAPI) -> None:
        self.http, self._token = http, ""
        self.people: People = app.state.people
        self.answers: Answers = app.state.answers

    async def see(self, path: str, **headers: str) -> str:
        answer = await self.http.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        if found := re.search(r'name="csrf" content="([^"]+)"', answer.text):
            self._token = found[1]
        return answer.text

    async def send(self, path: str, *, htmx: bool = False, **fields: object) -> httpx.Response:
        headers = {"X-CSRF": self._token} | (HTMX if htmx else {})
        return await self.http.post(path, data=fields, headers=headers)

    async def begin(self, slug: str = MARY, **fields: Any) -> str:
        await self.see(f"/people/{slug}/talk")
        fields.setdefault("method", "prompt")
        answer = await self.send(f"/people/{slug}/talk", **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    async def say(self, id: str, number: int, text: str) -> httpx.Response:  # noqa: A002
        return await self.send(f"/sessions/{id}/turns", htmx=True, text=text, at=f"{id}:{number}")

    async def finished(self, id: str) -> list[Turn]:  # noqa: A002
        if answer := self.answers.of(id):
            await answer.end()
        return await self.people.turns(await self.people.session(id))


@pytest.fixture
def model() -> Halting:
    return Halting()


@pytest.fixture
def app(settings: Settings, model: Halting) -> FastAPI:
    return application(settings, model=model)


@pytest.fixture
async def visitor(app: FastAPI) -> Visitor:
    return Visitor(client(app), app)


# --- a stream that is lost ----------------------------------------------------------------------


def test_a_lost_connection_is_taken_up_again_and_the_answer_is_paid_once(
    app: FastAPI, model: Halting
) -> None:
    model.gate.close()
    with serving(app) as address, httpx.Client(base_url=address, timeout=20) as http:
        page = http.get(f"/people/{MARY}/talk").text
        token = {"X-CSRF": re.findall(r'name="csrf" content="([^"]+)"', page)[0]}
        begun = http.post(f"/people/{MARY}/talk", data={"method": "prompt"}, headers=token)
        id = begun.headers["location"].rpartition("/")[2]  # noqa: A001
        words = {"text": "I am number 7", "at": f"{id}:0"}
        said = http.post(f"/sessions/{id}/turns", data=words, headers=token | HTMX)
        assert f"/sessions/{id}/turns/0/stream" in said.text
        assert "number 7" in said.text
        with http.stream("GET", f"/sessions/{id}/turns/0/stream") as lost:
            assert "You" in _until(lost.iter_lines(), "words")
        again = http.post(f"/sessions/{id}/turns", data=words, headers=token | HTMX)
        assert f"/sessions/{id}/turns/0/stream" in again.text
        reloaded = http.get(f"/sessions/{id}").text
        assert re.search(r'sse-swap="words">You ?<', reloaded)
        with http.stream("GET", f"/sessions/{id}/turns/0/stream") as taken_up:
            lines = taken_up.iter_lines()
            assert "You" in _until(lines, "words")
            model.gate.open()
            assert "You said 7. It is so." in _until(lines, "done")
        later = http.get(f"/sessions/{id}/turns/0/stream").text
    assert "You said 7. It is so." in later
    assert model.streams == ["You said 7. It is so."]


def _until(lines: Iterator[str], event: str) -> str:
    """The data of the next event of that name."""
    for line in lines:
        if line == f"event: {event}":
            break
    data: list[str] = []
    for line in lines:
        if not line:
            return "\n".join(data)
        data.append(line.removeprefix("data: "))
    raise AssertionError(f"the stream ended before {event}")


# --- begin, talk ---------------------------------------------------------------------------------


async def test_a_conversation_begins_as_it_was_chosen(visitor: Visitor) -> None:
    id_ = await visitor.begin(partner="own", own=" My  sister ", method="rag")
    session = await visitor.people.session(id_)
    assert (session.partner, session.method, session.model) == ("My sister", "rag", "scripted")
    page = await visitor.see(f"/sessions/{id_}")
    assert "You are talking with a fiction" in page
    assert page.index("You are talking with a fiction") < page.index("<h1")


async def test_what_can_not_be_chosen_is_said_in_place(visitor: Visitor) -> None:
    await visitor.see(f"/people/{MARY}/talk")
    choices: list[dict[str, Any]] = [
        {"partner": "own", "own": " "}, {"method": "magic"}, {"model": "openai:dear"}
    ]  # fmt: skip
    for wrong in choices:
        answer = await visitor.send(f"/people/{MARY}/talk", **wrong)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    assert visitor.people.sessions.list() == []


async def test_the_same_works_without_scripts(visitor: Visitor) -> None:
    id_ = await visitor.begin()
    said = await visitor.send(f"/sessions/{id_}/turns", text="number 3", at=f"{id_}:0")
    assert said.headers["location"] == f"/sessions/{id_}#turn-{id_}-0"
    await visitor.finished(id_)
    assert "You said 3. It is so." in await visitor.see(f"/sessions/{id_}")
    assert "What it took" in await visitor.see(f"/sessions/{id_}/turns/0/why")


async def test_words_of_both_are_shown_and_never_run(visitor: Visitor) -> None:
    id_ = await visitor.begin()
    await visitor.say(id_, 0, "number <script>alert(1)</script>")
    await visitor.finished(id_)
    page = await visitor.see(f"/sessions/{id_}")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_two_tabs_do_not_mix(visitor: Visitor, model: Halting) -> None:
    id_ = await visitor.begin()
    model.gate.close()
    await visitor.say(id_, 0, "number 1")
    busy = await visitor.say(id_, 0, "number 2")
    assert "An answer is being given" in busy.text
    assert busy.headers["hx-reswap"] == "none"
    model.gate.open()
    await visitor.finished(id_)
    behind = await visitor.say(id_, 0, "number 2")
    assert "went on elsewhere" in behind.text
    plain = await visitor.send(f"/sessions/{id_}/turns", text="number 2", at=f"{id_}:0")
    assert plain.status_code == 409
    assert [turn.stimulus for turn in await visitor.finished(id_)] == ["number 1"]
    assert len(model.streams) == 1


async def test_nothing_and_too_much_are_not_answered(visitor: Visitor, model: Halting) -> None:
    id_ = await visitor.begin()
    assert "There is nothing to answer" in (await visitor.say(id_, 0, " \n")).text
    long = await visitor.send(f"/sessions/{id_}/turns", text="x" * 16_001, at=f"{id_}:0")
    assert long.status_code == 422
    forged = await visitor.http.post(
        f"/sessions/{id_}/turns", data={"text": "number 1", "at": f"{id_}:0"}
    )
    assert forged.status_code == 403
    assert model.streams == []


# --- stop, retry, edit ---------------------------------------------------------------------------


async def test_stopped_words_are_kept_and_the_model_is_called_off(
    visitor: Visitor, model: Halting
) -> None:
    id_ = await visitor.begin()
    model.gate.close()
    await visitor.say(id_, 0, "number 1")
    answer = visitor.answers.of(id_)
    assert answer
    async for _ in answer.changes():
        if answer.words:
            break
    assert (await visitor.send(f"/sessions/{id_}/stop", htmx=True)).status_code == 204
    (turn,) = await visitor.finished(id_)
    assert turn.response == "You"
    assert turn.usage.calls == 1
    assert model.cancelled == ["You said 1. It is so."]
    assert "You stopped Mary here" in await visitor.see(f"/sessions/{id_}")
    model.gate.open()
    await visitor.say(id_, 1, "number 2")
    assert len(await visitor.finished(id_)) == 2


async def test_stopped_before_a_word_nothing_is_kept_but_the_message(
    settings: Settings,
) -> None:
    model = Halting()
    app = application(settings, model=model)
    visitor = Visitor(client(app), app)
    id_ = await visitor.begin()
    async with visitor.people.engines.places["scripted"]:
        for _ in range(model.concurrency - 1):
            await visitor.people.engines.places["scripted"].acquire()
        await visitor.say(id_, 0, "number 1")
        await visitor.send(f"/sessions/{id_}/stop", htmx=True)
    assert await visitor.finished(id_) == []
    page = await visitor.see(f"/sessions/{id_}")
    assert "You stopped the answer before a word of it was said." in page
    assert "number 1" in page
    assert model.streams == []


async def test_an_answer_is_given_anew_and_the_old_one_kept_until_then(
    visitor: Visitor, model: Halting
) -> None:
    id_ = await visitor.begin()
    for number in (0, 1):
        await visitor.say(id_, number, f"number {number}")
        before = await visitor.finished(id_)
    model.gate.close()
    await visitor.send(f"/sessions/{id_}/turns/1/again", htmx=True)
    assert await visitor.people.turns(await visitor.people.session(id_)) == before
    model.gate.open()
    after = await visitor.finished(id_)
    assert [turn.stimulus for turn in after] == ["number 0", "number 1"]
    assert after[1].started > before[1].started
    first = await visitor.send(f"/sessions/{id_}/turns/0/again", htmx=True)
    assert "went on elsewhere" in first.text


async def test_the_last_words_are_said_otherwise(visitor: Visitor) -> None:
    id_ = await visitor.begin()
    await visitor.say(id_, 0, "number 1")
    await visitor.finished(id_)
    assert "number 1</textarea>" in await visitor.see(f"/sessions/{id_}/turns/0/edit")
    await visitor.send(f"/sessions/{id_}/turns/0/edit", htmx=True, text="number 2")
    (turn,) = await visitor.finished(id_)
    assert (turn.stimulus, turn.response) == ("number 2", "You said 2. It is so.")


# --- a model that fails --------------------------------------------------------------------------


async def test_a_model_that_is_away_is_told_in_place_and_the_message_is_answered_later(
    settings: Settings,
) -> None:
    away = True

    def play(call: ScriptedCall) -> ScriptedAnswer:
        if away:
            return ModelUnavailableError("Nobody listens at 127.0.0.1:1.", "Start the server.")
        return usual(call) if call.schema or "Task:" in call.user else "Here I am."

    app = application(settings, model=ScriptedModel(play, name="scripted"))
    visitor = Visitor(client(app), app)
    id_ = await visitor.begin()
    await visitor.say(id_, 0, "Are you there?")
    assert await visitor.finished(id_) == []
    restarted = application(settings, model=ScriptedModel(play, name="scripted"))
    after = Visitor(client(restarted), restarted)
    page = await after.see(f"/sessions/{id_}")
    for words in ("Are you there?", "Nobody listens at 127.0.0.1:1.", "Start the server."):
        assert words in page
    assert 'class="bubble them"' not in page
    away = False
    await after.send(f"/sessions/{id_}/turns/0/again", htmx=True)
    (turn,) = await after.finished(id_)
    assert (turn.stimulus, turn.response) == ("Are you there?", "Here I am.")
    away = True
    await after.send(f"/sessions/{id_}/turns/0/again", htmx=True)
    assert await after.finished(id_) == [turn]
    page = await after.see(f"/sessions/{id_}")
    assert "Here I am." in page
    assert "The earlier answer is kept." in page


async def test_a_server_that_was_killed_has_the_message(visitor: Visitor) -> None:
    id_ = await visitor.begin()
    session = await visitor.people.session(id_)
    visitor.people.sessions.say(session, Unanswered(0, "number 4"))  # and no more was done
    page = await visitor.see(f"/sessions/{id_}")
    assert "number 4" in page
    assert "The server ended before the answer was there." in page
    await visitor.send(f"/sessions/{id_}/turns/0/again", htmx=True)
    (turn,) = await visitor.finished(id_)
    assert turn.response == "You said 4. It is so."


# --- ways, memories, files ------------------------------------------------------------------------


async def test_another_model_answers_from_then_on_and_only_one_that_is_configured(
    settings: Settings, model: Halting, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ScriptedModel(playing(lambda _: "The other speaks."), name="openai-chat:other")

    def load(*_: object) -> ScriptedModel:
        return other

    monkeypatch.setattr("simulacra.api.engines.load_chat_model", load)
    both = settings.model_copy(update={"model": other.name})
    app = application(both, model=model)
    visitor = Visitor(client(app), app)
    id_ = await visitor.begin(method="none")
    await visitor.say(id_, 0, "number 1")
    await visitor.finished(id_)
    said = await visitor.send(f"/sessions/{id_}/way", htmx=True, method="none", model=other.name)
    assert f"on {other.name}" in said.text
    await visitor.say(id_, 1, "number 2")
    turns = await visitor.finished(id_)
    assert [turn.model for turn in turns] == [model.name, other.name]
    assert turns[1].response == "The other speaks."
    wrong = await visitor.send(f"/sessions/{id_}/way", htmx=True, method="none", model="openai:x")
    assert "is not configured here" in wrong.text


async def test_another_method_holds_from_then_on_and_is_said(visitor: Visitor) -> None:
    id_ = await visitor.begin(method="macm")
    await visitor.say(id_, 0, "number 1")
    await visitor.finished(id_)
    said = await visitor.send(f"/sessions/{id_}/way", htmx=True, method="none")
    assert "From the next answer on: none on scripted" in said.text
    await visitor.say(id_, 1, "number 2")
    turns = await visitor.finished(id_)
    assert [turn.method for turn in turns] == ["macm", "none"]
    assert turns[0].trace.mood
    assert (await visitor.people.state(await visitor.people.session(id_))).mood == (
        turns[0].trace.mood
    )
    assert "From here on: none" in await visitor.see(f"/sessions/{id_}")


async def test_why_leads_to_paragraphs_and_memories(visitor: Visitor) -> None:
    id_ = await visitor.begin(method="macm")
    words = (await visitor.people.cast.memories(await visitor.people.cast.get(MARY)))[9].content
    await visitor.say(id_, 0, words)
    (turn,) = await visitor.finished(id_)
    why = await visitor.see(f"/sessions/{id_}/turns/0/why", **HTMX)
    for memory in turn.trace.memories:
        assert f"{memory.score:.2f}" in why
        for paragraph in memory.source.paragraphs:
            assert f'href="/people/{MARY}/story#p{paragraph}"' in why
    assert "They ask about trees." in why
    assert "calm, 0.3 of 1" in why


async def _gain(visitor: Visitor, id_: str) -> MemoryRecord:
    """Let a session have become a memory, as rest does."""
    record = MemoryRecord(
        id="chat-00000001", kind="chat", content="A purple kite.", summary="The purple kite.",
        source=Source(turns=(0,)), created=datetime(2026, 1, 1, tzinfo=UTC), model="scripted",
    )  # fmt: skip
    session: Session = await visitor.people.session(id_)
    state = (await visitor.people.state(session)).model_copy(update={"gained": (record,)})
    visitor.people.sessions.save_state(session, state)
    return record


async def test_gained_memories_of_ones_own_person_are_kept_or_forgotten(
    visitor: Visitor, settings: Settings
) -> None:
    assert settings.workspace
    folder = settings.workspace / "mary-again"
    shutil.copytree(shipped_folder() / MARY, folder)
    before = read_memories(folder / "memories.jsonl")
    for what, gained in (("forget", 0), ("keep", 1)):
        id_ = await visitor.begin("mary-again")
        record = await _gain(visitor, id_)
        assert "The purple kite." in await visitor.see(f"/sessions/{id_}/memories")
        await visitor.send(f"/sessions/{id_}/memories/{record.id}", htmx=True, what=what)
        assert "The purple kite." not in await visitor.see(f"/sessions/{id_}/memories")
        assert len(read_memories(folder / "memories.jsonl")) == len(before) + gained
    await visitor.say(id_, 0, "number 1")  # pyright: ignore[reportPossiblyUnboundVariable]
    assert len(await visitor.finished(id_)) == 1  # pyright: ignore[reportPossiblyUnboundVariable]


async def test_a_shipped_person_keeps_nothing_and_the_page_says_so(visitor: Visitor) -> None:
    id_ = await visitor.begin()
    record = await _gain(visitor, id_)
    assert "can’t be changed" in await visitor.see(f"/sessions/{id_}/memories")
    refused = await visitor.send(f"/sessions/{id_}/memories/{record.id}", htmx=True, what="keep")
    assert 'class="error small"' in refused.text
    assert "The purple kite." in refused.text


async def test_a_conversation_is_taken_along_and_deleted(visitor: Visitor) -> None:
    id_ = await visitor.begin()
    await visitor.say(id_, 0, "number 1")
    (turn,) = await visitor.finished(id_)
    text = await visitor.http.get(f"/sessions/{id_}/export.json")
    whole = json.loads(text.text)
    assert Turn.model_validate(whole["turns"][0]) == turn
    assert "attachment" in text.headers["content-disposition"]
    assert "**You:** number 1" in (await visitor.http.get(f"/sessions/{id_}/export.md")).text
    await visitor.say(id_, 1, "number 2")
    gone = await visitor.send(f"/sessions/{id_}/delete")
    assert gone.headers["location"] == f"/people/{MARY}"
    assert (await visitor.http.get(f"/sessions/{id_}")).status_code == 404
    assert visitor.people.sessions.list() == []


async def test_a_long_conversation_is_light_and_its_beginning_comes_on_demand(
    visitor: Visitor,
) -> None:
    id_ = await visitor.begin()
    for number in range(30):
        await visitor.say(id_, number, f"number {number}")
        await visitor.finished(id_)
    page = await visitor.see(f"/sessions/{id_}")
    assert re.findall(r'aria-label="Turn (\d+)"', page) == [str(n) for n in range(11, 31)]
    assert len(page.encode()) < 200_000
    earlier = await visitor.see(f"/sessions/{id_}/earlier?before=10", **HTMX)
    assert re.findall(r'aria-label="Turn (\d+)"', earlier) == [str(n) for n in range(1, 11)]


# --- compare -------------------------------------------------------------------------------------


async def test_two_methods_answer_the_same_words_in_sessions_of_their_own(
    visitor: Visitor,
) -> None:
    await visitor.see(f"/compare?people={MARY}&methods=prompt,none")
    fields: dict[str, Any] = {"person": MARY, "methods": "prompt,none", "partner": "A friend"}
    first = await visitor.send("/compare", text="number 1", **fields)
    address = first.headers["location"]
    ids = address.rpartition("=")[2].split(",")
    for id_ in ids:
        await visitor.finished(id_)
    at = [f"{id_}:1" for id_ in ids]
    both = await visitor.send("/compare", htmx=True, text="number 2", at=at, **fields)
    assert all(f"beforeend:#turns-{id_}" in both.text for id_ in ids)
    turns = [await visitor.finished(id_) for id_ in ids]
    assert [[turn.stimulus for turn in one] for one in turns] == [["number 1", "number 2"]] * 2
    assert [one[0].method for one in turns] == ["prompt", "none"]
    sessions = [await visitor.people.session(id_) for id_ in ids]
    assert len({session.seed for session in sessions}) == 1
    page = await visitor.see(address)
    assert page.count("You said 2. It is so.") == 2
    for wrong in ("magic,macm", "macm"):
        answer = await visitor.http.get(f"/compare?people={MARY}&methods={wrong}")
        assert answer.status_code == 400


# --- mood ----------------------------------------------------------------------------------------

MOODS = st.builds(Mood, valence=st.floats(-1, 1), arousal=st.floats(0, 1))


@given(st.lists(MOODS, min_size=1, max_size=70), st.integers(0, 50), st.text(max_size=9))
def test_every_mood_has_its_place_in_the_curve(moods: list[Mood], first: int, name: str) -> None:
    numbered = [(first + place, mood) for place, mood in enumerate(moods)]
    clean = "".join(c for c in name if c.isprintable())
    picture = ElementTree.fromstring(mood_curve(numbered, clean))
    for line in picture.findall("polyline"):
        points = [tuple(map(float, p.split(","))) for p in line.attrib["points"].split()]
        assert len(points) == len(moods)
        assert all(0 <= x <= 320 and 0 <= y <= 96 for x, y in points)
        assert points == sorted(points, key=lambda point: point[0])
    assert moods[-1].words() in picture.attrib["aria-label"]


def test_no_mood_has_no_curve() -> None:
    assert mood_curve([], "Mary") == ""
