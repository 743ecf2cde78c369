"""How sure the numbers are: what intervals and comparisons promise."""

from __future__ import annotations

import sys
from collections.abc import Callable
from random import Random
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

from simulacra.errors import SimulacraError
from simulacra.evaluation.statistics import compare, holm, interval, wilcoxon

points = st.integers(0, 50).map(float)
groups = st.lists(st.lists(points, min_size=1, max_size=4), min_size=1, max_size=6)
differences = st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=12)
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=12)
quick = settings(max_examples=30, deadline=None)
exact = settings(max_examples=10, deadline=None)  # p of few items goes through all their signs


@quick
@given(groups)
def test_an_interval_contains_the_mean(values: list[list[float]]):
    found = interval(values)
    assert found.mean == pytest.approx(fmean(fmean(group) for group in values))
    if found.low is None or found.high is None:
        assert sum(map(len, values)) == 1
    else:
        assert found.low - 1e-9 <= found.mean <= found.high + 1e-9


@quick
@given(groups)
def test_an_interval_stays_within_what_was_seen(values: list[list[float]]):
    found = interval(values)
    seen = [value for group in values for value in group]
    if found.low is not None and found.high is not None:
        assert min(seen) - 1e-9 <= found.low <= found.high <= max(seen) + 1e-9


@quick
@given(groups, st.randoms(use_true_random=False))
def test_the_order_of_groups_and_values_plays_no_part(values: list[list[float]], chance: Random):
    shuffled = [chance.sample(group, len(group)) for group in values]
    chance.shuffle(shuffled)
    assert interval(shuffled, seed=3) == interval(values, seed=3)


def test_the_same_everywhere_leaves_no_doubt():
    found = interval([[7.3, 7.3, 7.3], [7.3, 7.3]])
    assert (found.low, found.high) == (pytest.approx(7.3), pytest.approx(7.3))


def test_of_one_value_there_is_a_mean_and_no_interval():
    found = interval([[12.0]])
    assert (found.mean, found.low, found.high) == (12, None, None)


def test_of_nothing_there_is_no_mean():
    for nothing in ([], [[1.0], []]):
        with pytest.raises(ValueError, match="no value"):
            interval(nothing)


def test_characters_that_differ_make_the_interval_wide_however_often_they_are_asked():
    apart = interval([[10.0] * 20, [30.0] * 20])
    alike = interval([[10.0, 30.0] * 10, [10.0, 30.0] * 10])
    assert apart.low is not None
    assert apart.high is not None
    assert alike.low is not None
    assert alike.high is not None
    assert apart.high - apart.low > 2 * (alike.high - alike.low)


def test_a_95_percent_interval_holds_the_truth_about_95_times_of_100():
    chance = Random(5)
    hits = 0
    for _ in range(100):
        people = [chance.gauss(20, 4) for _ in range(20)]
        sample = [[chance.gauss(person, 2) for _ in range(3)] for person in people]
        found = interval(sample)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 20 <= found.high
    assert 88 <= hits <= 99


@exact
@given(differences)
def test_differences_that_cancel_out_are_no_difference(values: list[float]):
    found = compare([values + [-value for value in values]])
    assert found.points.mean == pytest.approx(0)
    assert found.p == pytest.approx(1, abs=0.02)


@exact
@given(st.lists(differences, min_size=1, max_size=4))
def test_a_comparison_turned_round_is_the_same_with_another_sign(values: list[list[float]]):
    there, back = compare(values), compare([[-v for v in group] for group in values])
    assert there.points.mean == pytest.approx(-back.points.mean)
    assert there.p == pytest.approx(back.p)


def test_a_difference_is_in_points_of_the_whole_test():
    found = compare([[1.0] * 15, [0.5] * 10])
    assert found.points.mean == pytest.approx((15 + 5) / 2)
    assert found.pairs == 25
    assert found.p < 0.001


def test_wilcoxons_p_is_scipys():
    values = [2.0, -1.0, 3.5, 4.0, 0.5, -2.5, 6.0, 1.5]
    wilcoxon_of: Callable[..., Any] = stats.wilcoxon  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    assert wilcoxon(values) == pytest.approx(wilcoxon_of(values).pvalue)


def test_rounding_of_thirds_is_no_difference():
    assert wilcoxon([1 / 3 + 1 / 3 + 1 / 3 - 1, 0.1 + 0.2 - 0.3]) == 1


def test_without_scipy_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(SimulacraError, match=r"simulacra\[eval\]"):
        wilcoxon([1.0])


@quick
@given(p_values)
def test_holm_corrects_upwards_keeps_the_order_and_ends_at_1(values: list[float]):
    corrected = holm(values)
    pairs = sorted(zip(values, corrected, strict=True))
    assert all(before <= after <= 1 for before, after in pairs)
    assert [p for _, p in pairs] == sorted(corrected)
    assert min(corrected) == pytest.approx(min(1, len(values) * min(values)))


def test_holm_of_a_textbook():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
