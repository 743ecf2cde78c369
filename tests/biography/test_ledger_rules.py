from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography import Flag, Story
from simulacra.biography.ledger import (
    Event,
    Facts,
    Known,
    Ledger,
    Person,
    Place,
    claims,
    contradictions,
    merge,
    seeded,
)
from simulacra.biography.ledger.data import Entry
from simulacra.characters import age_on, read_character, shipped_folder

HERSELF = Person(
    name="Nora Vale", relation="self", gender="female", born="1985-05-04", by="profile"
)


def person(name: str, paragraph: int = 3, **values: str) -> Person:
    stated = dict.fromkeys(values, paragraph)
    return Person.model_validate(
        {"name": name, "by": "model", "paragraphs": (paragraph,), "stated": stated, **values}
    )


def event(what: str, paragraph: int = 3, **values: object) -> Event:
    return Event.model_validate({"what": what, "by": "model", "paragraphs": paragraph, **values})


def ledger(*entries: Entry) -> Ledger:
    return Ledger(
        people=(HERSELF, *(e for e in entries if isinstance(e, Person))),
        events=tuple(e for e in entries if isinstance(e, Event)),
        places=tuple(e for e in entries if isinstance(e, Place)),
        knowledge=tuple(e for e in entries if isinstance(e, Known)),
    )


def flags(new: Entry, *settled: Entry) -> list[Flag]:
    """Return what a new entry has against a ledger: it stands in the paragraph after 20."""
    facts = ledger(new)
    told = Facts(
        people=facts.people[1:],
        events=facts.events,
        places=facts.places,
        knowledge=facts.knowledge,
    )
    return merge(ledger(*settled), told, 20)[1]


NEVER = Place(name="Boise", visited=False, by="rule", paragraphs=(3,))

CONTRADICTIONS: list[tuple[Entry, Entry, str]] = [
    (person("Ida", 1, relation="aunt"), person("Ida", relation="mother"), "mother"),
    (person("Ida Vale", 1, relation="older sister"), person("Ida", relation="Mom"), "mother"),
    (person("Greta", 1, relation="mother"), person("Ida", relation="mother"), "is called Greta"),
    (person("Hein", 1, relation="Dad"), person("Joren", relation="father"), "is called Hein"),
    (person("Bo", 1, relation="brother"), person("Tom", relation="only brother"), "only brother"),
    (person("Ida", 1, born="1961"), person("Ida", born="1958-02"), "born in 1961"),
    (person("Ida", 1, died="2001"), person("Ida", died="2011"), "dead in 2001"),
    (
        event("the barn burned down", 1, date="1999"),
        event("The old barn burned down", date="2004-07"),
        "1999",
    ),
    (event("Joren mended a net", 1, date="2015", people=("Joren",)), person("Joren", died="2011"),
     "dead in 2011"),
    (person("Joren", 1, died="2011"), event("Joren mended a net", date="2015", people=("Joren",)),
     "dead in 2011"),
    (event("bought a hat", 1, place="Boise"), NEVER, "never visited"),
    (Place(name="Boise", visited=False, by="rule", paragraphs=(1,)),
     event("bought a hat", place="a shop in Boise"), "never visited"),
    (Known(topic="Latin", knows=True, by="model", paragraphs=(1,)),
     Known(topic="latin", knows=False, by="model", paragraphs=(3,)), "not known"),
]  # fmt: skip


@pytest.mark.parametrize(("new", "settled", "said"), CONTRADICTIONS)
def test_a_contradiction_names_both_paragraphs(new: Entry, settled: Entry, said: str) -> None:
    (flag,) = flags(new, settled)
    assert said in flag.message
    assert sorted(flag.paragraphs) == [3, 21]
    assert {"paragraph 21", "paragraph 3"} <= set(re.findall(r"paragraph \d+", flag.message))
    assert flag.check == "ledger"


AGREEMENTS: list[tuple[Entry, Entry]] = [
    (person("Ida", 1, relation="Mom"), person("Ida", relation="mother")),
    (person("Bo", 1, relation="older brother"), person("Bo", relation="brother")),
    (person("Bo", 1, relation="friend"), person("Bo", relation="cousin")),
    (person("Ida", 1, relation="mother-in-law"), person("Greta", relation="mother")),
    (person("Edna", 1, relation="mother of Ida"), person("Ida", relation="mother")),
    (person("Ruthie", 1, relation="mother"), person("Ruth", relation="mother")),
    (person("Bo", 1, relation="brother"), person("Tom", relation="brother")),
    (person("Ida", 1, relation="sister"), person("Tom", relation="only brother")),
    (person("Ida", 1, born="1961-02"), person("Ida", born="1961")),
    (event("the barn burned down", 1, date="1999-04"), event("The barn burned down", date="1999")),
    (event("planted a pear tree", 1, date="1999"), event("sold the pears", date="2004")),
    (event("Joren was buried", 1, date="2012", people=("Joren",)), person("Joren", died="2011")),
    (event("Joren mended a net", 1, date="2011", people=("Joren",)), person("Joren", died="2011")),
    (event("bought a hat", 1, place="Spokane"), NEVER),
]


@pytest.mark.parametrize(("new", "settled"), AGREEMENTS)
def test_what_can_be_true_together_is_not_flagged(new: Entry, settled: Entry) -> None:
    assert flags(new, settled) == []


