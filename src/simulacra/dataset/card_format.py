"""The character cards of Tavern, versions 2 and 3: what of them is read, each field as it is there.

https://github.com/malfoyslastname/character-card-spec-v2 and
https://github.com/kwaroran/character-card-spec-v3
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Spec = Literal["v2", "v3"]
NAMES: dict[Spec, tuple[str, str]] = {
    "v2": ("chara_card_v2", "2.0"),
    "v3": ("chara_card_v3", "3.0"),
}
KEYWORDS: dict[Spec, str] = {"v2": "chara", "v3": "ccv3"}
"""The PNG texts that hold a card of each version."""
OURS = "simulacra"
"""The name of what is ours among a card's extensions."""

LongText = Annotated[str, Field(max_length=2_000_000)]


class _Read(BaseModel):
    """Fields that are not named here are let go: others' cards have many."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class BookEntry(_Read):
    """What a character remembers when one of ``keys`` is mentioned."""

    keys: tuple[str, ...] = ()
    content: LongText
    enabled: bool = True
    name: str = ""
    comment: str = ""


class Book(_Read):
    """The entries of a character book."""

    entries: tuple[BookEntry, ...] = Field(default=(), max_length=10_000)


class OurPart(BaseModel):
    """Our extension: the texts of the character's files, by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    files: dict[str, str]


class CardData(_Read):
    """The fields of a card that we know."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\w")]
    description: LongText = ""
    personality: LongText = ""
    scenario: LongText = ""
    first_mes: LongText = ""
    mes_example: LongText = ""
    creator_notes: LongText = ""
    system_prompt: LongText = ""
    post_history_instructions: LongText = ""
    alternate_greetings: tuple[LongText, ...] = ()
    character_book: Book | None = None
    tags: tuple[str, ...] = ()
    creator: str = ""
    character_version: str = ""
    extensions: dict[str, Any] = Field(default_factory=dict)
