"""A ledger's beginning: what a character's sheet settles before any story."""

from __future__ import annotations

from collections.abc import Callable

from simulacra.biography.ledger.claiming import family, never_seen
from simulacra.biography.ledger.data import SELF, EntryT, Known, Ledger, Person, Place
from simulacra.biography.ledger.names import find_person
from simulacra.characters import CharacterSheet


def seeded(sheet: CharacterSheet, ledger: Ledger | None = None) -> Ledger:
    """The ledger with what the sheet says now; what it once said and says no more is gone.

    Entries that a person holds stay as they are. Paragraphs that were found stay found.
    """
    old = ledger or Ledger()
    profile, knowledge = sheet.profile, sheet.knowledge
    alone = ", only child" if "only child" in profile.family.casefold() else ""
    people = [
        Person(
            name=profile.name,
            relation=f"{SELF}{alone}",
            gender=profile.gender,
            born=profile.date_of_birth.isoformat(),
            by="profile",
        ),
        *family(profile.family),
    ]
    known: list[Known] = []
    places: list[Place] = []
    if knowledge is not None:
        known += [Known(topic=_cut(topic), knows=True, by="profile") for topic in knowledge.knows]
        known += [
            Known(
                topic=_cut(boundary.topic),
                knows=False,
                why=_cut(boundary.why),
                examples=tuple(map(_cut, boundary.examples)),
                by="profile",
            )
            for boundary in knowledge.beyond
        ]
        places += [
            Place(name=name, visited=False, by="profile")
            for boundary in knowledge.beyond
            for name in never_seen(boundary.why)
        ]
    return old.model_copy(
        update={
            "people": _people(people, old.people),
            "places": _others(places, old.places, lambda place: place.name),
            "knowledge": _others(known, old.knowledge, lambda entry: entry.topic),
        }
    )


def _people(new: list[Person], old: tuple[Person, ...]) -> tuple[Person, ...]:
    kept = [
        _from_story(person) if person.by == "profile" and not person.held else person
        for person in old
        if person.held or person.by != "profile" or person.paragraphs
    ]
    first: list[Person] = []
    for person in new:
        known = find_person(kept, person.name)
        if known is not None:
            kept.remove(known)
            if not known.held:
                settled = person.model_dump(include={"relation", "gender", "born", "died", "by"})
                says = {key: value for key, value in settled.items() if value is not None}
                known = known.model_copy(update=says)
        first.append(known or person)
    return (*first, *kept)


def _from_story(person: Person) -> Person:
    """A person as the story alone tells of them."""
    told = {field: getattr(person, field) for field in person.stated}
    unknown = dict.fromkeys(("relation", "gender", "born", "died"))
    return person.model_copy(update={**unknown, **told, "by": "model"})


def _others(
    new: list[EntryT], old: tuple[EntryT, ...], key: Callable[[EntryT], str]
) -> tuple[EntryT, ...]:
    kept = [entry for entry in old if entry.held or entry.by != "profile"]
    taken = {key(entry).casefold() for entry in kept}
    return (*(entry for entry in new if key(entry).casefold() not in taken), *kept)


def _cut(text: str) -> str:
    return text if len(text) <= 400 else text[:399].rstrip() + "…"
