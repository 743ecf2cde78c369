"""A person whose story is to be written, and a model that writes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.answers import episode as told

from simulacra.biography import Author
from simulacra.biography.ledger.judging import ContradictionsSeen
from simulacra.biography.ledger.reading import FactsRead
from simulacra.characters import (
    Character,
    CharacterSheet,
    Occupation,
    Profile,
    Provenance,
    Traits,
    write_character,
)
from simulacra.inference import ScriptedCall, ScriptedModel

ME = Author(kind="person", name="Robin")

BIOGRAPHY = """\
Nora Vale was born on May 4, 1985, in a house by the railway at Tarn Bridge.

As a girl she counted wagons with her father, Piet, who worked the signals.

She left school at sixteen and learned to bake in the shop of Mrs. Oduya.

In 2010 she opened her own bakery, with a loan that she paid back in six years.

She keeps bees behind the shop and wants to walk the whole river once.
"""

SHEET = CharacterSheet(
    as_of=date(2026, 10, 1),
    profile=Profile(
        name="Nora Vale",
        age=41,
        gender="female",
        date_of_birth=date(1985, 5, 4),
        occupation=Occupation(title="baker", isco="7512"),
        traits=Traits(ranking=(), descriptions=("I rise before the birds and like it.",)),
        hobbies=("keeping bees",),
        family="one parent, working class",
        education="left school at sixteen, learned a trade",
        short_term_goals=("mend the oven door",),
        long_term_goal="walk the whole river",
    ),
    provenance=Provenance(author="Robin", licence="CC BY 4.0", note="Made for a test."),
)


def nora(folder: Path, *, biography: str = BIOGRAPHY, story: str = "") -> Character:
    """Write Nora, a baker with a biography and no story yet."""
    return write_character(folder / "nora-vale", sheet=SHEET, biography=biography, story_text=story)


def episode(seed: object) -> str:
    """Three sentences of a baker's life that no other seed gives."""
    return told("Nora", str(seed))


def writer(spoil: Callable[[int], str | Exception | None] = lambda _: None) -> ScriptedModel:
    """A model that expands every part by an episode of its own.

    ``spoil`` gives another answer to the expansion of that number, counted from 0.
    """
    asked = 0

    def answer(call: ScriptedCall) -> str | dict[str, object] | Exception:
        nonlocal asked
        if call.schema in (FactsRead, ContradictionsSeen):
            return {}
        if call.schema is not None:
            return {"flagged": False}
        number, asked = asked, asked + 1
        if (spoiled := spoil(number)) is not None:
            return spoiled
        part = call.user.partition("to tell at greater length:\n")[2].partition("\n\nWhat comes")[0]
        return f"{part}\n\n{episode(call.user)}"

    return ScriptedModel(answer, name="scripted writer")
