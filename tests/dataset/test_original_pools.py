"""The original's trait descriptions, read for a comparison."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulacra.characters import TENDENCIES, FileProblemsError
from simulacra.dataset import read_original_descriptions
from simulacra.errors import ImportRejectedError

REAL = Path(__file__).parents[3] / "shared" / "original-dataset"


def lines() -> list[str]:
    """A file of that layout, its words our own, with a blank line and trailing blanks."""
    found: list[str] = []
    for tendency in TENDENCIES:
        found.append(tendency)
        found += [f"I {tendency.lower()} {r}. Do I? I do, at {r}! " for r in range(1, 9)]
        found.append("")
    return found


def write(path: Path, rows: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_a_sentence_is_a_description_and_a_line_a_rank(tmp_path: Path) -> None:
    found = read_original_descriptions(write(tmp_path / "traits.txt", lines()))
    assert list(found) == list(TENDENCIES)
    assert all(len(ranks) == 8 for ranks in found.values())
    assert found["Fe"][7] == ["I fe 8.", "Do I?", "I do, at 8!"]


def test_a_clone_of_the_data_set_will_do(tmp_path: Path) -> None:
    root = tmp_path / "LLMP" / "Characters"
    write(root / "Attributes" / "traits.txt", lines())
    (root / "character_profiles.json").write_text("[]")
    assert len(read_original_descriptions(tmp_path)) == 8


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (lines()[1:], "traits.txt:1: no tendency stands before"),
        (lines()[:-2], "Fi has 7 lines"),
        ([*lines(), "Ne"], r"traits.txt:\d+: Ne stands twice"),
        ([*lines(), "I am one too many."], "Fi has 9 lines"),
        ([], "Ne has 0 lines"),
    ],
)
def test_a_file_of_another_layout_is_refused(tmp_path: Path, rows: list[str], said: str) -> None:
    with pytest.raises(FileProblemsError, match=said):
        read_original_descriptions(write(tmp_path / "traits.txt", rows))


def test_a_folder_without_the_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRejectedError, match="character_profiles"):
        read_original_descriptions(tmp_path)


@pytest.mark.skipif(not REAL.is_dir(), reason="the original data set is not here")
def test_the_original_has_ten_descriptions_for_each_of_eight_ranks() -> None:
    found = read_original_descriptions(REAL)
    assert {t: [len(texts) for texts in ranks] for t, ranks in found.items()} == {
        t: [10] * 8 for t in TENDENCIES
    }
