"""The trait descriptions: ours are whole, and what is measured of a pool is right."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.characters import (
    TENDENCIES,
    BlindItem,
    Descriptions,
    FileProblemsError,
    Tendency,
    blind_share,
    blind_sheet,
    compare,
)
from simulacra.characters.attribute_pools import Pools
from simulacra.characters.blind_reading import BlindRow, read_sheet, sheet_text
from simulacra.characters.descriptions import BANDS, described
from simulacra.errors import SimulacraError
from simulacra.inference import HashEmbedder


@pytest.fixture(scope="module")
def ours() -> Descriptions:
    return Pools.load().traits


def made_up(number: int = 10) -> Descriptions:
    """Descriptions whose words tell tendency and rank, and no two of which are alike."""
    return {
        t: [[f"I {t.lower()}{r}x{i} {t} {t}ly." for i in range(number)] for r in range(1, 9)]
        for t in TENDENCIES
    }


# --- our 640 --------------------------------------------------------------------------------------


def test_ours_are_ten_for_each_tendency_at_each_rank(ours: Descriptions) -> None:
    assert {t: [len(texts) for texts in ranks] for t, ranks in ours.items()} == {
        t: [10] * 8 for t in TENDENCIES
    }


def test_no_two_of_ours_are_the_same(ours: Descriptions) -> None:
    counts = Counter(re.sub(r"\W+", " ", entry.text.casefold()) for entry in described(ours))
    assert [text for text, count in counts.items() if count > 1] == []


def test_each_of_ours_is_one_sentence_of_8_to_22_words(ours: Descriptions) -> None:
    texts = [entry.text for entry in described(ours)]
    assert [text for text in texts if not 8 <= len(text.split()) <= 22] == []
    assert [text for text in texts if not re.fullmatch(r"[A-Z][^.!?]*\.", text)] == []


def test_each_of_ours_is_in_the_first_person(ours: Descriptions) -> None:
    said = re.compile(r"\b(I|me|my|mine|myself)\b", re.IGNORECASE)
    assert [entry.text for entry in described(ours) if not said.search(entry.text)] == []


async def test_no_two_of_ours_share_half_of_their_phrases(ours: Descriptions) -> None:
    report = await compare(ours, HashEmbedder(dimensions=1024))
    assert [pair for pair in report.worst if pair.phrases >= 0.5] == []


@pytest.mark.weights
async def test_no_two_of_ours_say_nearly_the_same(ours: Descriptions) -> None:
    from simulacra.inference import load_embedder
    from simulacra.settings import Settings

    report = await compare(ours, load_embedder(None, Settings.read()))
    assert report.worst == ()
    for likeness in report.likeness.values():
        assert likeness.within is not None
        assert likeness.between is not None
        assert likeness.within > likeness.between


# --- what is measured -----------------------------------------------------------------------------


async def test_a_pool_is_measured() -> None:
    report = await compare(made_up(2), HashEmbedder())
    assert report.number == 128
    assert (report.mean_words, report.sd_words, report.min_words, report.max_words) == (4, 0, 4, 4)
    assert (report.exact_duplicates, report.first_person) == (0, 1)
    likeness = report.likeness["all"]
    assert likeness.within is not None
    assert likeness.between is not None
    assert likeness.within > likeness.between + 0.2
    assert report.recognised > 0.9


async def test_the_mean_within_and_between_are_those_of_all_pairs() -> None:
    pool: Descriptions = {
        "Ne": [["red red"], ["red red"], [], [], [], [], [], ["blue blue"]],
        "Fi": [["blue blue"], [], [], [], [], [], [], []],
    }
    report = await compare(pool, HashEmbedder(dimensions=4096))
    whole, top = report.likeness["all"], report.likeness["top"]
    assert whole.within == pytest.approx(1 / 3)  # of 1, 0, 0
    assert whole.between == pytest.approx(1 / 3)  # of 0, 0, 1
    assert (top.within, top.between) == (pytest.approx(1), pytest.approx(0))
    assert report.likeness["bottom"].between is None
    assert report.recognised == pytest.approx(0.5)  # both reds; neither blue
    assert report.exact_duplicates == 2


async def test_texts_without_meaning_are_not_recognised() -> None:
    chance = random.Random(1)
    words = [f"w{i}" for i in range(300)]
    noise: Descriptions = {
        t: [[" ".join(chance.sample(words, 12)) for _ in range(10)] for _ in range(8)]
        for t in TENDENCIES
    }
    assert (await compare(noise, HashEmbedder())).recognised < 0.25


async def test_near_duplicates_are_found_by_phrases_and_by_cosine_worst_first() -> None:
    pool: dict[Tendency, list[list[str]]] = {
        t: [list(texts) for texts in ranks] for t, ranks in made_up(1).items()
    }
    pool["Ne"][0] = ["When the cat sleeps on the warm stove, I read aloud."]
    pool["Si"][7] = ["When the cat sleeps on the warm stove, nobody else may sit down there."]
    pool["Te"][2] = ["On the warm stove I read aloud when the cat sleeps."]
    worst = (await compare(pool, HashEmbedder())).worst
    assert [(pair.one.tendency, pair.other.tendency) for pair in worst] == [
        ("Ne", "Te"),
        ("Ne", "Si"),
    ]
    assert worst[0].cosine == pytest.approx(1)
    assert worst[1].phrases == pytest.approx(5 / 8)
    assert worst[1].cosine < 0.8


# --- the blind reading ----------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 480), seed=st.integers())
def test_a_sheet_holds_tendencies_and_bands_evenly(n: int, seed: int) -> None:
    items = blind_sheet(made_up(), n, seed)
    assert [item.id for item in items] == list(range(1, n + 1))
    assert len({item.text for item in items}) == n
    for values, kinds in (([i.tendency for i in items], 8), ([i.band for i in items], 3)):
        counts = Counter(values)
        assert max(counts.values()) - (min(counts.values()) if len(counts) == kinds else 0) <= 1


def test_ranks_within_a_band_occur_evenly(ours: Descriptions) -> None:
    rank_of = {entry.text: entry.rank for entry in described(ours)}
    cells = Counter((i.tendency, rank_of[i.text]) for i in blind_sheet(ours, 96, 7))
    assert all(cells[t, rank] == 2 for t in TENDENCIES for rank in BANDS["middle"])
    assert all(cells[t, r] in (1, 2) for t in TENDENCIES for r in BANDS["top"] + BANDS["bottom"])


def test_the_same_seed_draws_the_same_and_another_does_not(ours: Descriptions) -> None:
    assert blind_sheet(ours, 80, 7) == blind_sheet(ours, 80, 7)
    assert blind_sheet(ours, 80, 7) != blind_sheet(ours, 80, 8)


@pytest.mark.parametrize("n", [-1, 0, 481])
def test_a_sheet_of_impossible_length_says_which_are_possible(n: int) -> None:
    with pytest.raises(SimulacraError, match="1 to 480"):
        blind_sheet(made_up(), n, 1)


def test_a_sheet_does_not_give_the_key_away(ours: Descriptions) -> None:
    rows = yaml.safe_load(sheet_text(blind_sheet(ours, 80, 7), 7))["items"]
    assert all(row["tendency"] is None and row["band"] is None for row in rows)
    ids = [row["id"] for row in rows]
    tendencies = [item.tendency for item in blind_sheet(ours, 80, 7)]
    assert ids == sorted(ids)
    assert tendencies != sorted(tendencies)


def filled(items: list[BlindItem]) -> list[BlindRow]:
    return [BlindRow(**vars(item)) for item in items]


def test_a_perfect_reading_is_all_right(ours: Descriptions) -> None:
    items = blind_sheet(ours, 80, 7)
    result = blind_share(filled(items), items)
    assert result.right == {"tendency": 80, "band": 80, "both": 80}
    assert (result.blank, result.wrong) == (0, ())
    assert result.share == {"tendency": 1, "band": 1, "both": 1}


def test_wrong_and_blank_answers_are_told_apart_and_counted(ours: Descriptions) -> None:
    items = blind_sheet(ours, 24, 3)
    rows = filled(items)
    first, second, third = items[0], items[1], items[2]
    other = "Fi" if first.tendency != "Fi" else "Fe"
    rows[0] = rows[0].model_copy(update={"tendency": other})
    rows[1] = rows[1].model_copy(update={"band": None})
    del rows[2]
    result = blind_share(rows, items)
    assert result.right == {"tendency": 22, "band": 22, "both": 21}
    assert (result.blank, result.wrong) == (2, (1,))
    assert result.tendencies[first.tendency][other] == 1
    assert result.tendencies[third.tendency][""] == 1
    assert result.bands[second.band][""] >= 1
    assert sum(n for counts in result.tendencies.values() for n in counts.values()) == 24


def test_a_sheet_is_read_as_people_write(ours: Descriptions, tmp_path: Path) -> None:
    text = sheet_text(blind_sheet(ours, 8, 7), 7)
    text = text.replace("tendency:", "tendency: ne ", 1).replace("band:", "band:  Top", 1)
    text = re.sub(r"^(#.*) ne $", r"\1", text, flags=re.MULTILINE)
    (tmp_path / "sheet.yaml").write_text(text.replace("tendency:\n", "tendency: FE\n"))
    sheet, key = read_sheet(tmp_path / "sheet.yaml", ours)
    assert {row.tendency for row in sheet.items} == {"Fe"}
    assert [row.text for row in sheet.items] == [item.text for item in key]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed: 7", "seed: 8", "not the one that was drawn"),
        ("\n  text: ", '\n  text: "I was never in the pool." # ', "not the one that was drawn"),
        ("tendency:\n", "tendency: Xx\n", "tendency"),
        ("items:", "items: []\nmore:", "more"),
    ],
)
def test_a_sheet_that_does_not_fit_is_refused(
    ours: Descriptions, tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = sheet_text(blind_sheet(ours, 8, 7), 7)
    head, _, body = text.partition("seed:")
    (tmp_path / "sheet.yaml").write_text(head + ("seed:" + body).replace(old, new, 1))
    with pytest.raises(FileProblemsError, match=said):
        read_sheet(tmp_path / "sheet.yaml", ours)
