"""How unlike two people are, and a choice of people who are good and unlike each other.

The distance is Gower's: the mean over what is known of both, each aspect from 0 (alike) to 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Literal

Aspect = Literal["age", "gender", "occupation", "background", "ranking"]
ASPECTS: tuple[Aspect, ...] = ("age", "gender", "occupation", "background", "ranking")

AGES = 62
"""Years between 18 and 80, the ages of the pools: people so far apart could not be more so."""
LEVELS = 8
"""Steps between the lowest and the highest education of ISCED 2011."""
PAIRS = 28
"""Pairs of eight tendencies; each ranking orders every one."""


@dataclass(frozen=True)
class Features:
    """What diversity looks at in a person; ``None`` and an empty ranking are not known."""

    age: int
    gender: str
    occupation: str
    family: tuple[str | None, ...]
    education: int | None
    ranking: tuple[str, ...]


def distances(one: Features, other: Features) -> dict[Aspect, float]:
    """The distance from 0 to 1 in each aspect that is known of both."""
    found: dict[Aspect, float] = {
        "age": min(1.0, abs(one.age - other.age) / AGES),
        "gender": float(one.gender != other.gender),
        "occupation": float(one.occupation != other.occupation),
    }
    background = [
        float(mine != theirs)
        for mine, theirs in zip(one.family, other.family, strict=True)
        if mine is not None and theirs is not None
    ]
    if one.education is not None and other.education is not None:
        background.append(abs(one.education - other.education) / LEVELS)
    if background:
        found["background"] = fmean(background)
    if one.ranking and other.ranking:
        found["ranking"] = discordant(one.ranking, other.ranking) / PAIRS
    return found


def distance(one: Features, other: Features) -> float:
    """The mean distance over the aspects that are known of both, from 0 to 1."""
    return fmean(distances(one, other).values())


def discordant(one: Sequence[str], other: Sequence[str]) -> int:
    """Kendall's distance: pairs that two rankings of the same things order differently, 0 to 28."""
    place = {item: number for number, item in enumerate(other)}
    return sum(place[first] > place[second] for first, second in combinations(one, 2))


def choose(
    people: Sequence[Features],
    n: int,
    *,
    quality: Sequence[float],
    key: Callable[[int], str],
    allowed: Iterable[int] | None = None,
    kept: Sequence[int] = (),
) -> list[int]:
    """Up to ``n`` more of ``people`` (indices), in the order in which they were chosen.

    Greedily, the next is whoever has the greatest product of ``quality`` (above 0, to 1) and
    distance to the nearest of those chosen before, ``kept`` among them; the first has the best
    quality. Of equals the one of the least ``key`` is taken, so that the order of ``people`` does
    not matter. With equal qualities the least distance in the choice is at least half of the
    greatest possible (Gonzalez 1985).
    """
    taken = set(kept)
    left = [i for i in (range(len(people)) if allowed is None else allowed) if i not in taken]
    left.sort(key=key)
    nearest = dict.fromkeys(left, math.inf)

    def see(new: int) -> None:
        for i in nearest:
            nearest[i] = min(nearest[i], distance(people[i], people[new]))

    for i in kept:
        see(i)
    chosen: list[int] = []
    while nearest and len(chosen) < n:
        best = max(
            nearest,
            key=lambda i: (quality[i] * min(nearest[i], 1.0), quality[i]),
        )
        del nearest[best]
        see(best)
        chosen.append(best)
    return chosen


def spread(people: Sequence[Features]) -> tuple[float, float]:
    """The least and the mean distance between two of ``people``; two at least."""
    every = [distance(one, other) for one, other in combinations(people, 2)]
    return min(every), fmean(every)
