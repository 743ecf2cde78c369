"""Who is asked what, and which paragraphs of the story prove the answer."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from simulacra.biography import Story
from simulacra.characters import Character, ItemKind, Workspace, read_character, shipped_folder
from simulacra.dataset import import_original
from simulacra.memory import MemoryRecord, Source, read_memories

FILE = Path(__file__).with_name("original.yaml")
ORIGINAL = Path(os.environ.get("ORIGINAL_DATASET", "../shared/original-dataset"))

Lists = tuple[tuple[int, ...], ...]


class CharacterEvidence(BaseModel):
    """Paragraph ids by item; an item without any is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    story_sha256: str
    paragraphs: int
    cloze: Lists
    single: Lists
    multiple: Lists

    def of(self, kind: ItemKind) -> Lists:
        """The lists of one kind, in the order of the question file."""
        return {"cloze": self.cloze, "single": self.single, "multiple": self.multiple}[kind]


class Evidence(BaseModel):
    """``original.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    characters: dict[str, CharacterEvidence]


@dataclass(frozen=True)
class Question:
    """A question and the paragraphs of which one has to be found."""

    text: str
    evidence: frozenset[int]


@dataclass(frozen=True)
class Subject:
    """A character whose memories are searched."""

    slug: str
    story: Story
    memories: tuple[MemoryRecord, ...]
    questions: tuple[Question, ...]


def read_evidence(file: Path = FILE) -> Evidence:
    """The evidence for the original characters."""
    return Evidence.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def subjects(workspace: Path, original: Path = ORIGINAL) -> list[Subject]:
    """Our character and, where the original data set is, its six; imported into ``workspace``.

    Raises:
        ValueError: a story is not the one that the evidence was written for.
    """
    found = [_shipped(read_character(path)) for path in sorted(shipped_folder().iterdir())
             if (path / "questionnaire.yaml").is_file()]  # fmt: skip
    if not original.is_dir():
        return found
    import_original(original, Workspace(workspace))
    for slug, evidence in read_evidence().characters.items():
        character = read_character(workspace / slug)
        file = next(original.rglob(f"{evidence.name}.txt"))
        if hashlib.sha256(file.read_bytes()).hexdigest() != evidence.story_sha256:
            raise ValueError(f"{file} is not the text that {FILE.name} was written for.")
        found.append(_imported(character, evidence))
    return found


def _shipped(character: Character) -> Subject:
    items = character.questionnaire.items if character.questionnaire else ()
    questions = [Question(i.question, frozenset(i.evidence)) for i in items if i.evidence]
    return _subject(character, character.slug, questions)


def _imported(character: Character, evidence: CharacterEvidence) -> Subject:
    questions: list[Question] = []
    for item in character.questionnaire.items if character.questionnaire else ():
        paragraphs = evidence.of(item.kind)[int(item.id.rpartition("-")[2]) - 1]
        if paragraphs:
            questions.append(Question(item.question, frozenset(paragraphs)))
    return _subject(character, f"original {character.slug}", questions)


def _subject(character: Character, slug: str, questions: list[Question]) -> Subject:
    story = Story.parse(character.story_text)
    memories = read_memories(character.memories_path) or _from_chunks(story)
    return Subject(slug, story, tuple(memories), tuple(questions))


def _from_chunks(story: Story) -> list[MemoryRecord]:
    """Where no memories have been made yet, the chunks they would be made from."""
    return [
        MemoryRecord(
            id=f"chunk-{number}",
            kind="story",
            content=chunk.text,
            summary="",
            source=Source(paragraphs=chunk.paragraphs),
            created=datetime.now(UTC),
            model="none",
        )
        for number, chunk in enumerate(story.chunks())
    ]
