"""How a text is told: in the first or third person, in the past or the present.

Rules over words, no grammar: they look at pronouns and the verbs beside them, outside of
quotations, and keep silent where they can't be sure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from simulacra.biography.sentences import sentences
from simulacra.biography.text import excerpt, narrated, paragraphs

Person = Literal["first", "third"]
Tense = Literal["past", "present"]

_FIRST = re.compile(
    r"(?<!War )(?<!Part )(?<!Act )(?<!type )\b(?:I(?:'|’|\b)(?![.)])|[Mm]e\b|[Mm]y\b|[Mm]yself\b)"
)
_THIRD = re.compile(r"\b(?:she|he|her|his|him|hers|herself|himself)\b", re.IGNORECASE)

_REGULAR = [
    "walk", "look", "want", "work", "live", "love", "like", "start", "move", "turn", "remember",
    "watch", "need", "try", "play", "learn", "help", "wait", "hope", "wish", "believe", "wonder",
    "smile", "laugh", "cry", "notice", "open", "close", "reach", "return", "arrive", "cook",
    "clean", "wash", "carry", "call", "visit", "follow", "pass", "remain", "stay", "seem",
    "appear", "decide", "realize", "ask", "listen", "nod", "pull", "push", "step",
]  # fmt: skip
_IRREGULAR = {
    "am": "was", "are": "were", "have": "had", "do": "did", "go": "went", "see": "saw",
    "feel": "felt", "think": "thought", "know": "knew", "take": "took", "make": "made",
    "get": "got", "come": "came", "say": "said", "tell": "told", "find": "found", "give": "gave",
    "keep": "kept", "hold": "held", "begin": "began", "sit": "sat", "stand": "stood", "run": "ran",
    "hear": "heard", "spend": "spent", "wake": "woke", "eat": "ate", "drink": "drank",
    "sleep": "slept", "write": "wrote", "teach": "taught", "leave": "left", "drive": "drove",
    "ride": "rode", "bring": "brought", "buy": "bought", "sell": "sold", "pay": "paid",
    "meet": "met", "grow": "grew", "fall": "fell", "feed": "fed", "lead": "led", "lose": "lost",
    "win": "won", "build": "built", "catch": "caught", "choose": "chose", "draw": "drew",
    "break": "broke", "speak": "spoke", "throw": "threw", "wear": "wore", "hide": "hid",
    "send": "sent", "shake": "shook", "rise": "rose", "understand": "understood", "sing": "sang",
    "swim": "swam", "fly": "flew", "fight": "fought", "forget": "forgot", "become": "became",
}  # fmt: skip
_BASE = frozenset({*_REGULAR, *_IRREGULAR})
_THIRD_S = frozenset(
    {"is", "has", "does", "goes", "watches", "washes", "teaches", "catches", "reaches", "wishes",
     "passes", "pushes", "carries", "cries", "tries", "flies"}
    | {f"{verb}s" for verb in _BASE - {"am", "are", "have", "do", "go"}}
)  # fmt: skip
_PAST = frozenset(
    {*_IRREGULAR.values(), "would", "could", "lay", "hung", "knelt", "lit", "meant", "rang", "sank",
     "shot", "slid", "sought", "spun", "stuck", "struck", "swept", "swung", "tore", "wept", "stole"}
)  # fmt: skip
_NO_VERB = frozenset({
    "was", "his", "this", "as", "always", "sometimes", "perhaps", "besides", "less", "unless",
    "its", "us", "plus", "yes",
})  # fmt: skip
_CLAUSE = re.compile(
    r"\b(?P<subject>I|[Ss]he|[Hh]e|[Ww]e|[Tt]hey|[A-Z][a-z]+)"
    r"(?P<short>['’](?:s|m|re|ve|d)\b)?"
    r"(?: (?:never|always|often|also|then|now|just|only|soon|rarely|seldom|\w+ly))?"
    r" (?P<verb>[a-z]+)\b"
)
_NOW = re.compile(
    r"\b(?:still|today|nowadays|these days|to this day|currently|at present|so far|ever since"
    r"|lives? (?:in|at|with|on|there|alone)|is (?:now )?(?:\d\d|\w+-\w+) years old)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Telling:
    """The person and the tense in which a text is told; ``None`` where the words don't show it."""

    person: Person | None = None
    tense: Tense | None = None


