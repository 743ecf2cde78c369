"""Does recall find what proves the answer? Against the paper's RAG, with the same embedder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.evidence import Question, Subject, subjects
from benchmarks.report import Report, Table, verdict
from simulacra.biography import Story
from simulacra.cognition.methods import RAG_CHARACTERS, RAG_OVERLAP, characters_with_overlap
from simulacra.inference import Embedder, EmbeddingCache, count_tokens, load_embedder
from simulacra.memory import LongTermMemory, MemoryRecord, fit
from simulacra.settings import Settings

RANKS = (1, 3, 5, 10)
TEXT_TOKENS = (250, 500, 1000)
FITTED = 10
AIM, LIMIT_MS, MEMORIES, SEARCHES = 0.85, 20.0, 1000, 50


@dataclass
class Found:
    """What one way of searching found for one character."""

    ranks: list[int] = field(default_factory=list[int])
    shown: dict[int, list[bool]] = field(default_factory=dict[int, list[bool]])
    lengths: list[int] = field(default_factory=list[int])

    def __add__(self, other: Found) -> Found:
        budgets = {b: self.shown.get(b, []) + other.shown.get(b, []) for b in TEXT_TOKENS}
        return Found(self.ranks + other.ranks, budgets, self.lengths + other.lengths)

    def recall(self, k: int) -> float:
        """Share of the questions with evidence among the first ``k``."""
        return float(np.mean([rank <= k for rank in self.ranks]))


def halves(story: Story, share: Callable[[int, int], bool]) -> list[frozenset[int]]:
    """Which paragraphs each of RAG's chunks counts for; ``share(common, paragraph)`` decides."""
    lengths = [len(paragraph) for paragraph in story.paragraphs]
    starts = list(accumulate((length + 2 for length in lengths), initial=0))
    counted: list[frozenset[int]] = []
    for number, _ in enumerate(characters_with_overlap(story)):
        start = number * (RAG_CHARACTERS - RAG_OVERLAP)
        common = {
            i: min(starts[i] + length, start + RAG_CHARACTERS) - max(starts[i], start)
            for i, length in enumerate(lengths)
        }
        counted.append(frozenset(i for i, c in common.items() if c > 0 and share(c, lengths[i])))
    return counted


def half(common: int, paragraph: int) -> bool:
    """Half of the chunk or more is the paragraph's, or the whole paragraph is in it."""
    return 2 * common >= RAG_CHARACTERS or common == paragraph


def touched(common: int, paragraph: int) -> bool:
    """The chunk has so much as a letter of the paragraph."""
    return common > 0


def rank(found: Sequence[frozenset[int]], question: Question) -> int:
    """The place (1 is best) of the first that holds evidence; beyond the last if none does."""
    places = (n for n, paragraphs in enumerate(found, 1) if paragraphs & question.evidence)
    return next(places, len(found) + 1)


async def search_rag(subject: Subject, embedder: Embedder, cache: Path) -> tuple[Found, Found]:
    """RAG as the paper has it: by half of a chunk, and with credit for every letter."""
    chunks = [text for text, _ in characters_with_overlap(subject.story)]
    vectors = np.vstack(await EmbeddingCache(embedder, cache).embed([[t] for t in chunks]))
    queries = await embedder.embed([question.text for question in subject.questions])
    by_half, by_touch = halves(subject.story, half), halves(subject.story, touched)
    strict, lenient = Found(), Found()
    for question, vector in zip(subject.questions, queries, strict=True):
        order = [int(i) for i in np.argsort(-(vectors @ vector), kind="stable")]
        strict.ranks.append(rank([by_half[i] for i in order], question))
        lenient.ranks.append(rank([by_touch[i] for i in order], question))
        strict.lengths.append(sum(len(chunks[i]) for i in order[:5]))
        for budget in TEXT_TOKENS:
            left, kept = budget, list[int]()
            for i in order:
                if (left := left - count_tokens(chunks[i])) < 0:
                    break
                kept.append(i)
            shown = rank([by_half[i] for i in kept], question) <= len(kept)
            strict.shown.setdefault(budget, []).append(shown)
    return strict, lenient


async def search_memories(subject: Subject, embedder: Embedder, cache: Path) -> Found:
    """Our recall, and what of it a prompt would show."""
    memory = await LongTermMemory.open(subject.memories, subject.story, embedder, cache)
    found = Found()
    for question in subject.questions:
        recalled = await memory.recall(question.text, len(subject.memories))
        found.ranks.append(rank([frozenset(r.paragraphs) for r in recalled], question))
        found.lengths.append(
            sum(len(subject.story.excerpt(r.record.source.paragraphs)) for r in recalled[:5])
        )
        for budget in TEXT_TOKENS:
            excerpts = fit(recalled[:FITTED], budget)
            sources = [frozenset(e.recalled.record.source.paragraphs) for e in excerpts]
            shown = rank(sources, question) <= len(sources)
            found.shown.setdefault(budget, []).append(shown)
    return found


