"""What runs show: only what is whole, of one kind, and the same in whatever order it came."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from made_runs import made, sitting, statements

from simulacra.errors import StorageError
from simulacra.evaluation.gathering import Who, read_runs
from simulacra.evaluation.readings import Reading
from simulacra.evaluation.records import Run
from simulacra.evaluation.results import Score, results_of

ANNA = "anna-hill"


def scores(run: Run) -> dict[str, Score]:
    (result,) = results_of([run])
    return {score.method: score for score in result.scores}


def test_points_are_means_over_characters_of_means_over_repeats(tmp_path: Path):
    records = [
        *sitting([2, 0, 6], repeat=0),
        *sitting([2, 2, 4], repeat=1),
        *sitting([0, 2, 0], character=ANNA),
    ]
    score = scores(made(tmp_path, records))["macm"]
    assert (score.cloze.mean, score.single.mean, score.multiple.mean) == (1, 1.5, 2.5)
    assert score.total.mean == 5
    assert (score.possible, score.sittings) == (10, 3)
    assert score.characters == {ANNA: 2, "mary-jones": 8}


def test_a_sitting_of_which_answers_are_missing_is_left_out_and_counted(tmp_path: Path):
    records = [*sitting([2, 2, 6]), *sitting([2, 2, 6], repeat=1)[:2]]
    (result,) = results_of([made(tmp_path, records)])
    (score,), (left_out,) = result.scores, result.unfinished
    assert (score.total.mean, score.sittings) == (10, 1)
    assert (left_out.method, left_out.sittings) == ("macm", 1)


def test_items_that_nobody_was_asked_yet_are_missing_all_the_same(tmp_path: Path):
    run = made(tmp_path, sitting([2, 2, 6]), items=("cloze-1", "single-1", "multiple-1", "more"))
    (result,) = results_of([run])
    assert (result.scores, result.unfinished[0].sittings) == ((), 1)


def test_free_and_deliberate_answers_are_never_put_together(tmp_path: Path):
    free = made(tmp_path / "free", sitting([2, 2, 6]))
    deliberate = made(tmp_path / "deliberate", sitting([0, 0, 2], way="deliberate"))
    found = {result.way: result.scores[0].total.mean for result in results_of([deliberate, free])}
    assert found == {"free": 10, "deliberate": 2}


def test_the_order_of_records_and_runs_plays_no_part(tmp_path: Path):
    chance = Random(2)
    records = [
        record
        for character in ("mary-jones", ANNA)
        for method in ("none", "prompt", "macm")
        for repeat in range(3)
        for record in sitting(
            [chance.choice((0, 2)), chance.choice((0, 2)), chance.choice((0, 2, 4, 6))],
            character=character,
            method=method,
            repeat=repeat,
        )
    ]
    one = made(tmp_path / "one", records)
    chance.shuffle(records)
    first, second = made(tmp_path / "first", records[:25]), made(tmp_path / "second", records[25:])
    assert results_of([one], seed=3) == results_of([second, first], seed=3)


def test_unparsed_answers_and_what_they_took_are_told(tmp_path: Path):
    records = sitting([2, 2, 6])
    records[0] = records[0].model_copy(update={"reading": Reading(unparsed="none"), "score": 0})
    effort = scores(made(tmp_path, records))["macm"].effort
    assert effort.unparsed == pytest.approx(1 / 3)
    assert (effort.calls, effort.input_tokens, effort.output_tokens) == (2, 100, 10)
    assert (effort.seconds, effort.dollars) == (0.5, 0)


def test_what_two_models_took_together_has_no_price(tmp_path: Path):
    records = sitting([2, 2, 6], agent_model="openai:gpt-4o-mini")
    assert scores(made(tmp_path, records))["macm"].effort.dollars is None


def test_methods_are_compared_on_the_same_items_of_the_same_repeats(tmp_path: Path):
    records = [
        *sitting([2, 2, 6], method="macm", repeat=0),
        *sitting([0, 0, 0], method="macm", repeat=1),
        *sitting([2, 0, 0], method="prompt", repeat=0),
        *sitting([2, 2, 6], method="prompt", character=ANNA),
    ]
    (result,) = results_of([made(tmp_path, records)])
    (contrast,) = result.contrasts
    assert (contrast.method, contrast.than, contrast.characters) == ("macm", "prompt", 1)
    assert (contrast.difference.points.mean, contrast.difference.pairs) == (8, 3)


def test_the_same_points_item_by_item_are_no_difference(tmp_path: Path):
    records = [*sitting([2, 0, 4], method="rag"), *sitting([2, 0, 4], method="macm")]
    (contrast,) = results_of([made(tmp_path, records)])[0].contrasts
    points = contrast.difference.points
    assert (points.mean, points.low, points.high, contrast.p_holm) == (0, 0, 0, 1)


def test_p_values_of_all_comparisons_are_corrected_together(tmp_path: Path):
    records = [
        record
        for method, points in (("none", 0), ("prompt", 1), ("macm", 2))
        for record in sitting([points, points, points], method=method)
    ]
    (result,) = results_of([made(tmp_path, records)])
    assert len(result.contrasts) == 3
    assert all(
        one.p_holm == pytest.approx(min(1, 3 * one.difference.p)) for one in result.contrasts
    )


def test_methods_without_agents_stand_beside_macm_with_other_agents(tmp_path: Path):
    records = [
        *sitting([0, 0, 0], method="prompt"),
        *sitting([2, 2, 6], agent_model="openai:small"),
        *sitting([2, 2, 4], agent_model="openai:large"),
    ]
    (result,) = results_of([made(tmp_path, records)])
    found = {c.who: (c.than, c.difference.points.mean) for c in result.contrasts}
    assert found == {
        Who("embedded:tiny", "openai:large"): ("prompt", 8),
        Who("embedded:tiny", "openai:small"): ("prompt", 10),
    }


def test_personality_is_measured_sitting_by_sitting_with_and_without_her_own(tmp_path: Path):
    records = [*statements(), *statements(character=ANNA)]
    run = made(tmp_path, records, items=[record.item for record in statements()])
    (result,) = results_of([run])
    (found,) = result.personality
    assert found.tau_b is not None
    assert found.tau_b.mean == pytest.approx(1)
    assert found.tau_b_held_out is not None
    assert found.tau_b_held_out.mean < 1
    assert found.yes_share is not None
    assert found.yes_share.mean == pytest.approx(8 / 64)
    assert (found.sittings, found.undefined, result.scores) == (2, 0, ())


def test_where_no_ranking_is_assigned_there_is_no_agreement(tmp_path: Path):
    run = made(tmp_path, statements())
    run.sheet = run.sheet.model_copy(update={"rankings": {}, "items": {}})
    (found,) = results_of([run])[0].personality
    assert (found.tau_b, found.tau_b_held_out, found.undefined) == (None, None, 1)


def test_a_statement_is_no_item_of_the_self_report(tmp_path: Path):
    run = made(tmp_path, [*sitting([2, 2, 6]), *statements()])
    (result,) = results_of([run])
    assert (len(result.scores), len(result.personality)) == (1, 1)


def test_runs_that_answer_the_same_do_not_go_together(tmp_path: Path):
    made(tmp_path / "one", sitting([2, 2, 6]))
    made(tmp_path / "two", sitting([0, 0, 0]))
    with pytest.raises(StorageError, match="both answer"):
        read_runs([tmp_path / "one", tmp_path / "two"])


def test_the_same_questions_by_another_preset_are_other_answers(tmp_path: Path):
    made(tmp_path / "one", sitting([2, 2, 6]))
    made(tmp_path / "two", sitting([0, 0, 0]), preset="no-memory")
    (result,) = results_of(read_runs([tmp_path / "one", tmp_path / "two"]))
    assert {str(s.who): s.total.mean for s in result.scores} == {
        "embedded:tiny": 10,
        "embedded:tiny, no-memory": 0,
    }


def test_a_folder_that_is_named_twice_counts_once(tmp_path: Path):
    made(tmp_path, sitting([2, 2, 6]))
    assert results_of(read_runs([tmp_path, tmp_path])) == results_of(read_runs([tmp_path]))


def test_runs_with_other_questions_do_not_go_together(tmp_path: Path):
    made(tmp_path / "one", sitting([2, 2, 6]))
    two = made(tmp_path / "two", sitting([2, 2, 6], method="rag"))
    items = {"mary-jones": {"cloze-1": "another digest"}}
    sheet = two.sheet.model_copy(update={"items": items})
    (tmp_path / "two" / "run.json").write_text(sheet.model_dump_json(), encoding="utf-8")
    with pytest.raises(StorageError, match="is not the same"):
        read_runs([tmp_path / "one", tmp_path / "two"])
