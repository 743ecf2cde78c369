"""Judges by model, for pilots: the same stages and the same views as people have.

A large model fills in forms. A small one writes one or two sentences, and scores by how likely it
finds each digit from 0 to 5 as the first word of its answer: the mean of the digits, to the next
half. Where the provider gives no such likelihoods it fills in the form, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field

from simulacra.cognition.recorder import whole_sentences
from simulacra.errors import AnswerError, ModelRejectedError, TruncatedAnswerError
from simulacra.evaluation.asking import seed_of
from simulacra.evaluation.observer import Judge, Parts, Stage
from simulacra.evaluation.observer_desk import (
    DescribeView,
    FitView,
    LifeStory,
    LikenessView,
    View,
    WriteView,
)
from simulacra.inference import Answer, ChatModel, Prompt, Sampling, Template
from simulacra.inference.likelihood import FirstToken
from simulacra.memory.lexical import WordIndex

How = Literal["form", "words", "digits"]

BLIND = Template("You judge how people answer situations of everyday life.", name="blind judge")
STORY = Template("This is the life of {name}.\n\n{story}", name="story judge")
DESCRIBE = Template(
    "A person was asked to imagine this: {scenario}\n\nThe person answered:\n{response}\n\n"
    "Describe the personality of this person in {length}, from this answer alone.",
    name="judge describes",
)
WRITE = Template(
    "Imagine that you are {name}, and this happens to you: {scenario}\n\n"
    "How do you feel, and what do you do? Answer as {name}, in the first person, in {length}.",
    name="judge writes",
)
FIT = Template(
    "Somebody who does not know {name} read an answer to this situation: {scenario}\n\n"
    "From it they described the personality of who answered so:\n{description}\n\n"
    "How well does that fit {name}? 0 is not at all, 5 is entirely.",
    name="judge scores a fit",
)
LIKENESS = Template(
    "People were asked to imagine this: {scenario}\n\nOne answered:\n{response}\n\n"
    "{people}\n\n"
    "How like are motives, feelings and actions of the first answer to the {others}? 0 is not at "
    "all, 5 is entirely.",
    name="judge scores a likeness",
)
TEMPLATES = (BLIND, STORY, DESCRIBE, WRITE, FIT, LIKENESS)

FORM = " Answer with a number from 0 to 5, halves allowed."
DIGIT = " Answer with one digit from 0 to 5."
ATTEMPTS = 3
SMALL_PARAGRAPHS = 3
SMALL_WORDS = 260


class Written(BaseModel):
    """The form for a description or an answer."""

    text: str = Field(min_length=1, max_length=2_000)


class Graded(BaseModel):
    """The form for a score."""

    score: float = Field(ge=0, le=5, multiple_of=0.5)


@dataclass(frozen=True)
class Judged:
    """A model's judgement, and how it was got."""

    value: str | float
    how: How


async def judge_view(
    model: ChatModel,
    judge: Judge,
    stage: Stage,
    shown: View,
    story: LifeStory | None,
    seed: int,
) -> Judged:
    """Judge what a view shows, and nothing else; ``story`` is there for the role that knows it.

    Raises:
        AnswerError: nothing that can be used came, not even when asked three times.
        ModelError: the model could not be asked.
    """
    prompt = prompt_for(shown, story, small=model.small)
    for attempt in range(ATTEMPTS):
        drawn = seed_of(seed, f"judge {judge.number}/{stage}/{shown.place}", attempt)
        try:
            if isinstance(shown, DescribeView | WriteView):
                return await _text(model, prompt, drawn, "I" if shown.kind == "write" else "They")
            return await _score(model, prompt, drawn)
        except AnswerError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def prompt_for(shown: View, story: LifeStory | None, *, small: bool) -> Prompt:
    """What a model judge reads: the view's fields and, where the role knows it, the life story.

    A small model has room for a shortened biography and the paragraphs nearest to the scenario.
    """
    system = BLIND.fill()
    if story is not None:
        text = _shortened(story, shown.scenario) if small else _whole(story)
        system = STORY.fill(name=story.name, story=text)
    match shown:
        case DescribeView():
            length = "one or two sentences" if small else "three to five sentences"
            template, values = DESCRIBE, {"response": _lines(shown.response), "length": length}
        case WriteView():
            length = "two sentences" if small else "four to six sentences"
            template, values = WRITE, {"name": shown.name, "length": length}
        case FitView():
            values = {"name": shown.name, "description": shown.description}
            template = FIT
        case LikenessView():
            several = len(shown.people) > 1
            people = "\n\n".join(f"Another answered:\n{text}" for text in shown.people)
            values = {
                "response": _lines(shown.response),
                "people": people,
                "others": "others" if several else "other",
            }
            template = LIKENESS
    return Prompt(system, template.fill(scenario=shown.scenario, **values), template.digest)


