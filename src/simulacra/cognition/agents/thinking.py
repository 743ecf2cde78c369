"""The Thinking Agent: logical analysis, and content memory (paper, Sections 4.1 and 4.2)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from simulacra.cognition.scene import Scene
from simulacra.inference import Prompt, Sampling, Template

THINK = Template(
    """\
Task: do not answer yet; think. What do they want, what do I know of it and what not? Write one or \
two short sentences in the first person.
""",
    name="think",
)

CONTENT_MEMORY = Template(
    """\
A part of my life:

{text}

Task: turn it into your own memory of it, in the first person, with names, places, times and \
numbers kept.
- participants: who is in it.
- scene: where and when, in a few words.
- content: what happened, in two to four sentences.
- thought: what you thought about it, in one sentence.
- summary: all of it in one sentence.
""",
    name="content memory",
)

THINKING = Sampling(temperature=0.4, max_tokens=90)
CONSTRUCTING = Sampling(temperature=0.3, max_tokens=500)


class ContentMemory(BaseModel):
    """Participants, scene, content and thought of a part of life (paper, Section 4.1)."""

    participants: list[str] = Field(default_factory=list, max_length=20)
    scene: str = Field(max_length=400)
    content: str = Field(min_length=1, max_length=3000)
    thought: str = Field(max_length=1500)
    summary: str = Field(min_length=1, max_length=800)


def think(scene: Scene) -> Prompt:
    """Ask what to make of a stimulus."""
    return scene.prompt(THINK.fill(), THINK.digest)


def content_memory(system: str, text: str) -> Prompt:
    """Ask for the content memory of a chunk of the story or of a conversation."""
    return Prompt(system, CONTENT_MEMORY.fill(text=text), CONTENT_MEMORY.digest)
