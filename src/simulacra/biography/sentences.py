"""Sentences of a paragraph: the smallest piece of text that memory finds and shows."""

from __future__ import annotations

import re

_END = re.compile(r"""(?<=[.!?…])(?:["'”’)\]]*)\s+(?=["'“‘(\[]?[A-Z0-9À-Þ])""")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"])(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|Sgt|Jr|Sr|No|vs|e\.g|i\.e|a\.m|p\.m|[A-HJ-Z])\.$"
)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order and without the space between them.

    ``" ".join(sentences(text))`` has the words of the text: nothing is lost, and a title or an
    initial ("Mrs. Patterson", "J. Carter") ends no sentence. A text without an end is one sentence.
    """
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        closing = end.group().rstrip()
        piece = text[start : end.start()] + closing
        if _ABBREVIATION.search(piece):
            continue
        found.append(" ".join(piece.split()))
        start = end.end()
    found.append(" ".join(text[start:].split()))
    return [sentence for sentence in found if sentence]
