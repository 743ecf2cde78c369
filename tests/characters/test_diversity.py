"""How unlike two people are, and the choice of those who are most so."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.characters import TENDENCIES
from simulacra.characters.diversity import (
    Features,
    choose,
    discordant,
    distance,
    distances,
    spread,
)

people = st.builds(
    Features,
    age=st.integers(18, 80),
    gender=st.sampled_from(["female", "male", "non-binary"]),
    occupation=st.sampled_from("0123456789"),
    family=st.tuples(st.sampled_from("abc"), st.sampled_from("de"), st.sampled_from("fgh")),
    education=st.integers(0, 8),
    ranking=st.permutations(TENDENCIES).map(tuple),
)


def somebody(
    age: int = 40,
    gender: str = "female",
    education: int | None = 3,
    ranking: tuple[str, ...] = TENDENCIES,
) -> Features:
    return Features(age, gender, "2", ("low", None, "single"), education, ranking)


@settings(deadline=None)
@given(people, people, people)
def test_the_distance_is_a_metric_from_0_to_1(a: Features, b: Features, c: Features) -> None:
    assert distance(a, a) == 0
    assert 0 <= distance(a, b) <= 1
    assert distance(a, b) == distance(b, a)
    assert distance(a, c) <= distance(a, b) + distance(b, c) + 1e-12


def test_a_ranking_turned_round_differs_in_all_28_pairs() -> None:
    assert discordant(TENDENCIES, TENDENCIES[::-1]) == 28
    assert discordant(TENDENCIES, (TENDENCIES[1], TENDENCIES[0], *TENDENCIES[2:])) == 1


def test_what_is_not_known_of_both_is_left_out() -> None:
    assert "ranking" not in distances(somebody(), somebody(ranking=()))
    nothing = Features(40, "female", "2", (None, None, None), None, ())
    assert "background" not in distances(somebody(), nothing)
    assert distance(somebody(), nothing) == 0


def test_the_least_distance_is_the_means_of_all_aspects() -> None:
    near, far = somebody(), somebody(age=71, gender="male")
    assert distance(near, far) == pytest.approx((31 / 62 + 1) / 5)


@given(
    st.lists(people, min_size=1, max_size=12), st.integers(1, 12), st.randoms(use_true_random=False)
)
def test_the_choice_is_of_distinct_people_and_the_order_of_input_does_not_matter(
    some: list[Features], n: int, rng: Random
) -> None:
    some = list(dict.fromkeys(some))
    quality = [1.0 - (person.age % 5) / 10 for person in some]
    chosen = choose(some, n, quality=quality, key=lambda i: repr(some[i]))
    assert len(chosen) == len(set(chosen)) == min(n, len(some))
    order = list(range(len(some)))
    rng.shuffle(order)
    again = choose(
        [some[i] for i in order],
        n,
        quality=[quality[i] for i in order],
        key=lambda i: repr(some[order[i]]),
    )
    assert [order[i] for i in again] == chosen


@settings(deadline=None)
@given(st.lists(people, min_size=3, max_size=7, unique=True), st.integers(2, 4))
def test_with_equal_quality_the_least_distance_is_at_least_half_of_the_best_possible(
    some: list[Features], n: int
) -> None:
    n = min(n, len(some))
    chosen = choose(some, n, quality=[1.0] * len(some), key=str)
    best = max(spread(group)[0] for group in combinations(some, n))
    assert spread([some[i] for i in chosen])[0] >= best / 2 - 1e-12


def test_a_better_candidate_is_taken_before_one_that_is_a_little_farther() -> None:
    some = [somebody(), somebody(age=71), somebody(age=80)]
    assert choose(some, 2, quality=[1.0, 1.0, 0.2], key=str) == [0, 1]
    assert choose(some, 2, quality=[1.0, 1.0, 1.0], key=str) == [0, 2]


def test_who_is_kept_already_counts_and_is_not_chosen_again() -> None:
    some = [somebody(age=age) for age in (20, 21, 79, 80)]
    assert choose(some, 1, quality=[1.0] * 4, key=str, kept=[3]) == [0]
    assert choose(some, 9, quality=[1.0] * 4, key=str, allowed=[1, 3], kept=[3]) == [1]
