"""The simulacrum answers scenarios: motive, emotion, approach, behaviour (paper, Section 5.2).

Its best friend asks, in the same words for all methods. A large model answers in one form; a small
one says four short lines, one after the other, from the same working memory. What can't be used
(nothing at all, not about oneself, the same line twice) is marked, and nothing put in its place.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from simulacra.biography.repeats import phrases, plain
from simulacra.characters import TENDENCIES
from simulacra.cognition import Method, Simulacrum, Trace, script
from simulacra.cognition.agents import top
from simulacra.cognition.events import Considered
from simulacra.cognition.recorder import Recorder
from simulacra.cognition.state import SessionState
from simulacra.errors import SimulacraError
from simulacra.evaluation.asking import MakeRecorder, seed_of
from simulacra.evaluation.observer import PARTS, Parts, Response
from simulacra.evaluation.running import first_of
from simulacra.evaluation.scenarios import Scenario
from simulacra.inference import Prompt, Sampling, Template, Usage

ASKED = Template("Imagine this, as if it happened to you: {scenario}", name="scenario")

FORM = Template(
    """\
Task: I tell my friend how it would be with me there: four parts, each in the first person and in \
one or two sentences.
- motive: what moves me in this, what I want or what matters to me.
- emotion: what I feel.
- approach: how I go about it, and why so.
- behaviour: what I do and say in the end.
""",
    name="scenario form",
)

LINES: Mapping[str, tuple[Template, tuple[str, ...]]] = {
    "motive": (
        Template("{asked} What matters to you there?", name="motive line"),
        ("I want", "I'd want", "I don't want", "I care"),
    ),
    "emotion": (
        Template("{asked} And how do you feel?", name="emotion line"),
        ("I feel", "I'd feel", "I'm", "I'd be"),
    ),
    "approach": (
        Template("{asked} How do you go about it?", name="approach line"),
        ("I would", "I'd", "First I", "I try"),
    ),
    "behaviour": (
        Template("{asked} And what do you do in the end?", name="behaviour line"),
        ("In the end I", "Then I", "I'd"),
    ),
}
"""What a small model is asked for each part, and how its line may begin."""

TEMPLATES = (ASKED, FORM, *(template for template, _ in LINES.values()))
ATTEMPTS = 3

SAME = 10
"""So many words in a row that stand in two parts make them the same."""

WARMER = 0.4
"""How much is added to the temperature of a line that is asked again: it must not come the same."""

ANSWERING = Sampling(temperature=0.7, top_p=0.95, max_tokens=500)
_LINE = r"""
root ::= " "? open rest (" " sent)?
rest ::= [,]? " " ch ch ch ch ch ch ch ch+ [.!?]
sent ::= [A-Z] ch+ [.!?]
ch ::= [a-zA-Z0-9 ,'-]
open ::= """
_FIRST_PERSON = re.compile(r"\b(?:i|me|my|mine|myself|we|us|our)\b", re.IGNORECASE)


def _about_oneself(text: str) -> str:
    text = " ".join(text.split())
    if not _FIRST_PERSON.search(text):
        raise ValueError("write it in the first person, about yourself")
    return text


Line = Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_about_oneself)]


class ScenarioAnswer(BaseModel):
    """The form that a large model fills in."""

    motive: Line
    emotion: Line
    approach: Line
    behaviour: Line


@dataclass(frozen=True)
class Answered:
    """A response with the trace of how it came about, and what that took."""

    response: Response
    trace: Trace
    usage: Usage
    seconds: float


async def answer(
    who: Simulacrum, scenario: Scenario, seed: int, recorder: MakeRecorder = Recorder
) -> Answered:
    """Ask one scenario, as at the beginning of a conversation.

    Raises:
        ModelError: the model could not be asked.
    """
    asked = ASKED.fill(scenario=scenario.text)
    mind, calls = await who.mind(), recorder(seed_of(seed, scenario.id))
    considered: Considered | None = None
    async for event in mind.consider(who.scene(asked, free=True), SessionState(), calls):
        if isinstance(event, Considered):
            considered = event
    assert considered is not None, "a mind ends its work with what it considered"
    respond = _lines if who.model.small else _form
    parts, why = await respond(who, considered, asked, calls)
    steps = {"steps": tuple(calls.steps), "notes": tuple(calls.notes)}
    return Answered(
        response=Response(scenario=scenario.id, method=who.method, parts=parts, why=why),
        trace=considered.trace.model_copy(update=steps),
        usage=calls.usage,
        seconds=round(calls.seconds, 4),
    )


async def answer_all(
    people: Mapping[Method, Simulacrum],
    scenarios: Sequence[Scenario],
    seed: int,
    report: Callable[[Answered], None] = lambda _: None,
    recorder: MakeRecorder = Recorder,
) -> list[Answered]:
    """Ask every method every scenario, so many at once as the model can do with.

    They come back by method, then scenario.

    Raises:
        ModelError: the model could not be asked.
    """
    gate = asyncio.Semaphore(max(1, min(who.model.concurrency for who in people.values())))

    async def one(who: Simulacrum, scenario: Scenario) -> Answered:
        async with gate:
            answered = await answer(who, scenario, seed, recorder)
            report(answered)
            return answered

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(one(who, scenario))
                for who in people.values()
                for scenario in scenarios
            ]
    except* SimulacraError as several:
        raise first_of(several) from None
    return [task.result() for task in tasks]


def choose_scenarios(scenarios: Sequence[Scenario], count: int, seed: int) -> tuple[Scenario, ...]:
    """Draw scenarios that spread over the tendencies: each next one elicits the least asked.

    Raises:
        SimulacraError: there are not so many.
    """
    if not 0 < count <= len(scenarios):
        raise SimulacraError(
            f"{count} scenarios can't be drawn from {len(scenarios)}.",
            f"Ask for 1 to {len(scenarios)}, or give a file with more.",
        )
    draw = Random(f"{seed}/scenarios")
    left, chosen = draw.sample(scenarios, len(scenarios)), list[Scenario]()
    asked = dict.fromkeys(TENDENCIES, 0)
    while len(chosen) < count:
        best = min(left, key=lambda one: sum(asked[tendency] for tendency in one.elicits))
        left.remove(best)
        chosen.append(best)
        for tendency in best.elicits:
            asked[tendency] += 1
    return tuple(chosen)


async def _form(
    who: Simulacrum, mind: Considered, asked: str, calls: Recorder
) -> tuple[Parts | None, str]:
    """All four parts at once, where the turn would answer in words."""
    del asked
    seen = mind.trace
    opened = top.respond(mind.scene, mind.hints, mind.also, seen.thought, seen.emotion)
    prompt = Prompt(
        system=opened.system,
        user=f"{opened.user}{FORM.fill()}",
        digest=FORM.digest,
        examples=opened.examples,
    )
    filled = await calls.fill("respond", who.model, prompt, ScenarioAnswer, ANSWERING)
    if filled is None:
        return None, calls.notes[-1]
    parts = Parts(**filled.model_dump())
    if repeated := _repeated(parts.model_dump()):
        return None, f"respond: {repeated}"
    return parts, ""


async def _lines(
    who: Simulacrum, mind: Considered, asked: str, calls: Recorder
) -> tuple[Parts | None, str]:
    """Four lines one after the other; each sees those before it, unless it is asked again."""
    said: dict[str, str] = {}
    name = who.character.name.split()[0]
    for part in PARTS:
        template, openings = LINES[part]
        grammar = _LINE + " | ".join(f'"{opening}"' for opening in openings)
        before = [f"{name} says: {text}" for text in said.values()]
        for attempt in range(ATTEMPTS):
            scene = replace(
                mind.scene,
                free=False,
                stimulus=template.fill(asked=asked),
                conversation="\n".join(filter(None, (mind.scene.conversation, *before))),
            )
            prompt, how = script.respond(scene, mind.hints)
            warmer = how.temperature + attempt * WARMER
            how = replace(how, temperature=warmer, extra={**how.extra, "grammar": grammar})
            text = await calls.write("respond", who.model, prompt, how) or ""
            if not (wrong := _wrong(text, said)):
                said[part] = text
                break
            calls.notes.append(f"respond: {part}: {wrong}")
            calls.seed += 1
            before = []  # what stands before it is what it says again
        else:
            return None, calls.notes[-1]
    return Parts(**said), ""


def _wrong(text: str, said: Mapping[str, str]) -> str:
    """Why a line can't be used; nothing if it can."""
    if not text:
        return "nothing came"
    if not _FIRST_PERSON.search(text):
        return "it is not in the first person"
    return _repeated({**said, "": text})


def _repeated(parts: Mapping[str, str]) -> str:
    """Whether two parts are the same, but for how they begin or end."""
    pairs = combinations(parts.values(), 2)
    same = any(plain(a) == plain(b) or phrases(a, SAME) & phrases(b, SAME) for a, b in pairs)
    return "two parts are the same" if same else ""
