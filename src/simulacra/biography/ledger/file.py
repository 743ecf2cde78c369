"""``ledger.yaml``, read and written whole."""

from __future__ import annotations

from simulacra.biography.ledger.data import Ledger
from simulacra.biography.ledger.seeding import seeded
from simulacra.characters import Character, write_file
from simulacra.characters.yaml_files import MAX_YAML_BYTES, dump_yaml, read_yaml
from simulacra.errors import CharacterError

LEDGER = "ledger.yaml"

_HEADER = """\
# What the life story has settled so far. Correct it by hand as you like: entries with
# `by: person` or `fixed: true` are never changed or removed by a model.
# `paragraphs` are counted from 0 over story.md, headings not counted.
"""


def read_ledger(character: Character) -> Ledger:
    """A character's ledger, with what her sheet says now; where there is no file, that alone.

    Raises:
        CharacterInvalidError: the file does not validate; the message names line and mend.
    """
    path = character.folder / LEDGER
    return seeded(character.sheet, read_yaml(path, Ledger) if path.exists() else None)


def write_ledger(character: Character, ledger: Ledger) -> None:
    """Write ``ledger.yaml``: after a crash it is the old one or the new one, whole.

    Raises:
        CharacterError: it can't be written, or would be too large to be read again.
    """
    path = character.folder / LEDGER
    text = _HEADER + dump_yaml(ledger)
    if len(text.encode()) > MAX_YAML_BYTES:
        raise CharacterError(
            f"{path} would have more than {MAX_YAML_BYTES:,} bytes; the old one is untouched.",
            "Remove from it what no longer matters.",
        )
    write_file(path, text)
