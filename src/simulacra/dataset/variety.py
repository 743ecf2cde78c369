"""Lexical variety of a text: how soon its words come again, whatever its length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

MATTR_WINDOW = 500
PHRASE = 4
MTLD_FACTOR = 0.72
"""The type-token ratio at which a factor of MTLD ends, as its authors have it."""


def words_of(text: str) -> list[str]:
    """The words of a text as they stand: letters and digits with apostrophes and hyphens within."""
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text)


def mattr(words: Sequence[str], window: int = MATTR_WINDOW) -> float:
    """Moving-average type-token ratio (Covington & McFall, 2010), from 0 to 1; 0 without words.

    The share of different words in a window, averaged over every window; a text shorter than one
    is a window by itself.
    """
    size = min(window, len(words))
    if not size:
        return 0.0
    counts = Counter(words[:size])
    total = len(counts)
    for gone, come in zip(words, words[size:], strict=False):
        counts[come] += 1
        counts[gone] -= 1
        if not counts[gone]:
            del counts[gone]
        total += len(counts)
    return total / size / (len(words) - size + 1)


def repeated_phrases(words: Sequence[str], length: int = PHRASE) -> int:
    """How many runs of ``length`` words stood in the text before: what distinct-n leaves over.

    Distinct-n (Li et al., 2016, NAACL, 110-119) is the share of those that did not.
    """
    runs = [tuple(words[start : start + length]) for start in range(len(words) - length + 1)]
    return len(runs) - len(set(runs))


def mtld(words: Sequence[str], factor: float = MTLD_FACTOR) -> float:
    """Measure of textual lexical diversity (McCarthy & Jarvis, 2010): words a factor; 0 for none.

    How many words in a row, on average, keep the type-token ratio over ``factor``; the mean of
    reading forwards and backwards. A text that never falls to it counts as one factor.
    """
    return (_one_way(words, factor) + _one_way(reversed(words), factor)) / 2


def _one_way(words: Iterable[str], factor: float) -> float:
    factors, length, count = 0.0, 0, 0
    seen: set[str] = set()
    for word in words:
        length, count = length + 1, count + 1
        seen.add(word)
        if len(seen) / count <= factor:
            factors, count = factors + 1, 0
            seen.clear()
    if count:
        factors += (1 - len(seen) / count) / (1 - factor)
    return length / max(factors, 1.0) if length else 0.0
