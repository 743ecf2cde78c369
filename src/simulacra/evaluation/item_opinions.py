"""A model's opinion of a questionnaire: does the story support each option?

An opinion is no proof: every finding names the model whose opinion it is, and none is an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from simulacra.biography import Story
from simulacra.biography.ledger.wording import share
from simulacra.characters import Character, Item, Questionnaire, read_text
from simulacra.characters.files import Problem
from simulacra.errors import AnswerError, ModelError
from simulacra.evaluation.item_rules import line_of
from simulacra.inference import Prompt, Sampling, Template

if TYPE_CHECKING:
    from simulacra.inference import ChatModel

NEAREST = 2
"""Beside the evidence so many paragraphs are shown that have most of the option's words."""

SUPPORTS = Template(
    """\
From the life of {name}:

{passage}

Question to {name}: {question}
Answer: {option}

Do these paragraphs tell that this answer is right?
- supported: true only if they do.
- quote: the sentence of them that tells it, copied letter by letter; empty if none does.""",
    name="item supported",
)
SUPPORTING = Sampling(temperature=0.0, max_tokens=300)


class Support(BaseModel):
    """Whether paragraphs support an option, and the sentence that does."""

    supported: bool
    quote: str = Field(default="", max_length=1500)


@dataclass(frozen=True)
class Claim:
    """An option, or a cloze's first accepted answer, with the paragraphs to judge it by."""

    item: Item
    option: str
    right: bool
    paragraphs: tuple[int, ...]


def claims_of(questionnaire: Questionnaire, story: Story) -> Iterator[Claim]:
    """What a model is asked about, in the order of the items."""
    for item in questionnaire.items:
        evidence = [number for number in item.evidence if number < len(story.paragraphs)]
        for option in item.options or item.answer[:1]:
            shown = sorted({*evidence, *_nearest(item.question, option, story)})
            yield Claim(item, option, option in item.answer, tuple(shown))


async def opinions(
    character: Character,
    questionnaire: Questionnaire,
    story: Story,
    file: Path,
    model: ChatModel,
    report: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Problem]:
    """Where a model does not agree with the key, as warnings in the order of the items.

    A quotation that the paragraphs do not hold supports nothing.

    Raises:
        ModelError: the model can't be asked.
    """
    claims = list(claims_of(questionnaire, story))
    gate = asyncio.Semaphore(max(1, model.concurrency))
    text, done = read_text(file), 0

    async def judged(claim: Claim) -> Problem | None:
        nonlocal done
        passage = story.excerpt(claim.paragraphs)
        user = SUPPORTS.fill(
            name=character.name,
            passage=passage,
            question=claim.item.question,
            option=claim.option,
        )
        async with gate:
            try:
                answer = await model.fill(Prompt("", user, SUPPORTS.digest), Support, SUPPORTING)
                said = _disagreement(claim, answer.value, passage)
            except AnswerError as error:
                said = f"it said nothing usable of {claim.option!r} ({error.what.rstrip('.')})"
        done += 1
        report(done, len(claims))
        if said is None:
            return None
        what = f"{claim.item.id}: in the opinion of {model.name}, {said}."
        mend = "A model's opinion, no proof: read the paragraphs."
        return Problem(file, line_of(text, claim.item), what, mend, "warning")

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(judged(claim)) for claim in claims]
    except* ModelError as several:
        raise several.exceptions[0] from None
    return [found for task in tasks if (found := task.result()) is not None]


def _nearest(question: str, option: str, story: Story) -> list[int]:
    said = f"{question} {option}"
    told = [(share(option, text), share(said, text), n) for n, text in enumerate(story.paragraphs)]
    return [number for *_, number in sorted(told, reverse=True)[:NEAREST]]


def _disagreement(claim: Claim, said: Support, passage: str) -> str | None:
    quote = _spaced(said.quote)
    proved = said.supported and bool(quote) and quote in _spaced(passage)
    where = _numbers(claim.paragraphs)
    if claim.right and not said.supported:
        return f"{where} do not support {claim.option!r}, which counts as right"
    if claim.right and not proved:
        return f"{claim.option!r} is right, but what it quotes stands in none of {where}"
    if not claim.right and proved:
        return f"{claim.option!r}, which counts as wrong, is told: {quote!r}"
    return None


def _numbers(paragraphs: Sequence[int]) -> str:
    return f"paragraphs {', '.join(map(str, paragraphs))}"


def _spaced(text: str) -> str:
    return " ".join(text.split())
