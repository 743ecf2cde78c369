"""An interview: questions to one simulacrum in one way of answering, and a record of each answer.

What does not depend on the order of options is prepared once for a question and serves all its
repeats: inner steps in the free way, judgements of options in the deliberate one. It counts for
repeat 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from simulacra.cognition import Simulacrum
from simulacra.cognition.recorder import Recorder
from simulacra.cognition.weighing import FITS, Scales, weighing
from simulacra.errors import AnswerError
from simulacra.evaluation.asking import Inner, MakeRecorder, consider, say, seed_of
from simulacra.evaluation.deliberation import asked, choose, reminded, self_of
from simulacra.evaluation.options import Shuffled
from simulacra.evaluation.questions import Question
from simulacra.evaluation.readings import Reading
from simulacra.evaluation.records import AnswerRecord, Judged, JudgedBy, Way
from simulacra.inference import Answer, Usage


@dataclass(frozen=True)
class Judgements:
    """The options of a question, judged once; a note where one could not be."""

    judged: tuple[Judged, ...]
    by: JudgedBy
    usage: Usage
    seconds: float
    notes: tuple[str, ...] = ()


Prepared: TypeAlias = Inner | Judgements


@dataclass
class Interview:
    """Questions to ``who``. ``await Interview.begin(…)`` makes one."""

    who: Simulacrum
    way: Way
    seed: int
    scales: Scales | None = None
    recorder: MakeRecorder = Recorder
    _baselines: dict[tuple[str, str], Answer[float]] = field(
        default_factory=dict[tuple[str, str], Answer[float]]
    )

    @classmethod
    async def begin(
        cls,
        who: Simulacrum,
        way: Way,
        seed: int,
        *,
        recorder: MakeRecorder = Recorder,
    ) -> Interview:
        """Get ready; deliberate answering asks first whether the model gives log-probabilities.

        Raises:
            ModelError: the model could not be asked.
        """
        scales = await Scales.of(who.model) if way == "deliberate" else None
        return cls(who, way, seed, scales, recorder)

    def deliberates(self, question: Question) -> bool:
        """Whether the question's options are judged one by one; a cloze has none."""
        return self.scales is not None and bool(question.options)

    @property
    def agent_model(self) -> str | None:
        """The inner agents' model; ``None`` for a method that has no such agents."""
        return self.who.agent_model.name if self.who.method == "macm" else None

    async def calibrate(self, questions: Sequence[Question]) -> None:
        """Judge options without the person before any with: prompts with one prefix in a row.

        A small server keeps one prefix in mind; it is not to change with every call.
        """
        for question in filter(self.deliberates, questions):
            for option in question.options:
                await self._baseline(question, option)

    async def prepare(self, question: Question) -> Prepared:
        """Do what serves all repeats of a question.

        Raises:
            ModelError: the model could not be asked.
        """
        if self.deliberates(question):
            return await self._judge(question)
        return await consider(self.who, question, self.seed, self.recorder)

    async def answer(self, question: Question, prepared: Prepared, repeat: int) -> AnswerRecord:
        """Answer a question as it is shown at a repeat.

        Raises:
            ModelError: the model could not be asked.
        """
        shown = question.shown(self.seed, repeat)
        if isinstance(prepared, Judgements):
            return self._decided(question, prepared, shown)
        words = question.words(shown)
        said = await say(self.who, question, prepared, words, self.seed, repeat, self.recorder)
        first = repeat == 0
        return self._record(
            question,
            shown,
            said.text,
            question.read(shown, said.text),
            usage=prepared.usage + said.usage if first else said.usage,
            seconds=prepared.seconds + said.seconds if first else said.seconds,
            digest=said.prompt_digest,
            notes=(*prepared.notes, *said.notes),
            memories=tuple(dict.fromkeys(m.id for m in prepared.considered.trace.memories)),
        )

    async def _baseline(self, question: Question, option: str) -> Answer[float]:
        assert self.scales is not None
        key = (question.id, option)
        if key not in self._baselines:
            prompt = weighing(option, asked(question))
            seed = seed_of(self.seed, question.id)
            self._baselines[key] = await self.scales.log_odds(prompt, seed)
        return self._baselines[key]

    async def _judge(self, question: Question) -> Judgements:
        assert self.scales is not None
        judged: list[Judged] = []
        usage, seconds = Usage(), 0.0
        option = ""
        try:
            for option in question.options:
                nobody = await self._baseline(question, option)
                near = await reminded(self.who, question, option)
                prompt = weighing(option, asked(question), near.memories, self_of(self.who))
                own = await self.scales.log_odds(prompt, seed_of(self.seed, question.id))
                judged.append(
                    Judged(
                        option=option,
                        own=own.value,
                        baseline=nobody.value,
                        familiarity=near.familiarity,
                        near=tuple(memory.id for memory in near.memories),
                    )
                )
                usage += nobody.usage + own.usage
                seconds += nobody.seconds + own.seconds
        except AnswerError as error:
            notes = (f"{option}: {error.what}",)
            return Judgements((), self.scales.by, usage, round(seconds, 4), notes)
        return Judgements(tuple(judged), self.scales.by, usage, round(seconds, 4))

    def _decided(self, question: Question, made: Judgements, shown: Shuffled) -> AnswerRecord:
        reading = Reading(unparsed="none")
        if made.judged:
            reading = choose(question.kind, made.judged)
        if shown.options and reading.said:
            reading = Reading(tuple(option for option in shown.options if option in reading.said))
        letters = shown.letters_of(reading.said) if shown.options else reading.said
        first = shown.repeat == 0
        return self._record(
            question,
            shown,
            ", ".join(letters),
            reading,
            usage=made.usage if first else Usage(),
            seconds=made.seconds if first else 0.0,
            digest=FITS.digest,
            notes=made.notes,
            made=made,
        )

    def _record(
        self,
        question: Question,
        shown: Shuffled,
        answer: str,
        reading: Reading,
        *,
        usage: Usage,
        seconds: float,
        digest: str,
        notes: tuple[str, ...],
        memories: tuple[str, ...] = (),
        made: Judgements | None = None,
    ) -> AnswerRecord:
        who = self.who
        return AnswerRecord(
            character=who.character.slug,
            method=who.method,
            model=who.model.name,
            agent_model=self.agent_model,
            task=question.task,
            way=self.way,
            repeat=shown.repeat,
            item=question.id,
            kind=question.kind,
            question=question.about,
            options_shown=shown.options,
            order=shown.order,
            answer=answer,
            reading=reading,
            expected=question.expected,
            score=question.score(reading),
            possible=question.possible,
            usage=usage,
            seconds=round(seconds, 4),
            prompt_digest=digest,
            judged=made.judged if made else (),
            judged_by=made.by if made else None,
            same_as=0 if made and shown.repeat else None,
            statement=question.statement,
            memories=memories,
            notes=notes,
        )
