"""What judges are told before they begin: consent, instructions, a worked example, practice.

The examples are about nobody in any study, and from no scenario that is asked.
"""

from __future__ import annotations

from typing import NamedTuple

from simulacra.evaluation.observer import Parts, Role, Stage
from simulacra.evaluation.observer_desk import (
    DescribeView,
    FitView,
    LikenessView,
    View,
    WriteView,
)

CONSENT = (
    "You are asked to judge how a computer-generated, fictional person answers situations of "
    "everyday life.",
    "Taking part is voluntary. You may stop at any time, without a reason and without any "
    "disadvantage.",
    "We keep what you write and score, when you did so, and for how long a life story was read. We "
    "keep no name and no address: in the results you are a number.",
    "What you write may be shown, without your number, to other judges of the same study, and may "
    "be quoted in a publication. Please write nothing that tells who you are.",
)
"""What a judge agrees to, in paragraphs."""


class Example(NamedTuple):
    """A task with a judgement of it, and why it is a good one."""

    view: View
    value: str | float
    why: str


class Guidance(NamedTuple):
    """All that a judge of a role is told at a stage; ``practice`` is not kept."""

    title: str
    instructions: tuple[str, ...]
    example: Example
    practice: View


_BUS = (
    "The last bus home drives past your stop without halting. It rains, and the only other person "
    "at the stop begins to shout after it."
)
_KEY = (
    "You find a key in the pocket of a coat that you bought second-hand. A label on it has the "
    "name of a house two streets away."
)
_NAME = "Ada Quill"
_PLANNER = Parts(
    motive="I want to get home dry, and I want to know what went wrong.",
    emotion="I'm cross for a minute, mostly because nobody planned for this.",
    approach="I'd look up the next line and count how long each way takes.",
    behaviour="I walk to the tram stop under my umbrella and write to the bus company.",
)
_FINDER = Parts(
    motive="I'd love to know who lived with this key.",
    emotion="I feel like a child with a secret.",
    approach="I go there slowly and look at the house first.",
    behaviour="I ring the bell and give the key to whoever opens, and ask about it.",
)
_DESCRIPTION = (
    "Orderly and self-reliant: looks for causes and for the most sensible way out, shows little of "
    "the anger, and pays no attention to the other person."
)

_GUIDANCE: dict[tuple[Role, Stage], Guidance] = {
    ("blind", 1): Guidance(
        title="Describe who answers",
        instructions=(
            "You see a situation, and how somebody said they would feel and act in it. Describe "
            "the personality that shows: what moves this person, how they feel, how they deal "
            "with things and with people.",
            "Go by this answer alone. Answers to one situation come from several respondents; "
            "whether any is of the same person as another does not matter.",
            "Two to five sentences are enough. There is no right answer.",
        ),
        example=Example(
            DescribeView(task="example", place=1, of=1, scenario=_BUS, response=_PLANNER),
            _DESCRIPTION,
            "It says what the answer shows and leaves out what it does not, such as age or work.",
        ),
        practice=DescribeView(task="practice", place=1, of=1, scenario=_KEY, response=_FINDER),
    ),
    ("story", 1): Guidance(
        title="Read a life, and answer in its place",
        instructions=(
            "Read the life story carefully; you can come back to it at any time.",
            "Then you see situations. Write how you would feel and what you would do if you were "
            "this person: what moves you, what you feel, how you go about it, what you do.",
            "Write in the first person, four to eight sentences. Answer as the person would, not "
            "as you would yourself.",
        ),
        example=Example(
            WriteView(task="example", place=1, of=1, name=_NAME, scenario=_BUS),
            "I want to be home before the rain gets worse. I'm annoyed, but I don't show it. I "
            "look at the plan for another line, and since there is one in ten minutes from the "
            "square I offer the other one half of my umbrella and walk.",
            "Motive, feeling and deed can all be told from it.",
        ),
        practice=WriteView(task="practice", place=1, of=1, name=_NAME, scenario=_KEY),
    ),
    ("blind", 2): Guidance(
        title="Compare answers",
        instructions=(
            "You see a situation, one answer to it, and what people wrote as they think that a "
            "certain person would answer. Score how like the first answer is to theirs in motives, "
            "feelings and actions; length and style do not count.",
            "0 is not alike at all, 1 hardly, 2 rather not, 3 rather, 4 much, 5 entirely. Halves "
            "are allowed. If the people differ, score what stands between them.",
        ),
        example=Example(
            LikenessView(
                task="example",
                place=1,
                of=1,
                scenario=_BUS,
                response=_PLANNER,
                people=(
                    "I'd be annoyed and look for another line. I share my umbrella with the other "
                    "one and walk to the tram.",
                ),
            ),
            3.5,
            "The way out and the annoyance are the same; the umbrella that is shared is missing.",
        ),
        practice=LikenessView(
            task="practice",
            place=1,
            of=1,
            scenario=_KEY,
            response=_FINDER,
            people=("I put the key back into the pocket. It is none of my business.",),
        ),
    ),
    ("story", 2): Guidance(
        title="Score descriptions",
        instructions=(
            "You see a situation and how somebody, who does not know the life story, described the "
            "personality of who answered it. Score how well the description fits the person whose "
            "life you read.",
            "0 is not at all, 1 hardly, 2 rather not, 3 rather, 4 well, 5 entirely. Halves are "
            "allowed. Judge whether it fits, not whether it is well written.",
        ),
        example=Example(
            FitView(
                task="example",
                place=1,
                of=1,
                name=_NAME,
                scenario=_BUS,
                description=_DESCRIPTION,
            ),
            2.5,
            "Suppose that in the life story she plans everything, but never passes by anybody who "
            "is in need: one half fits, the other does not.",
        ),
        practice=FitView(
            task="practice",
            place=1,
            of=1,
            name=_NAME,
            scenario=_KEY,
            description="Curious and warm, follows a whim and seeks the company of strangers.",
        ),
    ),
}


def guidance(role: Role, stage: Stage) -> Guidance:
    """What a judge of a role is told at a stage."""
    return _GUIDANCE[role, stage]
