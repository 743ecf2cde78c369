"""Where an answer names an option: by its letter, by its text, or by both."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulacra.evaluation.readings.phrases import denied, judged
from simulacra.evaluation.readings.words import places, spelled, words

LETTERS = "ABCDEFGH"
"""Two more than any item has options: to name one of those is an answer nobody can count."""

_ALPHABET = "A-Za-z0-9À-ɏ\u0400-\u04ff"
_LETTER = re.compile(
    rf"(?<![{_ALPHABET}'])(?<![A-Za-zÀ-ɏ]-)([A-Ha-h])(?![{_ALPHABET}]|'[a-zA-Z]|-[a-zA-Z])"
)
_NAMED = re.compile(
    r"\b(?:options?|answers?|choices?|letters?|antwort|respuesta|réponse|risposta|resposta|"
    r"the answer is|(?:es|est|son|è|é|ist|is) (?:la|le|die)?)\W{0,3}$",
    re.IGNORECASE,
)
_NO_OPTION = re.compile(
    r"\b(?:vitamin|vitamins|plan|type|grade|class|room|row|flat|platform|hepatitis|key of|blood|"
    r"school|side|bus|gate|building|block|route|sample|group|note|minor|major)\s+$",
    re.IGNORECASE,
)
_FOLLOWS_A = re.compile(
    r"[ \t]+(?:(?:is|was|are|were|and|or|because|since|for|but|seems|sounds|would|fits"
    r"|describes|rather|instead|then|too|also|nor|plus|not|und|oder|y|et|ist|est|es|ou"
    r"|I (?:guess|think|suppose|believe|say)|[A-H])(?![\w'])|$)"
)
_LABEL_END = re.compile(r"\s*[.):\]]|\s*$|\s*\n|\s+[-–—]\s")
_AND = re.compile(r"[\s,/&(]*(?:\b(?:and|or|nor|und|y|et)\b[\s(]*)?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s.):\]\-–—\"'“”(\[]{0,8}")
_ARTICLE = re.compile(r"(an?|the)\s", re.IGNORECASE)
_ARTICLE_BEFORE = re.compile(r"(?<!\w)(an?|the)\s+$", re.IGNORECASE)
_FILLER = re.compile(r"(?:\s*\b(?:a|an|the)\b)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """One naming of an option.

    ``option`` is its place as shown, from 0; of a letter that no option has, the letter's place.
    ``label`` is true where the letter is marked as one ("B.", "(b)", "option B"), ``text`` where
    the option's own words stand there. ``denied`` and ``judged`` say that the answer calls it
    wrong, or passes a verdict on it; ``joint`` that the verdict is on the list before as well;
    ``clash`` that the letter stands beside another's text.
    """

    option: int
    start: int
    end: int
    label: bool = False
    text: bool = False
    denied: bool = False
    judged: bool = False
    joint: bool = False
    clash: bool = False


def mentions(text: str, options: Sequence[str]) -> list[Mention]:
    """All namings of options in a plain text, in order."""
    texts = _texts(text, options)
    found = _merged(text, _letters(text, texts), texts)
    weighed = [_weighed(text, mention) for mention in sorted(found, key=lambda m: m.start)]
    return _shared(text, weighed)


def _texts(text: str, options: Sequence[str]) -> list[Mention]:
    """Options in their own words; where two overlap, the longer one."""
    hay = words(text)
    found = [
        (
            len(needle),
            Mention(
                number,
                _with_article(text, hay[at].start, option),
                hay[at + len(needle) - 1].end,
                text=True,
            ),
        )
        for number, option in enumerate(options)
        for needle in [spelled(option)]
        for at in places(needle, hay)
    ]
    kept: list[Mention] = []
    for _, mention in sorted(found, key=lambda pair: (-pair[0], pair[1].start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _with_article(text: str, start: int, option: str) -> int:
    """Where an option's text begins if its own article stands before its first word."""
    article = _ARTICLE.match(option)
    before = _ARTICLE_BEFORE.search(text[:start][-5:])
    if article and before and article[1].casefold() == before[1].casefold():
        return start - len(before[0])
    return start


def _letters(text: str, texts: Sequence[Mention]) -> list[Mention]:
    found: list[Mention] = []
    for match in _LETTER.finditer(text):
        start, end = match.span()
        if any(mention.start <= start < mention.end for mention in texts):
            continue
        option = LETTERS.index(match[1].upper())
        label = _is_label(text, start, end)
        own = any(t.option == option and _adjacent(text, end, t.start) for t in texts)
        if label or (match[1].isupper() and (own or _is_bare(text, start, end))):
            found.append(Mention(option, start, end, label=label))
    return found


