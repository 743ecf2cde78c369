"""One character is questioned at the terminal: progress, and what came of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from simulacra.characters import Character, Pools, Workspace
from simulacra.cli import show
from simulacra.cognition import Method
from simulacra.cognition.macm import Preset
from simulacra.evaluation import asking, personality_test, running
from simulacra.evaluation import self_report as reports
from simulacra.evaluation.interview import Interview
from simulacra.evaluation.keeping import keeping
from simulacra.evaluation.metering import InTurn
from simulacra.evaluation.questions import Question
from simulacra.evaluation.records import AnswerRecord, Run, RunSheet, Task, Way
from simulacra.inference import ChatModel, Usage, load_chat_model
from simulacra.settings import Settings


@dataclass(frozen=True)
class Sitting:
    """What is to be asked of whom, and how."""

    character: Character
    questions: Sequence[Question]
    task: Task
    method: Method
    way: Way
    settings: Settings
    repeats: int
    seed: int
    preset: Preset
    share: float | None

    @classmethod
    def of(
        cls,
        name: str,
        task: Task,
        method: Method,
        way: Way,
        settings: Settings,
        repeats: int,
        seed: int,
        preset: Preset,
        share: float | None = None,
    ) -> Sitting:
        """Find the character and its questions, before any model is loaded.

        Raises:
            CharacterError: no such character, or none with a questionnaire that validates.
        """
        character = Workspace.find(settings).get(name)
        pools = Pools.load(settings.pools) if task == "personality" else None
        questions = running.questions_for(task, character, share=share, seed=seed, pools=pools)
        return cls(character, questions, task, method, way, settings, repeats, seed, preset, share)

    def sheet(self, model: ChatModel, agent_model: ChatModel) -> RunSheet:
        """How the run asks."""
        return running.sheet(
            {self.character.slug: self.questions},
            [self.character],
            task=self.task,
            way=self.way,
            seed=self.seed,
            repeats=self.repeats,
            methods=[self.method],
            models=[model.name],
            agent_model=agent_model.name if self.method == "macm" else None,
            share=self.share,
            preset=self.preset,
            embedder=self.settings.embedder,
        )

    def folder(self, model: ChatModel, agent_model: ChatModel) -> Path:
        """Where the run is if nobody says: the same for the same command."""
        what = (self.way, self.seed, self.preset, self.share, model.name, agent_model.name)
        digest = sha256(repr((*what, self.settings.embedder)).encode()).hexdigest()[:8]
        task = self.task.replace("_", "-")
        return self.settings.data / "runs" / f"{task}-{self.character.slug}-{self.method}-{digest}"


async def self_report(sitting: Sitting, output: Path | None, *, json: bool) -> None:
    """Ask the questionnaire, and show the points."""
    records, folder = await _asked(sitting, output)
    report, first = reports.self_report(records), records[0]
    if json:
        show.emit(
            {
                **_who(sitting, first, folder),
                "cloze": report.cloze,
                "single": report.single,
                "multiple": report.multiple,
                "total": report.total,
                "possible": report.possible,
                "unparsed": report.unparsed,
                "items": [_item(record) for record in records],
            }
        )
        return
    kinds = ("cloze", "single", "multiple")
    possible = {
        kind: sum(r.possible for r in records if r.kind == kind) / sitting.repeats for kind in kinds
    }
    print(f"{sitting.character.name}, {sitting.method} on {first.model}, {sitting.way} answers")
    show.table(
        ["", "points", "of"],
        [
            *((kind, f"{getattr(report, kind):.2f}", f"{possible[kind]:.0f}") for kind in kinds),
            ("total", f"{report.total:.2f}", f"{report.possible:.0f}"),
            ("unparsed", f"{report.unparsed:.2f}", f"{len(sitting.questions)}"),
        ],
    )
    print(f"Mean of {sitting.repeats} repeats. All answers: {folder}")


async def personality(sitting: Sitting, output: Path | None, *, json: bool) -> None:
    """Ask the statements, and show how far the ranking agrees."""
    records, folder = await _asked(sitting, output)
    assigned = sitting.character.profile.traits.ranking
    test = personality_test.personality_test(records, assigned)
    if json:
        show.emit(
            {
                **_who(sitting, records[0], folder),
                "tau_b": test.every.tau_b,
                "tau_b_held_out": test.held_out.tau_b,
                "ranking": [list(tied) for tied in test.every.ranking()],
                "expected": list(assigned),
                "yes_share": test.yes_share,
                "asked": test.every.asked,
                "held_out": test.held_out.asked,
                "unparsed": test.unparsed,
                "sums": dict(test.every.sums),
            }
        )
        return
    print(f"{sitting.character.name}, {sitting.method} on {records[0].model}, {sitting.way}")
    tied = ["=".join(place) for place in test.every.ranking()]
    rows = (
        ("tau-b", _number(test.every.tau_b), f"{test.every.asked} answers"),
        ("tau-b, held out", _number(test.held_out.tau_b), f"{test.held_out.asked} answers"),
        ("said yes", _number(test.yes_share), f"{test.unparsed} unparsed"),
        ("shows", " ".join(tied), "strongest first"),
        ("assigned", " ".join(assigned) or "unknown", ""),
    )
    show.table(["", "", ""], rows)
    print(f"All answers: {folder}")


async def _asked(sitting: Sitting, output: Path | None) -> tuple[list[AnswerRecord], Path]:
    settings = sitting.settings
    model = load_chat_model(settings.model, settings)
    inner = load_chat_model(settings.agent_model, settings) if settings.agent_model else model
    print(f"{model.name}: {model.chosen_because}", file=sys.stderr)
    folder = output or sitting.folder(model, inner)
    with Run.open(folder, sitting.sheet(model, inner)) as run:
        kept = keeping(model, run.journal)
        who = asking.person(
            sitting.character.slug,
            sitting.method,
            kept,
            kept if inner is model else keeping(inner, run.journal),
            settings=settings,
            preset=sitting.preset,
            seed=sitting.seed,
        )
        places = {one.name: asyncio.Semaphore(one.concurrency) for one in (model, inner)}
        interview = await Interview.begin(
            who, sitting.way, sitting.seed, recorder=lambda seed: InTurn(seed, places)
        )
        return await _with_progress(sitting, interview, run), folder


async def _with_progress(sitting: Sitting, interview: Interview, run: Run) -> list[AnswerRecord]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("answers  {task.fields[tokens]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=show.console(stderr=True)) as bar:
        total = len(sitting.questions) * sitting.repeats
        task = bar.add_task(f"{sitting.character.name} answers", total=total, tokens="")
        used = Usage()
        found = running.unanswered(interview, sitting.questions, run, sitting.repeats)
        bar.update(task, completed=total - sum(len(missing) for _, missing in found))

        def report(record: AnswerRecord) -> None:
            nonlocal used
            used += record.usage
            tokens = f"{used.input_tokens} tokens read, {used.output_tokens} written"
            bar.update(task, advance=1, tokens=tokens)

        return await running.ask(
            interview, sitting.questions, run, repeats=sitting.repeats, report=report
        )


def _who(sitting: Sitting, first: AnswerRecord, folder: Path) -> dict[str, Any]:
    return {
        "character": sitting.character.slug,
        "method": sitting.method,
        "model": first.model,
        "agent_model": first.agent_model,
        "way": sitting.way,
        "repeats": sitting.repeats,
        "seed": sitting.seed,
        "run": str(folder),
    }


def _item(record: AnswerRecord) -> dict[str, Any]:
    names = ("kind", "question", "options_shown", "answer", "reading", "expected", "score")
    return {
        "id": record.item,
        "repeat": record.repeat,
        **record.model_dump(mode="json", include=set(names)),
    }


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
