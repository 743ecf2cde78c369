"""A biography grows into a life story: the semi-automated strategy (paper, Section 3.4).

Each iteration checks quality, chunks, scores and expands. What passes the automatic checks is taken
into the story; what does not is tried again or waits for a person; and every few iterations the
work stops until a person has looked at all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from simulacra.biography import small
from simulacra.biography.checking import Checked, Checks
from simulacra.biography.desk import StoryDesk
from simulacra.biography.expansion import Asking, Passage, as_paragraphs, expansion
from simulacra.biography.flag import Flag
from simulacra.biography.history import Entry, History
from simulacra.biography.ledger import facts_for
from simulacra.biography.revision import Author, Revision
from simulacra.biography.scoring import Scores, Weights, choose, score
from simulacra.biography.steps import Report, Steps, unheard
from simulacra.biography.story import Story
from simulacra.errors import AnswerError, StoryError, TruncatedAnswerError
from simulacra.inference import ChatModel, EmbeddingCache, Prompt, Usage

CHECKS = Author(kind="checks", name="automatic checks")
FACTS_TOKENS = 250
NOTHING = Usage()

Stop = Literal["review", "iterations", "words", "nothing left"]


@dataclass(frozen=True)
class Plan:
    """How far a story shall grow, and how.

    ``iterations`` and ``words`` are goals for the whole story, whenever they were made;
    ``review_every`` 0 never stops for a person. ``retries`` are further tries of one expansion
    that was flagged, before it waits for a person.
    """

    iterations: int = 50
    words: int | None = None
    review_every: int = 10
    retries: int = 1
    seed: int = 0
    weights: Weights = field(default_factory=Weights)
    asking: Asking = field(default_factory=Asking)


@dataclass(frozen=True)
class Choice:
    """Which paragraph is expanded now, in the story as it stands, and why."""

    id: str
    story: Story
    number: int
    scores: Scores
    facts: str


@dataclass(frozen=True)
class Written:
    """What a model wrote: paragraphs, or none with what went wrong."""

    paragraphs: tuple[str, ...]
    author: Author
    usage: Usage = field(default_factory=Usage)
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """Why the work stopped, and where the story is."""

    stopped: Stop
    iterations: int
    words: int
    waiting: int
    unreviewed: int


@dataclass(frozen=True)
class Growth:
    """One character's story under work. ``desk`` opens its desk, for as short as can be."""

    desk: Callable[[], AbstractContextManager[StoryDesk]]
    model: ChatModel
    cache: EmbeddingCache
    checks: Checks
    plan: Plan

    async def run(self, steps: Steps, report: Report = unheard) -> Outcome:
        """Grow the story until a goal is reached, nothing is left, or a person must look at it.

        Raises:
            ModelError: the model could not be asked; what was finished is kept.
        """
        number = 0
        while not isinstance(chosen := await steps(f"{number} choose", self.choose), str):
            note = f"expanding paragraph {chosen.number}"
            report(note, finished=ordinal(chosen.id) - 1, total=self.plan.iterations)
            reproach: tuple[str, ...] = ()
            for attempt in range(self.plan.retries + 1):
                last = attempt == self.plan.retries
                name = f"{number} try {attempt}"
                asked = partial(self.expand, chosen, attempt, reproach)
                written = await steps(f"{name} expand", asked)
                checked = await steps(f"{name} check", partial(self.check, chosen, written, last))
                kept = partial(self.keep, chosen, attempt, written, checked, last)
                if await steps(f"{name} keep", kept):
                    break
                reproach = tuple(flag.message for flag in checked.flags[:4])
            number += 1
        outcome = await steps("outcome", partial(self._outcome, chosen))
        report(finished=outcome.iterations, total=self.plan.iterations)
        return outcome

    async def choose(self) -> Choice | Stop:
        """Quality check, chunking and scoring: the paragraph to expand, or why to stop."""
        with self.desk() as desk:
            story, history, ledger = desk.story, desk.history, desk.ledger
            summary = desk.character.biography
        if (stop := self._stop(story, history)) is not None:
            return stop
        busy = {
            place + offset
            for entry in history.waiting()
            if (place := history.where(entry, entry.revision.before)) is not None
            for offset in range(len(entry.revision.before))
        }
        done = expansions(history)
        scores = await score(story.paragraphs, summary, self.cache, self.plan.weights)
        number = choose(scores, f"{self.plan.seed}/{done}", busy)
        if number is None:
            return "nothing left"
        facts = facts_for(ledger, story.paragraphs[number], FACTS_TOKENS)
        return Choice(f"r{done + 1:04d}", story, number, scores[number], facts)

    async def expand(self, chosen: Choice, attempt: int, reproach: tuple[str, ...]) -> Written:
        """Ask the model to tell the chosen paragraph at greater length."""
        seed = self.plan.seed + 1_000 * ordinal(chosen.id) + attempt
        sheet, passage = self.checks.sheet, Passage(chosen.story, chosen.number, chosen.facts)
        if self.model.small:
            prompt, sampling = small.go_on(sheet, passage.part, seed)
        else:
            prompt = expansion(sheet, passage, self.plan.asking, reproach)
            sampling = self.plan.asking.sampling(seed)
        author = Author(
            kind="model",
            name=self.model.name,
            settings={
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "frequency_penalty": sampling.frequency_penalty,
                "max_tokens": sampling.max_tokens,
                "seed": sampling.seed,
            },
            prompt_digest=prompt.digest,
        )
        try:
            answer = await self.model.write(prompt, sampling)
        except TruncatedAnswerError as error:
            flag = Flag(check="cut off", message="The answer was cut off at the token limit.")
            return self._written(passage, prompt, author, error.answer, flags=(flag,))
        except AnswerError as error:
            flag = Flag(check="empty", message=error.what)
            return Written((), author, flags=(flag,))
        return self._written(passage, prompt, author, answer.value, answer.usage)

    def _written(
        self,
        passage: Passage,
        prompt: Prompt,
        author: Author,
        answer: str,
        usage: Usage = NOTHING,
        flags: tuple[Flag, ...] = (),
    ) -> Written:
        """The paragraphs that take the place of the one expanded.

        A small model goes on from the part instead of telling it anew: it would lose its facts.
        """
        new = as_paragraphs(f"{prompt.prefill} {answer}" if prompt.prefill else answer)
        kept = (passage.part, *new) if self.model.small and new else new
        return Written(kept, author, usage, flags)

    async def check(self, chosen: Choice, written: Written, last: bool) -> Checked:
        """All automatic checks; those that ask a model only where the others do not decide."""
        if not written.paragraphs:
            return Checked(written.flags)
        with self.desk() as desk:
            ledger = desk.ledger
        checked = await self.checks(
            chosen.story, chosen.number, written.paragraphs, ledger, thorough=last
        )
        return checked.after(written.flags)

    async def keep(
        self, chosen: Choice, attempt: int, written: Written, checked: Checked, last: bool
    ) -> bool:
        """Write down what came, and decide: in the story, waiting, or once more (``False``)."""
        id_ = chosen.id + (f".{attempt + 1}" if attempt else "")
        revision = Revision(
            id=id_,
            kind="expansion",
            author=written.author,
            start=chosen.number,
            before=(chosen.story.paragraphs[chosen.number],),
            after=written.paragraphs,
            scores=chosen.scores,
            flags=checked.flags,
            facts=checked.facts,
        )
        with self.desk() as desk:
            entry = desk.propose(revision)
            if entry.status != "waiting" or entry.decisions:
                return entry.status != "rejected"
            if not checked.flags:
                try:
                    desk.accept(id_, CHECKS)
                except StoryError as error:  # somebody changed the paragraph meanwhile
                    desk.reject(id_, CHECKS, error.what)
                return True
            if not last or not written.paragraphs:
                desk.reject(id_, CHECKS, " ".join(flag.message for flag in checked.flags))
            return last

    def _stop(self, story: Story, history: History) -> Stop | None:
        plan = self.plan
        if plan.review_every and len(due(history)) >= plan.review_every:
            return "review"
        if plan.words is not None and story.words >= plan.words:
            return "words"
        return "iterations" if expansions(history) >= plan.iterations else None

    async def _outcome(self, stopped: Stop) -> Outcome:
        with self.desk() as desk:
            history = desk.history
            return Outcome(
                stopped,
                expansions(history),
                desk.story.words,
                len(history.waiting()),
                len(history.unreviewed()),
            )


def ordinal(id: str) -> int:  # noqa: A002
    """The number of an expansion: 12 of ``r0012`` and of ``r0012.2``, its second try."""
    return int(id.removeprefix("r").partition(".")[0])


def expansions(history: History) -> int:
    """How many iterations a story has had, further tries not counted."""
    numbers = [ordinal(e.id) for e in history.entries.values() if e.revision.kind == "expansion"]
    return max(numbers, default=0)


def due(history: History) -> list[Entry]:
    """What a person has not decided on yet: what waits, and what the checks alone let in."""
    return [*history.waiting(), *history.unreviewed()]
