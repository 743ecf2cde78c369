"""How different the trait descriptions are: of one tendency, of two, of two ranks (Section 3.2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, pstdev
from typing import TYPE_CHECKING, Any, Literal

from simulacra.characters.personality import TENDENCIES, Tendency

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulacra.inference import Embedder

Descriptions = Mapping[Tendency, Sequence[Sequence[str]]]
"""The descriptions of each tendency, rank 1 first."""

Band = Literal["top", "middle", "bottom"]

BANDS: dict[Band, tuple[int, ...]] = {"top": (1, 2, 3), "middle": (4, 5), "bottom": (6, 7, 8)}
"""The ranks of each band."""

NEAR_COSINE = 0.8
"""Two descriptions at least so alike are near-duplicates."""

NEAR_PHRASES = 0.5
"""So are two that share at least this part of the shorter one's phrases of four words."""

_PHRASE = 4
_WORD = re.compile(r"[\w'’-]+")
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|mine|myself)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Described:
    """One description, and what it stands for."""

    tendency: Tendency
    rank: int
    text: str

    @property
    def band(self) -> Band:
        """Top (ranks 1 to 3), middle (4 and 5) or bottom (6 to 8)."""
        return band_of(self.rank)


@dataclass(frozen=True)
class Pair:
    """Two descriptions that are very alike: by their vectors' cosine, by the phrases they share."""

    one: Described
    other: Described
    cosine: float
    phrases: float


@dataclass(frozen=True)
class Likeness:
    """Mean cosine of all pairs within a tendency, and of all pairs of two; ``None``: no pair."""

    within: float | None
    between: float | None


@dataclass(frozen=True)
class PoolReport:
    """What ``compare`` found. Shares are 0 to 1, cosines −1 to 1, lengths in words."""

    number: int
    embedder: str
    likeness: dict[Band | Literal["all"], Likeness]
    recognised: float
    """Share nearer to the mean of their own tendency (without themselves) than to any other."""
    exact_duplicates: int
    near_duplicates: int
    worst: tuple[Pair, ...]
    """The near-duplicates, the most alike first."""
    mean_words: float
    sd_words: float
    min_words: int
    max_words: int
    first_person: float


def band_of(rank: int) -> Band:
    """The band of a rank, 1 to 8."""
    return next(band for band, ranks in BANDS.items() if rank in ranks)


def described(descriptions: Descriptions) -> list[Described]:
    """All descriptions in one list, by tendency, then by rank."""
    return [
        Described(tendency, rank, text)
        for tendency, ranks in descriptions.items()
        for rank, texts in enumerate(ranks, start=1)
        for text in texts
    ]


async def compare(descriptions: Descriptions, embedder: Embedder) -> PoolReport:
    """Measure a pool of trait descriptions; it must not be empty.

    A pool does its work where descriptions of one tendency are more alike than those of two, and
    no two say the same: then a drawn set of 20 tells 20 things, and tells the tendencies apart.

    Raises:
        ModelError: the embedder gave nothing.
    """
    pool = described(descriptions)
    texts = [entry.text for entry in pool]
    vectors = await embedder.embed(texts)
    near = _near(pool, vectors @ vectors.T)
    words = [len(text.split()) for text in texts]
    return PoolReport(
        number=len(pool),
        embedder=embedder.name,
        likeness=_likeness(pool, vectors),
        recognised=_recognised(pool, vectors),
        exact_duplicates=len(pool) - len(Counter(map(_plain, texts))),
        near_duplicates=len(near),
        worst=tuple(near),
        mean_words=mean(words),
        sd_words=pstdev(words),
        min_words=min(words),
        max_words=max(words),
        first_person=mean(bool(_FIRST_PERSON.search(text)) for text in texts),
    )


def _likeness(
    pool: Sequence[Described], vectors: NDArray[np.float32]
) -> dict[Band | Literal["all"], Likeness]:
    import numpy as np

    def of(band: Band | None) -> Likeness:
        rows = [i for i, entry in enumerate(pool) if band in (None, entry.band)]
        tendencies = np.array([TENDENCIES.index(pool[i].tendency) for i in rows], dtype=int)
        one, other = np.triu_indices(len(rows), 1)
        cosines = (vectors[rows] @ vectors[rows].T)[one, other]
        same = tendencies[one] == tendencies[other]
        return Likeness(_mean(cosines[same]), _mean(cosines[~same]))

    return {"all": of(None), **{band: of(band) for band in BANDS}}


def _mean(values: NDArray[np.float32]) -> float | None:
    return float(values.mean()) if values.size else None


def _recognised(pool: Sequence[Described], vectors: NDArray[np.float32]) -> float:
    import numpy as np

    own = np.array([TENDENCIES.index(entry.tendency) for entry in pool])
    members = np.eye(len(TENDENCIES), dtype=np.float32)[own]
    sums: Any = members.T @ vectors
    right = 0
    for row, tendency in enumerate(own):
        means = sums.copy()
        means[tendency] -= vectors[row]
        lengths = np.maximum(np.linalg.norm(means, axis=1), 1e-12)
        right += int(np.argmax(means @ vectors[row] / lengths)) == tendency
    return right / len(pool)


def _near(pool: Sequence[Described], cosines: NDArray[np.float32]) -> list[Pair]:
    import numpy as np

    phrases = [_phrases(entry.text) for entry in pool]
    found = {(int(a), int(b)) for a, b in np.argwhere(np.triu(cosines >= NEAR_COSINE, 1))}
    sharing: dict[str, list[int]] = {}
    for row, own in enumerate(phrases):
        for phrase in own:
            found |= {
                (earlier, row)
                for earlier in sharing.get(phrase, ())
                if _shared(phrases[earlier], own) >= NEAR_PHRASES
            }
            sharing.setdefault(phrase, []).append(row)
    pairs = [
        Pair(pool[a], pool[b], float(cosines[a, b]), _shared(phrases[a], phrases[b]))
        for a, b in sorted(found)
    ]
    return sorted(pairs, key=lambda pair: -pair.cosine)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _phrases(text: str) -> set[str]:
    words = _plain(text).split()
    return {" ".join(words[i : i + _PHRASE]) for i in range(len(words) - _PHRASE + 1)}


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
