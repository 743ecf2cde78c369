"""The construction of memories at the terminal: progress, and going on where it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulacra.biography import Chunk, Story
from simulacra.characters import Character, Workspace
from simulacra.cli import show
from simulacra.cognition import Constructor, Journal
from simulacra.cognition.identity import voice
from simulacra.errors import CharacterError
from simulacra.inference import load_chat_model
from simulacra.memory import MemoryRecord, read_memories, write_memories

if TYPE_CHECKING:
    from simulacra.cognition import Progress
    from simulacra.settings import Settings


def own(character: Character) -> None:
    """Raise ``CharacterError`` where a character is shipped, and so must not be changed."""
    if character.shipped:
        slug = character.slug
        raise CharacterError(
            f"{character.name} is shipped with the program and is not changed.",
            f"Make your own copy: simulacra characters export {slug} --to characters/{slug}",
        )


async def build(name: str, settings: Settings, *, rebuild: bool) -> None:
    """Make the missing memories of a character's story, or with ``rebuild`` all of them."""
    character = Workspace.find(settings).get(name)
    own(character)
    story = Story.parse(character.story_text)
    if not story.paragraphs:
        raise CharacterError(f"{character.name} has no story.", "Write story.md first.")
    with Journal.locked(character.folder / "memories.building.jsonl") as journal:
        records = read_memories(character.memories_path)
        lived = [record for record in records if record.kind == "story" and not rebuild]
        have = {number for record in lived for number in record.source.paragraphs}
        chunks = [chunk for chunk in story.chunks() if not have.issuperset(chunk.paragraphs)]
        if chunks:
            model = load_chat_model(settings.agent_model or settings.model, settings)
            maker = Constructor(voice(character), model)
            made = await _with_progress(
                character.name, maker, chunks, journal, settings.concurrency
            )
            new = {record.id for record in made}
            told = [record for record in records if record.kind != "story"]
            kept = [record for record in (*lived, *told) if record.id not in new]
            write_memories(character.memories_path, sorted([*kept, *made], key=_in_order))
        journal.delete()
    print(
        f"{character.name} remembers all {len(story.paragraphs)} paragraphs: "
        f"{len(chunks)} memories made, {len(lived)} were there."
    )


async def _with_progress(
    name: str, maker: Constructor, chunks: list[Chunk], journal: Journal, concurrency: int | None
) -> list[MemoryRecord]:
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
        task = bar.add_task(f"{name} remembers", total=None, tokens="")

        def report(progress: Progress) -> None:
            used = progress.usage
            tokens = f"{used.input_tokens} tokens read, {used.output_tokens} written"
            bar.update(task, total=progress.total, completed=progress.finished, tokens=tokens)

        return await maker.construct(chunks, journal, concurrency, report)


def _in_order(record: MemoryRecord) -> tuple[int, int]:
    paragraphs = record.source.paragraphs
    return (0, paragraphs[0]) if record.kind == "story" and paragraphs else (1, 0)
