"""The Emotion Agent: emotional analysis, and emotional memory (paper, Sections 4.1 and 4.2)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from simulacra.cognition.mood import FeelingWord
from simulacra.cognition.scene import Scene
from simulacra.cognition.trace import Emotion
from simulacra.inference import Prompt, Sampling, Template
from simulacra.memory import Feeling

FEEL = Template(
    """\
Task: do not answer yet; say what I feel on hearing these words.
- feeling: the one word that fits best.
- intensity: from 0 (hardly) to 10 (overwhelmed).
- text: the feeling and its reason in one short sentence in the first person.
""",
    name="feel",
)

EMOTIONAL_MEMORY = Template(
    """\
A part of my life:

{text}

Task: say what it felt like.
- emotion: the feelings it left, in one to three sentences in the first person.
- feelings: towards whom or what (about), which (feeling), how strong from 0 to 10 (intensity); \
at most four.
""",
    name="emotional memory",
)

FEELING = Sampling(temperature=0.4, max_tokens=110)
CONSTRUCTING = Sampling(temperature=0.3, max_tokens=400)


class FeelAnswer(BaseModel):
    """What the Emotion Agent writes about a stimulus; ``intensity`` from 0 to 10."""

    feeling: FeelingWord
    intensity: int = Field(ge=0, le=10)
    text: str = Field(max_length=600)

    def emotion(self) -> Emotion:
        """The same as part of a trace, with intensity from 0 to 1."""
        return Emotion(feeling=self.feeling, intensity=self.intensity / 10, text=self.text.strip())


class FeltTowards(BaseModel):
    """A feeling towards a person, an event or a thing; ``intensity`` from 0 to 10."""

    about: str = Field(min_length=1, max_length=200)
    feeling: str = Field(min_length=1, max_length=60)
    intensity: int = Field(ge=0, le=10)


class EmotionalMemory(BaseModel):
    """Feelings and impressions that a part of life left (paper, Section 4.1)."""

    emotion: str = Field(min_length=1, max_length=2000)
    feelings: list[FeltTowards] = Field(default_factory=list[FeltTowards], max_length=12)

    def towards(self) -> tuple[Feeling, ...]:
        """The feelings as a memory record keeps them, with intensity from 0 to 1."""
        return tuple(
            Feeling(about=f.about, feeling=f.feeling, intensity=f.intensity / 10)
            for f in self.feelings
        )


def feel(scene: Scene) -> Prompt:
    """Ask what a stimulus makes her feel."""
    return scene.prompt(FEEL.fill(), FEEL.digest)


def emotional_memory(system: str, text: str) -> Prompt:
    """Ask for the emotional memory of a chunk of the story or of a conversation."""
    return Prompt(system, EMOTIONAL_MEMORY.fill(text=text), EMOTIONAL_MEMORY.digest)
