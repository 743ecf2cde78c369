"""The guard against invention: of what a model read, only what the words bear out becomes a fact.

Where in the story a fact stands is found in the words too, not asked of the model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulacra.biography.ages import MONTHS, ages
from simulacra.biography.ledger.claiming import OPENERS, PRONOUNS
from simulacra.biography.ledger.data import Event, Facts, Known, Ledger, Person, Place, digests
from simulacra.biography.ledger.dates import before, find_date, find_season, span
from simulacra.biography.ledger.names import (
    KIN,
    bare,
    find_person,
    is_name,
    kin,
    means_self,
    occurs,
    people_in,
)
from simulacra.biography.ledger.wording import phrase, share, words
from simulacra.biography.sentences import sentences

if TYPE_CHECKING:
    from simulacra.biography.ledger.reading import (
        EventRead,
        FactsRead,
        KnowledgeRead,
        PersonRead,
        PlaceRead,
    )

PROVED = 0.5
"""Share of the words of an event or a topic that its paragraph must have."""

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_LIFE = {
    "born": re.compile(r"\b(?:born|birth)\b", re.IGNORECASE),
    "died": re.compile(
        r"\b(?:die[ds]?|dead|death|dying|killed|drowned|buried|funeral|passed away|lost)\b",
        re.IGNORECASE,
    ),
}
_NOTHING = frozenset({"", "none", "unknown", "n/a", "null", "nobody", "nothing"})
_BETWEEN = 3
"""Words that may stand between a name and what they are to her."""


def proved(read: FactsRead, paragraphs: Sequence[str], ledger: Ledger) -> Facts:
    """What the paragraphs bear out of what a model read in them; the rest is counted."""
    texts = _Texts(dict(enumerate(paragraphs)), ledger)
    people = [texts.person(one) for one in read.people]
    everybody = (*ledger.people, *(person for person in people if person is not None))
    events = [texts.event(one, everybody) for one in read.events]
    places = [texts.place(one) for one in read.places]
    knowledge = [texts.known(one) for one in read.knowledge]
    return Facts(
        people=tuple(p for p in people if p is not None and not texts.is_herself(p.name)),
        events=tuple(e for e in events if e is not None),
        places=tuple(p for p in places if p is not None),
        knowledge=tuple(k for k in knowledge if k is not None),
        texts=digests(paragraphs),
        dropped=sum(
            one is None for several in (people, events, places, knowledge) for one in several
        ),
    )


@dataclass(frozen=True)
class _Texts:
    """Paragraphs by id, and whom they may speak of."""

    paragraphs: dict[int, str]
    ledger: Ledger

    def is_herself(self, name: str) -> bool:
        herself = self.ledger.self_
        return means_self(name) or (
            herself is not None and find_person((herself,), name) is not None
        )

    @property
    def called(self) -> tuple[str, ...]:
        """Her names and pronouns."""
        if (herself := self.ledger.self_) is None:
            return ("I",)
        own = (word for name in herself.names for word in bare(name))
        return ("I", *PRONOUNS.get((herself.gender or "").casefold(), ()), *own)

    def person(self, read: PersonRead) -> Person | None:
        if self.is_herself(read.name):
            return Person(name="I", by="model")
        name, found = self._as_written(read.name)
        known = find_person(self.ledger.people, name) if name else None
        if not name or not (known or is_name(name)):
            return None
        relation, told_in = self._relation(_cleaned(read.relation), name, found)
        born, born_in = self._life_date("born", read.born, name, found)
        died, died_in = self._life_date("died", read.died, name, found)
        stated = {"relation": told_in, "born": born_in, "died": died_in}
        return Person.model_validate(
            {
                "name": name,
                "relation": relation,
                "born": born,
                "died": died,
                "by": "model",
                "paragraphs": found,
                "stated": {field: place for field, place in stated.items() if place is not None},
            }
        )

    def event(self, read: EventRead, everybody: Iterable[Person]) -> Event | None:
        number = self._nearest(read.what)
        if number is None:
            return None
        told = sentences(self.paragraphs[number])
        place = max(range(len(told)), key=lambda n: share(read.what, told[n]))
        sentence, earlier = told[place], told[place - 1] if place else ""
        date = _date(_cleaned(read.date), sentence, self.paragraphs[number])
        named = (person.name for person in people_in(everybody, read.what))
        acting = self._acting((*read.people, *named), sentence)
        if self._misread(read.what, date, acting):
            return None
        ages_told = self._ages(sentence, earlier)
        where = _place(read.place)
        return Event(
            what=" ".join(read.what.split()),
            date=date,
            season=find_season(sentence),
            age=ages_told.pop() if len(ages_told) == 1 else None,
            place=where if where and phrase(where, self.paragraphs[number]) else None,
            people=acting,
            by="model",
            paragraphs=(number,),
        )

    def place(self, read: PlaceRead) -> Place | None:
        name, found = self._as_written(_place(read.name) or "")
        if not name or find_person(self.ledger.people, name) or not words(name):
            return None
        what = None if phrase(name, read.what) else _cleaned(read.what)
        borne_out = what and any(share(what, self.paragraphs[n]) >= PROVED for n in found)
        return Place(name=name, what=what if borne_out else None, by="model", paragraphs=found)

    def known(self, read: KnowledgeRead) -> Known | None:
        number = self._nearest(read.topic)
        if number is None:
            return None
        why = _cleaned(read.why)
        return Known(
            topic=read.topic.strip(),
            knows=read.knows,
            why=why if why and share(why, self.paragraphs[number]) >= PROVED else None,
            by="model",
            paragraphs=(number,),
        )

    def _as_written(self, name: str) -> tuple[str, tuple[int, ...]]:
        """A name as the paragraphs write it, shortened to what they have, and where it stands."""
        parts = name.split()[:6]
        for length in range(len(parts), 0, -1):
            matches = {
                number: match
                for number, text in self.paragraphs.items()
                if (match := phrase(" ".join(parts[:length]), text))
            }
            if matches:
                return next(iter(matches.values())).group(), tuple(matches)
        return "", ()

    def _relation(
        self, relation: str | None, name: str, found: tuple[int, ...]
    ) -> tuple[str | None, int | None]:
        """A relation that stands beside the name and is hers, with its paragraph."""
        plain = kin(relation)
        for number in found if relation else ():
            for sentence in sentences(self.paragraphs[number]):
                if plain is None:
                    if occurs(name, sentence) and share(relation or "", sentence) == 1:
                        return relation, number
                elif self._kin_beside(plain, name, sentence):
                    return relation, number
        return None, None

    def _kin_beside(self, plain: str, name: str, sentence: str) -> bool:
        told = re.findall(r"[\w’'-]+|[.,;:!?]", sentence)
        names = [n for n, word in enumerate(told) if bare(word)[:1] == bare(name)[:1]]
        for place, word in enumerate(told):
            if KIN.get(word.casefold()) != plain:
                continue
            owner = next((w for w in reversed(told[max(0, place - 3) : place]) if _owner(w)), "")
            own = re.sub(r"['’]s?$", "", owner).casefold() in {
                "", "my", "our", *(word.casefold() for word in self.called)
            }  # fmt: skip
            for at in names:
                between = told[min(place, at) + 1 : max(place, at)]
                near = sum(w[0].isalnum() for w in between) <= _BETWEEN
                if own and near and not any(w[0].isupper() for w in between if not _owner(w)):
                    return True
        return False

    def _life_date(
        self, field: str, told: str, name: str, found: tuple[int, ...]
    ) -> tuple[str | None, int | None]:
        date = find_date(told)
        for number in found if date else ():
            for sentence in sentences(self.paragraphs[number]):
                here = find_date(sentence)
                if here and date and here[:4] == date[:4] and occurs(name, sentence) and (
                    _LIFE[field].search(sentence)
                ):  # fmt: skip
                    return here, number
        return None, None

    def _nearest(self, what: str) -> int | None:
        """The paragraph that has the most of its words, if that is enough."""
        best = max(self.paragraphs, key=lambda n: share(what, self.paragraphs[n]), default=None)
        enough = best is not None and share(what, self.paragraphs[best]) >= PROVED
        return best if enough else None

    def _ages(self, sentence: str, earlier: str) -> set[int]:
        """Her ages in a sentence: by name or "I", by a pronoun only where nobody else is named."""
        herself = self.ledger.self_
        named = [p for p in people_in(self.ledger.people, f"{earlier} {sentence}") if not p.is_self]
        own = re.search(r"\bI\b", sentence) or (herself and occurs(herself.name, sentence))
        opener = re.match(r"\W*([\w’'-]+)", earlier)
        stranger = opener is not None and opener[1].casefold() not in OPENERS
        if own or not (named or (stranger and not self.is_herself(opener[1] if opener else ""))):
            return set(ages(sentence, self.called))
        return set()

    def _misread(self, what: str, date: str | None, acting: tuple[str, ...]) -> bool:
        """Whether a model put her name to a pronoun of a time before she was born."""
        herself = self.ledger.self_
        if herself is None or not herself.born or not date or herself.name in acting:
            return False
        return occurs(herself.name, what) and before(span(date), span(herself.born))

    def _acting(self, names: Iterable[str], sentence: str) -> tuple[str, ...]:
        names = list(names)
        acting = [name for name in names if is_name(name) and occurs(name, sentence)]
        known = [person.name for person in people_in(self.ledger.people, " ".join(acting))]
        strange = [n for n in acting if find_person(self.ledger.people, n) is None]
        herself = self.ledger.self_
        if herself and re.search(r"\bI\b", sentence) and any(map(self.is_herself, names)):
            known.append(herself.name)
        return tuple(dict.fromkeys((*known, *strange)))


def _date(told: str | None, sentence: str, paragraph: str) -> str | None:
    """The sentence's own date, else the one that was read, if the paragraph has its year."""
    here = set(_YEAR.findall(sentence))
    if len(here) == 1:
        return find_date(sentence)
    if not told or not (date := find_date(told)):
        return None
    year = date[:4]
    if year in here:
        return year
    return year if not here and set(_YEAR.findall(paragraph)) == {year} else None


def _place(text: str) -> str | None:
    """The name of a place, unless it is a time of the year."""
    plain = _cleaned(text)
    times = ("spring", "summer", "autumn", "fall", "winter", *(m.casefold() for m in MONTHS))
    return None if plain is None or plain.casefold() in times else plain


def _cleaned(text: str) -> str | None:
    plain = " ".join(text.split())
    empty = plain.casefold().strip(".") in _NOTHING or plain.casefold().startswith("not ")
    return None if empty else plain


def _owner(word: str) -> bool:
    """Whether a word says whose: "her", "Dale's"."""
    return bool(
        re.search(r"['’]s?$", word)
        or word.casefold() in ("my", "our", "her", "his", "their", "your", "its")
    )
