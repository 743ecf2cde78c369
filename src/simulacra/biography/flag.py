"""What a check says against a text: a person, or another try, decides."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

CheckName = Literal[
    "empty",
    "length",
    "leftover",
    "cut off",
    "format",
    "repeat",
    "person",
    "tense",
    "attribute",
    "lost",
    "age",
    "date",
    "ledger",
    "harm",
    "conflict",
]


class Flag(BaseModel):
    """One reason why a text should not stand unseen.

    ``message`` names the place in words (a quotation of at most 60 characters) and ends with a
    full stop; ``paragraphs`` are ids in the story as it stands, where the flag speaks of some.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: CheckName
    message: str
    paragraphs: tuple[int, ...] = ()
