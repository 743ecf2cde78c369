"""``simulacra memory``: build memories from a story, search them, list them, forget them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Long-term memories: build, search, list, forget.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="a character's name or slug")]
Workspace = Annotated[Path | None, typer.Option(help="the folder of your characters")]
Json = Annotated[bool, typer.Option("--json", help="as JSON")]


@app.command()
def build(
    name: Name,
    model: Annotated[str | None, typer.Option(help="the Thinking and Emotion Agents'")] = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="calls in flight  [default: by provider]")
    ] = None,
    rebuild: Annotated[bool, typer.Option(help="make all of them anew")] = False,
    workspace: Workspace = None,
) -> None:
    """Make memories of a character's story: content and emotion of every two paragraphs.

    Whatever is finished is saved at once: after Ctrl-C or a crash the same command goes on.
    """
    import asyncio

    from simulacra.cli import building
    from simulacra.settings import Settings

    settings = Settings.read(agent_model=model, concurrency=concurrency, workspace=workspace)
    asyncio.run(building.build(name, settings, rebuild=rebuild))


@app.command()
def search(
    name: Name,
    question: Annotated[str, typer.Argument(help="what to look for, in plain words")],
    k: Annotated[int, typer.Option("-k", min=1, help="how many")] = 5,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Find the memories nearest to a question, best first."""
    import asyncio

    from simulacra.biography import Story
    from simulacra.characters import Workspace as Characters
    from simulacra.cli import show
    from simulacra.inference import load_embedder
    from simulacra.memory import LongTermMemory, Recalled, memories_of
    from simulacra.settings import Settings

    settings = Settings.read(workspace=workspace)
    character = Characters.find(settings).get(name)
    records = memories_of(character)

    async def nearest() -> list[Recalled]:
        embedder = load_embedder(settings.embedder, settings)
        story = Story.parse(character.story_text)
        memory = await LongTermMemory.open(records, story, embedder, settings.cache)
        return await memory.recall(question, k)

    found = asyncio.run(nearest()) if records else []
    if json:
        show.emit(
            [
                {
                    "id": recalled.record.id,
                    "score": round(recalled.score, 4),
                    "summary": recalled.record.summary,
                    "source": recalled.record.source.model_dump(mode="json", exclude_none=True),
                }
                for recalled in found
            ]
        )
        return
    for recalled in found:
        where = ", ".join(map(str, recalled.record.source.paragraphs))
        print(f"{recalled.score:.2f}  {recalled.record.id}  (paragraphs {where})")
        print(f"      {recalled.record.summary}")
    if not found:
        print(f"{character.name} has no memories yet: simulacra memory build {character.slug}")


@app.command("list")
def list_memories(name: Name, json: Json = False, workspace: Workspace = None) -> None:
    """List a character's long-term memories in the order of the story."""
    from simulacra.characters import Workspace as Characters
    from simulacra.cli import show
    from simulacra.memory import memories_of
    from simulacra.settings import Settings

    character = Characters.find(Settings.read(workspace=workspace)).get(name)
    records = memories_of(character)
    if json:
        show.emit([record.model_dump(mode="json") for record in records])
    else:
        show.table(["id", "kind", "summary"], [(r.id, r.kind, r.summary) for r in records])


@app.command()
def forget(
    name: Name,
    ids: Annotated[list[str], typer.Argument(help="ids of memories; see: memory list")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    workspace: Workspace = None,
) -> None:
    """Remove memories from a character of your own."""
    from simulacra.characters import Workspace as Characters
    from simulacra.errors import CharacterError
    from simulacra.memory import memories_of, write_memories
    from simulacra.settings import Settings

    character = Characters.find(Settings.read(workspace=workspace)).get(name)
    character.require_own()
    records = memories_of(character)
    if unknown := set(ids) - {record.id for record in records}:
        raise CharacterError(
            f"{character.name} has no memory {sorted(unknown)[0]!r}.",
            f"See: simulacra memory list {character.slug}",
        )
    if not yes:
        typer.confirm(f"Forget {len(ids)} memories of {character.name} for good?", abort=True)
    write_memories(character.memories_path, [r for r in records if r.id not in ids])
    print(f"{character.name} has forgotten {len(ids)} memories.")
