"""Facts join the ledger: what is the same is united, what contradicts is flagged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from simulacra.biography.flag import Flag
from simulacra.biography.ledger.data import Entry, Event, Facts, Known, Ledger, Person, Place
from simulacra.biography.ledger.dates import apart
from simulacra.biography.ledger.names import bare, find_person, kin
from simulacra.biography.ledger.rules import (
    SAME_EVENT,
    event_flags,
    knowledge_flags,
    likeness,
    person_flags,
    place_flags,
)
from simulacra.biography.ledger.wording import words

T = TypeVar("T", bound=Entry)


def merge(ledger: Ledger, facts: Facts, start: int) -> tuple[Ledger, list[Flag]]:
    """Add what was read from paragraphs that begin at ``start``; tell what contradicts the ledger.

    What was settled first stands: a fact that contradicts it is flagged and does not change it.
    Entries that a person holds stay as they are.
    """
    facts = facts.starting_at(start)
    flags: list[Flag] = []
    for person in facts.people:
        flags += person_flags(ledger, person)
        ledger = _add_person(ledger, person)
    for place in facts.places:
        flags += place_flags(ledger, place)
        ledger = _add_place(ledger, place)
    for event in facts.events:
        flags += event_flags(ledger, event)
        ledger = _add_event(ledger, event)
    for known in facts.knowledge:
        flags += knowledge_flags(ledger, known)
        ledger = _add_known(ledger, known)
    return ledger, list(dict.fromkeys(flags))


def check_ledger(ledger: Ledger) -> list[Flag]:
    """What contradicts itself within a ledger, for instance after it was corrected by hand."""

    def first(entry: Entry) -> tuple[int, ...]:
        return entry.paragraphs[:1]

    everything = Facts(
        people=tuple(sorted(ledger.people, key=first)),
        events=tuple(sorted(ledger.events, key=first)),
        places=tuple(sorted(ledger.places, key=first)),
        knowledge=tuple(sorted(ledger.knowledge, key=first)),
    )
    return merge(Ledger(), everything, 0)[1]


def _add_person(ledger: Ledger, person: Person) -> Ledger:
    known = find_person(ledger.people, person.name)
    if known is None:
        return ledger.model_copy(update={"people": (*ledger.people, person)})
    if known.held:
        return ledger
    update = dict(_news(known, person, ("relation", "gender", "born", "died")))
    if known.relation and person.relation and kin(known.relation) is None and kin(person.relation):
        update["relation"] = person.relation  # a kinship tells more than "friend" or "neighbour"
    fresh = {f: number for f, number in person.stated.items() if f in update}
    update["stated"] = {**known.stated, **fresh}
    update["paragraphs"] = () if known.is_self else _both(known, person)
    update |= _names(known, person)
    return _replaced(ledger, "people", known, known.model_copy(update=update))


def _names(known: Person, person: Person) -> dict[str, object]:
    """The longer name stands, every other way to say it is an alias."""
    ways = dict.fromkeys((*known.names, *person.names))
    name = known.name
    if known.by != "profile" and len(bare(person.name)) > len(bare(name)):
        name = person.name
    taken = {bare(name)}
    aliases: list[str] = []
    for way in ways:
        if bare(way) not in taken:
            taken.add(bare(way))
            aliases.append(way)
    return {"name": name, "aliases": tuple(aliases)}


def _add_event(ledger: Ledger, event: Event) -> Ledger:
    for known in sorted(ledger.events, key=lambda other: -likeness(event, other)):
        if likeness(event, known) < SAME_EVENT:
            break
        if event.span and known.span and apart(event.span, known.span):
            continue
        if event.age is not None and known.age is not None and event.age != known.age:
            continue
        if known.held:
            return ledger
        update = dict(_news(known, event, ("age", "place")))
        if known.date is None or (event.date or "").startswith(known.date):
            update |= _news(known.model_copy(update={"date": None}), event, ("date", "season"))
        update["people"] = tuple(dict.fromkeys((*known.people, *event.people)))
        update["paragraphs"] = _both(known, event)
        return _replaced(ledger, "events", known, known.model_copy(update=update))
    return ledger.model_copy(update={"events": (*ledger.events, event)})


def _add_place(ledger: Ledger, place: Place) -> Ledger:
    known = next((p for p in ledger.places if words(p.name) == words(place.name)), None)
    if known is None:
        return ledger.model_copy(update={"places": (*ledger.places, place)})
    if known.held:
        return ledger
    update = dict(_news(known, place, ("what", "visited")))
    update["paragraphs"] = _both(known, place)
    return _replaced(ledger, "places", known, known.model_copy(update=update))


def _add_known(ledger: Ledger, known: Known) -> Ledger:
    same = next((k for k in ledger.knowledge if words(k.topic) == words(known.topic)), None)
    if same is None:
        return ledger.model_copy(update={"knowledge": (*ledger.knowledge, known)})
    if same.held or same.knows != known.knows:
        return ledger
    update = dict(_news(same, known, ("why", "examples")))
    update["paragraphs"] = _both(same, known)
    return _replaced(ledger, "knowledge", same, same.model_copy(update=update))


def _news(known: Entry, new: Entry, fields: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """What the new entry says and the known one does not."""
    for field in fields:
        if getattr(known, field) in (None, ()) and getattr(new, field) not in (None, ()):
            yield field, getattr(new, field)


def _both(known: Entry, new: Entry) -> tuple[int, ...]:
    return tuple(sorted({*known.paragraphs, *new.paragraphs}))


def _replaced(ledger: Ledger, where: str, old: T, new: T) -> Ledger:
    entries: tuple[T, ...] = getattr(ledger, where)
    changed = tuple(new if entry is old else entry for entry in entries)
    return ledger.model_copy(update={where: changed})
