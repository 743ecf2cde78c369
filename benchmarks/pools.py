"""Our 640 trait descriptions beside the original's, and how a reader who sees one sorts it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.evidence import ORIGINAL
from benchmarks.report import Report, Table, verdict
from simulacra.characters import BlindShare, Descriptions, PoolReport, Pools, blind_share, compare
from simulacra.characters.blind_reading import read_sheet
from simulacra.characters.descriptions import NEAR_COSINE, NEAR_PHRASES
from simulacra.dataset import read_original_descriptions
from simulacra.inference import Embedder, load_embedder
from simulacra.settings import Settings

SHEET = Path(__file__).parent / "evidence" / "blind-reading.yaml"
NUMBER, READ = 640, 80

Limit = tuple[str, bool]
"""What a figure has to be, and whether ours is."""


def separation(report: PoolReport) -> float:
    """How many times as alike two descriptions of one tendency are as two of different ones."""
    likeness = report.likeness["all"]
    assert likeness.within is not None
    assert likeness.between is not None
    return likeness.within / likeness.between


def compared(ours: PoolReport, theirs: PoolReport | None) -> Table:
    """Both pools side by side, or ours alone where the original is not here."""
    limits: dict[str, Limit] = {
        "descriptions": (f"{NUMBER}", ours.number == NUMBER),
        "the first against the second": ("> 1.00", separation(ours) > 1),
        "exact duplicates": ("0", not ours.exact_duplicates),
        "near-duplicate pairs": ("0", not ours.near_duplicates),
        "in the first person": ("100.0%", ours.first_person == 1),
    }
    columns = [_cells(report) for report in (ours, theirs) if report is not None]
    rows: list[tuple[str, ...]] = []
    for name in columns[0]:
        said, met = limits.get(name, ("", True))
        others = (column[name] for column in columns[1:])
        rows.append((name, columns[0][name], said, verdict(met) if said else "", *others))
    heads = ("", "ours", "limit", "", *(["original"] if theirs else []))
    note = (
        f"Cosines of {ours.embedder}, all pairs. Nearest to the own tendency: to the mean of its "
        f"other descriptions, of eight means. A near-duplicate pair has a cosine of {NEAR_COSINE} "
        f"or more, or shares {NEAR_PHRASES:.0%} of the phrases of four words. Lengths in words, "
        "mean ± standard deviation."
    )
    return Table("Trait descriptions, compared with each other", heads, tuple(rows), note)


def _cells(report: PoolReport) -> dict[str, str]:
    cells = {"descriptions": f"{report.number}"}
    for band, likeness in report.likeness.items():
        where = "" if band == "all" else f", {band} ranks"
        for name, value in (
            ("within a tendency", likeness.within),
            ("between tendencies", likeness.between),
        ):
            cells[f"mean cosine {name}{where}"] = "–" if value is None else f"{value:.3f}"
        if band == "all":
            cells["the first against the second"] = f"{separation(report):.2f}"
    return cells | {
        "nearest to the own tendency": f"{report.recognised:.1%}",
        "exact duplicates": f"{report.exact_duplicates}",
        "near-duplicate pairs": f"{report.near_duplicates}",
        "length": f"{report.mean_words:.1f} ± {report.sd_words:.1f}",
        "shortest and longest": f"{report.min_words} and {report.max_words}",
        "in the first person": f"{report.first_person:.1%}",
    }


def read_blind(share: BlindShare, seed: int) -> Table:
    """What the reader of the sheet sorted right."""
    rows: list[tuple[str, ...]] = [
        (
            f"{what} sorted right",
            f"{count}",
            f"{share.share[what]:.1%}",
            f"{share.chance[what]:.1%}",
            "",
            "",
        )
        for what, count in share.right.items()
    ]
    rows.append(("left blank", f"{share.blank}", f"{share.blank / share.items:.1%}", "", "", ""))
    rows.insert(0, ("read", f"{share.items}", "", "", f"≥ {READ}", verdict(share.items >= READ)))
    note = (
        f"`simulacra characters traits score benchmarks/evidence/{SHEET.name}`: {share.items} of "
        f"our descriptions, as many of each tendency and band, shuffled with seed {seed}, each to "
        "be sorted into one of 8 tendencies and into top, middle or bottom by its words alone. "
        "The reader was a language model that had not seen the pool, and the only one: people "
        "have not sorted them, and may find it harder. Whoever wants to try: "
        "`simulacra characters traits sheet FILE`."
    )
    heads = ("", "descriptions", "share", "by chance", "limit", "")
    return Table("A blind reading of ours", heads, tuple(rows), note)


async def measure(embedder: Embedder, original: Descriptions | None) -> Report:
    """Compare the pools and score the sheet.

    Raises:
        FileProblemsError: the sheet is not of the pool as it is now.
    """
    ours = Pools.load(None).traits
    theirs = await compare(original, embedder) if original is not None else None
    sheet, key = read_sheet(SHEET, ours)
    blind = read_blind(blind_share(sheet.items, key), sheet.seed)
    return Report("pools", (compared(await compare(ours, embedder), theirs), blind))


def run() -> Report:
    """Measure with the embedded embedder; the original's beside ours where it is."""
    original = read_original_descriptions(ORIGINAL) if ORIGINAL.is_dir() else None
    return asyncio.run(measure(load_embedder(None, Settings.read()), original))


if __name__ == "__main__":
    run().show()
