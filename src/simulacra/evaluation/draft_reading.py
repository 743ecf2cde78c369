"""A filled form becomes an item, or a reason why it can't: rules alone decide."""

from __future__ import annotations

import random
from collections.abc import Sequence

from pydantic import ValidationError

from simulacra.biography import Story
from simulacra.biography.ledger.wording import share
from simulacra.characters import Item
from simulacra.evaluation.draft_asking import ClozeForm, Form, Place, SingleForm
from simulacra.evaluation.item_rules import alike, quoted, same_question, standing, tells
from simulacra.evaluation.readings.words import places, spelled
from simulacra.evaluation.readings.words import words as words_of

PRESENT = 1 / 3
"""So much of a right option's words must stand in the paragraph that proves it."""
SENTENCE = 4
"""Fewer words are no sentence that proves anything."""


class RefusedError(ValueError):
    """A form that is no usable item; the message is a sentence for the model and for people."""


def read_form(form: Form, place: Place, story: Story) -> Item:
    """The item of a form, its evidence found by the quotes and its options in a seeded order.

    Raises:
        RefusedError: a quote is not in the passage, an answer not in its quote, options say the
            same, the story tells a wrong option, or the format is not kept.
    """
    if isinstance(form, ClozeForm):
        evidence = (_evidence(form.quote, place, story),)
        _require_told(form)
        return _checked(place, form.question, (), form.answers, evidence, story)
    proved = [form.right] if isinstance(form, SingleForm) else form.right
    evidence = tuple(_evidence(right.quote, place, story) for right in proved)
    for right, number in zip(proved, evidence, strict=True):
        if share(right.text, story.paragraphs[number]) < PRESENT:
            raise RefusedError(f"The right option {right.text!r} has too few words of its quote.")
    answers = [right.text for right in proved]
    options = [*answers, *form.wrong]
    random.Random(place.seed).shuffle(options)
    return _checked(place, form.question, options, answers, tuple(sorted(set(evidence))), story)


def require_new(item: Item, others: Sequence[Item]) -> None:
    """Raise ``RefusedError`` where another item asks the same, or one tells the other's answer."""
    for other in others:
        if same_question(item, other):
            raise RefusedError(f"Another item asks that already: {other.question!r}.")
        if item.kind == other.kind == "cloze" and {*map(spelled, item.answer)} & {
            *map(spelled, other.answer)
        }:
            raise RefusedError(f"Another item has that answer already: {other.question!r}.")
        for one, two in ((item, other), (other, item)):
            if answer := tells(one.question, two):
                raise RefusedError(
                    f"The question {one.question!r} tells {answer!r}, the answer to another."
                )


def _evidence(quote: str, place: Place, story: Story) -> int:
    wanted = " ".join(quote.split())
    if len(wanted.split()) < SENTENCE:
        raise RefusedError(f"The quote {wanted!r} is no whole sentence.")
    for number in place.paragraphs:
        if wanted in " ".join(story.paragraphs[number].split()):
            return number
    raise RefusedError(f"The quote {wanted!r} does not stand in the passage, letter by letter.")


def _require_told(form: ClozeForm) -> None:
    """Of the accepted answers one stands in the quote, and each has a word of it."""
    said = words_of(form.quote)
    if not any(places(spelled(answer), said) for answer in form.answers):
        raise RefusedError(f"The answer {form.answers[0]!r} does not stand in the quote.")
    there = {word.text for word in said}
    for answer in form.answers:
        if not there & set(spelled(answer)):
            raise RefusedError(f"The accepted answer {answer!r} has no word of the quote.")


def _checked(
    place: Place,
    question: str,
    options: Sequence[str],
    answers: Sequence[str],
    evidence: tuple[int, ...],
    story: Story,
) -> Item:
    if same := alike(options):
        raise RefusedError(f"Two options say the same: {same[0]!r} and {same[1]!r}.")
    try:
        item = Item(
            id=f"{place.kind}-{place.number}",
            kind=place.kind,
            question=question,
            options=tuple(options),
            answer=tuple(dict.fromkeys(answers)),
            evidence=evidence,
        )
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise RefusedError(f"The format is not kept: {reason}.") from error
    if answer := tells(question, item):
        raise RefusedError(f"The question holds its own answer {answer!r}.")
    for option in item.options:
        if option not in item.answer and (number := quoted(option, story)) is not None:
            raise RefusedError(f"The wrong option {option!r} stands in paragraph {number}.")
    if told := standing(item, story):
        option, number = told[0]
        raise RefusedError(f"Paragraph {number} seems to tell the wrong option {option!r}.")
    return item
