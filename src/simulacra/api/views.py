"""What the API says of people, memories, sessions and runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulacra.api.cast import Cast
from simulacra.characters import Character, CharacterSheet
from simulacra.cognition import DISCLOSURE, Method, Turn
from simulacra.errors import CharacterInvalidError
from simulacra.evaluation import AnswerRecord, Run, RunSheet
from simulacra.evaluation.records import Task, Way
from simulacra.memory import MemoryRecord
from simulacra.storage import Session


class View(BaseModel):
    """What is sent; it is never changed."""

    model_config = ConfigDict(frozen=True)


class What(View):
    """What went wrong, and what to do now."""

    what: str
    mend: str


class Failed(View):
    """The body of every answer that is an error."""

    error: What


class ChapterView(View):
    """A chapter: the 0-based ids of its first paragraph and of the first after it."""

    title: str
    start: int
    end: int


class PersonRow(View):
    """A person in a list."""

    slug: str
    name: str
    age: int
    gender: str
    occupation: str
    story_words: int
    memories: int | None = Field(description="how many; null where they do not validate")
    source: Literal["shipped", "workspace"]

    @classmethod
    async def of(cls, cast: Cast, character: Character) -> PersonRow:
        """The row of a character."""
        profile = character.profile
        try:
            memories = len(await cast.memories(character))
        except CharacterInvalidError:
            memories = None
        return PersonRow(
            slug=character.slug,
            name=profile.name,
            age=profile.age,
            gender=profile.gender,
            occupation=profile.occupation.title,
            story_words=cast.story(character).words,
            memories=memories,
            source="shipped" if character.shipped else "workspace",
        )


class PersonView(PersonRow):
    """A person with everything but story and memories."""

    disclosure: str
    biography: str
    chapters: tuple[ChapterView, ...]
    paragraphs: int = Field(description="how many the life story has")
    sheet: CharacterSheet

    @classmethod
    async def whole(cls, cast: Cast, character: Character) -> PersonView:
        """The view of a character."""
        row, story = await PersonRow.of(cast, character), cast.story(character)
        return cls(
            **row.model_dump(),
            disclosure=DISCLOSURE.format(name=character.name),
            biography=character.biography,
            chapters=tuple(
                ChapterView(title=chapter.title, start=chapter.start, end=chapter.end)
                for chapter in story.chapters
            ),
            paragraphs=len(story.paragraphs),
            sheet=character.sheet,
        )


class MemoryView(View):
    """A memory and, where it was looked for, its likeness to the words (under 1)."""

    score: float | None
    memory: MemoryRecord

    @classmethod
    def of(cls, record: MemoryRecord, score: float | None = None) -> MemoryView:
        """The view of a record."""
        return cls(score=None if score is None else round(score, 4), memory=record)


class SessionRow(View):
    """A conversation in a list."""

    id: str
    character: str
    method: str
    model: str
    agent_model: str
    partner: str
    seed: int
    turns: int
    created: datetime
    updated: datetime

    @classmethod
    def of(cls, session: Session) -> SessionRow:
        """The row of a session."""
        return SessionRow(**vars(session))


class SessionView(SessionRow):
    """A conversation with its transcript."""

    transcript: tuple[Turn, ...]

    @classmethod
    def whole(cls, session: Session, turns: Sequence[Turn]) -> SessionView:
        """The view of a session."""
        return cls(**vars(session), transcript=tuple(turns))


class RunRow(View):
    """A run in a list."""

    id: str
    created: datetime
    tasks: tuple[Task, ...]
    way: Way
    characters: tuple[str, ...]
    methods: tuple[Method, ...]
    models: tuple[str, ...]
    answers: int = Field(description="how many there are")
    unparsed: int = Field(description="how many of them could not be read")

    @classmethod
    def of(cls, name: str, run: Run) -> RunRow:
        """The row of a run."""
        sheet = run.sheet
        return RunRow(
            id=name,
            created=sheet.created,
            tasks=sheet.tasks,
            way=sheet.way,
            characters=sheet.characters,
            methods=sheet.methods,
            models=sheet.models,
            answers=len(run.answers),
            unparsed=sum(not record.reading.parsed for record in run.records),
        )


class RunView(RunRow):
    """A run with how it asked and all it was answered."""

    sheet: RunSheet
    records: tuple[AnswerRecord, ...]

    @classmethod
    def whole(cls, name: str, run: Run) -> RunView:
        """The view of a run."""
        row = RunRow.of(name, run)
        return cls(**row.model_dump(), sheet=run.sheet, records=tuple(run.records))
