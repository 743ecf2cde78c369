"""``simulacra dataset``: the shipped characters as a data set: stats, verify, export."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="The shipped characters as a data set: count, verify, export.", no_args_is_help=True
)

_WIDE = ("gender", "occupation")
"""What only the Markdown shows: a terminal is narrow, and ``characters list`` has it."""

Json = Annotated[bool, typer.Option("--json", help="as JSON")]
Workspace = Annotated[Path | None, typer.Option(help="the folder of your characters")]


class Format(StrEnum):
    """How tables are written."""

    parquet = "parquet"
    jsonl = "jsonl"
    both = "both"


@app.command()
def stats(
    beside: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER|PREFIX",
            help="set beside it: a folder of characters, or those of a prefix (original-)",
        ),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="as tables of Markdown")] = False,
    into: Annotated[
        Path | None,
        typer.Option(help="a Markdown file with the lines <!-- stats: start --> and … end -->"),
    ] = None,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Count words, repeats, leftovers, variety, names and filler, for each character and all."""
    import asyncio

    from simulacra.characters import Workspace as Characters
    from simulacra.cli import show
    from simulacra.dataset import statistics
    from simulacra.inference import EmbeddingCache, load_embedder
    from simulacra.settings import Settings

    settings = Settings.read(workspace=workspace)
    place = Characters.find(settings)
    people = {"ours": statistics.shipped_characters(place)}
    if beside:
        people[beside.rstrip("-/")] = statistics.others(beside, place)

    async def measure() -> list[statistics.MeasuredSet]:
        cache = EmbeddingCache(load_embedder(settings.embedder, settings), settings.cache)
        return [await statistics.measured(title, some, cache) for title, some in people.items()]

    sets = asyncio.run(measure())
    if into:
        from simulacra.dataset.documents import put_between

        put_between(into, "stats", statistics.markdown(sets))
        print(into)
    elif json:
        show.emit([one.as_json() for one in sets])
    elif markdown:
        print(statistics.markdown(sets))
    else:
        for number, table in enumerate(statistics.TABLES):
            print() if number else None
            heads = {key: head for key, head in table.items() if key not in _WIDE}
            rows = [
                [row["name"], *(row.get(key, "") for key in heads)]
                for one in sets
                for row in (
                    *(measured.row() for measured in one.characters),
                    one.total.row() | {"name": f"{one.title}: all"},
                )
            ]
            show.table(["character", *heads.values()], rows)


@app.command()
def verify(
    write: Annotated[
        bool, typer.Option("--write", help="first write the manifest of the files as they are")
    ] = False,
    version: Annotated[
        str | None, typer.Option(help="of the manifest, with --write  [default: as it was]")
    ] = None,
    embeddings: Annotated[
        bool, typer.Option(help="look for near-duplicates by embedding, too")
    ] = True,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Check every shipped character, the digests of all files, and the spread of tendencies.

    Exits with 1 if anything is at fault.
    """
    import asyncio

    from simulacra.characters import Workspace as Characters
    from simulacra.cli import show
    from simulacra.dataset.manifest import write_manifest
    from simulacra.dataset.verifying import verify as verified
    from simulacra.inference import EmbeddingCache, load_embedder
    from simulacra.settings import Settings

    if version and not write:
        raise typer.BadParameter("--version goes with --write")
    settings = Settings.read(workspace=workspace)
    place = Characters.find(settings)
    if write:
        write_manifest(place.shipped.parent, version)
    cache = None
    if embeddings:
        cache = EmbeddingCache(load_embedder(settings.embedder, settings), settings.cache)
    found = asyncio.run(verified(place, cache))
    if json:
        show.emit(found.as_json())
    else:
        rows = [
            (slug, *(sum(f.level == level for f in findings) for level in ("error", "warning")))
            for slug, findings in found.characters.items()
        ]
        show.table(["character", "errors", "warnings"], rows)
        print()
        ends = [(one.tendency, one.high, one.low) for one in found.spread]
        show.table(["tendency", "first or second", "last or last but one"], ends)
        print()
        for fault in found.faults:
            show.console().print(fault, style="red", markup=False)
        print(f"Version {found.version}: {len(rows)} characters, {len(found.faults)} faults.")
    if found.faults:
        raise typer.Exit(1)


@app.command()
def export(
    to: Annotated[Path, typer.Option("--to", help="a folder that is not there yet, or is empty")],
    format_: Annotated[Format, typer.Option("--format", help="of the tables")] = Format.parquet,
    json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Write the shipped characters as tables, with data card, Croissant metadata and digests."""
    from simulacra.characters import Workspace as Characters
    from simulacra.cli import show
    from simulacra.dataset.exporting import export as write
    from simulacra.settings import Settings

    place = Characters.find(Settings.read(workspace=workspace))
    formats = ("parquet", "jsonl") if format_ is Format.both else (format_.value,)
    written = write(place, to, formats)
    if json:
        show.emit({"exported": to, "files": written})
    else:
        show.console().print(f"{to}: {len(written)} files", markup=False)
