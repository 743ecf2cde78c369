"""The desk where a life story is written and reviewed: its files, and what may be done to them.

``revisions.jsonl`` holds every event and only ever grows; ``story.md`` is what the events give.
Whatever is in the history when the program is killed is in the story when it is opened again.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from simulacra.biography.history import Change, Entry, History
from simulacra.biography.ledger import Ledger, merge, read_ledger, write_ledger
from simulacra.biography.ledger.claiming import claims
from simulacra.biography.revision import Author, Began, Decided, Decision, Event, Proposed, Revision
from simulacra.biography.story import Story
from simulacra.characters import (
    Character,
    FileProblemsError,
    Problem,
    locked,
    read_character,
    read_text,
    write_file,
)
from simulacra.errors import RevisionStaleError, StorageError, StoryError

HISTORY = "revisions.jsonl"
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


@dataclass
class StoryDesk:
    """A life story with its history and its ledger, for one process at a time."""

    character: Character
    history: History
    ledger: Ledger

    @classmethod
    @contextmanager
    def open(cls, character: Character) -> Generator[StoryDesk]:
        """Open the desk of one's own character; others wait until it is closed.

        A story that has no history yet begins one; where there is no story, the biography is its
        beginning. A ``story.md`` that somebody changed by hand is taken over, as an event.

        Raises:
            CharacterError: the character is shipped.
            StoryError: it has neither a biography nor a story.
            CharacterInvalidError: a file does not validate; the message names file and line.
        """
        character.require_own()
        with locked(character.folder / HISTORY):
            # As it is now: whoever had the desk before may have changed the story meanwhile.
            character = read_character(character.folder)
            desk = cls(character, read_history(character), read_ledger(character))
            desk._catch_up()
            yield desk

    @property
    def story(self) -> Story:
        """The story as it stands."""
        return self.history.story

    def propose(self, revision: Revision) -> Entry:
        """Lay a revision on the desk; one that is there already stays as it is."""
        if revision.id not in self.history.entries:
            self._take(Proposed(revision=revision))
        return self.history.entries[revision.id]

    def accept(self, id: str, by: Author, why: str = "") -> Entry:  # noqa: A002
        """Take a revision into the story; of one that is in it, say that it was reviewed."""
        return self._decide(id, "accepted", by, why)

    def edit(self, id: str, after: Sequence[str], by: Author, why: str = "") -> Entry:  # noqa: A002
        """Take a revision into the story as somebody rewrote it.

        Raises:
            StoryError: nothing is left of it.
        """
        if not after:
            raise StoryError(
                f"Nothing was left of {id}; it is as it was.",
                f"Say `story reject --why …` if you do not want {id}.",
            )
        return self._decide(id, "edited", by, why, tuple(after))

    def reject(self, id: str, by: Author, why: str) -> Entry:  # noqa: A002
        """Keep a revision out of the story, with the reason."""
        return self._decide(id, "rejected", by, why)

    def undo(self, id: str | None, by: Author, why: str = "") -> Entry:  # noqa: A002
        """Take a revision out of the story again: by its id, else the one accepted last.

        Raises:
            StoryError: there is none, or a later one changed the same paragraphs.
        """
        if id is None:
            last = self.history.last_accepted()
            if last is None:
                raise StoryError("No revision is in the story: there is nothing to undo.", "")
            id = last.id  # noqa: A001
        return self._decide(id, "undone", by, why)

    def decline(self, id: str, by: Author, why: str) -> Entry:  # noqa: A002
        """Keep a revision out of the story, or where it is in it, take it out; with the reason."""
        accepted = self.history.entry(id).status == "accepted"
        return self._decide(id, "undone" if accepted else "rejected", by, why)

    def take_back(self, id: str, by: Author) -> Entry:  # noqa: A002
        """Make a revision, and the story, what they were before the last decision on it.

        Raises:
            StoryError: nothing was decided on it, or a later one changed the same paragraphs.
        """
        return self._decide(id, "taken back", by, "")

    def require_seen(self, id: str, decisions: int) -> None:  # noqa: A002
        """Raise where a revision has more decisions than whoever decides now has seen of it.

        Raises:
            RevisionStaleError: it is so; the message says who decided what.
        """
        taken = self.history.entry(id).decisions
        if len(taken) != decisions:
            last = taken[-1]
            raise RevisionStaleError(
                f"{id} was {last.decision} by {last.by.name} meanwhile.",
                "Nothing of yours was done or lost: look at it as it is now, and decide again.",
            )

    def write_ledger(self, ledger: Ledger) -> None:
        """Keep a ledger for the story as it stands."""
        self.ledger = ledger.model_copy(update={"story": self.history.versions[-1]})
        write_ledger(self.character, self.ledger)

    def _decide(
        self,
        id: str,  # noqa: A002
        decision: Decision,
        by: Author,
        why: str,
        after: tuple[str, ...] | None = None,
    ) -> Entry:
        changes = self._take(Decided(revision=id, decision=decision, by=by, why=why, after=after))
        entry = self.history.entries[id]
        if changes:
            self._learn(entry, changes)
        return entry

    def _take(self, event: Event) -> tuple[Change, ...]:
        """Add an event: first to the history on disk, then to the story."""
        changes = self.history.add(event)
        _append(self.character.folder / HISTORY, event)
        if changes:
            self._write_story()
        return changes

    def _learn(self, entry: Entry, changes: Sequence[Change]) -> None:
        """Move the ledger with the story, and add what an accepted revision tells."""
        ledger = self.ledger
        for change in changes:
            ledger = ledger.moved(change.start, change.removed, change.added)
        if entry.status == "accepted":
            told = claims(entry.after, ledger)
            if entry.revision.facts is not None:
                told = entry.revision.facts.within(entry.after) + told
            ledger, _ = merge(ledger, told, changes[0].start)
        self.write_ledger(ledger)

    def _catch_up(self) -> None:
        """Bring story and ledger to where the history is, or the history to a changed story."""
        folder, history = self.character.folder, self.history
        found = Story.parse(self.character.story_text)
        if not history.events:
            text = self.character.story_text.strip() or self.character.biography.strip()
            if not Story.parse(text).paragraphs:
                raise StoryError(
                    f"{self.character.name} has neither a story nor a biography.",
                    f"Begin with: simulacra biography write {self.character.slug}",
                )
            self._take(
                Began(
                    why="the story as it was found" if found.words else "the biography", text=text
                )
            )
        elif not (folder / "story.md").exists() or self._was_cut_off(found):
            self._write_story()
        elif found != history.story:
            self._take(Began(why="story.md was changed by hand", text=self.character.story_text))
        if self.ledger.story != history.versions[-1]:
            moved = self.ledger
            for change in history.since(self.ledger.story) or ():
                moved = moved.moved(change.start, change.removed, change.added)
            self.write_ledger(moved)

    def _was_cut_off(self, found: Story) -> bool:
        """Whether the last event came into the history but not into the story any more."""
        last = self.history.events[-1].at.timestamp()
        written = (self.character.folder / "story.md").stat().st_mtime
        return found == self.history.before_last and found != self.story and written <= last

    def _write_story(self) -> None:
        text = self.story.render()
        write_file(self.character.folder / "story.md", text)


def read_history(character: Character) -> History:
    """The history of a character's story; an empty one where none was begun.

    A last line that a crash cut off was never answered for, and does not count.

    Raises:
        CharacterInvalidError: a line is no event, or can't follow those before it.
    """
    path = character.folder / HISTORY
    history = History()
    if not path.exists():
        return history
    lines = read_text(path, limit=200_000_000).split("\n")
    for number, line in enumerate(lines[:-1], start=1):
        try:
            history.add(_EVENT.validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            raise _broken(path, number, f"{where}: {first['msg']}") from error
        except StoryError as error:
            raise _broken(path, number, error.what) from error
    return history


def _broken(path: Path, line: int, what: str) -> FileProblemsError:
    mend = "Restore the file from a copy, or move it away: the story then begins a new history."
    return FileProblemsError([Problem(path, line, f"{what.rstrip('.')}.", mend)])


def _append(path: Path, event: Event) -> None:
    """Add an event at the end, safe on disk when this returns.

    Raises:
        StorageError: the disk is full, or the file may not be written; it is as it was.
    """
    line = (event.model_dump_json(exclude_defaults=False, exclude_none=True) + "\n").encode()
    try:
        with path.open("r+b") as file:
            end = file.seek(0, os.SEEK_END)
            while end:  # a line that a crash cut off goes
                file.seek(end - 1)
                if file.read(1) == b"\n":
                    break
                end -= 1
            file.truncate(end)
            file.seek(end)
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise
    except OSError as error:
        raise StorageError(
            f"{path} can't be written: {error.strerror or error}.",
            "See to free space and permissions; what was stored before is whole.",
        ) from error
