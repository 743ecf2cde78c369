"""A revision as its reader sees it: what changes, why, what speaks against it, what is around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulacra.biography import Entry, Flag, History, due
from simulacra.biography.ledger import fact_lines
from simulacra.web.differences import Piece, in_paragraphs, word_changes

NEAR = 300
"""Of a neighbouring paragraph so many characters are shown at once, those next to the change."""
CONTINUITY = ("ledger", "conflict", "age", "date")
"""The checks that hold a text against the rest of the life."""


@dataclass(frozen=True)
class Quoted:
    """A paragraph of the story and its id."""

    id: int
    text: str


@dataclass(frozen=True)
class Against:
    """What a check says, and the paragraphs that it speaks of."""

    flag: Flag
    paragraphs: tuple[Quoted, ...]

    @property
    def continuity(self) -> bool:
        """Whether it says that the text contradicts the rest of the life."""
        return self.flag.check in CONTINUITY


@dataclass(frozen=True)
class Look:
    """One revision, as it stands now. ``place`` is the id of its first paragraph in the story."""

    entry: Entry
    place: int | None
    chapter: str
    changes: tuple[tuple[Piece, ...], ...]
    text: str
    against: tuple[Against, ...]
    learns: tuple[str, ...]
    before: Quoted | None
    after: Quoted | None

    @property
    def words(self) -> tuple[int, int]:
        """How many words it has before and after."""
        return sum(len(text.split()) for text in self.entry.revision.before), len(self.text.split())


def queue(history: History) -> list[Entry]:
    """What waits for a person, the latest first.

    What was built upon can't be taken out before what was built on it.
    """
    return list(reversed(due(history)))


def following(ids: Sequence[str], left: Sequence[str], decided: str) -> str | None:
    """Who comes after somebody decided on, of ``left``; after the last the first again."""
    if not left:
        return None
    later = ids[ids.index(decided) + 1 :] if decided in ids else ()
    return next((id_ for id_ in later if id_ in left), left[0])


def look(history: History, entry: Entry) -> Look:
    """Show a revision in the story as it stands."""
    revision, story = entry.revision, history.story
    standing = entry.after if entry.status == "accepted" else revision.before
    place = history.where(entry, standing)
    after = entry.after or revision.after
    pieces = word_changes("\n\n".join(revision.before), "\n\n".join(after))
    return Look(
        entry=entry,
        place=place,
        chapter=next(
            (c.title for c in story.chapters if place is not None and c.start <= place < c.end), ""
        ),
        changes=tuple(tuple(paragraph) for paragraph in in_paragraphs(pieces)),
        text="\n\n".join(after),
        against=tuple(
            Against(flag, _quoted(history, entry, flag.paragraphs)) for flag in revision.flags
        ),
        learns=tuple(fact_lines(revision.facts)) if revision.facts else (),
        before=_at(history, None if place is None else place - 1),
        after=_at(history, None if place is None else place + len(standing)),
    )


def _quoted(history: History, entry: Entry, ids: Sequence[int]) -> tuple[Quoted, ...]:
    """Paragraphs that a check spoke of when the revision was written, where they stand now."""
    changes = [change for version in history.changes[entry.version :] for change in version]
    found: list[Quoted] = []
    for number in ids:
        now: int | None = number
        for change in changes:
            if now is None or now < change.start:
                continue
            kept = now >= change.start + change.removed
            now = now + change.added - change.removed if kept else None
        if (quoted := _at(history, now)) is not None:
            found.append(quoted)
    return tuple(found)


def _at(history: History, number: int | None) -> Quoted | None:
    paragraphs = history.story.paragraphs
    if number is None or not 0 <= number < len(paragraphs):
        return None
    return Quoted(number, paragraphs[number])
