"""What a program can prove of memories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulacra.biography import Story
from simulacra.biography.leftovers import leftovers
from simulacra.characters import read_text
from simulacra.characters.files import Level, Problem
from simulacra.memory.record import MemoryRecord


def check_memories(
    records: Sequence[MemoryRecord], story: Story, file: Path, severe: Level
) -> Iterator[Problem]:
    """Sources within the story, each paragraph in exactly one memory, all parts written."""
    covered: Counter[int] = Counter()
    lines = [n for n, row in enumerate(read_text(file).split("\n"), start=1) if row.strip()]
    for line, record in zip(lines, records, strict=True):
        ids = record.source.paragraphs
        if far := [i for i in ids if not 0 <= i < len(story.paragraphs)]:
            what = f"{record.id}: the story has no paragraph {far[0]}."
            mend = f"Paragraphs are 0 to {len(story.paragraphs) - 1}."
            yield Problem(file, line, what, mend)
        if record.kind == "story":
            covered.update(set(ids))
            if not ids:
                what = f"{record.id}: a memory of the story without a paragraph."
                yield Problem(file, line, what, "Name its paragraphs in source.", "warning")
        texts = {
            part: str(getattr(record, part))
            for part in ("content", "thought", "emotion", "summary")
        }
        for part, text in texts.items():
            if not text:
                yield Problem(file, line, f"{record.id}: {part} is empty.", "Write it.", severe)
            for what, words in leftovers(text):
                yield Problem(
                    file, line, f"{record.id}, {part}: {what}: {words!r}.", "Remove it.", severe
                )
    mend = "Each paragraph belongs to exactly one memory: `simulacra memory build` mends it."
    for number in range(len(story.paragraphs)):
        if covered[number] != 1:
            what = f"paragraph {number} is in {covered[number]} memories of the story."
            yield Problem(file, None, what, mend)
