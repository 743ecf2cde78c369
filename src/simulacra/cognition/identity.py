"""Who a person is, in the few words that open every prompt.

What is fixed for a character stands here and nowhere else, so that all agents and all turns
share one prefix that a provider reads once.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from simulacra.characters import Character, Traits
from simulacra.inference import Template
from simulacra.memory import MemoryRecord, Source

INSTRUCTIONS = (
    "Each message holds what is on my mind and, last, what somebody says to me. I write only what "
    "I say aloud in answer: in the first person, in one to four plain sentences, about what is "
    "asked."
)
"""What every method is told, also the one without any character."""

PERSON = Template(
    """\
I am {name}. I am {age} years old, {gender}, born on {born}. I work as a {occupation}.
My hobbies: {hobbies}. My family: {family}. My education: {education}.
What I want soon: {short_term_goals}. In the long run: {long_term_goal}.
What I am like, the strongest first:
{traits}

{instructions}""",
    name="person",
)

VOICE = Template(
    "I am {name}, {age} years old, {occupation}. {traits}",
    name="voice",
)

BIOGRAPHY = Template(
    "{extra}\n\nMy life so far, told by another:\n{biography}\n\n{person}", name="biography"
)


def person(character: Character, instructions: str = INSTRUCTIONS) -> str:
    """The profile and the traits of a character, in the first person."""
    profile = character.sheet.profile
    born = profile.date_of_birth
    return PERSON.fill(
        name=profile.name,
        age=profile.age,
        gender=profile.gender,
        born=f"{born:%B} {born.day}, {born.year}",
        occupation=profile.occupation.title,
        hobbies=", ".join(profile.hobbies),
        family=profile.family,
        education=profile.education,
        short_term_goals=", ".join(profile.short_term_goals),
        long_term_goal=profile.long_term_goal,
        traits="\n".join(f"- {trait}" for trait in pronounced(profile.traits)),
        instructions=instructions,
    ).strip()


def voice(character: Character) -> str:
    """The shortest self: name, age, work and traits, to make memories in a person's own voice."""
    profile = character.sheet.profile
    return VOICE.fill(
        name=profile.name,
        age=profile.age,
        occupation=profile.occupation.title,
        traits=" ".join(pronounced(profile.traits)),
    )


def pronounced(traits: Traits) -> tuple[str, ...]:
    """The descriptions of the two first and the two last ranks: where a ranking says most.

    Paper, Section 3.2: tendencies at the ends of the order are more pronounced. All others are
    still found by what is said (see ``facts``). Without a ranking, all of them.
    """
    ranks = traits.by_rank()
    ends = [text for _, descriptions in (*ranks[:2], *ranks[-2:]) for text in descriptions]
    return tuple(ends) or traits.descriptions


def biography(character: Character, opening: str | None = None) -> str:
    """All further attributes, the biography, and the opening: else profile and traits."""
    return BIOGRAPHY.fill(
        person=person(character) if opening is None else opening,
        extra=" ".join(fact.content for fact in facts(character)),
        biography=character.biography.strip(),
    )


def facts(character: Character) -> list[MemoryRecord]:
    """Attributes and traits as memories of their own: each is found when it is asked for.

    Short facts near the question help small models more than long introductions.
    """
    sheet, profile = character.sheet, character.profile
    texts = {
        "self-birth": f"I was born on {profile.date_of_birth:%B} {profile.date_of_birth.day}, "
        f"{profile.date_of_birth.year}. I am {profile.age} years old.",
        "self-work": f"I work as a {profile.occupation.title}.",
        "self-hobbies": f"What I like to do: {', '.join(profile.hobbies)}.",
        "self-family": f"My family: {profile.family}.",
        "self-education": f"My education, and who taught me: {profile.education}.",
        "self-plans": f"What I want to do soon: {', '.join(profile.short_term_goals)}.",
        "self-goal": f"What I want in the long run: {profile.long_term_goal}.",
    }
    texts |= {
        f"fact-{re.sub(r'[^A-Za-z0-9]+', '-', key)}": f"My {key.replace('_', ' ')}: {value}."
        for key, value in sheet.extra.items()
    }
    for number, trait in enumerate(sheet.profile.traits.descriptions):
        texts[f"trait-{number:02d}"] = trait
    return [
        MemoryRecord(
            id=id_,
            kind="told",
            content=text,
            summary=text,
            source=Source(),
            created=datetime.combine(sheet.as_of, time(), UTC),
            model="none",
        )
        for id_, text in texts.items()
    ]
