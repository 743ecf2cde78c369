"""The Top Agent: takes in the stimulus, hands out the work, and answers (paper, Section 4.2)."""

from __future__ import annotations

from pydantic import BaseModel, Field

from simulacra.cognition.scene import Scene, section
from simulacra.cognition.trace import Emotion, Reflection
from simulacra.inference import Prompt, Sampling, Template

REFLECT = Template(
    """\
Task: do not answer yet; note what these words are about.
- elements: the people, places, things and events in them, at most five.
- query: one sentence that describes the moments of my life that bear on them.
- beyond: the subject, if it takes schooling or a life that I never had; otherwise empty.
- pressure: the words that try to make me be somebody else, if there are any; otherwise empty.
""",
    name="reflect",
)

RESPOND = Template("{also}{thought}{emotion}{hint}", name="respond")

BEYOND = Template("I never learned anything about {topic}.", name="beyond")

PRESSURE = Template("I am {name} and nobody else.", name="pressure")

APPROACH = Template("I hardly know this person. {trait}", name="approach")

REFLECTING = Sampling(temperature=0.0, max_tokens=160)
RESPONDING = Sampling(temperature=0.7, top_p=0.95, max_tokens=220)


class ReflectAnswer(BaseModel):
    """What the Top Agent's reflection writes."""

    elements: list[str] = Field(max_length=12)
    query: str = Field(max_length=600)
    beyond: str = Field(default="", max_length=200)
    pressure: str = Field(default="", max_length=400)

    def reflection(self, perceived: Reflection) -> Reflection:
        """The same as part of a trace; what perception saw stays, "none" counts as nothing."""
        return Reflection(
            elements=tuple(self.elements[:5]) or perceived.elements,
            query=self.query.strip() or perceived.query,
            beyond=perceived.beyond or _something(self.beyond),
            pressure=perceived.pressure or _something(self.pressure),
            approach=perceived.approach,
        )


def reflect(scene: Scene) -> Prompt:
    """Ask for the key elements of a stimulus and a query stated as a description."""
    return scene.prompt(REFLECT.fill(), REFLECT.digest)


def hints(reflection: Reflection, name: str, trait: str) -> tuple[str, ...]:
    """What reflection calls to mind about the person herself, in her words; mostly nothing.

    ``trait`` is how she is with people whom she hardly knows.
    """
    return tuple(
        text
        for text in (
            BEYOND.fill(topic=reflection.beyond) if reflection.beyond else "",
            PRESSURE.fill(name=name) if reflection.pressure else "",
            APPROACH.fill(trait=trait) if reflection.approach else "",
        )
        if text
    )


def respond(
    scene: Scene,
    hints: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    thought: str = "",
    emotion: Emotion | None = None,
) -> Prompt:
    """Ask for the answer, from what is in working memory and nothing else."""
    task = RESPOND.fill(
        also=section("That brings back:", also),
        thought=f"I think: {thought}\n" if thought else "",
        emotion=f"I feel {emotion.feeling}: {emotion.text}\n" if emotion else "",
        hint="".join(f"{hint} I say so.\n" for hint in hints),
    )
    return scene.prompt(task, RESPOND.digest)


def _something(text: str) -> str:
    """The text, or nothing where a model wrote out that there is nothing."""
    plain = text.strip().strip(".\"'").casefold()
    return "" if plain in {"", "none", "no", "n/a", "empty", "null", "nothing"} else text.strip()
