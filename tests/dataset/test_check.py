from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from simulacra.biography import Story
from simulacra.biography.ages import ways_to_write
from simulacra.characters import (
    Character,
    CharacterSheet,
    Item,
    Occupation,
    Problem,
    Profile,
    Provenance,
    Questionnaire,
    Traits,
    read_character,
    write_character,
)
from simulacra.dataset import check, leftovers
from simulacra.inference import EmbeddingCache, HashEmbedder
from simulacra.memory.record import MemoryRecord, Source
from simulacra.memory.store import render_memories

BIOGRAPHY = """\
Ada Frost was born in 1990 in a small town. She was taught at home and became a lamp keeper.

She likes rowing. She is mending the boat and hopes for seeing a desert.
"""
STORY = """\
# The lamp

Ada was born above the lamp room while rain came in under the door.

In 1996 she was six. She fell from the pier and lost a shoe.

# Work

Her first wage was nineteen coins, and she counted them twice a day.

In 2015 she turned twenty-five, and the mail boat brought a parrot instead of letters.
"""

Change = Callable[[dict[str, Any]], object]


def item(kind: Any, number: int, **values: Any) -> Item:
    options = {"cloze": 0, "single": 4, "multiple": 6}[kind]
    right = {"cloze": 0, "single": 1, "multiple": 3}[kind]
    texts = tuple(f"thing {n}" for n in range(options))
    whole = {
        "id": f"{kind}-{number}",
        "kind": kind,
        "question": f"Question {number}?",
        "options": texts,
        "answer": texts[:right] or ("19",),
        "evidence": (2,),
    }
    return Item.model_validate(whole | values)


def parts() -> dict[str, Any]:
    sheet = CharacterSheet(
        schema_version=1,
        as_of=date(2020, 6, 1),
        profile=Profile(
            name="Ada Frost",
            age=30,
            gender="female",
            date_of_birth=date(1990, 3, 1),
            occupation=Occupation(title="lamp keeper", isco=None),
            traits=Traits(ranking=(), descriptions=("I count steps.",)),
            hobbies=("rowing",),
            family="small",
            education="taught at home",
            short_term_goals=("mending the boat",),
            long_term_goal="seeing a desert",
        ),
        provenance=Provenance(author="somebody", licence="CC BY 4.0", note="for a test"),
    )
    memories = [
        MemoryRecord(
            id=f"m{i}",
            kind="story",
            content="I was there.",
            thought="I think of it.",
            emotion="I felt warm.",
            summary="There.",
            source=Source(paragraphs=(2 * i, 2 * i + 1)),
            created=datetime(2026, 1, 1, tzinfo=UTC),
            model="a model",
        )
        for i in range(2)
    ]
    kinds = ("cloze", "single", "multiple")
    items = [item(kind, number) for kind in kinds for number in range(5)]
    return {
        "sheet": sheet,
        "biography": BIOGRAPHY,
        "story_text": STORY,
        "memories": memories,
        "questionnaire": items,
    }


def build(tmp_path: Path, change: Change = lambda _: None) -> Character:
    made = parts()
    change(made)
    made["memories"] = render_memories(made["memories"])
    made["questionnaire"] = Questionnaire(items=tuple(made["questionnaire"]))
    return write_character(tmp_path / "ada", **made)


def found(character: Character) -> list[Problem]:
    return asyncio.run(check(character, EmbeddingCache(HashEmbedder(), None)))


def test_a_sound_character_has_no_findings(tmp_path: Path) -> None:
    assert found(build(tmp_path)) == []


def story(old: str, new: str) -> Change:
    assert old in STORY
    return lambda made: made.update(story_text=STORY.replace(old, new))


def with_(**values: Any) -> Change:
    return lambda made: made.update(values)


def drop_last_item(made: dict[str, Any]) -> None:
    made["questionnaire"].pop()


def memory(**values: Any) -> Change:
    def change(made: dict[str, Any]) -> None:
        made["memories"][0] = made["memories"][0].model_copy(update=values)

    return change


def question(**values: Any) -> Change:
    def change(made: dict[str, Any]) -> None:
        made["questionnaire"][0] = item("cloze", 0, **values)

    return change


REPEAT = "Her first wage was nineteen coins, and she counted them twice a day."


