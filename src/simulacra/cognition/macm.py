"""The Multi-Agent Cognitive Mechanism: one turn, from stimulus to response (paper, Figure 3).

    reflect    the Top Agent: key elements of the stimulus, and a query for memory
    recall     the Memory Agent: memories of the life and of this conversation
    think      the Thinking Agent  ┐ at the same time, from the same scene
    feel       the Emotion Agent   ┘
    respond    the Top Agent, from working memory alone
    remember   the Memory Agent; see ``Simulacrum``, which does it for every method

In the preset ``paper`` each phase waits for the one before, as in the paper, and nothing is added
to it. By default recall starts on the stimulus itself, and reflection runs while others think and
feel: what it adds to memory comes before the mind in time for the answer. That takes two model
answers' time and not three. What perception sees without any model (a subject beyond her, pressure
to be somebody else, a stranger who wants to be let in) is called to mind before she answers. The
other presets leave out one part each (``cognition.ablation``).

All but the answer is ``consider``, so that one and the same working memory can answer several
times: a questionnaire shows its options in another order each time.

Small models reflect by perception alone, and their thought and feeling move the mood but are not
set before the answer, which they make worse (docs/embedded-model.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, get_args

from simulacra.cognition import script
from simulacra.cognition.ablation import Remembers
from simulacra.cognition.agents import emotion, thinking, top
from simulacra.cognition.events import Considered, Phase
from simulacra.cognition.perception import Boundary, perceive
from simulacra.cognition.recorder import Recorder
from simulacra.cognition.scene import Scene
from simulacra.cognition.state import SessionState
from simulacra.cognition.trace import Emotion, Reflection, Trace
from simulacra.cognition.weighing import MEMORIES, Reminded, Scales, Weighed, recognized, weighing
from simulacra.inference import ChatModel

Preset = Literal[
    "default", "paper", "no-reflection", "no-thinking", "no-emotion", "no-memory", "rag-memory"
]
PRESETS: tuple[Preset, ...] = get_args(Preset)


@dataclass(frozen=True)
class Macm:
    """The four agents of one person, and how they work together."""

    top_model: ChatModel
    agent_model: ChatModel
    memory: Remembers
    boundary: Boundary
    preset: Preset = "default"

    async def consider(
        self, scene: Scene, state: SessionState, calls: Recorder
    ) -> AsyncIterator[Phase | Considered]:
        """Do all before the answer: yield the phases, and last what is in working memory.

        ``scene`` comes without memories; it is the Memory Agent's to fill them in.
        """
        choices: tuple[str, ...] = ()
        if self.preset == "paper":
            yield Phase("reflect")
            reflection = await self.reflect(scene, Reflection(query=scene.stimulus), calls)
            yield Phase("recall")
            recalled = await self.memory.recall(reflection.query, state)
            scene, also, hints = scene.remembering(recalled.texts), (), ()
            yield Phase("think")
            thought, felt = await asyncio.gather(self.think(scene, calls), self.feel(scene, calls))
        else:
            yield Phase("recall")
            seen = await self.perceive(scene, state)
            recalled = await self.memory.recall(seen.query, state)
            plain = scene.free and self.top_model.small
            if plain:
                recalled = await self.memory.recall_facts(recalled, scene.stimulus)
            scene = scene.remembering(recalled.texts)
            yield Phase("think")
            if plain:
                choices = await self.weigh(scene, calls)
                reflection, thought, felt = seen, "; ".join(choices), None
            else:
                reflection, thought, felt = await asyncio.gather(
                    *(self.reflect(scene, seen, calls), self.think(scene, calls)),
                    self.feel(scene, calls),
                )
            recalled, also = await self.memory.recall_more(recalled, reflection.query, seen.query)
            hints = top.hints(reflection, scene.name, await self.memory.trait_for(reflection))

        mood = scene.mood
        if mood and felt:
            mood = mood.after(felt.feeling, felt.intensity)
        trace = Trace(
            reflection=reflection,
            memories=recalled.traced,
            thought=thought,
            emotion=felt,
            mood=mood,
        )
        yield Considered(scene, trace, recalled.rehearsed, hints, also, choices)

    def respond(self, mind: Considered, calls: Recorder) -> AsyncIterator[str]:
        """Answer from what is in working memory: the words as they come."""
        scene, seen = mind.scene, mind.trace
        if self.top_model.small:
            kind = _kind(seen.reflection) if mind.hints else None
            prompt, how = script.respond(scene, mind.hints, kind, mind.recognized)
        else:
            prompt = top.respond(scene, mind.hints, mind.also, seen.thought, seen.emotion)
            how = top.RESPONDING
        return calls.stream("respond", self.top_model, prompt, how)

    async def remind(self, text: str, most: int) -> Reminded:
        """What of her life is nearest to a text, without any thought: sentences and facts."""
        return await self.memory.recognize(text, most)

    async def perceive(self, scene: Scene, state: SessionState) -> Reflection:
        """See what needs no model to be seen; without reflection, words and nothing behind them."""
        if self.preset == "no-reflection":
            return Reflection(query=scene.stimulus)
        return await perceive(scene.stimulus, state.last_stimulus, self.boundary, scene.partner)

    async def reflect(self, scene: Scene, perceived: Reflection, calls: Recorder) -> Reflection:
        """Extract key elements and a query; what perception has seen stays seen."""
        if self.preset == "no-reflection" or (self.top_model.small and self.preset != "paper"):
            return perceived
        model, prompt = self.top_model, top.reflect(scene.remembering(()))
        answer = await calls.fill("reflect", model, prompt, top.ReflectAnswer, top.REFLECTING)
        return perceived if answer is None else answer.reflection(perceived)

    async def think(self, scene: Scene, calls: Recorder) -> str:
        """Analyse the stimulus by reason."""
        if self.preset == "no-thinking":
            return ""
        if self.agent_model.small:
            prompt, how = script.think(scene)
        else:
            prompt, how = thinking.think(scene), thinking.THINKING
        return await calls.write("think", self.agent_model, prompt, how) or ""

    async def weigh(self, scene: Scene, calls: Recorder) -> tuple[str, ...]:
        """The choices that she recognizes as true of her life, each weighed by itself.

        Nothing where there is nothing to choose.
        """
        if self.preset == "no-thinking":
            return ()
        model = self.agent_model
        scales = Scales(model, "logprobs" if model.small else "schema")
        found: dict[str, Weighed] = {}
        for choice in scene.choices:
            near = await self.memory.recognize(f"{scene.stimulus} {choice}", MEMORIES)
            bare = await calls.odds("think", scales, weighing(choice, scene.stimulus))
            own = await calls.odds("think", scales, weighing(choice, scene.stimulus, near.memories))
            if own is not None and bare is not None:
                found[choice] = Weighed(own, bare, near.familiarity)
        return recognized(found, one_of=scene.one_of)

    async def feel(self, scene: Scene, calls: Recorder) -> Emotion | None:
        """Analyse the stimulus by feeling."""
        if self.preset == "no-emotion":
            return None
        model = self.agent_model
        if model.small:
            text = await calls.write("feel", model, *script.feel(scene))
            return script.read_feeling(text) if text else None
        prompt = emotion.feel(scene)
        answer = await calls.fill("feel", model, prompt, emotion.FeelAnswer, emotion.FEELING)
        return None if answer is None else answer.emotion()


def _kind(reflection: Reflection | None) -> script.Kind | None:
    if reflection is None:
        return None
    if reflection.pressure:
        return "pressure"
    if reflection.beyond:
        return "beyond"
    return "approach" if reflection.approach else None
