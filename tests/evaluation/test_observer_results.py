from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_runs import made, statements
from tests.evaluation.made_studies import judges, opened, scored, study

from simulacra.cognition import Method
from simulacra.errors import SimulacraError
from simulacra.evaluation.observer import Judge, Study, Task
from simulacra.evaluation.observer_export import results_json, score_rows
from simulacra.evaluation.observer_figures import draw_scenarios
from simulacra.evaluation.observer_layout import observer_tables
from simulacra.evaluation.observer_results import (
    PanelResults,
    crossed_interval,
    study_results,
    tau_correlations,
)
from simulacra.evaluation.reference import paper_observer_table
from simulacra.evaluation.table import markdown

FOUR = judges(1, 2, 3, 4)
BETTER: dict[str, float] = {"none": 0.0, "prompt": 1.0, "rag": 2.0, "macm": 4.0}


def by_method(judge: Judge, task: Task) -> float:
    """Scores that tell the methods apart, with some spread."""
    spread = random.Random(f"{judge.number}/{task.scenario}").choice([0.0, 0.5, 1.0])
    return min(5.0, BETTER[str(task.method)] + spread)


def results(
    of: Study, value: Callable[[Judge, Task], float | None] = by_method
) -> list[PanelResults]:
    return study_results(of, opened(FOUR), scored(of, FOUR, value))


def test_the_paper_reports_what_it_reports() -> None:
    told = paper_observer_table()
    for one in told.methods.values():
        assert (one.judge_3 + one.judge_4) / 2 == pytest.approx(one.matching, abs=0.0051)
        assert (one.judge_1 + one.judge_2) / 2 == pytest.approx(one.similarity, abs=0.0051)
        assert one.matching + one.similarity == pytest.approx(one.final, abs=0.011)


def test_every_two_methods_are_compared_at_each_task_and_in_sum() -> None:
    (people,) = results(study())
    found = {(one.method, one.than, one.subject): one for one in people.contrasts}
    assert len(found) == 9
    final = found["macm", "prompt", "final"]
    assert final.points.low is not None
    assert final.points.low > 0
    finals = {one.method: one.final for one in people.points}
    assert finals["macm"] is not None
    assert finals["prompt"] is not None
    assert final.points.mean == pytest.approx(finals["macm"] - finals["prompt"])


def test_a_comparison_leaves_out_scenarios_with_a_missing_score() -> None:
    of = study()
    gone = of.scenarios[0].id

    def value(judge: Judge, task: Task) -> float | None:
        lost = (judge.number, task.scenario, task.method) == (3, gone, "rag")
        return None if lost else by_method(judge, task)

    (people,) = results(of, value)
    counts = {(one.method, one.than, one.subject): one.scenarios for one in people.contrasts}
    assert counts["rag", "prompt", "matching"] == 4
    assert counts["rag", "prompt", "similarity"] == 5
    assert counts["rag", "prompt", "final"] == 4
    assert counts["macm", "prompt", "final"] == 5


halves = st.integers(0, 10).map(lambda n: n / 2)


@given(st.lists(st.tuples(halves, halves), min_size=2, max_size=8))
@settings(max_examples=20, deadline=None)
def test_an_interval_lies_within_what_can_be(table: Sequence[Sequence[float]]) -> None:
    found = crossed_interval([table])
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.high <= 5 * len(table)
    assert found.mean == pytest.approx(sum(sum(row) / 2 for row in table))


def test_a_single_value_has_no_interval() -> None:
    assert crossed_interval([[[2.0]]]).low is None
    with pytest.raises(ValueError, match="no value"):
        crossed_interval([[]])


def test_the_tables_show_points_agreement_and_what_is_missing() -> None:
    of = study(unusable=[(0, "rag")])
    text = markdown(observer_tables(of, results(of), paper_observer_table()))
    assert "| method | Description Matching: Judge 3 | Judge 4 | Average | Response" in text
    assert "| paper: prompt | 14.25 | 18.50 | 16.38 | 19.50 | 17.00 | 18.25 | 34.63 |" in text
    assert "rag: 1 of 5 responses could not be used" in text
    (rag,) = [line for line in text.splitlines() if line.startswith("| rag |")]
    assert rag == "| rag | – | – | – | – | – | – | – |"
    assert "ICC(2,k)" in text


