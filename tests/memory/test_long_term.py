from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulacra.biography import Story
from simulacra.errors import CharacterInvalidError
from simulacra.inference import HashEmbedder
from simulacra.memory import Item, LongTermMemory, MemoryRecord, ShortTermMemory, Source
from simulacra.memory import recall_items as recall_short
from simulacra.memory.lexical import WordIndex

STORY = Story(
    (
        "Ivo mended nets on the pier. The gulls stole his bread.",
        "It rained for a week. He read an atlas under the boat.",
        "Cook Hanne paid him in herring. He learned to smoke it over alder.",
        "In winter the harbour froze. They skated to the lighthouse.",
        "A letter came from Lisbon. He kept it in a tin.",
        "The tin rusted. He could still smell the salt.",
    )
)


@dataclass
class Counting:
    """Counts what is embedded, under a name of its own."""

    name: str = "counting"
    inner: HashEmbedder = field(default_factory=HashEmbedder)
    texts: list[str] = field(default_factory=list[str])

    @property
    def dimensions(self) -> int:
        return self.inner.dimensions

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        return await self.inner.embed(texts)


def record(name: str, *paragraphs: int, content: str = "I lived by the sea.") -> MemoryRecord:
    return MemoryRecord(
        id=name,
        kind="story" if paragraphs else "chat",
        content=content,
        thought="I had to go on.",
        emotion="It made me glad.",
        summary="The sea.",
        source=Source(paragraphs=paragraphs) if paragraphs else Source(session="s", turns=(4,)),
        created=datetime(2024, 1, 1, tzinfo=UTC),
        model="test",
    )


RECORDS = [record("a", 0, 1), record("b", 2, 3), record("c", 4, 5)]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def opened(embedder: Counting | None = None, cache: Path | None = None) -> LongTermMemory:
    return await LongTermMemory.open(RECORDS, STORY, embedder or Counting(), cache)


@pytest.mark.parametrize(
    ("query", "memory", "paragraph"),
    [
        ("Who paid you in herring?", "b", 2),
        ("What did you read under the boat?", "a", 1),
        ("Where did the letter come from?", "c", 4),
    ],
)
async def test_the_memory_that_tells_comes_first_and_its_paragraph(
    query: str, memory: str, paragraph: int
):
    best, *_ = await (await opened()).recall(query, 3)
    assert best.record.id == memory
    assert best.paragraphs[0] == paragraph


async def test_scores_fall_and_k_is_kept():
    recalled = await (await opened()).recall("skating to the lighthouse in winter", 2)
    assert len(recalled) == 2
    assert recalled[0].score >= recalled[1].score


async def test_each_of_two_queries_brings_its_memory():
    recalled = await (await opened()).recall(["herring over alder", "a letter from Lisbon"], 2)
    assert {r.record.id for r in recalled} == {"b", "c"}


async def test_a_gained_memory_is_found_at_once_by_its_own_words():
    memory = await opened()
    await memory.add(record("chat-1", content="My friend Olga is moving to Oslo. I will miss her."))
    best, *_ = await memory.recall("Where does Olga go?", 1)
    assert best.record.id == "chat-1"
    assert best.paragraphs == ()
    assert best.passages[0].text == "My friend Olga is moving to Oslo."


async def test_adding_one_by_one_is_opening_all_at_once():
    grown = await LongTermMemory.open([], STORY, Counting(), None)
    assert await grown.recall("herring", 3) == []
    for one in RECORDS:
        await grown.add(one)
    at_once = await opened()
    for query in ("herring", "the tin rusted", "gulls and bread"):
        assert await grown.recall(query, 3) == await at_once.recall(query, 3)


async def test_what_was_told_lately_has_the_edge_only_in_its_session():
    twins = [record("old", content="Olga moves."), record("new", content="Olga moves.")]
    twins[0] = twins[0].model_copy(update={"source": Source(session="s", turns=(1,))})
    twins[1] = twins[1].model_copy(update={"source": Source(session="s", turns=(40,))})
    memory = await LongTermMemory.open(twins, None, Counting(), None)
    assert (await memory.recall("Olga", 1, now=41, session="s"))[0].record.id == "new"
    assert (await memory.recall("Olga", 1, now=41, session="other"))[0].record.id == "old"