def _is_label(text: str, start: int, end: int) -> bool:
    """Whether the letter is marked as an option's: "(b)", "b)", "B." in front, "option b"."""
    before, after = text[:start], text[end:]
    if _NO_OPTION.search(before[-30:]):
        return False
    if before.endswith(("(", "[")) and after.startswith((")", "]")):
        return not before[:-1][-1:].isalpha()
    if after.startswith(")"):
        return before[-60:].rfind("(") <= before[-60:].rfind(")")
    if _NAMED.search(before[-24:]):
        return not _reads_on(text, start, end)
    return text[start].isupper() and _LABEL_END.match(after) is not None and leads(text, start)


def leads(text: str, start: int) -> bool:
    """Whether something begins a line or a sentence."""
    before = text[:start][-200:]
    return re.search(r"(?:^|\n|[.!?:;]\s)[\W\d_]*$", before) is not None


def _is_bare(text: str, start: int, end: int) -> bool:
    """Whether a capital letter without a mark is an option's, and no article, name or vitamin."""
    if _NO_OPTION.search(text[:start][-30:]) or _is_initial(text, start, end):
        return False
    return not _reads_on(text, start, end)


def _is_initial(text: str, start: int, end: int) -> bool:
    """Whether it stands between a first name and a surname: "Samuel D. Carter"."""
    before = re.search(r"([A-ZÀ-Þ][a-zà-ÿ]+|[A-Z]\.)\s+$", text[:start][-20:])
    after = re.match(r"\.\s?[A-ZÀ-Þ][a-zà-ÿ]+", text[end : end + 30])
    return before is not None and after is not None and not _NAMED.search(text[:start][-24:])


def _reads_on(text: str, start: int, end: int) -> bool:
    """Whether "A" or "E" belongs to the next word, as an article or an "and" does."""
    follows = re.match(r"[ \t]+[^\W\d_]", text[end:])
    return text[start] in "AaEe" and follows is not None and not _FOLLOWS_A.match(text[end:])


def _adjacent(text: str, end: int, start: int) -> bool:
    """Whether nothing but marks, and an article at most, lies between a letter and a text."""
    if not 0 <= start - end <= 14:
        return False
    between = _BETWEEN.match(text[end:start])
    return between is not None and (_FILLER.fullmatch(text[end:start][between.end() :]) is not None)


def _merged(text: str, letters: list[Mention], texts: list[Mention]) -> list[Mention]:
    """Letters and texts that stand side by side become one naming, or a clash."""
    made: list[Mention] = []
    alone = list(texts)
    for letter in letters:
        beside = next((t for t in alone if _adjacent(text, letter.end, t.start)), None)
        marked = beside and re.search(r"[.):\]\-–—(]", text[letter.end : beside.start])
        if beside and (beside.option == letter.option or marked):
            alone.remove(beside)
            clash = beside.option != letter.option
            closing = re.match(r"\s*[)\]]", text[beside.end :])
            end = beside.end + (closing.end() if closing else 0)
            made.append(replace(letter, end=end, text=True, clash=clash))
            continue
        made.append(letter)
    for written in alone:
        behind = next(
            (
                letter
                for letter in made
                if not letter.text
                and re.fullmatch(r"\W{0,3}[(\[]", text[written.end : letter.start])
            ),
            None,
        )
        if behind:
            made.remove(behind)
            clash = behind.option != written.option
            made.append(replace(written, end=behind.end + 1, label=True, clash=clash))
        else:
            made.append(written)
    return made


def _weighed(text: str, mention: Mention) -> Mention:
    verdict = judged(text, mention.start, mention.end)
    return replace(
        mention,
        denied=denied(text, mention.start, mention.end),
        judged=verdict is not None,
        joint=verdict is not None and verdict.joint,
        end=verdict.end if verdict else mention.end,
    )


def _shared(text: str, found: list[Mention]) -> list[Mention]:
    """A verdict at the end of a list is on all of it: "B, D and F are wrong"."""
    made = list(found)
    for number in range(len(made) - 1, 0, -1):
        before, last = made[number - 1], made[number]
        between = text[before.end : last.start]
        if last.joint and not before.judged and _AND.fullmatch(between):
            made[number - 1] = replace(before, denied=True, judged=True, joint=True)
    return made
