from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evaluation.made_studies import judges, opened, scored, study

from simulacra.evaluation.agreement import (
    alpha_ordinal,
    icc_2k,
    spearman,
    weighted_kappa,
)
from simulacra.evaluation.observer import PEOPLE, Judge, Task
from simulacra.evaluation.observer_scoring import Subject, panels_of, ratings, score

FOUR = judges(1, 2, 3, 4)
SUBJECTS: tuple[Subject, ...] = ("matching", "similarity")
halves = st.integers(0, 10).map(lambda n: n / 2)


def drawn(seed: int) -> Callable[[Judge, Task], float]:
    return lambda judge, task: random.Random(f"{seed}/{judge.number}/{task.id}").randrange(11) / 2


def test_table_3_adds_up_as_in_the_paper() -> None:
    of = study(5, ("macm",))
    # Judge 3 17.5, judge 4 18, judge 1 20.5, judge 2 21.5: the paper's row of MACM.
    sums = {1: 20.5, 2: 21.5, 3: 17.5, 4: 18.0}
    places = {scenario.id: place for place, scenario in enumerate(of.scenarios)}

    def value(judge: Judge, task: Task) -> float:
        rest = sums[judge.number] - 4 * 3.5
        whole = [3.5, 3.5, 3.5, 3.5, rest]
        while whole[-1] > 5:
            whole = [w + 0.5 if i < 3 else w for i, w in enumerate(whole)]
            whole[-1] -= 1.5
        return whole[places[task.scenario]]

    (macm,) = score(of, opened(FOUR), scored(of, FOUR, value), PEOPLE)
    assert [one.points for one in macm.matching.judges] == [17.5, 18.0]
    assert macm.matching.average == 17.75
    assert [one.points for one in macm.similarity.judges] == [20.5, 21.5]
    assert macm.similarity.average == 21.0
    assert macm.final == 38.75


@given(st.integers(0, 10**6), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_points_are_within_bounds_and_do_not_depend_on_order(seed: int, scenarios: int) -> None:
    of = study(scenarios)
    given_ = scored(of, FOUR, drawn(seed))
    found = score(of, opened(FOUR), given_, PEOPLE)
    shuffled = random.Random(seed).sample(given_, len(given_))
    assert score(of, opened(FOUR), shuffled, PEOPLE) == found
    for one in found:
        for subject in SUBJECTS:
            average = one.of(subject).average
            assert average is not None
            assert 0 <= average <= 5 * scenarios
        assert one.final is not None
        assert one.final <= 10 * scenarios


def test_the_best_and_the_worst_are_50_and_0() -> None:
    of = study()
    best = score(of, opened(FOUR), scored(of, FOUR, lambda judge, task: 5.0), PEOPLE)
    worst = score(of, opened(FOUR), scored(of, FOUR, lambda judge, task: 0.0), PEOPLE)
    assert {one.final for one in best} == {50.0}
    assert {one.final for one in worst} == {0.0}


def test_a_scenarios_fit_is_the_mean_over_its_descriptions() -> None:
    of = study(1, ("macm",))
    found = score(
        of, opened(FOUR), scored(of, FOUR, lambda _, t: 4.0 if t.about == 1 else 1.0), PEOPLE
    )
    assert found[0].matching.average == 2.5


def test_what_is_missing_is_counted_and_never_guessed() -> None:
    of = study()
    lost = next(t for t in scored(of, FOUR, drawn(1)) if t.judge == 3)
    some = [one for one in scored(of, FOUR, drawn(1)) if one != lost]
    by_method = {one.method: one for one in score(of, opened(FOUR), some, PEOPLE)}
    assert lost.method is not None
    hit = by_method[lost.method]
    assert hit.matching.judges[0].points is None
    assert (hit.matching.judges[0].given, hit.matching.judges[0].asked) == (9, 10)
    assert hit.matching.average is None
    assert hit.final is None
    assert all(one.final is not None for one in by_method.values() if one is not hit)


def test_a_response_that_cannot_be_used_leaves_its_method_without_a_sum() -> None:
    of = study(unusable=[(2, "rag")])
    found = {one.method: one for one in score(of, opened(FOUR), scored(of, FOUR, drawn(1)), PEOPLE)}
    assert found["rag"].unusable == 1
    assert found["rag"].final is None
    assert found["macm"].final is not None


def test_a_revoked_judges_scores_and_texts_do_not_count() -> None:
    of = study()
    everything = scored(of, FOUR, lambda judge, task: 5.0 if 2 in (judge.number, task.about) else 1)
    gone = tuple(j.model_copy(update={"revoked": j.number == 2}) for j in FOUR)
    found = score(of, opened(gone), everything, PEOPLE)
    assert {one.final for one in found} == {10.0}


def test_people_and_models_are_never_averaged() -> None:
    of = study()
    models = judges(1, 2, 3, 4, model="openai:gpt", first=5)
    everybody = (*FOUR, *models)
    given_ = scored(of, everybody, lambda judge, _: 5.0 if judge.model else 1.0)
    state = opened(everybody)
    assert panels_of(state) == [PEOPLE, "openai:gpt"]
    assert {one.final for one in score(of, state, given_, PEOPLE)} == {10.0}
    assert {one.final for one in score(of, state, given_, "openai:gpt")} == {50.0}


def test_ratings_have_a_row_for_each_response_and_a_column_for_each_judge() -> None:
    of = study()
    table = ratings(score(of, opened(FOUR), scored(of, FOUR, drawn(3)), PEOPLE), "similarity")
    assert [len(row) for row in table] == [2] * 15


# --- agreement ---------------------------------------------------------------------------------

SHROUT_AND_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
KRIPPENDORFF: list[list[float | None]] = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1],
    [None, None, 3, None],
]  # fmt: skip


