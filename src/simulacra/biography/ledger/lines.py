"""A ledger in short lines: for a writer's prompt and for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from simulacra.biography.ledger.data import Entry, Event, Facts, Known, Ledger, Person, Place
from simulacra.biography.ledger.dates import find_date, span
from simulacra.biography.ledger.names import people_in
from simulacra.biography.ledger.wording import words
from simulacra.inference import count_tokens

Table: TypeAlias = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""A title, the heads of the columns, and the rows."""

_NEAR_YEARS = 2


def facts_for(ledger: Ledger, text: str, budget_tokens: int) -> str:
    """The facts that matter for a passage, one a line, in at most that many tokens; maybe none.

    First the person herself, then people and places that the passage names, then events that share
    its people, place or words, or lie within two years of a date in it, then other relatives, and
    what she can't know.
    """
    return "\n".join(line for line, _ in settled(ledger, text, budget_tokens))


def settled(ledger: Ledger, text: str, budget_tokens: int) -> list[tuple[str, Entry]]:
    """The lines of ``facts_for``, each with its entry."""
    lines: list[tuple[str, Entry]] = []
    for line, entry in _ranked(ledger, text):
        cost = count_tokens(line) + 1
        if cost <= budget_tokens:
            lines.append((line, entry))
            budget_tokens -= cost
    return lines


def _ranked(ledger: Ledger, text: str) -> Iterator[tuple[str, Entry]]:
    named = people_in(ledger.people, text)
    first = [person for person in ledger.people if person.is_self]
    others = [person for person in named if not person.is_self]
    family = [p for p in ledger.people if p.relation and p not in named and not p.is_self]
    plain = words(text)
    places = (place for place in ledger.places if words(place.name) and words(place.name) <= plain)
    yield from ((person_line(person), person) for person in (*first, *others))
    yield from ((place_line(place), place) for place in places)
    yield from ((event_line(event), event) for event in _near_events(ledger, text, others))
    yield from ((person_line(person), person) for person in family)
    yield from ((known_line(known), known) for known in ledger.knowledge if not known.knows)


def _near_events(ledger: Ledger, text: str, named: list[Person]) -> list[Event]:
    """Events that touch a passage, nearest first."""
    told = find_date(text)
    year = span(told)[0].year if told else None
    names = {name for person in named for name in person.names}
    plain = words(text)

    def nearness(event: Event) -> float:
        score = 2.0 * len(names & set(event.people))
        if event.place and words(event.place) <= plain:
            score += 1
        if year is not None and event.span:
            away = max(event.span[0].year - year, year - event.span[1].year, 0)
            score += max(0.0, 1 + _NEAR_YEARS - away)
        what = words(event.what)
        return score + (2 * len(what & plain) / len(what) if what else 0)

    scored = [(nearness(event), -place, event) for place, event in enumerate(ledger.events)]
    return [event for score, _, event in sorted(scored, key=lambda s: s[:2])[::-1] if score >= 1]


def person_line(person: Person) -> str:
    """``Ruth: mother, born 1970, died 2021``."""
    told = [
        "whose story this is" if person.is_self else person.relation or "",
        f"also {', '.join(person.aliases)}" if person.aliases else "",
        f"born {person.born}" if person.born else "",
        f"died {person.died}" if person.died else "",
    ]
    said = ", ".join(part for part in told if part)
    return f"{person.name}: {said}" if said else person.name


def event_line(event: Event) -> str:
    """``2009-04-06, age 12: a log rolled on Dale (the creek; with Dale, Wade)``."""
    aside = "; ".join(
        part
        for part in (event.place or "", f"with {', '.join(event.people)}" if event.people else "")
        if part
    )
    when = when_text(event)
    return (f"{when}: " if when else "") + event.what + (f" ({aside})" if aside else "")


def place_line(place: Place) -> str:
    """``Pell: a village, never visited``."""
    told = [place.what or "", "never visited" if place.visited is False else ""]
    said = ", ".join(part for part in told if part)
    return f"{place.name}: {said}" if said else place.name


def known_line(known: Known) -> str:
    """``Can't know: finance (nobody taught her)``."""
    head = "Knows" if known.knows else "Can't know"
    return f"{head}: {known.topic}" + (f" ({known.why.rstrip('.')})" if known.why else "")


def when_text(event: Event) -> str:
    """``winter 2009, age 12``; empty where nothing is told."""
    date = " ".join(part for part in (event.season or "", event.date or "") if part)
    age = f"age {event.age}" if event.age is not None else ""
    return ", ".join(part for part in (date, age) if part)


def fact_lines(facts: Facts) -> list[str]:
    """What was read from some paragraphs, a fact a line."""
    return [
        *map(person_line, facts.people),
        *map(event_line, facts.events),
        *map(place_line, facts.places),
        *map(known_line, facts.knowledge),
    ]


def ledger_tables(ledger: Ledger) -> list[Table]:
    """The ledger for people to read: its parts that hold anything, as tables of text."""
    tables: list[Table] = [
        (
            "People",
            ("name", "relation", "born", "died", "also", *_TAIL),
            [
                (p.name, p.relation or "", p.born or "", p.died or "", _also(p), *_tail(p))
                for p in ledger.people
            ],
        ),
        (
            "Events",
            ("when", "what", "place", "people", *_TAIL),
            [
                (when_text(e), e.what, e.place or "", ", ".join(e.people), *_tail(e))
                for e in sorted(ledger.events, key=lambda e: e.date or "9")
            ],
        ),
        (
            "Places",
            ("name", "what", "visited", *_TAIL),
            [(p.name, p.what or "", _yes_no(p.visited), *_tail(p)) for p in ledger.places],
        ),
        (
            "Knowledge",
            ("topic", "known", "why", *_TAIL),
            [(k.topic, _yes_no(k.knows), k.why or "", *_tail(k)) for k in ledger.knowledge],
        ),
    ]
    return [table for table in tables if table[2]]


_TAIL = ("paragraphs", "by")


def _also(person: Person) -> str:
    return ", ".join(person.aliases)


def _tail(entry: Entry) -> tuple[str, str]:
    by = f"{entry.by}, fixed" if entry.fixed else entry.by
    return str(entry.model_dump(include={"paragraphs"}).get("paragraphs", "")), by


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
