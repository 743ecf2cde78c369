"""Points of the observer report (paper, Section 5.2, Table 3).

Description matching: the judges of the story role score each description, 0 to 5 in halves; of a
scenario that is the mean over its descriptions. Response similarity: those of the blind role score
each response. A judge's points are the sum over scenarios (25 for five), a task's the mean of its
judges, the final score the sum of both tasks (50). What is missing is missing: a sum of which a
part is not there is ``None``, and never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Literal

from simulacra.cognition import Method
from simulacra.evaluation.observer import HIGHEST, Judge, Kind, Stage, Study, done, tasks_of
from simulacra.evaluation.observer_desk import Standing

Subject = Literal["matching", "similarity"]
KINDS: dict[Subject, Kind] = {"matching": "fit", "similarity": "likeness"}


@dataclass(frozen=True)
class Judgement:
    """A judgement that was accepted. ``latest`` says that no later one takes its place.

    ``about`` is who wrote the description that is scored. Places are those of ``Task``.
    """

    judge: int
    task: str
    kind: Kind
    stage: Stage
    scenario: str
    method: Method | None
    about: int | None
    place: int
    scenario_place: int
    method_place: int
    version: int
    value: str | float
    at: datetime
    latest: bool = True


@dataclass(frozen=True)
class JudgePoints:
    """One judge's points for a method: by scenario 0 to 5, ``None`` where any score is missing.

    ``given`` of ``asked`` scores are there.
    """

    judge: Judge
    scenarios: Mapping[str, float | None]
    given: int
    asked: int

    @property
    def points(self) -> float | None:
        """The sum over scenarios; ``None`` where one is missing."""
        values = [value for value in self.scenarios.values() if value is not None]
        return sum(values) if len(values) == len(self.scenarios) else None


@dataclass(frozen=True)
class TaskPoints:
    """A method's points at one of the two tasks, judge by judge."""

    judges: tuple[JudgePoints, ...]

    @property
    def average(self) -> float | None:
        """The mean over judges; ``None`` where there is none, or one of them is incomplete."""
        points = [judge.points for judge in self.judges]
        some = [one for one in points if one is not None]
        return fmean(some) if some and len(some) == len(points) else None


@dataclass(frozen=True)
class MethodPoints:
    """A method's observer report; ``unusable`` counts responses that there are none of."""

    method: Method
    matching: TaskPoints
    similarity: TaskPoints
    unusable: int

    @property
    def final(self) -> float | None:
        """Description matching and response similarity together."""
        first, second = self.matching.average, self.similarity.average
        return None if first is None or second is None else first + second

    def of(self, subject: Subject) -> TaskPoints:
        """The points of one of the tasks."""
        return self.matching if subject == "matching" else self.similarity


def possible(study: Study) -> float:
    """The most points of one task: 25 with five scenarios; a final score has twice that."""
    return HIGHEST * len(study.scenarios)


def panels_of(standing: Standing) -> list[str]:
    """The panels with a judge who was not revoked, in the order they were invited."""
    judges = sorted(standing.judges, key=lambda judge: judge.number)
    return list(dict.fromkeys(judge.panel for judge in judges if not judge.revoked))


def score(
    study: Study, standing: Standing, judgements: Iterable[Judgement], panel: str
) -> list[MethodPoints]:
    """The points of every method, as one panel judged. The order of judgements plays no part.

    Judges who were revoked, and what others said of their texts, do not count.
    """
    values = {
        (one.judge, one.task): one.value for one in judgements if one.latest and done(one.value)
    }
    active = standing.active(panel)
    points: dict[tuple[Method, Subject], list[JudgePoints]] = defaultdict(list)
    for judge in active:
        subject: Subject = "matching" if judge.role == "story" else "similarity"
        tasks = tasks_of(study, standing.judges, judge, 2)
        for method in study.methods:
            mine = [task for task in tasks if task.method == method]
            by_scenario: dict[str, float | None] = {}
            given = 0
            for scenario in study.scenarios:
                scores = [
                    values.get((judge.number, t.id)) for t in mine if t.scenario == scenario.id
                ]
                there = [float(value) for value in scores if value is not None]
                given += len(there)
                whole = bool(scores) and len(there) == len(scores)
                by_scenario[scenario.id] = fmean(there) if whole else None
            points[method, subject].append(JudgePoints(judge, by_scenario, given, len(mine)))
    return [
        MethodPoints(
            method=method,
            matching=TaskPoints(_seated(points[method, "matching"])),
            similarity=TaskPoints(_seated(points[method, "similarity"])),
            unusable=sum(r.method == method and r.parts is None for r in study.responses),
        )
        for method in study.methods
    ]


def _seated(judges: Sequence[JudgePoints]) -> tuple[JudgePoints, ...]:
    return tuple(sorted(judges, key=lambda one: (one.judge.seat, one.judge.number)))


def ratings(points: Iterable[MethodPoints], subject: Subject) -> list[list[float | None]]:
    """Rows of responses (method by scenario) and columns of judges, for statistics of agreement."""
    return [
        [judge.scenarios[scenario] for judge in one.of(subject).judges]
        for one in points
        for scenario in (one.of(subject).judges[0].scenarios if one.of(subject).judges else ())
    ]
