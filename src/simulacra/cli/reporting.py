"""Runs reported at the terminal and into files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from simulacra.cli import show
from simulacra.errors import StorageError
from simulacra.evaluation.export import Subject, as_json, flat, write_parquet
from simulacra.evaluation.figures import draw
from simulacra.evaluation.gathering import read_runs
from simulacra.evaluation.layout import provenance, tables
from simulacra.evaluation.records import Run
from simulacra.evaluation.reference import PaperTable, paper_table
from simulacra.evaluation.report_text import report_text
from simulacra.evaluation.results import Results, results_of
from simulacra.evaluation.table import Table

if TYPE_CHECKING:
    from rich.console import Console

Form = Literal["terminal", "markdown", "latex", "csv", "parquet", "json"]
WIDE = 126
"""Columns of a terminal that shows four methods side by side."""


def report(
    folders: Sequence[Path],
    *,
    form: Form,
    subject: Subject,
    output: Path | None,
    figure: Path | None,
    paper: bool,
    seed: int,
) -> None:
    """Read runs, and write their results in a form.

    Raises:
        StorageError: a folder holds no run, runs do not go together, or a file can't be written.
    """
    runs = read_runs(folders)
    found = results_of(runs, seed=seed)
    if not found:
        raise StorageError(
            f"No answer is in {', '.join(map(str, folders))} yet.",
            "Run: simulacra evaluate grid … -o FOLDER",
        )
    reference = paper_table() if paper else None
    if figure:
        draw(found, figure)
    if form == "parquet" and output:
        write_parquet(flat(subject, found, runs, reference), output)
    elif output:
        write_text(output, _text(form, subject, found, runs, reference))
    elif form == "json":
        show.emit(as_json(found, runs, reference))
    elif form == "terminal":
        _print(show.console(), found, runs, reference)
    else:
        print(_text(form, subject, found, runs, reference), end="")
    for file in filter(None, (figure, output)):
        show.console(stderr=True).print(f"Written: {file}", markup=False)


def _text(
    form: Form,
    subject: Subject,
    found: Sequence[Results],
    runs: Sequence[Run],
    paper: PaperTable | None,
) -> str:
    if form == "terminal":
        from io import StringIO

        from rich.console import Console

        file = StringIO()
        _print(Console(file=file, width=160, highlight=False), found, runs, paper)
        return file.getvalue()
    return report_text("markdown" if form == "parquet" else form, subject, found, runs, paper)


def write_text(path: Path, text: str) -> None:
    """Write a file; ``StorageError`` where that can't be done."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror}.", "Choose another file."
        ) from error


def _print(
    console: Console, found: Sequence[Results], runs: Sequence[Run], paper: PaperTable | None
) -> None:
    wide = console.width >= WIDE
    for result in found:
        for table in tables(result, paper, wide=wide):
            show_table(console, table, wide=wide)
    show_table(console, provenance(runs), wide=wide)


def show_table(console: Console, table: Table, *, wide: bool) -> None:
    """A table with its groups of columns above the heads; intervals in two lines where narrow."""
    from rich.table import Table as Shown

    console.print(table.title, style="bold", markup=False)
    shown = Shown(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    grouped, group = any(column.group for column in table.columns), ""
    for column in table.columns:
        above = column.group if column.group != group else ""
        group = column.group
        head = f"{above}\n{column.name}" if grouped else column.name
        shown.add_column(
            head, justify="right" if column.number else "left", overflow="fold", vertical="top"
        )
    for row in table.rows:
        shown.add_row(*(cell if wide else cell.replace(" [", "\n[") for cell in row))
    console.print(shown)
    for note in table.notes:
        console.print(note, style="dim", markup=False)
    console.print()
