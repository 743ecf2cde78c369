"""Names become slugs: ``Mary Jones`` → ``mary-jones``."""

from __future__ import annotations

import re
import unicodedata

from simulacra.errors import CharacterError

MAX_SLUG = 60
"""Characters; file names hold 255 bytes, and a letter may take four."""


def slugify(name: str) -> str:
    """Lower-case letters and digits of any script, joined by hyphens; accents are dropped.

    Raises:
        CharacterError: the name has no letter and no digit.
    """
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c)
    )
    # Folding may decompose and composing may unfold: a second round makes a slug its own slug.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", bare).casefold())
    slug = re.sub(r"[\W_]+", "-", folded).strip("-")[:MAX_SLUG].strip("-")
    if not slug:
        raise CharacterError(
            f"The name {name!r} has no letter and no digit.", "Give a name that can be a folder."
        )
    return slug
