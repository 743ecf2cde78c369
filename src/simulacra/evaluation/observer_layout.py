"""The tables of an observer report: the paper's Table 3, agreement, comparisons, missing scores."""

from __future__ import annotations

from collections.abc import Sequence

from simulacra.evaluation.layout import span
from simulacra.evaluation.observer import Judge, Study
from simulacra.evaluation.observer_results import SUBJECTS, PanelResults, TauCorrelation
from simulacra.evaluation.observer_scoring import Subject, TaskPoints, possible
from simulacra.evaluation.reference import PaperObserverTable
from simulacra.evaluation.statistics import RESAMPLES, Interval
from simulacra.evaluation.table import Column, Table

NAMES: dict[Subject, str] = {
    "matching": "Description Matching",
    "similarity": "Response Similarity",
}
_NONE = "–"
PAPER_POINTS = 25.0

BY_MODEL = (
    "Judged by a language model, for a pilot: no measure of what people would say, and put "
    "together with people's scores nowhere."
)
MISSING = (
    "A sum of which a score is missing is not formed (–); nothing is filled in. {given} of {asked} "
    "scores are there."
)
UNUSABLE = "{method}: {count} of {of} responses could not be used, and were judged by nobody."
AGREEMENT = (
    "Of the scores of responses (a method at a scenario). ICC(2,k): of the mean over judges, "
    "absolute agreement, 95 % interval where it can be formed (Shrout and Fleiss 1979; McGraw and "
    "Wong 1996), of responses that all judges scored. Alpha: Krippendorff's, ordinal. Kappa: "
    "Cohen's, quadratic weights, mean over pairs of judges."
)
CONTRASTS = (
    "Points summed over scenarios at which all judges scored both methods; 95 % interval by a "
    f"bootstrap that draws scenarios and judges ({RESAMPLES} resamples). With few scenarios and "
    "two judges it is rather too narrow than too wide."
)
TAU = (
    "Spearman's correlation of final scores with the personality test's tau-b, same character, "
    "model and method; none for fewer than three pairs."
)


def observer_tables(
    study: Study,
    results: Sequence[PanelResults],
    paper: PaperObserverTable | None = None,
    correlations: Sequence[TauCorrelation] = (),
) -> list[Table]:
    """All tables of a study, panel by panel."""
    found: list[Table] = []
    for one in results:
        found.append(table_3(study, one, paper))
        if one.given < one.asked:
            found.append(missing(study, one))
        found += [by_scenario(study, one), agreement(study, one)]
        if one.contrasts:
            found.append(contrasts(study, one))
    if correlations:
        found.append(tau(correlations))
    return [*found, provenance(study)]


