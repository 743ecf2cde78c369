"""Deliberate answering: each option is weighed by itself, and a fixed rule chooses.

What a method knows stands before the question (``cognition.weighing``): nothing for none; profile,
traits and biography for prompt; besides, the three nearest chunks for rag; for macm what its Memory
Agent recalls for the option, and how familiar that is. The log odds without anything known are the
same for all methods.
"""

from __future__ import annotations

from collections.abc import Sequence

from simulacra.cognition import Simulacrum
from simulacra.cognition.identity import biography, person
from simulacra.cognition.weighing import MEMORIES, THRESHOLD, Reminded, Weighed, recognized
from simulacra.evaluation.questions import WHAT_ARE_YOU_LIKE, Question
from simulacra.evaluation.readings import Reading
from simulacra.evaluation.records import Judged, Kind


async def reminded(who: Simulacrum, question: Question, option: str) -> Reminded:
    """What the method has of the story near a question and an option, best first."""
    about = option if question.kind == "yes_no" else f"{question.about} {option}"
    return await (await who.mind()).remind(about, MEMORIES)


def self_of(who: Simulacrum) -> str:
    """What a method knows of the character at any question; macm knows what it recalls."""
    if who.method in ("none", "macm"):
        return ""
    return biography(who.character, person(who.character, instructions=""))


def asked(question: Question) -> str:
    """The question that an option answers."""
    return WHAT_ARE_YOU_LIKE if question.kind == "yes_no" else question.about


def choose(kind: Kind, judged: Sequence[Judged]) -> Reading:
    """What is chosen, by the evidence for each option; how many are right plays no part.

    Of a single choice the likeliest option, unparsed (``several``) where two are alike; of a
    multiple one all that are recognized (``cognition.weighing.recognized``). A statement is
    answered yes where it is recognized, else no.

    Raises:
        ValueError: nothing was judged.
    """
    if not judged:
        raise ValueError("nothing was judged")
    weighed = {one.option: Weighed(one.own, one.baseline, one.familiarity) for one in judged}
    if kind == "yes_no":
        return Reading(tuple("yes" if w.evidence > THRESHOLD else "no" for w in weighed.values()))
    chosen = recognized(weighed, one_of=kind == "single")
    if kind == "single" and len(chosen) > 1:
        return Reading(unparsed="several")
    return Reading(chosen)
