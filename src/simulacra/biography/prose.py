"""Is a text plain prose, whole, and told as the story is? What every generated text must pass."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simulacra.biography.flag import Flag
from simulacra.biography.leftovers import leftovers
from simulacra.biography.text import blocks, ending, ends_well, excerpt, paragraphs
from simulacra.biography.told import OPEN, Telling, person_slips, tense_slips

_MARK = re.compile(
    r"^\s*(?:(?P<heading>#{1,6} |={3,}|-{3,}|\*{3,})|(?P<list>[-*•–] |\(?\d{1,2}[.)] |[a-z]\) )"
    r"|(?P<table>\|.*\|))",
    re.MULTILINE,
)
_BARE_HEADING = re.compile(r"^(?:chapter|part) (?:\d+|[ivx]+|[a-z]+)\b[^.!?]*$", re.IGNORECASE)
HEADING_WORDS = 8
"""A block of so many words at most, without an end of sentence, is a heading."""


def check_prose(
    text: str, *, told: Telling = OPEN, words: tuple[int, int] = (1, 1_000)
) -> list[Flag]:
    """Leftovers, marks and headings, sentences cut off, a slip of person or tense, the length.

    ``told`` is how the story is told (``telling(story)``), or the passage that the text takes the
    place of; where it is open nothing is said of person and tense. ``words`` are the fewest and
    most allowed, over the whole text. An empty text gets one flag, ``empty``.
    """
    if not re.search(r"\w", text):
        return [Flag(check="empty", message="The text is empty.")]
    return [*_length(text, words), *_leftovers(text), *_marks(text), *_paragraphs(text, told)]


def _length(text: str, words: tuple[int, int]) -> Iterator[Flag]:
    count, (low, high) = len(text.split()), words
    if count < low:
        yield Flag(check="length", message=f"{count:,} words are under {low:,}.")
    if count > high:
        yield Flag(check="length", message=f"{count:,} words are over {high:,}.")


def _leftovers(text: str) -> Iterator[Flag]:
    for what, words in leftovers(text):
        if what != "a mark of Markdown":  # told more exactly by ``_marks``
            said = excerpt(words)
            yield Flag(check="leftover", message=f"{what} was left by generation: {said}.")


def _marks(text: str) -> Iterator[Flag]:
    for match in _MARK.finditer(text):
        what = {"heading": "a heading or rule", "list": "a list", "table": "a table"}[
            match.lastgroup or "list"
        ]
        yield Flag(check="format", message=f"{what} stands in the prose: {_line(text, match)}.")
        break
    if match := re.search(r"\*\*[^*\n]+\*\*|```|__[^_\n]+__|\[[^\]\n]+\]\(\w+:[^)]*\)", text):
        yield Flag(
            check="format", message=f"a mark of Markdown stands in the prose: {_line(text, match)}."
        )


def _line(text: str, match: re.Match[str]) -> str:
    return excerpt(text[match.start() :].lstrip().split("\n")[0])


def _paragraphs(text: str, told: Telling) -> Iterator[Flag]:
    headings = {
        " ".join(block.split()) for _, block in blocks(text) if _is_heading(" ".join(block.split()))
    }
    for paragraph in paragraphs(text):
        if paragraph in headings:
            yield Flag(
                check="format", message=f"a heading stands in the prose: {excerpt(paragraph)}."
            )
            continue
        if not ends_well(paragraph):
            what = f"a paragraph ends without an end of sentence: {ending(paragraph)}."
            yield Flag(check="cut off", message=what)
        if told.person and (said := person_slips(paragraph, told.person)):
            what = f"the story is told in the {told.person} person, this is not: {said}."
            yield Flag(check="person", message=what)
        if told.tense and (said := tense_slips(paragraph, told.tense)):
            what = f"the story is told in the {told.tense}, this is not: {said}."
            yield Flag(check="tense", message=what)


def _is_heading(block: str) -> bool:
    short = len(block.split()) <= HEADING_WORDS and not ends_well(block)
    return bool(_BARE_HEADING.match(block)) or (
        short and (block.istitle() or block.isupper() or not re.search(r"[a-z] [a-z]", block))
    )
