"""Which part of a life story deserves to be told at greater length (paper, Section 3.4).

The paper names importance, elaborateness and redundancy "based on similarity" and gives no
formulas; these are ours. Everything is computed from embeddings, without a call of a model.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from simulacra.biography.sentences import sentences
from simulacra.errors import SettingsError
from simulacra.inference import EmbeddingCache

Matrix = NDArray[np.float32]

HALF_ELABORATE = 100.0
"""Words of detail at which a chunk is half elaborate."""
ENOUGH = 0.5
"""A chunk of this elaborateness or more is told at full length."""
AMONG = 3
"""Chance decides among so many of the best."""


class Scores(BaseModel):
    """Why a chunk was chosen. Each from 0 to 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    importance: float = Field(ge=0, le=1)
    elaborateness: float = Field(ge=0, le=1)
    redundancy: float = Field(ge=0, le=1)
    priority: float = Field(ge=0, le=1)


@dataclass(frozen=True)
class Weights:
    """How much each score counts for the priority.

    Raises:
        SettingsError: one is negative, or all are 0.
    """

    importance: float = 1.0
    elaborateness: float = 1.0
    redundancy: float = 1.0

    def __post_init__(self) -> None:
        if min(self.importance, self.elaborateness, self.redundancy) < 0 or not self.total:
            raise SettingsError(
                "The weights of the scores are negative, or all of them are 0.",
                "Set importance_weight, elaborateness_weight or redundancy_weight above 0.",
            )

    @property
    def total(self) -> float:
        """All of them together."""
        return self.importance + self.elaborateness + self.redundancy


async def score(
    chunks: Sequence[str], summary: str, cache: EmbeddingCache, weights: Weights = Weights()
) -> list[Scores]:
    """Score every chunk of a story against the others and against the story's summary.

    ``summary`` is a text that tells the whole life in short (the biography); without one, the
    summary is the mean of all chunks.
    """
    if not chunks:
        return []
    *vectors, gist = await embedded([*chunks, summary], cache)
    whole = np.stack([matrix[0] for matrix in vectors])
    likeness = whole @ whole.T
    return [
        _scores(
            importance(matrix[0], gist[1:] if summary.strip() else whole),
            elaborateness(matrix[1:], [len(s.split()) for s in _lines(chunk)], matrix[0]),
            redundancy(number, likeness),
            weights,
        )
        for number, (chunk, matrix) in enumerate(zip(chunks, vectors, strict=True))
    ]


async def embedded(texts: Sequence[str], cache: EmbeddingCache) -> list[Matrix]:
    """One matrix a text: the first row is the whole text, each other one a sentence of it."""
    return await cache.embed([[text, *_lines(text)] for text in texts])


def _lines(text: str) -> list[str]:
    return sentences(text) or [text]


def importance(chunk: Matrix, summary: Matrix) -> float:
    """Likeness of a chunk to the summary of the whole story, from 0 to 1.

    The cosine of the chunk with the mean of the summary's sentences, nothing under 0.
    """
    centre = summary.mean(axis=0)
    length = float((centre**2).sum() ** 0.5)
    return _bounded(float(chunk @ centre) / length) if length else 0.0


def elaborateness(lines: Matrix, words: Sequence[int], chunk: Matrix) -> float:
    """How much of a chunk is detail beyond its summary, from 0 to (never quite) 1.

    Its summary is its most central sentence: the one nearest to the chunk. Each other sentence
    gives detail: its words times (1 - its cosine with the summary). ``d`` words of detail are
    ``d / (d + 100)``: a single sentence has 0, a paragraph of two hundred words about a half.
    """
    central = int((lines @ chunk).argmax())
    unlike = 1 - (lines @ lines[central]).clip(0, 1)
    detail = sum(count * float(unlike[i]) for i, count in enumerate(words) if i != central)
    return detail / (detail + HALF_ELABORATE)


def redundancy(number: int, likeness: Matrix) -> float:
    """Likeness of a chunk to the one that is most like it, from 0 to 1; 0 where it is alone.

    ``likeness`` holds the cosines of all chunks with each other.
    """
    others = np.delete(likeness[number], number)
    return _bounded(float(others.max())) if len(others) else 0.0


def _scores(important: float, elaborate: float, redundant: float, weights: Weights) -> Scores:
    priority = (
        weights.importance * important
        + weights.elaborateness * (1 - elaborate)
        + weights.redundancy * (1 - redundant)
    ) / weights.total
    rounded = (round(value, 4) for value in (important, elaborate, redundant, _bounded(priority)))
    return Scores(**dict(zip(Scores.model_fields, rounded, strict=True)))


def choose(
    scores: Sequence[Scores], seed: str, without: Collection[int] = (), enough: float = ENOUGH
) -> int | None:
    """The chunk to expand next: one of the three of highest priority, by seeded chance.

    ``without`` names chunks that must be left alone. ``None`` when nothing is left that is worth
    expanding: every other chunk is ``enough`` elaborate.
    """
    open_ = [
        number
        for number, scored in enumerate(scores)
        if number not in without and scored.elaborateness < enough
    ]
    best = sorted(open_, key=lambda number: (-scores[number].priority, number))[:AMONG]
    return random.Random(seed).choice(best) if best else None


def _bounded(value: float) -> float:
    return min(max(value, 0.0), 1.0)
