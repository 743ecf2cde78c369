"""The attribute pools: what is shipped, what a user's folder changes, and what is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from simulacra.characters import TENDENCIES, FileProblemsError, Pools
from simulacra.characters.isco import MAJOR_GROUPS, UNIT_GROUPS


@pytest.fixture(scope="module")
def pools() -> Pools:
    return Pools.load()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    (folder / "traits").mkdir(parents=True)
    return folder


def problem_of(folder: Path) -> str:
    with pytest.raises(FileProblemsError) as caught:
        Pools.load(folder)
    assert caught.value.mend
    return str(caught.value)


def test_there_are_76_occupations_over_all_major_groups(pools: Pools) -> None:
    groups = Counter(occupation.isco[0] for occupation in pools.occupations)
    assert len(pools.occupations) == 76
    assert groups.keys() == MAJOR_GROUPS.keys()
    assert min(groups.values()) >= 3


def test_isco_08_has_436_unit_groups() -> None:
    assert len(UNIT_GROUPS) == 436


def test_the_pools_are_as_large_as_promised(pools: Pools) -> None:
    assert len(pools.hobbies) >= 60
    assert len(pools.short_term_goals) >= 30
    assert len(pools.long_term_goals) >= 30
    assert len(pools.family.incomes) == 5
    assert min(len(pools.family.upbringings), len(pools.family.households)) >= 10
    assert {value.level for value in pools.education} == set(range(9))
    assert (pools.ages.minimum, pools.ages.maximum) == (18, 80)


def test_there_are_640_trait_descriptions(pools: Pools) -> None:
    assert list(pools.traits) == list(TENDENCIES)
    assert [len(rank) for ranks in pools.traits.values() for rank in ranks] == [10] * 64


def test_titles_are_lower_case(pools: Pools) -> None:
    assert [o.text for o in pools.occupations if o.text != o.text.lower()] == []


def test_json_has_the_values_of_every_pool(pools: Pools) -> None:
    every = pools.as_json()
    assert {"title": "nurse", "isco": "2221", "major_group": "professionals"} in every[
        "occupations"
    ]
    assert every["traits"]["Ne"][0] == list(pools.traits["Ne"][0])
    assert every["ages"] == list(range(18, 81))


def test_a_file_of_ones_own_replaces_the_shipped_one(own: Path, pools: Pools) -> None:
    (own / "hobbies.yaml").write_text("values: [darts, origami, juggling, whistling]")
    mine = Pools.load(own)
    assert [value.text for value in mine.hobbies] == ["darts", "origami", "juggling", "whistling"]
    assert mine.occupations == pools.occupations


def test_a_file_that_extends_is_added(own: Path, pools: Pools) -> None:
    (own / "hobbies.yaml").write_text("extend: true\nvalues: [juggling]")
    (own / "traits" / "Ne.yaml").write_text("extend: true\n1: [I juggle three ideas at a time.]")
    (own / "rules.yaml").write_text("extend: true\nas_of: 2030-01-01")
    mine = Pools.load(own)
    assert [value.text for value in mine.hobbies] == [
        *(value.text for value in pools.hobbies),
        "juggling",
    ]
    assert mine.traits["Ne"][0][-1] == "I juggle three ideas at a time."
    assert mine.rules.as_of.year == 2030
    assert mine.rules.marks == pools.rules.marks


@pytest.mark.parametrize(
    ("file", "text", "line", "said"),
    [
        ("hobbies", "values: []", 1, "empty"),
        ("hobbies", "values:\n  - chess\n  - darts\n  - Chess\n  - knots", 4, "twice"),
        ("hobbies", "extend: true\nvalues:\n  - Playing CHESS", 3, "twice"),
        ("hobbies", "values: [chess, darts]", 1, "up to 4"),
        ("hobbies", "extend: true\nvalues:\n  - a; b", 3, "pattern"),
        ("hobbies", "extend: true\nvalues:\n  - {text: a, min_age: 131}", 3, "130"),
        ("hobbies", "extend: true\nvalues:\n  - {text: a, min_agge: 1}", 3, "min_age"),
        ("hobbies", "extend: true\nvalues:\n  - {text: a, min_age: 9, max_age: 8}", 3, "more than"),
        ("hobbies", "extend: true\nvalues:\n  - {text: a, needs: [studnt]}", 3, "'student'"),
        ("hobbies", "extend: true\nvalues:\n  - {text: a, max_education: 9}", 3, "8"),
        ("occupations", 'values:\n  - {text: a, isco: "2223"}', 2, "no unit group"),
        ("occupations", "values:\n  - {text: a, isco: 2221}", 2, "string"),
        ("occupations", "values:\n  - {text: a}", 2, "isco"),
        ("education", "values:\n  - {text: a, level: 9}", 2, "8"),
        ("ages", "minimum: 18\nmaximum: 131", 2, "130"),
        ("ages", "minimum: 30\nmaximum: 20", 1, "more than"),
        ("names", "locales:\n  - {locale: xx_YY}", 2, "Faker"),
        ("names", "locales: []", 1, "neither"),
        ("rules", "as_of: 2026-10-01", 1, "missing"),
        ("family", "extend: true\nhouseholds:\n  - brought up by a grandmother", 3, "twice"),
        ("traits/Ne", "1: [I try one thing.]", 1, "not 10"),
        ("traits/Ne", "extend: true\n9: [I try one thing.]", 2, "no rank"),
        ("traits/Ne", "extend: true\n1:\n  - I try a thing.\n  - I TRY a thing.", 4, "twice"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(
    own: Path, file: str, text: str, line: int, said: str
) -> None:
    (own / f"{file}.yaml").write_text(text)
    message = problem_of(own)
    assert f"{file}.yaml:{line}: " in message
    assert said in message


def test_a_misspelt_file_is_no_silent_nothing(own: Path) -> None:
    (own / "hobbys.yaml").write_text("values: [darts]")
    assert "hobbies.yaml" in problem_of(own)


def test_a_missing_or_empty_folder_is_refused(own: Path) -> None:
    assert "no such folder" in problem_of(own / "nowhere")
    assert "no pool file" in problem_of(own)


def test_a_missing_shipped_file_is_named(own: Path) -> None:
    with pytest.raises(FileProblemsError, match=r"names\.yaml: the file is missing"):
        Pools.load(shipped=own)
