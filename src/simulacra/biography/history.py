"""The history of a life story: its events, replayed, are the story."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from simulacra.biography.entry import Entry, before_last
from simulacra.biography.revision import Began, Decided, Event, Proposed
from simulacra.biography.story import Story
from simulacra.errors import StoryError


def fingerprint(text: str) -> str:
    """A short name of a text: 16 hexadecimal digits of its sha256, white space aside."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Change:
    """``removed`` paragraphs from ``start`` on were replaced by ``added`` ones."""

    start: int
    removed: int
    added: int


@dataclass
class History:
    """The story as its events made it, each revision's state, and every change with its result.

    ``versions`` holds the fingerprint of the story after each change, ``changes[i]`` what led from
    ``versions[i]`` to ``versions[i + 1]`` (several, where the file was changed by hand).
    """

    story: Story = field(default_factory=lambda: Story(()))
    entries: dict[str, Entry] = field(default_factory=dict[str, Entry])
    events: list[Event] = field(default_factory=list[Event])
    versions: list[str] = field(default_factory=list[str])
    changes: list[tuple[Change, ...]] = field(default_factory=list[tuple[Change, ...]])
    before_last: Story | None = None

    @classmethod
    def replay(cls, events: Iterable[Event]) -> History:
        """The history of some events.

        Raises:
            StoryError: an event can't follow those before it.
        """
        history = cls()
        for event in events:
            history.add(event)
        return history

    def add(self, event: Event) -> tuple[Change, ...]:
        """Take one more event in and return what it changed in the story.

        Raises:
            StoryError: it can't follow those before it; the history is as it was.
        """
        match event:
            case Began():
                new = Story.parse(event.text)
                changes = differences(self.story.paragraphs, new.paragraphs)
            case Proposed(revision=revision):
                if revision.id in self.entries:
                    raise StoryError(f"There is a revision {revision.id} already.", "")
                self.entries[revision.id] = Entry(revision, event.at, len(self.changes))
                new, changes = self.story, ()
            case Decided():
                entry, new, changes = self._decided(event)
                self.entries[entry.id] = entry
        self.events.append(event)
        if new != self.story or not self.versions:
            self.before_last = self.story
            self.story = new
            self.versions.append(fingerprint(new.render()))
            if len(self.versions) > 1:
                self.changes.append(changes)
        return changes

    def _decided(self, event: Decided) -> tuple[Entry, Story, tuple[Change, ...]]:
        entry = self.entry(event.revision)
        story, changes = self.story, tuple[Change, ...]()
        status, after = entry.status, entry.after
        match event.decision:
            case "accepted" | "edited":
                old = entry.after if status == "accepted" else entry.revision.before
                after = event.after if event.after is not None else after or entry.revision.after
                if status != "accepted" or after != entry.after:
                    story, changes = self._replaced(entry, old, after)
                status = "accepted"
            case "rejected":
                if status == "accepted":
                    raise StoryError(
                        f"{entry.id} is in the story.", "Take it out with `story undo`."
                    )
                status = "rejected"
            case "undone":
                if status != "accepted":
                    raise StoryError(
                        f"{entry.id} is not in the story, but {status}.", "See: story status"
                    )
                story, changes = self._replaced(entry, entry.after, entry.revision.before)
                status = "undone"
            case "taken back":
                return self._taken_back(entry, event)
        entry = replace(
            entry,
            status=status,
            after=after if status == "accepted" else (),
            reviewed=entry.reviewed or event.by.kind == "person",
            decisions=(*entry.decisions, event),
        )
        return entry, story, changes

    def _taken_back(self, entry: Entry, event: Decided) -> tuple[Entry, Story, tuple[Change, ...]]:
        was = before_last(entry)
        old = entry.after if entry.status == "accepted" else entry.revision.before
        new = was.after if was.status == "accepted" else entry.revision.before
        story, changes = self._replaced(entry, old, new) if old != new else (self.story, ())
        entry = replace(
            entry,
            status=was.status,
            after=was.after,
            reviewed=was.reviewed,
            decisions=(*entry.decisions, event),
        )
        return entry, story, changes

    def _replaced(
        self, entry: Entry, old: Sequence[str], new: Sequence[str]
    ) -> tuple[Story, tuple[Change, ...]]:
        start = self.where(entry, old)
        if start is None:
            later = self._later_than(entry, old)
            by = f" by {later.id}" if later else ""
            raise StoryError(
                f"The paragraph that {entry.id} speaks of was changed since{by}.",
                f"Undo {later.id if later else 'the later change'} first, or leave it as it is.",
            )
        story = self.story.revised(start, len(old), new)
        return story, (Change(start, len(old), len(new)),)

    def _later_than(self, entry: Entry, old: Sequence[str]) -> Entry | None:
        """The accepted revision that changed one of these paragraphs, the latest first."""
        return next(
            (
                other
                for other in reversed(self.entries.values())
                if other.status == "accepted"
                and other is not entry
                and other.version >= entry.version
                and set(other.revision.before) & set(old)
            ),
            None,
        )

    def where(self, entry: Entry, old: Sequence[str]) -> int | None:
        """Where some paragraphs of a revision stand now: the id of the first, or nothing."""
        expected = entry.revision.start
        for changes in self.changes[entry.version :]:
            for change in changes:
                if change.start + change.removed <= expected:
                    expected += change.added - change.removed
        return located(self.story.paragraphs, old, expected)

    def entry(self, id: str) -> Entry:  # noqa: A002
        """The entry of a revision's id.

        Raises:
            StoryError: there is none.
        """
        if id not in self.entries:
            near = difflib.get_close_matches(id, self.entries, n=1)
            raise StoryError(
                f"There is no revision {id!r}.",
                f"Did you mean {near[0]}?" if near else "See: simulacra story status NAME",
            )
        return self.entries[id]

    def since(self, version: str) -> list[Change] | None:
        """Every change since the story had this fingerprint; ``None`` if it never had."""
        if version not in self.versions:
            return None
        latest = len(self.versions) - 1 - self.versions[::-1].index(version)
        return [change for changes in self.changes[latest:] for change in changes]

    def waiting(self) -> list[Entry]:
        """What a person must decide before it can be in the story, oldest first."""
        return [entry for entry in self.entries.values() if entry.status == "waiting"]

    def unreviewed(self) -> list[Entry]:
        """What is in the story by the automatic checks alone, oldest first."""
        return [e for e in self.entries.values() if e.status == "accepted" and not e.reviewed]

    def last_accepted(self) -> Entry | None:
        """The revision that was taken into the story last and still is."""
        for event in reversed(self.events):
            if isinstance(event, Decided):
                entry = self.entries[event.revision]
                if entry.status == "accepted" and event.decision in ("accepted", "edited"):
                    return entry
        return None


def located(paragraphs: Sequence[str], wanted: Sequence[str], near: int) -> int | None:
    """The place nearest to ``near`` where the wanted paragraphs stand in a row.

    Nothing wanted stands everywhere: then it is ``near``, within the story.
    """
    last = len(paragraphs) - len(wanted)
    if not wanted:
        return min(max(near, 0), last)
    found = [i for i in range(last + 1) if tuple(paragraphs[i : i + len(wanted)]) == tuple(wanted)]
    return min(found, key=lambda place: abs(place - near), default=None)


def differences(old: Sequence[str], new: Sequence[str]) -> tuple[Change, ...]:
    """The changes that lead from some paragraphs to others, in the order to be applied."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        Change(into, until - start, end - into)
        for kind, start, until, into, end in matcher.get_opcodes()
        if kind != "equal"
    )
