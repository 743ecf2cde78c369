"""A revision and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from simulacra.biography.revision import Decided, Revision
from simulacra.errors import StoryError

Status = Literal["waiting", "accepted", "rejected", "undone"]


@dataclass(frozen=True)
class Entry:
    """A revision and what became of it.

    ``version`` counts the changes of the story before it was proposed; ``reviewed`` says that a
    person decided on it; ``after`` is its text in the story, nothing where it isn't there.
    """

    revision: Revision
    proposed: datetime
    version: int
    status: Status = "waiting"
    reviewed: bool = False
    after: tuple[str, ...] = ()
    decisions: tuple[Decided, ...] = ()

    @property
    def id(self) -> str:
        """The revision's id."""
        return self.revision.id


@dataclass(frozen=True)
class State:
    """What decisions make of a revision."""

    status: Status = "waiting"
    reviewed: bool = False
    after: tuple[str, ...] = ()


def before_last(entry: Entry) -> State:
    """What a revision was before its last decision that still holds.

    Raises:
        StoryError: none does.
    """
    states = [State()]
    for event in entry.decisions:
        last = states[-1]
        reviewed = last.reviewed or event.by.kind == "person"
        match event.decision:
            case "accepted" | "edited":
                after = event.after or last.after or entry.revision.after
                states.append(State("accepted", reviewed, after))
            case "rejected" | "undone":
                states.append(State(event.decision, reviewed))
            case "taken back":
                states.pop()
    if len(states) == 1:
        raise StoryError(
            f"Nothing was decided on {entry.id} yet.", "There is nothing to take back."
        )
    return states[-2]
