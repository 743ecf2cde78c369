"""Whatever holds people is brought in whole, or nothing is changed."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest
from tests.dataset.original_data import Original

from simulacra.characters import Workspace, read_character, shipped_folder
from simulacra.dataset import bring, export_character
from simulacra.dataset.bringing import MAX_MEMBERS
from simulacra.errors import ImportRejectedError

PROFILES = "LLMP/Characters/character_profiles.json"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "mine")


def packed(root: Path, to: Path, under: str = "") -> Path:
    with zipfile.ZipFile(to, "w") as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, Path(under) / path.relative_to(root))
    return to


@pytest.mark.parametrize("under", ["", "a-clone"])
def test_the_originals_layout_comes_in_packed(
    tmp_path: Path, workspace: Workspace, under: str
) -> None:
    Original(tmp_path / "clone").add("ada", "Ada Frost")
    report = bring(packed(tmp_path / "clone", tmp_path / "set.zip", under), workspace, "original-")
    assert [one.slug for one in report.imported] == ["original-ada-frost"]
    assert bring(tmp_path / "clone", workspace).imported[0].slug == "ada-frost"


@pytest.mark.parametrize("name", ["mary.zip", "mary.json", "mary.png", "mary"])
def test_a_character_comes_in_whatever_it_is(
    tmp_path: Path, workspace: Workspace, name: str
) -> None:
    mary = read_character(shipped_folder() / "mary-jones")
    report = bring(export_character(mary, tmp_path / name), workspace)
    (one,) = report.imported
    assert workspace.get(one.slug).story_text == mary.story_text


@pytest.mark.parametrize(
    ("member", "says"),
    [
        ("../out.json", "leads out"),
        ("/out.json", "leads out"),
        ("a\\..\\..\\out.json", "leads out"),
        ("C:out.json", "leads out"),
    ],
)
def test_nothing_leads_out_of_the_archive(
    tmp_path: Path, workspace: Workspace, member: str, says: str
) -> None:
    path = tmp_path / "deep" / "set.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(PROFILES, "[]")
        archive.writestr(member, "{}")
    rejected(path, workspace, says)
    assert not list(tmp_path.rglob("out.json"))


def test_a_link_is_not_followed(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "set.zip"
    link = zipfile.ZipInfo("LLMP/Characters/character_introductions.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    rejected(path, workspace, "is a link")


def test_a_bomb_is_not_unpacked(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PROFILES, b" " * 60_000_000)
    rejected(path, workspace, "too large unpacked")


def test_too_many_files_are_not_unpacked(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MAX_MEMBERS + 1):
            archive.writestr(f"{number}.txt", "")
    rejected(path, workspace, "files are no data set")


def test_an_archive_of_anything_else_is_told_apart(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "Dear all")
    rejected(path, workspace, "holds no character.yaml")


def rejected(path: Path, workspace: Workspace, says: str) -> None:
    with pytest.raises(ImportRejectedError, match=says):
        bring(path, workspace)
    assert not workspace.path.exists()
