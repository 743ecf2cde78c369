"""How soon pages answer and what they weigh, by ``simulacra serve`` with the shipped people."""

from __future__ import annotations

import re
import statistics
import time

import httpx

from benchmarks import judging, mary
from benchmarks.report import Report, Table, verdict

TIMES = 15
JUDGES = 20
SECONDS, BYTES = 0.05, 200_000
"""Limits of each page: the median answer, and all that a browser fetches for it, uncompressed."""

PAGES = (
    ("People", "/people"),
    ("People, searched", "/people?q=forest"),
    ("A person", f"/people/{mary.SLUG}"),
    ("Life story", f"/people/{mary.SLUG}/story"),
    ("Timeline", f"/people/{mary.SLUG}/timeline"),
    ("Memories", f"/people/{mary.SLUG}/memories"),
    ("Memories, searched", f"/people/{mary.SLUG}/memories?q=dog"),
    ("Before a conversation", f"/people/{mary.SLUG}/talk"),
    ("Make a person", "/make"),
    ("Review desks", "/desk"),
    ("Results", "/results"),
    ("Studies", "/studies"),
    (f"A study of {JUDGES} judges", "/studies/judging"),
)


def run() -> Report:
    """Open every page some times, one after the other, and once to warm it."""
    rows: list[tuple[str, ...]] = []
    with mary.workspace() as folder:
        _, _, tokens = judging.made(folder, JUDGES)
        pages = (*PAGES, ("A judge's page", f"/j/{tokens[0]}"))
        with (
            judging.server(folder) as address,
            httpx.Client(base_url=address, timeout=60, trust_env=False) as http,
        ):
            for name, path in pages:
                first, *times, weight = _opened(http, path)
                middle = statistics.median(times)
                rows.append(
                    (
                        name,
                        *(f"{seconds * 1e3:.0f}" for seconds in (middle, max(times), first)),
                        f"{weight / 1e3:.0f}",
                        verdict(middle < SECONDS and weight < BYTES),
                    )
                )
    columns = ("page", "median, ms", "slowest", "first", "kB", "")
    note = (
        f"{TIMES} answers each, one at a time, and before them the first, which reads what later "
        f"ones find in memory; limits: {SECONDS * 1e3:.0f} ms in the median, {BYTES / 1e3:.0f} kB "
        "with the style and scripts that the page names, all uncompressed."
    )
    return Report("pages", (Table("Pages", columns, tuple(rows), note),))


def _opened(http: httpx.Client, path: str) -> list[float]:
    """Seconds of the first and of later answers, and last the bytes of the page with its parts."""
    times: list[float] = []
    text = ""
    for _ in range(TIMES + 1):
        begin = time.perf_counter()
        answer = http.get(path)
        times.append(time.perf_counter() - begin)
        answer.raise_for_status()
        text = answer.text
    parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
    return [*times, len(text.encode()) + sum(len(http.get(part).content) for part in parts)]
