"""A figure of an observer report: scenario by scenario, method by method, each task and panel."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from simulacra.errors import SimulacraError, StorageError
from simulacra.evaluation.figures import COLOURS, DRAWING, STYLE, SUFFIXES, metadata
from simulacra.evaluation.observer import HIGHEST, Study
from simulacra.evaluation.observer_layout import NAMES, scenario_mean
from simulacra.evaluation.observer_results import SUBJECTS, PanelResults
from simulacra.evaluation.observer_scoring import Subject

MARKERS = {"none": "x", "prompt": "o", "rag": "s", "macm": "D"}
"""A shape for each method: nobody has to tell colours apart."""


def draw_scenarios(study: Study, results: Sequence[PanelResults], path: Path) -> None:
    """Draw the scores of every scenario into a PNG, SVG or PDF file.

    A mark is the mean over judges, a small dot one judge's score.

    Raises:
        SimulacraError: there is no score yet, the file's ending is another, or Matplotlib, of the
            extra ``eval``, is not installed.
        StorageError: the file can't be written.
    """
    panels = [one for one in results if one.given]
    if not panels:
        raise SimulacraError(
            "There is no score to draw yet.", f"See: simulacra study status {study.id}"
        )
    if path.suffix not in SUFFIXES:
        raise SimulacraError(
            f"A figure can't be a {path.suffix or 'file without an ending'}.",
            f"Name a file that ends in one of {', '.join(SUFFIXES)}.",
        )
    try:
        matplotlib: Any = import_module("matplotlib")
        figures: Any = import_module("matplotlib.figure")
    except ImportError as error:
        raise SimulacraError(
            "Figures need Matplotlib, which is not installed.",
            "Run: pip install 'simulacra[eval]'",
        ) from error
    with DRAWING, matplotlib.rc_context(STYLE):
        size = (max(9.0, 1.6 * len(study.scenarios) + 3), 4.4 * len(panels))
        figure: Any = figures.Figure(figsize=size, layout="constrained")
        grid: Any = figure.subplots(len(panels), 2, squeeze=False, sharey=True)
        for row, panel in zip(grid, panels, strict=True):
            for axes, subject in zip(row, SUBJECTS, strict=True):
                _panel(axes, study, panel, subject)
            row[0].set_ylabel("0 to 5, mean over judges")
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, ncols=len(labels), loc="outside upper right", frameon=False)
        try:
            figure.savefig(str(path), dpi=160, metadata=metadata(path))
        except OSError as error:
            raise StorageError(f"{path} can't be written: {error}.") from error


def _panel(axes: Any, study: Study, results: PanelResults, subject: Subject) -> None:
    count = len(results.points)
    for number, one in enumerate(results.points):
        aside = (number - (count - 1) / 2) * 0.2
        colour, points = COLOURS[one.method], one.of(subject)
        for judge in points.judges:
            given = [
                (place + aside, value)
                for place, scenario in enumerate(study.scenarios)
                if (value := judge.scenarios[scenario.id]) is not None
            ]
            if given:
                axes.scatter(*zip(*given, strict=True), s=9, color=colour, alpha=0.6, linewidths=0)
        means = [
            (place + aside, mean)
            for place, scenario in enumerate(study.scenarios)
            if (mean := scenario_mean(points, scenario.id)) is not None
        ]
        xs, ys = zip(*means, strict=True) if means else ((), ())
        axes.scatter(xs, ys, s=46, color=colour, marker=MARKERS[one.method], label=one.method)
    names = [scenario.id for scenario in study.scenarios]
    axes.set_xticks(range(len(names)), names, rotation=35, ha="right", fontsize=10)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_ylim(-0.2, HIGHEST + 0.2)
    axes.set_title(f"{NAMES[subject]}\njudged by {results.panel}", loc="left", fontsize=11)
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
