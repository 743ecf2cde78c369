"""The self report of one character by one method (paper, Section 5.1): from answers to points."""

from __future__ import annotations

from collections.abc import Iterable

from simulacra.evaluation.records import AnswerRecord
from simulacra.evaluation.scoring import Points, SelfReport, mean, total


def points_of(record: AnswerRecord) -> Points:
    """What a recorded answer to an item is worth.

    Raises:
        ValueError: it is an answer to a statement, which is worth nothing by itself.
    """
    if record.kind == "yes_no":
        raise ValueError(f"{record.item} is a statement of the personality test")
    return Points(
        item=record.item,
        kind=record.kind,
        points=round(record.score),
        possible=round(record.possible),
        parsed=record.reading.parsed,
    )


def self_report(records: Iterable[AnswerRecord]) -> SelfReport:
    """The mean over repeats of the points of one sitting.

    Raises:
        ValueError: there is no answer, or one to a statement.
    """
    by_repeat: dict[int, list[Points]] = {}
    for record in records:
        by_repeat.setdefault(record.repeat, []).append(points_of(record))
    return mean([total(points) for points in by_repeat.values()])
