"""Turns of phrase that decide what an answer means: refusing, denying, correcting, announcing."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONLY = re.compile(
    r"\bnot (?:only|just|merely)\b|\bno (?:doubt|question)\b|\bwithout (?:a )?doubt\b|\bwhy not\b"
    r"|\bnone other than\b|\bnothing but\b|\bno ?(?:one|body) (?:else )?but\b"
    r"|(?:\bnever|\bnot|n't) (?:ever )?(?:forget|deny|help but|until)\b|\bnot (?:going to )?lie\b"
    r"|\b(?:won't|can't) (?:lie|forget|deny)\b|(?:\bnot|n't) (?:leave out|do without|live"
    r" without)\b"
    r"|(?:\bnot|n't|\bnever)\b[^.,;]{0,20}\b(?:anything but|(?:more|less|fewer) than)\b",
    re.IGNORECASE,
)
"""Negations that deny nothing."""

_REFUSED = re.compile(
    r"\b(?:rather|prefer|like|want|going|wish|able) (?:not|to not)(?: to)? "
    r"(?:say|answer|tell|talk|choose|pick|discuss|share|go into|comment|disclose)\b"
    r"|\b(?:prefer not|rather not)\b|\bnot (?:going|able|willing|comfortable) (?:to )?"
    r"(?:say\w*|answer\w*|tell\w*|talk\w*|choos\w*|shar\w*|discuss\w*)\b"
    r"|\b(?:can't|cannot|can not|couldn't|won't|will not|don't want to|refuse to|decline to|"
    r"unable to) (?:really |possibly |honestly )?"
    r"(?:say|answer|tell|choose|pick|decide|select|assist|help|recall|remember|provide|share)\b"
    r"|\b(?:don't|do not|didn't|did not) (?:really |actually |honestly )?"
    r"(?:know|remember|recall|have (?:any |enough )?(?:idea|information|memor))"
    r"|\b(?:no|not any) (?:idea|clue|memory|recollection)\b|\bnot (?:quite |really )?(?:sure"
    r"|certain)\b"
    r"|\bas an? (?:ai|artificial|(?:large )?language model)\b|\bi(?:'m| am) (?:just |only"
    r" )?an? (?:ai|"
    r"language model|virtual)\b|\bnone of your business\b|\bno comment\b|\bi (?:decline|pass)\b"
    r"|\bnicht sagen\b|\bweiß (?:ich )?(?:es )?nicht\b|\bno (?:lo )?sé\b|\bje ne sais pas\b"
    r"|\bnon (?:lo )?so\b|\bnão sei\b|\bне знаю\b|不知道|わかりません",
    re.IGNORECASE,
)
_CAN_NOT_CHOOSE = re.compile(
    r"\b(?:can't|cannot|can not|couldn't|won't|will not|refuse to|unable to|rather not|hard to)"
    r" (?:\w+ )?(?:say|answer|tell|choose|pick|decide|select|remember|recall)\b"
    r"|\b(?:not sure|don't know|don't remember|not certain) (?:if|whether|which)\b",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    r"(?:\b(?:not|never|neither|nor|rather than|instead of|except(?: for)?|excluding|other than|"
    r"without|ruled? out|eliminated?|nicht|keine?|niet|no es|no son|no|pas|non|не)\b"
    r"|n't\b|不是|不选)"
    r"(?:\W+\w+){0,4}\W*$",
    re.IGNORECASE,
)
_ALL_BUT = re.compile(
    r"\b(?:(?:any|every)(?:thing|one|body)|all(?: of (?:them|these))?) (?:but"
    r"|except)\W+(?:\w+\W+)?$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.!?;:\n,…()]|\s[-–—]\s|\b(?:but|sondern|sino|mais|però|mas|а)\b")
_SENTENCE = re.compile(r"[.!?\n]|\bbut\b")
_VERDICT = re.compile(
    r"[^\w\n]{0,5}(?:"
    r"(?P<no>(?:(?P<joint>(?:is|are|was|were|seems?|sounds?|would be|ist|es|est)(?:n't| not| nicht|"
    r" wrong| incorrect| false| out)|(?:can|could|do|does|did)(?:n't|not| not))|"
    r"no(?=\s*(?:[.,;:!?…)\n—–-]|$))|false|wrong|incorrect|untrue|not true|falsch)\b|❌|✗|✘)"
    r"|(?P<yes>(?:(?:(?:is|are) )?(?:yes|true|correct|right|richtig))(?=\s*(?:[.,;:!?…)\n—–-]|$))"
    r"|✓|✔|✅))",
    re.IGNORECASE,
)
_WRONG_LINE = re.compile(r"\W*(?:incorrect|wrong|false|not)\b[^:\n]{0,30}:", re.IGNORECASE)
_WHAT_I_DO_NOT = re.compile(
    r"\b(?:what|those|ones) (?:that )?i (?:don't|do not|didn't|did not|never|wouldn't) "
    r"\w+(?: \w+)?\W*$",
    re.IGNORECASE,
)
_UNTICKED = re.compile(r"(?:\[\s?\]|☐)\W*$")
_TICKED = re.compile(r"(?:\[[xX✓✔]\]|☑|☒|✅)\W*$")
_CORRECTED = re.compile(
    r"(?:\b(?:no|nope|wait|sorry|rather|actually|correction|(?:scratch|strike|make) that|hold on|"
    r"i mean|i meant|on second thoughts?|chang\w+ my (?:mind|answer)(?: to)?)\b"
    r"(?:[\s,.:;!…—–-]+)(?:(?:it|that)(?:'s| is| was| should be)\s+|the answer is\s+|my \w+"
    r" \w+\s+)?"
    r"(?:an?\s+|the\s+|not\s+)?)+$",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"(?:[.,;!?…—–-]|\.\.\.)\s*(?:no\s*[,.…—–]|no wait|wait\b|scratch that|strike that"
    r"|correction\b|"
    r"(?:oh |or )?(?:sorry|rather|actually|i mean|i meant)\b,? \w|on second thought|but no\b"
    r"|or (?:was|is|maybe|perhaps|could)\b)",
    re.IGNORECASE,
)
_HELPING = r"(?:is|are|was|were|would be|will be|should be|must be|'s|:)"
_ANNOUNCED = re.compile(
    rf"\b(?:answers?|ans|choices?|options?|selections?|picks?)(?: \w+)? ?{_HELPING}\s*:?"
    r"|\bi(?:'d| would|'ll| will|'m)?(?: have to| had to| definitely| probably| gladly)? ?"
    r"(?:going to )?(?:choose|chose|pick|picked|select|selected|go (?:with|for)|opt for"
    r"|say|answer|reply)\b"
    r"|\b(?:therefore|thus|hence|in the end|in short|in conclusion)\b[,:]?"
    r"|\bantwort(?:en)?\b(?: (?:ist|sind|lautet|wäre))?:?"
    r"|\brespuestas?\b(?: \w+)?(?: (?:es|son|sería))?(?: la)?:?"
    r"|\bréponses?\b(?: \w+)?(?: (?:est|sont|serait))?:?|\brispost[ae]\b(?: \w+)?(?: (?:è|sono))?:?"
    r"|\brespostas?\b(?: \w+)?(?: (?:é|são))?:?|\bantwoord\b(?: is)?:?|\bответ\w*\b:?"
    r"|\bodpowied\w+:?"
    r"|答案(?:是|为|為)?[::]?|选择?|選擇?|答え(?:は)?|正解(?:は)?",
    re.IGNORECASE,
)
_OR = re.compile(r"\b(?:or|oder|ou|или)\b|或", re.IGNORECASE)


@dataclass(frozen=True)
class Verdict:
    """Where a verdict ends, and whether it can be on a whole list ("B and D are wrong")."""

    end: int
    joint: bool = False


def refused(text: str) -> bool:
    """Whether an answer says that it will not or can not answer."""
    return _REFUSED.search(text) is not None


def denied(text: str, start: int, end: int) -> bool:
    """Whether what stands there is said to be wrong: "not B", "B is wrong", "anything but B"."""
    left = _ONLY.sub("", text[max(0, start - 160) : start])
    if _UNTICKED.search(left) or _ALL_BUT.search(left) or _WHAT_I_DO_NOT.search(left):
        return True
    if _WRONG_LINE.match(text, text.rfind("\n", 0, start) + 1, start):
        return True
    if _CAN_NOT_CHOOSE.search(_SENTENCE.split(left)[-1]):
        return True
    if _DENIED_BEFORE.search(_CLAUSE.split(left)[-1]):
        return True
    verdict = _VERDICT.match(text, end)
    return verdict is not None and verdict["no"] is not None


def judged(text: str, start: int, end: int) -> Verdict | None:
    """The verdict on what stands there ("B: yes", "[x] B", "B is wrong"); ``None`` without one."""
    if verdict := _VERDICT.match(text, end):
        return Verdict(verdict.end(), joint=verdict["joint"] is not None)
    left = text[max(0, start - 8) : start]
    return Verdict(end) if _UNTICKED.search(left) or _TICKED.search(left) else None


def corrects(between: str) -> bool:
    """Whether the words before something take back what stood before them: "no, wait, ..."."""
    return _CORRECTED.search(between[-80:]) is not None


def taken_back(rest: str) -> bool:
    """Whether the words after something take it back."""
    return _TAKEN_BACK.search(_ONLY.sub("", rest)) is not None


def alternatives(between: str) -> bool:
    """Whether the words between two things make them alternatives."""
    return _OR.search(between) is not None


def announcements(text: str) -> list[int]:
    """Where the words that announce an answer end: "the answer is", "I choose", "答案是"."""
    return [match.end() for match in _ANNOUNCED.finditer(text)]
