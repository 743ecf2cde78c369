from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from made_person import EXPECTED, person

from simulacra.characters import Character, FileProblemsError, Problem
from simulacra.dataset import check, read_expectations
from simulacra.dataset.expectations import EXPECTATIONS, OWN_SCENARIOS


def written(tmp_path: Path, text: str) -> Character:
    character = person(tmp_path / "people" / "ada")
    (character.folder / EXPECTATIONS).write_text(text, encoding="utf-8")
    return character


def found(character: Character) -> list[Problem]:
    return [f for f in asyncio.run(check(character)) if f.file.name == EXPECTATIONS]


def test_what_the_author_expects_is_read(tmp_path: Path) -> None:
    expectations = read_expectations(person(tmp_path / "ada"))
    assert expectations is not None
    (one,) = expectations.expectations
    assert (one.scenario, one.evidence) == ("closed-road", (2,))
    assert one.behaviour == "She waits in the car and writes a letter."


def test_nobody_must_write_expectations(tmp_path: Path) -> None:
    character = person(tmp_path / "ada", bare=True)
    assert read_expectations(character) is None
    assert found(character) == []


def test_a_scenario_that_does_not_exist_is_an_error_with_its_line(tmp_path: Path) -> None:
    (finding,) = found(written(tmp_path, EXPECTED.replace("closed-road", "closed-rode")))
    assert (finding.level, finding.line) == ("error", 3)
    assert "closed-rode" in finding.message


def test_a_scenario_of_ones_own_beside_the_characters_counts(tmp_path: Path) -> None:
    character = written(tmp_path, EXPECTED.replace("closed-road", "my-own"))
    assert found(character)
    (character.folder.parent / OWN_SCENARIOS).write_text(
        "scenarios:\n  - id: my-own\n    elicits: [Ne]\n    about: a test\n"
        "    text: You stand at a well and somebody calls from below.\n",
        encoding="utf-8",
    )
    assert found(character) == []


def test_evidence_beyond_the_story_is_an_error(tmp_path: Path) -> None:
    (finding,) = found(written(tmp_path, EXPECTED.replace("[2]", "[2, 4]")))
    assert finding.level == "error"
    assert "paragraph 4" in finding.message


def test_a_shipped_character_has_five(tmp_path: Path) -> None:
    (finding,) = found(replace(person(tmp_path / "ada"), shipped=True))
    assert finding.level == "error"
    assert "1 scenarios" in finding.message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    why: She counts, always.\n", "", "why"),
        ("motive:", "motiv:", "motiv"),
        ("[2]", "[-1]", "evidence"),
        ("expectations:\n", f"expectations:\n{EXPECTED.split('expectations:')[1]}", "twice"),
    ],
)
def test_a_file_that_does_not_validate_says_what_and_where(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    character = written(tmp_path, EXPECTED.replace(old, new, 1))
    with pytest.raises(FileProblemsError, match=said):
        read_expectations(character)
    assert any(said in finding.message for finding in found(character))
