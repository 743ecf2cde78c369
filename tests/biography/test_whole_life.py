"""100 candidates, selection, biography, 50 iterations with a review every 10, memories.

By a scripted model, killed again and again, with decisions of all kinds in between.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.answers import episode, filled, lived
from lives import Dying, Killed, decide

from simulacra.biography import (
    Checks,
    Growth,
    History,
    Plan,
    Story,
    StoryDesk,
    read_history,
    write_biography,
)
from simulacra.characters import Character, Pools, Workspace, read_character, sample, write_file
from simulacra.characters.assessment import assess
from simulacra.characters.making import make
from simulacra.characters.selection import select
from simulacra.cognition import remember_story
from simulacra.inference import (
    EmbeddingCache,
    HashEmbedder,
    ScriptedCall,
    ScriptedModel,
)
from simulacra.memory import read_memories

T = TypeVar("T")


def author(chance: random.Random) -> ScriptedModel:
    """A model that plays all parts, now and then badly, and sometimes ends the process."""
    asked = 0

    def answer(call: ScriptedCall) -> str:
        nonlocal asked
        asked += 1
        if chance.random() < 0.01:
            raise Killed
        if "to tell at greater length" in call.user and chance.random() < 0.15:
            bad = ("Sure! Here is the text.", "# A heading", "As an AI I can't.", "He went to the")
            return f"{episode('Nobody', asked)}\n\n{chance.choice(bad)}"
        text = lived(call.system, call.user, asked)
        if text is None:
            assert call.schema is not None
            text = filled(call.schema.model_json_schema(), 60, asked)
        return text

    return ScriptedModel(answer, name="scripted author")


async def going_on(work: Callable[[], Awaitable[T]]) -> T:
    """Do work until it is finished, however often it is killed."""
    for _ in range(500):
        try:
            return await work()
        except (Killed, BaseExceptionGroup) as end:
            only = end.subgroup(Killed) if isinstance(end, BaseExceptionGroup) else end
            assert only is not None
    raise AssertionError("it never came to an end")


async def born(place: Path) -> Character:
    """The best of a hundred candidates."""
    pools = Pools.load()
    people = await assess(sample(pools, 100, 7, plausible=False), pools, 7)
    chosen = select(people, 11, pools, seed=7)
    assert len(chosen.chosen) == 11
    best = chosen.chosen[0].who.candidate
    return make(best, Workspace(place), author="Robin")


async def test_from_a_hundred_candidates_to_memories(tmp_path: Path) -> None:
    seed = 2
    chance = random.Random(seed)
    model = author(chance)
    character = await born(tmp_path)
    kept: dict[str, object] = {}
    biography = await going_on(
        lambda: write_biography(character.sheet, model, Dying(chance, kept), seed=seed)
    )
    assert not biography.flags
    write_file(character.folder / "biography.md", biography.text)

    cache = EmbeddingCache(HashEmbedder(), tmp_path / "cache")
    growth = Growth(
        lambda: StoryDesk.open(read_character(character.folder)),
        model,
        cache,
        Checks(character.sheet, cache, model),
        Plan(iterations=50, review_every=10, retries=1, seed=seed),
    )
    reviews = 0
    stopped = ""
    while stopped != "iterations":
        kept = {}  # a job of its own between two reviews
        outcome = await going_on(lambda kept=kept: growth.run(Dying(chance, kept)))
        stopped = outcome.stopped
        reviews += 1
        with StoryDesk.open(read_character(character.folder)) as desk:
            for entry in [*desk.history.waiting(), *desk.history.unreviewed()]:
                decide(desk, entry, chance)
    assert reviews >= 5
    history = read_history(character)
    story = Story.parse(read_character(character.folder).story_text)
    assert History.replay(history.events).story == history.story == story
    assert not history.waiting()
    tried = {entry.id for entry in history.entries.values()}
    assert {f"r{number:04d}" for number in range(1, 51)} <= tried

    await going_on(lambda: remember_story(read_character(character.folder), model))
    records = read_memories(character.memories_path)
    assert sorted(n for r in records for n in r.source.paragraphs) == list(
        range(len(story.paragraphs))
    )
