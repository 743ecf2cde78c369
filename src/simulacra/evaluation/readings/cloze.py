"""Whether an answer in free words holds one that is accepted (paper, Section 5.1: cloze)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulacra.biography.ages import ways_to_write
from simulacra.evaluation.readings.phrases import (
    alternatives,
    announcements,
    denied,
    refused,
    taken_back,
)
from simulacra.evaluation.readings.plain import plain
from simulacra.evaluation.readings.reading import Reading
from simulacra.evaluation.readings.words import Word, places, spelled, vocabulary, words

LONG = 300
"""Words from which an answer must announce what it answers."""

_SMALL_WORDS = vocabulary(
    "he she it i you we they him her them his me us yes no not so or and in on at to of by is was "
    "as do up one this that"
)
_FEW = 3
_SEPARATOR = re.compile(r"[,;/\n?|]|\b(?:and|or|und|oder|y|et)\b|&", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-•*]|\d{1,2}[.)])\s+", re.MULTILINE)
_OPENING = re.compile(
    r"^\W*(?:(?:the answer is|answer|i think|i believe|i'd say|i guess|it (?:was|is|must be)|"
    r"that (?:was|is)|probably|maybe|perhaps|between|either|both|well|oh|hmm)\b\W*)+",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\W*(?:i|he|she|it|we|they|you|my|our|his|her|its|their|your|who|when|where|which|that"
    r"|because|of|from|for|with|in|on|at|by|not|but|so|as|yes|no|oh|well|back|near|after|before"
    r"|the|sir|dear|darling|only|if|about|like|to)\b",
    re.IGNORECASE,
)
_OR_SO = re.compile(r"\s*,?\s*or (?:so|thereabouts|more|less|whatever)\b", re.IGNORECASE)
_HEDGE = re.compile(r"\b(?:maybe|perhaps|possibly|might be|could be|could have been)\b", re.I)
_MASK = "ꙮ"
"""Stands for what is right while the words around it are looked at: a letter nobody uses."""
_RANGE = re.compile(
    rf"\b(?:between|from)\s+{_MASK}|\bbetween\b[^.{_MASK}]{{0,30}}\band\s+{_MASK}|{_MASK}\s+to\s+\w"
)
_NOT_THESE = re.compile(r",\s*(?:and )?not\b[^,]*$", re.IGNORECASE)
_ITEM_WORDS = 4


@dataclass(frozen=True)
class _Match:
    accepted: str
    start: int
    end: int


def read_cloze(answer: str, accepted: Sequence[str]) -> Reading:
    """The accepted answer that stands in an answer; nothing said where it is another.

    Compared by whole words in one way to write them (``words``): "eyes" holds no "yes" and
    "twenty-eight" no "eight". What is denied ("not Wade") or taken back ("Wade... no, Carol") does
    not count, nor does one of several candidates ("Wade or Carol", a list). An accepted answer
    that is a word of grammar ("he") must be all that is said.
    """
    text = plain(answer)
    if not re.search(r"\w", text):
        return Reading(unparsed="empty")
    text = _BULLET.sub("", text)
    hay = words(text)
    if len(hay) > LONG:
        ends = announcements(text)
        if not ends or len(hay) - len(words(text[: ends[-1]])) > LONG:
            return Reading(unparsed="long")
        text = text[ends[-1] :]
        hay = words(text)
    found = _found(text, hay, accepted)
    right = [match for match in found if not denied(text, match.start, match.end)]
    if right and not taken_back(text[right[-1].end :]) and not _one_of_many(text, right):
        return Reading(said=(right[0].accepted,))
    return Reading(unparsed="refused") if not found and refused(text) else Reading()


def _found(text: str, hay: list[Word], accepted: Sequence[str]) -> list[_Match]:
    """Where accepted answers stand, in order; of several in one place the longest."""
    found: list[_Match] = []
    for original in accepted:
        for needle in {spelled(way) for way in ways_to_write(original)}:
            for at in places(needle, hay):
                start, end = hay[at], hay[at + len(needle) - 1]
                if _another_year(original, needle, hay[at + len(needle) :]):
                    continue
                if set(needle) <= _SMALL_WORDS and not _is_all(text, hay):
                    continue
                found.append(_Match(original, start.start, end.end))
    found.sort(key=lambda match: (match.start, -match.end))
    kept: list[_Match] = []
    for match in found:
        if not kept or match.start >= kept[-1].end:
            kept.append(match)
    return kept


def _another_year(accepted: str, needle: Sequence[str], following: Sequence[Word]) -> bool:
    """Whether a date written without its year is followed by another year."""
    year = re.match(r"\d{4}(?=-\d\d-\d\d$)", accepted)
    after = following[0].text if following else ""
    return bool(year and year[0] not in needle and re.fullmatch(r"\d{4}", after)) and (
        year is None or after != year[0]
    )


def _is_all(text: str, hay: Sequence[Word]) -> bool:
    """Whether an answer, or what it announces, is a few words and no more."""
    ends = announcements(text)
    return len(hay) <= _FEW or bool(ends and len(words(text[ends[-1] :])) <= _FEW)


def _one_of_many(text: str, right: Sequence[_Match]) -> bool:
    """Whether other candidates stand beside what is right."""
    masked, last = "", 0
    for match in right:
        masked += text[last : match.start] + _MASK
        last = match.end
    masked = _OR_SO.sub(" ", masked + text[last:])
    if _RANGE.search(masked):
        return True
    for sentence in re.split(r"[.!]\s|[.!]$", masked):
        if _MASK in sentence and (_alternatives(sentence) or _listed(sentence)):
            return True
    return len(_HEDGE.findall(masked)) > 1 or _listed(masked)


def _alternatives(sentence: str) -> bool:
    """Whether an "or" stands between what is right and something else."""
    parts = re.split(r"(\W+(?:or|oder|ou)\W+)", sentence, flags=re.IGNORECASE)
    for left, joint, right in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        near_left = not _NOT_THESE.search(left) and _MASK in " ".join(left.split()[-_ITEM_WORDS:])
        near_right = _MASK in " ".join(right.split()[:_ITEM_WORDS])
        if alternatives(joint) and near_left != near_right:
            return True
    return False


def _listed(text: str) -> bool:
    """Whether a text is a list of candidates: short parts, none of them a remark."""
    core = _OPENING.sub("", text).strip(" .!\n")
    parts = [part for part in _SEPARATOR.split(core) if part.strip(" .!\"'")]
    if len(parts) < 2 or any(len(part.split()) > _ITEM_WORDS for part in parts):
        return False
    if any(_MASK in part and len(spelled(part)) > 2 for part in parts):
        return False
    others = [part for part in parts if _MASK not in part and not _NO_NAME.match(part)]
    years = [part for part in others if re.fullmatch(r"\W*\d{4}\W*", part)]
    joined = re.search(r"\b(?:and|und|y|et)\b|[&/]", core, re.IGNORECASE)
    return len(others) - len(years) >= (1 if joined and len(parts) == 2 else 2)
