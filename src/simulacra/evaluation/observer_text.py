"""Reports of studies as text: the same in a file, at the terminal and on a page."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Literal, TypeAlias

from simulacra.evaluation.export import as_csv, even
from simulacra.evaluation.observer import Study
from simulacra.evaluation.observer_export import results_json, score_rows
from simulacra.evaluation.observer_layout import observer_tables
from simulacra.evaluation.observer_results import PanelResults, TauCorrelation
from simulacra.evaluation.reference import PaperObserverTable
from simulacra.evaluation.table import Table, latex, markdown

TextForm = Literal["markdown", "latex", "csv", "json"]
Found: TypeAlias = Sequence[tuple[Study, Sequence[PanelResults]]]


def studies_tables(
    found: Found,
    paper: PaperObserverTable | None,
    correlations: Sequence[TauCorrelation] = (),
) -> list[Table]:
    """The tables of every study; correlations, which are of all, stand with the last."""
    last = len(found) - 1
    return [
        table
        for number, (study, results) in enumerate(found)
        for table in observer_tables(study, results, paper, correlations if number == last else ())
    ]


def studies_text(
    form: TextForm,
    found: Found,
    paper: PaperObserverTable | None,
    correlations: Sequence[TauCorrelation] = (),
) -> str:
    """Results in a form that other programs read."""
    if form == "csv":
        last = len(found) - 1
        rows = (
            row
            for number, (study, results) in enumerate(found)
            for row in score_rows(study, results, paper if number == last else None)
        )
        return as_csv(even(rows))
    if form == "json":
        every = results_json(found, paper, correlations)
        return dumps(every, ensure_ascii=False, indent=2, default=str) + "\n"
    tables = studies_tables(found, paper, correlations)
    return latex(tables) if form == "latex" else markdown(tables)