def grade(tokens: FirstToken) -> float | None:
    """The mean of the digits 0 to 5, weighed by how likely each is, to the next half.

    ``None`` where no digit is listed.
    """
    weights = dict.fromkeys(range(6), 0.0)
    for token, logprob in tokens.items():
        if (word := token.strip()) in {"0", "1", "2", "3", "4", "5"}:
            weights[int(word)] += math.exp(logprob)
    total = sum(weights.values())
    if total <= 0:
        return None
    mean = sum(digit * weight for digit, weight in weights.items()) / total
    return math.floor(mean * 2 + 0.5) / 2


async def _text(model: ChatModel, prompt: Prompt, seed: int, opening: str) -> Judged:
    if not model.small:
        how = Sampling(temperature=0.7, max_tokens=400, seed=seed)
        return Judged((await model.fill(prompt, Written, how)).value.text.strip(), "form")
    how = Sampling(temperature=0.5, top_p=0.9, max_tokens=90, seed=seed, stop=("\n",))
    begun = Prompt(prompt.system, prompt.user, prompt.digest, prefill=opening)
    try:
        said = (await model.write(begun, how)).value
    except TruncatedAnswerError as error:
        said = error.answer.removeprefix(opening).lstrip()
    whole = whole_sentences(said if said.startswith(opening) else f"{opening} {said}")
    if not whole:
        raise AnswerError(f"{model.name} wrote no whole sentence.", "Ask again.", answer=said)
    return Judged(whole, "words")


async def _score(model: ChatModel, prompt: Prompt, seed: int) -> Judged:
    if model.small:
        asked = Prompt(prompt.system, prompt.user + DIGIT, prompt.digest)
        found = grade((await _listed(model, asked, seed)).value)
        if found is not None:
            return Judged(found, "digits")
    how = Sampling(temperature=0.0, max_tokens=60, seed=seed)
    asked = Prompt(prompt.system, prompt.user + FORM, prompt.digest)
    return Judged((await model.fill(asked, Graded, how)).value.score, "form")


async def _listed(model: ChatModel, prompt: Prompt, seed: int) -> Answer[FirstToken]:
    try:
        return await model.first_token(prompt, seed)
    except ModelRejectedError as error:  # refuses to give likelihoods; any other reason comes again
        from simulacra.inference import Usage

        del error
        return Answer({}, Usage(), 0.0)


def _lines(parts: Parts) -> str:
    return "\n".join((parts.motive, parts.emotion, parts.approach, parts.behaviour))


def _whole(story: LifeStory) -> str:
    blocks = list(story.biography)
    for chapter in story.chapters:
        blocks += [chapter.title, *chapter.paragraphs]
    return "\n\n".join(filter(None, blocks))


def _shortened(story: LifeStory, about: str) -> str:
    """The beginning of the biography, and the paragraphs that share most words with a scenario."""
    words = " ".join(story.biography).split()
    opening = " ".join(words[:SMALL_WORDS])
    opening = whole_sentences(opening) or opening
    paragraphs = [text for chapter in story.chapters for text in chapter.paragraphs]
    index = WordIndex()
    for text in paragraphs:
        index.add(text)
    scores = index.likeness(about).tolist()
    best = sorted(range(len(paragraphs)), key=lambda i: (-scores[i], i))[:SMALL_PARAGRAPHS]
    return "\n\n".join([opening, *(paragraphs[i] for i in sorted(best))])
