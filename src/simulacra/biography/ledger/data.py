"""The continuity ledger: who, when, where, and what she knows, each with its paragraphs.

``ledger.yaml`` in the character's folder holds it. A person may correct it by hand: what is marked
``fixed: true``, or is by a person, is never changed by a model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
)

from simulacra.biography.ledger.dates import PartialDate, Season, Span, span

SELF = "self"
"""The relation of the person whose life it is."""

By = Literal["model", "rule", "profile", "person"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]

_SOURCES = ("paragraphs", "stated", "by", "fixed")


def _ranges(ids: tuple[int, ...], info: SerializationInfo) -> object:
    """Paragraphs as a person writes them (``0-3, 7``); in JSON as a list of numbers."""
    if info.mode == "json":
        return list(ids)
    runs: list[list[int]] = []
    for number in ids:
        if runs and runs[-1][1] + 1 == number:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs)


def _ids(value: object) -> object:
    """Read ``7``, ``0-3, 7`` or a list of numbers; sorted, each once."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, str):
        found: set[int] = set()
        for part in value.split(","):
            first, _, last = part.strip().partition("-")
            if not (first.isdecimal() and (last or first).isdecimal() and len(last or first) < 6):
                raise ValueError(f"{part.strip()!r} is no paragraph or range like 3 or 3-5")
            found.update(range(int(first), int(last or first) + 1))
        return tuple(sorted(found))
    return value


def _sorted(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(ids)))


ParagraphId = Annotated[int, Field(ge=0)]
Paragraphs = Annotated[
    tuple[ParagraphId, ...],
    BeforeValidator(_ids),
    AfterValidator(_sorted),
    PlainSerializer(_ranges),
]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_serializer(mode="wrap")
    def _lean(self, whole: SerializerFunctionWrapHandler, info: SerializationInfo) -> Any:
        """What is said first, its sources last; where a person reads it, nothing empty."""
        data: dict[str, Any] = whole(self)
        for key in _SOURCES:
            if key in data:
                data[key] = data.pop(key)
        if info.mode == "json":
            return data
        if data.get("fixed") is False:
            del data["fixed"]
        return {key: value for key, value in data.items() if value not in ((), {}, "", None)}


class Entry(_Data):
    """One thing that is settled: by whom, and in which paragraphs.

    An entry that names nobody is a person's.
    """

    by: By = "person"
    fixed: bool = False
    paragraphs: Paragraphs = ()

    @property
    def held(self) -> bool:
        """Whether only a person may change it."""
        return self.fixed or self.by == "person"


class Person(Entry):
    """Somebody in her life, or herself (``relation: self``).

    ``relation`` is what they are to her: "mother", "older brother", "friend". ``stated`` tells for
    relation, born and died which paragraph said so.
    """

    name: Text
    aliases: tuple[Text, ...] = ()
    relation: Text | None = None
    gender: Text | None = None
    born: PartialDate | None = None
    died: PartialDate | None = None
    stated: dict[Literal["relation", "born", "died"], ParagraphId] = Field(
        default_factory=dict[Literal["relation", "born", "died"], ParagraphId]
    )

    @property
    def is_self(self) -> bool:
        """Whether it is her whose life it is."""
        return self.relation is not None and self.relation.split(",")[0].strip() == SELF

    @property
    def names(self) -> tuple[str, ...]:
        """Name and aliases."""
        return (self.name, *self.aliases)

    def sources(self, field: Literal["relation", "born", "died"]) -> tuple[int, ...]:
        """The paragraph that said it, or none where the profile or a person did."""
        return (self.stated[field],) if field in self.stated else ()


class Event(Entry):
    """Something that happened; ``age`` is hers at the time, in completed years."""

    what: Text
    date: PartialDate | None = None
    season: Season | None = None
    age: int | None = Field(default=None, ge=0, le=130)
    place: Text | None = None
    people: tuple[Text, ...] = ()

    @property
    def span(self) -> Span | None:
        """The days that it can have been on; None without a date."""
        return span(self.date, self.season) if self.date else None


class Place(Entry):
    """Somewhere; ``visited: false`` where she has never been in all her life."""

    name: Text
    what: Text | None = None
    visited: bool | None = None


