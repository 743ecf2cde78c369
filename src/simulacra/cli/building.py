"""The construction of memories at the terminal: progress, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulacra.characters import Character, Workspace
from simulacra.cli import show
from simulacra.cognition import Remembered, remember_story
from simulacra.inference import load_chat_model

if TYPE_CHECKING:
    from simulacra.cognition import Progress
    from simulacra.settings import Settings


async def build(name: str, settings: Settings, *, rebuild: bool) -> None:
    """Make the missing memories of a character's story, or with ``rebuild`` all of them."""
    character = Workspace.find(settings).get(name)
    done = await _with_progress(character, settings, rebuild)
    print(
        f"{character.name} remembers all {done.paragraphs} paragraphs: "
        f"{done.made} memories made, {done.kept} were there."
    )


async def _with_progress(character: Character, settings: Settings, rebuild: bool) -> Remembered:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("calls  {task.fields[tokens]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=show.console(stderr=True)) as bar:
        task = bar.add_task(f"{character.name} remembers", total=None, tokens="")

        def report(progress: Progress) -> None:
            used = progress.usage
            tokens = f"{used.input_tokens} tokens read, {used.output_tokens} written"
            bar.update(task, total=progress.total, completed=progress.finished, tokens=tokens)

        model = load_chat_model(settings.agent_model or settings.model, settings)
        return await remember_story(
            character, model, rebuild=rebuild, concurrency=settings.concurrency, report=report
        )
