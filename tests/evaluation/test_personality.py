from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.characters import TENDENCIES, Tendency
from simulacra.errors import SimulacraError
from simulacra.evaluation import Reading, Statement, draw_statements, measure, tau_b

YES, NO = Reading(said=("yes",)), Reading(said=("no",))
UNPARSED = Reading(unparsed="unsure")
RANKING: tuple[Tendency, ...] = ("Fi", "Ne", "Si", "Te", "Ti", "Se", "Ni", "Fe")
POOL: dict[Tendency, list[list[str]]] = {
    tendency: [[f"{tendency} {rank} {number}" for number in range(10)] for rank in range(1, 9)]
    for tendency in TENDENCIES
}


def _true_to(ranking: tuple[Tendency, ...], statement: Statement) -> Reading:
    """The answer of somebody who is exactly as ranked: yes at their rank, no elsewhere."""
    return YES if ranking.index(statement.tendency) + 1 == statement.rank else NO


def test_who_answers_as_ranked_agrees_wholly():
    answers = [(s, _true_to(RANKING, s)) for s in draw_statements(POOL)]
    test = measure(answers, RANKING)
    assert test.every.tau_b == pytest.approx(1)
    assert test.every.ranking() == tuple((tendency,) for tendency in RANKING)
    assert test.every.asked == 640


def test_who_answers_the_other_way_round_disagrees_wholly():
    answers = [(s, _true_to(RANKING[::-1], s)) for s in draw_statements(POOL)]
    assert measure(answers, RANKING).every.tau_b == pytest.approx(-1)


def test_a_yes_counts_with_the_weight_of_its_rank():
    answers = [
        (Statement("a", "Ne", 1), YES),
        (Statement("b", "Ne", 5), YES),
        (Statement("c", "Se", 8), YES),
        (Statement("d", "Se", 1), NO),
        (Statement("e", "Fi", 1), UNPARSED),
    ]
    sums = measure(answers, RANKING).every.sums
    assert sums == {**dict.fromkeys(TENDENCIES, 0), "Ne": 3, "Se": -4}


@pytest.mark.parametrize("reading", [YES, NO, UNPARSED])
def test_saying_always_the_same_shows_no_personality(reading: Reading):
    test = measure([(s, reading) for s in draw_statements(POOL)], RANKING)
    assert test.every.tau_b is None
    assert set(test.every.ranks.values()) == {4.5}
    assert test.every.ranking() == (TENDENCIES,)


def test_tied_tendencies_share_their_place_whatever_they_are_called():
    answers = [(Statement("a", "Ne", 1), YES), (Statement("b", "Fi", 1), YES)]
    ranks = measure(answers, RANKING).every.ranks
    assert ranks["Ne"] == ranks["Fi"] == 1.5
    assert {ranks[t] for t in TENDENCIES if t not in ("Ne", "Fi")} == {5.5}


def test_items_of_the_own_prompt_are_held_out():
    own = {f"{tendency} 1 0" for tendency in RANKING[:4]}
    answers = [(s, YES if s.text in own else NO) for s in draw_statements(POOL)]
    test = measure(answers, RANKING, own)
    assert test.every.tau_b is not None
    assert test.every.tau_b > 0.7
    assert test.held_out.tau_b is None
    assert test.held_out.asked == 636


def test_acquiescence_is_the_share_of_yes_among_answers_that_could_be_read():
    statements = draw_statements(POOL)[:8]
    readings = [YES, YES, YES, NO, UNPARSED, UNPARSED, NO, NO]
    test = measure(zip(statements, readings, strict=True), RANKING)
    assert test.yes_share == 0.5
    assert test.unparsed == 2
    assert measure([(statements[0], UNPARSED)], RANKING).yes_share is None


def test_without_an_assigned_ranking_there_is_nothing_to_agree_with():
    test = measure([(Statement("a", "Ne", 1), YES)], ())
    assert test.every.tau_b is None
    assert test.every.ranking()[0] == ("Ne",)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 2, 3, 4], [1, 2, 3, 4], 1.0),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1.0),
        ([1, 2, 3, 4], [1, 2, 4, 3], 4 / 6),
        ([1, 2, 2, 4], [1, 2, 3, 4], 5 / (5 * 6) ** 0.5),
        ([1.5, 1.5, 3.5, 3.5], [1, 2, 3, 4], 4 / (4 * 6) ** 0.5),
        ([1, 1, 1], [1, 2, 3], None),
    ],
)
def test_tau_b_is_that_of_the_textbook(
    first: list[float], second: list[float], expected: float | None
):
    assert tau_b(first, second) == (None if expected is None else pytest.approx(expected))


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 5), min_size=8, max_size=8),
    st.permutations(range(1, 9)),
    st.permutations(range(8)),
)
def test_tau_b_counts_pairs_and_does_not_know_names(
    first: list[int], second: list[int], order: list[int]
):
    pairs = [(a, b) for a in range(8) for b in range(a)]
    signs = [(first[a] > first[b]) - (first[a] < first[b]) for a, b in pairs]
    others = [(second[a] > second[b]) - (second[a] < second[b]) for a, b in pairs]
    untied = sum(sign != 0 for sign in signs)
    tau = tau_b(first, second)
    if not untied:
        assert tau is None
        return
    agreeing = sum(a * b for a, b in zip(signs, others, strict=True))
    assert tau == pytest.approx(agreeing / (untied * len(pairs)) ** 0.5)
    assert tau == pytest.approx(tau_b([first[i] for i in order], [second[i] for i in order]))


@settings(deadline=None)
@given(st.floats(0.01, 1), st.integers())
def test_a_share_takes_as_many_of_every_tendency_and_rank(share: float, seed: int):
    drawn = draw_statements(POOL, share=share, seed=seed)
    counts = {
        sum(s.tendency == tendency and s.rank == rank for s in drawn)
        for tendency in TENDENCIES
        for rank in range(1, 9)
    }
    assert len(counts) == 1
    assert drawn == draw_statements(POOL, share=share, seed=seed)
    assert len(set(drawn)) == len(drawn)


def test_four_tenths_are_256_statements_and_the_seed_chooses_them():
    one, two = (draw_statements(POOL, share=0.4, seed=seed) for seed in (1, 2))
    assert len(one) == len(two) == 256
    assert one != two


@pytest.mark.parametrize("share", [0, -1, 1.01, float("nan")])
def test_a_share_is_a_share(share: float):
    with pytest.raises(ValueError, match="share"):
        draw_statements(POOL, share=share)


def test_without_scipy_the_mend_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(SimulacraError, match=r"simulacra\[eval\]"):
        tau_b([1, 2], [1, 2])
