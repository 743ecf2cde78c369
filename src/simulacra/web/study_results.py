"""Results of studies for pages: worked out when a judgement has changed them, and then kept."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TypeVar

from simulacra.evaluation import study_results
from simulacra.evaluation.observer import Study
from simulacra.evaluation.observer_desk import Standing
from simulacra.evaluation.observer_figures import draw_scenarios
from simulacra.evaluation.observer_results import PanelResults
from simulacra.storage import Studies

KEPT = 32
_T = TypeVar("_T")
_Key = tuple[Path, str, int, Standing]
_results: dict[_Key, list[PanelResults]] = {}
_figures: dict[_Key, bytes] = {}
_at_work = Lock()
"""One at a time: whoever asks second waits for the first's result."""


def results_of(studies: Studies, study: Study) -> list[PanelResults]:
    """The results of every panel of a study.

    Raises:
        SimulacraError: SciPy, of the extra ``eval``, is not installed.
    """
    return _results_of(studies, study)[1]


def figure_of(studies: Studies, study: Study) -> bytes:
    """The scores of every scenario as SVG.

    Raises:
        SimulacraError: there is no score yet, or Matplotlib is not installed.
    """
    key, results = _results_of(studies, study)
    with _at_work:
        if key not in _figures:
            with TemporaryDirectory() as folder:
                file = Path(folder) / "scenarios.svg"
                draw_scenarios(study, results, file)
                _put(_figures, key, file.read_bytes())
        return _figures[key]


def _results_of(studies: Studies, study: Study) -> tuple[_Key, list[PanelResults]]:
    standing, history = studies.standing(study), studies.history(study)
    key = (studies.path, study.id, len(history), standing)
    with _at_work:
        if key not in _results:
            _put(_results, key, study_results(study, standing, history))
        return key, _results[key]


def _put(kept: dict[_Key, _T], key: _Key, value: _T) -> None:
    kept[key] = value
    while len(kept) > KEPT:
        del kept[next(iter(kept))]
