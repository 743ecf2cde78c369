"""A memory: information, a thought and an emotion (paper, Section 4.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class Feeling(BaseModel):
    """A feeling towards a person, an event or a thing; intensity from 0 to 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: Text
    feeling: Text
    intensity: float = Field(ge=0, le=1)


class Source(BaseModel):
    """Where a memory comes from: paragraphs of the story, or turns of a session (0-based).

    ``fingerprints`` name the texts of the paragraphs, so that they are found when the story grows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    paragraphs: tuple[int, ...] = ()
    fingerprints: tuple[str, ...] = ()
    session: str | None = None
    turns: tuple[int, ...] = ()


class MemoryRecord(BaseModel):
    """One long-term memory: a line of ``memories.jsonl``.

    Content memory (participants, scene, content, thought) is the Thinking Agent's work, emotional
    memory (emotion, feelings) the Emotion Agent's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    kind: Literal["story", "chat", "told"]
    participants: tuple[Text, ...] = ()
    scene: Text = ""
    content: Text
    thought: Text = ""
    emotion: Text = ""
    feelings: tuple[Feeling, ...] = ()
    summary: Text
    source: Source
    created: datetime
    model: Text
    prompt_digest: Text = ""
