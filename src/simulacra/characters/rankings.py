"""Personalities, drawn: a ranking and descriptions for it (paper, Section 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Literal

from simulacra.characters.attribute_pools import Pools
from simulacra.characters.personality import (
    DESCRIPTIONS_PER_RANK,
    TENDENCIES,
    Tendency,
    Traits,
)

RankingRule = Literal["free", "functions"]

PERCEIVING: frozenset[Tendency] = frozenset({"Ne", "Ni", "Se", "Si"})


def draw_ranking(rng: Random, rule: RankingRule) -> tuple[Tendency, ...]:
    """An order of the eight tendencies, strongest first (see ``sample``)."""
    ranking: list[Tendency] = list(TENDENCIES)
    rng.shuffle(ranking)
    if rule == "functions":
        first = ranking[0]
        second: Tendency = next(other for other in ranking if _pair(first, other))
        ranking.remove(second)
        ranking.insert(1, second)
    return tuple(ranking)


def _pair(first: Tendency, second: Tendency) -> bool:
    return (first in PERCEIVING) != (second in PERCEIVING) and first[1] != second[1]


def draw_traits(rng: Random, pools: Pools, ranking: Sequence[Tendency]) -> Traits:
    """4, 3, 2, 1, 1, 2, 3, 4 descriptions for ranks 1 to 8 (paper, Section 3.2)."""
    drawn = [
        text
        for rank, (tendency, count) in enumerate(zip(ranking, DESCRIPTIONS_PER_RANK, strict=True))
        for text in rng.sample(pools.traits[tendency][rank], count)
    ]
    return Traits(ranking=tuple(ranking), descriptions=tuple(drawn))
