"""The personality test of one character by one method: from yes and no to a ranking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulacra.characters import Tendency
from simulacra.evaluation.personality import PersonalityTest, Statement, measure
from simulacra.evaluation.records import AnswerRecord


def personality_test(
    records: Iterable[AnswerRecord], assigned: Sequence[Tendency]
) -> PersonalityTest:
    """What the answers of all repeats together say, against the assigned ranking.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    asked = [(record, about) for record in records if (about := record.statement)]
    answers = [
        (Statement(record.item, about.tendency, about.rank), record.reading)
        for record, about in asked
    ]
    return measure(answers, assigned, {record.item for record, about in asked if about.own})
