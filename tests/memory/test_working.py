from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.inference import count_tokens
from simulacra.memory import (
    Exchange,
    Line,
    MemoryRecord,
    Passage,
    Recalled,
    Source,
    WorkingMemory,
    fit,
    shorten,
)

words = st.text(st.sampled_from("abcdefg é.😀{}\n"), max_size=200)
talk = st.lists(words, min_size=1, max_size=30)


def exchange(turn: int, said: str) -> Exchange:
    lines = (Line(speaker="Friend", text=said), Line(speaker="Mary", text="I see."))
    return Exchange(turn=turn, lines=lines)


@given(talk, st.integers(0, 200))
def test_the_conversation_stays_in_its_budget_and_nothing_gets_lost(said: list[str], budget: int):
    working = WorkingMemory(budget=300, conversation=budget)
    left: list[int] = []
    for turn, text in enumerate(said):
        working, gone = working.add(exchange(turn, text))
        left += [old.turn for old in gone]
        assert working.tokens <= budget
        assert working.exchanges[-1].turn == turn
        assert count_tokens(working.text) + working.room <= max(300, budget)
    assert left + [kept.turn for kept in working.exchanges] == list(range(len(said)))


@given(talk)
def test_state_survives_json(said: list[str]):
    working = WorkingMemory(budget=200, conversation=100)
    for turn, text in enumerate(said):
        working, _ = working.add(exchange(turn, text))
    assert WorkingMemory.model_validate_json(working.model_dump_json()) == working


def test_what_leaves_is_whole_and_the_oldest():
    working = WorkingMemory(budget=100, conversation=20)
    working, _ = working.add(exchange(0, "one two three four five six seven eight"))
    working, gone = working.add(exchange(1, "nine ten eleven twelve thirteen fourteen fifteen"))
    assert [e.text for e in gone] == [exchange(0, "one two three four five six seven eight").text]


def test_a_pasted_book_loses_its_middle_and_keeps_what_was_answered():
    book = "Start here. " + "word " * 40_000 + "The end."
    working, _ = WorkingMemory(budget=300, conversation=120).add(exchange(0, book))
    friend, mary = working.exchanges[0].lines
    assert friend.text.startswith("Start here.")
    assert friend.text.endswith("The end.")
    assert mary.text == "I see."
    assert 80 <= working.tokens <= 120


@given(words, st.integers(0, 60))
def test_shortened_text_is_within_its_tokens(text: str, tokens: int):
    short = shorten(text, tokens)
    assert count_tokens(short) <= tokens
    assert short == text or count_tokens(text) > tokens


def memory(name: str, score: float, passages: list[tuple[str, float]]) -> Recalled:
    record = MemoryRecord(
        id=name,
        kind="story",
        content="c",
        summary="s",
        source=Source(paragraphs=(0,)),
        created=datetime(2024, 1, 1, tzinfo=UTC),
        model="m",
    )
    found = tuple(Passage(text, likeness) for text, likeness in passages)
    return Recalled(record, score, (0,), "paragraph", found)


sentence = st.integers(1, 25).map(lambda n: " ".join(["word"] * n) + ".")
recalls = st.lists(
    st.tuples(
        st.floats(0, 1), st.lists(st.tuples(sentence, st.floats(0, 1)), min_size=1, max_size=8)
    ),
    max_size=5,
)


@settings(max_examples=60)
@given(recalls, st.integers(0, 300), st.integers(0, 3))
def test_excerpts_fill_the_budget_with_whole_sentences_in_order(
    found: list[tuple[float, list[tuple[str, float]]]], budget: int, overhead: int
):
    recalled = [memory(f"m{n}", score, passages) for n, (score, passages) in enumerate(found)]
    excerpts = fit(recalled, budget, overhead)
    used = sum(count_tokens(e.text) + overhead for e in excerpts)
    assert used <= budget
    assert [e.recalled.record.id for e in excerpts] == sorted(
        e.recalled.record.id for e in excerpts
    )
    assert all(e.tokens == count_tokens(e.text) for e in excerpts)
    everything = sum(count_tokens(p.text) for r in recalled for p in r.passages)
    shown = sum(count_tokens(e.text.replace("…", "")) for e in excerpts)
    if shown < everything:
        assert budget - used < 26 + 2 + overhead
    for excerpt in excerpts:
        pieces = excerpt.text.split(" … ")
        whole = " ".join(p.text for p in excerpt.recalled.passages)
        assert all(piece in whole and piece.endswith(".") for piece in pieces)


def test_the_nearest_sentence_of_a_long_memory_comes_first():
    long = memory("long", 0.5, [("Dull start.", 0.1), ("Dull too.", 0.1), ("The bee stung.", 0.9)])
    other = memory("other", 0.4, [("Something else.", 0.2)])
    (excerpt,) = fit([long, other], 4)
    assert excerpt.text == "The bee stung."
    assert [e.text for e in fit([long, other], 100)] == [
        "Dull start. Dull too. The bee stung.",
        "Something else.",
    ]
