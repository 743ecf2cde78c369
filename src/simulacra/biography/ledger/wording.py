"""How much of one text's words another has."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an and as at by for from had has he her him his i in into is it its me my of off on "
        "or our out she so that the their them they to up was we were when while who with",
    )
)


def words(text: str) -> frozenset[str]:
    """The words of a text that tell something, in lower case."""
    return frozenset(word for word in _WORD.findall(text.casefold()) if word not in _SMALL)


def share(what: str, text: str) -> float:
    """How many of the words of ``what`` stand in a text, endings aside: 0 to 1."""
    wanted = {word[:5] for word in words(what)}
    return len(wanted & {word[:5] for word in words(text)}) / len(wanted) if wanted else 0.0


def phrase(what: str, text: str) -> re.Match[str] | None:
    """Where whole words stand in a text, case-blind."""
    return re.search(rf"(?<!\w){re.escape(what)}(?!\w)", text, re.IGNORECASE)
