from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography.ledger import (
    LEDGER,
    Event,
    Facts,
    Known,
    Ledger,
    Person,
    Place,
    check_ledger,
    claims,
    facts_for,
    ledger_tables,
    merge,
    read_ledger,
    seeded,
    write_ledger,
)
from simulacra.characters import (
    Boundary,
    Character,
    CharacterSheet,
    Knowledge,
    Occupation,
    Profile,
    Provenance,
    Traits,
    read_character,
    write_character,
)
from simulacra.errors import CharacterInvalidError
from simulacra.inference import count_tokens

FAMILY = "Low-income; mother Ida nets eels, father Joren, a pilot, died in 2011; one sister, Wil"
WHY = "She has never flown, left the country or seen the ocean."


def sheet(family: str = FAMILY, born: date = date(1985, 5, 4), name: str = "Nora Vale") -> Any:
    return CharacterSheet(
        as_of=date(2026, 10, 1),
        profile=Profile(
            name=name,
            age=41,
            gender="female",
            date_of_birth=born,
            occupation=Occupation(title="baker"),
            traits=Traits(ranking=(), descriptions=("I rise early.",)),
            hobbies=("bees",),
            family=family,
            education="primary school",
            short_term_goals=("mend the oven",),
            long_term_goal="walk the river",
        ),
        knowledge=Knowledge(
            schooling="Little.",
            knows=("rye",),
            beyond=(Boundary(topic="air travel", examples=("jet lag", "boarding"), why=WHY),),
        ),
        provenance=Provenance(author="tests", licence="CC BY 4.0", note="Made for a test."),
    )


def nora(folder: Path) -> Character:
    return write_character(folder / "nora-vale", sheet=sheet())


def names(ledger: Ledger) -> dict[str, str | None]:
    return {person.name: person.relation for person in ledger.people}


def test_a_ledger_begins_with_what_the_sheet_is_sure_of(tmp_path: Path) -> None:
    ledger = read_ledger(nora(tmp_path))
    assert names(ledger) == {
        "Nora Vale": "self",
        "Ida": "mother",
        "Joren": "father",
        "Wil": "sister",
    }
    assert ledger.people[0].born == "1985-05-04"
    assert [(p.name, p.died) for p in ledger.people if p.died] == [("Joren", "2011")]
    assert [(p.name, p.visited) for p in ledger.places] == [("ocean", False)]
    assert [(k.topic, k.knows) for k in ledger.knowledge] == [("rye", True), ("air travel", False)]


@pytest.mark.parametrize(
    "family", ["middle-income, both parents", "her mother and father ran a Bakery", ""]
)
def test_a_family_without_names_seeds_nobody(family: str) -> None:
    assert names(seeded(sheet(family or "none"))) == {"Nora Vale": "self"}


def test_a_sheet_that_changed_changes_what_it_seeded_and_nothing_else() -> None:
    ledger, _ = merge(seeded(sheet()), claims(["Her mother, Ida, laughed."], seeded(sheet())), 7)
    held = Person(name="Bo", relation="uncle", by="person")
    ledger = ledger.model_copy(update={"people": (*ledger.people, held)})
    assert seeded(sheet(), ledger) == ledger
    changed = seeded(sheet("mother Ada"), ledger)
    assert names(changed) == {"Nora Vale": "self", "Ada": "mother", "Ida": None, "Bo": "uncle"}
    (ida,) = (p for p in changed.people if p.name == "Ida")
    assert (ida.by, ida.paragraphs) == ("model", (7,))


def test_a_ledger_is_written_to_be_read_by_a_person(tmp_path: Path) -> None:
    character = nora(tmp_path)
    event = Event(what="sold eels", date="2001-10", by="model", paragraphs=(0, 1, 2, 7))
    write_ledger(character, Ledger(events=(event,)))
    text = (character.folder / LEDGER).read_text(encoding="utf-8")
    assert "what: sold eels\n  date: 2001-10\n  paragraphs: 0-2, 7\n  by: model\n" in text
    assert "null" not in text
    assert "[]" not in text