async def seconds_at(
    count: int, subject: Subject, embedder: Embedder, cache: Path
) -> tuple[float, float]:
    """Median and slowest seconds of a search over ``count`` memories, the query embedded."""
    some = [
        MemoryRecord.model_validate(
            subject.memories[n % len(subject.memories)].model_copy(update={"id": f"m{n}"})
        )
        for n in range(count)
    ]
    memory = await LongTermMemory.open(some, subject.story, embedder, cache)
    texts = [question.text for question in subject.questions]
    vectors = await embedder.embed(texts)
    taken: list[float] = []
    for n in range(SEARCHES + 5):
        i = n % len(texts)
        start = time.perf_counter()
        memory.search([texts[i]], vectors[i : i + 1], 10)
        taken.append(time.perf_counter() - start)
    return float(np.median(taken[5:])), max(taken[5:])


async def measure(workspace: Path, settings: Settings) -> Report:
    """Search every character's memories and story."""
    embedder, cache = load_embedder(None, settings), settings.cache
    people = subjects(workspace)
    ours = [await search_memories(subject, embedder, cache) for subject in people]
    theirs = [await search_rag(subject, embedder, cache) for subject in people]
    median, slowest = await seconds_at(MEMORIES, people[-1], embedder, cache)
    together, rag = sum(ours, Found()), sum((strict for strict, _ in theirs), Found())
    lenient = sum((found for _, found in theirs), Found())
    passed = together.recall(5) >= AIM
    per_character = [
        (s.slug, str(len(s.questions)), *_cells(mine), *_cells(strict), "")
        for s, mine, (strict, _) in zip(people, ours, theirs, strict=True)
    ]
    n = str(len(together.ranks))
    per_character.append(("all", n, *_cells(together), *_cells(rag), verdict(passed)))
    per_character.append(("all, RAG credited by touch", n, *_cells(together), *_cells(lenient), ""))
    columns = (
        "character", "items", *(f"@{k}" for k in RANKS), *(f"RAG @{k}" for k in RANKS),
        f"@5 ≥ {AIM}",
    )  # fmt: skip
    note = (
        f"Share of items with a paragraph of evidence in the source of the first k memories (two "
        f"paragraphs each), or in the first k chunks ({RAG_CHARACTERS} characters, overlap "
        f"{RAG_OVERLAP}), where a paragraph counts that makes half of the chunk or is whole in it; "
        "credited by touch, any letter of it counts. A memory is longer than a chunk, which helps "
        f"it: 5 memories have {np.mean(together.lengths):,.0f} characters, 5 chunks "
        f"{np.mean(rag.lengths):,.0f}. The next table has them at equal length."
    )
    volume = [
        (f"{budget} tokens", f"{np.mean(together.shown[budget]):.3f}",
         f"{np.mean(rag.shown[budget]):.3f}")
        for budget in TEXT_TOKENS
    ]  # fmt: skip
    speed = (f"{median * 1000:.1f}", f"{slowest * 1000:.1f}", f"≤ {LIMIT_MS:.0f}")
    return Report(
        "retrieval",
        (
            Table("Evidence found", columns, tuple(per_character), note),
            Table(
                "Evidence shown in a prompt of equal length",
                ("text", "ours", "RAG"),
                tuple(volume),
                "Share of items of which the prompt shows a memory with evidence in its source, "
                f"told in its owner's words (sentences of the first {FITTED} memories), or a chunk "
                "that holds evidence (as many whole chunks as fit). A memory in its owner's words "
                "need not have every detail of its source.",
            ),
            Table(
                f"Search over {MEMORIES:,} memories, the query embedded",
                ("ms, median", "slowest", "limit", ""),
                ((*speed, verdict(median * 1000 <= LIMIT_MS)),),
                f"{SEARCHES} searches for 10 memories over all their views; exact.",
            ),
        ),
    )


def _cells(found: Found) -> list[str]:
    return [f"{found.recall(k):.2f}" for k in RANKS]


def run() -> Report:
    """Measure in an empty workspace, with the usual cache."""
    with TemporaryDirectory(prefix="simulacra-bench-") as folder:
        return asyncio.run(measure(Path(folder), Settings.read()))


if __name__ == "__main__":
    run().show()
