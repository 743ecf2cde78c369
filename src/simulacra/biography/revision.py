"""What happens to a life story, event by event: nothing is ever overwritten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from simulacra.biography.flag import Flag
from simulacra.biography.ledger import Facts
from simulacra.biography.scoring import Scores


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Author(_Data):
    """Who wrote or decided: a person, a model with how it was asked, or the automatic checks."""

    kind: Literal["person", "model", "checks"]
    name: str
    settings: dict[str, float | int | str | None] = Field(default_factory=dict)
    prompt_digest: str = ""


class Revision(_Data):
    """A proposed change: the paragraphs from ``start`` on that read ``before`` shall be ``after``.

    ``start`` is a paragraph id of the story as it was when this was written; ``before`` is empty
    where something is added.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    kind: Literal["expansion", "telling"]
    author: Author
    start: int = Field(ge=0)
    before: tuple[str, ...]
    after: tuple[str, ...]
    scores: Scores | None = None
    flags: tuple[Flag, ...] = ()
    facts: Facts | None = Field(default=None, description="what the ledger learns if it is taken")


def now() -> datetime:
    """The time of an event."""
    return datetime.now(UTC)


class Began(_Data):
    """The whole text at the beginning, or as it was found after somebody changed the file."""

    event: Literal["began"] = "began"
    at: datetime = Field(default_factory=now)
    why: str
    text: str


class Proposed(_Data):
    """A change was written; it is not in the story yet."""

    event: Literal["proposed"] = "proposed"
    at: datetime = Field(default_factory=now)
    revision: Revision


Decision = Literal["accepted", "edited", "rejected", "undone", "taken back"]
"""``undone``: out of the story again. ``taken back``: as before the decision taken last."""


class Decided(_Data):
    """What was decided of a change, by whom and why; ``after`` is the text as edited."""

    event: Literal["decided"] = "decided"
    at: datetime = Field(default_factory=now)
    revision: str
    decision: Decision
    by: Author
    why: str = ""
    after: tuple[str, ...] | None = None


Event = Annotated[Began | Proposed | Decided, Field(discriminator="event")]
