"""Which paragraphs of a story a memory was made from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from simulacra.biography import CHUNK_PARAGRAPHS

T = TypeVar("T")

MAX_CELLS = 1_000_000
"""Memories times paragraphs that overlap alignment looks at; a life has about 10,000."""


def align(memories: Sequence[str], lines: Sequence[str]) -> tuple[list[tuple[int, ...]], str]:
    """The paragraph ids of each memory, and how they were found (empty: two by two, as usual).

    ``lines`` are the story's lines, blank ones too: some stories were cut into chunks by lines,
    blank lines counted. Where neither count fits, memories are laid along the story in its order
    so that the words they share are as telling as possible.

    Raises:
        ValueError: there is far too much to align by words.
    """
    ids = _paragraph_ids(lines)
    paragraphs = [line for line in lines if line.strip()]
    wanted = len(memories)
    if wanted == math.ceil(len(paragraphs) / CHUNK_PARAGRAPHS):
        return _in_runs(list(range(len(paragraphs)))), ""
    by_lines = [tuple(i for i in run if i is not None) for run in _in_runs(ids)]
    if wanted == len(by_lines) and all(by_lines):
        return by_lines, (
            f"{wanted} memories for {len(paragraphs)} paragraphs: aligned by pairs of lines, "
            "blank lines counted"
        )
    return _by_words(memories, paragraphs), (
        f"{wanted} memories for {len(paragraphs)} paragraphs: no whole number a memory; "
        "aligned in order by the words they share"
    )


def _paragraph_ids(lines: Sequence[str]) -> list[int | None]:
    count, ids = 0, list[int | None]()
    for line in lines:
        ids.append(count if line.strip() else None)
        count += bool(line.strip())
    return ids


def _in_runs(items: Sequence[T]) -> list[tuple[T, ...]]:
    starts = range(0, len(items), CHUNK_PARAGRAPHS)
    return [tuple(items[start : start + CHUNK_PARAGRAPHS]) for start in starts]


def _by_words(memories: Sequence[str], paragraphs: Sequence[str]) -> list[tuple[int, ...]]:
    """The best way to cut the paragraphs into consecutive runs, one (or none) a memory."""
    if len(memories) * len(paragraphs) > MAX_CELLS:
        raise ValueError(f"{len(memories)} memories and {len(paragraphs)} paragraphs are too many")
    if not memories:
        return []
    shared = _likeness(memories, paragraphs)
    longest = 3 * math.ceil(len(paragraphs) / len(memories))
    best = [0.0] + [-math.inf] * len(paragraphs)  # best[j]: the first j paragraphs are given out
    chosen: list[list[int]] = []
    for row in shared:
        now, taken = [-math.inf] * len(best), [0] * len(best)
        for end in range(len(best)):
            gain = 0.0
            for size in range(min(longest, end) + 1):
                gain += row[end - size] if size else 0.0
                if best[end - size] + gain > now[end]:
                    now[end], taken[end] = best[end - size] + gain, size
        best = now
        chosen.append(taken)
    runs, end = list[tuple[int, ...]](), len(paragraphs)
    for taken in reversed(chosen):
        runs.append(tuple(range(end - taken[end], end)))
        end -= taken[end]
    return runs[::-1]


def _likeness(memories: Sequence[str], paragraphs: Sequence[str]) -> list[list[float]]:
    """Cosine of the words of each memory and each paragraph, rare words weighing more."""
    bags = [Counter(re.findall(r"\w+", text.casefold())) for text in (*memories, *paragraphs)]
    spread = Counter(word for bag in bags for word in bag)
    vectors: list[dict[str, float]] = []
    for bag in bags:
        vector = {word: n * math.log(len(bags) / spread[word]) for word, n in bag.items()}
        length = math.sqrt(sum(v * v for v in vector.values())) or 1.0
        vectors.append({word: value / length for word, value in vector.items()})
    ours, theirs = vectors[: len(memories)], vectors[len(memories) :]
    return [[sum(v * b.get(w, 0.0) for w, v in a.items()) for b in theirs] for a in ours]
