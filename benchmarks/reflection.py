"""What recall loses by not waiting for reflection: found by the words, by a query, by both.

By default a turn looks in memory by the partner's own words while the Top Agent still reflects,
and adds what the reflection's query brings; in the preset ``paper`` it waits and looks by the
query alone. Here the default embedded model writes the queries for Mary Jones's questionnaire,
and the paragraphs that prove each answer say what should have been found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from benchmarks import mary
from benchmarks.report import Report, Table
from simulacra.biography import Story
from simulacra.characters import Character, Workspace
from simulacra.cognition.agents import top
from simulacra.cognition.identity import person
from simulacra.cognition.scene import Scene
from simulacra.errors import AnswerError
from simulacra.inference import ChatModel, load_chat_model, load_embedder
from simulacra.inference.catalog import DEFAULT_MODEL
from simulacra.memory import LongTermMemory, read_memories

MODEL = f"embedded:{DEFAULT_MODEL}"
RANKS = (1, 3, 5, 10)


async def query(character: Character, question: str, model: ChatModel) -> str | None:
    """What the Top Agent would look for; nothing where the model's answer can't be used."""
    scene = Scene(
        system=person(character),
        name=character.name.split()[0],
        partner="My best friend",
        stimulus=question,
    )
    try:
        answer = await model.fill(top.reflect(scene), top.ReflectAnswer, top.REFLECTING)
    except AnswerError:
        return None
    return answer.value.query.strip() or None


async def rank(memory: LongTermMemory, queries: Sequence[str], evidence: Sequence[int]) -> int:
    """The place of the first memory that holds a proof, from 1 on; beyond the last if none."""
    found = await memory.recall(queries, max(RANKS))
    for place, recalled in enumerate(found, 1):
        if set(recalled.record.source.paragraphs) & set(evidence):
            return place
    return max(RANKS) + 1


async def measure(folder: Path) -> Report:
    """Find the proofs of every item of the questionnaire in three ways."""
    settings = mary.settings(folder)
    character = Workspace.find(settings).get(mary.SLUG)
    if character.questionnaire is None:
        raise RuntimeError(f"{character.name} has no questionnaire")
    model = load_chat_model(MODEL, settings)
    memory = await LongTermMemory.open(
        read_memories(character.memories_path),
        Story.parse(character.story_text),
        load_embedder(None, settings),
        settings.cache,
    )
    places: dict[str, list[int]] = {"the words": [], "the query": [], "both": []}
    unused = 0
    for item in (item for item in character.questionnaire.items if item.evidence):
        made = await query(character, item.question, model)
        unused += made is None
        ways = [item.question], [made or item.question], [item.question, made or ""]
        for found, way in zip(places.values(), ways, strict=True):
            found.append(await rank(memory, way, item.evidence))
    return Report("reflection", (_table(places, unused),))


def _table(places: dict[str, list[int]], unused: int) -> Table:
    rows = [
        (name, *(f"{sum(place <= k for place in found) / len(found):.2f}" for k in RANKS))
        for name, found in places.items()
    ]
    count = len(places["both"])
    note = (
        f"{count} items of Mary Jones's questionnaire; an item counts when a memory with one of "
        f"its proofs is among the first k. Queries by {DEFAULT_MODEL}, temperature 0; {unused} of "
        "its answers could not be used and left the words to look by."
    )
    columns = ("looked for by", *(f"recall@{k}" for k in RANKS))
    return Table("Recall without and with reflection", columns, tuple(rows), note)


def run() -> Report:
    """Measure in an empty workspace."""
    with mary.workspace() as folder:
        return asyncio.run(measure(folder))


if __name__ == "__main__":
    run().show()
