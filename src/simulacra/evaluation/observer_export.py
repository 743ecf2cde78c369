"""A study for other programs: every judgement as a row, results as rows and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from simulacra.evaluation.export import Rows, even
from simulacra.evaluation.observer import Mark, Study
from simulacra.evaluation.observer_desk import Standing
from simulacra.evaluation.observer_results import SUBJECTS, PanelResults, TauCorrelation
from simulacra.evaluation.observer_scoring import Judgement, possible
from simulacra.evaluation.reference import PaperObserverTable


def judgement_rows(
    study: Study,
    standing: Standing,
    judgements: Iterable[Judgement],
    reading_seconds: Mapping[int, float],
) -> Rows:
    """One row for every judgement that was ever accepted, in the order of time.

    ``judged_by`` is ``person`` or ``model``. ``place`` is where the task stood in the judge's own
    order, of scenarios and of methods within one, all from 1; ``latest`` tells the judgement that
    counts from those that were changed. ``about_judge`` wrote the description that is scored.
    """
    judges = {judge.number: judge for judge in standing.judges}
    rows: Rows = []
    for one in judgements:
        judge = judges[one.judge]
        rows.append(
            {
                "study": study.id,
                "character": study.character,
                "response_model": study.model,
                "judge": one.judge,
                "seat": judge.seat,
                "role": judge.role,
                "judged_by": "model" if judge.model else "person",
                "judge_model": judge.model,
                "revoked": judge.revoked,
                "stage": one.stage,
                "task": one.kind,
                "scenario": one.scenario,
                "method": one.method,
                "about_judge": one.about,
                "score": one.value if isinstance(one.value, float) else None,
                "text": one.value if isinstance(one.value, str) else None,
                "version": one.version,
                "latest": one.latest,
                "at": one.at.isoformat(),
                "place": one.place,
                "scenario_place": one.scenario_place,
                "method_place": one.method_place,
                "story_read_seconds": reading_seconds.get(one.judge),
            }
        )
    return rows


def as_export(
    study: Study, standing: Standing, rows: Rows, times: Mapping[tuple[int, Mark], str]
) -> dict[str, Any]:
    """A whole study: what was judged, by whom, when they consented and finished, and what of it."""
    return {
        "study": study.model_dump(mode="json", exclude={"salt"}),
        "closed": standing.closed,
        "judges": [
            {
                "judge": judge.number,
                "seat": judge.seat,
                "role": judge.role,
                "judged_by": "model" if judge.model else "person",
                "judge_model": judge.model,
                "revoked": judge.revoked,
                "marks": {
                    mark: at for (number, mark), at in times.items() if number == judge.number
                },
            }
            for judge in standing.judges
        ],
        "judgements": rows,
    }


def score_rows(
    study: Study, results: Iterable[PanelResults], paper: PaperObserverTable | None
) -> Rows:
    """One row for each method and panel, the paper's after ours, told apart by ``source``."""
    rows: Rows = []
    for one in results:
        for points in one.points:
            row: dict[str, Any] = {
                "source": "study",
                "study": study.id,
                "character": study.character,
                "model": study.model,
                "judged_by": "model" if one.by_model else "person",
                "judge_model": one.panel if one.by_model else None,
                "method": points.method,
                "possible": 2 * possible(study),
                "unusable": points.unusable,
                "matching": points.matching.average,
                "similarity": points.similarity.average,
                "final": points.final,
            }
            for subject in SUBJECTS:
                for judge in points.of(subject).judges:
                    row[f"judge_{judge.judge.number}"] = judge.points
                    row[f"judge_{judge.judge.number}_missing"] = judge.asked - judge.given
            rows.append(row)
    for method, told in paper.methods.items() if paper else ():
        row = {"source": "paper", "model": paper.model if paper else None, "method": method}
        rows.append(row | {"judged_by": "person", "possible": 50.0} | told._asdict())
    return even(rows)


def results_json(
    studies: Sequence[tuple[Study, Sequence[PanelResults]]],
    paper: PaperObserverTable | None,
    correlations: Sequence[TauCorrelation],
) -> dict[str, Any]:
    """All results; judges are told apart by number, people from models by ``panel``."""
    return {
        "studies": [
            {
                "id": study.id,
                "character": study.character,
                "model": study.model,
                "possible": 2 * possible(study),
                "panels": [
                    _panel(one) | {"given": one.given, "asked": one.asked, "by_model": one.by_model}
                    for one in results
                ],
            }
            for study, results in studies
        ],
        "correlations": [asdict(one) for one in correlations],
        "paper": paper.model_dump(mode="json") if paper else None,
    }


def _panel(results: PanelResults) -> dict[str, Any]:
    return {
        "panel": results.panel,
        "methods": [
            {
                "method": one.method,
                "final": one.final,
                "unusable": one.unusable,
            }
            | {
                subject: {
                    "average": one.of(subject).average,
                    "judges": [
                        {
                            "judge": judge.judge.number,
                            "seat": judge.judge.seat,
                            "points": judge.points,
                            "scenarios": dict(judge.scenarios),
                            "given": judge.given,
                            "asked": judge.asked,
                        }
                        for judge in one.of(subject).judges
                    ],
                }
                for subject in SUBJECTS
            }
            for one in results.points
        ],
        "agreement": [asdict(one) for one in results.agreement],
        "contrasts": [asdict(one) for one in results.contrasts],
    }
