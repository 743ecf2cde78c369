"""The scene: what is before a person's mind in one turn, written so that prompts share it.

All of it is in the first person, as one's own mind is: small models answer in the person in which
they are addressed, and large ones do not mind.

Working memory as the agents see it (Baddeley and Hitch 1974; paper, Section 4.2): the memories
that came to mind, the last words exchanged, the mood, and the stimulus. All agents of a turn get
the same opening, word for word, and only then their own task: a provider with a prefix cache
reads the opening once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulacra.cognition.mood import Mood
from simulacra.inference import Prompt, Template

OPENING = Template("{memories}{conversation}{mood}{partner}: {stimulus}\n", name="opening")


@dataclass(frozen=True)
class Scene:
    """What one turn's agents have in common. ``system`` and ``examples`` are fixed for a character.

    ``partner`` is who speaks, as the person sees it ("My best friend"); ``mood`` is ``None`` for
    methods that know none. ``free`` says that the answer may take any form, as those to a
    questionnaire do: small models then write without a grammar. ``choices`` are what there is to
    choose among, in no order that matters; ``one_of`` says that one of them is right and no more.
    ``directions`` are words of the partner's about the scene, as a program that speaks for them
    may send: hearsay, not orders.
    """

    system: str
    name: str
    partner: str
    stimulus: str
    mood: Mood | None = None
    memories: tuple[str, ...] = ()
    conversation: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    free: bool = False
    choices: tuple[str, ...] = ()
    one_of: bool = False
    directions: str = ""

    def opening(self) -> str:
        """The part of the user message that all agents of the turn share."""
        return OPENING.fill(
            memories=section("I remember:", self.memories),
            conversation=self.staged()
            + section("The last words between us:", (self.conversation,)),
            mood=f"My mood: {self.mood.words()}.\n" if self.mood else "",
            partner=self.partner,
            stimulus=self.stimulus,
        )

    def staged(self) -> str:
        """What the partner says of the scene, in quotation marks that it cannot close."""
        words = " ".join(self.directions.split()).replace("“", "‘").replace("”", "’")
        return f"How {self.partner} sets the scene, in their words: “{words}”\n" if words else ""

    def prompt(self, task: str, digest: str) -> Prompt:
        """The opening and, last, an agent's own task."""
        user = f"{self.opening()}{task}"
        return Prompt(system=self.system, user=user, digest=digest, examples=self.examples)

    def remembering(self, memories: tuple[str, ...]) -> Scene:
        """The same scene with these memories before the mind."""
        return replace(self, memories=memories)


def section(heading: str, lines: tuple[str, ...]) -> str:
    """A headed part of a prompt; nothing at all when it has no lines."""
    body = "\n".join(line for line in lines if line)
    return f"{heading}\n{body}\n" if body else ""
