"""What runs show: points by model and method, methods compared, personality; all from records.

``free`` and ``deliberate`` answers are never put together: each way has results of its own. The
order of records and of runs plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean

from simulacra.characters import ITEM_KINDS, Tendency
from simulacra.cognition import METHODS, Method
from simulacra.evaluation.gathering import Cell, Sitting, Sittings, Who, gather
from simulacra.evaluation.personality import PersonalityTest
from simulacra.evaluation.personality_test import personality_test
from simulacra.evaluation.records import AnswerRecord, Run, Task, Way
from simulacra.evaluation.statistics import Difference, Interval, compare, holm, interval
from simulacra.inference import Usage, price

WAYS: tuple[Way, ...] = ("free", "deliberate")


@dataclass(frozen=True)
class Effort:
    """What answers took: how many there are, the share unparsed (0-1), means over answers.

    ``dollars`` is the price of all of them; ``None`` where it is not known.
    """

    answers: int
    unparsed: float
    calls: float
    input_tokens: float
    output_tokens: float
    seconds: float
    dollars: float | None


@dataclass(frozen=True)
class Score:
    """The points of a model by a method: means over characters of means over repeats.

    ``characters`` are their means over repeats; ``sittings`` counts the repeats of all of them.
    """

    who: Who
    method: Method
    characters: Mapping[str, float]
    sittings: int
    cloze: Interval
    single: Interval
    multiple: Interval
    total: Interval
    possible: float
    effort: Effort


@dataclass(frozen=True)
class Contrast:
    """How many points more ``method`` has than ``than``, on the same items of one model.

    Where both are macm, ``than_preset`` is the preset that the other answered by.
    """

    who: Who
    method: Method
    than: Method
    than_preset: str
    characters: int
    difference: Difference
    p_holm: float


@dataclass(frozen=True)
class Personality:
    """Agreement of shown and assigned rankings: over all statements, and over those held out.

    An interval is ``None`` where no test of it is defined; ``undefined`` counts the tests of which
    ``tau_b`` is not: no ranking assigned, or all tendencies tied.
    """

    who: Who
    method: Method
    characters: tuple[str, ...]
    sittings: int
    undefined: int
    tau_b: Interval | None
    tau_b_held_out: Interval | None
    yes_share: Interval | None
    effort: Effort


@dataclass(frozen=True)
class Unfinished:
    """Sittings that were left out, since answers of them are missing."""

    task: Task
    who: Who
    method: Method
    sittings: int


@dataclass(frozen=True)
class Results:
    """All results of one way of answering."""

    way: Way
    scores: tuple[Score, ...]
    contrasts: tuple[Contrast, ...]
    personality: tuple[Personality, ...]
    unfinished: tuple[Unfinished, ...]


def results_of(runs: Sequence[Run], *, seed: int = 0) -> list[Results]:
    """The results of runs, for each way of answering that is in them; ``seed`` is the bootstrap's.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    found: list[Results] = []
    for way in WAYS:
        reports = gather(runs, "self_report", way)
        tests = gather(runs, "personality", way)
        if reports or tests:
            rankings = {slug: r for run in runs for slug, r in run.sheet.rankings.items()}
            found.append(
                Results(
                    way=way,
                    scores=tuple(_score(*one, seed) for one in reports.items() if one[1].whole),
                    contrasts=_contrasts(reports, seed),
                    personality=tuple(
                        _personality(*one, rankings, seed) for one in tests.items() if one[1].whole
                    ),
                    unfinished=(
                        *_unfinished("self_report", reports),
                        *_unfinished("personality", tests),
                    ),
                )
            )
    return found


def _unfinished(task: Task, cells: Mapping[Cell, Sittings]) -> list[Unfinished]:
    return [
        Unfinished(task, cell.who, cell.method, sittings.unfinished)
        for cell, sittings in cells.items()
        if sittings.unfinished
    ]


def _score(cell: Cell, sittings: Sittings, seed: int) -> Score:
    def points(*kinds: str) -> Interval:
        return _over(sittings, lambda sitting: _points(sitting, kinds), seed)

    possible = [sum(r.possible for r in sitting.values()) for sitting in _each(sittings)]
    return Score(
        who=cell.who,
        method=cell.method,
        characters={
            slug: fmean(_points(one, ITEM_KINDS) for one in repeats.values())
            for slug, repeats in sittings.whole.items()
        },
        sittings=len(possible),
        cloze=points("cloze"),
        single=points("single"),
        multiple=points("multiple"),
        total=points(*ITEM_KINDS),
        possible=fmean(possible),
        effort=effort(sittings.records),
    )


