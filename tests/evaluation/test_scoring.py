from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.characters import Item
from simulacra.evaluation import (
    Reading,
    SelfReport,
    mean,
    read_choice,
    read_cloze,
    read_item,
    read_yes_no,
    score_item,
    shuffle,
    total,
)

CLOZE = Item(id="c", kind="cloze", question="Who?", answer=("Nell", "Aunt Nell"))
SINGLE = Item(
    id="s",
    kind="single",
    question="What broke?",
    options=("The lamp", "The axle", "The gate", "The bell"),
    answer=("The axle",),
)
MULTIPLE = Item(
    id="m",
    kind="multiple",
    question="Which three?",
    options=("A ladder", "A kettle", "The flute", "Two rugs", "An anvil", "The map"),
    answer=("A kettle", "The flute", "The map"),
)
ITEMS = (CLOZE, SINGLE, MULTIPLE)

seeds = st.integers(min_value=-(2**40), max_value=2**40)
repeats = st.integers(min_value=0, max_value=20)
choices = st.sets(st.sampled_from(MULTIPLE.options)).map(tuple)
fragments = st.sampled_from(
    ["A", "B.", "(c)", "D)", "not ", " or ", " and ", "no, wait, ", "The answer is ", "yes", "\n",
     "The lamp", "the axle", "Nell", "{", "}", "[", "]", '"', "<think>", "</think>", "F", "1", "20",
     "hundred", "of", "August", "1963", ",", "…", "ꙮ", "ß", "İ", "\x00", "選", "²", "٣"]
)  # fmt: skip
texts = st.one_of(st.text(max_size=300), st.lists(fragments, max_size=25).map("".join))


@settings(deadline=None)
@given(texts)
def test_any_text_is_read_and_scored_within_bounds(answer: str):
    for item, most in zip(ITEMS, (2, 2, 6), strict=True):
        reading = read_item(item, shuffle(item, seed=1, repeat=0), answer)
        points = score_item(item, reading)
        assert 0 <= points.points <= most == points.possible
        assert points.parsed or points.points == 0
    assert read_yes_no(answer).said in ((), ("yes",), ("no",))


@settings(deadline=None)
@given(texts)
def test_reading_twice_reads_the_same(answer: str):
    assert read_choice(answer, MULTIPLE.options, "multiple") == read_choice(
        answer, MULTIPLE.options, "multiple"
    )
    assert read_cloze(answer, CLOZE.answer) == read_cloze(answer, CLOZE.answer)


@settings(deadline=None)
@given(seeds, repeats)
def test_a_shuffle_is_undone(seed: int, repeat: int):
    for item in ITEMS:
        shown = shuffle(item, seed=seed, repeat=repeat)
        assert shown.undone() == item.options
        assert shown == shuffle(item, seed=seed, repeat=repeat)
        assert sorted(shown.order) == list(range(len(item.options)))


def test_a_shuffle_is_the_same_on_every_machine():
    assert shuffle(MULTIPLE, seed=7, repeat=2).order == (4, 1, 0, 2, 3, 5)


def test_repeats_see_different_orders():
    orders = {shuffle(MULTIPLE, seed=7, repeat=repeat).order for repeat in range(20)}
    assert len(orders) > 15


def test_every_place_is_as_likely():
    first = [shuffle(SINGLE, seed=seed, repeat=0).order.index(1) for seed in range(4000)]
    assert all(900 < first.count(place) < 1100 for place in range(4))


@settings(deadline=None)
@given(choices, seeds, repeats)
def test_the_order_of_options_is_irrelevant_for_the_score(
    chosen: tuple[str, ...], seed: int, repeat: int
):
    shown = shuffle(MULTIPLE, seed=seed, repeat=repeat)
    plain = shuffle(MULTIPLE, seed=0, repeat=0)
    scores = {
        score_item(MULTIPLE, read_item(MULTIPLE, order, ", ".join(order.letters_of(chosen))))
        for order in (shown, plain)
    }
    assert len(scores) == 1


