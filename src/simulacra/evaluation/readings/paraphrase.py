"""An option told in the answer's own words: only where it is clearly that one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from simulacra.evaluation.readings.words import spelled, vocabulary

ENOUGH = 0.6
"""Share of the words that only this option has, from which it counts as told."""
TOO_MUCH = 0.34
"""Share from which another option that is not told makes the answer unclear."""
AT_LEAST = 2
"""Words of its own that must be there in any case."""

_COMMON = vocabulary(
    "i me my mine you your he him his she her it its we us our they them their this that these "
    "those there here and or but so if then than as at by for from in into of off on onto out over "
    "to up down with without is am are was were be been being do did does done have has had will "
    "would can could should may might must not no s t d ll re ve m who whom which what when where "
    "why how all any some only just very too also ever again once about after before while one 1 "
    "get got go went make made thing things"
)
_ENDINGS = ("ing", "ies", "ed", "es", "s", "y", "e")


def told(text: str, options: Sequence[str]) -> tuple[int, ...]:
    """Places of the options that a short answer tells in other words; none where it is unclear.

    Words count that one option has and no other; endings do not matter. An answer that half tells
    a further option, or that denies something where the option does not, tells none.
    """
    own = _own(options)
    said = _stems(text)
    shares = [len(words & said) / len(words) if words else 0.0 for words in own]
    clear = tuple(
        number
        for number, share in enumerate(shares)
        if share >= ENOUGH and len(own[number] & said) >= AT_LEAST
    )
    unclear = any(share >= TOO_MUCH for number, share in enumerate(shares) if number not in clear)
    if unclear or (_denies(text) and not all(_denies(options[number]) for number in clear)):
        return ()
    return clear


def _own(options: Sequence[str]) -> list[frozenset[str]]:
    stems = [_stems(option) for option in options]
    counts = Counter(stem for words in stems for stem in words)
    return [frozenset(stem for stem in words if counts[stem] == 1) for words in stems]


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in spelled(text) if word not in _COMMON)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _denies(text: str) -> bool:
    return not {"not", "never", "no", "t", "nor", "neither", "without"}.isdisjoint(spelled(text))
