"""A sitting at the review desk: what was decided in it, as the address of its pages tells."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from simulacra.biography import Entry, History

MOST = 400
"""So many decisions a sitting remembers; those before are in the history all the same."""

SAID = {
    "accepted": "accepted",
    "edited": "taken in as you edited it",
    "rejected": "rejected",
    "undone": "taken out of the story again",
    "taken back": "as it was before your last decision",
}


@dataclass(frozen=True)
class Sitting:
    """Who was decided on, oldest first, each with the number of decisions it then had."""

    decided: tuple[tuple[str, int], ...] = ()

    @classmethod
    def read(cls, text: str) -> Sitting:
        """The sitting that ``str`` wrote; what makes no sense is left out."""
        found: list[tuple[str, int]] = []
        for part in text.split()[-MOST:]:
            id_, _, count = part.rpartition(":")
            if id_ and count.isdecimal() and len(count) < 5:
                found.append((id_, int(count)))
        return cls(tuple(found))

    def __str__(self) -> str:
        return " ".join(f"{id_}:{count}" for id_, count in self.decided[-MOST:])

    @property
    def last(self) -> tuple[str, int] | None:
        """What was decided on last."""
        return self.decided[-1] if self.decided else None

    def after(self, entry: Entry) -> Sitting:
        """The sitting after a decision, with this entry as it is now."""
        others = tuple(one for one in self.decided if one[0] != entry.id)
        return Sitting((*others, (entry.id, len(entry.decisions))))

    def without(self, id: str) -> Sitting:  # noqa: A002
        """The sitting after a decision was taken back."""
        return Sitting(tuple(one for one in self.decided if one[0] != id))

    def said(self, history: History) -> str:
        """What became of the last one; empty where that is not known."""
        if self.last is None or self.last[0] not in history.entries:
            return ""
        entry = history.entries[self.last[0]]
        return f"{entry.id} {SAID[entry.decisions[-1].decision]}." if entry.decisions else ""

    def address(self, slug: str, id: str | None) -> str:  # noqa: A002
        """The page of a revision in this sitting."""
        asked = {"id": id or "", "decided": str(self)}
        query = urlencode({key: value for key, value in asked.items() if value})
        return f"/desk/{slug}" + (f"?{query}" if query else "")
