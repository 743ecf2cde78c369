"""How well a life story is written, in numbers that a program can count (paper, Section 3.4)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from simulacra.biography import Story, check_prose, sentences
from simulacra.biography.repeats import plain
from simulacra.dataset.variety import mattr, mtld, repeated_phrases, words_of
from simulacra.dataset.words import lines, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 0.9
"""Two paragraphs whose embeddings have at least this cosine are near-duplicates."""

_BEGINS = re.compile(r"""^\W*$|(?:^|\s)["'“‘«(\[*_]+$|[:;—–][\s"'“‘«(\[]*$""")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W_]*(?:['’-][^\W_]+)*")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True)
class Counts:
    """What was counted in one story, or in several together (``+``)."""

    words: int = 0
    paragraphs: int = 0
    chapters: int = 0
    memories: int = 0
    events: int = 0
    exact_duplicates: int = 0
    near_duplicates: int = 0
    leftovers: int = 0
    cut_off: int = 0
    headings: int = 0
    phrases: int = 0
    names: int = 0
    concrete: int = 0
    filler: int = 0

    def __add__(self, other: Counts) -> Counts:
        """The sums."""
        return Counts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in _FIELDS})

    def per_thousand(self, count: int) -> float:
        """A count as so many in 1,000 words; 0 without words."""
        return 1000 * count / self.words if self.words else 0.0


_FIELDS = fields(Counts)


@dataclass(frozen=True)
class Quality:
    """The numbers of one character, or of a set as a whole.

    ``mattr`` and ``mtld`` of a set are the means of its characters', weighed by their words: no
    window reaches from one story into the next.
    """

    name: str
    counts: Counts
    mattr: float
    mtld: float

    def row(self) -> dict[str, Any]:
        """All numbers by name: counts, lexical variety, and rates in 1,000 words."""
        of = self.counts
        return {
            "name": self.name,
            **{f.name: getattr(of, f.name) for f in _FIELDS},
            "mattr": round(self.mattr, 3),
            "mtld": round(self.mtld, 1),
            "phrases_per_1000": round(of.per_thousand(of.phrases), 1),
            "names_per_1000": round(of.per_thousand(of.names), 1),
            "concrete_per_1000": round(of.per_thousand(of.concrete), 1),
            "filler_per_1000": round(of.per_thousand(of.filler), 2),
        }


def measure(
    name: str, story: Story, vectors: NDArray[np.float32], *, memories: int = 0, events: int = 0
) -> Quality:
    """The numbers of a story; ``vectors`` are its paragraphs', L2-normalised, in their order."""
    flags = Counter(
        check
        for paragraph in story.paragraphs
        for check in {flag.check for flag in check_prose(paragraph)}
    )
    tokens = [word.casefold() for paragraph in story.paragraphs for word in words_of(paragraph)]
    own = {word.casefold() for word in words_of(name)}
    counts = Counts(
        words=story.words,
        paragraphs=len(story.paragraphs),
        chapters=len(story.chapters),
        memories=memories,
        events=events,
        exact_duplicates=exact_duplicates(story.paragraphs),
        near_duplicates=len(near_duplicates(story.paragraphs, vectors)),
        leftovers=flags["leftover"],
        cut_off=flags["cut off"],
        headings=flags["format"],
        phrases=repeated_phrases(tokens),
        names=sum(1 for paragraph in story.paragraphs for _ in names_in(paragraph, own)),
        concrete=concrete_nouns(tokens),
        filler=sum(filler_words(paragraph) for paragraph in story.paragraphs),
    )
    return Quality(name, counts, mattr(tokens), mtld(tokens))


def together(name: str, parts: Sequence[Quality]) -> Quality:
    """The numbers of a set of characters as a whole."""
    counts = sum((part.counts for part in parts), Counts())
    weights = [part.counts.words / max(counts.words, 1) for part in parts]
    return Quality(
        name,
        counts,
        sum(part.mattr * weight for part, weight in zip(parts, weights, strict=True)),
        sum(part.mtld * weight for part, weight in zip(parts, weights, strict=True)),
    )


def exact_duplicates(paragraphs: Iterable[str]) -> int:
    """How many paragraphs say word for word what an earlier one says, marks and case aside."""
    seen = Counter(plain(text) for text in paragraphs)
    return sum(times - 1 for times in seen.values())


def near_duplicates(
    paragraphs: Sequence[str], vectors: NDArray[np.float32], near: float = NEAR
) -> list[tuple[int, int]]:
    """The pairs of paragraphs of a cosine of at least ``near`` that are not word for word equal."""
    if len(paragraphs) != len(vectors):
        raise ValueError(f"{len(paragraphs)} paragraphs, but {len(vectors)} vectors")
    cosines = vectors @ vectors.T
    texts = [plain(text) for text in paragraphs]
    pairs = combinations(range(len(paragraphs)), 2)
    return [(a, b) for a, b in pairs if cosines[a, b] >= near and texts[a] != texts[b]]


def names_in(paragraph: str, own: Iterable[str] = ()) -> Iterator[str]:
    """The people and places that a paragraph names, each as often as it does so.

    A name is a run of words with capitals ("Main Street") that does not begin a sentence, a
    quotation or what follows a colon or dash. Words of the list ``common_capitals`` (weekdays,
    titles, Mum, languages …) are none, nor those in ``own``, in lower case: the character herself.
    """
    skipped = frozenset(own)
    for sentence in sentences(paragraph):
        run: list[str] = []
        end = 0
        for token in _TOKEN.finditer(sentence):
            word = re.sub(r"['’]s$", "", token.group())
            before = sentence[: token.start()]
            named = (
                _CAPITAL.fullmatch(word)
                and not _BEGINS.search(before)
                and word not in words("common_capitals")
                and word.casefold() not in skipped
            )
            if run and not (named and before[end:] == " "):
                yield " ".join(run)
                run = []
            if named:
                run.append(word)
            end = token.end()
        if run:
            yield " ".join(run)


def concrete_nouns(tokens: Iterable[str]) -> int:
    """How many words, in lower case, are of the list ``concrete``, alone or as a regular plural."""
    known = words("concrete")
    return sum(
        word in known or any(word.endswith(s) and word[: -len(s)] in known for s in ("s", "es"))
        for word in tokens
    )


def filler_words(text: str) -> int:
    """How many words and phrases of the list ``filler`` a text has."""
    return len(_filler().findall(text.casefold().replace("’", "'")))


@lru_cache
def _filler() -> re.Pattern[str]:
    phrases = sorted(lines("filler"), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")\b")
