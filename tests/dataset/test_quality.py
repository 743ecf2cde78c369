from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography import Story
from simulacra.dataset.quality import (
    Counts,
    Quality,
    concrete_nouns,
    exact_duplicates,
    filler_words,
    measure,
    names_in,
    near_duplicates,
    together,
)
from simulacra.dataset.variety import mattr, mtld, repeated_phrases, words_of
from simulacra.dataset.words import lines, words
from simulacra.inference import HashEmbedder

WORDS = st.lists(
    st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]), min_size=1, max_size=60
)


def measured(text: str) -> Quality:
    story = Story.parse(text)
    vectors = asyncio.run(HashEmbedder().embed(story.paragraphs))
    return measure("Ada Frost", story, vectors)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He met Tove Lund at Holm.", ["Tove Lund", "Holm"]),
        ("Tove came. Holm was far.", []),
        ("She said, “Come here,” and Bo came with Tove's dog.", ["Bo", "Tove"]),
        ("Ada saw Ada Frost and Frost's boat.", []),
        ("On Monday I told Mum about the English boat in May.", []),
        ("They crossed Main Street, Skerry, at noon.", ["Main Street", "Skerry"]),
        ("It was written: The end. We laughed — Nobody came.", []),
    ],
)
def test_names_are_capitals_that_begin_nothing(text: str, names: list[str]) -> None:
    assert list(names_in(text, {"ada", "frost"})) == names


def test_plurals_of_concrete_nouns_count() -> None:
    assert concrete_nouns(["knife", "knives", "apples", "boxes", "freedom", "s", "es"]) == 4


def test_filler_counts_words_and_phrases_in_any_case_but_no_parts_of_words() -> None:
    assert filler_words("A Tapestry, a testament; sense of wonder. Journeyman, awesome.") == 3


def test_no_word_is_both_concrete_and_filler() -> None:
    assert not words("concrete") & set(lines("filler"))
    assert all(word == word.casefold() for word in words("concrete"))


def test_each_fault_is_counted() -> None:
    quality = measured(
        "# One\n\nShe sat on the bench.\n\nShe sat on the bench.\n\nHere is the revised version."
        "\n\nThen she went to the\n\nChapter 3: The Sea\n"
    )
    counts = quality.counts
    assert (counts.paragraphs, counts.chapters, counts.words) == (5, 1, 24)
    assert (counts.exact_duplicates, counts.leftovers) == (1, 2)
    assert (counts.cut_off, counts.headings) == (1, 1)
    assert counts.concrete == 2 + 1


def test_near_duplicates_are_pairs_of_like_vectors_that_differ_in_words() -> None:
    vectors = np.array([[1, 0], [0.95, 0.3122499], [0, 1], [1, 0]], dtype=np.float32)
    texts = ["one bench", "a bench", "a cat", "One bench!"]
    assert near_duplicates(texts, vectors) == [(0, 1), (1, 3)]
    assert near_duplicates(texts, vectors, near=0.96) == []
    assert exact_duplicates(texts) == 1
    with pytest.raises(ValueError, match="vectors"):
        near_duplicates(texts, vectors[:2])


def test_moving_average_type_token_ratio_of_a_worked_example() -> None:
    # windows of three: (a b a) 2/3, (b a c) 3/3, (a c c) 2/3
    assert mattr(["a", "b", "a", "c", "c"], 3) == pytest.approx((2 / 3 + 1 + 2 / 3) / 3)
    assert mattr(["a", "b", "a", "c", "c"], 99) == pytest.approx(3 / 5)
    assert mattr([]) == 0


def test_mtld_of_a_worked_example() -> None:
    # forwards: "a a" falls to 0.5, a factor; then "b c" stays at 1: two words more, no part of one
    # backwards: "c b a a" is at 0.75, (1 - 0.75) / 0.28 of a factor, at least one
    assert mtld(["a", "a", "b", "c"]) == pytest.approx((4 / 1 + 4 / 1) / 2)
    assert mtld(["a", "a"] * 10) == pytest.approx(2.0)
    assert mtld([]) == 0


def test_phrases_that_come_again_are_counted_each_time() -> None:
    said = [
        "and",
        "so",
        "it",
        "was",
        "that",
        "she",
        "went",
        "and",
        "so",
        "it",
        "was",
        "and",
        "so",
        "it",
        "was",
    ]
    assert repeated_phrases(said) == 2  # "and so it was", the second time and the third
    assert repeated_phrases(said, 2) == 6
    assert repeated_phrases(["a"]) == 0


@given(WORDS)
def test_variety_is_within_its_bounds(text: list[str]) -> None:
    assert 0 < mattr(text, 10) <= 1
    assert 0 < mtld(text) <= len(text)
    assert mtld(text) == pytest.approx(mtld(text[::-1]))


@given(WORDS, st.integers(1, 70))
def test_moving_average_is_the_mean_over_all_windows(text: list[str], window: int) -> None:
    size = min(window, len(text))
    windows = [text[i : i + size] for i in range(len(text) - size + 1)]
    mean = sum(len(set(some)) / size for some in windows) / len(windows)
    assert mattr(text, window) == pytest.approx(mean)


@given(st.text())
def test_any_text_can_be_measured(text: str) -> None:
    counts = measured(text).counts
    assert counts.concrete <= len(words_of(text))
    assert 0 <= counts.near_duplicates <= counts.paragraphs**2


def test_a_set_is_the_sum_of_its_people_and_their_weighed_variety() -> None:
    one = Quality("a", Counts(words=100, filler=1), 0.4, 50)
    two = Quality("b", Counts(words=300, filler=1), 0.8, 90)
    whole = together("all", [one, two])
    assert whole.counts == Counts(words=400, filler=2)
    assert (whole.mattr, whole.mtld) == (pytest.approx(0.7), pytest.approx(80))
    assert whole.row()["filler_per_1000"] == 5
    assert together("none", []).row()["names_per_1000"] == 0
