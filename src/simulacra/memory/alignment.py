"""Memories and a story that grows: which paragraphs a memory speaks of now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from simulacra.biography import Began, Chunk, Story, fingerprint, read_history
from simulacra.biography.story import CHUNK_PARAGRAPHS
from simulacra.characters import Character
from simulacra.memory.record import MemoryRecord
from simulacra.memory.store import read_memories


def memories_of(character: Character) -> list[MemoryRecord]:
    """A character's memories, each with the paragraphs where its part of the story stands now.

    A memory whose paragraphs were rewritten is kept, without paragraphs, until ``memory build``
    makes new ones of what stands there now.

    Raises:
        CharacterInvalidError: the memories or the history of the story do not validate.
    """
    records = read_memories(character.memories_path)
    began = read_history(character).events[:1]
    before = Story.parse(began[0].text) if began and isinstance(began[0], Began) else None
    return aligned(records, Story.parse(character.story_text), before)


def aligned(
    records: Iterable[MemoryRecord], story: Story, before: Story | None = None
) -> list[MemoryRecord]:
    """Each record with its paragraphs' ids in ``story``, none where they stand there no more.

    ``before`` is the story that records without fingerprints were made of.
    """
    places: dict[str, list[int]] = {}
    for number, text in enumerate(story.paragraphs):
        places.setdefault(fingerprint(text), []).append(number)
    found: list[MemoryRecord] = []
    for record in records:
        ids, names = record.source.paragraphs, record.source.fingerprints
        if not names and before is not None and all(i < len(before.paragraphs) for i in ids):
            names = tuple(fingerprint(before.paragraphs[i]) for i in ids)
        if names:
            ids = _where(ids, names, places)
        found.append(_with(record, ids, names))
    return found


def untold(
    records: Iterable[MemoryRecord],
    story: Story,
    only: Set[int] | None = None,
    size: int = CHUNK_PARAGRAPHS,
) -> list[Chunk]:
    """The chunks of a story that no memory of the story speaks of yet, in order.

    ``only`` names the paragraphs that count.
    """
    told = {n for record in records if record.kind == "story" for n in record.source.paragraphs}
    chunks: list[Chunk] = []
    run: list[int] = []
    for number in range(len(story.paragraphs)):
        if number in told or (only is not None and number not in only):
            run = []
            continue
        if not run or len(run) == size:
            run = []
            chunks.append(Chunk((), ""))
        run.append(number)
        chunks[-1] = Chunk(tuple(run), story.excerpt(run))
    return chunks


def _where(
    ids: Sequence[int], names: Sequence[str], places: Mapping[str, Sequence[int]]
) -> tuple[int, ...]:
    """Where the paragraphs stand now, nearest to where they stood; none if one is gone."""
    if not all(name in places for name in names):
        return ()
    near = ids or [places[name][0] for name in names]
    now = [
        min(places[name], key=lambda place, old=old: abs(place - old))
        for name, old in zip(names, near, strict=False)
    ]
    return tuple(sorted(set(now)))


def _with(record: MemoryRecord, ids: tuple[int, ...], names: tuple[str, ...]) -> MemoryRecord:
    source = record.source.model_copy(update={"paragraphs": ids, "fingerprints": names})
    return record if source == record.source else record.model_copy(update={"source": source})