class Known(Entry):
    """What she knows, or can't have known (``knows: false``), with words that would show it."""

    topic: Text
    knows: bool
    why: Text | None = None
    examples: tuple[Text, ...] = ()


EntryT = TypeVar("EntryT", bound=Entry)


class Ledger(_Data):
    """What a life story has settled.

    ``story`` is the fingerprint of the story that the paragraphs are counted in, where it is known.
    """

    schema_version: int = Field(default=1, ge=1, le=1)
    story: str = Field(default="", max_length=64)
    people: tuple[Person, ...] = ()
    events: tuple[Event, ...] = ()
    places: tuple[Place, ...] = ()
    knowledge: tuple[Known, ...] = ()

    @property
    def self_(self) -> Person | None:
        """The person whose life it is, where the ledger has been seeded."""
        return next((person for person in self.people if person.is_self), None)

    def moved(self, start: int, removed: int, added: int) -> Ledger:
        """The ledger after ``removed`` paragraphs from ``start`` gave way to ``added`` ones.

        What only removed paragraphs said is gone, unless a person or the profile holds it; what
        the new ones say is to be read from them.
        """

        def place(number: int) -> int | None:
            if number < start:
                return number
            return None if number < start + removed else number + added - removed

        return self.model_copy(update=_at_places(self, place))


class Facts(_Data):
    """What was read from some paragraphs, each fact proved by their words.

    Ids count these paragraphs from 0, wherever they stand in the story; ``texts`` are their
    digests. ``dropped`` counts what a model told that the words do not bear out.
    """

    people: tuple[Person, ...] = ()
    events: tuple[Event, ...] = ()
    places: tuple[Place, ...] = ()
    knowledge: tuple[Known, ...] = ()
    texts: tuple[str, ...] = ()
    dropped: int = Field(default=0, ge=0)

    def __add__(self, other: Self) -> Facts:
        """Both together, read from the same paragraphs."""
        return Facts(
            people=self.people + other.people,
            events=self.events + other.events,
            places=self.places + other.places,
            knowledge=self.knowledge + other.knowledge,
            texts=self.texts or other.texts,
            dropped=self.dropped + other.dropped,
        )

    def within(self, paragraphs: Sequence[str]) -> Facts:
        """The facts of those paragraphs that are among these, unchanged, as read from these.

        What a changed paragraph says is to be read anew.
        """
        texts = digests(paragraphs)
        places = {
            number: texts.index(text) for number, text in enumerate(self.texts) if text in texts
        }
        return self.model_copy(update={**_at_places(self, places.get), "texts": texts})

    def starting_at(self, start: int) -> Facts:
        """The facts with ids in the story, where the first paragraph is ``start`` there."""
        return self.model_copy(update=_at_places(self, lambda number: number + start))


def digests(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """A short name of each paragraph, white space aside."""
    plain = (" ".join(text.split()) for text in paragraphs)
    return tuple(hashlib.sha256(text.encode()).hexdigest()[:16] for text in plain)


Placing = Callable[[int], int | None]


def _at_places(of: Ledger | Facts, place: Placing) -> dict[str, object]:
    return {
        "people": tuple(_person_at(person, place) for person in _entries_at(of.people, place)),
        "events": _entries_at(of.events, place),
        "places": _entries_at(of.places, place),
        "knowledge": _entries_at(of.knowledge, place),
    }


def _entries_at(entries: tuple[EntryT, ...], place: Placing) -> tuple[EntryT, ...]:
    """Entries with their paragraphs' new ids; those whose every source is gone are dropped."""
    kept: list[EntryT] = []
    for entry in entries:
        ids = _sorted(new for old in entry.paragraphs if (new := place(old)) is not None)
        if ids or not entry.paragraphs or entry.held or entry.by == "profile":
            kept.append(entry.model_copy(update={"paragraphs": ids}))
    return tuple(kept)


def _person_at(person: Person, place: Placing) -> Person:
    """A person without what only a paragraph that is gone had stated, unless it is held."""
    places = {field: place(number) for field, number in person.stated.items()}
    stated = {field: number for field, number in places.items() if number is not None}
    gone = () if person.held else [field for field in places if field not in stated]
    return person.model_copy(update={**dict.fromkeys(gone), "stated": stated})
