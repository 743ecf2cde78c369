"""What a study shows: points by method, agreement of judges, methods compared, panel by panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulacra.cognition import Method
from simulacra.evaluation.agreement import (
    IntraclassCorrelation,
    alpha_ordinal,
    icc_2k,
    spearman,
    weighted_kappa,
)
from simulacra.evaluation.gathering import Who, gather
from simulacra.evaluation.observer import PEOPLE, Study
from simulacra.evaluation.observer_desk import Standing
from simulacra.evaluation.observer_scoring import (
    Judgement,
    JudgePoints,
    MethodPoints,
    Subject,
    panels_of,
    ratings,
    score,
)
from simulacra.evaluation.personality_test import personality_test
from simulacra.evaluation.records import Run, Way
from simulacra.evaluation.statistics import RESAMPLES, TAILS, Interval

SUBJECTS: tuple[Subject, ...] = ("matching", "similarity")
WAYS: tuple[Way, ...] = ("free", "deliberate")


@dataclass(frozen=True)
class JudgesAgreement:
    """How far the judges of one task agree; ``rated`` responses have a score of each of them."""

    subject: Subject
    judges: int
    rated: int
    icc: IntraclassCorrelation | None
    alpha: float | None
    kappa: float | None


@dataclass(frozen=True)
class MethodContrast:
    """How many points more ``method`` has than ``than``, over scenarios that all judges scored."""

    method: Method
    than: Method
    subject: Subject | Literal["final"]
    scenarios: int
    points: Interval


@dataclass(frozen=True)
class PanelResults:
    """What one panel says: ``people``, or the name of the model that judged."""

    panel: str
    points: tuple[MethodPoints, ...]
    agreement: tuple[JudgesAgreement, ...]
    contrasts: tuple[MethodContrast, ...]

    @property
    def by_model(self) -> bool:
        """Whether a model judged: such results are for pilots, and never put with people's."""
        return self.panel != PEOPLE

    @property
    def given(self) -> int:
        """How many scores are there."""
        return sum(one.given for one in self._judges())

    @property
    def asked(self) -> int:
        """How many scores there are to be."""
        return sum(one.asked for one in self._judges())

    def _judges(self) -> Iterator[JudgePoints]:
        return (judge for p in self.points for s in SUBJECTS for judge in p.of(s).judges)


@dataclass(frozen=True)
class TauCorrelation:
    """Spearman's correlation of final scores with the personality test's tau-b.

    ``rho`` is ``None`` for fewer than three pairs; ``pairs`` are character and method.
    """

    panel: str
    way: Way
    pairs: tuple[tuple[str, Method, float, float], ...]
    rho: float | None


