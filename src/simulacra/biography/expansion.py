"""Expanding a chunk: what the model is told, and the text that comes back (paper, Section 3.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulacra.biography.sentences import sentences
from simulacra.biography.story import Story
from simulacra.biography.text import blocks
from simulacra.biography.told import Telling, telling
from simulacra.characters import CharacterSheet
from simulacra.inference import Prompt, Sampling, Template, count_tokens

LONGEST_WORDS = 1_200
"""No expansion of one chunk may be longer."""

SYSTEM = Template(
    """\
You write the life story of {name}, part by part.
{name} is {age} years old ({gender}), born on {born}, {occupation}.
Family: {family}. Education: {education}. Hobbies: {hobbies}.
Wants soon: {short_term_goals}. In the long run: {long_term_goal}.{extra}
What {name} says of their own ways, the most pronounced first:
{traits}

How to write:
- Plain, everyday language. No speeches, no morals, no praise.
- Keep every fact of the part: names, dates, numbers, places. Change nothing that is settled.
- Add new and reasonable experiences: what was done and said, by whom, where and when, and what \
came of it. They must fit the person's ways, years and means.
- Nothing harmful, and nothing that makes little of any group of people.
- Answer with the text of the part alone: no heading, no list, no remark.""",
    name="expansion system",
)

EXPAND = Template(
    """\
The whole life in short:
{outline}
{facts}
What comes just before:
{before}

The part to tell at greater length:
{part}

What comes just after:
{after}

Tell the part anew in {words} words or so, in the {person} person and the {tense}. Do not tell \
again what comes before or after.{reproach}""",
    name="expansion",
)


@dataclass(frozen=True)
class Passage:
    """What is to be expanded, and what stands around it."""

    story: Story
    number: int
    facts: str = ""

    @property
    def told(self) -> Telling:
        """The person and tense of the story."""
        return telling(self.story.render())

    @property
    def part(self) -> str:
        """The paragraph itself."""
        return self.story.paragraphs[self.number]

    def near(self, step: int, tokens: int) -> str:
        """The neighbouring paragraph, cut to a number of tokens."""
        other = self.number + step
        if not 0 <= other < len(self.story.paragraphs):
            return "(nothing: the story {} here)".format("begins" if step < 0 else "ends")
        lines = sentences(self.story.paragraphs[other])
        return " ".join(fitting(lines[::-1], tokens)[::-1] if step < 0 else fitting(lines, tokens))


@dataclass(frozen=True)
class Asking:
    """How a model is asked to expand: the paper's settings are the defaults."""

    temperature: float = 0.8
    top_p: float = 0.95
    frequency_penalty: float = 1.0
    words: int = 280
    context: int = 3_000
    """Tokens that the outline of the whole life may take."""

    def sampling(self, seed: int) -> Sampling:
        """The sampling of one call."""
        return Sampling(
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=max(200, self.words * 3),
            seed=seed,
            frequency_penalty=self.frequency_penalty,
        )


def expansion(
    sheet: CharacterSheet, passage: Passage, asking: Asking, reproach: Sequence[str] = ()
) -> Prompt:
    """Ask for a chunk at greater length; ``reproach`` says what was wrong with the last try."""
    profile = sheet.profile
    again = ""
    if reproach:
        again = "\nYour last try can't be used: " + " ".join(reproach) + " Mend that."
    told = passage.told
    system = SYSTEM.fill(
        name=profile.name,
        age=profile.age,
        gender=profile.gender,
        born=profile.date_of_birth,
        occupation=profile.occupation.title,
        family=profile.family,
        education=profile.education,
        hobbies=", ".join(profile.hobbies),
        short_term_goals="; ".join(profile.short_term_goals),
        long_term_goal=profile.long_term_goal,
        extra="".join(f"\n{key.replace('_', ' ')}: {text}." for key, text in sheet.extra.items()),
        traits="\n".join(f"- {text}" for text in profile.traits.descriptions),
    )
    user = EXPAND.fill(
        outline=outline(passage.story, passage.number, asking.context),
        facts=f"\nSettled facts:\n{passage.facts}\n" if passage.facts else "",
        before=passage.near(-1, 200),
        part=passage.part,
        after=passage.near(+1, 200),
        words=asking.words,
        person=told.person or "third",
        tense=told.tense or "past",
        reproach=again,
    )
    return Prompt(system, user, f"{SYSTEM.digest}+{EXPAND.digest}")


def outline(story: Story, around: int, tokens: int) -> str:
    """The story in short: each paragraph's first sentence, as many as the tokens allow.

    Where they do not suffice, only every second, fourth, … is told, and those about ``around``.
    """
    firsts = [(sentences(text) or [text])[0] for text in story.paragraphs]
    costs = [count_tokens(first) for first in firsts]
    every = 1
    while sum(cost for n, cost in enumerate(costs) if _kept(n, around, every)) > tokens:
        every *= 2
        if every > len(firsts):
            break
    return " ".join(first for n, first in enumerate(firsts) if _kept(n, around, every))


def _kept(number: int, around: int, every: int) -> bool:
    return number % every == 0 or (every < 8 and abs(number - around) <= 2)


def fitting(lines: Sequence[str], tokens: int) -> list[str]:
    """As many of the first lines as fit into a number of tokens; always one."""
    kept: list[str] = []
    for line in lines:
        tokens -= count_tokens(line)
        if tokens < 0 and kept:
            break
        kept.append(line)
    return kept


def as_paragraphs(text: str) -> tuple[str, ...]:
    """A model's answer as paragraphs: quotation marks and a fence around the whole are no text.

    Headings and lists stay, for the checks to see them.
    """
    text = text.strip()
    fenced = re.fullmatch(r"```\w*\n(.*?)\n?```", text, re.DOTALL)
    text = fenced[1].strip() if fenced else text
    if (
        len(text) > 1
        and text[0] in '"“'
        and text[-1] in '"”'
        and not re.search(r"[\"“”]", text[1:-1])
    ):
        text = text[1:-1].strip()
    return tuple(" ".join(block.split()) for _, block in blocks(text))