OPEN = Telling()


@lru_cache(maxsize=64)
def telling(text: str) -> Telling:
    """How a text is told, by what most of its words say."""
    past = present = 0
    for paragraph in paragraphs(text):
        before, now, _ = _tenses(paragraph)
        past, present = past + before, present + now
    tense: Tense | None = None
    if past + present >= 3:
        tense = "past" if past >= present else "present"
    return Telling(narration(text), tense)


def narration(text: str) -> Person | None:
    """The person in which a text is told: pronouns outside of quotations.

    First person where one word of a hundred or more is an "I", "me" or "my"; else third person
    where it has a "she" or "he".
    """
    plain = " ".join(narrated(paragraph) for paragraph in paragraphs(text))
    first = len(_FIRST.findall(plain))
    if first >= 2 and first * 100 >= len(plain.split()):
        return "first"
    return "third" if _THIRD.search(plain) else None


def person_slips(paragraph: str, told: Person) -> str:
    """What shows that a paragraph is told in another person than ``told``; usually nothing.

    In the third person every "I" outside of a quotation does. In the first person nothing
    short does, for a paragraph may be about others: only sixty words without any "I" or "we".
    """
    plain = narrated(paragraph)
    if told == "third":
        for sentence in sentences(plain):
            if match := _FIRST.search(sentence):
                return excerpt(sentence, match.start())
        return ""
    mine = re.search(r"\b(?:we|us|our|ours)\b", plain, re.IGNORECASE) or _FIRST.search(plain)
    if mine or len(plain.split()) < 60 or len(_THIRD.findall(plain)) < 3:
        return ""
    return excerpt(paragraph)


def tense_slips(paragraph: str, told: Tense) -> str:
    """What shows that a paragraph is told in another tense than ``told``; usually nothing.

    Sentences of what lasts ("She still lives there") do not count. A past story slips where three
    clauses are in the present and they are no fewer than those in the past, or four follow each
    other; a present one where five are in the past and none is in the present.
    """
    past, present, run = _tenses(paragraph)
    if told == "present":
        return excerpt(paragraph) if past >= 5 and not present else ""
    if (present >= 3 and present >= past) or len(run) >= 4:
        return excerpt(run[0] if run else paragraph)
    return ""


def _tenses(paragraph: str) -> tuple[int, int, list[str]]:
    """Clauses in the past, in the present, and the longest run of the latter, as sentences."""
    past = present = 0
    run: list[str] = []
    longest: list[str] = []
    for sentence in sentences(narrated(paragraph)):
        lasting = _NOW.search(sentence)
        for match in _CLAUSE.finditer(sentence):
            tense = _tense(match["subject"], match["short"] or "", match["verb"])
            if tense == "past":
                past, run = past + 1, []
            elif tense == "present" and not lasting:
                present += 1
                run = [*run, sentence]
                longest = max(longest, run, key=len)
    return past, present, longest


def _tense(subject: str, short: str, verb: str) -> Tense | None:
    pronoun = subject.casefold()
    singular = pronoun in ("she", "he")
    if short:
        if pronoun not in ("i", "she", "he", "we", "they"):
            return None  # a possessive
        return "past" if short.endswith("d") else "present"
    if verb in _PAST or (verb.endswith("ed") and verb not in ("need", "feed", "seed", "speed")):
        return "past"
    if verb in _NO_VERB:
        return None
    if singular and verb.endswith("s") and not verb.endswith("ss"):
        return "present"
    if pronoun in ("i", "we", "they"):
        return "present" if verb in _BASE else None
    return "present" if verb in _THIRD_S else None
