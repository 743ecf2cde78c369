"""Candidates: drawn whole, plausible and reproducible, written and read back."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.characters import (
    DESCRIPTIONS_PER_RANK,
    Candidate,
    FileProblemsError,
    Pools,
    age_on,
    candidates_text,
    conflicts,
    read_candidates,
    sample,
)
from simulacra.characters.candidate import join_list, split_list
from simulacra.characters.names import draw_name
from simulacra.characters.pool_values import LocaleNames, NamesFile
from simulacra.characters.rankings import PERCEIVING, RankingRule
from simulacra.errors import CandidateError

POOLS = Pools.load()
SEEDS = st.integers(0, 2**63)


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, n=st.integers(1, 5))
def test_any_draw_is_plausible_and_whole(seed: int, n: int) -> None:
    for candidate in sample(POOLS, n, seed):
        profile = candidate.profile
        assert conflicts(profile, candidate.as_of, POOLS) == []
        assert age_on(candidate.as_of, profile.date_of_birth) == profile.age
        assert 2 <= len(profile.hobbies) == len(set(profile.hobbies)) <= 4
        assert 1 <= len(profile.short_term_goals) == len(set(profile.short_term_goals)) <= 3
        assert len(profile.family.split("; ")) == 3


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS, n=st.integers(1, 6))
def test_a_candidate_depends_on_seed_and_number_alone(seed: int, n: int) -> None:
    assert sample(POOLS, 6, seed)[:n] == sample(POOLS, n, seed)


@settings(deadline=None, max_examples=20)
@given(seed=SEEDS, rule=st.sampled_from(("free", "functions")))
def test_descriptions_belong_to_the_ranks_they_stand_for(seed: int, rule: RankingRule) -> None:
    [candidate] = sample(POOLS, 1, seed, ranking_rule=rule)
    traits = candidate.profile.traits
    for rank, (tendency, texts) in enumerate(traits.by_rank()):
        assert len(set(texts)) == DESCRIPTIONS_PER_RANK[rank]
        assert set(texts) <= set(POOLS.traits[tendency][rank])
    if rule == "functions":
        first, second = traits.ranking[:2]
        assert (first in PERCEIVING) != (second in PERCEIVING)
        assert {first[1], second[1]} == {"e", "i"}


def test_a_thousand_draws_reach_every_major_group_age_and_tendency() -> None:
    profiles = [candidate.profile for candidate in sample(POOLS, 1000, 11)]
    groups = Counter((profile.occupation.isco or "")[:1] for profile in profiles)
    assert len(groups) == 10
    assert min(groups.values()) >= 10
    assert {profile.age // 10 for profile in profiles} == set(range(1, 9))
    assert {profile.gender for profile in profiles} == {value.text for value in POOLS.genders}
    assert len({profile.traits.ranking[0] for profile in profiles}) == 8
    assert len({profile.name for profile in profiles}) > 950
    assert any(p.occupation.title.startswith("retired ") for p in profiles)
    assert any("student" in p.occupation.title for p in profiles)


def test_every_shipped_value_can_be_drawn() -> None:
    """No condition makes a value impossible: fixed alone, each finds a life around it."""
    for attribute, values in POOLS.values.items():
        for value in values:
            sample(POOLS, 1, 3, {attribute: value.text})


def test_drafts_may_contradict_themselves_but_not_in_their_age() -> None:
    drafts = sample(POOLS, 50, 7, plausible=False)
    found = [c for d in drafts for c in conflicts(d.profile, d.as_of, POOLS)]
    assert found
    assert not [conflict for conflict in found if "date_of_birth" in conflict.attributes]


def test_what_is_given_is_kept_and_the_rest_fits_it() -> None:
    fixed = {"occupation": "Nurse", "hobbies": "juggling; playing CHESS"}
    fixed["traits"] = "Si,Ti,Se,Fi,Te,Ni,Ne,Fe"
    for candidate in sample(POOLS, 20, 5, fixed):
        profile = candidate.profile
        assert (profile.occupation.title, profile.occupation.isco) == ("nurse", "2221")
        assert profile.hobbies == ("juggling", "playing chess")
        assert profile.traits.ranking == ("Si", "Ti", "Se", "Fi", "Te", "Ni", "Ne", "Fe")
        assert conflicts(profile, candidate.as_of, POOLS) == []


def test_fixing_one_attribute_leaves_what_need_not_change() -> None:
    free, fixed = (
        sample(POOLS, 1, 5)[0].profile,
        sample(POOLS, 1, 5, {"name": "Bo Lind"})[0].profile,
    )
    assert fixed == free.model_copy(update={"name": "Bo Lind"})


def test_the_age_follows_from_a_date_of_birth_and_the_reference_day() -> None:
    fixed = {"date-of-birth": "1990-10-02"}
    [older] = sample(POOLS, 1, 1, fixed, as_of=date(2030, 12, 1))
    [younger] = sample(POOLS, 1, 1, fixed)
    assert (older.profile.age, younger.profile.age) == (40, 35)
    assert (older.as_of, younger.as_of) == (date(2030, 12, 1), date(2026, 10, 1))


@settings(deadline=None, max_examples=30)
@given(day=st.dates(date(1999, 1, 1), date(2033, 1, 1)), seed=SEEDS)
def test_ages_are_right_on_any_day_of_reference(day: date, seed: int) -> None:
    [candidate] = sample(POOLS, 1, seed, as_of=day)
    assert age_on(day, candidate.profile.date_of_birth) == candidate.profile.age


@pytest.mark.parametrize(
    ("fixed", "said"),
    [
        ({"age": "12", "occupation": "surgeon"}, "A surgeon needs an age of 31 or more"),
        ({"age": "30", "date_of_birth": "1990-01-01"}, "born on 1990-01-01 is 36"),
        ({"age": "70", "long-term-goal": "earn a university degree beside work"}, "50 or less"),
        ({"age": "131"}, "no age"),
        ({"age": "old"}, "no age"),
        ({"date_of_birth": "2030-01-01"}, "no age"),
        ({"ocupation": "nurse"}, "'occupation'"),
        ({"occupation": "nurse", "Occupation": "cook"}, "twice"),
        ({"hobbies": " ; "}, "empty"),
        ({"traits": "Si,Ti"}, "no ranking"),
        ({"age": "5"}, "No occupation in the pools"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(fixed: dict[str, str], said: str) -> None:
    with pytest.raises(CandidateError) as caught:
        sample(POOLS, 1, 1, fixed)
    assert said in str(caught.value)
    assert caught.value.mend


def test_a_contradiction_that_is_wished_can_be_drafted() -> None:
    [draft] = sample(POOLS, 1, 1, {"age": "12", "occupation": "surgeon"}, plausible=False)
    assert (draft.profile.age, draft.profile.occupation.title) == (12, "surgeon")


def test_customised_values_contradict_nothing() -> None:
    fixed = {"age": "12", "occupation": "puppeteer (2659)", "education": "in the sixth year"}
    fixed |= {"family": "lives on a boat"}
    [candidate] = sample(POOLS, 1, 1, fixed)
    assert candidate.profile.occupation.isco == "2659"


def test_small_pools_of_ones_own_are_drawn_from(tmp_path: Path) -> None:
    diver = '{text: diver, isco: "7541", max_age: 30, retires: false}'
    (tmp_path / "occupations.yaml").write_text(f"values: [{diver}]")
    (tmp_path / "names.yaml").write_text("names:\n  - {name: Ana Lima}\n  - {name: Bo Lind}")
    profiles = [c.profile for c in sample(Pools.load(tmp_path), 30, 1)]
    assert {p.occupation.title for p in profiles} == {"diver"}
    assert max(p.age for p in profiles) <= 30
    assert {p.name for p in profiles} == {"Ana Lima", "Bo Lind"}


def test_names_of_every_shipped_locale_are_in_latin_letters() -> None:
    import random
    import unicodedata

    for source in POOLS.names.locales:
        pool = NamesFile(locales=(LocaleNames(**source.model_dump()),))
        for kind in ("female", "male", "any"):
            rng = random.Random(1)
            for name in {draw_name(rng, pool, "", kind) for _ in range(60)}:
                letters = [c for c in name if c.isalpha()]
                assert all("LATIN" in unicodedata.name(c) or c == "ʻ" for c in letters), name
                assert len(name.split()) >= 2


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_a_file_of_candidates_reads_back_the_same(tmp_path: Path, ending: str) -> None:
    drawn = sample(POOLS, 5, 3)
    path = tmp_path / f"candidates.{ending}"
    path.write_text(candidates_text(drawn, "csv" if ending == "csv" else "json"), "utf-8")
    assert read_candidates(path) == drawn


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool)))
def test_any_texts_survive_in_one_cell(items: list[str]) -> None:
    assert split_list(join_list(items)) == items


def test_json_has_the_keys_that_scripts_rely_on() -> None:
    value = sample(POOLS, 1, 3)[0].as_json()
    assert list(value) == [
        *("name", "age", "gender", "date_of_birth", "occupation", "traits", "hobbies", "family"),
        *("education", "short_term_goals", "long_term_goal", "as_of", "seed", "number"),
    ]
    assert list(value["occupation"]) == ["title", "isco"]
    assert [len(value["traits"][key]) for key in ("ranking", "descriptions")] == [8, 20]
    assert Candidate.from_json(value) == sample(POOLS, 1, 3)[0]


def broken(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    with pytest.raises(FileProblemsError) as caught:
        read_candidates(path)
    return str(caught.value)


def test_a_broken_candidate_is_named_by_its_number(tmp_path: Path) -> None:
    values = [candidate.as_json() for candidate in sample(POOLS, 3, 3)]
    values[1]["age"] = "old"
    message = broken(tmp_path / "c.json", json.dumps(values))
    assert "candidate 2: age:" in message


def test_a_broken_row_is_named_by_its_line(tmp_path: Path) -> None:
    text = candidates_text(sample(POOLS, 3, 3), "csv")
    head, first, second, *_ = text.splitlines()
    wrong = second.replace(second.split(",")[1], "old", 1)
    message = broken(tmp_path / "c.csv", "\n".join((head, first, wrong)))
    assert "c.csv:3: age:" in message


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("c.json", "{", "no valid JSON"),
        ("c.json", "{}", "no list"),
        ("c.json", "[1]", "candidate 1"),
        ("c.json", "[]", "no candidate"),
        ("c.csv", "", "missing"),
        ("c.csv", "name,age\nAda,3\n", "missing"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    assert said in broken(tmp_path / name, text)
