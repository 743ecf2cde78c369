"""How a model is asked for one item: the passage, the prompt, and the form that it fills in."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Annotated, TypeAlias

from pydantic import BaseModel, Field, StringConstraints

from simulacra.biography import Story
from simulacra.biography.ledger import Ledger, fact_lines, facts_for
from simulacra.biography.ledger.data import Facts
from simulacra.characters import ITEM_KINDS, Character, ItemKind
from simulacra.inference import Prompt, Sampling, Template

NEIGHBOURS = 4
"""At most so many paragraphs that follow each other are one passage."""
FACT_TOKENS = 300

SYSTEM = Template(
    """\
You write questions on the life of {name}. They are put to somebody who speaks as {name}, to see \
whether they know that life. Address {name} as "you". Ask for what only the life itself tells, \
nothing that could be guessed, and never name the answer in the question.""",
    name="draft system",
)

PASSAGE = Template(
    """\
From the life of {name}:

{passage}
{facts}
{task}
Each quote is one whole sentence of the passage that proves its right answer, copied letter by \
letter.\
{reproach}""",
    name="draft item",
)

CLOZE = Template(
    """\
Write one question with one short answer: a name, a number, a date, a thing, of one to four words.\
{about}
- question: one sentence, understood without the passage.
- answers: the answer in the words of the quote first, then other ways to write the same answer.
- quote: what proves the answer.""",
    name="draft cloze",
)

SINGLE = Template(
    """\
Write one question with four options, of which one is right.
- question: one sentence, understood without the passage.
- right: the right option as text, of at most twelve words, with its quote.
- wrong: three options of the same form and length that are believable and false, and that nothing \
in this life tells.""",
    name="draft single",
)

MULTIPLE = Template(
    """\