@pytest.mark.parametrize(
    ("change", "level", "place", "said"),
    [
        (story("lost a shoe.", "lost a"), "warning", "story.md:5", "without an end of sentence"),
        (story("six.", "sixteen."), "warning", "story.md:5", "age 16 in 1996"),
        (story("In 2015", "Sure, in 2015"), "warning", "story.md:11", "left by generation"),
        (story("Ada was", "Ada [insert name] was"), "warning", "story.md:3", "a placeholder"),
        (story("In 2015", REPEAT + "\n\nIn 2015"), "error", "story.md:11", "repeats paragraph 2"),
        (
            story("In 2015", REPEAT.replace("twice a", "three times a") + "\n\nIn 2015"),
            "warning",
            "story.md:11",
            "of its phrases",
        ),
        (story("In 2015", "- eggs\n- oil\n\nIn 2015"), "warning", "story.md:11", "list"),
        (story("coins, and", "coins,\n# Coins\nand"), "warning", "story.md:10", "heading"),
        (memory(source=Source(paragraphs=(0, 9))), "error", "memories.jsonl:1", "no paragraph 9"),
        (memory(source=Source(paragraphs=(0,))), "error", "memories.jsonl", "1 is in 0 memories"),
        (memory(source=Source(paragraphs=(0, 1, 2))), "error", "memories.jsonl", "2 is in 2"),
        (memory(emotion=""), "warning", "memories.jsonl:1", "emotion is empty"),
        (
            memory(content="I'm sorry, but I cannot create content."),
            "warning",
            "memories.jsonl:1",
            "a refusal",
        ),
        (question(evidence=(4,)), "error", "questionnaire.yaml:3", "no paragraph 4"),
        (question(answer=("twenty",)), "warning", "questionnaire.yaml:3", "no accepted answer"),
        (question(evidence=()), "warning", "questionnaire.yaml", "1 items name no paragraph"),
        (
            drop_last_item,
            "warning",
            "questionnaire.yaml",
            "4 multiple items",
        ),
        (with_(biography=""), "error", "biography.md", "missing or empty"),
        (
            with_(biography=BIOGRAPHY.replace("rowing", "running")),
            "warning",
            "biography.md",
            "'rowing' is not in",
        ),
        (
            with_(biography=BIOGRAPHY + "\nWord. " * 1000),
            "warning",
            "biography.md",
            "are over 1,000",
        ),
        (with_(memories=[]), "warning", "memories.jsonl", "missing or empty"),
    ],
)
def test_what_is_wrong_is_found_where_it_is(
    tmp_path: Path, change: Change, level: str, place: str, said: str
) -> None:
    findings = found(build(tmp_path, change))
    hits = [f for f in findings if said in f.message]
    assert hits, findings
    assert (hits[0].level, hits[0].place) == (level, str(tmp_path / "ada" / place))
    assert hits[0].mend


def test_paragraphs_that_say_the_same_are_found_by_embedding(tmp_path: Path) -> None:
    shuffled = "Twice a day she counted them, and nineteen coins was her first wage."
    findings = found(build(tmp_path, story("In 2015", shuffled + "\n\nIn 2015")))
    assert any("says nearly the same as paragraph 2 (cosine" in f.message for f in findings)


def test_without_an_embedder_the_gap_is_said(tmp_path: Path) -> None:
    findings = asyncio.run(check(build(tmp_path), None))
    assert [f.message for f in findings] == ["near-duplicates were not looked for by embedding."]


def test_shipped_characters_are_held_to_lengths(tmp_path: Path) -> None:
    build(tmp_path)
    findings = found(read_character(tmp_path / "ada", shipped=True))
    said = {f.message for f in findings if f.level == "error"}
    assert any("words are under 600" in message for message in said)
    assert any("words are under 10,000" in message for message in said)


@pytest.mark.parametrize(
    "text",
    [
        "Sure, here it is.",
        "Here is the expanded version of the paragraph:",
        "As an AI language model, I never climbed.",
        "She waited. [insert a memory]",
        "Chapter continues with the flood.",
        "Word count: 300",
        "TODO the wedding",
        "**Winter** came.",
        "Chapter Title: Winter",
        "I'm sorry, but I can't write that.",
    ],
)
def test_remarks_of_generation_are_recognised(text: str) -> None:
    assert leftovers(text)


@pytest.mark.parametrize(
    "text",
    [
        'She laughed. "Sure, I can row," she said.',
        "He was sorry, but he could not come.",
        "Here is where the boat sank.",
        "The chapter house was cold. Part of it had burnt down.",
        "She had a note from him: three words, no more.",
        *(paragraph for paragraph in Story.parse(STORY).paragraphs),
    ],
)
def test_plain_prose_is_left_alone(text: str) -> None:
    assert leftovers(text) == []


def test_numbers_and_dates_are_found_in_words() -> None:
    assert "twenty-nine" in ways_to_write("29")
    assert "29" in ways_to_write("Twenty-nine")
    assert "June 27" in ways_to_write("1994-06-27")