def test_a_missing_score_is_named_with_judge_task_and_method() -> None:
    of = study()

    def value(judge: Judge, task: Task) -> float | None:
        return None if judge.number == 1 and task.method == "rag" else by_method(judge, task)

    text = markdown(observer_tables(of, results(of, value)))
    assert "| Judge 1 | Response Similarity | rag | 0 | 5 |" in text
    assert "85 of 90 scores are there" in text


def test_more_judges_than_the_papers_have_columns_of_their_own() -> None:
    of, six = study(), judges(1, 2, 3, 4, 1, 3)
    found = study_results(of, opened(six), scored(of, six, by_method))
    text = markdown(observer_tables(of, found, paper_observer_table()))
    assert "Judge 3 | Judge 6 (as 3) | Judge 4 | Average" in text
    assert "| paper: rag | 20.50 |  | 17.00 | 18.75 | 14.00 |  | 14.00 | 14.00 | 32.75 |" in text


def test_a_pilot_stands_apart_and_says_so() -> None:
    of = study()
    everybody = (*FOUR, *judges(1, 2, 3, 4, model="openai:gpt", first=5))
    found = study_results(of, opened(everybody), scored(of, everybody, by_method))
    assert [one.by_model for one in found] == [False, True]
    text = markdown(observer_tables(of, found))
    assert text.count("Judged by a language model, for a pilot") == 1
    rows = score_rows(of, found, None)
    assert [row["judged_by"] for row in rows] == ["person"] * 3 + ["model"] * 3
    assert {row["judge_model"] for row in rows} == {None, "openai:gpt"}


def test_json_has_every_number() -> None:
    of = study()
    found = results_json([(of, results(of))], paper_observer_table(), [])
    (panel,) = found["studies"][0]["panels"]
    assert [one["method"] for one in panel["methods"]] == list(of.methods)
    assert (panel["given"], panel["asked"]) == (90, 90)


def test_scores_go_with_the_personality_test_of_the_same_person_model_and_method(
    tmp_path: Path,
) -> None:
    of = study().model_copy(update={"agent_model": None})
    methods: tuple[Method, ...] = ("prompt", "rag")
    run = made(
        tmp_path / "run",
        [
            one
            for method in methods
            for one in statements(character="bo-lind", method=method, model=of.model)
        ],
        items=(),
    )
    (one,) = tau_correlations([(of, results(of))], [run])
    assert [(slug, method) for slug, method, _, _ in one.pairs] == [
        ("bo-lind", "prompt"),
        ("bo-lind", "rag"),
    ]
    assert all(tau == pytest.approx(1) for *_, tau in one.pairs)
    assert one.rho is None  # of two pairs there is no correlation
    other = study().model_copy(update={"model": "openai:another"})
    assert all(not found.pairs for found in tau_correlations([(other, results(other))], [run]))


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_a_figure_shows_every_scenario(tmp_path: Path, ending: str) -> None:
    of = study()
    draw_scenarios(of, results(of), tmp_path / f"figure.{ending}")
    assert (tmp_path / f"figure.{ending}").stat().st_size > 5_000
    if ending == "svg":
        text = (tmp_path / "figure.svg").read_text()
        assert all(scenario.id in text for scenario in of.scenarios)


def test_a_figure_of_nothing_or_of_another_ending_is_an_error(tmp_path: Path) -> None:
    of = study()
    with pytest.raises(SimulacraError, match="no score"):
        draw_scenarios(of, results(of, lambda judge, task: None), tmp_path / "figure.png")
    with pytest.raises(SimulacraError, match=r"\.gif"):
        draw_scenarios(of, results(of), tmp_path / "figure.gif")
