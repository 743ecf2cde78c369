from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography.ledger import (
    Event,
    Facts,
    Ledger,
    Person,
    Place,
    contradictions,
    merge,
    read_facts,
)
from simulacra.biography.ledger.judging import ContradictionsSeen
from simulacra.biography.ledger.proof import proved
from simulacra.biography.ledger.reading import FactsRead, FewFactsRead, reading
from simulacra.errors import MalformedAnswerError
from simulacra.inference import ScriptedModel

LEDGER = Ledger(
    people=(
        Person(name="Nora Vale", relation="self", gender="female", born="1985-05-04", by="profile"),
        Person(name="Ida", relation="mother", by="model", paragraphs=(2,), stated={"relation": 2}),
        Person(name="Joren", relation="father", by="model", paragraphs=(3,)),
    )
)
TEXTS = [
    "Nora and Ida took the ferry to Ost on June 3, 1995. Nora was ten. Her uncle Bo met them.",
    "In the winter of 1996 Pia, a neighbor, taught her to skate on the mill pond.",
]


def person(name: str, **values: str) -> Mapping[str, object]:
    return {"name": name, **values}


async def facts(ledger: Ledger = LEDGER, **read: list[Mapping[str, object]]) -> Facts:
    return (await read_facts(ScriptedModel([read]), TEXTS, ledger)).value


async def test_what_the_words_bear_out_becomes_facts_with_their_paragraphs() -> None:
    told = await facts(
        people=[person("Bo", relation="uncle"), person("Pia", relation="neighbor")],
        events=[
            {
                "what": "took the ferry to Ost",
                "date": "June 1995",
                "place": "Ost",
                "people": ["Nora", "Ida"],
            },
            {"what": "Pia taught her to skate", "date": "1996", "place": "the mill pond"},
        ],
        places=[{"name": "Ost", "what": ""}],
        knowledge=[{"topic": "skate", "knows": True, "why": "Pia taught her"}],
    )
    assert told.dropped == 0
    assert {(p.name, p.relation, p.paragraphs) for p in told.people} == {
        ("Bo", "uncle", (0,)),
        ("Pia", "neighbor", (1,)),
    }
    ferry, skating = told.events
    assert (ferry.date, ferry.place, ferry.people) == ("1995-06-03", "Ost", ("Nora Vale", "Ida"))
    assert (skating.date, skating.season, skating.people) == ("1996", "winter", ("Pia",))
    assert (ferry.paragraphs, skating.paragraphs) == ((0,), (1,))
    assert [(p.name, p.paragraphs) for p in told.places] == [("Ost", (0,))]
    assert [(k.topic, k.knows, k.paragraphs) for k in told.knowledge] == [("skate", True, (1,))]


async def test_what_does_not_stand_in_the_text_is_dropped_and_counted() -> None:
    told = await facts(
        people=[person("Gustav", relation="uncle"), person("the neighbor")],
        events=[{"what": "married a sailor in Lisbon"}],
        places=[{"name": "Lisbon", "what": "a port"}],
        knowledge=[{"topic": "quantum physics", "knows": False}],
    )
    assert told.dropped == 5
    assert told.events == told.places == told.knowledge == ()
    assert [p.name for p in told.people] == ["Bo"]  # rules read him by themselves


async def test_years_ages_and_kinship_that_the_text_does_not_tell_are_not_believed() -> None:
    told = await facts(
        people=[person("Ida", relation="aunt", born="1950"), person("Pia", relation="mother")],
        events=[
            {"what": "took the ferry to Ost", "date": "2003", "age": 44, "people": ["Pia"]},
            {"what": "taught her to skate", "age": 11},
        ],
    )
    assert [(p.relation, p.born) for p in told.people if p.name in ("Ida", "Pia")] == [
        (None, None),
        (None, None),
    ]
    ferry, skating = told.events
    assert (ferry.date, ferry.age, ferry.people) == ("1995-06-03", None, ())
    assert skating.age is None
    assert merge(LEDGER, told, 5)[1] == []


async def test_a_time_before_her_birth_is_not_hers_because_a_model_says_so() -> None:
    text = ["Ida was young then. She met a sailor at the fair in 1971."]
    read = {"events": [{"what": "Nora Vale met a sailor at the fair", "date": "1971"}]}
    told = (await read_facts(ScriptedModel([read]), text, LEDGER)).value
    assert told.events == ()
    assert told.dropped == 1


