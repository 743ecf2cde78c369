"""A character's whole story becomes her memories, as far as it has not yet."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from simulacra.biography import Story
from simulacra.characters import Character, Journal
from simulacra.cognition.construction import Constructor, Progress
from simulacra.cognition.identity import voice
from simulacra.errors import CharacterError
from simulacra.inference import ChatModel, Usage
from simulacra.memory import MemoryRecord, memories_of, untold, write_memories


@dataclass(frozen=True)
class Remembered:
    """How many memories were made, how many were there, and what the new ones took."""

    paragraphs: int
    made: int
    kept: int
    usage: Usage


async def remember_story(
    character: Character,
    model: ChatModel,
    *,
    rebuild: bool = False,
    only: Set[int] | None = None,
    concurrency: int | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Remembered:
    """Make a memory of every two paragraphs that no memory speaks of; with ``rebuild`` of all.

    ``only`` names paragraphs: all others are left for another time. Finished
    answers are in a journal beside the memories until all are there: the same call goes on with
    what is missing.

    Raises:
        CharacterError: the character is shipped, or has no story.
        ModelError: the model could not be asked, or some answers were of no use.
    """
    character.require_own()
    story = Story.parse(character.story_text)
    if not story.paragraphs:
        raise CharacterError(f"{character.name} has no story.", "Write story.md first.")
    usage = Usage()

    def said(progress: Progress) -> None:
        nonlocal usage
        usage = progress.usage
        report(progress)

    with Journal.locked(character.folder / "memories.building.jsonl") as journal:
        records = memories_of(character)
        lived = [r for r in records if r.kind == "story" and r.source.paragraphs and not rebuild]
        rest = [r for r in records if r.kind != "story" or (only and not r.source.paragraphs)]
        made: list[MemoryRecord] = []
        chunks = untold(lived, story, only)
        if chunks:
            maker = Constructor(voice(character), model)
            made = await maker.construct(chunks, journal, concurrency, said)
        kept = [*lived, *rest]
        whole = sorted([*kept, *_named(made, kept)], key=_in_order)
        if whole != records:
            write_memories(character.memories_path, whole)
        journal.delete()
    return Remembered(len(story.paragraphs), len(made), len(lived), usage)


def _named(made: list[MemoryRecord], kept: list[MemoryRecord]) -> list[MemoryRecord]:
    """New memories under ids that are not taken: where a story grew, numbers have moved."""
    taken = {record.id for record in kept}
    return [
        record.model_copy(update={"id": f"{record.id}-{record.source.fingerprints[0][:6]}"})
        if record.id in taken
        else record
        for record in made
    ]


def _in_order(record: MemoryRecord) -> tuple[int, int]:
    paragraphs = record.source.paragraphs
    return (0, paragraphs[0]) if record.kind == "story" and paragraphs else (1, 0)
