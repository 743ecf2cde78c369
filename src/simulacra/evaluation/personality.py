"""The personality test: does a person answer as their ranking of tendencies says (Section 3.2)?"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from typing import Any

from simulacra.characters import TENDENCIES, Tendency
from simulacra.errors import SimulacraError
from simulacra.evaluation.options import drawn
from simulacra.evaluation.readings import Reading

WEIGHTS = (4, 3, 2, 1, -1, -2, -3, -4)
"""What a yes to a description of ranks 1..8 says for its tendency."""


@dataclass(frozen=True)
class Statement:
    """A description of the pool, with the tendency and the rank (1..8) that it stands for."""

    text: str
    tendency: Tendency
    rank: int


@dataclass(frozen=True)
class Agreement:
    """How well the ranking shown by answers agrees with the one assigned.

    ``tau_b`` is Kendall's over rank numbers, -1 to 1; ``None`` where it is not defined: no ranking
    assigned, or all tendencies tied. ``ranks`` are the tendencies' places, 1 the strongest, tied
    ones sharing the mean of theirs; ``asked`` counts the statements.
    """

    tau_b: float | None
    ranks: Mapping[Tendency, float]
    sums: Mapping[Tendency, int]
    asked: int

    def ranking(self) -> tuple[tuple[Tendency, ...], ...]:
        """The tendencies, strongest first; those that are tied stand together."""
        order = sorted(self.ranks, key=self.ranks.__getitem__)
        return tuple(tuple(tied) for _, tied in groupby(order, key=self.ranks.__getitem__))


@dataclass(frozen=True)
class PersonalityTest:
    """Agreement over all statements and over those that are not in the character's own prompt.

    ``yes_share`` is the acquiescence: yes answers as a share of those that could be read, 0 to 1;
    ``None`` where none could. ``unparsed`` counts the others: they say neither.
    """

    every: Agreement
    held_out: Agreement
    yes_share: float | None
    unparsed: int


def draw_statements(
    pool: Mapping[Tendency, Sequence[Sequence[str]]], *, share: float = 1.0, seed: int = 0
) -> list[Statement]:
    """A share of the pool: as many of each tendency at each rank, one at least, by the seed.

    ``pool`` has for each tendency its descriptions at ranks 1 to 8. They come in the pool's order:
    whoever asks them one by one may take any other.

    Raises:
        ValueError: the share is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share is above 0 and at most 1, not {share}")
    return [
        Statement(texts[number], tendency, rank)
        for tendency, ranks in pool.items()
        for rank, texts in enumerate(ranks, start=1)
        for number in sorted(
            drawn(range(len(texts)), f"{seed}/{tendency}/{rank}")[
                : max(1, math.floor(share * len(texts) + 0.5))
            ]
        )
    ]


def measure(
    answers: Iterable[tuple[Statement, Reading]],
    expected: Sequence[Tendency],
    own: Collection[str] = (),
) -> PersonalityTest:
    """Compare yes/no answers with the assigned ranking, strongest first; empty if unknown.

    ``own`` are the descriptions in the character's own prompt, which are no test of anything but
    of reading: without them stands ``held_out``.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    rows = list(answers)
    kept = set(own)
    said = [reading.said for _, reading in rows if reading.parsed]
    return PersonalityTest(
        every=_agreement(rows, expected),
        held_out=_agreement([row for row in rows if row[0].text not in kept], expected),
        yes_share=said.count(("yes",)) / len(said) if said else None,
        unparsed=len(rows) - len(said),
    )


def _agreement(
    rows: Sequence[tuple[Statement, Reading]], expected: Sequence[Tendency]
) -> Agreement:
    sums = dict.fromkeys(TENDENCIES, 0)
    for statement, reading in rows:
        if reading.said == ("yes",):
            sums[statement.tendency] += WEIGHTS[statement.rank - 1]
    ranks = _ranks(sums)
    tau = None
    if expected:
        shown = [ranks[tendency] for tendency in TENDENCIES]
        tau = tau_b(shown, [expected.index(tendency) + 1 for tendency in TENDENCIES])
    return Agreement(tau_b=tau, ranks=ranks, sums=sums, asked=len(rows))


def _ranks(sums: Mapping[Tendency, int]) -> dict[Tendency, float]:
    """Places by sum, the largest 1; equal sums share the mean of their places."""
    values = list(sums.values())
    return {
        tendency: 1 + sum(v > own for v in values) + (values.count(own) - 1) / 2
        for tendency, own in sums.items()
    }


def tau_b(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Kendall's tau-b of two lists of rank numbers; ``None`` where one of them is all ties.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    try:
        stats: Any = import_module("scipy.stats")
    except ImportError as error:
        raise SimulacraError(
            "Kendall's tau needs SciPy, which is not installed.",
            "Run: pip install 'simulacra[eval]'",
        ) from error
    tau = float(stats.kendalltau(first, second, variant="b").statistic)
    return None if math.isnan(tau) else tau