async def test_the_same_id_twice_is_refused():
    memory = await opened()
    with pytest.raises(ValueError, match="'a'"):
        await memory.add(RECORDS[0])
    assert len(memory.records) == 3


async def test_a_paragraph_beyond_the_story_is_named():
    with pytest.raises(CharacterInvalidError, match="'far' comes from paragraph 6"):
        await LongTermMemory.open([record("far", 6)], STORY, Counting(), None)


async def test_nothing_is_embedded_twice(tmp_path: Path):
    await opened(cache=tmp_path)
    again = Counting()
    memory = await opened(again, tmp_path)
    assert again.texts == []
    assert (await memory.recall("Who paid in herring?", 1))[0].record.id == "b"


async def test_another_embedder_embeds_anew_and_never_mixes(tmp_path: Path):
    await opened(Counting(), tmp_path)
    other = Counting(name="other", inner=HashEmbedder(64))
    memory = await opened(other, tmp_path)
    assert other.texts
    assert (await memory.recall("Who paid in herring?", 1))[0].record.id == "b"
    same = Counting()
    await opened(same, tmp_path)
    assert same.texts == []


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04", b"\x00" * 5000])
async def test_a_damaged_cache_file_is_made_anew(tmp_path: Path, damage: bytes):
    whole = await opened(cache=tmp_path)
    for file in files_in(tmp_path):
        file.write_bytes(damage or file.read_bytes()[: file.stat().st_size // 2])
    again = Counting()
    assert await (await opened(again, tmp_path)).recall("tin", 3) == await whole.recall("tin", 3)
    assert again.texts
    healed = Counting()
    await opened(healed, tmp_path)
    assert healed.texts == []


async def test_two_at_once_share_the_cache_and_leave_no_half_files(tmp_path: Path):
    first, second = await asyncio.gather(opened(cache=tmp_path), opened(cache=tmp_path))
    assert await first.recall("tin", 3) == await second.recall("tin", 3)
    assert {file.suffix for file in files_in(tmp_path)} == {".npz"}


async def test_a_cache_that_cannot_be_written_costs_no_answer(tmp_path: Path):
    (tmp_path / "embeddings").write_text("in the way")
    assert await (await opened(cache=tmp_path)).recall("herring", 1)


async def test_short_term_memory_recalls_the_near_and_lets_the_far_be():
    state = ShortTermMemory().add(
        Item(turns=(0,), text="Friend: My dog Rex is ill.", entered=2),
        Item(turns=(1,), text="Friend: The weather is grey.", entered=2),
    )
    found = await recall_short(state, "Is your dog Rex ill?", 5, now=3, embedder=HashEmbedder())
    assert [f.item.turns for f in found] == [(0,)]
    assert await recall_short(state, "zebra", 5, now=3, embedder=HashEmbedder()) == []
    assert await recall_short(state, "dog Rex ill", 5, now=90, embedder=HashEmbedder()) == []


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=40))
def test_likeness_by_words_is_between_nothing_and_one(texts: list[str], query: str):
    index = WordIndex()
    for text in texts:
        index.add(text)
    likeness = index.likeness(query)
    assert likeness.shape == (len(texts),)
    assert bool(((likeness >= 0) & (likeness <= 1)).all())


def test_a_rare_name_counts_more_than_a_frequent_word():
    index = WordIndex()
    for text in ("the school of Olga", "the school by the sea", "a school", "a boat"):
        index.add(text)
    likeness = index.likeness("school Olga")
    assert likeness[0] > likeness[1] > likeness[3] == 0


async def test_a_text_of_her_own_words_is_recognized_and_reminds_of_its_sentence():
    memory = await opened()
    found = await memory.recognize("I lived by the sea.", 2)
    assert len(found.passages) == 2
    assert found.passages[0][1].text == "I lived by the sea."
    assert found.likeness == pytest.approx(1.0, abs=1e-3)
    strange = await memory.recognize("Quarterly zirconium dividends", 2)
    assert strange.likeness < found.likeness
    assert strange.words == 0.0 < found.words <= 1.0


async def test_nothing_is_recognized_by_who_remembers_nothing():
    empty = await LongTermMemory.open([], None, HashEmbedder(), None)
    assert (await empty.recognize("I lived by the sea.", 2)).passages == ()
    assert (await (await opened()).recognize("  ", 2)).likeness == 0.0
