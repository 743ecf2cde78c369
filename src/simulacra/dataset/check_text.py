"""What a program can prove of biography and story."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from simulacra.biography import Story, leftovers, not_mentioned
from simulacra.biography.ages import doubtful_ages
from simulacra.biography.repeats import NEAR_COSINE, NEAR_PHRASES, phrases, plain, shared
from simulacra.biography.text import blocks, ends_well
from simulacra.characters import Character
from simulacra.characters.files import Level, Problem
from simulacra.dataset.quality import NEAR
from simulacra.inference import EmbeddingCache

MAX_BIOGRAPHY_WORDS = 1_000
MIN_BIOGRAPHY_WORDS = 600
MIN_STORY_WORDS = 10_000


def check_biography(character: Character, file: Path, severe: Level) -> Iterator[Problem]:
    """Length, leftovers, sentences cut off, ages, and whether the attributes are in it."""
    text = character.biography
    words = len(text.split())
    low, high = MIN_BIOGRAPHY_WORDS, MAX_BIOGRAPHY_WORDS
    if words > high:
        yield Problem(file, None, f"{words:,} words are over {high:,}.", "Shorten it.", severe)
    if character.shipped and words < low:
        yield Problem(file, None, f"{words:,} words are under {low:,}.", "Write more.", severe)
    for line, block in blocks(text):
        if not block.startswith("#"):
            yield from _paragraph(character, file, line, " ".join(block.split()), severe)
    for missing in not_mentioned(text, character.profile):
        yield Problem(file, None, f"{missing} is not in the biography.", "Tell of it.", "warning")


def check_story(character: Character, story: Story, file: Path, severe: Level) -> Iterator[Problem]:
    """Length, leftovers, sentences cut off, ages, headings that are swallowed by a paragraph."""
    if character.shipped and story.words < MIN_STORY_WORDS:
        what = f"{story.words:,} words are under {MIN_STORY_WORDS:,}."
        yield Problem(file, None, what, "Write more.", severe)
    for line, block in blocks(character.story_text):
        rows = block.split("\n")
        for offset, row in enumerate(rows):
            marked = re.match(r"\s*(?:[-*•] |\d+[.)] )", row)
            if marked or (offset and row.lstrip().startswith("#")):
                what = "a heading or list stands in the middle of a paragraph."
                mend = "Part it with blank lines, or write it as prose."
                yield Problem(file, line + offset, what, mend, severe)
        prose = " ".join(row.strip() for row in rows if not row.lstrip().startswith("#")).strip()
        if prose:
            yield from _paragraph(character, file, line, prose, severe)


def paragraph_lines(text: str) -> list[int]:
    """The line of each paragraph of ``story.md``, by paragraph id."""
    found: list[int] = []
    for line, block in blocks(text):
        rows = [i for i, row in enumerate(block.split("\n")) if not row.lstrip().startswith("#")]
        if rows:
            found.append(line + rows[0])
    return found


def check_repeats(
    paragraphs: Sequence[str], lines: Sequence[int], file: Path, severe: Level
) -> Iterator[Problem]:
    """Paragraphs that stand twice, word for word or nearly so."""
    words = [plain(text) for text in paragraphs]
    runs = [phrases(text) for text in paragraphs]
    for a, b in combinations(range(len(paragraphs)), 2):
        if words[a] == words[b]:
            what = f"paragraph {b} repeats paragraph {a} word for word."
            yield Problem(file, lines[b], what, "Remove one of the two.")
        elif (share := shared(runs[a], runs[b])) >= NEAR_PHRASES:
            what = f"paragraph {b} shares {share:.0%} of its phrases with paragraph {a}."
            yield Problem(file, lines[b], what, "Rewrite or remove one of the two.", severe)


async def check_likeness(
    paragraphs: Sequence[str],
    lines: Sequence[int],
    file: Path,
    severe: Level,
    cache: EmbeddingCache,
) -> list[Problem]:
    """Paragraphs that say nearly the same by their embeddings."""
    near = NEAR if severe == "error" else NEAR_COSINE
    (vectors,) = await cache.embed([paragraphs])
    cosines = vectors @ vectors.T
    return [
        Problem(
            file,
            lines[b],
            f"paragraph {b} says nearly the same as paragraph {a} "
            f"(cosine {float(cosines[a, b]):.2f}).",
            "Rewrite or remove one of the two.",
            severe,
        )
        for a, b in combinations(range(len(paragraphs)), 2)
        if cosines[a, b] >= near and paragraphs[a] != paragraphs[b]
    ]


def _paragraph(
    character: Character, file: Path, line: int, text: str, severe: Level
) -> Iterator[Problem]:
    for what, words in leftovers(text):
        yield Problem(file, line, f"{what} left by generation: {words!r}.", "Remove it.", severe)
    if not ends_well(text):
        what = f"the paragraph ends without an end of sentence: …{text[-40:]!r}."
        yield Problem(file, line, what, "Finish the sentence.", severe)
    for doubt in doubtful_ages(text, character.profile):
        yield Problem(file, line, f"{doubt}.", "Mend the age or the year.", "warning")