def test_a_mother_younger_than_her_child_is_flagged_wherever_her_birth_was_told() -> None:
    (flag,) = flags(person("Ida", 1, born="1980"), person("Ida", relation="mother"))
    assert "1980" in flag.message
    (flag,) = flags(person("Ida", 1, relation="mother"), person("Ida", born="1980"))
    assert flag.paragraphs == (21, 3)
    assert flags(person("Ida", 1, born="1961"), person("Ida", relation="mother")) == []


def test_an_only_child_has_no_brother() -> None:
    alone = HERSELF.model_copy(update={"relation": "self, only child"})
    told = Facts(people=(person("Bo", 1, relation="brother"),))
    (flag,) = merge(Ledger(people=(alone,)), told, 20)[1]
    assert "only child" in flag.message


def test_her_own_memory_from_before_her_birth_is_flagged() -> None:
    (flag,) = flags(event("Nora Vale stole a pear", 1, date="1980", people=("Nora",)))
    assert "before the birth" in flag.message
    assert flags(event("Ida stole a pear", 1, date="1980", age=20, people=("Ida",))) == []


@given(st.dates(date(1985, 5, 4), date(2060, 1, 1)), st.integers(0, 110))
def test_an_age_is_flagged_exactly_when_it_is_more_than_a_year_off(day: date, age: int) -> None:
    right = age_on(day, date(1985, 5, 4))
    found = flags(event("won a race", 1, date=day.isoformat(), age=age))
    assert bool(found) is (abs(age - right) > 1)


@given(st.integers(1985, 2060), st.integers(0, 110))
def test_an_age_in_a_year_may_be_that_before_or_after_the_birthday(year: int, age: int) -> None:
    found = flags(event("won a race", 1, date=str(year), age=age))
    assert bool(found) is not (year - 1985 - 2 <= age <= year - 1985 + 1)


@given(st.permutations(range(len(CONTRADICTIONS))))
def test_what_was_settled_first_stands(order: list[int]) -> None:
    """Merging never changes a relation, a birth or a death that the ledger has."""
    growing = ledger()
    settled: dict[tuple[str, str], str] = {}
    for place in order:
        for entry in CONTRADICTIONS[place][:2]:
            if isinstance(entry, Person):
                growing, _ = merge(growing, Facts(people=(entry,)), 0)
        for someone in growing.people:
            for field in ("relation", "born", "died"):
                if value := getattr(someone, field):
                    assert settled.setdefault((someone.name.split()[0], field), value) == value


SETTLED = ledger(
    person("Ida", relation="mother"),
    Known(topic="air travel", knows=False, why="She never flew.", examples=("jet lag",)),
    Place(name="ocean", visited=False, by="profile"),
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Her mother, Greta, sold eels.", "Greta"),
        ("Nora and her mother Greta sold eels.", "Greta"),
        ("Greta was her mother.", "Greta"),
        ("My mother, Greta, sold eels.", "Greta"),
        ("The jet lag lasted for a week.", "jet lag"),
    ],
)
async def test_contradictions_in_a_text_are_seen_without_any_model(text: str, said: str) -> None:
    (flag,) = (await contradictions(SETTLED, ["It rained.", text], 6)).value
    assert said in flag.message
    assert flag.paragraphs[0] == 7


@pytest.mark.parametrize(
    "text",
    [
        "Wil came early. Her mother, Greta, sold eels.",
        "Wil and her mother Greta sold eels.",
        "Wil's mother, Greta, sold eels.",
        "His mother, Greta, sold eels.",
        "“My mother, Greta, sold eels,” said the girl.",
        "For her mother, Greta, and the eels she had no time.",
        "Her grandmother, Greta, sold eels.",
        "She did not know what jet lag was.",
    ],
)
async def test_what_is_said_of_others_is_no_contradiction(text: str) -> None:
    assert (await contradictions(SETTLED, [text], 6)).value == []


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("She never visited Boise.", ["Boise"]),
        ("I have never been to Boise.", ["Boise"]),
        ("She has never flown, left the country or seen the ocean.", ["ocean"]),
        ("She had never been to Boise.", []),
        ("She never went to Boise again.", []),
        ("She never saw Boise until 2004.", []),
        ("She never told Ida that she had been to Boise.", []),
        ("Wil never visited Boise.", []),
    ],
)
def test_a_place_is_never_visited_only_where_that_is_said_of_her_for_good(
    text: str, places: list[str]
) -> None:
    assert [place.name for place in claims([text], ledger()).places] == places


def test_deaths_and_births_are_read_from_plain_sentences() -> None:
    text = "Ida was born in March 1960. In the end Ida died on June 3, 2012. Ost died in 1999."
    told = claims([text], SETTLED).people
    assert [(p.name, p.born, p.died) for p in told] == [
        ("Ida", "1960-03", None),
        ("Ida", None, "2012-06-03"),
    ]


def test_a_life_that_was_read_against_itself_has_no_contradiction() -> None:
    mary = read_character(shipped_folder() / "mary-jones")
    story = Story.parse(mary.story_text)
    growing = seeded(mary.sheet)
    for number, text in enumerate(story.paragraphs):
        growing, found = merge(growing, claims([text], growing), number)
        assert found == []
    relations = {p.name: p.relation for p in growing.people}
    assert relations["Ruth"] == "mother"
    assert relations["Dale"] == "father"


async def test_every_paragraph_of_that_life_passes_the_rules() -> None:
    mary = read_character(shipped_folder() / "mary-jones")
    story = Story.parse(mary.story_text)
    assert (await contradictions(seeded(mary.sheet), story.paragraphs, 0)).value == []
