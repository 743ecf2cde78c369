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
from simulacra.cognition.weighing import MEMORIES, THRESHOLD, Reminded, evidence
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


def choose(kind: Kind, judged: Sequence[Judged], threshold: float = THRESHOLD) -> Reading:
    """What is chosen, by the evidence for each option; how many are right plays no part.

    Of a single choice the option with the most evidence, unparsed (``several``) where two share it.
    Of a multiple one all whose evidence is above the threshold, unparsed (``none``) where there is
    none. A statement is answered yes where its evidence is above the threshold, else no.

    Raises:
        ValueError: nothing was judged.
    """
    found = {one.option: evidence(one.own, one.baseline, one.familiarity) for one in judged}
    if not found:
        raise ValueError("nothing was judged")
    chosen = tuple(option for option, size in found.items() if size > threshold)
    if kind == "yes_no":
        return Reading(("yes",) if chosen else ("no",))
    if kind == "single":
        best = tuple(option for option, size in found.items() if size == max(found.values()))
        return Reading(best) if len(best) == 1 else Reading(unparsed="several")
    return Reading(chosen) if chosen else Reading(unparsed="none")
