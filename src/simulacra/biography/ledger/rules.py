"""Contradictions, found by arithmetic and rules: a new fact against what the ledger holds.

Each rule yields what it finds; all of them keep silent where they can't be sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from simulacra.biography.flag import Flag
from simulacra.biography.ledger.data import Event, Known, Ledger, Person, Place
from simulacra.biography.ledger.dates import (
    Span,
    age_fits,
    ages_in,
    apart,
    before,
    can_be_parent,
    span,
)
from simulacra.biography.ledger.names import UNIQUE, bare, find_person, kin, only
from simulacra.biography.ledger.wording import words
from simulacra.biography.sentences import sentences
from simulacra.biography.text import excerpt, narrated

SAME_EVENT = 0.6
"""Share of common words (Jaccard) from which two events are told as one."""

_REMEMBERED = re.compile(
    r"\b(?:bur(?:y|ied|ial)|buried|funeral|graves?|graveyard|ashes|coffin|mourn\w*|memor\w+|"
    r"remember\w*|anniversary|inherit\w*|dream\w*|died|death|dead|late|portrait|photo\w*|"
    r"letters?|estate|ghost|thought|thinks?|missed|misses)\b",
    re.IGNORECASE,
)
_UNKNOWING = re.compile(
    r"\b(?:never|not|n't|no|nothing|without|neither|nor|couldn['’]?t|didn['’]?t|don['’]?t|"
    r"doesn['’]?t|wasn['’]?t|isn['’]?t|hadn['’]?t|nobody|hardly|ignor\w+|heard of)\b|n['’]t\b",
    re.IGNORECASE,
)


def likeness(one: Event, other: Event) -> float:
    """How much two events are told in the same words: 0 to 1."""
    mine, others = words(one.what), words(other.what)
    common = mine & others
    return len(common) / len(mine | others) if len(common) >= 2 else 0.0


def person_flags(ledger: Ledger, person: Person) -> Iterator[Flag]:
    """What a person, as told now, has against the ledger."""
    known = find_person(ledger.people, person.name)
    relation = kin(person.relation)
    if known is not None and not (known.is_self and person.is_self):
        yield from _two_kinships(known, person)
        yield from _two_dates(known, person)
    if relation in UNIQUE:
        yield from _two_names(ledger, known, person)
    elif relation is not None and not (known and kin(known.relation)):
        yield from _more_than_one(ledger, person)
    whole = person if known is None else _filled(person, known)
    yield from _impossible_births(ledger, whole, person)
    if person.died:
        for event in ledger.events:
            yield from _acting_dead(whole, event, person.paragraphs)


def event_flags(ledger: Ledger, event: Event) -> Iterator[Flag]:
    """What an event, as told now, has against the ledger."""
    told, herself = event.span, ledger.self_
    if told and herself and herself.born:
        born = span(herself.born)
        own = any(find_person((herself,), name) for name in event.people)
        others = before(told, born) and not own  # what was before her is of other people's lives
        if event.age is not None and not others and not age_fits(event.age, told, born):
            youngest, oldest = ages_in(told, born)
            right = str(oldest) if youngest == oldest else f"{youngest} to {oldest}"
            yield _flag(
                f"{_say(event.what)} is told at age {event.age} in {event.date}, but somebody born "
                f"in {herself.born} is {right} then",
                event.paragraphs,
            )
        if own and before(told, born):
            yield _flag(
                f"{_say(event.what)} is told of {herself.name} in {event.date}, before the birth "
                f"in {herself.born}",
                event.paragraphs,
            )
    for other in ledger.events:
        theirs = other.span
        if told and theirs and apart(told, theirs) and likeness(event, other) >= SAME_EVENT:
            yield _flag(
                f"{_say(event.what)} is told of {event.date}, and of {other.date}",
                event.paragraphs,
                other.paragraphs,
            )
    for name in event.people:
        if (person := find_person(ledger.people, name)) and person.died:
            yield from _acting_dead(person, event, person.sources("died"))
    for place in ledger.places:
        if place.visited is False and event.place and _same_place(place.name, event.place):
            yield from _visited(place, event)


def place_flags(ledger: Ledger, place: Place) -> Iterator[Flag]:
    """What a place, as told now, has against the ledger."""
    if place.visited is False:
        for event in ledger.events:
            if event.place and _same_place(place.name, event.place):
                yield from _visited(place, event)


def knowledge_flags(ledger: Ledger, known: Known) -> Iterator[Flag]:
    """What she knows, as told now, against what the ledger says she can or can't know."""
    for other in ledger.knowledge:
        if other.knows != known.knows and words(other.topic) == words(known.topic):
            yield _flag(
                f"{_say(known.topic)} is told as {_knows(known)}, and as {_knows(other)}",
                known.paragraphs,
                other.paragraphs,
            )


def topic_flags(ledger: Ledger, number: int, text: str) -> Iterator[Flag]:
    """Words in a paragraph that show what she can't have known, where nothing near denies it."""
    told = narrated(text)
    plain = told.casefold()
    for entry in ledger.knowledge:
        if entry.knows:
            continue
        for example in (entry.topic, *entry.examples):
            if example.casefold() in plain and (said := _unhedged(example, told)):
                why = f": {entry.why.rstrip('.')}" if entry.why else ""
                yield _flag(
                    f"{said} touches {_say(entry.topic)}, which is beyond what can be known{why}",
                    (number,),
                    entry.paragraphs,
                )


def _unhedged(topic: str, text: str) -> str | None:
    """A quotation of where a topic stands and no sentence about it says "not" or "never"."""
    pattern = re.compile(rf"(?<!\w){re.escape(topic)}(?!\w)", re.IGNORECASE)
    told = sentences(text)
    for place, sentence in enumerate(told):
        near = " ".join(told[max(0, place - 1) : place + 2])
        if (found := pattern.search(sentence)) and not _UNKNOWING.search(near):
            return excerpt(sentence, found.start())
    return None


