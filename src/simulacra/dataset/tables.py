"""The data set as tables for research: rows of plain values, each with its columns' kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from simulacra.biography import Story, read_ledger
from simulacra.biography.ledger import LEDGER
from simulacra.characters import Character
from simulacra.dataset.expectations import read_expectations
from simulacra.memory import memories_of

Kind = Literal["text", "number", "share", "texts", "numbers"]
"""What a column holds: one text, a whole number, a number from 0 to 1, or lists of the first two.

A single value may be missing; days are texts (``1997-04-12``, or ``1997-04`` where the day is not
told).
"""
Row = dict[str, Any]


def _characters(character: Character) -> Iterator[Row]:
    sheet, profile, knowledge = character.sheet, character.profile, character.sheet.knowledge
    yield {
        "character": character.slug,
        "name": profile.name,
        "age": profile.age,
        "gender": profile.gender,
        "date_of_birth": str(profile.date_of_birth),
        "as_of": str(sheet.as_of),
        "occupation": profile.occupation.title,
        "isco": profile.occupation.isco,
        "ranking": list(profile.traits.ranking),
        "descriptions": list(profile.traits.descriptions),
        "hobbies": list(profile.hobbies),
        "family": profile.family,
        "education": profile.education,
        "short_term_goals": list(profile.short_term_goals),
        "long_term_goal": profile.long_term_goal,
        "extra": [f"{key}: {value}" for key, value in sheet.extra.items()],
        "knows": list(knowledge.knows) if knowledge else [],
        "beyond": [boundary.topic for boundary in knowledge.beyond] if knowledge else [],
        "biography": character.biography,
        "story": character.story_text,
        "licence": sheet.provenance.licence,
    }


def _paragraphs(character: Character) -> Iterator[Row]:
    story = Story.parse(character.story_text)
    titles = {i: c.title for c in story.chapters for i in range(c.start, c.end)}
    for number, text in enumerate(story.paragraphs):
        chapter = titles.get(number)
        yield {"character": character.slug, "paragraph": number, "chapter": chapter, "text": text}


def _memories(character: Character) -> Iterator[Row]:
    for record in memories_of(character):
        yield {
            "character": character.slug,
            "id": record.id,
            "kind": record.kind,
            "participants": list(record.participants),
            "scene": record.scene,
            "content": record.content,
            "thought": record.thought,
            "emotion": record.emotion,
            "summary": record.summary,
            "paragraphs": list(record.source.paragraphs),
        }


def _feelings(character: Character) -> Iterator[Row]:
    for record in memories_of(character):
        for feeling in record.feelings:
            yield {"character": character.slug, "memory": record.id, **feeling.model_dump()}


def _questions(character: Character) -> Iterator[Row]:
    for item in character.questionnaire.items if character.questionnaire else ():
        yield {"character": character.slug, **item.model_dump(mode="json")}


def _expectations(character: Character) -> Iterator[Row]:
    found = read_expectations(character)
    for expectation in found.expectations if found else ():
        yield {"character": character.slug, **expectation.model_dump(mode="json")}


def _events(character: Character) -> Iterator[Row]:
    if not (character.folder / LEDGER).exists():
        return
    columns = COLUMNS["events"]
    for event in read_ledger(character).events:
        values = event.model_dump(mode="json") | {"character": character.slug}
        values["when"] = values["date"]  # a column "date" would be taken for whole days by pandas
        yield {column: values.get(column) for column in columns}


COLUMNS: Mapping[str, Mapping[str, Kind]] = {
    "characters": {
        "character": "text",
        "name": "text",
        "age": "number",
        "gender": "text",
        "date_of_birth": "text",
        "as_of": "text",
        "occupation": "text",
        "isco": "text",
        "ranking": "texts",
        "descriptions": "texts",
        "hobbies": "texts",
        "family": "text",
        "education": "text",
        "short_term_goals": "texts",
        "long_term_goal": "text",
        "extra": "texts",
        "knows": "texts",
        "beyond": "texts",
        "biography": "text",
        "story": "text",
        "licence": "text",
    },
    "paragraphs": {"character": "text", "paragraph": "number", "chapter": "text", "text": "text"},
    "memories": {
        "character": "text",
        "id": "text",
        "kind": "text",
        "participants": "texts",
        "scene": "text",
        "content": "text",
        "thought": "text",
        "emotion": "text",
        "summary": "text",
        "paragraphs": "numbers",
    },
    "feelings": {
        "character": "text",
        "memory": "text",
        "about": "text",
        "feeling": "text",
        "intensity": "share",
    },
    "questions": {
        "character": "text",
        "id": "text",
        "kind": "text",
        "question": "text",
        "options": "texts",
        "answer": "texts",
        "evidence": "numbers",
    },
    "expectations": {
        "character": "text",
        "scenario": "text",
        "motive": "text",
        "emotion": "text",
        "approach": "text",
        "behaviour": "text",
        "why": "text",
        "evidence": "numbers",
    },
    "events": {
        "character": "text",
        "what": "text",
        "when": "text",
        "season": "text",
        "age": "number",
        "place": "text",
        "people": "texts",
        "paragraphs": "numbers",
    },
}
"""The tables and their columns, in order."""
ABOUT: Mapping[str, str] = {
    "characters": "who each person is: profile, ranking and traits, biography, whole life story",
    "paragraphs": "the life stories, paragraph by paragraph, numbered from 0",
    "memories": "long-term memories in the person's own voice, with the paragraphs they are of",
    "feelings": "what each memory feels like: about whom or what, and how strongly",
    "questions": "15 questions a person on their life, with the paragraphs that prove the answers",
    "expectations": "how each is expected to meet some of the scenarios, and why",
    "events": "what the stories settle of dates, places and people",
}
_MAKERS: Mapping[str, Callable[[Character], Iterator[Row]]] = {
    "characters": _characters,
    "paragraphs": _paragraphs,
    "memories": _memories,
    "feelings": _feelings,
    "questions": _questions,
    "expectations": _expectations,
    "events": _events,
}


def rows_of(table: str, characters: list[Character]) -> list[Row]:
    """The rows of a table, every one with all of its columns.

    Raises:
        CharacterInvalidError: a file of a character does not validate.
    """
    return [row for character in characters for row in _MAKERS[table](character)]
