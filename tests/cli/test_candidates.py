"""``simulacra characters pools`` and ``sample``, as a user has them."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from simulacra.characters import Pools, candidates_text, read_candidates, sample
from simulacra.cli.app import app
from simulacra.errors import SimulacraError


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["characters", *(str(word) for word in words)])


def test_pools_as_json_name_every_value() -> None:
    assert json.loads(run("pools", "--json").stdout) == Pools.load().as_json()


def test_pools_are_shown_with_their_sizes() -> None:
    shown = run("pools").stdout
    assert "occupations (76)" in shown
    assert "trait descriptions (640)" in shown


def test_sample_prints_the_same_people_for_the_same_seed() -> None:
    first, again = (run("sample", "-n", 3, "--seed", 7, "--json") for _ in range(2))
    assert first.stdout == again.stdout == candidates_text(sample(Pools.load(), 3, 7), "json")


def test_a_seed_that_was_not_given_is_told() -> None:
    [value] = json.loads(run("sample", "-n", 1, "--json").stdout)
    assert run("sample", "-n", 1, "--json", "--seed", value["seed"]).stdout == json.dumps(
        [value], ensure_ascii=False, indent=2
    ) + "\n"  # fmt: skip


def test_the_table_names_everybody() -> None:
    table = run("sample", "-n", 5, "--seed", 7)
    for candidate in sample(Pools.load(), 5, 7):
        assert candidate.profile.name in table.stdout
    assert "seed 7" in table.stderr


def test_the_ending_of_the_file_chooses_the_format(tmp_path: Path) -> None:
    for name in ("people.csv", "people.json"):
        assert run("sample", "-n", 4, "--seed", 7, "-o", tmp_path / name).exit_code == 0
        assert read_candidates(tmp_path / name) == sample(Pools.load(), 4, 7)


def test_what_is_fixed_may_be_given_several_times() -> None:
    fix = ("--fix", 'occupation=nurse', "--fix", "hobbies=chess; knots")  # fmt: skip
    [value] = json.loads(run("sample", "-n", 1, "--seed", 1, *fix, "--json").stdout)
    assert value["occupation"] == {"title": "nurse", "isco": "2221"}
    assert value["hobbies"] == ["chess", "knots"]


def test_the_reference_day_is_recorded() -> None:
    [value] = json.loads(run("sample", "-n", 1, "--as-of", "2031-05-06", "--json").stdout)
    assert value["as_of"] == "2031-05-06"


def test_drafts_and_rankings_are_chosen_by_flags() -> None:
    pools = Pools.load()
    flags = ("sample", "-n", 3, "--seed", 7, "--json")
    drafts = candidates_text(sample(pools, 3, 7, plausible=False), "json")
    paired = candidates_text(sample(pools, 3, 7, ranking_rule="functions"), "json")
    assert run(*flags, "--drafts").stdout == drafts
    assert run(*flags, "--ranking", "functions").stdout == paired


def test_pools_of_ones_own_are_taken(tmp_path: Path) -> None:
    (tmp_path / "genders.yaml").write_text("values: [woman]")
    [value] = json.loads(run("sample", "-n", 1, "--pools", tmp_path, "--json").stdout)
    assert value["gender"] == "woman"


def test_contradictions_fail_and_name_themselves() -> None:
    result = run("sample", "--fix", "age=12", "--fix", "occupation=surgeon")
    assert result.exit_code == 1
    assert isinstance(result.exception, SimulacraError)
    assert "A surgeon needs an age of 31 or more, but the age is 12" in str(result.exception)


def test_usage_errors_exit_with_2(tmp_path: Path) -> None:
    assert run("sample", "--fix", "age").exit_code == 2
    assert run("sample", "--fix", "age=3", "--fix", "age=4").exit_code == 2
    assert run("sample", "-n", 0).exit_code == 2
    assert run("sample", "--format", "table", "-o", tmp_path / "x.json").exit_code == 2
    assert run("sample", "--json", "-o", tmp_path / "x.csv").exit_code == 2
    assert list(tmp_path.iterdir()) == []