def test_icc_is_that_of_shrout_and_fleiss_1979() -> None:
    found = icc_2k(SHROUT_AND_FLEISS)
    assert found is not None
    assert round(found.value, 2) == 0.62
    assert (found.low, found.high) == pytest.approx((0.071, 0.927), abs=5e-4)
    assert (found.rows, found.judges) == (6, 4)


def test_ordinal_alpha_is_that_of_krippendorff_2011() -> None:
    assert round(alpha_ordinal(KRIPPENDORFF) or 0, 3) == 0.815


def test_weighted_kappa_is_that_of_a_table_reckoned_by_hand() -> None:
    # Observed disagreement (0 + 1 + 0 + 4) / 4; by chance the mean of the 16 squared differences:
    # of 1 2 3 3 against 1 1 3 5, (0+0+4+16 + 1+1+1+9 + 2·(4+4+0+4)) / 16 = 56 / 16.
    pairs = [[1.0, 1.0], [2.0, 1.0], [3.0, 3.0], [3.0, 5.0]]
    assert weighted_kappa(pairs) == pytest.approx(1 - (5 / 4) / (56 / 16))


@given(st.lists(st.tuples(halves, halves, halves), min_size=2, max_size=20), st.randoms())
@settings(max_examples=40, deadline=None)
def test_agreement_does_not_depend_on_the_order_of_rows_or_judges(
    rows: list[tuple[float, ...]], draw: random.Random
) -> None:
    columns = draw.sample(range(3), 3)
    other = [[row[c] for c in columns] for row in draw.sample(rows, len(rows))]
    for statistic in (alpha_ordinal, weighted_kappa):
        first, second = statistic(rows), statistic(other)
        assert (first is None) == (second is None)
        if first is not None:
            assert second == pytest.approx(first, abs=1e-9)
            assert first <= 1 + 1e-9
    first, second = icc_2k(rows), icc_2k(other)
    assert (first is None) == (second is None)
    if first and second:
        assert second.value == pytest.approx(first.value, abs=1e-6)
        assert first.value <= 1 + 1e-9
        if first.low is not None and first.high is not None:
            assert first.low <= first.value <= first.high


@given(st.lists(halves, min_size=2, max_size=20).filter(lambda v: len(set(v)) > 1))
def test_judges_who_agree_wholly_have_1(values: list[float]) -> None:
    rows = [[value, value] for value in values]
    found = icc_2k(rows)
    assert found is not None
    assert found.value == pytest.approx(1)
    assert alpha_ordinal(rows) == pytest.approx(1)
    assert weighted_kappa(rows) == pytest.approx(1)


@pytest.mark.parametrize("rows", [[], [[1.0]], [[1.0, 2.0]], [[3.0, 3.0], [3.0, 3.0]]])
def test_too_little_has_no_icc(rows: list[list[float]]) -> None:
    assert icc_2k(rows) is None


def test_a_correlation_of_fewer_than_three_is_none() -> None:
    assert spearman([(1, 2), (2, 3)]) is None
    assert spearman([(1, 2), (2, 2), (3, 2)]) is None
    assert spearman([(1, 5), (2, 6), (3, 9)]) == pytest.approx(1)
