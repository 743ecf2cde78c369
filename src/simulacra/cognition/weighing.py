"""Weighing: does a person recognize a statement as true of their life?

Recognition rests on two things (Mandler 1980; Yonelinas 2002): *recollection*, what comes to mind
and bears the statement out, and *familiarity*, how much the statement is like anything remembered.
Here a model tells recollection: the log odds that what is known supports the statement, less the
same without anything known, which takes out what the model says yes to anyway. The Memory Agent
tells familiarity: how near the nearest memory is, and how much of the statement's words it shares.
Each statement is weighed by itself. Where several stand together, the criterion above which one is
recognized moves with them, as people's does (Hirshman 1995, "Decision processes in recognition
memory"); how many of them are true plays no part.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, Field

from simulacra.cognition.trace import TracedMemory
from simulacra.errors import ModelRejectedError
from simulacra.inference import Answer, ChatModel, Prompt, Sampling, Template
from simulacra.inference.likelihood import log_odds

FITS = Template(
    "{facts}Statement: {statement}\nQuestion: {question}\n\n"
    "Do the facts support the statement as an answer to the question? Answer yes or no.",
    name="weighing",
)
PROBE = Prompt("", "Is water wet? Answer with one word, yes or no.")

MEMORIES = 3
"""How many sentences of memories come to mind with each statement."""

LIKENESS, WORDS, STRANGE = 2.0, 5.0, 1.8
"""What familiarity makes of likeness and of shared words, in log odds; 0 is neither way."""

THRESHOLD = 0.0
"""The evidence above which a statement that stands alone is recognized."""

FOLLOWS = 0.7
"""How far the criterion follows the mean evidence of statements that stand together (0 to 1)."""
# They were set on the four people of benchmarks/evidence/development; FOLLOWS after a fixed
# criterion had been tried on two people that are reported. Likeness is the default embedder's.

By = Literal["logprobs", "schema"]


@dataclass(frozen=True)
class Reminded:
    """What a statement brings to mind, best first, and how familiar it is, in log odds.

    ``familiarity`` is ``None`` where nothing remembers: methods without a Memory Agent.
    """

    memories: tuple[TracedMemory, ...] = ()
    familiarity: float | None = None


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
class Scales:
    """A model that tells how likely yes is."""

    model: ChatModel
    by: By

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
            if listed.value:  # empty: none were given after all
                return Answer(log_odds(listed.value), listed.usage, listed.seconds)
        how = Sampling(temperature=0.0, max_tokens=60, seed=seed)
        sure = "\nAlso say how sure that is, from 0 (not at all) to 10 (certain)."
        asked = Prompt(prompt.system, prompt.user + sure, prompt.digest)
        filled = await self.model.fill(asked, Verdict, how)
        return Answer(filled.value.log_odds, filled.usage, filled.seconds)


def weighing(
    statement: str, question: str, memories: Sequence[TracedMemory] = (), self_: str = ""
) -> Prompt:
    """Ask whether what is known supports a statement; ``self_`` is known at every statement."""
    facts = " ".join(memory.text for memory in reversed(memories))  # the best last
    words = FITS.fill(
        facts=f"Facts: {facts}\n" if facts else "", statement=statement, question=question
    )
    return Prompt(f"Facts: {self_}" if self_ else "", words, FITS.digest)


def familiarity(likeness: float, words: float) -> float:
    """How familiar a statement is, in log odds, by the nearest memory and the words it shares.

    ``likeness`` is a cosine similarity (-1 to 1), ``words`` a share (0 to 1).
    """
    return LIKENESS * likeness + WORDS * words - STRANGE


class Weighed(NamedTuple):
    """What speaks for a statement: log odds of yes with and without what is known, familiarity."""

    own: float
    bare: float
    familiar: float | None = None

    @property
    def evidence(self) -> float:
        """Recollection and, where there is a memory, familiarity; 0 is neither way."""
        return self.own - self.bare + (self.familiar or 0.0)


def recognized(
    weighed: Mapping[str, Weighed], *, one_of: bool, follows: float = FOLLOWS
) -> tuple[str, ...]:
    """The statements that are recognized as true: all above the criterion, or else the likeliest.

    Of those of which ``one_of`` is true and no more: the likeliest. Where two have the same
    evidence, the log odds of yes decide; where these are the same too, all of them are likeliest.
    How many are true plays no part: none may be above the criterion, and all may.
    """
    if not weighed:
        return ()
    mean = math.fsum(one.evidence for one in weighed.values()) / len(weighed)
    criterion = THRESHOLD + follows * (mean - THRESHOLD)
    true = tuple(text for text, one in weighed.items() if one.evidence > criterion)
    if true and not one_of:
        return true
    order = {text: (one.evidence, one.own) for text, one in weighed.items()}
    return tuple(text for text, size in order.items() if size == max(order.values()))
