"""Which options an answer chooses (paper, Section 5.1: single and multiple choice)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from simulacra.evaluation.readings.mentions import LETTERS, Mention, leads, mentions
from simulacra.evaluation.readings.paraphrase import told
from simulacra.evaluation.readings.phrases import alternatives, announcements, corrects, refused
from simulacra.evaluation.readings.plain import plain
from simulacra.evaluation.readings.reading import Reading, Reason
from simulacra.evaluation.readings.words import spelled

SHORT = 60
"""Words up to which a bare letter, an option of few words, or a paraphrase counts by itself.

In a longer answer it must be announced, stand in front, be marked as a letter ("option B", "(b)"),
or be an option's own four words or more.
"""

_GAP = r"[^\w?☐☑☒✓✔✅❌✗✘]"
_LISTED = re.compile(
    rf"{_GAP}*[a-h](?:(?:{_GAP}+|{_GAP}*(?:\b(?:and|und|y|et|e|plus)\b|和){_GAP}*)[a-h])*{_GAP}*",
    re.IGNORECASE,
)
_LONE = re.compile(r"(?<![A-Za-z])[A-Ha-h](?![A-Za-z])")
_RUN = re.compile(r"\W*([A-H]{2,6})\W*")
_JOINED = re.compile(
    r"(?:[^\w.!?]|\b(?:and|or|but|also|plus|then|maybe|perhaps|possibly|finally|lastly|both|either|"
    r"option|answer|number|not|nor|und|oder|sondern|y|et|e|o|ou|as well as|along with|of course|"
    r"\d{1,2}[.)])\b|和|与|[.](?=\s))*",
    re.IGNORECASE,
)
_ALL = re.compile(r"\ball (?:of (?:them|these|the above)|the above|six|four)\b|^all\W*$", re.I)
_NUMBERS = re.compile(r"\W*[1-8](?:(?:\W+|\W*\band\b\W*)[1-8])*\W*")
_PLACE = re.compile(
    r"\b(?:option|answer|number|choice) ([1-8])\b"
    r"|\b(first|second|third|fourth|fifth|sixth|last) (?:option|one|answer|choice)\b",
    re.IGNORECASE,
)
_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth")


def read_choice(
    answer: str, options: Sequence[str], kind: Literal["single", "multiple"]
) -> Reading:
    """The texts of the options that an answer chooses, of those shown as A, B, C and so on.

    A single choice that names two options, or a multiple one that says "or", is unparsed, as is
    whatever leaves a doubt: no option is ever guessed. What an answer takes back ("B... no, C")
    does not count, and the answer that it announces ("so the answer is C") counts before whatever
    it weighed up to there. "All of them" chooses all.
    """
    text = plain(answer)
    if not spelled(text) and not re.search(r"\w", text):
        return Reading(unparsed="empty")
    chosen = _chosen(text, options, kind)
    if isinstance(chosen, str):
        return Reading(unparsed=chosen)
    if any(number >= len(options) for number in chosen):
        return Reading(unparsed="unknown")
    if kind == "single" and len(chosen) > 1:
        return Reading(unparsed="several")
    return Reading(said=tuple(options[number] for number in sorted(chosen)))


def _chosen(text: str, options: Sequence[str], kind: str) -> set[int] | Reason:
    if (letters := _terse(text)) is not None:
        return letters
    named = mentions(text, options)
    rest = _without_list(text, named, len(options))
    announced = _announced(text, rest)
    picked = announced or _picked(text, rest)
    if any(mention.clash for mention in picked):
        return "contradictory"
    if kind == "multiple" and not announced and _goes_on(rest, picked):
        return "unsure"
    chosen = _after_corrections(text, rest, picked, kind)
    if chosen is None:
        return "unsure"
    if chosen:
        short = _is_short(text)
        if kind == "multiple" and short and all(m.text and not m.label for m in picked):
            off = {mention.option for mention in picked if mention.denied}
            chosen |= set(told(text, options)) - off
        return chosen
    if refused(text):
        return "refused"
    if any(mention.denied for mention in picked):
        return "denied"
    if len(rest) < len(named):
        return "listed"
    return _unnamed(text, options, kind)


def _terse(text: str) -> set[int] | None:
    """The letters of an answer, or of what it announces on its last line, that is only letters."""
    ends = [0, *announcements(text)]
    for end in reversed(ends):
        tail = text[end:]
        line, _, more = tail.strip().partition("\n") if end else (tail, "", "")
        if re.match(r"\W*(?:\d\W+)?[A-Ha-h](?!\w)", more):
            line = tail
        if (run := _RUN.fullmatch(line)) and _is_run(run[1]):
            return {LETTERS.index(letter) for letter in run[1]}
        if _LISTED.fullmatch(line) and not re.search(r"\b[a-h]\s+e\s+[a-h]\b", line):
            lone = _LONE.findall(line)
            if any(letter.isupper() for letter in lone):
                lone = [letter for letter in lone if letter.isupper()]
            return {LETTERS.index(letter.upper()) for letter in lone}
    return None


def _is_run(letters: str) -> bool:
    """Whether letters written together are a list and no word: three or more only in order."""
    return len(set(letters)) == len(letters) and (
        len(letters) == 2 or list(letters) == sorted(letters)
    )


def _without_list(text: str, named: list[Mention], count: int) -> list[Mention]:
    """The namings without options that are only repeated: all of them, one after another."""
    for first in range(len(named) - count + 1):
        run = named[first : first + count]
        if (
            [mention.option for mention in run] == list(range(count))
            and all(mention.text and not mention.judged for mention in run)
            and all(not re.search(r"\w", text[a.end : b.start]) for a, b in pairwise(run))
        ):
            return named[:first] + named[first + count :]
    return named


def _announced(text: str, named: list[Mention]) -> list[Mention]:
    """The namings behind the last words that announce an answer; none without such words."""
    for end in reversed(announcements(text)):
        run = _run_from(text, [mention for mention in named if mention.start >= end])
        near = run and not re.search(r"[.!?]\s|\n\n\w", text[end : run[0].start])
        if near and any(not mention.denied for mention in run):
            return run
    return []


def _picked(text: str, named: list[Mention]) -> list[Mention]:
    """The namings that are the answer: those in front, or all where nothing stands out."""
    if named and not re.search(r"[^\W\d_]", text[: named[0].start]):
        front = _run_from(text, named)
        marked = [m for m in named if m not in front and m.label and leads(text, m.start)]
        picked = sorted({*front, *marked}, key=lambda mention: mention.start)
        lettered = named[0].label or not named[0].text
        if lettered and any(not mention.denied for mention in picked):
            return picked
    if _is_short(text):
        return named
    return [m for m in named if m.label or (m.text and len(spelled(text[m.start : m.end])) >= 4)]


def _goes_on(named: list[Mention], picked: list[Mention]) -> bool:
    """Whether one or two options in front are followed by others that may be chosen as well."""
    kept = {mention.option for mention in picked if not mention.denied}
    others = {m.option for m in named if m not in picked and not m.denied} - kept
    return bool(others) and 0 < len(kept) <= 2


def _run_from(text: str, named: list[Mention]) -> list[Mention]:
    """The first naming and those that follow it as in a list."""
    run = named[:1]
    for mention in named[1:]:
        between = text[run[-1].end : mention.start]
        if not _JOINED.fullmatch(between):
            break
        if "." in between and not (mention.label or mention.text) and _reads_on(text, mention):
            break
        run.append(mention)
    return run


def _reads_on(text: str, mention: Mention) -> bool:
    """Whether a sentence follows that the letter begins: "C was where I went wrong"."""
    return re.match(r"\s+[^\W\d_]{2,}", text[mention.end :]) is not None and not mention.judged


def _after_corrections(
    text: str, named: list[Mention], picked: list[Mention], kind: str
) -> set[int] | None:
    """The options that remain chosen, in the last word on each; ``None`` if that is in doubt."""
    last = picked[-1].start if picked else 0
    picked = picked + [
        mention
        for before, mention in pairwise(named)
        if mention.start > last and corrects(text[before.end : mention.start])
    ]
    state: dict[int, bool] = {}
    kept: list[Mention] = []
    for number, mention in enumerate(picked):
        before = text[picked[number - 1].end : mention.start] if number else ""
        if number and corrects(before):
            if kind == "multiple" and mention.denied:
                return None
            if not mention.denied:
                if kind == "multiple" and len(picked) - number < len(kept):
                    return None
                state, kept = {}, []
        elif number and kind == "multiple" and kept and alternatives(before):
            return None
        linked = (
            number > 0
            and picked[number - 1].denied
            and re.fullmatch(r"\W*(?:or|nor|and|oder|und|noch)\W*", before)
        )
        state[mention.option] = not (mention.denied or linked)
        if state[mention.option]:
            kept.append(mention)
    return {option for option, chosen in state.items() if chosen}


def _unnamed(text: str, options: Sequence[str], kind: str) -> set[int] | Reason:
    """Options named without letter or text: all, by place, or in other words."""
    if _ALL.search(text):
        return set(range(len(options)))
    if not _is_short(text):
        return "none"
    if not any(_counts(option) for option in options) and (
        places := _by_place(text, len(options), kind)
    ):
        return places
    return set(told(text, options)) or "none"


def _by_place(text: str, count: int, kind: str) -> set[int]:
    if _NUMBERS.fullmatch(text):
        numbers = {int(digit) - 1 for digit in re.findall(r"[1-8]", text)}
        return numbers if kind == "single" or len(numbers) > 1 else set()
    return {
        int(number) - 1
        if number
        else count - 1
        if word.casefold() == "last"
        else _ORDER.index(word.casefold())
        for number, word in _PLACE.findall(text)
    }


def _counts(option: str) -> bool:
    """Whether a short option tells a number, so that a number alone could mean it."""
    told_in = spelled(option)
    return len(told_in) <= 4 and any(word.isdigit() for word in told_in)


def _is_short(text: str) -> bool:
    return len(spelled(text)) <= SHORT
