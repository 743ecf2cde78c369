"""The scene: what is before a person's mind in one turn, written so that prompts share it.

Working memory as the agents see it (Baddeley and Hitch 1974; paper, Section 4.2): the memories
that came to mind, the last words exchanged, the mood, and the stimulus. All agents of a turn get
the same opening, word for word, and only then their own task: a provider with a prefix cache
reads the opening once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulacra.cognition.mood import Mood
from simulacra.inference import Prompt, Template

OPENING = Template(
    """\
{memories}{conversation}{mood}{partner} says to you: "{stimulus}"
""",
    name="opening",
)


@dataclass(frozen=True)
class Scene:
    """What one turn's agents have in common. ``system`` is fixed for the character.

    ``partner`` is who speaks, as the person sees it ("Your best friend"); ``mood`` is ``None`` for
    methods that know none.
    """

    system: str
    partner: str
    stimulus: str
    mood: Mood | None = None
    memories: tuple[str, ...] = ()
    conversation: str = ""

    def opening(self) -> str:
        """The part of the user message that all agents of the turn share."""
        return OPENING.fill(
            memories=section("You remember:", tuple(f"- {text}" for text in self.memories)),
            conversation=section("The last words between you:", (self.conversation,)),
            mood=f"Your mood: {self.mood.words()}.\n" if self.mood else "",
            partner=self.partner,
            stimulus=self.stimulus,
        )

    def prompt(self, task: str, digest: str) -> Prompt:
        """The opening and, last, an agent's own task."""
        return Prompt(system=self.system, user=f"{self.opening()}\n{task}", digest=digest)

    def remembering(self, memories: tuple[str, ...]) -> Scene:
        """The same scene with these memories before the mind."""
        return replace(self, memories=memories)


def section(heading: str, lines: tuple[str, ...]) -> str:
    """A headed part of a prompt; nothing at all when it has no lines."""
    body = "\n".join(line for line in lines if line)
    return f"{heading}\n{body}\n\n" if body else ""
