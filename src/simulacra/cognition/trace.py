"""What a turn leaves behind, so that "why did she say that?" always has an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulacra.cognition.mood import Mood
from simulacra.inference import Usage
from simulacra.memory import Source

Method = Literal["none", "prompt", "rag", "macm"]
METHODS: tuple[Method, ...] = ("none", "prompt", "rag", "macm")
Phase = Literal["reflect", "recall", "think", "feel", "respond", "remember"]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reflection(_Data):
    """What the Top Agent takes from a stimulus (paper, Section 4.2).

    ``elements`` are the key elements, ``query`` describes the memories to look for. ``beyond``
    names the topic of her knowledge boundary that the stimulus touches, ``pressure`` the words
    by which the partner tries to make her somebody else, ``approach`` those by which somebody who
    is not close asks to be let in; each is empty otherwise.
    """

    elements: tuple[str, ...] = ()
    query: str = ""
    beyond: str = ""
    pressure: str = ""
    approach: str = ""


class Emotion(_Data):
    """What the Emotion Agent finds: a feeling, its intensity from 0 to 1, and in her words."""

    feeling: str
    intensity: float = Field(ge=0, le=1)
    text: str = ""


class TracedMemory(_Data):
    """A memory that came to mind: how near it was, where it is from, what of it was used."""

    id: str
    score: float
    source: Source
    text: str


class Step(_Data):
    """One model call: who asked which model what, what came back, what it took."""

    phase: Phase
    model: str
    prompt_digest: str
    system: str
    user: str
    output: str
    usage: Usage
    seconds: float


class Trace(_Data):
    """Every step of a turn, from stimulus to mood."""

    reflection: Reflection | None = None
    memories: tuple[TracedMemory, ...] = ()
    thought: str = ""
    emotion: Emotion | None = None
    mood: Mood | None = None
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = Field(
        default=(), description="what did not go as planned, such as an answer that was cut off"
    )


class Turn(_Data):
    """A stimulus and the response to it, with everything in between."""

    number: int = Field(ge=0)
    character: str
    method: Method
    model: str
    agent_model: str
    partner: str
    stimulus: str
    response: str
    trace: Trace
    usage: Usage
    started: datetime
    seconds: float
    first_token_seconds: float | None
