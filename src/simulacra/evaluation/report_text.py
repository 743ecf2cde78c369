"""The report of runs as text for other places: Markdown, LaTeX, CSV, JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from simulacra.evaluation.export import Subject, as_csv, as_json, flat
from simulacra.evaluation.layout import provenance, tables
from simulacra.evaluation.records import Run
from simulacra.evaluation.reference import PaperTable
from simulacra.evaluation.results import Results
from simulacra.evaluation.table import latex, markdown

TextForm = Literal["markdown", "latex", "csv", "json"]


def report_text(
    form: TextForm,
    subject: Subject,
    found: Sequence[Results],
    runs: Sequence[Run],
    paper: PaperTable | None,
) -> str:
    """The results of runs in a form; ``subject`` is what CSV has rows of."""
    if form == "csv":
        return as_csv(flat(subject, found, runs, paper))
    if form == "json":
        every = as_json(found, runs, paper)
        return json.dumps(every, ensure_ascii=False, indent=2, default=str) + "\n"
    shown = [table for one in found for table in tables(one, paper)] + [provenance(runs)]
    return latex(shown) if form == "latex" else markdown(shown)
