"""A person whose life story has expansions that wait for a reader."""

from __future__ import annotations

from pathlib import Path

from tests.biography.lives import BIOGRAPHY, SHEET

from simulacra.biography import Author, Facts, Flag, Revision, Scores, StoryDesk
from simulacra.biography.ledger import Event
from simulacra.characters import Character, write_character

NORA = "nora-vale"
MODEL = Author(kind="model", name="a model", settings={"seed": 3}, prompt_digest="abc")
ADDED = (
    "The house stood so near the rails that the cups walked on the shelf when a train went by.",
    "Piet let her pull the lever of the down signal once, in the winter of 1992, with both hands.",
    "Mrs. Oduya weighed nothing; she said that a hand which needs scales has not baked enough.",
    "The bank wanted to see three years of figures, and she had a shoe box and a good memory.",
    "The bees came in a crate from Tarn Bridge, and two of them stung the driver on the way.",
)


def nora(workspace: Path) -> Character:
    """Nora with five expansions: the first two flagged, the others in her story unread."""
    character = write_character(workspace / NORA, sheet=SHEET, biography=BIOGRAPHY)
    with StoryDesk.open(character) as desk:
        paragraphs = desk.story.paragraphs
        for number, (old, added) in enumerate(zip(paragraphs, ADDED, strict=True)):
            flags = (
                Flag(
                    check="ledger",
                    message="“in the winter of 1992”: she was born on May 4, 1985, in paragraph 0.",
                    paragraphs=(0,),
                ),
                Flag(check="repeat", message="“with both hands” was said before."),
            )
            revision = Revision(
                id=f"r{number + 1:04d}",
                kind="expansion",
                author=MODEL,
                start=number,
                before=(old,),
                after=(f"{old} {added}",),
                scores=Scores(importance=0.81, elaborateness=0.12, redundancy=0.05, priority=0.7),
                flags=flags if number < 2 else (),
                facts=Facts(events=(Event(what="the bees came", date="2018"),))
                if number == 4
                else None,
            )
            desk.propose(revision)
        for number in range(2, 5):
            desk.accept(f"r{number + 1:04d}", Author(kind="checks", name="automatic checks"))
    return character
