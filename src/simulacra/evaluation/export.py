"""Results for other programs: flat rows for CSV and Parquet, and everything as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, cast

from simulacra.errors import SimulacraError, StorageError
from simulacra.evaluation.gathering import Who
from simulacra.evaluation.records import Run
from simulacra.evaluation.reference import PaperTable
from simulacra.evaluation.results import Effort, Results
from simulacra.evaluation.statistics import Difference, Interval

Rows = list[dict[str, Any]]
Subject = Literal["scores", "contrasts", "personality", "answers"]


def flat(
    subject: Subject, results: Iterable[Results], runs: Iterable[Run], paper: PaperTable | None
) -> Rows:
    """One row a score, comparison, personality result or answer; the same keys in all of them.

    Scores have the paper's rows after ours, told apart by ``source``.
    """
    if subject == "answers":
        return even(
            _answer(record.model_dump(mode="json")) for run in runs for record in run.records
        )
    rows: Rows = []
    for result in results:
        every = {
            "scores": result.scores,
            "contrasts": result.contrasts,
            "personality": result.personality,
        }[subject]
        rows += [{"source": "run", "way": result.way} | _flattened(one) for one in every]
    if subject == "scores" and paper:
        rows += _reported(paper)
    return even(rows)


def even(rows: Iterable[dict[str, Any]]) -> Rows:
    """Rows that all have the same keys, in the order of their first appearance."""
    kept = list(rows)
    blank = dict.fromkeys(key for row in kept for key in row)
    return [blank | row for row in kept]


def _flattened(value: object) -> dict[str, Any]:
    row: dict[str, Any] = {}
    fields: dict[str, object] = vars(value)
    for name, field in fields.items():
        match field:
            case Who():
                row |= {"model": field.model, "agent_model": field.agents or None}
                row |= {"preset": field.preset or "default"}
            case Interval():
                row |= {name: field.mean, f"{name}_low": field.low, f"{name}_high": field.high}
            case Effort() | Difference():
                row |= _flattened(field)
            case _:
                row[name] = _joined(field)
    return row


def _reported(paper: PaperTable) -> Rows:
    """The paper's rows: an answer's way is free there, and a test has 50 points."""
    return [
        {"source": "paper", "way": "free", "model": model, "method": method, "possible": 50.0}
        | four._asdict()
        for model, by_method in paper.models.items()
        for method, four in by_method.items()
        if four
    ]


def _answer(record: dict[str, Any]) -> dict[str, Any]:
    """An answer with its lists joined and what is in it laid flat; without single judgements."""
    row: dict[str, Any] = {}
    for name, value in record.items():
        if name in ("reading", "usage", "statement"):
            inner: dict[str, Any] = value or {}
            row |= {f"{name}_{key}": _joined(part) for key, part in inner.items()}
        elif name != "judged":
            row[name] = _joined(value)
    return row


def _joined(value: object) -> object:
    if isinstance(value, list | tuple | dict):  # of a mapping its keys
        return " | ".join(map(str, cast("Iterable[object]", value)))
    return value


def as_csv(rows: Rows) -> str:
    """Rows as CSV with a line of heads; empty where there is no value."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_parquet(rows: Rows, path: Path) -> None:
    """Write rows as a Parquet file.

    Raises:
        SimulacraError: PyArrow, of the extra ``eval``, is not installed.
        StorageError: the file can't be written.
    """
    try:
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as error:
        raise SimulacraError(
            "Parquet needs PyArrow, which is not installed.", "Run: pip install 'simulacra[eval]'"
        ) from error
    try:
        parquet.write_table(arrow.Table.from_pylist(rows), str(path))
    except OSError as error:
        raise StorageError(f"{path} can't be written: {error}.") from error


def as_json(
    results: Sequence[Results], runs: Sequence[Run], paper: PaperTable | None
) -> dict[str, Any]:
    """Everything: how the runs asked, all results, the paper's rows."""
    return {
        "runs": [
            {"folder": str(run.folder)} | run.sheet.model_dump(mode="json", exclude={"items"})
            for run in runs
        ],
        "results": [asdict(result) for result in results],
        "paper": paper.model_dump(mode="json") if paper else None,
    }
