"""What a conversation leaves behind: memory over turns, restarts, filters."""

import asyncio
from pathlib import Path

import pytest
from people import agents, simulacrum, with_memories

from simulacra.cognition import MessageBlockedError, Said, SessionState, Simulacrum
from simulacra.errors import CharacterNotFoundError, ModelUnavailableError, SettingsError
from simulacra.inference import HashEmbedder, ScriptedModel

TALK = "The red kite of my cousin Walter is caught in the elm."


async def small_talk(mind: Simulacrum, turns: int) -> None:
    """Say things that have no word in common."""
    for number in range(turns):
        digits = f"{mind.state.turns}{number}"
        await mind.respond(
            " ".join(f"{syllable}{digits}" for syllable in ("ba", "du", "ki", "lo", "mu"))
        )


async def test_what_leaves_working_memory_can_still_be_recalled(tmp_path: Path) -> None:
    model = ScriptedModel(agents())
    mind = simulacrum(tmp_path, model)
    await mind.respond(TALK)
    await small_talk(mind, 8)
    assert TALK not in mind.state.working.text
    turn = await mind.respond("What was caught in the elm, the kite of cousin Walter?")
    assert any(memory.source.turns == (0,) for memory in turn.trace.memories)
    assert TALK in model.calls[-1].user


async def test_what_is_rehearsed_is_consolidated_and_what_is_not_fades(tmp_path: Path) -> None:
    mind = simulacrum(tmp_path)
    await mind.respond(TALK)
    await small_talk(mind, 8)
    assert await mind.rest() == []
    for _ in range(4):
        await mind.respond("The kite of cousin Walter, was it caught in the elm?")
    gained = await mind.rest()
    assert gained
    assert gained[0].kind == "chat"
    assert 0 in {turn for record in gained for turn in record.source.turns}
    assert mind.state.gained[: len(gained)] == tuple(gained)
    assert not mind.state.short_term.due()
    await small_talk(mind, 60)
    assert len(mind.state.short_term.items) < 40


async def test_gained_memories_are_recalled_at_once_and_after_a_restart(tmp_path: Path) -> None:
    answer = {
        "participants": ["Walter"],
        "scene": "the elm",
        "content": "Walter's purple kite hung in the elm.",
        "thought": "It will come down.",
        "summary": "Walter's purple kite in the elm.",
    }
    mind = simulacrum(tmp_path, ScriptedModel(agents(ContentMemory=answer)))
    await mind.respond(TALK)
    await small_talk(mind, 8)
    for _ in range(4):
        await mind.respond("The kite of cousin Walter, was it caught in the elm?")
    assert await mind.rest()
    stored = SessionState.model_validate_json(mind.state.model_dump_json())
    assert stored == mind.state
    for again in (mind, simulacrum(tmp_path, state=stored)):
        turn = await again.respond("What of the purple kite?")
        assert any(memory.id.startswith("chat-") for memory in turn.trace.memories)


async def test_an_item_stays_in_short_term_memory_until_its_memory_is_there(tmp_path: Path) -> None:
    mind = simulacrum(
        tmp_path, ScriptedModel(agents(EmotionalMemory=ModelUnavailableError("Gone.")))
    )
    await mind.respond(TALK)
    await small_talk(mind, 8)
    for _ in range(4):
        await mind.respond("The kite of cousin Walter, was it caught in the elm?")
    due = mind.state.short_term.due()
    with pytest.raises(ModelUnavailableError):
        await mind.rest()
    assert mind.state.short_term.due() == due
    assert mind.state.gained == ()


async def test_two_sessions_of_one_character_do_not_touch_each_other(tmp_path: Path) -> None:
    with_memories(tmp_path)
    before = (tmp_path / "memories.jsonl").read_bytes()
    one, two = simulacrum(tmp_path), simulacrum(tmp_path)
    await asyncio.gather(small_talk(one, 5), small_talk(two, 9))
    assert one.state.turns == 5
    assert two.state.turns == 9
    assert (tmp_path / "memories.jsonl").read_bytes() == before


async def test_turns_of_one_simulacrum_wait_for_each_other(tmp_path: Path) -> None:
    mind = simulacrum(tmp_path)
    turns = await asyncio.gather(*(mind.respond(f"Remark {n}") for n in range(6)))
    assert sorted(turn.number for turn in turns) == list(range(6))


async def test_a_filter_sees_every_message_in_and_out_before_anybody_else(tmp_path: Path) -> None:
    seen: list[tuple[str, str]] = []

    async def watch(direction: str, text: str) -> str:
        seen.append((direction, text))
        return text.replace("lamp", "l**p")

    mind = simulacrum(tmp_path, filters=(watch,))
    events = [event async for event in mind.stream("How is the lamp?")]
    assert [direction for direction, _ in seen] == ["in", "out"]
    said = "".join(event.text for event in events if isinstance(event, Said))
    assert said == "I trim the l**p, that is all."


async def test_a_filter_can_stop_a_message_and_then_nothing_happened(tmp_path: Path) -> None:
    async def stop(direction: str, text: str) -> str:
        if direction == "out":
            raise MessageBlockedError("That must not be said.")
        return text

    mind = simulacrum(tmp_path, filters=(stop,))
    said: list[object] = []
    with pytest.raises(MessageBlockedError):  # noqa: PT012
        async for event in mind.stream("How is the lamp?"):
            said.append(event)
    assert not [event for event in said if isinstance(event, Said)]
    assert mind.state.turns == 0


def test_loading_says_what_is_wrong() -> None:
    model = ScriptedModel([])
    with pytest.raises(CharacterNotFoundError, match="mary"):
        Simulacrum.load("mary-jnes", model=model)
    with pytest.raises(SettingsError, match="telepathy"):
        Simulacrum.load("mary-jones", method="telepathy", model=model)
    with pytest.raises(SettingsError, match="quick"):
        Simulacrum.load("mary-jones", preset="quick", model=model)


async def test_mary_jones_is_shipped_and_answers_with_memories_of_her_life() -> None:
    model = ScriptedModel(agents())
    mary = Simulacrum.load("Mary Jones", model=model, embedder=HashEmbedder(), seed=3)
    turn = await mary.respond("Who taught you to read, was it Orville Tadd?")
    assert turn.character == "Mary Jones"
    assert turn.trace.memories
    assert "Orville" in model.calls[-1].user