@settings(deadline=None)
@given(seeds, repeats, st.sampled_from(["{}", "{}.", "({})", "The answer is {}.", "**{}**"]))
def test_the_right_letter_scores_under_every_shuffle(seed: int, repeat: int, dress: str):
    shown = shuffle(SINGLE, seed=seed, repeat=repeat)
    answer = dress.format(shown.letters_of(SINGLE.answer)[0])
    assert score_item(SINGLE, read_item(SINGLE, shown, answer)).points == 2


@settings(deadline=None)
@given(seeds, repeats, st.permutations(MULTIPLE.answer))
def test_the_right_texts_score_under_every_shuffle(seed: int, repeat: int, said: list[str]):
    shown = shuffle(MULTIPLE, seed=seed, repeat=repeat)
    assert score_item(MULTIPLE, read_item(MULTIPLE, shown, "\n".join(said))).points == 6


@settings(deadline=None)
@given(seeds, st.lists(st.sampled_from(SINGLE.options), min_size=2, max_size=2, unique=True))
def test_two_letters_of_a_single_choice_are_unparsed(seed: int, chosen: list[str]):
    shown = shuffle(SINGLE, seed=seed, repeat=0)
    answer = " and ".join(shown.letters_of(chosen))
    assert read_item(SINGLE, shown, answer) == Reading(unparsed="several")


def test_the_options_are_lettered_anew():
    shown = shuffle(SINGLE, seed=3, repeat=1)
    assert [line[:3] for line in shown.lettered()] == ["A. ", "B. ", "C. ", "D. "]
    assert [line[3:] for line in shown.lettered()] == list(shown.options)


@settings(deadline=None)
@given(choices, st.sampled_from(MULTIPLE.options))
def test_a_further_right_option_never_costs_and_a_wrong_one_never_gains(
    chosen: tuple[str, ...], further: str
):
    before = score_item(MULTIPLE, Reading(said=chosen)).points
    after = score_item(MULTIPLE, Reading(said=tuple({*chosen, further}))).points
    assert after >= before if further in MULTIPLE.answer else after <= before


@pytest.mark.parametrize(
    ("said", "points"),
    [
        ((), 0),
        (("A kettle",), 2),
        (("A kettle", "The map"), 4),
        (("A kettle", "The map", "The flute"), 6),
        (("A kettle", "The map", "The flute", "An anvil"), 4),
        (("A kettle", "An anvil"), 0),
        (("A kettle", "An anvil", "A ladder"), 0),
        (MULTIPLE.options, 0),
    ],
)
def test_a_multiple_choice_counts_right_and_wrong_and_stops_at_zero(
    said: tuple[str, ...], points: int
):
    assert score_item(MULTIPLE, Reading(said=said)).points == points


def test_a_perfect_report_has_fifty_points():
    items = [
        item.model_copy(update={"id": f"{item.id}-{number}"})
        for item in ITEMS
        for number in range(5)
    ]
    said = {"cloze": ("Nell",), "single": SINGLE.answer, "multiple": MULTIPLE.answer}
    report = total(score_item(item, Reading(said=said[item.kind])) for item in items)
    assert report == SelfReport(cloze=10, single=10, multiple=30, unparsed=0, possible=50)
    assert report.total == 50


def test_an_answer_that_cannot_be_read_scores_nothing_and_is_counted():
    scores = [
        score_item(CLOZE, Reading(said=("Nell",))),
        score_item(SINGLE, Reading(unparsed="several")),
        score_item(MULTIPLE, Reading()),
    ]
    assert total(scores) == SelfReport(cloze=2, single=0, multiple=0, unparsed=1, possible=10)


def test_repeats_are_averaged():
    one = SelfReport(cloze=10, single=8, multiple=30, unparsed=0, possible=50)
    two = SelfReport(cloze=8, single=4, multiple=15, unparsed=3, possible=50)
    assert mean([one, two]) == SelfReport(9, 6, 22.5, 1.5, 50)
    assert mean([one, two]).total == 37.5
    with pytest.raises(ValueError, match="no repeat"):
        mean([])


def test_a_reading_of_another_item_is_no_score():
    with pytest.raises(ValueError, match="another item"):
        score_item(SINGLE, Reading(said=("The flute",)))
