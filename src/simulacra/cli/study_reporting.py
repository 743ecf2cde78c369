"""Studies exported and reported, at the terminal and into files."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from json import dumps
from pathlib import Path
from typing import Literal

from simulacra.cli import show
from simulacra.cli.reporting import WIDE, show_table, write_text
from simulacra.cli.studying import stored
from simulacra.errors import StudyError
from simulacra.evaluation.export import as_csv, even, write_parquet
from simulacra.evaluation.gathering import read_runs
from simulacra.evaluation.observer import Study
from simulacra.evaluation.observer_export import (
    as_export,
    judgement_rows,
    results_json,
    score_rows,
)
from simulacra.evaluation.observer_figures import draw_scenarios
from simulacra.evaluation.observer_layout import observer_tables
from simulacra.evaluation.observer_results import (
    PanelResults,
    TauCorrelation,
    study_results,
    tau_correlations,
)
from simulacra.evaluation.reference import PaperObserverTable, paper_observer_table
from simulacra.evaluation.table import Table, latex, markdown
from simulacra.settings import Settings

Form = Literal["terminal", "markdown", "latex", "csv", "json"]


def export(id_: str, to: Path) -> None:
    """Write every judgement into a file, as its ending says."""
    if to.suffix not in (".csv", ".parquet", ".json"):
        raise StudyError(
            f"An export can't be a {to.suffix or 'file without an ending'}.",
            "Name a file that ends in .csv, .parquet or .json.",
        )
    studies = stored(Settings.read())
    study = studies.get(id_)
    standing, history = studies.standing(study), studies.history(study)
    rows = judgement_rows(study, standing, history, studies.reading_seconds(study))
    if not rows and to.suffix != ".json":
        raise StudyError(
            f"Nothing was judged in study {study.id} yet.",
            f"See: simulacra study status {study.id}",
        )
    match to.suffix:
        case ".csv":
            write_text(to, as_csv(rows))
        case ".parquet":
            write_parquet(rows, to)
        case _:
            times = {key: at.isoformat() for key, at in studies.marked(study).items()}
            text = dumps(as_export(study, standing, rows, times), ensure_ascii=False, indent=2)
            write_text(to, text + "\n")
    print(f"Written: {to} ({len(rows)} judgements)")


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
        for table in _tables(found, reference, correlations):
            show_table(console, table, wide=console.width >= WIDE)
    else:
        print(_text(form, found, reference, correlations), end="")
    for file in filter(None, (figure, output)):
        show.console(stderr=True).print(f"Written: {file}", markup=False)


def _tables(
    found: Sequence[tuple[Study, Sequence[PanelResults]]],
    paper: PaperObserverTable | None,
    correlations: Sequence[TauCorrelation],
) -> list[Table]:
    last = len(found) - 1
    return [
        table
        for number, (study, results) in enumerate(found)
        for table in observer_tables(study, results, paper, correlations if number == last else ())
    ]


def _text(
    form: Form,
    found: Sequence[tuple[Study, Sequence[PanelResults]]],
    paper: PaperObserverTable | None,
    correlations: Sequence[TauCorrelation],
) -> str:
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
    tables = _tables(found, paper, correlations)
    if form == "terminal":
        from rich.console import Console

        file = StringIO()
        for table in tables:
            show_table(Console(file=file, width=160, highlight=False), table, wide=True)
        return file.getvalue()
    return latex(tables) if form == "latex" else markdown(tables)
