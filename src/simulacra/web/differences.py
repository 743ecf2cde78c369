"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

REWRITTEN = 0.3
"""Texts with a smaller share of common words are shown one after the other, not mixed."""

Kind = Literal["same", "gone", "new"]
_TOKEN = re.compile(r"\w+(?:[’'-]\w+)*|\s+|[^\w\s]")
_PARAGRAPHS = re.compile(r"\n{2,}")


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed, went, or came."""

    kind: Kind
    text: str


def word_changes(before: str, after: str) -> list[Piece]:
    """The pieces that lead from one text to another.

    ``same`` and ``gone`` joined are the first text, ``same`` and ``new`` the second; where both
    come together, ``gone`` is first.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    words = sum(1 for token in (*old, *new) if _is_word(token))
    common = sum(
        _is_word(old[a + i]) for a, _, size in matcher.get_matching_blocks() for i in range(size)
    )
    if words and 2 * common / words < REWRITTEN and before != after:
        return _joined([Piece("gone", before), Piece("new", after)])
    pieces: list[Piece] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        was, is_ = "".join(old[a:b]), "".join(new[c:d])
        if kind == "equal":
            pieces.append(Piece("same", was))
        else:
            pieces += [Piece("gone", was), Piece("new", is_)]
    return _joined(_without_crumbs(pieces))


def in_paragraphs(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces of each paragraph; a paragraph ends where any piece has an empty line."""
    paragraphs: list[list[Piece]] = [[]]
    for piece in pieces:
        first, *rest = _PARAGRAPHS.split(piece.text)
        for number, text in enumerate((first, *rest)):
            if number:
                paragraphs.append([])
            if text:
                paragraphs[-1].append(Piece(piece.kind, text))
    return [paragraph for paragraph in paragraphs if paragraph]


def _is_word(token: str) -> bool:
    return token[0].isalnum()


def _without_crumbs(pieces: list[Piece]) -> Iterator[Piece]:
    """Take a space or comma that stands alone between changes as changed, too: runs read better."""
    for number, piece in enumerate(pieces):
        between = 0 < number < len(pieces) - 1
        crumb = piece.kind == "same" and "\n" not in piece.text
        if between and crumb and not any(map(str.isalnum, piece.text)):
            yield from (Piece("gone", piece.text), Piece("new", piece.text))
        else:
            yield piece


def _joined(pieces: list[Piece] | Iterator[Piece]) -> list[Piece]:
    """Neighbours made one: between two runs that stayed, what went and then what came."""
    whole: list[Piece] = []
    gone = new = ""
    for piece in (*pieces, Piece("same", "")):
        if piece.kind == "gone":
            gone += piece.text
        elif piece.kind == "new":
            new += piece.text
        else:
            changed = [Piece("gone", gone)] if gone else []
            changed += [Piece("new", new)] if new else []
            whole += changed
            gone = new = ""
            if piece.text and whole and whole[-1].kind == "same":
                whole[-1] = Piece("same", whole[-1].text + piece.text)
            elif piece.text:
                whole.append(piece)
    return whole