def test_what_a_person_writes_by_hand_is_understood_and_theirs(tmp_path: Path) -> None:
    character = nora(tmp_path)
    (character.folder / LEDGER).write_text(
        "events:\n- what: a fire\n  date: 2001\n  paragraphs: 4\n"
        "- what: a flood\n  date: 2001-10-14\n  paragraphs: [3, 1]\n",
        encoding="utf-8",
    )
    fire, flood = read_ledger(character).events
    assert (fire.date, fire.paragraphs, fire.by, fire.held) == ("2001", (4,), "person", True)
    assert (flood.date, flood.paragraphs) == ("2001-10-14", (1, 3))


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("people:\n- name: A\n  relatoin: aunt\n", "ledger.yaml:3", "relation"),
        ("events:\n- what: A\n  date: 2001-13\n", "ledger.yaml:3", "month"),
        ("events:\n- what: A\n  paragraphs: 3 to 5\n", "ledger.yaml:3", "3-5"),
        ("events:\n- what: A\n  age: -4\n", "ledger.yaml:3", "greater"),
        ("people: [\n", "ledger.yaml", "YAML"),
        ("people: Ida\n", "ledger.yaml:1", "people"),
    ],
)
def test_a_mistake_by_hand_names_line_and_mend(
    tmp_path: Path, text: str, place: str, said: str
) -> None:
    character = nora(tmp_path)
    (character.folder / LEDGER).write_text(text, encoding="utf-8")
    with pytest.raises(CharacterInvalidError) as caught:
        read_ledger(character)
    assert place in str(caught.value)
    assert said in str(caught.value)