Write one question with six options, of which three are right ("Which three of these ...?").
- question: one sentence, understood without the passage.
- right: three right options as text, of at most twelve words each, each with its own quote.
- wrong: three options of the same form and length that are believable and false, and that nothing \
in this life tells.""",
    name="draft multiple",
)

TASKS: Mapping[ItemKind, Template] = {"cloze": CLOZE, "single": SINGLE, "multiple": MULTIPLE}
TEMPLATES = (SYSTEM, PASSAGE, *TASKS.values())

Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Quote = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1500)]


class Proved(BaseModel):
    """A right option and the sentence that proves it."""

    text: Short
    quote: Quote


class ClozeForm(BaseModel):
    """A question, its accepted answers, and the sentence that proves them."""

    question: Short
    answers: list[Short] = Field(min_length=1, max_length=6)
    quote: Quote


class SingleForm(BaseModel):
    """A question with one right option and three wrong ones."""

    question: Short
    right: Proved
    wrong: list[Short] = Field(min_length=3, max_length=3)


class MultipleForm(BaseModel):
    """A question with three right options and three wrong ones."""

    question: Short
    right: list[Proved] = Field(min_length=3, max_length=3)
    wrong: list[Short] = Field(min_length=3, max_length=3)


Form: TypeAlias = ClozeForm | SingleForm | MultipleForm
FORMS: Mapping[ItemKind, type[ClozeForm] | type[SingleForm] | type[MultipleForm]] = {
    "cloze": ClozeForm,
    "single": SingleForm,
    "multiple": MultipleForm,
}


@dataclass(frozen=True)
class Place:
    """Where one item is to come from: paragraphs and, for some clozes, a fact of the ledger."""

    kind: ItemKind
    number: int
    paragraphs: tuple[int, ...]
    seed: int
    fact: str = ""

    @property
    def name(self) -> str:
        """``single 2 (of paragraphs 24, 25)``."""
        where = ", ".join(map(str, self.paragraphs))
        return f"{self.kind} {self.number} (of paragraphs {where})"


def plan(
    story: Story, ledger: Ledger | None, counts: Mapping[ItemKind, int], seed: int
) -> list[Place]:
    """Where each item is to come from: kinds in a row, passages spread over all chapters by seed.

    Every second cloze is on a fact of the ledger that names its paragraphs, as far as there are
    any. A passage comes twice only where the story has no other left.
    """
    chance = random.Random(seed)
    facts = _facts(ledger, story) if ledger is not None else []
    chance.shuffle(facts)
    wanted: list[tuple[ItemKind, int]] = [
        (kind, n) for kind in ITEM_KINDS for n in range(1, counts.get(kind, 0) + 1)
    ]
    told = dict(zip(range(2, counts.get("cloze", 0) + 1, 2), facts, strict=False))
    spread = list(islice(_spread(story, chance), len(wanted)))
    chance.shuffle(spread)  # else each kind would have chapters of its own
    places: list[Place] = []
    for at, ((kind, number), passage) in enumerate(zip(wanted, spread, strict=True)):
        fact, paragraphs = told.get(number, ("", passage)) if kind == "cloze" else ("", passage)
        places.append(Place(kind, number, paragraphs, seed * 1000 + at, fact))
    return places


def asked(
    character: Character, story: Story, ledger: Ledger | None, place: Place, reproach: str = ""
) -> tuple[Prompt, Sampling]:
    """Ask for the item of a place; ``reproach`` says what was wrong with the first."""
    passage = story.excerpt(place.paragraphs)
    facts = facts_for(ledger, passage, FACT_TOKENS) if ledger is not None else ""
    task = TASKS[place.kind]
    about = f"\nAsk for something in this fact: {place.fact}" if place.fact else ""
    user = PASSAGE.fill(
        name=character.name,
        passage=passage,
        facts=f"\nSettled besides (for what is false; quote the passage alone):\n{facts}\n"
        if facts
        else "",
        task=task.fill(about=about) if place.kind == "cloze" else task.fill(),
        reproach=f"\n\nYour last one can't be used: {reproach} Write another." if reproach else "",
    )
    digest = "+".join(template.digest for template in (SYSTEM, PASSAGE, task))
    how = Sampling(temperature=0.7, max_tokens=900, seed=place.seed + (500 if reproach else 0))
    return Prompt(SYSTEM.fill(name=character.name), user, digest), how


def _facts(ledger: Ledger, story: Story) -> list[tuple[str, tuple[int, ...]]]:
    """Facts that name their paragraphs, each with the first few of these."""
    entries = (
        *(Facts(people=(entry,)) for entry in ledger.people if not entry.is_self),
        *(Facts(events=(entry,)) for entry in ledger.events),
        *(Facts(places=(entry,)) for entry in ledger.places),
    )
    found: list[tuple[str, tuple[int, ...]]] = []
    for entry in entries:
        (line,) = fact_lines(entry)
        (source,) = (*entry.people, *entry.events, *entry.places)
        there = [number for number in source.paragraphs if number < len(story.paragraphs)]
        if there:
            found.append((line, tuple(there[:NEIGHBOURS])))
    return found


def _spread(story: Story, chance: random.Random) -> Iterator[tuple[int, ...]]:
    """Passages without end: one of each chapter in turn, none twice before all have come."""
    while True:
        piles = [list(_passages(start, end)) for start, end in _chapters(story)]
        for pile in piles:
            chance.shuffle(pile)
        chance.shuffle(piles)
        yield from _in_turn(piles)


def _in_turn(piles: Sequence[list[tuple[int, ...]]]) -> Iterable[tuple[int, ...]]:
    for turn in range(max(map(len, piles))):
        yield from (pile[turn] for pile in piles if turn < len(pile))


def _chapters(story: Story) -> list[tuple[int, int]]:
    """Where chapters begin and end; what stands before the first heading is one, too."""
    starts = sorted({0, *(chapter.start for chapter in story.chapters)} - {len(story.paragraphs)})
    ends = [*starts[1:], len(story.paragraphs)]
    return list(zip(starts, ends, strict=True))


def _passages(start: int, end: int) -> Iterator[tuple[int, ...]]:
    """A chapter in passages of about the same length."""
    pieces = -(-(end - start) // NEIGHBOURS)
    cuts = [start + (end - start) * piece // pieces for piece in range(pieces + 1)]
    yield from (tuple(range(first, last)) for first, last in pairwise(cuts))
