"""Studies exported and reported, at the terminal and into files."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Literal

from simulacra.cli import show
from simulacra.cli.reporting import WIDE, show_table, write_text
from simulacra.cli.studying import stored
from simulacra.errors import StudyError
from simulacra.evaluation.gathering import read_runs
from simulacra.evaluation.observer import Study
from simulacra.evaluation.observer_export import results_json
from simulacra.evaluation.observer_figures import draw_scenarios
from simulacra.evaluation.observer_results import (
    PanelResults,
    TauCorrelation,
    study_results,
    tau_correlations,
)
from simulacra.evaluation.observer_text import Found, studies_tables, studies_text
from simulacra.evaluation.reference import PaperObserverTable, paper_observer_table
from simulacra.settings import Settings
from simulacra.storage.studies_export import ENDINGS, write_export

Form = Literal["terminal", "markdown", "latex", "csv", "json"]


def export(id_: str, to: Path) -> None:
    """Write every judgement into a file, as its ending says."""
    if to.suffix not in ENDINGS:
        raise StudyError(
            f"An export can't be a {to.suffix or 'file without an ending'}.",
            "Name a file that ends in .csv, .parquet or .json.",
        )
    studies = stored(Settings.read())
    study = studies.get(id_)
    count = write_export(studies, study, to)
    print(f"Written: {to} ({count} judgements)")


def report(
    ids: Sequence[str],
    folders: Sequence[Path],
    *,
    form: Form,
    output: Path | None,
    figure: Path | None,
    paper: bool,
    seed: int,
) -> None:
    """Report studies, each by itself, and how they go with personality tests."""
    studies = stored(Settings.read())
    found: list[tuple[Study, list[PanelResults]]] = []
    for id_ in ids:
        study = studies.get(id_)
        results = study_results(study, studies.standing(study), studies.history(study), seed=seed)
        if not results:
            raise StudyError(
                f"Nobody judges study {study.id} yet.", f"simulacra study invite {study.id}"
            )
        found.append((study, results))
    correlations = tau_correlations(found, read_runs(folders)) if folders else []
    reference = paper_observer_table() if paper else None
    if figure:
        draw_scenarios(*found[0], figure)
    if output:
        write_text(output, _text(form, found, reference, correlations))
    elif form == "json":
        show.emit(results_json(found, reference, correlations))
    elif form == "terminal":
        console = show.console()
        for table in studies_tables(found, reference, correlations):
            show_table(console, table, wide=console.width >= WIDE)
    else:
        print(_text(form, found, reference, correlations), end="")
    for file in filter(None, (figure, output)):
        show.console(stderr=True).print(f"Written: {file}", markup=False)


def _text(
    form: Form,
    found: Found,
    paper: PaperObserverTable | None,
    correlations: Sequence[TauCorrelation],
) -> str:
    if form != "terminal":
        return studies_text(form, found, paper, correlations)
    from rich.console import Console

    file = StringIO()
    for table in studies_tables(found, paper, correlations):
        show_table(Console(file=file, width=160, highlight=False), table, wide=True)
    return file.getvalue()
