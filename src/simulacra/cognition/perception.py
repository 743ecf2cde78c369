"""Perception: what can be seen in a stimulus before any model is asked.

The Top Agent's reflection starts here, at no cost: does the stimulus touch what she can't know,
does it press her to be somebody else, and what should be looked for in memory?
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulacra.characters import Knowledge
from simulacra.cognition.trace import Reflection
from simulacra.inference import Embedder, EmbeddingCache
from simulacra.memory import LongTermMemory

_REQUEST = re.compile(
    r"\b(?:(?:can|could|would|will)\s+you\s+)?(?:please\s+)?(?:do\s+)?(?:explain|tell|teach|write|"
    r"solve|translate|describe|define|show|give|help)\b(?:\s+(?:me|us|to\s+me))?"
    r"|\bdo\s+you\s+(?:know|think|understand)\b|\byou(?:'re|\s+are)\s+(?:so|such)\b[^.!?]*[.!?,]",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_MACHINE = r"(?:ai|assistant|(?:large\s+)?language\s+model|chat\s?-?bot|\w*gpt|dan|program|bot)"
PRESSURE = re.compile(
    "|".join(
        (
            r"\b(?:ignore|disregard|forget|override|bypass)\b[^.?!\n]{0,20}"
            r"\b(?:your|all|any|these|those|previous|prior|earlier|above)\b[^.?!\n]{0,20}"
            r"\b(?:instructions?|prompts?|rules|guidelines|character|persona|role)\b",
            r"\b(?:system|hidden|initial|original)\s+(?:prompt|instructions?|message)\b",
            rf"\byou(?:\s+are|'re|’re)\s+(?:(?:now|no\s+longer|really|actually|just|only)\s+)?"
            rf"(?:an?\s+)?{_MACHINE}\b",
            r"\byou\s+are\s+(?:now|no\s+longer)\s+(?:an?\s+)?(?:pirate|different|another)\b",
            rf"\b(?:act|behave|respond|answer|speak|talk)\s+(?:as|like)\s+"
            rf"(?:if\s+you\s+were\s+)?(?:an?\s+)?(?:{_MACHINE}|pirate|unrestricted)\b",
            rf"\b(?:pretend|imagine)\s+(?:to\s+be|you(?:'re|’re|\s+are))\s+(?:an?\s+)?"
            rf"(?:{_MACHINE}|unrestricted|pirate|different|another|some(?:one|body)\s+else|not)\b",
            r"\b(?:developer|debug|god|dan|jailbreak)\s+mode\b|\bjailbreak\b",
            rf"\bas\s+an?\s+{_MACHINE}\b",
            r"\b(?:drop|leave|break|stop)\s+(?:the\s+|your\s+|out\s+of\s+)?"
            r"(?:character|act|role|pretending|persona)\b",
            r"<\|?(?:system|im_start|im_end|assistant)\|?>|^\s*(?:system|assistant)\s*:",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)

APPROACH = re.compile(
    r"\b(?:come|go|walk|drive|travel|dance|dine)\s+(?:along\s+)?with\s+(?:me|us)\b"
    r"|\bjoin\s+(?:me|us)\b|\b(?:invite|inviting|invitation)\b|\bmeet\s+(?:me|us|up)\b"
    r"|\b(?:come|stay)\s+(?:over|round|by|at\s+(?:my|our))\b|\bgo\s+out\b|\bon\s+a\s+date\b"
    r"|\b(?:be|become)\s+(?:my\s+|your\s+|good\s+|best\s+)?friends?\b"
    r"|\b(?:trust|marry|kiss|hug|love)\s+me\b|\blend\s+me\b"
    r"|\byour\s+(?:address|phone|number|password|bank)\b|\bsecrets?\b",
    re.IGNORECASE,
)
CLOSE = re.compile(
    r"\b(?:friend|mother|father|mom|mum|dad|sister|brother|husband|wife|partner|aunt|uncle|cousin)\b",
    re.IGNORECASE,
)

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_COMMON = frozenset(  # words that carry no subject
    """
    a about above after again all also am an and any anything are as ask at away be because been
    before being best but by can can't could day did do does doing don't down each else even ever
    every everything few find for from get give go going good got had has have having he he's hear
    hello her here hers hey hi him his how i i'd i'll i'm i've if in into is isn't it it's its just
    know let like little long look make many maybe me mean might more most much my need never new
    next nice no not nothing now of off oh ok okay old on once one only or other our out over own
    perhaps please put really right said same say see seem she should since so some something
    sometimes soon still such take talk tell than thank thanks that that's the their them then
    there these they thing things think this those though thought time to today together told too
    two under until up us use very want was way we well went were what what's when where which
    while who whom whose why will with without won't word words work would yes yet you you'd you'll
    you're you've your yours
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Boundary:
    """The topics that a person can't know, embedded, and the memories of what she does know.

    The thresholds were found on 78 questions and tried on 36 others (docs/embedded-model.md).
    """

    topics: tuple[str, ...]
    phrases: tuple[str, ...]
    vectors: NDArray[np.float32]
    embedder: Embedder
    memory: LongTermMemory | None = None

    @classmethod
    async def of(
        cls,
        knowledge: Knowledge | None,
        embedder: Embedder,
        cache: Path | None = None,
        memory: LongTermMemory | None = None,
    ) -> Boundary:
        """Embed a character's boundary: each topic and each of its examples."""
        pairs = [
            (entry.topic, phrase)
            for entry in (knowledge.beyond if knowledge else ())
            for phrase in (entry.topic, *entry.examples)
        ]
        phrases = tuple(phrase for _, phrase in pairs)
        (vectors,) = await EmbeddingCache(embedder, cache).embed([phrases])
        return cls(tuple(topic for topic, _ in pairs), phrases, vectors, embedder, memory)

    async def touched(self, text: str) -> str:
        """The topic beyond her that a text is about, or nothing.

        An example named in the text decides. Else the text is compared with the topics (beyond)
        and with what she remembers (familiar): a question about herself must be much nearer to a
        topic than to any memory; any other is beyond her when a topic is nearer than all memories,
        or when it turns on a word that she has never met.
        """
        if not self.topics:
            return ""
        plain = " ".join(_WORD.findall(text.casefold()))
        for topic, phrase in zip(self.topics, self.phrases, strict=True):
            words = " ".join(_WORD.findall(phrase.casefold()))
            if len(words) > 4 and re.search(rf"\b{re.escape(words.rstrip('s'))}", plain):
                return topic
        sentences = [s for s in re.split(r"(?<=[.?!])\s+", text) if len(s) > 3][:12] or [text]
        vectors = await self.embedder.embed(sentences)
        likeness = vectors @ self.vectors.T
        best = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
        beyond, topic = float(likeness[best]), self.topics[best[1]]
        familiar = self.memory.familiarity(vectors) if self.memory else 0.0
        if _PERSONAL.search(_REQUEST.sub(" ", text)):
            return topic if beyond >= 0.55 and beyond - familiar >= 0.15 else ""
        if beyond >= 0.3 and beyond >= familiar:
            return topic
        strange = self._strange(text) if "?" in text and familiar < 0.45 else ""
        return (topic if beyond >= 0.3 else strange) if strange else ""

    def _strange(self, text: str) -> str:
        """The first word that tells something and stands in no memory."""
        if self.memory is None:
            return ""
        words = (word for word in _WORD.findall(text) if len(word) >= 4)
        return next(
            (w for w in words if w.casefold() not in _COMMON and not self.memory.knows(w)), ""
        )


def key_elements(text: str) -> tuple[str, ...]:
    """The words that carry a stimulus: names first, then the longer plain words, at most five."""
    words = [word for word in _WORD.findall(text) if word.casefold() not in _COMMON]
    names = [word for word in words if word[0].isupper() or word[0].isdigit()]
    rest = sorted((word for word in words if word not in names), key=len, reverse=True)
    return tuple(dict.fromkeys(names + rest))[:5]


async def perceive(stimulus: str, before: str, boundary: Boundary, partner: str = "") -> Reflection:
    """Reflect without a model.

    The query is the stimulus; where that has hardly a word to go by ("And then?"), the words
    before it come along.
    """
    elements = key_elements(stimulus)
    pressed = PRESSURE.search(stimulus)
    approached = None if CLOSE.search(partner) else APPROACH.search(stimulus)
    return Reflection(
        elements=elements,
        query=stimulus if len(elements) > 1 or not before else f"{before} {stimulus}",
        beyond=await boundary.touched(stimulus),
        pressure=pressed.group().strip() if pressed else "",
        approach=approached.group().strip() if approached else "",
    )
