"""The grid at the terminal: what is asked, how far it is, what it took."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulacra.characters import Character, Workspace
from simulacra.cli import show
from simulacra.cognition import Method
from simulacra.cognition.macm import Preset
from simulacra.errors import CharacterError
from simulacra.evaluation.grid import Grid, ask_grid
from simulacra.evaluation.progress import Progress
from simulacra.evaluation.records import Task, Way
from simulacra.inference import load_chat_model
from simulacra.settings import Settings

if TYPE_CHECKING:
    from rich.console import Group

MOST_COLUMNS = 8
"""With more characters than this the table shows how many are done, not each."""


@dataclass(frozen=True)
class Asked:
    """What the command's options say. ``characters=None``: all that can be asked."""

    characters: tuple[str, ...] | None
    methods: tuple[Method, ...]
    models: tuple[str, ...]
    task: Task
    share: float | None
    repeats: int
    way: Way
    preset: Preset
    seed: int

    def grid(self, settings: Settings) -> Grid:
        """Find the characters, then the models.

        Raises:
            CharacterError: no such character, or none that can be asked.
            ModelError: a model can't be had.
        """
        characters = self._characters(Workspace.find(settings))
        names = self.models or (settings.model,)
        models = [load_chat_model(name, settings) for name in names]
        agents = settings.agent_model
        return Grid(
            characters=characters,
            methods=self.methods,
            models=models,
            agent_model=load_chat_model(agents, settings) if agents else None,
            task=self.task,
            way=self.way,
            repeats=self.repeats,
            seed=self.seed,
            share=self.share,
            preset=self.preset,
        )

    def _characters(self, workspace: Workspace) -> list[Character]:
        if self.characters is not None:
            return [workspace.get(name) for name in self.characters]
        every = list(workspace.characters())
        able = [c for c in every if self.task == "personality" or c.questionnaire]
        for character in every:
            if character not in able:
                print(f"{character.name} has no questionnaire: left out.", file=sys.stderr)
        if not able:
            raise CharacterError(
                "No character has a questionnaire.",
                "Name some: --characters NAME, after simulacra evaluate questionnaire draft NAME",
            )
        return able


async def run(asked: Asked, folder: Path, settings: Settings, *, json: bool) -> None:
    """Ask the grid, with a live table, and say what it took."""
    grid = asked.grid(settings)
    for model in grid.models:
        print(f"{model.name}: {model.chosen_because}", file=sys.stderr)
    with _watched(grid) as watch:
        _, progress = await ask_grid(grid, folder, settings, watch)
    if json:
        show.emit(_as_json(folder, progress))
        return
    print(
        f"{progress.finished} answers are in {folder}: {progress.found} were there, "
        f"{progress.finished - progress.found} asked for ({_effort(progress)})."
    )
    print(f"See: simulacra evaluate report {folder}")


def _as_json(folder: Path, progress: Progress) -> dict[str, Any]:
    return {
        "folder": folder,
        "cells": [
            {**cell._asdict(), "answers": progress.done[cell], "possible": possible}
            for cell, possible in progress.answers.items()
        ],
        "answers": progress.finished,
        "asked": progress.finished - progress.found,
        "usage": vars(progress.usage),
        "dollars": progress.dollars,
        "seconds": round(progress.seconds, 3),
    }


@contextmanager
def _watched(grid: Grid) -> Generator[Callable[[Progress], None]]:
    """A live table at a terminal; in a pipe a line for every cell that is done."""
    console = show.console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    from rich.live import Live

    latest: list[Progress] = []

    def watch(progress: Progress) -> None:
        latest[:] = [progress]

    def shown() -> Group | str:
        return _table(grid, latest[0]) if latest else ""

    with Live(
        get_renderable=shown, console=console, refresh_per_second=4, vertical_overflow="crop"
    ):
        yield watch


def _lines() -> Callable[[Progress], None]:
    said: set[object] = set()

    def watch(progress: Progress) -> None:
        for cell, done in progress.done.items():
            if cell not in said and done == progress.answers[cell]:
                said.add(cell)
                line = f"{cell.model}, {cell.method}, {cell.character}: {done} answers"
                print(f"{line}  ({_left(progress)})", file=sys.stderr, flush=True)

    return watch


def _table(grid: Grid, progress: Progress) -> Group:
    """Models and methods down, characters across, and what it all took below."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    slugs = [character.slug for character in grid.characters]
    few = len(slugs) <= MOST_COLUMNS
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", overflow="fold")
    table.add_column("method")
    for name in slugs if few else ["characters done", "answers"]:
        table.add_column(name, justify="right", overflow="ellipsis")
    rows: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for cell, possible in progress.answers.items():
        rows.setdefault((cell.model, cell.method), []).append((progress.done[cell], possible))
    for (model, method), cells in rows.items():
        whole = sum(done == possible for done, possible in cells)
        done, possible = (sum(column) for column in zip(*cells, strict=True))
        wide = [f"{whole}/{len(cells)}", f"{done}/{possible}"]
        table.add_row(model, method, *([f"{d}/{p}" for d, p in cells] if few else wide))
    return Group(table, Text(f"{_effort(progress)}; {_left(progress)}"))


def _effort(progress: Progress) -> str:
    used, dollars = progress.usage, progress.dollars
    cost = "price not known" if dollars is None else f"US$ {dollars:.2f}"
    tokens = f"{used.input_tokens:,} tokens read, {used.output_tokens:,} written"
    return f"{used.calls:,} calls, {tokens}, {cost}, {_clock(progress.seconds)}"


def _left(progress: Progress) -> str:
    left = progress.seconds_left
    pace = "" if left is None else f", {_clock(left)} left"
    return f"{progress.finished:,} of {progress.total:,} answers{pace}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
