"""Paragraphs that say the same as others: by their phrases, and by their embeddings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from simulacra.biography.flag import Flag
from simulacra.biography.scoring import embedded
from simulacra.inference import EmbeddingCache

NEAR_COSINE = 0.92
"""Two paragraphs of at least this cosine say nearly the same."""
NEAR_PHRASES = 0.5
"""So do two that share this part of the phrases of the shorter one."""
_PHRASE = 4
LOOP, LOOP_TIMES = 5, 3
"""So many words, so many times in one paragraph, are a loop."""

Phrases = frozenset[tuple[str, ...]]


def plain(text: str) -> str:
    """The words of a text in lower case, without marks: equal for a text that stands twice."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def phrases(text: str, length: int = _PHRASE) -> Phrases:
    """Every run of ``length`` words of a text; none where it is shorter."""
    words = plain(text).split()
    return frozenset(tuple(words[i : i + length]) for i in range(len(words) - length + 1))


def shared(a: Phrases, b: Phrases) -> float:
    """The part of the smaller set that stands in both, from 0 to 1."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def check_loops(texts: Sequence[str]) -> list[Flag]:
    """Flag paragraphs that go round in circles: the same five words in a row, three times."""
    flags: list[Flag] = []
    for text in texts:
        words = plain(text).split()
        runs = Counter(tuple(words[i : i + LOOP]) for i in range(len(words) - LOOP + 1))
        run, times = max(runs.items(), key=lambda item: item[1], default=((), 0))
        if times >= LOOP_TIMES:
            said = f"“{' '.join(run)}” stands {times} times in one paragraph."
            flags.append(Flag(check="repeat", message=said))
    return flags


async def check_repeats(
    new: Sequence[str], others: dict[int, str], cache: EmbeddingCache | None
) -> list[Flag]:
    """Flag new paragraphs that repeat each other, or one of ``others`` (paragraph id → text)."""
    flags: list[Flag] = []
    known = {number: phrases(text) for number, text in others.items()}
    for place, text in enumerate(new):
        own = phrases(text)
        for number, theirs in known.items():
            if plain(text) == plain(others[number]) or shared(own, theirs) >= NEAR_PHRASES:
                flags.append(_repeated(text, f"paragraph {number}", (number,)))
        for earlier in new[:place]:
            if plain(text) == plain(earlier) or shared(own, phrases(earlier)) >= NEAR_PHRASES:
                flags.append(_repeated(text, "another of the new ones", ()))
    if cache is not None and new and not flags:
        flags = await _alike(new, others, cache)
    return flags


async def _alike(new: Sequence[str], others: dict[int, str], cache: EmbeddingCache) -> list[Flag]:
    vectors = np.stack([m[0] for m in await embedded([*new, *others.values()], cache)])
    cosines = vectors[: len(new)] @ vectors.T
    flags: list[Flag] = []
    for place, text in enumerate(new):
        for earlier in range(place):
            if cosines[place, earlier] >= NEAR_COSINE:
                flags.append(_repeated(text, "another of the new ones", ()))
        for column, number in enumerate(others, start=len(new)):
            if cosines[place, column] >= NEAR_COSINE:
                flags.append(_repeated(text, f"paragraph {number}", (number,)))
    return flags


def _repeated(text: str, what: str, paragraphs: tuple[int, ...]) -> Flag:
    return Flag(
        check="repeat",
        message=f"“{text[:50].strip()}…” says nearly the same as {what}.",
        paragraphs=paragraphs,
    )
