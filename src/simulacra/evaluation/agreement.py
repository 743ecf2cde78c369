"""How far judges agree: intraclass correlation, Krippendorff's alpha, weighted kappa.

Rows are what is rated and columns are judges; ``None`` is a rating that is not there. Each
returns ``None`` where the ratings do not determine it (too few, or all the same).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import combinations
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulacra.errors import SimulacraError

Ratings = Sequence[Sequence[float | None]]


@dataclass(frozen=True)
class IntraclassCorrelation:
    """ICC(2,k) with its interval if it has one, of the ``rows`` that all ``judges`` rated."""

    value: float
    low: float | None
    high: float | None
    rows: int
    judges: int


def icc_2k(ratings: Ratings, confidence: float = 0.95) -> IntraclassCorrelation | None:
    """ICC(2,k), two-way random effects, absolute agreement, of the mean over all judges.

    Shrout and Fleiss 1979; the interval is that of McGraw and Wong 1996.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    whole = [[value for value in row if value is not None] for row in ratings]
    rows = [row for row, given in zip(whole, ratings, strict=True) if len(row) == len(given)]
    n, k = len(rows), len(rows[0]) if rows else 0
    if n < 2 or k < 2:
        return None
    table: NDArray[np.float64] = np.array(rows, dtype=np.float64)
    mean = float(table.mean())
    between = k * float(((table.mean(axis=1) - mean) ** 2).sum()) / (n - 1)
    judges = n * float(((table.mean(axis=0) - mean) ** 2).sum()) / (k - 1)
    every = float(((table - mean) ** 2).sum())
    error = (every - between * (n - 1) - judges * (k - 1)) / ((n - 1) * (k - 1))
    error = max(error, 0.0)  # of sums that cancel, a rounding error below nothing
    denominator = between + (judges - error) / n
    if denominator <= 1e-12:
        return None
    value = (between - error) / denominator
    single = (between - error) / (between + (k - 1) * error + k * (judges - error) / n)
    if error < 1e-12 or single >= 1:  # no error to reckon with: F is without bound
        return IntraclassCorrelation(value, value, value, n, k)
    low, high = _interval(between, judges, error, single, n, k, confidence)
    if low is None or high is None or not low <= value <= high:
        low = high = None
    return IntraclassCorrelation(value, low, high, n, k)


def _interval(
    between: float, judges: float, error: float, single: float, n: int, k: int, confidence: float
) -> tuple[float | None, float | None]:
    """The bounds of ICC(2,k); the freedom of the judges' error is Satterthwaite's.

    ``single`` is ICC(2,1). There are no bounds where that approximation does not hold, as with
    judges who agree less than by chance: a freedom under 1, or a negative variance.
    """
    distribution: Any = _stats().f
    ratio = judges / error
    numerator = (n - 1) * (k - 1) * (k * single * ratio + n * (1 + (k - 1) * single) - k * single)
    of = (n - 1) * k**2 * single**2 * ratio**2
    of += (n * (1 + (k - 1) * single) - k * single) ** 2
    freedom = numerator * (numerator / ((n - 1) * (k - 1))) / of if of else 0.0
    if freedom < 1:
        return None, None
    tail = 1 - (1 - confidence) / 2
    upper = float(distribution.ppf(tail, n - 1, freedom))
    lower = float(distribution.ppf(tail, freedom, n - 1))
    below = upper * (judges - error) + n * between
    above = judges - error + n * lower * between
    if below <= 0 or above <= 0:
        return None, None
    return n * (between - upper * error) / below, n * (lower * between - error) / above


def alpha_ordinal(ratings: Ratings) -> float | None:
    """Krippendorff's alpha for ordinal values; ratings may be missing (Krippendorff 2011)."""
    units = [[value for value in row if value is not None] for row in ratings]
    pairable = [unit for unit in units if len(unit) > 1]
    values = sorted({value for unit in pairable for value in unit})
    if len(values) < 2:
        return None
    place = {value: number for number, value in enumerate(values)}
    coincidences = np.zeros((len(values), len(values)))
    for unit in pairable:
        for i, first in enumerate(unit):
            for j, second in enumerate(unit):
                if i != j:
                    coincidences[place[first], place[second]] += 1 / (len(unit) - 1)
    counts: NDArray[np.float64] = coincidences.sum(axis=1)
    below: NDArray[np.float64] = counts.cumsum() - counts / 2  # to the middle of each value
    distance = (below[:, None] - below[None, :]) ** 2
    total = float(counts.sum())
    expected = float((counts[:, None] * counts[None, :] * distance).sum()) / (total - 1)
    return 1 - float((coincidences * distance).sum()) / expected


def weighted_kappa(ratings: Ratings) -> float | None:
    """Cohen's kappa with quadratic weights (Cohen 1968): the mean over all pairs of judges.

    A pair counts by what both rated; a pair without any spread is left out.
    """
    judges = len(ratings[0]) if ratings else 0
    found: list[float] = []
    for first, second in combinations(range(judges), 2):
        both = [
            (a, b)
            for row in ratings
            if (a := row[first]) is not None and (b := row[second]) is not None
        ]
        if not both:
            continue
        table: NDArray[np.float64] = np.array(both, dtype=np.float64)
        a, b = table[:, 0], table[:, 1]
        expected = float(((a[:, None] - b[None, :]) ** 2).mean())
        if expected > 0:
            found.append(1 - float(((a - b) ** 2).mean()) / expected)
    return fmean(found) if found else None


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Spearman's rank correlation; ``None`` for fewer than three pairs, or without any spread."""
    if len(pairs) < 3 or any(len({pair[i] for pair in pairs}) < 2 for i in (0, 1)):
        return None
    first, second = zip(*pairs, strict=True)
    return float(_stats().spearmanr(first, second).statistic)


def _stats() -> Any:
    try:
        return import_module("scipy.stats")
    except ImportError as error:
        raise SimulacraError(
            "Statistics of agreement need SciPy, which is not installed.",
            "Run: pip install 'simulacra[eval]'",
        ) from error
