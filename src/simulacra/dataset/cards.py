"""Cards as files, JSON or PNG: written, and read from strangers without harm."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import Any, cast

from pydantic import ValidationError

from simulacra.characters import Character
from simulacra.dataset import png, strict_json
from simulacra.dataset.card_format import KEYWORDS, NAMES, OURS, CardData, OurPart, Spec
from simulacra.dataset.card_writing import card_of, standard_part
from simulacra.dataset.foreign_card import character_of
from simulacra.dataset.portrait import portrait_png
from simulacra.dataset.texts import CARRIED
from simulacra.errors import CharacterError, ImportRejectedError

__all__ = ["CARDS", "Card", "Spec", "card_file", "read_card"]

CARDS = (".json", ".png")
MAX_CARD = 32_000_000
"""Bytes; a card of a whole life has about 500,000, the rest is for large pictures."""


def card_file(character: Character, texts: Mapping[str, str], spec: Spec, ending: str) -> bytes:
    """The bytes of a card; in a picture, version 3 stands beside version 2 for older programs.

    Raises:
        CharacterInvalidError: the memories do not validate.
        CharacterError: the character is too large for a card.
    """
    if ending == ".json":
        return _written(character, texts, spec)
    specs: tuple[Spec, ...] = ("v2",) if spec == "v2" else ("v2", "v3")
    held = {KEYWORDS[one]: base64.b64encode(_written(character, texts, one)) for one in specs}
    return png.with_texts(portrait_png(character.slug), held)


@dataclass(frozen=True)
class Card:
    """A card that was read: the texts of a character's files, and what is to be said of it.

    ``ours`` holds the fields that every program knows, where Simulacra made the card.
    """

    texts: dict[str, str]
    notes: tuple[str, ...] = ()
    ours: dict[str, Any] | None = None

    def changed_elsewhere(self, character: Character) -> tuple[str, ...]:
        """The fields that another program changed since; the character has them as they were."""
        if self.ours is None:
            return ()
        expected = standard_part(character, "v2")
        return tuple(sorted(key for key in expected if _other(self.ours.get(key), expected[key])))


def _other(found: Any, expected: Any) -> bool:
    """Whether two values differ, what a program added to a mapping aside."""
    if isinstance(expected, dict) and isinstance(found, dict):
        wanted, there = cast("dict[str, Any]", expected), cast("dict[str, Any]", found)
        return any(_other(there.get(key), value) for key, value in wanted.items())
    if isinstance(expected, list) and isinstance(found, list):
        items, others = cast("list[Any]", expected), cast("list[Any]", found)
        return len(items) != len(others) or any(map(_other, others, items))
    return found != expected


def read_card(path: Path) -> Card:
    """Read a card, in JSON or in a PNG image.

    Raises:
        ImportRejectedError: it can't be read, is no card, or is made to do harm.
    """
    try:
        state = path.stat()
        if not S_ISREG(state.st_mode):
            raise ValueError("it is no regular file")
        if state.st_size > MAX_CARD:
            raise ValueError(f"{state.st_size:,} bytes are more than {MAX_CARD:,}")
        data = path.read_bytes()
        card = _card_in(data) if data.startswith(png.SIGNATURE) else _json_card(path, data)
        return _read(_fields_of(card))
    except OSError as error:
        raise ImportRejectedError(
            f"{path} can't be read: {error.strerror or error}.", "See to its permissions."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ImportRejectedError(
            f"{path} is no character card: {where}: {first['msg']}.", "Export it again."
        ) from None
    except ValueError as error:
        raise ImportRejectedError(
            f"{path} can't be imported: {error}.", "Fetch or export it again, from who made it."
        ) from error


def _written(character: Character, texts: Mapping[str, str], spec: Spec) -> bytes:
    card = json.dumps(card_of(character, texts, spec), ensure_ascii=False, indent=1)
    data = card.encode("utf-8")
    if len(data) > strict_json.MAX_BYTES:
        raise CharacterError(
            f"{character.name} is too large for a card: {len(data):,} bytes.", "Export a .zip."
        )
    return data


def _json_card(path: Path, data: bytes) -> Any:
    if path.suffix.casefold() == ".png":
        raise ValueError("it is no PNG image")
    return strict_json.parse(data)


def _card_in(image: bytes) -> Any:
    """The newest card that an image holds."""
    held = png.texts(image)
    for keyword in (KEYWORDS["v3"], KEYWORDS["v2"]):
        if keyword in held:
            try:
                return strict_json.parse(base64.b64decode(held[keyword], validate=True))
            except binascii.Error:
                raise ValueError(f"its text {keyword!r} is no Base64") from None
    raise ValueError("the image holds no character card")


def _fields_of(card: Any) -> dict[str, Any]:
    """The fields of a card of version 2 or 3, or of the first, which had no name."""
    if not isinstance(card, dict):
        raise ValueError("it is no character card")
    fields = cast("dict[str, Any]", card)
    if "spec" not in fields and "data" not in fields:
        return fields
    if fields.get("spec") not in [name for name, _ in NAMES.values()]:
        raise ValueError(f"it is no character card of version 2 or 3: {fields.get('spec')!r:.60}")
    if not isinstance(data := fields.get("data"), dict):
        raise ValueError("it is no character card: it has no data")
    return cast("dict[str, Any]", data)


def _read(fields: dict[str, Any]) -> Card:
    data = CardData.model_validate(fields)
    if OURS not in data.extensions:
        return Card(*character_of(data, datetime.now(UTC).date()))
    texts = OurPart.model_validate(data.extensions[OURS]).files
    if strange := sorted(set(texts) - set(CARRIED)):
        raise ValueError(f"{strange[0]!r:.80} is no file of a character")
    return Card(texts, ours=fields)