texts = st.text(min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
ids = st.lists(st.integers(0, 40), max_size=5).map(lambda found: tuple(sorted(set(found))))
common: dict[str, Any] = {
    "by": st.sampled_from(("model", "rule", "profile", "person")),
    "fixed": st.booleans(),
    "paragraphs": ids,
}
ledgers = st.builds(
    Ledger,
    people=st.lists(
        st.builds(
            Person,
            name=texts,
            aliases=st.lists(texts, max_size=2).map(tuple),
            relation=st.none() | texts,
            born=st.sampled_from((None, "1990", "1990-02")),
            died=st.none(),
            gender=st.none(),
            stated=st.dictionaries(st.sampled_from(("relation", "born")), st.integers(0, 40)),
            **common,
        ),
        max_size=3,
    ).map(tuple),
    events=st.lists(
        st.builds(
            Event,
            what=texts,
            date=st.just("2001-10-14"),
            place=st.none() | texts,
            people=st.lists(texts, max_size=2).map(tuple),
            **common,
        ),
        max_size=3,
    ).map(tuple),
    places=st.lists(st.builds(Place, name=texts, what=st.none(), **common), max_size=2).map(tuple),
    knowledge=st.lists(
        st.builds(Known, topic=texts, why=st.none() | texts, examples=st.just(()), **common),
        max_size=2,
    ).map(tuple),
    story=st.just("0123"),
    schema_version=st.just(1),
)


@given(ledgers)
def test_a_ledger_reads_back_the_same_from_yaml_and_json(
    tmp_path_factory: pytest.TempPathFactory, ledger: Ledger
) -> None:
    from simulacra.characters.yaml_files import dump_yaml, read_yaml

    path = tmp_path_factory.mktemp("ledger") / LEDGER
    path.write_text(dump_yaml(ledger), encoding="utf-8")
    assert read_yaml(path, Ledger) == ledger
    assert Ledger.model_validate_json(ledger.model_dump_json()) == ledger


@given(ledgers, st.integers(0, 40), st.integers(0, 5), st.integers(0, 5))
def test_paragraphs_move_with_the_story(
    ledger: Ledger, start: int, removed: int, added: int
) -> None:
    moved = ledger.moved(start, removed, added)
    story = [f"old {n}" for n in range(60)]
    now = [*story[:start], *(f"new {n}" for n in range(added)), *story[start + removed :]]

    def sources(of: Ledger, paragraphs: list[str]) -> dict[str, set[str]]:
        return {
            entry.what: {paragraphs[n] for n in entry.paragraphs}
            for entry in of.events
            if len([e for e in ledger.events if e.what == entry.what]) == 1
        }

    gone = set(story) - set(now)
    after = sources(moved, now)
    for what, texts in sources(ledger, story).items():
        (entry,) = (e for e in ledger.events if e.what == what)
        if what in after:
            assert after[what] == texts - gone
        else:
            assert texts
            assert texts <= gone
            assert not entry.held


def test_what_only_a_removed_paragraph_said_of_a_person_is_gone() -> None:
    bo = Person(name="Bo", relation="uncle", by="model", paragraphs=(2, 9), stated={"relation": 2})
    fixed = bo.model_copy(update={"name": "Cy", "fixed": True})
    moved = Ledger(people=(bo, fixed)).moved(2, 1, 3)
    assert [(p.relation, p.paragraphs, p.stated) for p in moved.people] == [
        (None, (11,), {}),
        ("uncle", (11,), {}),
    ]


def test_facts_follow_their_paragraphs_into_an_edited_text() -> None:
    texts = ["Her uncle Bo sang.", "Her aunt Pia danced."]
    facts = claims(texts, seeded(sheet()))
    within = facts.within(["A new beginning.", "Her  aunt Pia danced.", "Her uncle Bo swore."])
    assert [(p.name, p.paragraphs, p.stated) for p in within.people] == [
        ("Pia", (1,), {"relation": 1})
    ]


def test_the_same_person_is_one_whatever_the_name() -> None:
    ledger, flags = seeded(sheet()), []
    for number, name in enumerate(("Inez Bohannon", "INEZ", "Old Inez", "Inez")):
        facts = Facts(people=(Person(name=name, by="model", paragraphs=(0,)),))
        ledger, flags = merge(ledger, facts, number)
    (inez,) = (p for p in ledger.people if p.name.startswith("Inez"))
    assert inez.paragraphs == (0, 1, 2, 3)
    assert inez.aliases == ("INEZ",)
    assert flags == []


def test_a_family_name_alone_is_not_taken_for_somebody() -> None:
    facts = Facts(people=tuple(
        Person(name=name, by="model", paragraphs=(0,)) for name in ("Inez Marsh", "Mr. Marsh")
    ))  # fmt: skip
    ledger, _ = merge(seeded(sheet()), facts, 0)
    assert {"Inez Marsh", "Mr. Marsh"} <= names(ledger).keys()


def test_extraction_never_changes_what_a_person_holds() -> None:
    bo = Person(name="Bo", relation="uncle", by="model", fixed=True, paragraphs=(1,))
    fire = Event(what="the barn burned down", date="1999", by="person")
    known = Known(topic="rye", knows=False, by="person")
    ledger = Ledger(people=(bo,), events=(fire,), knowledge=(known,))
    facts = Facts(
        people=(Person(name="Bo", relation="father", died="2001", by="model", paragraphs=(0,)),),
        events=(Event(what="The barn burned down", place="Tarn", by="model", paragraphs=(0,)),),
        knowledge=(Known(topic="Rye", knows=True, by="model", paragraphs=(0,)),),
    )
    merged, flags = merge(ledger, facts, 5)
    assert merged == ledger
    assert len(flags) == 2  # the kinship and the knowledge


def test_events_told_twice_are_one_with_both_paragraphs() -> None:
    one = Event(what="The old barn burned down", date="1999", by="model", paragraphs=(0,))
    two = Event(what="the barn burned down", date="1999-06", people=("Bo",), by="model",
                paragraphs=(4,))  # fmt: skip
    ledger, flags = merge(Ledger(), Facts(events=(one, two)), 0)
    (fire,) = ledger.events
    assert (fire.date, fire.people, fire.paragraphs) == ("1999-06", ("Bo",), (0, 4))
    assert flags == []


@given(ledgers)
def test_checking_any_ledger_ends_and_names_only_its_paragraphs(ledger: Ledger) -> None:
    every = {n for group in (ledger.people, ledger.events, ledger.places, ledger.knowledge)
             for entry in group for n in entry.paragraphs}  # fmt: skip
    every |= {n for person in ledger.people for n in person.stated.values()}
    for flag in check_ledger(ledger):
        assert flag.check == "ledger"
        assert flag.message.endswith(".")
        assert set(flag.paragraphs) <= every


def test_facts_for_a_passage_are_those_that_bear_on_it() -> None:
    ledger = seeded(sheet()).model_copy(
        update={
            "places": (Place(name="Tarn Bridge", what="a village"), Place(name="Ost")),
            "events": (
                Event(what="the mill burned", date="2001"),
                Event(what="a seal came upriver", date="2002", place="Tarn Bridge"),
                Event(what="took over the shop", date="2020"),
            ),
        }
    )
    lines = facts_for(ledger, "In 2001 Ida walked to Tarn Bridge.", 400).splitlines()
    assert lines[:5] == [
        "Nora Vale: whose story this is, born 1985-05-04",
        "Ida: mother",
        "Tarn Bridge: a village",
        "2001: the mill burned",
        "2002: a seal came upriver (Tarn Bridge)",
    ]
    assert not any("shop" in line or "Ost" in line for line in lines)


@given(st.integers(0, 120))
def test_facts_keep_to_their_budget(budget: int) -> None:
    text = facts_for(seeded(sheet()), "Ida and Wil went by air.", budget)
    assert count_tokens(text) <= budget
    assert (budget < 20) or text


def test_a_ledger_is_shown_as_tables_of_equal_rows() -> None:
    ledger = seeded(sheet()).model_copy(
        update={"events": (Event(what="a fire", date="2001", season="winter", age=16),)}
    )
    tables = {title: (columns, rows) for title, columns, rows in ledger_tables(ledger)}
    assert tables["Events"][1] == [("winter 2001, age 16", "a fire", "", "", "", "person")]
    for columns, rows in tables.values():
        assert {len(row) for row in rows} == {len(columns)}
    assert ledger_tables(Ledger()) == []


def test_the_character_is_still_read_with_a_ledger_in_its_folder(tmp_path: Path) -> None:
    character = nora(tmp_path)
    write_ledger(character, read_ledger(character))
    assert read_character(character.folder).sheet == character.sheet
