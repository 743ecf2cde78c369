"""What a program can prove of memories and questionnaire."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulacra.biography import Story
from simulacra.biography.ages import ways_to_write
from simulacra.biography.leftovers import leftovers
from simulacra.characters import Character, Item, Questionnaire, read_text
from simulacra.dataset.finding import Finding, Level
from simulacra.memory.record import MemoryRecord

ITEMS_OF_A_KIND = 5


def check_memories(
    records: Sequence[MemoryRecord], story: Story, file: Path, severe: Level
) -> Iterator[Finding]:
    """Sources within the story, each paragraph in exactly one memory, all parts written."""
    covered: Counter[int] = Counter()
    lines = [n for n, row in enumerate(read_text(file).split("\n"), start=1) if row.strip()]
    for line, record in zip(lines, records, strict=True):
        ids = record.source.paragraphs
        if far := [i for i in ids if not 0 <= i < len(story.paragraphs)]:
            what = f"{record.id}: the story has no paragraph {far[0]}."
            mend = f"Paragraphs are 0 to {len(story.paragraphs) - 1}."
            yield Finding("error", file, line, what, mend)
        if record.kind == "story":
            covered.update(set(ids))
            if not ids:
                what = f"{record.id}: a memory of the story without a paragraph."
                yield Finding("warning", file, line, what, "Name its paragraphs in source.")
        texts = {
            part: str(getattr(record, part))
            for part in ("content", "thought", "emotion", "summary")
        }
        for part, text in texts.items():
            if not text:
                yield Finding(severe, file, line, f"{record.id}: {part} is empty.", "Write it.")
            for what, words in leftovers(text):
                yield Finding(
                    severe, file, line, f"{record.id}, {part}: {what}: {words!r}.", "Remove it."
                )
    mend = "Each paragraph belongs to exactly one memory: `simulacra memory build` mends it."
    for number in range(len(story.paragraphs)):
        if covered[number] != 1:
            what = f"paragraph {number} is in {covered[number]} memories of the story."
            yield Finding("error", file, None, what, mend)


def check_questionnaire(
    character: Character, questionnaire: Questionnaire, story: Story, file: Path, severe: Level
) -> Iterator[Finding]:
    """Five items of each kind, evidence within the story, a cloze's answer in its evidence."""
    counts = Counter(item.kind for item in questionnaire.items)
    for kind in ("cloze", "single", "multiple"):
        if counts[kind] != ITEMS_OF_A_KIND:
            what = f"{counts[kind]} {kind} items, not {ITEMS_OF_A_KIND}."
            yield Finding(severe, file, None, what, "The score of 50 counts on five of each kind.")
    text = read_text(file)
    without = [item for item in questionnaire.items if not item.evidence]
    if without and not character.shipped:
        what = f"{len(without)} items name no paragraph that proves the answer."
        yield Finding("warning", file, None, what, "Add evidence; retrieval is measured by it.")
    for item in questionnaire.items:
        line = _line_of(text, item)
        if not item.evidence and character.shipped:
            yield Finding(severe, file, line, f"{item.id}: no evidence.", "Name its paragraphs.")
        if far := [i for i in item.evidence if i >= len(story.paragraphs)]:
            what = f"{item.id}: the story has no paragraph {far[0]}."
            mend = f"Paragraphs are 0 to {len(story.paragraphs) - 1}."
            yield Finding("error", file, line, what, mend)
        elif item.kind == "cloze" and not _answered(character, item, story):
            what = f"{item.id}: no accepted answer is in its evidence nor in the profile."
            yield Finding("warning", file, line, what, "Mend the answer or the evidence.")


def _line_of(text: str, item: Item) -> int | None:
    match = re.search(rf"^[\s-]*id:\s*['\"]?{re.escape(item.id)}['\"]?\s*$", text, re.MULTILINE)
    return text.count("\n", 0, match.end()) + 1 if match else None


def _answered(character: Character, item: Item, story: Story) -> bool:
    """Whether an accepted answer, in any way to write it, is where it should be."""
    there = [story.excerpt(item.evidence), str(character.profile.model_dump(mode="json"))]
    where = f" {_plain(' '.join(there))} "
    ways = [way for answer in item.answer for way in ways_to_write(answer)]
    return any(f" {_plain(way)} " in where for way in ways)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
