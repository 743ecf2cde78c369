"""How sure the numbers are: intervals by bootstrap, and comparisons of methods on the same items.

The bootstrap is hierarchical, as the data are: characters are drawn with replacement, and within
each drawn character its values (repeats, or items) are, too. The interval is that of the 2.5th and
97.5th percentiles. With few characters such an interval is rather too narrow than too wide: what
two people show says little of a third.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulacra.errors import SimulacraError

RESAMPLES = 5_000
TAILS = (2.5, 97.5)
"""Percentiles between which 95 % of the resampled means lie."""


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval; no interval where a single value is all there is."""

    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Difference:
    """How much more one method has than another, on the same items.

    ``points`` are those of a whole test. ``p`` is of Wilcoxon's signed-rank test over the items'
    differences, two-sided, and speaks of items as if each stood for itself; the interval does not.
    """

    points: Interval
    pairs: int
    p: float


def interval(groups: Sequence[Sequence[float]], *, seed: int = 0) -> Interval:
    """The mean over groups of their means, with its interval.

    A group is a character, its values are those of its repeats. Groups weigh the same, however
    many values they have. The order of groups and of values plays no part.

    Raises:
        ValueError: there is no group, or one without a value.
    """
    if not groups or not all(groups):
        raise ValueError("no value, no mean")
    ordered = sorted(sorted(values) for values in groups)
    mean = fmean(fmean(values) for values in ordered)
    if sum(map(len, ordered)) == 1:
        return Interval(mean, None, None)
    low, high = np.percentile(resampled_means(ordered, seed), TAILS)
    return Interval(mean, float(low), float(high))


def resampled_means(groups: Sequence[Sequence[float]], seed: int) -> NDArray[np.float64]:
    """What the mean of means would be for other groups, and other values in them, of this kind."""
    draw = np.random.default_rng(seed)
    sizes = np.array([len(values) for values in groups])
    table = np.zeros((len(groups), max(sizes)))
    for row, values in zip(table, groups, strict=True):
        row[: len(values)] = values
    sums = np.zeros(RESAMPLES)
    for _ in groups:  # one drawn group after another, or memory grows with the square of them
        drawn = draw.integers(len(groups), size=RESAMPLES)
        size = sizes[drawn][:, None]
        places = (draw.random((RESAMPLES, table.shape[1])) * size).astype(np.int64)
        inside = np.arange(table.shape[1]) < size
        sums += (table[drawn[:, None], places] * inside).sum(axis=1) / size[:, 0]
    return sums / len(groups)


def compare(groups: Sequence[Sequence[float]], *, seed: int = 0) -> Difference:
    """Judge the items' differences between two methods; a group has those of one character.

    Raises:
        ValueError: there is no group, or one without a difference.
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    # A character's differences times their number: their mean is the difference of the whole test.
    whole = [[len(values) * value for value in values] for values in groups]
    pairs = list(chain.from_iterable(groups))
    return Difference(interval(whole, seed=seed), len(pairs), wilcoxon(pairs))


def wilcoxon(differences: Sequence[float]) -> float:
    """The two-sided p of Wilcoxon's signed-rank test; items without a difference are left out.

    It is 1 where no item differs.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    # Means over three repeats differ in their last digits where they are the same.
    rounded = sorted(round(value, 9) for value in differences)
    if not any(rounded):
        return 1.0
    try:
        stats: Any = import_module("scipy.stats")
    except ImportError as error:
        raise SimulacraError(
            "Wilcoxon's test needs SciPy, which is not installed.",
            "Run: pip install 'simulacra[eval]'",
        ) from error
    p = float(stats.wilcoxon(rounded, zero_method="wilcox").pvalue)
    return 1.0 if math.isnan(p) else min(p, 1.0)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's corrected p-values, in the order given: at most 1, never under what came in."""
    count, highest = len(p_values), 0.0
    corrected = [0.0] * count
    for rank, number in enumerate(sorted(range(count), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (count - rank) * p_values[number]))
        corrected[number] = highest
    return corrected
