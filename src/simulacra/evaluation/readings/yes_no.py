"""Whether an answer says yes or no (the personality test's items)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

from simulacra.evaluation.readings.phrases import announcements, denied, refused
from simulacra.evaluation.readings.plain import plain
from simulacra.evaluation.readings.reading import Reading

_IDIOM = re.compile(
    r"\bno (?:doubts?|question|one|idea|matter|problem|wonder)\b(?: about (?:it|that))?",
    re.IGNORECASE,
)
_NO = (
    r"(?:no|nope|nah|nay|never|false|incorrect|untrue|inaccurate|nein|non|não|nie|нет|disagree"
    r"|no way|hardly|not (?:really|at all|true|me|like me|quite|particularly|exactly|so|in the"
    r" least"
    r"|of me|accurate)"
    r"|(?:definitely|absolutely|certainly|of course|probably|surely|unfortunately|sadly|i'd"
    r" say|i would say) not"
    r"|i (?:don't|do not) (?:think|believe|feel|find) (?:that )?(?:that's|that is|this is|it's"
    r"|it is)"
    r" (?:true|me|accurate|correct|right|like me)"
    r"|(?:that|this|it)(?: statement| description| sentence)?(?:'s| is| does)?(?:n't| not)(?:"
    r" true| really| me| accurate| correct| right"
    r"| describe me| like me| the case| sound like me)*"
    r"|i (?:don't|do not|wouldn't|would not)(?: agree| think so| say so)"
    r"|i (?:don't|do not)(?=\W*$|\s*[.,;!]))"
)
_YES = (
    r"(?:yes|yeah|yep|yup|yea|aye|ja|jawohl|sí|oui|sim|да|tak|true|agree|absolutely|definitely"
    r"|certainly|of course|indeed|exactly|very much(?: so)?|sure|correct|accurate"
    r"|(?:that|this|it)(?: statement| description| sentence)?(?:'s| is| does) (?:very |so "
    r"|quite |certainly |definitely )?"
    r"(?:true|me|accurate|correct|right|describe me|like me)"
    r"|(?:that|this|it)(?: statement| description| sentence)? (?:describes|fits|sounds like)"
    r" me|i do(?=\W*$|\s*[.,;!]))"
)
_SAID = re.compile(rf"(?<![\w-])(?<!\w')(?:(?P<no>{_NO})|(?P<yes>{_YES}))(?!\w|'\w)", re.IGNORECASE)
_EAST = re.compile(
    r"^\W*(?:(?P<no>不是|不对|不會|不会|否|没有|いいえ|違|아니)|(?P<yes>是|对|對|はい|네|예))"
)
_ENDS = re.compile(r"\s*(?:[.,;:!?…)\"'\n—–-]|$)")
_READS_ON = re.compile(
    r"\s+(?:i|i'm|i'd|it|it's|that|that's|this|not|never|because|thanks|sir|but|way|no|yes"
    r"|(?:with|to) (?:this|that|it|the))\b",
    re.I,
)
_CORRECTED = re.compile(
    r"(?:\b(?:wait|sorry|actually|rather|i mean|well|hmm|hold on|on second thoughts?|scratch that"
    r"|correction|or)\b[\s,.:;!…—–-]*|(?:\.\.\.|…)\s*)+$",
    re.IGNORECASE,
)
_BOTH = re.compile(
    r"\b(?:yes|yeah|true) (?:and|or) (?:no|false)\b|\b(?:no and yes|ja und nein|sí y no|oui et non|"
    r"ni sí ni no|jein)\b|\byes/no\b",
    re.IGNORECASE,
)
_HALF = re.compile(r"\b(?:partly|partially|somewhat|half|sometimes)\s$", re.IGNORECASE)
_UNSURE = re.compile(
    r"\b(?:maybe|perhaps|sometimes|it depends|depends|partly|partially|somewhat|kind of|sort of|"
    r"occasionally|hard to say|neither|vielleicht|manchmal|a veces|parfois|possibly)\b",
    re.IGNORECASE,
)

Answer = Literal["yes", "no"]


def read_yes_no(answer: str) -> Reading:
    """``yes`` or ``no``: what the answer begins with, or announces, or says in one place alone.

    A later word against the first counts only where it corrects ("Yes. Wait, no"). "Eyes" and
    "know" are neither, "yes and no" and "it depends" are unparsed (``unsure``), and so is whatever
    tells about the person without saying yes or no (``none``): that is never guessed.
    """
    text = _IDIOM.sub(lambda idiom: " " * len(idiom[0]), plain(answer))
    if not re.search(r"\w", plain(answer)):
        return Reading(unparsed="empty")
    if east := _EAST.match(text):
        return Reading(said=("no" if east["no"] else "yes",))
    if _BOTH.search(text[:400]):
        return Reading(unparsed="unsure")
    said = _said(text)
    if not said:
        if refused(text):
            return Reading(unparsed="refused")
        return Reading(unparsed="unsure" if _UNSURE.search(text[:200]) else "none")
    return said


def _said(text: str) -> Reading | None:
    spoken: list[tuple[int, int, Answer]] = [
        (match.start(), match.end(), "no" if match["no"] else "yes")
        for match in _SAID.finditer(text)
        if _stands_alone(text, match)
    ]
    return None if not spoken else _verdict(text, spoken)


def _verdict(text: str, spoken: list[tuple[int, int, Answer]]) -> Reading | None:
    for end in reversed(announcements(text)):
        after = [(start, word) for start, _, word in spoken if start >= end]
        if after and not re.search(r"\w", text[end : after[0][0]]):
            return Reading(said=(after[0][1],))
    first_start, first_end, said = spoken[0]
    led = len(re.findall(r"\w+", text[:first_start])) <= 3
    for (_, end, _), (start, _, word) in pairwise(spoken):
        if _CORRECTED.search(text[end:start]) and word != said:
            said = word
    if led or (len({word for _, _, word in spoken}) == 1 and _is_near(text, first_end)):
        return Reading(said=(said,))
    return Reading(unparsed="unsure") if _is_near(text, first_end) else None


def _is_near(text: str, end: int) -> bool:
    """Whether it is said early enough to be the answer to the question."""
    return len(re.findall(r"\w+", text[:end])) <= 40


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether the word answers, and does not belong to what follows: "no fear", "true north"."""
    if " " in match[0] or "'" in match[0]:
        return not re.match(r"\s+(?:that|in|only|for (?!me))\b", text[match.end() :], re.IGNORECASE)
    if _HALF.search(text[: match.start()]):
        return False
    if denied(text[: match.end()], *match.span()):
        return False
    return (
        _ENDS.match(text, match.end()) is not None or _READS_ON.match(text, match.end()) is not None
    )
