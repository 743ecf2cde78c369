"""A person with a file of each kind, for the tests of what goes out and comes in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from simulacra.biography.desk import HISTORY
from simulacra.biography.ledger import LEDGER
from simulacra.biography.revision import Began
from simulacra.characters import (
    Character,
    CharacterSheet,
    Item,
    Occupation,
    Profile,
    Provenance,
    Questionnaire,
    Tendency,
    Traits,
    Utterance,
    read_character,
    write_character,
)
from simulacra.dataset.expectations import EXPECTATIONS
from simulacra.memory.record import Feeling, MemoryRecord, Source
from simulacra.memory.store import render_memories

STORY = """\
# The lamp

Ada was born above the lamp room in Skerry while rain came in under the door.

In 1996 she was six. She fell from the pier and lost a shoe, and Tove Lund fished it out.

# Work

Her first wage was nineteen coins, and she counted them twice a day.

In 2015 she turned twenty-five, and the mail boat from Holm brought a parrot.
"""
LEDGER_TEXT = """\
# corrected by hand: this remark stays
schema_version: 1
people:
  - {name: Tove Lund, relation: neighbour, by: person, paragraphs: "1"}
events:
  - {what: she falls from the pier, date: "1996", age: 6, by: person, paragraphs: "1"}
  - {what: the parrot comes, date: "2015-06-11", place: Skerry, by: person, paragraphs: "3"}
  - {what: the boat is mended, by: person}
"""
EXPECTED = """\
schema_version: 1
expectations:
  - scenario: closed-road
    motive: She wants to be home before dark.
    emotion: A little fear of strangers, and curiosity.
    approach: She counts what she has with her.
    behaviour: She waits in the car and writes a letter.
    why: She counts, always.
    evidence: [2]
"""


def sheet(name: str, ranking: tuple[Tendency, ...] = ()) -> CharacterSheet:
    descriptions = tuple(f"I count steps of kind {n}." for n in range(20 if ranking else 2))
    return CharacterSheet(
        as_of=date(2020, 6, 1),
        profile=Profile(
            name=name,
            age=30,
            gender="female",
            date_of_birth=date(1990, 3, 1),
            occupation=Occupation(title="lamp keeper", isco="5419"),
            traits=Traits(ranking=ranking, descriptions=descriptions),
            hobbies=("rowing",),
            family="small",
            education="taught at home",
            short_term_goals=("mending the boat",),
            long_term_goal="seeing a desert",
        ),
        extra={"eyes": "green — “sea green” 🦌"},
        voice=(Utterance(heard="Hello!", remembers="A stranger.", said="Mind the step."),),
        provenance=Provenance(author="somebody", licence="CC-BY-4.0", note="For a test."),
    )


def memory(number: int) -> MemoryRecord:
    return MemoryRecord(
        id=f"story-{number:03}",
        kind="story",
        participants=("Ada Frost", "Tove Lund (neighbour)"),
        scene="the pier",
        content=f"I was at the pier, time {number}.",
        thought="It was cold.",
        emotion="I was ashamed.",
        feelings=(Feeling(about="the shoe", feeling="shame", intensity=0.5),),
        summary=f"I lost a shoe at the pier in Skerry, number {number}.",
        source=Source(paragraphs=(2 * number, 2 * number + 1)),
        created=datetime(2026, 1, 1, tzinfo=UTC),
        model="a model",
        prompt_digest="abc",
    )


def items() -> tuple[Item, ...]:
    options = {"cloze": 0, "single": 4, "multiple": 6}
    right = {"cloze": 0, "single": 1, "multiple": 3}
    made: list[Item] = []
    for kind in ("cloze", "single", "multiple"):
        texts = tuple(f"thing {n}" for n in range(options[kind]))
        for number in range(5):
            item = {"id": f"{kind}-{number}", "kind": kind, "question": "How many coins?"}
            item |= {"options": texts, "answer": texts[: right[kind]] or ("nineteen",)}
            made.append(Item.model_validate(item | {"evidence": (2,)}))
    return tuple(made)


def person(
    folder: Path, name: str = "Ada Frost", ranking: tuple[Tendency, ...] = (), *, bare: bool = False
) -> Character:
    """Write a person to a folder; a bare one has no ledger, revisions and expectations."""
    write_character(
        folder,
        sheet=sheet(name, ranking),
        biography=f"{name} was born in 1990 and became a lamp keeper. She likes rowing.\n",
        story_text=STORY,
        questionnaire=Questionnaire(items=items()),
        memories=render_memories(memory(number) for number in range(2)),
    )
    if not bare:
        began = Began(why="written", text=STORY, at=datetime(2026, 1, 1, tzinfo=UTC))
        more = {LEDGER: LEDGER_TEXT, EXPECTATIONS: EXPECTED}
        more[HISTORY] = began.model_dump_json() + "\n"
        for file, text in more.items():
            (folder / file).write_text(text, encoding="utf-8")
    return read_character(folder)


def files(folder: Path) -> dict[str, bytes]:
    """The files of a folder, with their bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}
