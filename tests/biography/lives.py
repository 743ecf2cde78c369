"""A person whose story is to be written, and a model that writes it."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from benchmarks.answers import episode as told

from simulacra.biography import Author, Entry, StoryDesk
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
from simulacra.errors import StoryError
from simulacra.inference import ScriptedCall, ScriptedModel

T = TypeVar("T")

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
    """Four sentences of a baker's life that no other seed gives."""
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


def decide(desk: StoryDesk, entry: Entry, chance: random.Random) -> None:
    """Decide as a person does: what has been built upon can't be taken out any more."""
    try:
        match chance.randrange(4):
            case 0:
                desk.edit(entry.id, [*entry.revision.after, episode(chance.random())], ME)
                return
            case 1 if entry.status == "waiting":
                desk.reject(entry.id, ME, "it rings false")
                return
            case 2 if entry.status == "accepted":
                desk.undo(entry.id, ME)
                return
            case _:
                pass
    except StoryError as error:
        assert "changed since by r" in error.what  # noqa: PT017
    desk.accept(entry.id, ME)


class Killed(BaseException):
    """Stands for a process that ends, at whatever it was."""


class Dying:
    """Steps that keep what is finished, and now and then the process ends."""

    def __init__(self, chance: random.Random, kept: dict[str, object]) -> None:
        self.chance, self.kept = chance, kept

    async def __call__(self, name: str, call: Callable[[], Awaitable[T]]) -> T:
        if name in self.kept:
            return self.kept[name]  # type: ignore[return-value]
        if self.chance.random() < 0.08:
            raise Killed
        value = await call()
        if self.chance.random() < 0.04:
            raise Killed  # finished, but nobody wrote it down
        self.kept[name] = value
        return value
