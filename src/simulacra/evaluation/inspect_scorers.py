"""Points and agreement in Inspect's logs: the scores of ``AnswerRecord`` and sums of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from inspect_ai.scorer import (
    Metric,
    SampleScore,
    Score,
    Scorer,
    Target,
    metric,
    scorer,
)
from inspect_ai.solver import TaskState

from simulacra.characters import Tendency
from simulacra.evaluation.inspect_solver import ANSWER
from simulacra.evaluation.personality import PersonalityTest, Statement, measure
from simulacra.evaluation.readings import Reading
from simulacra.evaluation.records import AnswerRecord


def _sum(kind: str | None = None) -> Metric:
    """The sum over samples, or over those of a kind; samples have means over epochs by then."""

    def value(scores: list[SampleScore]) -> float:
        wanted = [s for s in scores if kind in (None, (s.sample_metadata or {}).get("kind"))]
        return sum(one.score.as_float() for one in wanted)

    return value


def _test(scores: list[SampleScore]) -> PersonalityTest:
    """The test over samples that could be read, each with its mean over epochs: yes above half."""
    answers: list[tuple[Statement, Reading]] = []
    own: set[str] = set()
    assigned: list[Tendency] = []
    for one in scores:
        about: dict[str, Any] = one.sample_metadata or {}
        statement = Statement(str(one.sample_id), about["tendency"], about["rank"])
        said = "yes" if one.score.as_float() > 0.5 else "no"
        answers.append((statement, Reading((said,))))
        assigned = about["assigned"]
        if about["own"]:
            own.add(statement.text)
    return measure(answers, assigned, own)


def _of_test(read: Callable[[PersonalityTest], float | None]) -> Metric:
    """A number of the test; NaN where it is not defined."""

    def value(scores: list[SampleScore]) -> float:
        number = read(_test(scores))
        return math.nan if number is None else number

    return value


@metric
def cloze() -> Metric:
    """Points of the clozes."""
    return _sum("cloze")


@metric
def single() -> Metric:
    """Points of the single choices."""
    return _sum("single")


@metric
def multiple() -> Metric:
    """Points of the multiple choices."""
    return _sum("multiple")


@metric
def total() -> Metric:
    """All points: of 50, with five items of each kind."""
    return _sum()


@metric
def count() -> Metric:
    """How many, as a mean over epochs."""
    return _sum()


@metric
def tau_b() -> Metric:
    """Kendall's tau-b over all statements; NaN where it is not defined."""
    return _of_test(lambda test: test.every.tau_b)


@metric
def tau_b_held_out() -> Metric:
    """The same without the statements that stand in the character's own prompt."""
    return _of_test(lambda test: test.held_out.tau_b)


@metric
def yes_share() -> Metric:
    """Yes as a share of the answers that could be read, 0 to 1."""
    return _of_test(lambda test: test.yes_share)


@scorer(
    metrics={"points": [cloze(), single(), multiple(), total()], "unparsed": [count()]},
    name="self_report",
)
def points() -> Scorer:
    """The points of an answer, and whether it could be read."""

    async def score(state: TaskState, target: Target) -> Score:
        del target  # the record knows what was expected
        record = _record(state)
        value = {"points": record.score, "unparsed": int(not record.reading.parsed)}
        return Score(value=value, answer=record.answer, explanation=_why(record))

    return score


@scorer(
    metrics={"yes": [tau_b(), tau_b_held_out(), yes_share()], "unparsed": [count()]},
    name="personality_test",
)
def agreement() -> Scorer:
    """1 for yes, 0 for no; unscored where the answer can't be read."""

    async def score(state: TaskState, target: Target) -> Score:
        del target  # a statement has none
        record = _record(state)
        yes = float(record.reading.said == ("yes",)) if record.reading.parsed else math.nan
        value = {"yes": yes, "unparsed": int(not record.reading.parsed)}
        return Score(value=value, answer=record.answer, explanation=_why(record))

    return score


def _record(state: TaskState) -> AnswerRecord:
    return AnswerRecord.model_validate(state.store.get(ANSWER))


def _why(record: AnswerRecord) -> str:
    read = record.reading
    said = f"unparsed ({read.unparsed})" if read.unparsed else "; ".join(read.said) or "another"
    expected = "; ".join(record.expected)
    return f"Read as: {said}." + (f" Expected: {expected}." if expected else "")
