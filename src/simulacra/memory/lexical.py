"""Likeness by words: rare words that query and text share, names above all.

Embeddings know that a meal is like a dinner, but hardly tell one first name from another.
"""

from __future__ import annotations

import math
import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    _WORD.findall(
        "a about am an and any are as at be been but by can could did do does for from had "
        "has have he her hers him his how i if in into is it its may me might mine more most "
        "much my not of on or our please share she so some such tell than that the their them "
        "then there they this to us was we were what when where which while who why will with "
        "would you your yours"
    )
)
_ENDINGS = ("ing", "ies", "ed", "es", "ly", "s")
_SATURATION, _LENGTH = 1.2, 0.75


def words(text: str) -> list[str]:
    """The words of a text that tell something, in lower case and without their endings."""
    return [_stem(word) for word in _WORD.findall(text.casefold()) if word not in _COMMON]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


class WordIndex:
    """BM25 (Robertson and Zaragoza, 2009) over texts that may be added to."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[list[int], list[int]]] = {}
        self._lengths: list[int] = []

    def add(self, text: str) -> None:
        """Add a text; its number is how many came before it."""
        counts = Counter(words(text))
        for word, count in counts.items():
            numbers, times = self._found.setdefault(word, ([], []))
            numbers.append(len(self._lengths))
            times.append(count)
        self._lengths.append(sum(counts.values()))

    def knows(self, word: str) -> bool:
        """Whether any text has this word, whatever its ending."""
        return all(stem in self._found for stem in words(word))

    def likeness(self, query: str) -> NDArray[np.float32]:
        """One number a text from 0 (no word shared) to 1 (each word shared, over and over)."""
        total = len(self._lengths)
        scores = np.zeros(total, dtype=np.float32)
        lengths = np.asarray(self._lengths, dtype=np.float32)
        relative = lengths / max(float(lengths.mean()), 1.0) if total else lengths
        best = 0.0
        for word in dict.fromkeys(words(query)):
            numbers, times = self._found.get(word, ([], []))
            weight = math.log(1 + (total - len(numbers) + 0.5) / (len(numbers) + 0.5))
            best += weight
            if numbers:
                often = np.asarray(times, dtype=np.float32)
                damped = _SATURATION * (1 - _LENGTH + _LENGTH * relative[numbers])
                scores[numbers] += weight * often / (often + damped)
        return scores / best if best else scores
