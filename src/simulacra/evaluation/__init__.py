"""How human and how true to themselves they are: questions asked, answers read and scored.

``interview.py`` is how one is questioned, ``running.py`` how a run on the disk goes on,
``tasks.py`` the same under Inspect.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulacra.evaluation.asking import person
    from simulacra.evaluation.deliberation import choose
    from simulacra.evaluation.drafting import Draft, draft
    from simulacra.evaluation.gathering import read_runs
    from simulacra.evaluation.grid import Grid, ask_grid
    from simulacra.evaluation.interview import Interview
    from simulacra.evaluation.item_opinions import opinions
    from simulacra.evaluation.item_rules import check_file
    from simulacra.evaluation.layout import tables
    from simulacra.evaluation.observer import Judge, Parts, Response, Study
    from simulacra.evaluation.observer_answers import answer_all, choose_scenarios
    from simulacra.evaluation.observer_desk import Given, LifeStory, Standing, View, view
    from simulacra.evaluation.observer_guidance import guidance
    from simulacra.evaluation.observer_results import study_results
    from simulacra.evaluation.observer_scoring import Judgement
    from simulacra.evaluation.options import Shuffled, shuffle
    from simulacra.evaluation.personality import (
        Agreement,
        PersonalityTest,
        Statement,
        draw_statements,
        measure,
        tau_b,
    )
    from simulacra.evaluation.readings import (
        Reading,
        Reason,
        read_choice,
        read_cloze,
        read_yes_no,
    )
    from simulacra.evaluation.records import AnswerRecord, Run, RunSheet
    from simulacra.evaluation.reference import paper_table
    from simulacra.evaluation.results import Results, results_of
    from simulacra.evaluation.running import ask, questions_for, sheet
    from simulacra.evaluation.scenarios import Scenario, read_scenarios, shipped_scenarios
    from simulacra.evaluation.scoring import (
        Points,
        SelfReport,
        mean,
        possible_points,
        read_item,
        score_item,
        total,
    )
    from simulacra.evaluation.table import Table, latex, markdown

__all__ = [
    "Agreement",
    "AnswerRecord",
    "Draft",
    "Given",
    "Grid",
    "Interview",
    "Judge",
    "Judgement",
    "LifeStory",
    "Parts",
    "PersonalityTest",
    "Points",
    "Reading",
    "Reason",
    "Response",
    "Results",
    "Run",
    "RunSheet",
    "Scenario",
    "SelfReport",
    "Shuffled",
    "Standing",
    "Statement",
    "Study",
    "Table",
    "View",
    "answer_all",
    "ask",
    "ask_grid",
    "check_file",
    "choose",
    "choose_scenarios",
    "draft",
    "draw_statements",
    "guidance",
    "latex",
    "markdown",
    "mean",
    "measure",
    "opinions",
    "paper_table",
    "person",
    "possible_points",
    "questions_for",
    "read_choice",
    "read_cloze",
    "read_item",
    "read_runs",
    "read_scenarios",
    "read_yes_no",
    "results_of",
    "score_item",
    "sheet",
    "shipped_scenarios",
    "shuffle",
    "study_results",
    "tables",
    "tau_b",
    "total",
    "view",
]

_HOMES = {
    "asking": ("person",),
    "deliberation": ("choose",),
    "drafting": ("Draft", "draft"),
    "gathering": ("read_runs",),
    "grid": ("Grid", "ask_grid"),
    "interview": ("Interview",),
    "item_opinions": ("opinions",),
    "item_rules": ("check_file",),
    "layout": ("tables",),
    "observer": ("Judge", "Parts", "Response", "Study"),
    "observer_answers": ("answer_all", "choose_scenarios"),
    "observer_desk": ("Given", "LifeStory", "Standing", "View", "view"),
    "observer_guidance": ("guidance",),
    "observer_results": ("study_results",),
    "observer_scoring": ("Judgement",),
    "options": ("Shuffled", "shuffle"),
    "personality": (
        *("Agreement", "PersonalityTest", "Statement"),
        *("draw_statements", "measure", "tau_b"),
    ),
    "readings": ("Reading", "Reason", "read_choice", "read_cloze", "read_yes_no"),
    "records": ("AnswerRecord", "Run", "RunSheet"),
    "reference": ("paper_table",),
    "results": ("Results", "results_of"),
    "running": ("ask", "questions_for", "sheet"),
    "scenarios": ("Scenario", "read_scenarios", "shipped_scenarios"),
    "scoring": (
        *("Points", "SelfReport", "mean", "possible_points"),
        *("read_item", "score_item", "total"),
    ),
    "table": ("Table", "latex", "markdown"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import a public name's module when it is first asked for: nothing heavy before."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
