"""Text taken apart: blocks, paragraphs, and what the narrator says outside of quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENDS_WELL = re.compile(r"""[.!?…:][\s"'”’»)\]*_]*$|[—–-]["”’]$""")
_QUOTED = re.compile(
    r'"[^"]*(?:"|$)'
    r"|“[^”]*(?:”|$)"
    r"|«[^»]*(?:»|$)"
    r"|(?<![\w’])‘[^‘]*?[.,!?…—]’(?!\w)"
    r"|(?<![\w'])'(?=[A-Z])[^']*?[.,!?…—]'(?!\w)"
    r"|(?<![\w*])\*[^*\n]+\*(?![\w*])|(?<!\w)_[^_\n]+_(?!\w)"
)


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """The blocks between blank lines, each with its first line's number (1-based)."""
    lines: list[str] = []
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield number - len(lines), "\n".join(lines)
            lines = []


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each on one line; headings aside."""
    return [
        " ".join(block.split()) for _, block in blocks(text) if not block.lstrip().startswith("#")
    ]


def ends_well(text: str) -> bool:
    """Whether a text ends as a sentence does."""
    return bool(_ENDS_WELL.search(text))


def narrated(paragraph: str) -> str:
    """What the narrator says: a paragraph with its quotations and thoughts emptied to ``“”``.

    A quotation that is not closed lasts to the end of the paragraph.
    """
    return _QUOTED.sub("“”", paragraph)


def ending(text: str) -> str:
    """A quotation of the last 50 characters of a text, or fewer."""
    piece = " ".join(text.split())
    return f"“{piece}”" if len(piece) <= 50 else f"“…{piece[-50:].split(' ', 1)[-1]}”"


def excerpt(text: str, start: int = 0) -> str:
    """A quotation of at most 60 characters that begins at a place, or little before it."""
    start = max(0, min(start, len(text) - 57))
    while start and not text[start - 1].isspace():
        start -= 1
    piece = " ".join(text[start:].split())
    return f"“{piece}”" if len(piece) <= 58 else f"“{piece[:57].rsplit(' ', 1)[0]}…”"


def as_sentence(text: str) -> str:
    """Some words on one line, with one full stop at the end."""
    return " ".join(text.split()).rstrip(" .:") + "."