def table_3(study: Study, results: PanelResults, paper: PaperObserverTable | None = None) -> Table:
    """Points by method as in Table 3 of the paper, whose rows stand below if they compare."""
    highest = possible(study)
    judges: dict[Subject, list[Judge]] = {
        s: [one.judge for one in results.points[0].of(s).judges] for s in SUBJECTS
    }
    rows = [
        (
            one.method,
            *(cell for s in SUBJECTS for cell in _task(one.of(s))),
            _number(one.final),
        )
        for one in results.points
    ]
    notes = [BY_MODEL] if results.by_model else []
    if results.given < results.asked:
        notes.append(MISSING.format(given=results.given, asked=results.asked))
    notes += [
        UNUSABLE.format(method=one.method, count=one.unusable, of=len(study.scenarios))
        for one in results.points
        if one.unusable
    ]
    if paper and highest == PAPER_POINTS:
        rows += _paper_rows(paper, judges)
        notes.append(f"Rows marked 'paper': {paper.source}, {paper.model}.")
    elif paper:
        notes.append(f"{paper.source} has five scenarios, 50 points: it does not compare.")
    return Table(
        title=f"{_title(study, results)}: points of {highest:g} + {highest:g} = {2 * highest:g}",
        columns=(
            Column("method", number=False),
            *(
                Column(head, group=NAMES[s])
                for s in SUBJECTS
                for head in (*(_head(judge) for judge in judges[s]), "Average")
            ),
            Column("Final", group="Score"),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _task(points: TaskPoints) -> tuple[str, ...]:
    return (*(_number(one.points) for one in points.judges), _number(points.average))


def _paper_rows(
    paper: PaperObserverTable, judges: dict[Subject, list[Judge]]
) -> list[tuple[str, ...]]:
    """The paper's judges stand under the first of ours in the same seat."""
    rows: list[tuple[str, ...]] = []
    for method, told in paper.methods.items():
        seats = {1: told.judge_1, 2: told.judge_2, 3: told.judge_3, 4: told.judge_4}
        averages: dict[Subject, float] = {
            "matching": told.matching,
            "similarity": told.similarity,
        }
        cells: list[str] = []
        for subject in SUBJECTS:
            cells += [
                _number(seats.pop(j.seat)) if j.seat in seats else "" for j in judges[subject]
            ]
            cells.append(_number(averages[subject]))
        rows.append((f"paper: {method}", *cells, _number(told.final)))
    return rows


def missing(study: Study, results: PanelResults) -> Table:
    """Where scores are not there."""
    rows = [
        (_head(judge.judge), NAMES[s], one.method, str(judge.given), str(judge.asked))
        for s in SUBJECTS
        for one in results.points
        for judge in one.of(s).judges
        if judge.given < judge.asked
    ]
    return Table(
        title=f"{_title(study, results)}: scores that are missing",
        columns=(
            *(Column(head, number=False) for head in ("judge", "task", "method")),
            *(Column("there"), Column("of")),
        ),
        rows=tuple(rows),
    )


def by_scenario(study: Study, results: PanelResults) -> Table:
    """The mean over judges for each scenario and method, 0 to 5."""
    rows = [
        (
            scenario.id,
            " ".join(scenario.elicits),
            *(
                _number(scenario_mean(one.of(s), scenario.id))
                for s in SUBJECTS
                for one in results.points
            ),
        )
        for scenario in study.scenarios
    ]
    return Table(
        title=f"{_title(study, results)}: scenarios, mean over judges of 0 to 5",
        columns=(
            *(Column("scenario", number=False), Column("elicits", number=False)),
            *(Column(one.method, group=NAMES[s]) for s in SUBJECTS for one in results.points),
        ),
        rows=tuple(rows),
    )


def scenario_mean(points: TaskPoints, scenario: str) -> float | None:
    """The mean over judges at one scenario; ``None`` where one has no score."""
    values = [one.scenarios[scenario] for one in points.judges]
    some = [value for value in values if value is not None]
    return sum(some) / len(some) if some and len(some) == len(values) else None


def agreement(study: Study, results: PanelResults) -> Table:
    """How far the judges agree."""
    rows = [
        (
            *(NAMES[one.subject], str(one.judges), str(one.rated)),
            span(Interval(one.icc.value, one.icc.low, one.icc.high) if one.icc else None),
            *(_number(one.alpha), _number(one.kappa)),
        )
        for one in results.agreement
    ]
    return Table(
        title=f"{_title(study, results)}: agreement of judges",
        columns=(
            Column("task", number=False),
            *map(Column, ("judges", "responses", "ICC(2,k)", "alpha", "kappa")),
        ),
        rows=tuple(rows),
        notes=(AGREEMENT,),
    )


def contrasts(study: Study, results: PanelResults) -> Table:
    """Every two methods on the same scenarios, by the same judges."""
    rows = [
        (
            f"{one.method} − {one.than}",
            "Final" if one.subject == "final" else NAMES[one.subject],
            str(one.scenarios),
            span(one.points, signed=True),
        )
        for one in results.contrasts
    ]
    return Table(
        title=f"{_title(study, results)}: methods compared",
        columns=(
            *(Column("methods", number=False), Column("task", number=False)),
            *(Column("scenarios"), Column("points more")),
        ),
        rows=tuple(rows),
        notes=(CONTRASTS,),
    )


def tau(correlations: Sequence[TauCorrelation]) -> Table:
    """Observer report and personality test together."""
    return Table(
        title="Observer report and personality test",
        columns=(
            *(Column("judged by", number=False), Column("answers", number=False)),
            *(Column("n"), Column("Spearman's rho")),
        ),
        rows=tuple(
            (one.panel, one.way, str(len(one.pairs)), _number(one.rho)) for one in correlations
        ),
        notes=(TAU,),
    )


def provenance(study: Study) -> Table:
    """How the study was made."""
    versions = ", ".join(f"{name} {version}" for name, version in study.versions.items())
    return Table(
        title="Study",
        columns=(
            *(Column(head, number=False) for head in ("study", "made", "character", "model")),
            *(Column("inner agents", number=False), Column("preset", number=False)),
            *(Column("seed"), Column("versions", number=False)),
        ),
        rows=(
            (
                *(study.id, f"{study.created:%Y-%m-%d}", study.character, study.model),
                *(study.agent_model or study.model, study.preset, str(study.seed), versions),
            ),
        ),
    )


def _title(study: Study, results: PanelResults) -> str:
    return f"Observer report of {study.name}, judged by {results.panel}"


def _head(judge: Judge) -> str:
    """The judge's number and, where it is not the paper's, the seat."""
    return f"Judge {judge.number}" + ("" if judge.number == judge.seat else f" (as {judge.seat})")


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.2f}".replace("-", "−")