async def test_people_whom_the_ledger_knows_are_told_to_the_model() -> None:
    model = ScriptedModel([{}])
    await read_facts(model, TEXTS, LEDGER)
    assert "Ida (mother)" in model.calls[0].user
    assert "Joren" not in model.calls[0].user
    assert TEXTS[0] in model.calls[0].user


async def test_a_small_model_is_asked_for_less_and_rules_add_the_rest() -> None:
    model = ScriptedModel(
        [
            {
                "people": [{"name": "Pia", "relation": "neighbor"}, {"name": "Max"}],
                "events": ["Nora and Ida took the ferry to Ost", "sang in Paris", " "],
            }
        ],
        small=True,
    )
    told = (await read_facts(model, TEXTS, LEDGER)).value
    assert model.calls[0].schema is FewFactsRead
    (ferry,) = told.events
    assert (ferry.date, ferry.people) == ("1995-06-03", ("Nora Vale", "Ida"))
    assert told.dropped == 2
    assert len(reading("", LEDGER, small=True).user) < len(reading("", LEDGER, small=False).user)


@pytest.mark.parametrize(
    "answer",
    [
        "Certainly! Ida is her mother.",
        '{"people": "Ida, Bo"}',
        '{"people": [' + ",".join(['{"name": "Ida"}'] * 10_000) + "]}",
        '{"events": [{"what": "' + "a" * 50_000 + '"}]}',
        '{"events": [["a"]]}',
        "[]",
    ],
)
async def test_nonsense_is_an_error_that_names_the_model(answer: str) -> None:
    with pytest.raises(MalformedAnswerError, match="scripted"):
        await read_facts(ScriptedModel([answer] * 3), TEXTS, LEDGER)


words = st.text(max_size=40) | st.sampled_from(("Ida", "Ost", "Nora", "mother", "1995", "her"))
reads: st.SearchStrategy[FactsRead] = st.fixed_dictionaries(
    {
        "people": st.lists(
            st.fixed_dictionaries({"name": words.filter(bool), "relation": words}), max_size=4
        ),
        "events": st.lists(
            st.fixed_dictionaries(
                {
                    "what": words.filter(bool),
                    "date": words.map(lambda text: text[:20]),
                    "age": st.none() | st.integers(0, 130),
                    "place": words,
                    "people": st.lists(words, max_size=3),
                }
            ),
            max_size=4,
        ),
        "places": st.lists(
            st.fixed_dictionaries({"name": words.filter(bool), "what": words}), max_size=4
        ),
    }
).map(FactsRead.model_validate)


@given(reads, st.lists(st.text(max_size=80) | st.sampled_from(TEXTS), max_size=3))
def test_whatever_a_model_reads_only_names_of_the_text_come_through(
    read: FactsRead, texts: list[str]
) -> None:
    told = proved(read, texts, LEDGER)
    for entry in (*told.people, *told.places):
        assert all(entry.name.casefold() in texts[n].casefold() for n in entry.paragraphs)
    every = (*told.people, *told.events, *told.places)
    assert all(0 <= n < len(texts) for entry in every for n in entry.paragraphs)
    grown, _ = merge(LEDGER, told, 4)
    assert Ledger.model_validate(grown.model_dump()) == grown


SETTLED = LEDGER.model_copy(
    update={
        "events": (Event(what="Ida sold the boat", date="1994", by="model", paragraphs=(7,)),),
        "places": (Place(name="Ost", what="an island", by="model", paragraphs=(8,)),),
    }
)


async def test_a_judge_counts_where_it_quotes_the_text_and_names_both_paragraphs() -> None:
    seen = {
        "contradictions": [
            {"fact": 3, "quote": "took the  ferry to “Ost”", "why": "It is a mountain."},
            {"fact": 2, "quote": "Ida was a stranger", "why": "She is her mother."},
            {"fact": 99, "quote": "took the ferry", "why": "No such fact."},
        ]
    }
    model = ScriptedModel([seen])
    answer = await contradictions(SETTLED, TEXTS, 20, model)
    (flag,) = answer.value
    assert flag.paragraphs == (20, 8)
    assert "(paragraph 20 against paragraph 8)" in flag.message
    assert "3. Ost: an island" in model.calls[0].user
    assert model.calls[0].schema is ContradictionsSeen
    assert answer.usage.calls == 1


async def test_a_small_model_is_no_judge() -> None:
    model = ScriptedModel([], small=True)
    assert (await contradictions(SETTLED, TEXTS, 20, model)).value == []
    assert model.calls == []
