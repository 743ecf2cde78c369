"""Figures of results: bars of points by model and method, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from textwrap import wrap
from threading import Lock
from typing import Any

from simulacra.cognition import METHODS, Method
from simulacra.errors import SimulacraError, StorageError
from simulacra.evaluation.results import Results, Score

SUFFIXES = (".png", ".svg", ".pdf")
COLOURS: dict[Method, str] = {
    "none": "#999999",
    "prompt": "#56B4E9",
    "rag": "#E69F00",
    "macm": "#009E73",
}
"""Of Okabe and Ito's palette, which the colour-blind can tell apart."""
_INK = "#333333"
STYLE = {
    "font.size": 12,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "simulacra",
}
"""How all figures look."""
DRAWING = Lock()
"""One figure at a time: Matplotlib's settings are of the whole process."""


def draw(results: Sequence[Results], path: Path) -> None:
    """Draw the points of each way of answering, a panel each, into a PNG, SVG or PDF file.

    Raises:
        SimulacraError: there is nothing to draw, the file's ending is another, or Matplotlib, of
            the extra ``eval``, is not installed.
        StorageError: the file can't be written.
    """
    panels = [result for result in results if result.scores]
    if not panels:
        raise SimulacraError(
            "There is no self report to draw.", "Run: simulacra evaluate grid … -o FOLDER"
        )
    if path.suffix not in SUFFIXES:
        raise SimulacraError(
            f"A figure can't be a {path.suffix or 'file without an ending'}.",
            f"Name a file that ends in one of {', '.join(SUFFIXES)}.",
        )
    try:
        matplotlib: Any = import_module("matplotlib")
        figures: Any = import_module("matplotlib.figure")  # no pyplot: no window, no global state
    except ImportError as error:
        raise SimulacraError(
            "Figures need Matplotlib, which is not installed.",
            "Run: pip install 'simulacra[eval]'",
        ) from error
    groups = max(len(_by_model(result)) for result in panels)
    with DRAWING, matplotlib.rc_context(STYLE):
        size = (max(6.0, 2.0 + 2.4 * groups), 4.6 * len(panels))
        figure: Any = figures.Figure(figsize=size, layout="constrained")
        rows: Any = figure.subplots(len(panels), 1, squeeze=False)
        for axes, result in zip(rows[:, 0], panels, strict=True):
            _panel(axes, result, groups)
        try:
            figure.savefig(str(path), dpi=160, metadata=metadata(path))
        except OSError as error:
            raise StorageError(f"{path} can't be written: {error}.") from error


def _by_model(result: Results) -> dict[str, list[Score]]:
    groups: dict[str, list[Score]] = {}
    for score in result.scores:
        groups.setdefault(str(score.who), []).append(score)
    return groups


def _panel(axes: Any, result: Results, room: int) -> None:
    """Bars side by side for each model, in the order of methods, each with its mean above.

    ``room`` is for how many models there is room, so that all panels have bars of one width.
    """
    groups = _by_model(result)
    methods: list[Method] = [
        m for m in METHODS if any(score.method == m for score in result.scores)
    ]
    width = 0.8 / len(METHODS)
    for number, method in enumerate(methods):
        scores = {
            place: score
            for place, group in enumerate(groups.values())
            for score in group
            if score.method == method
        }
        places = [place + (number - (len(methods) - 1) / 2) * width for place in scores]
        means = [score.total.mean for score in scores.values()]
        axes.bar(places, means, 0.92 * width, color=COLOURS[method], label=method)
        for x, score in zip(places, scores.values(), strict=True):
            _whisker(axes, x, score)
    highest = max(score.possible for score in result.scores)
    axes.set_xticks(range(len(groups)), ["\n".join(wrap(name, 22)) for name in groups])
    axes.set_xlim(-0.6, room - 0.4)
    axes.set_ylim(0, 1.06 * highest)
    axes.set_ylabel(f"points of {highest:g}, 95 % interval")
    axes.set_title(f"Self report, {result.way} answers", loc="left", pad=30)
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(ncols=len(methods), frameon=False, loc="lower left", bbox_to_anchor=(-0.02, 1.0))


def _whisker(axes: Any, x: float, score: Score) -> None:
    """The interval of a bar, and its mean in figures above both."""
    total, top = score.total, score.total.mean
    if total.low is not None and total.high is not None:
        top = max(top, total.high)
        below, above = max(total.mean - total.low, 0), max(total.high - total.mean, 0)
        axes.errorbar([x], [total.mean], [[below], [above]], color=_INK, capsize=3, linewidth=1.2)
    axes.annotate(
        f"{total.mean:.1f}",
        (x, top),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=10,
    )


def metadata(path: Path) -> dict[str, None]:
    """No date in the file: the same results make the same file."""
    return {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix, {})