def _two_kinships(known: Person, person: Person) -> Iterator[Flag]:
    one, other = kin(known.relation), kin(person.relation)
    both = {"self" if p.is_self else k for p, k in ((known, one), (person, other))} - {None}
    if len(both) == 2:
        yield _flag(
            f"{person.name} is {_role(person)}, and {_role(known)}",
            person.sources("relation") or person.paragraphs,
            known.sources("relation") or (() if known.is_self else known.paragraphs),
        )


def _two_dates(known: Person, person: Person) -> Iterator[Flag]:
    for field, word in (("born", "born"), ("died", "dead")):
        mine: str | None = getattr(person, field)
        theirs: str | None = getattr(known, field)
        if mine and theirs and apart(span(mine), span(theirs)):
            yield _flag(
                f"{person.name} is told as {word} in {mine}, and in {theirs}",
                person.paragraphs,
                known.sources("born" if field == "born" else "died"),
            )


def _two_names(ledger: Ledger, known: Person | None, person: Person) -> Iterator[Flag]:
    for other in ledger.people:
        if other is known or kin(other.relation) != kin(person.relation):
            continue
        if _nicknames(other, person):
            continue
        yield _flag(
            f"the {kin(person.relation)} is called {person.name}, and {other.name}",
            person.sources("relation") or person.paragraphs,
            other.sources("relation") or other.paragraphs,
        )


def _more_than_one(ledger: Ledger, person: Person) -> Iterator[Flag]:
    mine = kin(person.relation)
    sibling = mine in ("brother", "sister")
    for other in ledger.people:
        relation = other.relation or ""
        alone = other.is_self and "only child" in relation and sibling
        alone |= only(relation) and (
            (mine is not None and kin(relation) == mine) or ("only sibling" in relation and sibling)
        )
        if alone and not _nicknames(other, person):
            said = relation.removeprefix("self, ")
            yield _flag(
                f"{person.name} is told as {_role(person)}, but {other.name} is the {said}",
                person.sources("relation") or person.paragraphs,
                other.sources("relation") or (() if other.is_self else other.paragraphs),
            )


def _impossible_births(ledger: Ledger, whole: Person, told: Person) -> Iterator[Flag]:
    herself = ledger.self_
    if herself is None or not herself.born or whole.is_self:
        return
    born = span(herself.born)
    relation = kin(whole.relation)
    up, down = ("mother", "father", "grandmother", "grandfather"), ("son", "daughter")
    if whole.born and relation in (*up, *down):
        theirs = span(whole.born)
        pair = (theirs, born) if relation in up else (born, theirs)
        if not can_be_parent(*pair):
            yield _flag(
                f"{whole.name}, the {relation}, is born in {whole.born}, and {herself.name} in "
                f"{herself.born}: that can't be",
                told.paragraphs,
                whole.sources("born"),
            )
    if whole.died and relation == "mother" and before(span(whole.died), born):
        yield _flag(
            f"{whole.name}, the mother, is dead in {whole.died}, before {herself.name} is born in "
            f"{herself.born}",
            told.paragraphs,
            whole.sources("died"),
        )


def _acting_dead(person: Person, event: Event, died_in: Sequence[int]) -> Iterator[Flag]:
    told: Span | None = event.span
    if (
        person.died
        and told
        and before(span(person.died), told)
        and any(find_person((person,), name) for name in event.people)
        and not _REMEMBERED.search(event.what)
    ):
        yield _flag(
            f"{person.name}, dead in {person.died}, is in {_say(event.what)} of {event.date}",
            event.paragraphs,
            died_in,
        )


def _visited(place: Place, event: Event) -> Iterator[Flag]:
    yield _flag(
        f"{place.name} was never visited, yet {_say(event.what)} happens there",
        event.paragraphs,
        place.paragraphs,
    )


def _same_place(one: str, other: str) -> bool:
    short, long = sorted((words(one), words(other)), key=len)
    return bool(short) and short <= long


def _nicknames(one: Person, other: Person) -> bool:
    """Whether two names may be long and short for one, as Ruth and Ruthie are."""
    return any(
        a[:1] and b[:1] and a[0][:3] == b[0][:3]
        for a in map(bare, one.names)
        for b in map(bare, other.names)
    )


def _filled(person: Person, known: Person) -> Person:
    """The person as told now, with what is known of them besides."""
    fields = ("relation", "born", "died")
    update = {f: getattr(known, f) for f in fields if getattr(person, f) is None}
    stated = {**known.stated, **person.stated}
    return person.model_copy(update={**update, "name": known.name, "stated": stated})


def _role(person: Person) -> str:
    return "the person herself" if person.is_self else f"the {kin(person.relation)}"


def _knows(known: Known) -> str:
    return "known" if known.knows else "not known"


def _say(text: str) -> str:
    return f"“{text if len(text) <= 56 else text[:55].rstrip() + '…'}”"


def _flag(message: str, here: Sequence[int], there: Sequence[int] = ()) -> Flag:
    """A flag that names both places: the first paragraph of each."""
    new, old = here[:1], there[:1]
    places = f"paragraph {new[0]}" if new else "the ledger"
    if old and old != new:
        places += f" against paragraph {old[0]}"
    elif not old:
        places += " against the profile or ledger.yaml" if new else ""
    whole = message[0].upper() + message[1:]
    return Flag(
        check="ledger",
        message=f"{whole} ({places}).",
        paragraphs=tuple(dict.fromkeys((*new, *old))),
    )
