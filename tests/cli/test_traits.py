"""Trait descriptions from the command line: measured, read blind, scored."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from command_line import Simulacra

from simulacra.characters import TENDENCIES, blind_sheet
from simulacra.characters.attribute_pools import Pools


def test_two_pools_are_shown_side_by_side(simulacra: Simulacra, tmp_path: Path) -> None:
    own = tmp_path / "own" / "traits"
    own.mkdir(parents=True)
    twins = [f"I say nothing but this one thing every day, {word}." for word in "abcdefghij"]
    text = yaml.safe_dump({rank: [f"{rank} {twin}" for twin in twins] for rank in range(1, 9)})
    (own / "Ne.yaml").write_text(text)
    found = json.loads(
        simulacra("characters", "traits", "check", "--against", "own", "--json").stdout
    )
    assert (found["these"]["number"], found["against"]["number"]) == (640, 640)
    assert found["against"]["near_duplicates"] > found["these"]["near_duplicates"]
    assert len(found["against"]["worst"]) == 10
    shown = simulacra("characters", "traits", "check", "--against", "own", "--worst", "1").stdout
    assert "The most alike of own:" in shown
    assert all(
        len(line.split()) >= 3 for line in shown.splitlines() if line.startswith("mean cosine")
    )


def test_the_original_layout_is_read_too(simulacra: Simulacra, tmp_path: Path) -> None:
    rows = [line for t in TENDENCIES for line in (t, *[f"I am {t} {r}." for r in range(8)])]
    (tmp_path / "traits.txt").write_text("\n".join(rows))
    done = simulacra("characters", "traits", "check", "--against", "traits.txt", "--json")
    assert json.loads(done.stdout)["against"]["number"] == 64


def test_a_filled_sheet_is_scored(simulacra: Simulacra, tmp_path: Path) -> None:
    simulacra("characters", "traits", "sheet", "sheet.yaml", "-n", "80", "--seed", "7")
    file = tmp_path / "sheet.yaml"
    sheet = yaml.safe_load(file.read_text())
    key = {item.id: item for item in blind_sheet(Pools.load().traits, 80, 7)}
    for row in sheet["items"][:60]:
        row["tendency"], row["band"] = key[row["id"]].tendency, key[row["id"]].band
    for row in sheet["items"][:20]:
        row["band"] = "top" if row["band"] != "top" else "bottom"
    file.write_text(yaml.safe_dump(sheet))
    result = json.loads(simulacra("characters", "traits", "score", "sheet.yaml", "--json").stdout)
    assert result["right"] == {"tendency": 60, "band": 40, "both": 40}
    assert (result["items"], result["blank"], len(result["wrong"])) == (80, 20, 20)
    shown = simulacra("characters", "traits", "score", "sheet.yaml").stdout
    assert "60 of 80" in shown
    assert "75.0%" in shown
    assert "12.5%" in shown


def test_an_empty_sheet_is_no_reading(simulacra: Simulacra) -> None:
    simulacra("characters", "traits", "sheet", "sheet.yaml", "-n", "8")
    done = simulacra("characters", "traits", "score", "sheet.yaml", code=1)
    assert "has both answers" in done.stderr
    assert done.stdout == ""


def test_answers_are_not_written_over(simulacra: Simulacra, tmp_path: Path) -> None:
    (tmp_path / "sheet.yaml").write_text("answers")
    done = simulacra("characters", "traits", "sheet", "sheet.yaml", code=1)
    assert "--replace" in done.stderr
    assert (tmp_path / "sheet.yaml").read_text() == "answers"
    simulacra("characters", "traits", "sheet", "sheet.yaml", "--replace")
    assert (tmp_path / "sheet.yaml").read_text() != "answers"


def test_a_sheet_of_another_pool_is_refused(simulacra: Simulacra, tmp_path: Path) -> None:
    simulacra("characters", "traits", "sheet", "sheet.yaml", "-n", "8")
    file = tmp_path / "sheet.yaml"
    file.write_text(file.read_text().replace("seed: 7", "seed: 70"))
    done = simulacra("characters", "traits", "score", "sheet.yaml", code=1)
    assert "not the one that was drawn" in done.stderr
