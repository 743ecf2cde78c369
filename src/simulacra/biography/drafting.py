"""How a model is asked for a biography: a large one at once, a small one sentence by sentence.

A model of half a billion parameters loses the profile on the way: it invents other names, years
and work. So each part of its biography opens with sentences that state the attributes as they are,
and the model adds three sentences of its own, whose beginnings a grammar gives and whose length an
example shows. What is told besides the attributes stays the model's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from simulacra.biography import small
from simulacra.biography.comparing import described
from simulacra.characters import CharacterSheet, Profile
from simulacra.errors import AnswerError
from simulacra.inference import Answer, ChatModel, Prompt, Sampling, Template, Usage

WRITE = Template(
    """\
Write a biography of an invented person from this profile.

{profile}{extra}

How to write it:
- In the third person, in chronological order from the birth to {as_of}, in plain language.
- {words} words, in paragraphs. Never {most} or more.
- Every attribute of the profile must be in it, and none may be changed: name, age, dates, \
occupation, family and education stay as they are. The traits are not to be quoted: show them in \
what the person does.
- Add what is reasonable: people, places, events with their years. Ages and years must fit the \
date of birth.
- Nothing harmful, and nothing that makes little of any group of people.
- Nothing but the biography: no title, no heading, no list, no remark before or after.{reproach}""",
    name="biography",
)

REPROACH = Template(
    """

Your last try was this:
---------
{text}
---------
It can't be used as it is:
{flags}
Write the whole biography once more, with that mended.""",
    name="biography again",
)

SMALL_PART = Template("Go on with three short sentences about {about}.", name="small biography")

EXAMPLE = (
    "Go on with three short sentences about the house he lived in.",
    "Tom Reed is a miller. He had a room above the stable. In winter the horses kept it warm. He "
    "liked to hear them breathe.",
)
PART_TRIES = 3
"""How often a part is asked for: a small model now and then finds no end."""

DIGEST = f"{WRITE.digest}+{REPROACH.digest}"
SMALL_DIGEST = f"{small.SMALL.digest}+{SMALL_PART.digest}"

MAX_WORDS = 1_000
"""A biography has fewer words (paper, Section 3.3)."""
GOAL_WORDS = "600 to 850"


@dataclass(frozen=True)
class Part:
    """A part of a small model's biography: what it states, what the model is to tell, and how.

    ``openings`` are the beginnings that the model's first two sentences may have.
    """

    states: str
    about: str
    openings: tuple[tuple[str, ...], tuple[str, ...]]


def prompt(sheet: CharacterSheet, last: str = "", reproach: Sequence[str] = ()) -> Prompt:
    """Ask for a whole biography; ``reproach`` says what was wrong with the ``last`` try."""
    again = ""
    if reproach:
        flags = "\n".join(f"- {each}" for each in reproach)
        again = REPROACH.fill(text=last or "(nothing that can be used)", flags=flags)
    text = WRITE.fill(
        profile=described(sheet.profile),
        extra="".join(f"\n{key}: {value}" for key, value in sheet.extra.items()),
        as_of=f"{sheet.as_of:%B %Y}",
        words=GOAL_WORDS,
        most=f"{MAX_WORDS:,}",
        reproach=again,
    )
    return Prompt("", text, DIGEST)


def sampling(seed: int | None) -> Sampling:
    """The original's sampling, with room for the longest biography."""
    return Sampling(temperature=0.8, top_p=0.95, max_tokens=2_400, seed=seed, frequency_penalty=1.0)


async def write_in_parts(sheet: CharacterSheet, model: ChatModel, seed: int | None) -> Answer[str]:
    """Write a biography of some 200 words with a small model, three sentences a call.

    Raises:
        AnswerError: a part came back empty or cut off.
        ModelError: the model could not be asked.
    """
    profile, who = sheet.profile, small.system(sheet)
    written: list[str] = []
    usage, seconds = Usage(), 0.0
    for number, part in enumerate(parts(profile)):
        asked = Prompt(
            who,
            SMALL_PART.fill(about=part.about),
            SMALL_DIGEST,
            examples=(EXAMPLE,),
            prefill=part.states,
        )
        own = None if seed is None else seed * 100 + number * 10
        answer = await _patiently(model, asked, part, own)
        written.append(" ".join(f"{part.states} {answer.value}".split()))
        usage, seconds = usage + answer.usage, seconds + answer.seconds
    return Answer("\n\n".join(written), usage, seconds)


async def _patiently(model: ChatModel, asked: Prompt, part: Part, seed: int | None) -> Answer[str]:
    for number in range(PART_TRIES - 1):
        with suppress(AnswerError):
            return await model.write(
                asked, _small_sampling(part, None if seed is None else seed + number)
            )
    last = None if seed is None else seed + PART_TRIES - 1
    return await model.write(asked, _small_sampling(part, last))


def parts(profile: Profile) -> tuple[Part, ...]:
    """A small model's biography in four parts: origin, learning, work and pleasures, plans."""
    who, first = small.Pronouns.of(profile), profile.name.split()[0]
    she, her, born = who.subject.casefold(), who.possessive.casefold(), profile.date_of_birth
    she = first if who.subject == first else she
    family = profile.family.replace("; ", ", ").rstrip(".")
    comes = f"comes {family}" if family.startswith("from ") else f"has this family: {family}"
    job = profile.occupation.title
    retired = job.startswith("retired")
    works = "is" if retired else "works as"
    return (
        Part(
            f"{profile.name} was born on {born:%B} {born.day}, {born.year}. {who.subject} {comes}.",
            f"{her} childhood at home",
            ((f"As a {who.child} {she}", f"{who.subject} grew up"), (f"{who.subject}", "At home")),
        ),
        Part(
            f"{who.possessive} education: {profile.education.rstrip('.')}.",
            f"what {she} learned and who taught {first}",
            ((f"At school {she}", f"{who.subject} learned"), ("A teacher", f"{who.subject}")),
        ),
        Part(
            f"Today {first} is {profile.age} years old and {works} {_a(job)} {job}. What "
            f"{she} likes to do: {_listed(profile.hobbies)}.",
            f"a day of {first}'s, and an evening",
            (
                (f"{'In the morning' if retired else 'At work'} {she}",),
                (f"In the evening {she}", f"On Sundays {she}"),
            ),
        ),
        Part(
            f"{who.possessive} plans for the coming months: {_listed(profile.short_term_goals)}. "
            f"In the long run {first} has this goal: {profile.long_term_goal.rstrip('.')}.",
            f"why {first} wants that",
            ((f"{first} knows", f"{first} thinks"), (f"{who.subject} hopes", "Until then")),
        ),
    )


def _a(words: str) -> str:
    return "an" if re.match("[aeiou]", words, re.IGNORECASE) else "a"


def _listed(values: Sequence[str]) -> str:
    plain = [value.rstrip(".") for value in values] or ["nothing that is fixed"]
    return " and ".join([", ".join(plain[:-1]), plain[-1]] if plain[1:] else plain)


def _small_sampling(part: Part, seed: int | None) -> Sampling:
    first, second = part.openings
    return small.plain_sentences((first, second, second), seed, max_tokens=110)
