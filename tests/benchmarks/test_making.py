"""The arithmetic behind the benchmarks of the making of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from benchmarks.commands import Commands, Ran
from benchmarks.growth import Step, iterations, moments, sizes, typical
from benchmarks.pools import SHEET, compared, read_blind
from benchmarks.report import Report, Table
from benchmarks.sampling import Drawn, contradicted, major_groups, occupied, timed
from benchmarks.story import Killed, survived
from hypothesis import given
from hypothesis import strategies as st

from simulacra.biography.revision import Author, Began, Decided, Event, Proposed, Revision
from simulacra.characters import (
    BlindShare,
    Candidate,
    PoolReport,
    Pools,
    blind_share,
    conflicts,
    sample,
)
from simulacra.characters.blind_reading import read_sheet
from simulacra.characters.descriptions import Likeness
from simulacra.inference import Usage

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHECKS = Author(kind="checks", name="automatic checks")
MODEL = Author(kind="model", name="scripted")


# --- growth ---------------------------------------------------------------------------------------


@given(kills=st.integers(0, 30), calls=st.integers(40, 300), seed=st.integers())
def test_moments_are_in_order_apart_and_within_the_work(kills: int, calls: int, seed: int):
    drawn = moments(kills, calls, 0.5, seed)
    counts = [moment.calls for moment in drawn]
    assert counts == sorted(set(counts))
    assert len(drawn) == kills
    assert all(1 <= moment.calls < calls and 0 <= moment.seconds <= 0.5 for moment in drawn)
    assert moments(kills, calls, 0.5, seed) == drawn


def step(name: str, start: float, seconds: float, tokens: int = 0) -> Step:
    return Step(
        name=name,
        started=NOON + timedelta(seconds=start),
        seconds=seconds,
        usage=Usage(1 if tokens else 0, tokens),
    )


STEPS = (
    step("0 choose", 0, 0.1),
    step("0 try 0 expand", 0.1, 0.2, 1000),
    step("0 try 0 check", 0.3, 0.3),
    step("0 try 0 keep", 0.6, 0.1),
    step("0 try 1 expand", 0.7, 0.2, 1100),
    step("0 try 1 check", 0.9, 0.3, 600),
    step("0 try 1 keep", 1.2, 0.1),
    step("1 choose", 1.5, 0.1),
    step("1 try 0 expand", 1.6, 0.4, 900),
    step("1 try 0 check", 2.0, 0.4, 500),
    step("1 try 0 keep", 2.4, 0.1),
    step("2 choose", 2.5, 0.1),
    step("outcome", 2.6, 0.1),
)


def test_an_iteration_is_the_sum_of_its_tries():
    first, second = iterations(STEPS, {1: 4, 2: 5})
    assert first.paragraphs == 4
    assert first.whole == pytest.approx(1500)
    assert (first.choosing, first.writing) == pytest.approx((100, 400))
    assert (first.checking, first.keeping) == pytest.approx((600, 200))
    assert (first.prompt, first.checks) == (2100, 600)
    assert (second.whole, second.prompt) == (pytest.approx(1000), 900)


def test_the_typical_iteration_is_of_stories_of_such_a_length():
    found = iterations(STEPS, {1: 4, 2: 50})
    assert typical(found, 5, 2) == found[0]
    assert typical(found, 50, 2) == found[1]
    assert typical(found, 27, 23).prompt == 1500
    with pytest.raises(ValueError, match="about 150"):
        typical(found, 150, 2)


def proposed(name: str, before: str, *after: str) -> Proposed:
    revision = Revision(
        id=name, kind="expansion", author=MODEL, start=0, before=(before,), after=after
    )
    return Proposed(revision=revision)


def test_sizes_are_of_the_story_before_the_first_try():
    events: list[Event] = [
        Began(why="a test", text="One.\n\nTwo."),
        proposed("r0001", "One.", "One.", "And more."),
        Decided(revision="r0001", decision="rejected", by=CHECKS, why="a test"),
        proposed("r0001.2", "One.", "One.", "And more."),
        Decided(revision="r0001.2", decision="accepted", by=CHECKS, why=""),
        proposed("r0002", "One.", "One.", "And then."),
    ]
    assert sizes(events) == {1: 2, 2: 3}


GROWN = Killed(
    expansions=50,
    reviews=5,
    kills=10,
    paid=240,
    kept=200,
    lost=0,
    replays=True,
    left=0,
    seconds=1.0,
)


def failures(table: Table) -> int:
    return Report("x", (table,)).failures


def test_a_killed_story_meets_its_limits():
    assert failures(survived(GROWN)) == 0


@pytest.mark.parametrize(
    "change",
    [{"paid": 241}, {"paid": 199}, {"lost": 1}, {"replays": False}, {"left": 2}, {"expansions": 9}],
)
def test_whatever_a_kill_costs_too_much_is_a_missed_limit(change: dict[str, int]):
    assert failures(survived(replace(GROWN, **change))) == 1


# --- sampling -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pools() -> Pools:
    return Pools.load(None)


def drawn(candidates: list[Candidate], pools: Pools) -> Drawn:
    found = tuple(tuple(conflicts(c.profile, c.as_of, pools)) for c in candidates)
    return Drawn(tuple(candidates), found)


def test_the_limit_is_for_the_slowest_run():
    quick, slow = Ran("", 1.0, 0.5), Ran("", 2.1, 0.5)
    assert failures(timed({"a": [quick, quick]}, {"a": 2.0})) == 0
    assert failures(timed({"a": [quick, slow]}, {"a": 2.0})) == 1
    assert failures(timed({"a": [quick], "b": [slow]}, {"a": 2.0})) == 0


def test_conflicts_of_plausible_draws_are_a_missed_limit(pools: Pools):
    good, drafts = (drawn(sample(pools, 30, 7, plausible=p), pools) for p in (True, False))
    assert good.in_conflict == 0
    assert 0 < drafts.in_conflict <= 30
    assert drafts.kinds.total() >= drafts.in_conflict
    assert failures(contradicted(good, drafts, same=True)) == 0
    assert failures(contradicted(drafts, good, same=True)) == 1
    assert failures(contradicted(good, drafts, same=False)) == 1


def test_every_candidate_is_in_one_major_group(pools: Pools):
    assert major_groups(["2221", "2611", "0110", ""]) == {"2": 2, "0": 1, "": 1}
    some = drawn(sample(pools, 30, 7), pools)
    table = occupied(pools, some, some)
    assert sum(int(row[1]) for row in table.rows) == len(pools.occupations)
    assert sum(float(row[3].rstrip("%")) for row in table.rows) == pytest.approx(100, abs=0.6)


def test_candidates_of_a_file_are_checked_as_they_are_read(tmp_path: Path, pools: Pools):
    file = tmp_path / "drafts.json"
    Commands(tmp_path).run("characters", "sample", "-n5", "--seed=7", "--drafts", "-o", str(file))
    read = Drawn.read(file, pools)
    assert read == drawn(sample(pools, 5, 7, plausible=False), pools)


# --- pools ----------------------------------------------------------------------------------------

REPORT = PoolReport(
    number=640,
    embedder="some",
    likeness={"all": Likeness(0.3, 0.2), "top": Likeness(None, 0.1)},
    recognised=0.8,
    exact_duplicates=0,
    near_duplicates=0,
    worst=(),
    mean_words=17.0,
    sd_words=2.0,
    min_words=9,
    max_words=22,
    first_person=1.0,
)


def test_the_original_has_a_column_where_it_is():
    alone, beside = compared(REPORT, None), compared(REPORT, replace(REPORT, near_duplicates=149))
    assert "original" not in alone.columns
    assert all(len(row) == 4 for row in alone.rows)
    assert beside.columns[-1] == "original"
    assert ("near-duplicate pairs", "0", "0", "pass", "149") in beside.rows
    assert ("the first against the second", "1.50", "> 1.00", "pass", "1.50") in beside.rows


@pytest.mark.parametrize(
    "worse",
    [
        replace(REPORT, number=639),
        replace(REPORT, exact_duplicates=1),
        replace(REPORT, near_duplicates=1),
        replace(REPORT, first_person=0.99),
        replace(REPORT, likeness={**REPORT.likeness, "all": Likeness(0.2, 0.2)}),
    ],
)
def test_only_our_own_descriptions_can_miss_a_limit(worse: PoolReport):
    assert failures(compared(worse, REPORT)) == 1
    assert failures(compared(REPORT, worse)) == 0


def reading(items: int) -> BlindShare:
    return replace(blind_share([], []), items=items)


def test_a_reading_of_too_few_is_a_missed_limit():
    assert failures(read_blind(reading(80), 7)) == 0
    assert failures(read_blind(reading(79), 7)) == 1


def test_the_sheet_that_was_read_is_of_the_descriptions_as_they_are(pools: Pools):
    sheet, key = read_sheet(SHEET, pools.traits)
    assert len(key) >= 80
    assert blind_share(sheet.items, key).blank == 0


# --- commands -------------------------------------------------------------------------------------


def test_a_command_is_timed_apart_from_the_users_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SIMULACRA_WORKSPACE", "/nowhere")
    monkeypatch.setenv("SIMULACRA_TIMEOUT", "not a number")
    ran = Commands(tmp_path).run("characters", "list", "--json")
    assert ran.out.startswith("[")
    assert 0 < ran.processor < 60
    assert ran.seconds > 0


def test_a_command_that_fails_is_no_measurement(tmp_path: Path):
    with pytest.raises(RuntimeError, match="no character"):
        Commands(tmp_path).run("story", "status", "nobody-here")
