"""The grid: every character is questioned by every method on every model, once, into one folder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simulacra.characters import Character, Pools
from simulacra.cognition import Method
from simulacra.cognition.macm import Preset
from simulacra.errors import CharacterError, SimulacraError
from simulacra.evaluation import running
from simulacra.evaluation.asking import person
from simulacra.evaluation.interview import Interview
from simulacra.evaluation.keeping import keeping
from simulacra.evaluation.metering import InTurn, Meter
from simulacra.evaluation.progress import CellName, Progress
from simulacra.evaluation.questions import Question
from simulacra.evaluation.records import AnswerRecord, Run, RunSheet, Task, Way
from simulacra.inference import ChatModel, Embedder, load_embedder
from simulacra.memory import memories_of
from simulacra.settings import Settings

CALLS_A_CELL = 4
"""So many of a model's calls in flight come from one cell: with 16, four cells are at work."""


@dataclass(frozen=True)
class Grid:
    """What is asked of whom, and how. ``agent_model`` is that of macm's inner agents."""

    characters: Sequence[Character]
    methods: Sequence[Method]
    models: Sequence[ChatModel]
    agent_model: ChatModel | None = None
    task: Task = "self_report"
    way: Way = "free"
    repeats: int = 3
    seed: int = 0
    share: float | None = None
    preset: Preset = "default"

    def questions(self, pools: Pools | None = None) -> dict[str, Sequence[Question]]:
        """What each character is asked, by slug.

        Raises:
            CharacterError: a character has no questionnaire, or no memories for macm.
        """
        for character in self.characters:
            if "macm" in self.methods and not memories_of(character):
                raise CharacterError(
                    f"{character.name} has no memories, so macm would have none to recall.",
                    f"Run: simulacra memory build {character.slug}",
                )
        ask = running.questions_for
        return {
            c.slug: ask(self.task, c, pools=pools, share=self.share, seed=self.seed)
            for c in self.characters
        }

    def sheet(self, questions: Mapping[str, Sequence[Question]], settings: Settings) -> RunSheet:
        """How the run asks."""
        return running.sheet(
            questions,
            self.characters,
            task=self.task,
            way=self.way,
            seed=self.seed,
            repeats=self.repeats,
            methods=self.methods,
            models=[model.name for model in self.models],
            agent_model=self.agent_model.name if self.agent_model else None,
            share=self.share,
            preset=self.preset,
            embedder=settings.embedder,
        )


async def ask_grid(
    grid: Grid,
    folder: Path,
    settings: Settings,
    watch: Callable[[Progress], None] = lambda _: None,
) -> tuple[Run, Progress]:
    """Ask all that a run in the folder has no answer to yet; ``watch`` hears of every answer.

    Each model has at most its ``concurrency`` calls in flight. Whatever ends it, the answers that
    came are kept, and the calls that were finished are not paid again.

    Raises:
        CharacterError: a character can't be asked.
        StorageError: another process is at work on the folder, or it was begun in another way.
        ModelError: a model could not be asked.
    """
    questions = grid.questions(Pools.load(settings.pools) if grid.task == "personality" else None)
    knowing = {"rag", "macm"} & set(grid.methods)
    embedder = load_embedder(settings.embedder, settings) if knowing else None
    with Run.open(folder, grid.sheet(questions, settings)) as run:
        progress = _progress(grid, questions, run)
        watch(progress)
        work = _Work(grid, questions, run, settings, embedder, progress, watch)
        # Models of one call at a time share this machine: they work one after another.
        lanes = [[m for m in grid.models if m.concurrency == 1]]
        lanes += [[model] for model in grid.models if model.concurrency > 1]
        try:
            async with asyncio.TaskGroup() as group:
                for lane in lanes:
                    group.create_task(work.lane(lane))
        except* SimulacraError as several:
            raise running.first_of(several) from None
        return run, progress


def _progress(grid: Grid, questions: Mapping[str, Sequence[Question]], run: Run) -> Progress:
    answers = {
        CellName(model.name, method, character.slug): len(questions[character.slug]) * grid.repeats
        for model in grid.models
        for method in grid.methods
        for character in grid.characters
    }
    done = dict.fromkeys(answers, 0)
    inner = grid.agent_model.name if grid.agent_model else None
    asked = {slug: {question.id for question in some} for slug, some in questions.items()}
    for record in run.records:
        cell = CellName(record.model, record.method, record.character)
        agents = inner or record.model if record.method == "macm" else None
        if (
            cell in done
            and record.agent_model == agents
            and (record.task, record.way) == (grid.task, grid.way)
            and record.repeat < grid.repeats
            and record.item in asked[record.character]
        ):
            done[cell] += 1
    return Progress(answers, done, found=sum(done.values()))


class _Work:
    """Asks cell by cell; models of a lane one after another."""

    def __init__(
        self,
        grid: Grid,
        questions: Mapping[str, Sequence[Question]],
        run: Run,
        settings: Settings,
        embedder: Embedder | None,
        progress: Progress,
        watch: Callable[[Progress], None],
    ) -> None:
        self.grid, self.questions, self.run = grid, questions, run
        self.settings, self.embedder = settings, embedder
        self.progress, self.watch = progress, watch
        self.meter = Meter(progress.spent, lambda: watch(progress))
        models = [*grid.models, *([grid.agent_model] if grid.agent_model else [])]
        self.places = {model.name: asyncio.Semaphore(model.concurrency) for model in models}

    async def lane(self, models: Sequence[ChatModel]) -> None:
        """Ask all cells of some models."""
        agents = self.grid.agent_model
        for model in models:
            kept = self._kept(model)
            inner = self._kept(agents) if agents else kept
            gate = asyncio.Semaphore(model.concurrency)
            cells = asyncio.Semaphore(max(1, model.concurrency // CALLS_A_CELL))
            async with asyncio.TaskGroup() as group:
                for character in self.grid.characters:
                    for method in self.grid.methods:
                        group.create_task(self._cell(character, method, kept, inner, gate, cells))

    def _kept(self, model: ChatModel) -> ChatModel:
        return keeping(self.meter.on(model), self.run.journal)

    async def _cell(
        self,
        character: Character,
        method: Method,
        model: ChatModel,
        inner: ChatModel,
        gate: asyncio.Semaphore,
        cells: asyncio.Semaphore,
    ) -> None:
        cell, grid = CellName(model.name, method, character.slug), self.grid

        def report(record: AnswerRecord) -> None:
            del record
            self.progress.done[cell] += 1
            self.watch(self.progress)

        async with cells:
            if self.progress.done[cell] == self.progress.answers[cell]:
                return
            who = person(
                character.slug,
                method,
                model,
                inner,
                settings=self.settings,
                preset=grid.preset,
                embedder=self.embedder,
                seed=grid.seed,
            )
            interview = await Interview.begin(
                who, grid.way, grid.seed, recorder=lambda seed: InTurn(seed, self.places)
            )
            await running.ask(
                interview,
                self.questions[character.slug],
                self.run,
                repeats=grid.repeats,
                report=report,
                gate=gate,
            )
