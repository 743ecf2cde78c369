"""``simulacra characters pools`` and ``sample``: what people are drawn from, and the drawing."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from simulacra.cli.pairs import pairs
from simulacra.cli.show import console, emit, table

if TYPE_CHECKING:
    from simulacra.characters.attribute_pools import Pools
    from simulacra.characters.candidate import Candidate

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PoolsFolder = Annotated[
    Path | None,
    typer.Option("--pools", help="A folder of your own pools.", show_default=False),
]


def open_pools(folder: Path | None) -> Pools:
    """Read the pools that ``--pools`` and the settings name; else the shipped ones."""
    from simulacra.characters.attribute_pools import Pools
    from simulacra.settings import Settings

    return Pools.load(Settings.read(pools=folder).pools)


def pools(folder: PoolsFolder = None, json: Json = False) -> None:
    """Show the attribute pools that candidates are drawn from, and check them."""
    from simulacra.characters.attribute_pools import shipped_pools
    from simulacra.settings import Settings

    every = open_pools(folder).as_json()
    if json:
        emit(every)
        return
    out = console()
    traits = every.pop("traits")
    for pool, values in every.items():
        out.print(f"{pool.replace('_', ' ')} ({len(values)})", style="bold", markup=False)
        out.print(f"  {_shortened(values)}", markup=False)
    count = sum(len(rank) for ranks in traits.values() for rank in ranks)
    out.print(f"trait descriptions ({count})", style="bold", markup=False)
    for tendency, ranks in traits.items():
        out.print(f"  {tendency}  rank 1: {ranks[0][0]}", markup=False)
        out.print(f"      rank 8: {ranks[-1][0]}", markup=False)
    own = Settings.read(pools=folder).pools
    places = f"{own}, in front of {shipped_pools()}" if own else str(shipped_pools())
    out.print(f"\nFiles: {places}", markup=False, style="dim")


def sample(
    n: Annotated[int, typer.Option("-n", min=1, max=100_000, help="How many.")] = 10,
    seed: Annotated[
        int | None, typer.Option(help="The same seed draws the same.", show_default=False)
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ATTRIBUTE=VALUE",
            help='Give an attribute instead of drawing it: occupation="nurse", age=34, '
            'hobbies="chess; fishing", traits="Si,Ti,…". May be given several times.',
            show_default=False,
        ),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day ages are counted to.", show_default=False),
    ] = None,
    ranking: Annotated[
        Literal["free", "functions"],
        typer.Option(help="Rankings: free, or a perceiving and a judging function lead."),
    ] = "free",
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Draw at random, contradictions and all.")
    ] = False,
    form: Annotated[
        Literal["table", "json", "csv"] | None,
        typer.Option("--format", help="table, json or csv.", show_default=False),
    ] = None,
    json: Json = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to a file.", show_default=False)
    ] = None,
    folder: PoolsFolder = None,
) -> None:
    """Draw candidate profiles, each with all eleven attributes, that hold together."""
    import secrets

    from simulacra.characters.atomic import write_file
    from simulacra.characters.candidate import candidates_text
    from simulacra.characters.sampling import sample as draw

    chosen = _format("json" if json else form, output)
    candidates = draw(
        open_pools(folder),
        n,
        seed if seed is not None else secrets.randbelow(2**31),
        pairs("--fix", fix or []),
        as_of=_day(as_of),
        ranking_rule=ranking,
        plausible=not drafts,
    )
    if chosen == "table":
        _show(candidates)
    elif output is None:
        print(candidates_text(candidates, chosen), end="")
    else:
        write_file(output, candidates_text(candidates, chosen))
        first = candidates[0]
        said = f"{len(candidates)} candidates (seed {first.seed}, ages on {first.as_of}) → {output}"
        console(stderr=True).print(said, markup=False)


def _format(form: str | None, output: Path | None) -> Literal["table", "json", "csv"]:
    """Choose the format named, else that of the file's ending, else a table on the screen."""
    if form == "csv" or (form is None and output is not None and output.suffix.lower() == ".csv"):
        chosen = "csv"
    elif form == "json" or (form is None and output is not None):
        chosen = "json"
    else:
        chosen = "table"
    if output is not None:
        if chosen == "table":
            raise typer.BadParameter("a table is for the screen: write --format json or csv")
        if (chosen == "csv") != (output.suffix.lower() == ".csv"):
            raise typer.BadParameter(
                f"{output.name} would not read back as {chosen}: let it end in .{chosen}"
            )
    return chosen


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _show(candidates: list[Candidate]) -> None:
    table(
        ("name", "age", "gender", "occupation", "leads", "lives"),
        (
            (
                p.name,
                p.age,
                p.gender,
                p.occupation.title,
                " ".join(p.traits.ranking[:2]),
                p.family.rpartition("; ")[2],
            )
            for p in (candidate.profile for candidate in candidates)
        ),
    )
    first = candidates[0]
    said = f"{len(candidates)} candidates, seed {first.seed}; ages on {first.as_of}."
    console(stderr=True).print(said, markup=False, style="dim")


def _shortened(values: list[object]) -> str:
    """All values where they are few or short numbers; else the first, and how many follow."""
    texts = [str(v["title"]) if isinstance(v, dict) else str(v) for v in values]  # pyright: ignore[reportUnknownArgumentType]
    if all(text.isdigit() for text in texts):
        return f"{texts[0]} to {texts[-1]}"
    shown = texts[:8]
    more = len(texts) - len(shown)
    return "; ".join(shown) + (f"; … and {more} more" if more else "")
