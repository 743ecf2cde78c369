"""How a small model is asked for prose: a few plain sentences at a time.

A model of half a billion parameters loses the person on the way. So it goes on from words that are
ours, a grammar gives the beginnings of its sentences, and an example shows their length.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulacra.biography.sentences import sentences
from simulacra.characters import CharacterSheet, Profile
from simulacra.inference import Prompt, Sampling, Template

SMALL = Template(
    "You write the life of {name}, a {occupation}, in short and plain sentences. {name} says: "
    "{traits}",
    name="small system",
)

GO_ON = Template(
    """\
{part}

Go on with five short sentences about one small thing that happened to {name} {when}.""",
    name="small expansion",
)

EXAMPLE = (
    "Tom Reed is a miller. In summer the wheel stands still and he mends the roof.\n\n"
    "Go on with five short sentences about one small thing that happened to Tom one night in May.",
    "One night in May Tom heard the bell of the ferry. He took the lamp and went down to the bank. "
    "A woman with two goats had missed the last boat. He gave her bread and a place in the barn. "
    "In the morning she left him a cheese.",
)

WHEN = (
    "one morning in spring", "on a rainy evening", "one Sunday in autumn", "that winter",
    "some weeks later", "on the way home", "on the first warm day", "late one night",
    "one summer", "early one morning", "on a Friday in March", "during a long power cut",
)  # fmt: skip

WORDS = 70
"""About as many words come back."""


@dataclass(frozen=True)
class Pronouns:
    """How a person is spoken of."""

    subject: str
    possessive: str
    child: str

    @classmethod
    def of(cls, profile: Profile) -> Pronouns:
        """By gender; the person's first name and "their" where it is neither female nor male."""
        match profile.gender.casefold():
            case "female":
                return cls("She", "Her", "girl")
            case "male":
                return cls("He", "His", "boy")
            case _:
                return cls(profile.name.split()[0], "Their", "child")


def system(sheet: CharacterSheet) -> str:
    """Who it is about, in two or three sentences."""
    profile = sheet.profile
    return SMALL.fill(
        name=profile.name,
        occupation=profile.occupation.title,
        traits=" ".join(profile.traits.descriptions[:3]),
    )


def go_on(sheet: CharacterSheet, part: str, seed: int) -> tuple[Prompt, Sampling]:
    """Ask for one new experience that goes with a part of the story, in the third person and past.

    One sentence of the part is told, by seeded chance: of more the model would tell more again.
    The answer goes on from the prompt's prefill, which belongs to the text.
    """
    first, who = sheet.profile.name.split()[0], Pronouns.of(sheet.profile)
    chance = random.Random(seed)
    when, part = chance.choice(WHEN), chance.choice(sentences(part) or [part])
    she = who.subject.casefold() if who.subject != first else first
    prompt = Prompt(
        system(sheet),
        GO_ON.fill(part=part, name=first, when=when),
        f"{SMALL.digest}+{GO_ON.digest}",
        examples=(EXAMPLE,),
        prefill=f"{when[0].upper()}{when[1:]} {first}",
    )
    openings = (
        (),
        (who.subject, f"Then {she}", "It was"),
        ("A neighbor", "A stranger", "An old friend", who.subject),
        (who.subject, f"So {she}", "They"),
        (f"In the end {she}", f"Afterwards {she}", f"Since then {she}"),
    )
    return prompt, plain_sentences(openings, seed, max_tokens=170)


def plain_sentences(
    openings: Sequence[Sequence[str]], seed: int | None, max_tokens: int
) -> Sampling:
    """A sampling under a grammar: one sentence for each set of beginnings that it may have."""
    begun = [
        " | ".join('"{}"'.format(re.sub(r'["\\]', "", each)) for each in any_of) or '""'
        for any_of in openings
    ]
    root = ' " " '.join(f"s{number} rest" for number in range(len(begun)))
    rules = "\n".join(f"s{number} ::= {either}" for number, either in enumerate(begun))
    grammar = (
        f'root ::= " "? {root}\n{rules}\n'
        'rest ::= " " ch ch ch ch ch ch ch ch+ "."\n'
        "ch ::= [a-zA-Z ,'-]"
    )
    return Sampling(
        temperature=0.7,
        top_p=0.95,
        max_tokens=max_tokens,
        seed=seed,
        frequency_penalty=0.4,
        stop=("\n",),
        extra={"grammar": grammar, "top_k": 40, "min_p": 0.05},
    )