def study_results(
    study: Study, standing: Standing, judgements: Iterable[Judgement], *, seed: int = 0
) -> list[PanelResults]:
    """The results of every panel; people first, as far as there are any.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    every = list(judgements)
    panels = sorted(panels_of(standing), key=lambda panel: panel != PEOPLE)
    found: list[PanelResults] = []
    for panel in panels:
        points = score(study, standing, every, panel)
        found.append(
            PanelResults(
                panel=panel,
                points=tuple(points),
                agreement=tuple(_agreement(points, subject) for subject in SUBJECTS),
                contrasts=tuple(_contrasts(points, seed)),
            )
        )
    return found


def _agreement(points: Sequence[MethodPoints], subject: Subject) -> JudgesAgreement:
    table = ratings(points, subject)
    return JudgesAgreement(
        subject=subject,
        judges=len(table[0]) if table else 0,
        rated=sum(None not in row for row in table),
        icc=icc_2k(table),
        alpha=alpha_ordinal(table),
        kappa=weighted_kappa(table),
    )


def _contrasts(points: Sequence[MethodPoints], seed: int) -> Iterable[MethodContrast]:
    """Every two methods at each task and in sum, the later against the earlier."""
    for than, one in combinations(points, 2):
        tables: dict[Subject, dict[str, list[float]]] = {
            subject: _differences(one, than, subject) for subject in SUBJECTS
        }
        for subject, table in tables.items():
            if table:
                interval = crossed_interval([list(table.values())], seed=seed)
                yield MethodContrast(one.method, than.method, subject, len(table), interval)
        both = [id_ for id_ in tables["matching"] if id_ in tables["similarity"]]
        if both:
            pair = [[tables[subject][id_] for id_ in both] for subject in SUBJECTS]
            interval = crossed_interval(pair, seed=seed)
            yield MethodContrast(one.method, than.method, "final", len(both), interval)


def _differences(one: MethodPoints, than: MethodPoints, subject: Subject) -> dict[str, list[float]]:
    """By scenario the differences of all judges, where all of them scored both methods."""
    pairs = list(zip(one.of(subject).judges, than.of(subject).judges, strict=True))
    found: dict[str, list[float]] = {}
    for scenario in pairs[0][0].scenarios if pairs else ():
        values = [
            a - b
            for mine, theirs in pairs
            if (a := mine.scenarios[scenario]) is not None
            and (b := theirs.scenarios[scenario]) is not None
        ]
        if len(values) == len(pairs):
            found[scenario] = values
    return found


def crossed_interval(tables: Sequence[Sequence[Sequence[float]]], *, seed: int = 0) -> Interval:
    """The sum over scenarios of means over judges, added over tables, with its interval.

    A table has a row for each scenario, the same in all, and a column for each of its judges.
    Scenarios and judges are both drawn with replacement (the bootstrap of crossed factors, Owen
    2007): the interval speaks of other scenarios and other judges of this kind.

    Raises:
        ValueError: there is no value.
    """
    arrays: list[NDArray[np.float64]] = [np.array(table, dtype=np.float64) for table in tables]
    if not arrays or not all(array.size for array in arrays):
        raise ValueError("no value, no interval")
    scenarios = arrays[0].shape[0]
    mean = float(sum(array.mean(axis=1).sum() for array in arrays))
    if scenarios == 1 and all(array.shape[1] == 1 for array in arrays):
        return Interval(mean, None, None)
    draw = np.random.default_rng(seed)
    rows = draw.integers(scenarios, size=(RESAMPLES, scenarios))
    totals = np.zeros(RESAMPLES)
    for array in arrays:
        judges = array.shape[1]
        columns = draw.integers(judges, size=(RESAMPLES, judges))
        drawn = array[rows[:, :, None], columns[:, None, :]]
        totals += drawn.mean(axis=2).sum(axis=1)
    low, high = np.percentile(totals, TAILS)
    return Interval(mean, float(low), float(high))


def tau_correlations(
    studies: Iterable[tuple[Study, Sequence[PanelResults]]], runs: Sequence[Run]
) -> list[TauCorrelation]:
    """Final scores against the personality test's tau-b of the same character, model and method.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    finals: dict[str, list[tuple[Study, MethodPoints]]] = {}
    for study, results in studies:
        for one in results:
            finals.setdefault(one.panel, []).extend((study, points) for points in one.points)
    found: list[TauCorrelation] = []
    for way in WAYS:
        taus = _taus(runs, way)
        for panel, points in finals.items() if taus else ():
            pairs: tuple[tuple[str, Method, float, float], ...] = tuple(
                (study.character, one.method, one.final, tau)
                for study, one in points
                if one.final is not None
                and (tau := taus.get((study.character, _who(study, one.method), one.method)))
                is not None
            )
            rho = spearman([(final, tau) for _, _, final, tau in pairs])
            found.append(TauCorrelation(panel, way, pairs, rho))
    return found


def _who(study: Study, method: Method) -> Who:
    agents = study.agent_model if method == "macm" else None
    return Who(study.model, "" if agents in (None, study.model) else str(agents))


def _taus(runs: Sequence[Run], way: Way) -> dict[tuple[str, Who, Method], float]:
    """The mean of tau-b over whole sittings, by character, model and method."""
    rankings = {slug: r for run in runs for slug, r in run.sheet.rankings.items()}
    found: dict[tuple[str, Who, Method], float] = {}
    for (who, method), sittings in gather(runs, "personality", way).items():
        for character, repeats in sittings.whole.items():
            taus = [
                tau
                for sitting in repeats.values()
                if (
                    tau := personality_test(
                        sitting.values(), rankings.get(character, ())
                    ).every.tau_b
                )
                is not None
            ]
            if taus:
                found[character, who, method] = fmean(taus)
    return found
