"""Who a person is, in the few words that open every prompt.

What is fixed for a character stands here and nowhere else, so that all agents and all turns
share one prefix that a provider reads once.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from simulacra.characters import Character
from simulacra.inference import Template
from simulacra.memory import MemoryRecord, Source

INSTRUCTIONS = (
    "Write plain spoken English, as in a talk between two people. Stay with what is asked."
)
"""What every method is told, also the one without any character."""

PERSON = Template(
    """\
You are {name}. You are {age} years old, {gender}, born on {born}. You work as a {occupation}.
Hobbies: {hobbies}. Family: {family}. Education: {education}.
Soon you want to: {short_term_goals}. In the long run: {long_term_goal}.
What you are like, the strongest first:
{traits}""",
    name="person",
)

VOICE = Template(
    "You are {name}, {age} years old, {occupation}. What you say of yourself: {traits}",
    name="voice",
)

BIOGRAPHY = Template("{person}\n{extra}\n\nYour life so far:\n{biography}", name="biography")


def person(character: Character) -> str:
    """The profile and the traits of a character, in second person."""
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
        traits="\n".join(f"- {trait}" for trait in profile.traits.descriptions),
    )


def voice(character: Character) -> str:
    """The shortest self: name, age, work and traits, to make memories in a person's own voice."""
    profile = character.sheet.profile
    return VOICE.fill(
        name=profile.name,
        age=profile.age,
        occupation=profile.occupation.title,
        traits=" ".join(profile.traits.descriptions),
    )


def biography(character: Character) -> str:
    """The profile, the traits, all further attributes and the biography."""
    return BIOGRAPHY.fill(
        person=person(character),
        extra=" ".join(f"{fact.content}" for fact in facts(character)),
        biography=character.biography.strip(),
    )


def facts(character: Character) -> list[MemoryRecord]:
    """The further attributes as memories of their own, so that each is found when asked for."""
    return [
        MemoryRecord(
            id=f"fact-{re.sub(r'[^A-Za-z0-9]+', '-', key)}",
            kind="told",
            content=(text := f"{key.replace('_', ' ').capitalize()}: {value}."),
            summary=text,
            source=Source(),
            created=datetime.combine(character.sheet.as_of, time(), UTC),
            model="none",
        )
        for key, value in character.sheet.extra.items()
    ]