def _points(sitting: Sitting, kinds: Sequence[str]) -> float:
    return sum(record.score for record in sitting.values() if record.kind in kinds)


def _each(sittings: Sittings) -> Iterable[Sitting]:
    return (sitting for repeats in sittings.whole.values() for sitting in repeats.values())


def _over(sittings: Sittings, value: Callable[[Sitting], float], seed: int) -> Interval:
    """A value of sittings, over the repeats of each character and over characters."""
    groups = [[value(one) for one in repeats.values()] for repeats in sittings.whole.values()]
    return interval(groups, seed=seed)


def effort(records: Sequence[AnswerRecord]) -> Effort:
    """What some answers of one model took. There is one at least."""
    used = sum((record.usage for record in records), Usage())
    count = len(records)
    models = {record.model for record in records}
    models |= {record.agent_model for record in records if record.agent_model}
    return Effort(
        answers=count,
        unparsed=sum(not record.reading.parsed for record in records) / count,
        calls=used.calls / count,
        input_tokens=used.input_tokens / count,
        output_tokens=used.output_tokens / count,
        seconds=fmean(record.seconds for record in records),
        # Usage is that of all agents together: only a single model's has a price.
        dollars=price(models.pop(), used) if len(models) == 1 else None,
    )


def _contrasts(cells: Mapping[Cell, Sittings], seed: int) -> tuple[Contrast, ...]:
    """Every two methods of a model, the p-values of all of them together corrected by Holm."""
    pairs: list[tuple[Who, Cell, Cell]] = []
    for who in sorted({cell.who for cell in cells}):
        for than, method in combinations(METHODS, 2):
            first, second = (_cell(cells, who, one) for one in (method, than))
            if first and second and who in (first.who, second.who):
                pairs.append((who, first, second))
        whole, less = Cell(replace(who, preset=""), "macm"), Cell(who, "macm")
        if who.preset and whole in cells:
            pairs.append((whole.who, whole, less))
    found: list[Contrast] = []
    for who, first, second in pairs:
        if groups := _differences(cells[first], cells[second]):
            difference = compare(groups, seed=seed)
            than = (second.method, second.who.preset)
            found.append(Contrast(who, first.method, *than, len(groups), difference, difference.p))
    corrected = holm([contrast.difference.p for contrast in found])
    return tuple(replace(one, p_holm=p) for one, p in zip(found, corrected, strict=True))


def _cell(cells: Mapping[Cell, Sittings], who: Who, method: Method) -> Cell | None:
    """The cell of a method; methods without inner agents are the same whoever those are."""
    choices = (Cell(who, method), Cell(Who(who.model), method))
    return next((cell for cell in choices if cell in cells), None)


def _differences(first: Sittings, second: Sittings) -> list[list[float]]:
    """Points of the first above those of the second, by character and item, mean over repeats."""
    groups: list[list[float]] = []
    for character in first.whole.keys() & second.whole.keys():
        mine, theirs = first.whole[character], second.whole[character]
        repeats = sorted(mine.keys() & theirs.keys())
        if repeats:
            groups.append(
                [
                    fmean(mine[r][item].score - theirs[r][item].score for r in repeats)
                    for item in mine[repeats[0]]
                ]
            )
    return groups


def _personality(
    cell: Cell, sittings: Sittings, rankings: Mapping[str, Sequence[Tendency]], seed: int
) -> Personality:
    tests = {
        character: [
            personality_test(one.values(), rankings.get(character, ())) for one in repeats.values()
        ]
        for character, repeats in sittings.whole.items()
    }

    def over(value: Callable[[PersonalityTest], float | None]) -> Interval | None:
        defined = [[v for one in row if (v := value(one)) is not None] for row in tests.values()]
        groups = [row for row in defined if row]
        return interval(groups, seed=seed) if groups else None

    every = [test for row in tests.values() for test in row]
    return Personality(
        who=cell.who,
        method=cell.method,
        characters=tuple(tests),
        sittings=len(every),
        undefined=sum(test.every.tau_b is None for test in every),
        tau_b=over(lambda test: test.every.tau_b),
        tau_b_held_out=over(lambda test: test.held_out.tau_b),
        yes_share=over(lambda test: test.yes_share),
        effort=effort(sittings.records),
    )
