"""``simulacra characters traits``: measure the trait descriptions, and have them read blind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.cli.show import console, emit, table

if TYPE_CHECKING:
    from simulacra.characters.descriptions import Descriptions, Pair, PoolReport

app = typer.Typer(help="Measure the trait descriptions.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PoolsFolder = Annotated[
    Path | None,
    typer.Option("--pools", help="A folder of pools of your own.", show_default=False),
]


@app.command()
def check(
    against: Annotated[
        Path | None,
        typer.Option(help="Other pools, or the original data set, beside them."),
    ] = None,
    worst: Annotated[int, typer.Option(min=0, help="How many near-duplicates to print.")] = 10,
    pools: PoolsFolder = None,
    json: Json = False,
) -> None:
    """Compare the descriptions with each other: likeness, near-duplicates, length."""
    import asyncio

    from simulacra.characters.descriptions import compare
    from simulacra.inference import load_embedder
    from simulacra.settings import Settings

    shown = {"these": _descriptions(pools)}
    if against is not None:
        shown["against"] = _other(against)
    settings = Settings.read()
    embedder = load_embedder(settings.embedder, settings)

    async def each() -> dict[str, PoolReport]:
        return {name: await compare(pool, embedder) for name, pool in shown.items()}

    reports = asyncio.run(each())
    if json:
        from dataclasses import asdict

        found = {name: asdict(report) for name, report in reports.items()}
        for report in found.values():
            report["worst"] = report["worst"][:worst]
        emit({"against": None, **found})
        return
    names = {"these": "these"} | ({"against": against.resolve().name} if against else {})
    columns = [_column(report) for report in reports.values()]
    rows = [(head, *(column[head] for column in columns)) for head in columns[0]]
    table(("", *(names[name] for name in reports)), rows)
    console().print(f"Cosines of {embedder.name}.", markup=False)
    for name, report in reports.items():
        _print_pairs(names[name], report.worst[:worst])


@app.command()
def sheet(
    file: Annotated[Path, typer.Argument(help="Where to write it, as YAML.")],
    n: Annotated[int, typer.Option("-n", min=1, help="How many descriptions.")] = 80,
    seed: Annotated[int, typer.Option(help="The same seed draws the same.")] = 7,
    replace: Annotated[bool, typer.Option(help="Write over an existing file.")] = False,
    pools: PoolsFolder = None,
    json: Json = False,
) -> None:
    """Write a sheet of shuffled descriptions for somebody to sort who does not know them."""
    from simulacra.characters import write_file
    from simulacra.characters.blind_reading import blind_sheet, sheet_text
    from simulacra.errors import SimulacraError

    items = blind_sheet(_descriptions(pools), n, seed)
    if file.exists() and not replace:
        raise SimulacraError(
            f"{file} is there already, perhaps with answers.", "Name another, or say --replace."
        )
    write_file(file, sheet_text(items, seed))
    if json:
        emit({"file": file, "items": len(items), "seed": seed})
    else:
        console().print(
            f"{len(items)} descriptions are in {file}. Filled in: "
            f"simulacra characters traits score {file}",
            markup=False,
        )


@app.command()
def score(
    file: Annotated[Path, typer.Argument(help="A sheet that somebody has filled in.")],
    pools: PoolsFolder = None,
    json: Json = False,
) -> None:
    """Say how much of a sheet was sorted right, and what was taken for what."""
    from dataclasses import asdict

    from simulacra.characters.blind_reading import blind_share, read_sheet
    from simulacra.errors import SimulacraError

    filled, key = read_sheet(file, _descriptions(pools))
    result = blind_share(filled.items, key)
    if result.blank == result.items:
        raise SimulacraError(f"No item of {file} has both answers.", "Fill in tendency and band.")
    items = {item.id: item for item in key}
    rows = {row.id: row for row in filled.items}
    wrong: list[dict[str, Any]] = [
        {**asdict(items[id_]), "said": {"tendency": rows[id_].tendency, "band": rows[id_].band}}
        for id_ in result.wrong
    ]
    if json:
        emit(asdict(result) | {"wrong": wrong})
        return
    table(
        ("sorted right", "count", "share", "by chance"),
        (
            (what, f"{count} of {result.items}", f"{result.share[what]:.1%}", f"{guessed:.1%}")
            for (what, count), guessed in zip(
                result.right.items(), result.chance.values(), strict=True
            )
        ),
    )
    out = console()
    out.print(f"Left blank in part or whole: {result.blank} (counted as not right).\n")
    for confusion in (result.tendencies, result.bands):
        said = list(next(iter(confusion.values())))
        table(
            ("is, taken for", *(name or "blank" for name in said)),
            ((name, *(counts[s] or "·" for s in said)) for name, counts in confusion.items()),
        )
        out.print()
    for item in wrong:
        taken = " ".join(str(value or "?") for value in item["said"].values())
        line = f"{item['id']:>3} is {item['tendency']} {item['band']}, taken for {taken}: "
        out.print(line + item["text"], markup=False)


def _descriptions(folder: Path | None) -> Descriptions:
    from simulacra.characters.attribute_pools import Pools

    return Pools.load(folder).traits


def _other(path: Path) -> Descriptions:
    """The descriptions of a folder of pools, or those of the original data set."""
    from simulacra.dataset import read_original_descriptions

    return _descriptions(path) if (path / "traits").is_dir() else read_original_descriptions(path)


def _column(report: PoolReport) -> dict[str, str]:
    from simulacra.characters.descriptions import NEAR_COSINE, NEAR_PHRASES

    cells = {"descriptions": f"{report.number}"}
    for band, likeness in report.likeness.items():
        where = "" if band == "all" else f", {band} ranks"
        cells[f"mean cosine within a tendency{where}"] = _cosine(likeness.within)
        cells[f"mean cosine between tendencies{where}"] = _cosine(likeness.between)
    return cells | {
        "nearest to the mean of the own tendency": f"{report.recognised:.1%}",
        "exact duplicates": f"{report.exact_duplicates}",
        f"near-duplicate pairs (cosine ≥ {NEAR_COSINE} or {NEAR_PHRASES:.0%} of phrases)": (
            f"{report.near_duplicates}"
        ),
        "words in a description, mean ± sd": f"{report.mean_words:.1f} ± {report.sd_words:.1f}",
        "words, fewest to most": f"{report.min_words} to {report.max_words}",
        "in the first person": f"{report.first_person:.1%}",
    }


def _cosine(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _print_pairs(name: str, pairs: tuple[Pair, ...]) -> None:
    if not pairs:
        return
    out = console()
    out.print(f"\nThe most alike of {name}:", markup=False)
    for pair in pairs:
        out.print(f"{pair.cosine:.2f}, {pair.phrases:.0%} of phrases", markup=False)
        for entry in (pair.one, pair.other):
            out.print(f"  {entry.tendency} {entry.rank}  {entry.text}", markup=False)
