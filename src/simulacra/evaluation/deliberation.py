"""Deliberate answering: each option is judged by itself, and a fixed rule chooses.

"Is this true of me?" is answered by log odds of yes: from the log-probabilities of the first word
where the provider gives them, else from a form (yes or no, and how sure). What speaks for an option
is by how much yes is likelier in the person's place than without any person (its margin): that
takes out what a model says yes to anyway. What stands near the question is the method's own matter:
nothing for none; profile, traits and biography for prompt; besides, the three nearest chunks for
rag; a short self and the nearest paragraphs and facts for macm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import BaseModel, Field

from simulacra.cognition import Simulacrum, script
from simulacra.cognition.identity import biography, person
from simulacra.cognition.scene import section
from simulacra.cognition.trace import TracedMemory
from simulacra.errors import ModelRejectedError
from simulacra.evaluation.asking import seed_of
from simulacra.evaluation.questions import WHAT_ARE_YOU_LIKE, Question
from simulacra.evaluation.readings import Reading
from simulacra.evaluation.records import Judged, JudgedBy, Kind
from simulacra.inference import Answer, ChatModel, Prompt, Sampling, Template
from simulacra.inference.likelihood import log_odds

OWN = Template(
    "{facts}My best friend asks me: {question}\nI could say: {option}\n\n"
    "Task: is that the truth about me? Answer with one word, yes or no.",
    name="judgement",
)
BASELINE = Template(
    "Somebody is asked by their best friend: {question}\nThey could say: {option}\n\n"
    "Task: is that the truth about them? Answer with one word, yes or no.",
    name="baseline judgement",
)
PROBE = Prompt("", "Is water wet? Answer with one word, yes or no.")

THRESHOLD = 0.0
"""The margin above which an option is chosen: yes is likelier for the person than for anybody.

Fixed before it was tried on any character that is reported.
"""


@dataclass(frozen=True)
class Nearness:
    """What macm has before it when it judges: so many paragraphs or facts, so many traits."""

    paragraphs: int = 2
    traits: int = 4


class Verdict(BaseModel):
    """The form for models without log-probabilities; ``sure`` from 0 (not at all) to 10."""

    answer: Literal["yes", "no"]
    sure: int = Field(ge=0, le=10)

    @property
    def log_odds(self) -> float:
        """Log odds of yes, between -3.04 and 3.04: 0 where it is not sure at all."""
        size = math.log((10.5 + self.sure) / (10.5 - self.sure))
        return size if self.answer == "yes" else -size


@dataclass(frozen=True)
class Judge:
    """A model that tells how likely yes is."""

    model: ChatModel
    by: JudgedBy

    @classmethod
    async def of(cls, model: ChatModel) -> Self:
        """Find out with one short question whether the provider gives log-probabilities.

        Raises:
            ModelError: the model could not be asked.
        """
        try:
            tokens = (await model.first_token(PROBE)).value
        except ModelRejectedError:  # refuses to give any; any other reason it will say again
            tokens = {}
        return cls(model, "logprobs" if tokens else "schema")

    async def log_odds(self, prompt: Prompt, seed: int) -> Answer[float]:
        """The log odds of yes to a question that ends in "yes or no".

        Raises:
            AnswerError: the form came back filled in wrongly, three times.
            ModelError: the model could not be asked.
        """
        if self.by == "logprobs":
            listed = await self.model.first_token(prompt, seed)
            return Answer(log_odds(listed.value), listed.usage, listed.seconds)
        how = Sampling(temperature=0.0, max_tokens=60, seed=seed)
        sure = "\nAlso say how sure that is, from 0 (not at all) to 10 (certain)."
        asked = Prompt(prompt.system, prompt.user + sure, prompt.digest)
        filled = await self.model.fill(asked, Verdict, how)
        return Answer(filled.value.log_odds, filled.usage, filled.seconds)

    async def baseline(self, question: Question, option: str, seed: int) -> Answer[float]:
        """The log odds of yes without any person: the same for all methods."""
        words = BASELINE.fill(question=_asked(question), option=option)
        return await self.log_odds(Prompt("", words, BASELINE.digest), seed_of(seed, question.id))

    async def own(
        self,
        who: Simulacrum,
        question: Question,
        option: str,
        memories: Sequence[TracedMemory],
        seed: int,
        near: Nearness,
    ) -> Answer[float]:
        """The log odds of yes in a person's place, with these memories before the question."""
        best_last = tuple(memory.text for memory in reversed(memories))
        words = OWN.fill(
            facts=section("I remember:", best_last), question=_asked(question), option=option
        )
        prompt = Prompt(self_of(who, near), words, OWN.digest)
        return await self.log_odds(prompt, seed_of(seed, question.id))


async def reminded(
    who: Simulacrum, question: Question, option: str, near: Nearness
) -> tuple[TracedMemory, ...]:
    """What the method has of the story near a question and an option, best first."""
    about = option if question.kind == "yes_no" else f"{question.about} {option}"
    return await (await who.mind()).remind(about, near.paragraphs)


def self_of(who: Simulacrum, near: Nearness) -> str:
    """What each method knows of the character at any question."""
    match who.method:
        case "none":
            return ""
        case "macm":
            return script.card(who.character, near.traits)
        case _:
            return biography(who.character, person(who.character, instructions=""))


def _asked(question: Question) -> str:
    return WHAT_ARE_YOU_LIKE if question.kind == "yes_no" else question.about


def choose(kind: Kind, judged: Sequence[Judged], threshold: float = THRESHOLD) -> Reading:
    """What is chosen, by the margins ``own - baseline``; how many are right plays no part.

    Of a single choice the option of the best margin, unparsed (``several``) where two share it. Of
    a multiple one all whose margin is above the threshold, unparsed (``none``) where there is
    none. A statement is answered yes where its margin is above the threshold, else no.

    Raises:
        ValueError: nothing was judged.
    """
    margins = {one.option: one.own - one.baseline for one in judged}
    if not margins:
        raise ValueError("nothing was judged")
    chosen = tuple(option for option, margin in margins.items() if margin > threshold)
    if kind == "yes_no":
        return Reading(("yes",) if chosen else ("no",))
    if kind == "single":
        best = tuple(o for o, margin in margins.items() if margin == max(margins.values()))
        return Reading(best) if len(best) == 1 else Reading(unparsed="several")
    return Reading(chosen) if chosen else Reading(unparsed="none")
